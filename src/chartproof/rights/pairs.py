"""Labels of a letter with their values, whatever the layout: a colon, a bar, dots, a gap, a row of labels, the next line.

What a label is called is data (labels.yaml); what a value must look like is left to who asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chartproof.rights.cells import Group, cells_of, groups_of, head_of, words_of
from chartproof.rights.dates import dates_in
from chartproof.rights.grids import headed
from chartproof.rights.labels import Pair, label_of, qualified, segments
from chartproof.rights.lines import Line
from chartproof.rights.numbered import numbers_in
from chartproof.rights.printed import Printed
from chartproof.rights.words import table

_REACH = 60
_COLON = re.compile(r"\s*(?::|#:?|\.{3,}|(?<=[a-z#.])\s*\|)\s*")


def pairs(letter: Printed) -> tuple[Pair, ...]:
    """Every label with a value among the first lines, in order of the letter."""
    lines = letter.body[:_REACH]
    found: list[Pair] = []
    for order in range(len(lines)):
        apart = _columns(letter, lines, order) if _labels_apart(letter, lines[order]) else []
        columns = (
            _stacked(letter, lines, order) or apart or _celled(letter, lines, order) or _columns(letter, lines, order)
        )
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
            numbered = re.search(r"\b(?:no|number|id|identification|dbn|mbi|hicn)\b|[#.]$", label, re.I)
            own = known[0] == "reference" and (known[1] == 0 or re.match(r"our\b|[A-Z]", label))
            headed = known[0] == "reference" and re.match(r"(?:subject|re|regarding):", text, re.I)
            own = own or headed or (known[0] == "group_number" and len(re.findall(r"\d", match.group())) >= 4)
            asked = own or (numbered and known[0] in table("labels")["shapes"])
            listed = re.fullmatch(r"[^\d]*/\s*", before[: first.start()])  # "BIN / PCN / group" is a list of others
            if asked and not (listed or (not headed and _of_others(before[: first.start()]))):
                alone = numbered and before == label and not text[match.end() :].strip()  # as good as a colon
                rank = known[1] + (0 if alone else 3)
                yield _pair(letter, lines, order, (known[0], rank), text[match.start() :])
            break


#: Whose act, or what was done, right before a day that is told of.
_TELLS_DAY = re.compile(r"(?:you|they|he|she|we|i|was|were|which|that)$", re.I)


def _dated(letter: Printed, lines: Sequence[Line], order: int) -> Iterator[Pair]:
    """A label right before a day, without a mark between: "Statement date 11/03/2025", "Notice issued 10 March 2026"."""
    text = lines[order].text
    for match, _day in dates_in(text):
        before = text[: match.start()].split()
        found = ((size, label_of(" ".join(before[-size:]))) for size in range(min(4, len(before)), 0, -1))
        size, known = next(((size, one) for size, one in found if one), (0, None))
        told = size and before[:-size] and _TELLS_DAY.match(before[-size - 1])  # "the appeal you mailed on March 3"
        if known and not told and known[0] == "letter_date":
            yield _pair(letter, lines, order, known, text[match.start() :])


#: How far, in points, a cell may begin from the left edge of its column's head.
_EDGE = 4.0


def _stacked(letter: Printed, lines: Sequence[Line], order: int) -> list[Pair]:
    """The cells below a row of three labels or more that begin where their label does; a label or a cell may take several
    lines, and a label or two may name nothing known.
    """
    heads, below = headed(letter, lines[order], lines[order + 1 :])
    known = [label_of(head.text) for head in heads]
    told = [one for one in known if one is not None]
    numbered = sum(one[0] in table("labels")["shapes"] for one in told)
    if len(heads) < 3 or any(re.search(r":|\d{3}", head.text) for head in heads) or numbered < 1:
        return []
    if len(told) < len(heads) and not (numbered >= 2 and 2 * len(told) >= len(heads)):
        return []
    values = _below(letter, heads, lines[order + 1 + below : order + 9 + below])
    whole = letter.span(lines[order].page, lines[order].start, lines[order].end)
    found = [(one, " ".join(words)) for one, words in zip(known, values, strict=True) if one and words]
    return [Pair(one[0], one[1], words, whole, order) for one, words in found] if len(found) >= 2 else []


def _is_under(cell: Group, head: Group) -> bool:
    """Whether a cell begins where its head does, or has the same middle."""
    return min(abs(head.left - cell.left), abs(head.left + head.right - cell.left - cell.right) / 2) < _EDGE


def _below(letter: Printed, heads: Sequence[Group], lines: Sequence[Line]) -> list[list[str]]:
    """The words of each column, up to the first line of which a cell begins under no head."""
    ends = [*(head.left for head in heads[1:]), float("inf")]
    values: list[list[str]] = [[] for _ in heads]
    for line in lines:
        cells = groups_of(letter, line)
        columns = [next((at for at, head in enumerate(heads) if _is_under(cell, head)), -1) for cell in cells]
        if not cells or any(at < 0 or cell.right > ends[at] for at, cell in zip(columns, cells, strict=True)):
            break
        for at, cell in zip(columns, cells, strict=True):
            values[at].append(cell.text)
    return values


def _celled(letter: Printed, lines: Sequence[Line], order: int) -> list[Pair]:
    """The cells below a row of labels, where bars or gaps part both rows alike."""
    labels = cells_of(letter, lines[order])
    known = [qualified(cell) for cell in labels]
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
            known = qualified(left)
            sides = list(_sides(letter, line, order, left, right))
            if sides:
                yield from sides
            elif known and right and not label_of(right):
                yield _pair(letter, lines, order, known, right)
            elif not known:
                yield from _coloned(letter, lines, order, left)
        return
    coloned = list(_sides(letter, line, order, *line.text.partition(":")[::2]))
    coloned = coloned or list(_coloned(letter, lines, order, line.text))
    if coloned:
        yield from coloned
        return
    alone = label_of(line.text)
    if alone and order + 1 < len(lines) and not _opens_another(lines[order + 1].text, alone):
        yield _pair(letter, lines, order + 1, alone, lines[order + 1].text, follow=False)


#: What parts two labels in one, and their two values alike.
_STROKE = re.compile(r"\s+/\s*|\s*/\s+")


def _sides(letter: Printed, line: Line, order: int, left: str, right: str) -> Iterator[Pair]:
    """The pairs of labels that share a cell with their values: "Member ID / Group" beside "QRS 4471 / 80-12"."""
    labels, values = _STROKE.split(left.strip()), _STROKE.split(right.strip())
    known = [qualified(label) for label in labels]
    if 2 <= len(labels) == len(values) and all(known) and all(values):
        whole = letter.span(line.page, line.start, line.end)
        yield from (Pair(*one, value, whole, order) for one, value in zip(known, values, strict=True) if one)


def _opens_another(text: str, alone: tuple[str, int]) -> bool:
    """Whether the line below a label begins with a person's label, so that its value is not the label's above."""
    words = text.split()
    first = label_of(" ".join(words[:1])) if len(words) > 1 and not re.search(r"\d", text) else None
    return first is not None and first[0] == "member_name" != alone[0]


def _coloned(letter: Printed, lines: Sequence[Line], order: int, text: str) -> Iterator[Pair]:
    """Each "Label: value" of a text; a value ends where the next label begins."""
    marks: list[tuple[int, int, tuple[str, int]]] = []
    for match in _COLON.finditer(text):
        words = list(re.finditer(r"\S+", text[: match.start()]))
        words_text = text[: match.start()] + " #" * match.group().strip().startswith("#")
        # A number or a mark before a label belongs to the value before it: "ID: RX 33-7710 Case: ...".
        apart = max((at for at, one in enumerate(words) if re.search(r"\d{2}|:$", one.group())), default=-1)
        for first in words[max(apart + 1, len(words) - 6) :]:
            known = qualified(words_text[first.start() :])
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
    """Whether the word before a label, or one since an open bracket, makes its number somebody else's or an earlier one."""
    bracket = before[before.rfind("(") :] if before.rfind("(") > before.rfind(")") else ""
    others = table("labels")["other_number"]
    return re.search(others + r"\w*\W*$", before, re.I) is not None or re.search(others, bracket, re.I) is not None


#: A family name alone on its line, which no label is.
_SURNAME = re.compile(
    r"(?!(?:Authorization|Member|Date|Plan|Group|Case|Provider|Facility|Diagnosis|Claim|Reference)\b)[A-Z][a-z]+(?:[- ][A-Z][a-z]+)?"
)


def _pair(
    letter: Printed, lines: Sequence[Line], order: int, known: tuple[str, int], value: str, *, follow: bool = True
) -> Pair:
    """A pair whose value may run on in the next line, where that begins in small letters or the value is left open."""
    line = lines[order]
    below = lines[order + 1].text if order + 1 < len(lines) else ""
    runs_on = re.match(r"[a-z(]", below) or re.search(r"[,(&-]$|\b(?:and|of|with|for)$", value)
    if follow and re.search(r"\d-$", value) and re.match(r"[A-Z0-9]", below):
        value = f"{value}{below}"  # a number cut at the line's end
    if follow and known[0] == "member_name" and re.search(r" [A-Z]\.$", value) and _SURNAME.fullmatch(below):
        value = f"{value} {below}"  # a cell of two lines
    if follow and known[0] == "service" and below and runs_on and not label_of(below.split(":")[0]):
        value = f"{value} {below}"
    return Pair(known[0], known[1], value, letter.span(line.page, line.start, line.end), order)


def _labels_apart(letter: Printed, line: Line) -> list[tuple[str, tuple[str, int]]]:
    """The labels of a line that wide gaps part: "Patient    ID" is two, not the patient's number; empty if one is none."""
    found = [(group.text, label_of(group.text)) for group in groups_of(letter, line)]
    known = [(text, label) for text, label in found if label is not None]
    return known if len(known) == len(found) >= 3 else []


def _columns(letter: Printed, lines: Sequence[Line], order: int) -> list[Pair]:
    """The values under a row of labels, each in the column whose middle is nearest to its words."""
    named = (
        _labels_apart(letter, lines[order]) or segments(lines[order].text)
        if not re.search(r"[:\d]", lines[order].text)
        else []
    )
    placed = words_of(letter, lines[order])
    telling = [known for _label, known in named if known[0] in table("labels")["shapes"]]
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
        if all(values):
            break
    whole = letter.span(lines[order].page, lines[order].start, lines[order].end)
    return [
        Pair(known[0], known[1], re.sub(r"(?<=\d-) (?=[A-Z0-9])", "", " ".join(words)), whole, order)
        for (_label, known), words in zip(named, values, strict=True)
        if words
    ]
