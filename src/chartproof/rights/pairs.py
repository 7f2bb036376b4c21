"""Labels of a letter with their values, whatever the layout: a colon, a bar, dots, a gap, a row of labels, the next line.

What a label is called is data (labels.yaml); what a value must look like is left to who asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from chartproof.model import Span
from chartproof.rights.dates import dates_in
from chartproof.rights.lines import Line
from chartproof.rights.numbered import numbers_in
from chartproof.rights.printed import Printed
from chartproof.rights.words import table

#: A gap this many times as wide as a word space parts two cells.
_CELL_GAP = 2.4
#: A word space is about this part of a line's height.
_SPACE = 0.3
_REACH = 60
_COLON = re.compile(r"\s*(?::|#:?|\.{3,}|(?<=[a-z#.])\s*\|)\s*")


@dataclass(frozen=True, slots=True)
class Pair:
    """`field` as labels.yaml names it; `rank` from 0, lower is more telling; `value` without what follows in its line."""

    field: str
    rank: int
    value: str
    span: Span
    order: int


@cache
def _labels() -> tuple[tuple[str, int, re.Pattern[str]], ...]:
    return tuple(
        (field, rank, re.compile(rf"(?:{says})", re.I))
        for field, says_all in table("labels")["labels"].items()
        for rank, says in enumerate(says_all)
    )


@lru_cache(maxsize=1 << 12)
def label_of(words: str) -> tuple[str, int] | None:
    """(field, rank) of a whole label, or None."""
    plain = _plain(words)
    if not plain or len(plain) > 48:
        return None
    number = " #" if words.rstrip(" :").endswith("#") else ""
    for field, rank, pattern in _labels():
        if pattern.fullmatch(plain) or (number and pattern.fullmatch(plain + number)):
            return field, rank
    either = [label_of(part) for part in plain.split("/")] if plain.count("/") == 1 else []
    fields = {one[0] for one in either if one} if all(either) else set()
    return min(one for one in either if one) if len(fields) == 1 else None


def _plain(words: str) -> str:
    """A label without case, marks and an owner; "I.D." and what OCR makes of "ID" as "id"."""
    plain = re.sub(r"\s+", " ", re.sub(r"\([^()]*\)\s*$", "", words)).strip(" .:#|?*_-").lower()
    plain = re.sub(r"^(?:your|the) |['’]s\b", "", plain)
    return re.sub(r"(?<= )(?:i\.[l1]?d\b\.?|[1il|!/\\({]{1,2}d$)", "id", plain)


def _qualified(words: str) -> tuple[str, int] | None:
    """The field of a label, perhaps with one or two words before it ("Harbor case number") that do not change it."""
    known = label_of(words)
    terms = [] if known else words.split()
    for lead in (1, 2):
        found = label_of(" ".join(terms[lead:])) if len(terms) > lead else None
        if found and found[0] in table("labels")["shapes"]:
            blocked = re.search(table("labels")["other_number"], " ".join(terms[:lead]), re.I)
            numbered = found[0] == "reference" or re.search(r"\b(?:id|number|no|group)\b|#", words, re.I)
            return None if blocked or not numbered else (found[0], found[1] + (found[0] != "reference"))
    return known


def pairs(letter: Printed) -> tuple[Pair, ...]:
    """Every label with a value among the first lines, in order of the letter."""
    lines = letter.body[:_REACH]
    found: list[Pair] = []
    for order in range(len(lines)):
        columns = _celled(letter, lines, order) or _columns(letter, lines, order)
        found += columns or _in_line(letter, lines, order)
    for order in range(len(letter.body)):
        found += _spoken(letter, letter.body, order)
    for order in range(len(lines)):
        found += _dated(letter, lines, order)
    return (*found, *_numbered(letter))


#: Numbers of the head by the grammar of their labels rank after those beside a whole known label.
_AFTER_LABELS = 5


def _numbered(letter: Printed) -> Iterator[Pair]:
    cells = [(at, cell) for at, line in enumerate(head_of(letter)) for cell in cells_of(letter, line) or (line.text,)]
    for at, field, rank, value in numbers_in([cell for _at, cell in cells]):
        order = cells[at][0]
        line = letter.body[order]
        yield Pair(field, rank + _AFTER_LABELS, value, letter.span(line.page, line.start, line.end), order)


def head_of(letter: Printed) -> list[Line]:
    """The lines before the letter's prose begins, with the greeting; one long line alone is no prose."""
    lines = letter.body[:40]
    prose = [_is_prose(letter, line) for line in lines]
    begins = (at for at in range(len(lines)) if prose[at] and (at + 1 == len(lines) or prose[at + 1]))
    return lines[: next(begins, len(lines))]


def _is_prose(letter: Printed, line: Line) -> bool:
    words = line.text.split()
    spoken = len(words) >= 10 and sum(word.isalpha() and word.islower() for word in words) >= 6
    return spoken and not re.search(r"\S {3,}\S|[|]", letter.raw(line))


#: A number with three digits or more, as a letter's numbers are.
_NUMBER = re.compile(r"(?<![\w/-])(?=(?:[A-Z0-9./-]*\d){3})[A-Z0-9][A-Z0-9./-]*(?![a-z])|\b[A-Z]{2,4}(?= \d+ \d)")


def _spoken(letter: Printed, lines: Sequence[Line], order: int) -> Iterator[Pair]:
    """A label right before a number, without a mark between: "our file FED-551907", "case number is 26-0044"."""
    text = lines[order].text
    above = lines[order - 1].text if order else ""
    for match in _NUMBER.finditer(text):
        before = text[: match.start()].rstrip()
        if not before and re.search(r"[a-z]$", above):
            before = above
        before = re.sub(r"\s+is$", "", before)
        words = list(re.finditer(r"\S+", before))
        for first in words[-5:]:
            label = before[first.start() :]
            known = label_of(label)
            if not known:
                continue
            numbered = re.search(r"\b(?:no|number|id|identification)\b|[#.]$", label, re.I)
            own = known[0] == "reference" and (known[1] == 0 or re.match(r"our\b|[A-Z]", label))
            own = own or (known[0] == "group_number" and len(re.findall(r"\d", match.group())) >= 4)
            asked = own or (numbered and known[0] in table("labels")["shapes"])
            if asked and not _of_others(before[: first.start()]):
                yield _pair(letter, lines, order, (known[0], known[1] + 3), text[match.start() :])
            break


def _dated(letter: Printed, lines: Sequence[Line], order: int) -> Iterator[Pair]:
    """A label right before a day, without a mark between: "Statement date 11/03/2025", "Notice issued 10 March 2026"."""
    text = lines[order].text
    for match, _day in dates_in(text):
        before = text[: match.start()].split()
        known = next(
            filter(None, (label_of(" ".join(before[-size:])) for size in range(min(4, len(before)), 0, -1))), None
        )
        if known and known[0] == "letter_date":
            yield _pair(letter, lines, order, known, text[match.start() :])


def _celled(letter: Printed, lines: Sequence[Line], order: int) -> list[Pair]:
    """The cells below a row of labels, where bars or gaps part both rows alike."""
    labels = cells_of(letter, lines[order])
    known = [_qualified(cell) for cell in labels]
    if len(labels) < 2 or order + 1 >= len(lines) or sum(one is not None for one in known) < 2:
        return []
    if any(one is None and re.search(r"\d", cell) for one, cell in zip(known, labels, strict=True)):
        return []
    values: Sequence[str] = cells_of(letter, lines[order + 1])
    if len(values) != len(labels):
        # Without columns, as many numbers as labels of numbers are theirs in order, after the name if that comes first.
        named = [one for one in known[:1] if one and one[0] == "member_name"]
        known = [*named, *(one for one in known if one and one[0] in table("labels")["shapes"])]
        below = lines[order + 1].text
        numbers = [term for term in below.split() if len(re.findall(r"\d", term)) >= 3 and "/" not in term]
        values = [below.split(numbers[0])[0].strip(), *numbers] if named and numbers else numbers
    if len(values) != len(known) or any(map(label_of, values)):
        return []
    line = lines[order + 1]
    whole = letter.span(line.page, line.start, line.end)
    return [
        Pair(one[0], one[1], value, whole, order)
        for one, value in zip(known, values, strict=True)
        if one is not None and value
    ]


def _in_line(letter: Printed, lines: Sequence[Line], order: int) -> Iterator[Pair]:
    line = lines[order]
    parts = cells_of(letter, line)
    if len(parts) >= 2:
        # Cells that are labels, each followed by its value; a cell may hold a label and a value with a colon.
        for left, right in zip(parts, [*parts[1:], ""], strict=True):
            known = _qualified(left)
            if known and right and not label_of(right):
                yield _pair(letter, lines, order, known, right)
            elif not known:
                yield from _coloned(letter, lines, order, left)
        return
    coloned = list(_coloned(letter, lines, order, line.text))
    if coloned:
        yield from coloned
        return
    alone = label_of(line.text)
    if alone and order + 1 < len(lines):
        yield _pair(letter, lines, order + 1, alone, lines[order + 1].text, follow=False)


def _coloned(letter: Printed, lines: Sequence[Line], order: int, text: str) -> Iterator[Pair]:
    """Each "Label: value" of a text; a value ends where the next label begins."""
    marks: list[tuple[int, int, tuple[str, int]]] = []
    for match in _COLON.finditer(text):
        words = list(re.finditer(r"\S+", text[: match.start()]))
        words_text = text[: match.start()] + " #" * match.group().strip().startswith("#")
        for first in words[-6:]:
            known = _qualified(words_text[first.start() :])
            before = text[: first.start()].rstrip()
            others = known and known[0] in table("labels")["shapes"] and _of_others(before)
            if known and not others and (not before or first.group()[:1].isupper()):
                marks.append((first.start(), match.end(), known))
                break
    for at, (_start, end, known) in enumerate(marks):
        stop = marks[at + 1][0] if at + 1 < len(marks) else len(text)
        value = text[end:stop].strip(" |;,")
        if value:
            yield _pair(letter, lines, order, known, value, follow=stop == len(text))


def _of_others(before: str) -> bool:
    """Whether the word before a label makes its number somebody else's."""
    return re.search(table("labels")["other_number"] + r"\w*\W*$", before, re.I) is not None


def _pair(
    letter: Printed, lines: Sequence[Line], order: int, known: tuple[str, int], value: str, *, follow: bool = True
) -> Pair:
    """A pair whose value may run on in the next line, where that begins in small letters or the value is left open."""
    line = lines[order]
    below = lines[order + 1].text if order + 1 < len(lines) else ""
    runs_on = re.match(r"[a-z(]", below) or re.search(r"[,(&-]$|\b(?:and|of|with|for)$", value)
    if follow and re.search(r"\d-$", value) and re.match(r"[A-Z0-9]", below):
        value = f"{value}{below}"  # a number cut at the line's end
    if follow and known[0] == "service" and below and runs_on and not label_of(below.split(":")[0]):
        value = f"{value} {below}"
    return Pair(known[0], known[1], value, letter.span(line.page, line.start, line.end), order)


def cells_of(letter: Printed, line: Line) -> tuple[str, ...]:
    """A line's cells, where bars, runs of blanks or wide gaps on the page part it."""
    if len(line.cells) >= 2:
        return line.cells
    parts = groups_of(letter, line)
    return tuple(part.text for part in parts) if len(parts) > 1 else line.cells


@dataclass(frozen=True, slots=True)
class Group:
    """Words of a line that no wide gap parts: `start` and `end` in the printed line, `left` and `right` on the page."""

    text: str
    start: int
    end: int
    left: float
    right: float


def groups_of(letter: Printed, line: Line) -> list[Group]:
    """The groups of words of a line that has a place on the page."""
    groups: list[Group] = []
    right, height = 0.0, 0.0
    for word, left, end, high, at in words_of(letter, line):
        if groups and left - right <= _CELL_GAP * _SPACE * max(high, height):
            last = groups[-1]
            groups[-1] = Group(f"{last.text} {word}", last.start, at + len(word), last.left, end)
        else:
            groups.append(Group(word, at, at + len(word), left, end))
        right, height = end, high
    return groups


def words_of(letter: Printed, line: Line) -> list[tuple[str, float, float, float, int]]:
    """(word, left, right, height, place in the line) of each word of a line that has a place on the page."""
    page = letter.pages[line.page]
    found = []
    for match in re.finditer(r"\S+", letter.raw(line)):
        boxes = page.boxes(line.start + match.start(), line.start + match.end())
        if boxes:
            height = boxes[0].bottom - boxes[0].top
            found.append((match.group(), boxes[0].left, boxes[0].right, height, match.start()))
    return found


def _segments(text: str) -> list[tuple[str, tuple[str, int]]]:
    """A line that consists of labels alone, cut into them; empty for every other line."""
    words, found, at = text.replace("|", " ").split(), [], 0
    while at < len(words):
        for size in range(min(5, len(words) - at), 0, -1):
            known = label_of(" ".join(words[at : at + size]))
            if known and words[at][:1].isupper():
                found.append((" ".join(words[at : at + size]), known))
                at += size
                break
        else:
            return []
    return found


def _labels_apart(letter: Printed, line: Line) -> list[tuple[str, tuple[str, int]]]:
    """The labels of a line that wide gaps part: "Patient    ID" is two, not the patient's number; empty if one is none."""
    found = [(group.text, label_of(group.text)) for group in groups_of(letter, line)]
    known = [(text, label) for text, label in found if label is not None]
    return known if len(known) == len(found) >= 3 else []


def _columns(letter: Printed, lines: Sequence[Line], order: int) -> list[Pair]:
    """The values under a row of labels, each in the column whose middle is nearest to its words."""
    named = (
        _labels_apart(letter, lines[order]) or _segments(lines[order].text)
        if not re.search(r"[:\d]", lines[order].text)
        else []
    )
    placed = words_of(letter, lines[order])
    telling = [known for _label, known in named if known[0] in ("member_id", "group_number", "reference")]
    if len(named) < 2 or not telling or not placed or len(placed) != sum(len(label.split()) for label, _ in named):
        return []
    middles, at = [], 0
    for label, _known in named:
        size = len(label.split())
        middles.append((placed[at][1] + placed[at + size - 1][2]) / 2)
        at += size
    values: list[list[str]] = [[] for _ in named]
    for line in lines[order + 1 : order + 9]:
        if re.match(r"(?:Re|Subject|Dear)\b", line.text) or re.search(r"[a-z]: \S", line.text):
            break
        words = words_of(letter, line)
        if not words or len(line.text) > 100:
            break
        for word, left, right, _high, _at in words:
            nearest = min(range(len(middles)), key=lambda column: abs(middles[column] - (left + right) / 2))
            values[nearest].append(word)
    whole = letter.span(lines[order].page, lines[order].start, lines[order].end)
    return [
        Pair(known[0], known[1], re.sub(r"(?<=\d-) (?=[A-Z0-9])", "", " ".join(words)), whole, order)
        for (_label, known), words in zip(named, values, strict=True)
        if words
    ]
