"""Lists of comorbid conditions in notes: which lines belong to one, and which conditions a text names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from chartproof.chart.context import Around, listed_as_history, of_habit, past
from chartproof.chart.line_looks import BULLET, HEADING_NUMBER, is_heading
from chartproof.chart.view import Segment, Sentence, split
from chartproof.chart.vocabulary import load, small
from chartproof.expressions import Expression

#: A list item longer than this has run into something else.
LONGEST = 420
HISTORY = re.compile(r"\b(?:past|history|PMHx?|P/?MH|hx|problem list)\b", re.IGNORECASE)
HEADER_WORD = re.compile(
    r"\b(?:conditions?|problems?|diagnos[ie]s|illness|issues?|status|state|how it is|detail|course|management|treatment|measures?|drugs?|medications?|today|control|assessment"
    r"|plan|therapy|who ?/ ?what|doing now|(?:how|what) (?:is|are) (?:it|they|each)(?: \w+)?|(?:what|where|how) (?:we|it|they|is)(?: \w+)?(?: about it)?|current|comment)\b",
    re.IGNORECASE,
)
NEGATED = re.compile(
    r"^\W*(?:(?:he|she|they|patient|pt|there|mrs?|ms)\b\W*(?:\w+\W+)?)?(?:has |have |had |is |was |does |did )?"
    r"(?:no|not|denies|denied|negative for|without|never|none)\b",
    re.IGNORECASE,
)
#: An entry that was taken back, and a test result that names a virus without the disease.
NOT_HIS = re.compile(
    r"\b(?:in error|wrong (?:patient|chart)|ruled out|removed from|not confirmed|reports? (?:being|having been) told|was told)\b"
    r"|^\W{0,4}(?:\d\W{1,3})?[\"\u201c]|^\s*(?:[-\u2022*]\s*)?(?:\[\s*\]|\(\s*\)|[\u2610\u25a1])",
    re.IGNORECASE,
)
SEROLOGY = re.compile(
    r"\b(?:hepatitis|hiv|hbv|hcv|cmv)\b[^.;]{0,60}\b(?:non-?reactive|negative|neg|NR|not detected|undetect\w+|screens?|serolog\w+|pending|QNS|(?:was |were )?(?:sent|drawn|ordered))\b"
    r"|\b(?:serolog\w+|(?:viral|virus|infectious|infection)(?: disease)? (?:panels?|tests?|studies|screen\w*|markers?|labs?))\b[^.;]{0,80}\b(?:hepatitis|hiv|hbv|hcv|cmv)\b",
    re.IGNORECASE,
)
DISEASE = re.compile(
    r"\b(?:resolved|past|chronic|carrier|occult|treated|prophylaxis|entecavir|tenofovir|cured)\b", re.IGNORECASE
)
#: Below a table, a line that opens so is prose again.
PERSON = re.compile(r"\s*(?:He|She|They|Mr|Mrs|Ms|The patient|I|We)\b")
RULED_OUT = re.compile(r"\W{1,5}(?:no|none|never|denie[sd]|absent)\b(?=\s*(?:$|[.;,|]))", re.IGNORECASE)
FOOTER = re.compile(r"\bpage \d+\s*(?:of|/)\s*\d+|^\s*\d+ (?:of|/) \d+\s*$|\bprinted\b", re.IGNORECASE)
OWN_LABEL = re.compile(r"^\W{0,4}(?:\d{1,2}[.)]\s*)?([A-Z][A-Za-z/&' \-]{1,40}?)\s*[:.](?=\s|$)")


#: A problem's own lines in an electronic list of problems.
SUBLABEL = re.compile(
    r"^\s*(?:overview|assessment ?(?:&|and) ?plan|a ?[/&] ?p|current (?:assessment|status)|status|plan|comments?|last assessment|details?)\s*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One condition as a list has it: `sentence` holds its characters, `title` the list's title, `header` its columns."""

    sentence: Sentence
    conditions: tuple[str, ...]
    title: str
    header: str = ""

    @property
    def history(self) -> bool:
        """Whether the list is of the past: it names conditions, and their state only where it says so."""
        return bool(HISTORY.search(self.title)) and not re.search(
            r"\b(?:status|state|today|current)\b", self.header, re.IGNORECASE
        )


@cache
def words(name: str) -> Expression:
    """One pattern for a list of expressions of conditions.yaml; "{all}" in them is what all conditions at once are called."""
    data = load("conditions.yaml")
    parts = (part.replace("{all}", data["all_of_them"]) for part in data[name])
    return Expression("|".join(f"(?:{part})" for part in parts), re.IGNORECASE)


@cache
def patterns() -> tuple[tuple[str, Expression], ...]:
    rows: list[tuple[str, Expression]] = []
    for name, rule in load("conditions.yaml")["conditions"].items():
        parts = [f"(?i:{part})" for part in rule["words"]] + list(rule["short"])
        rows.append((name, Expression(r"(?<![\w-])(?:" + "|".join(parts) + r")(?![\w])")))
    return tuple(rows)


@cache
def openings() -> tuple[Expression, Expression]:
    """All words (for a text in small letters) and all abbreviations: where one may begin. Most sentences hold none."""
    rules = load("conditions.yaml")["conditions"].values()
    words = "|".join(word for rule in rules for word in rule["words"])
    short = "|".join(word for rule in rules for word in rule["short"])
    return Expression(rf"(?<!\w)(?={words})"), Expression(rf"(?<!\w)(?={short})")


@lru_cache(maxsize=1 << 15)
def conditions_in(text: str) -> tuple[tuple[int, int, str], ...]:
    """(start, end, condition) of each condition named in `text`, in order; of overlapping names the longest."""
    words, short = openings()
    places = {match.start() for match in (*words.finditer(small(text)), *short.finditer(text))}
    found = [
        (at, match.end(), name) for at in places for name, pattern in patterns() if (match := pattern.match(text, at))
    ]
    found.sort(key=lambda row: (row[0], -row[1]))
    kept: list[tuple[int, int, str]] = []
    for row in found:
        if not kept or row[0] >= kept[-1][1]:
            kept.append(row)
    return tuple(kept)


def condition_of_code(code: str) -> str:
    """The condition of an ICD-10-CM code, by its longest prefix; "" where it is none of ours."""
    best = ("", "")
    plain = code.upper().replace(".", "")
    rules: dict[str, Any] = load("conditions.yaml")["conditions"]
    for name, rule in rules.items():
        for prefix in rule["icd10"]:
            bare = str(prefix).replace(".", "")
            if plain.startswith(bare) and len(bare) > len(best[0]):
                best = (bare, name)
    return best[1]


def is_his(text: str) -> bool:
    """Whether a text that names a condition says that the patient has or had it."""
    if NEGATED.match(text) or NOT_HIS.search(text):
        return False
    return not SEROLOGY.search(text) or bool(DISEASE.search(text))


def starts_with_condition(text: str) -> bool:
    """Whether a condition stands at the start, after a bullet or number and at most two words that qualify it."""
    bullet = BULLET.match(text)
    left = bullet.end() if bullet else 0
    found = conditions_in(text)
    return (
        bool(found) and len(text[left : found[0][0]].split()) <= 2 and "." not in text[left : found[0][0]].strip(" .")
    )


def goes_through(title: str) -> bool:
    """Whether a list's title or header says that the conditions were gone through at the visit."""
    return bool(words("reviewed").search(title))


def organ_lead(line: str, title: str) -> re.Match[str] | None:
    """ "Thyroid: TSH 1.9" in a list that goes through the conditions."""
    return organs().match(line) if goes_through(title) else None


@cache
def organs() -> Expression:
    return Expression(
        rf"\s*(?:[-•*]\s*|\d{{1,2}}[.)]\s*)?({'|'.join(load('conditions.yaml')['organs'])})\s*(?::|\s[-–]\s|\|)\s*(?=\S)",
        re.IGNORECASE,
    )


def items(segment: Segment) -> Iterator[Item]:
    """Every item of every titled list of conditions in the segment."""
    title, header = "", ""
    open_at: tuple[int, int] | None = None
    text = segment.page.text
    for match in re.finditer(r"[^\n]+", text[segment.start : segment.end]):
        start, end = segment.start + match.start(), segment.start + match.end()
        line = text[start:end]
        content = opens(line)
        if not re.search(r"\w", line) or (content is None and FOOTER.search(line)):
            continue
        if content is None and not title and words("table_of").search(line) and is_header(line):
            yield from cut(segment, open_at, title, header)
            title, header, open_at = line.strip(), line.strip(), None
            continue
        under = bool(title) and open_at is not None and sublabel(line, text[open_at[0] : open_at[1]])
        lead = bool(title) and organ_lead(line, f"{title} {header}") is not None
        if under and open_at and end - open_at[0] <= LONGEST:
            open_at = (open_at[0], end)
            continue
        if content is None and title and (lead or not (ends(line) or (header and PERSON.match(line)))):
            if is_header(line):
                header = line.strip()
            elif lead or begins_item(line, segment) or open_at is None:
                yield from cut(segment, open_at, title, header)
                open_at = (start, end)
            elif end - open_at[0] <= LONGEST:
                open_at = (open_at[0], end)
            continue
        yield from cut(segment, open_at, title, header)
        open_at = None
        if content is not None:
            title, header = line[:content].strip() or line.strip(), ""
            open_at = (start + content, end) if line[content:].strip() else None
        else:
            title = ""
    yield from cut(segment, open_at, title, header)


def begins_item(line: str, segment: Segment) -> bool:
    """Whether a line begins the next entry of a list; each line of an export is one."""
    if segment.page.read == "structured":
        return True
    return bool(starts_with_condition(line) or BULLET.match(line) or NEGATED.match(line))


def sublabel(line: str, above: str) -> bool:
    """Whether a line goes on with the problem above it: "  Assessment & Plan: at goal, continue lisinopril"."""
    inset = line.startswith("  ") and not above.startswith("  ")
    return bool(SUBLABEL.match(line)) and (
        inset
        or bool(re.search(r"\n\s*overview\s*:", above, re.IGNORECASE))
        or bool(re.match(r"\s*overview", line, re.IGNORECASE))
    )


def opens(line: str) -> int | None:
    """Where the content starts on a line that titles a list of conditions (its length for a heading), else None."""
    lead = HEADING_NUMBER.match(line)
    left = lead.end() if lead else len(line) - len(line.lstrip())
    match = words("titles").match(line, left) or words("titles").match(
        line, left + len(line[left:]) - len(line[left:].lstrip("*#-• "))
    )
    if not match:
        return None
    rest = line[match.end() :]
    first = conditions_in(rest)
    mark = re.match(r"[^:.(]{0,40}?(?:\([^)]{0,40}\))?[:.](?=\s|$)", rest)
    if first and mark and mark.end() <= first[0][0]:
        return match.end() + mark.end()
    if re.match(r"\s*[:.]", rest) and NEGATED.match(rest[mark.end() :] if mark else rest):
        return match.end() + (mark.end() if mark else 0)
    if first or len(line) > 110 or (line.rstrip().endswith(".") and len(rest.split()) > 3):
        return None
    return len(line)


def ends(line: str) -> bool:
    """Whether the line starts something else: a known section, a heading, or a lead-in that names no condition."""
    bare = HEADING_NUMBER.sub("", line, count=1).strip(" *#•-")
    if re.match(rf"(?:{words('ends').source})\s*(?:[:.]|$)", bare, re.IGNORECASE):
        return True
    if starts_with_condition(line) or is_header(line):
        return False
    label = OWN_LABEL.match(line)
    if label and not conditions_in(label[1]) and line[label.end() - 1] == ":" and len(label[1].split()) <= 4:
        return True
    return is_heading(line) and not conditions_in(line) and not is_header(line)


def is_header(line: str) -> bool:
    """A table's header: two or more column words and little else."""
    named = HEADER_WORD.findall(line)
    return (
        len(named) >= 2
        and len(line.split()) <= len(named) + 8
        and not conditions_in(line)
        and "." not in line.strip(" .")
    )


def cut(segment: Segment, place: tuple[int, int] | None, title: str, header: str) -> Iterator[Item]:
    """The items of one list entry: its sentences that name conditions, each with those after it that name none."""
    if place is None:
        return
    start, end = place
    whole = segment.page.text[start:end].replace("\n", " ")
    parts = split(whole)
    pieces: list[list[int]] = []
    for left, right in parts:
        if conditions_in(whole[left:right]) or not pieces:
            pieces.append([left, right])
        else:
            pieces[-1][1] = right
    for left, right in pieces:
        text = whole[left:right]
        named = tuple(dict.fromkeys(name for _s, _e, name in conditions_in(text)))
        lead = None if named else organ_lead(text, f"{title} {header}")
        named = (lead[1].lower().replace(" ", "_"),) if lead else named
        denied = named and not lead and ruled_out(text)
        if named and is_his(text) and not denied:
            yield Item(Sentence(segment, start + left, start + right, text, title), named, title, header)


def ruled_out(text: str) -> bool:
    """ "Asthma? - no": the one condition of the item is denied right behind its name."""
    found = conditions_in(text)
    return len(found) == 1 and bool(RULED_OUT.match(text, found[0][1]))


def of_history(words: Around) -> bool:
    """Whether the mention belongs to the patient's history rather than to this visit.

    By the words around it, by the title above, as a habit or an allergy, or as a chronic condition that stands alone as
    an item of a list of problems does.
    """
    sentence = words.sentence
    return past(words) or listed_as_history(sentence) or of_habit(words) or bare_condition(sentence.text)


def bare_condition(text: str) -> bool:
    """Whether a list item is the name of a condition and nothing else: "3. Hypertension."."""
    bare = re.sub(r"^\W*(?:\d{1,2}[.)]\s*)?|\W+$", "", text)
    return any(start == 0 and end == len(bare) for start, end, _name in conditions_in(bare))
