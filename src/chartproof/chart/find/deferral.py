"""Topics that a note names and does not take up: put off, left blank, declined. What is named so is not recorded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from chartproof.chart.line_looks import BULLET
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression

BOX = r"(?:\[\s*[xX✓✔]\s*\]|\(\s*[xX✓✔]\s*\)|[☒☑✓✔])"
OPEN_BOX = re.compile(r"\[\s*\]|\(\s+\)|[☐□]")
ANY_BOX = re.compile(rf"{BOX}|{OPEN_BOX.pattern}")
BLANK = re.compile(r"_{2,}|\*{3}")
WORD = re.compile(r"[A-Za-z][\w'’-]{2,}")
CLAUSE = re.compile(r"[;.](?:\s|$)|, (?:but|while|though)\b")
#: What a form asks stands before its options: "Prior CAR-T? Yes [ ] No [x]"; another line is no part of the last option.
LEAD_IN = re.compile(r"[:?|]")
NEW_LINE = re.compile(r"\n(?=\s*[A-Z\d])")
#: Lines under a title that belong to it.
UNDER = 4
#: Characters before a topic, and behind it, within which words may put it off.
NEAR, FAR = 60, 120
#: Sentences of a large chart, of which several finders ask the same.
REMEMBERED = 1 << 15


@cache
def words(name: str) -> Expression:
    return Expression("|".join(f"(?:{part})" for part in load("deferral.yaml")[name]), re.IGNORECASE)


def put_off(text: str, start: int, end: int) -> bool:
    """Whether the words around [start, end) put the topic off: before it in its clause, or behind it before any content.

    "Stressors: rent, a sick father; coping to be explored" has content first, "Stressors: to be explored" has none.
    """
    before = CLAUSE.split(text[:start])[-1][-NEAR:]
    if words("before").search(before):
        return True
    rest = text[end : end + FAR]
    behind = words("behind").search(rest)
    said = words("filler_setting").sub(" ", rest[: behind.start()]) if behind else rest
    return bool(behind and not content(said))


def unanswered(text: str) -> bool:
    """A line of a form that no one filled in: boxes of which none is ticked, a blank, a bare question."""
    boxes = bool(OPEN_BOX.search(text)) and not re.search(BOX, text)
    return boxes or bool(BLANK.search(text)) or text.rstrip().endswith("?")


@lru_cache(maxsize=REMEMBERED)
def unfilled(text: str) -> bool:
    """A template's sentence with a choice that no one made ("{ADEQUATE/INADEQUATE:2}", "[do/do not]", "***")."""
    return bool(words("choices").search(text))


def content(text: str) -> bool:
    """Whether anything is said beside the words of a form: a name of a section or a "was reviewed" says nothing."""
    bare = words("filler").sub(" ", OPEN_BOX.sub(" ", text))
    return bool(WORD.search(bare))


def recorded(sentence: Sentence, start: int, end: int, following: Sequence[Sentence]) -> bool:
    """Whether something is said on the topic that stands at [start, end): behind it, or in the lines under it."""
    text = sentence.text
    colon = text.find(":", start, end)
    end = colon + 1 if colon >= 0 else end  # "Worries: rent" is a title and what it names
    if put_off(text, start, end):
        return False
    if words("stated_none").search(text[max(0, start - 40) : end + 40]):
        return True
    behind = text[end:]
    if behind.rstrip().endswith(":"):  # "Risk-benefit analysis for this patient (free text):" titles what stands below
        return under(sentence, following)
    if re.search(BOX, behind):
        return ticked(behind)
    if OPEN_BOX.search(behind) and not content(OPEN_BOX.split(behind)[0]):
        return under(sentence, following)
    return content(behind) or content(told_before(text[:start])) or under(sentence, following)


def told_before(text: str) -> str:
    """ "Rent and travel are his stressors": words of a sentence with a verb; a form's title has none."""
    return text if words("verb").search(text) else ""


@lru_cache(maxsize=REMEMBERED)
def chosen(text: str) -> str:
    """The text with options that are not ticked blanked at the same length, where it has options with boxes."""
    for (start, end), tick in options(text):
        if not tick:
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def options(text: str) -> list[tuple[tuple[int, int], bool]]:
    """Each option of a form's line as ((start, end), ticked): "[ ] Yes [x] No", or "Yes [ ] No [x]", the box behind."""
    boxes = [(match.start(), match.end(), bool(re.match(BOX, match[0]))) for match in ANY_BOX.finditer(text)]
    if not boxes:
        return []
    last = boxes[-1][1]
    if not text[last:].strip(" .;,|\n"):
        lead = max((match.end() for match in LEAD_IN.finditer(text[: boxes[0][0]])), default=0)
        starts = [lead, *(end for _start, end, _tick in boxes)]
        return [((start, end), tick) for start, (_start, end, tick) in zip(starts, boxes, strict=False)]
    stop = NEW_LINE.search(text, last)
    ends = [start for start, _end, _tick in boxes[1:]] + [stop.start() if stop else len(text)]
    return [((start, end), tick) for (start, _end, tick), end in zip(boxes, ends, strict=True)]


def ticked(text: str) -> bool:
    """Whether a box is ticked whose own words, behind it or before it, do not put the topic off."""
    chosen = [text[start:end] for (start, end), tick in options(text) if tick]
    return any(content(one) and not words("behind").search(one) for one in chosen)


def under(sentence: Sentence, following: Sequence[Sentence]) -> bool:
    """Whether one of the next lines names something, before another section begins."""
    others = 0
    for later in following:
        text = later.text
        item = BULLET.match(text) and not BULLET.match(sentence.text)
        if later.document.id != sentence.document.id or (words("section").match(text) and not item):
            return False
        if ANY_BOX.search(text) or BLANK.search(text):
            if ticked(text):
                return True
            continue
        others += 1
        found = words("behind").search(text)
        if found and not content(text[: found.start()]):
            return False
        if len(WORD.findall(words("filler").sub(" ", text))) >= 1:
            return True
        if others >= UNDER:
            return False
    return False
