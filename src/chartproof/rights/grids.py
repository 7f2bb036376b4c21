"""Tables of a letter: a head of columns, and rows whose cells may run over lines. What a row means is read elsewhere.

Cells are told by their places on the page; in a text without places, by bars or runs of blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from chartproof.rights.cells import REMEMBERED, Group, Placed, groups_of, words_of
from chartproof.rights.lines import FIELD, RESULT, Line, Sentence
from chartproof.rights.periods import PERIOD
from chartproof.rights.printed import Printed
from chartproof.rights.sections import is_heading, section_of
from chartproof.rights.words import table

#: How many lines below its head a table may have, and over how many printed lines a head may run.
_REACH = 60
_HEAD_LINES = 14


@dataclass(frozen=True, slots=True)
class Piece:
    """The words of one line that stand in one column; `start` and `end` are characters of the page's text."""

    line: Line
    start: int
    end: int
    text: str


@dataclass(slots=True)
class Row:
    """The pieces of each column, in order."""

    cells: dict[int, list[Piece]] = field(default_factory=dict)

    def text(self, column: int) -> str:
        return " ".join(piece.text for piece in self.cells.get(column, []))

    def sentence(self, column: int) -> Sentence:
        pieces = self.cells[column]
        return Sentence(pieces[0].line.page, pieces[0].start, pieces[-1].end, self.text(column), "reasons")

    @property
    def lines(self) -> list[Line]:
        """The row's printed lines, in order."""
        every = {(one.line.page, one.line.start): one.line for pieces in self.cells.values() for one in pieces}
        return [every[place] for place in sorted(every)]

    def line(self) -> Line:
        """The row as one line, with a cell for each column."""
        first, last = self.lines[0], self.lines[-1]
        texts = tuple(self.text(column) for column in sorted(self.cells))
        return replace(first, end=last.end, text=" ".join(texts), cells=texts)


@dataclass(frozen=True, slots=True)
class Grid:
    """The words over each column, the rows below, and the printed lines of the head."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    over: tuple[Line, ...]

    def column(self, kind: str) -> int | None:
        """The first column whose head is of a kind of words.columns."""
        return next((at for at, words in enumerate(self.head) if is_column(kind, words)), None)


def is_column(kind: str, words: str) -> bool:
    words = re.sub(r"\s*\([^()]*\)", "", words)  # "Criterion (Policy 12, section III)"
    return re.fullmatch(table("words")["columns"][kind], words.strip(" :"), re.I) is not None


def grids(letter: Printed) -> tuple[Grid, ...]:
    """Every table that a line of column heads opens, in order."""
    found: list[Grid] = []
    order = 0
    while order < len(letter.body):
        head, below = _head(letter, order)
        rows = tuple(_rows(letter, letter.body[below : below + _REACH], head)) if head else ()
        if rows:
            over = tuple(letter.body[order:below])
            found.append(Grid(tuple(group.text for group in head), rows, over))
            below += sum(len(row.lines) for row in rows)
        order = max(below, order + 1)
    return tuple(found)


def _head(letter: Printed, order: int) -> tuple[list[Group], int]:
    """The columns of a head that opens at a line, and where its rows begin; no columns where there is no head."""
    line = letter.body[order]
    head = _groups(letter, line)
    below = order + 1
    # The words over a column may take two lines, of which some are printed after the first line of another column.
    over = _over(letter, line, letter.body[order + 1 : order + _HEAD_LINES])
    if over:
        head = _joined(head, [group for one in over for group in _groups(letter, one)])
        below += len(over)
    known = sum(any(is_column(kind, group.text) for kind in table("words")["columns"]) for group in head)
    asks = any(is_column("requirement", group.text) for group in head)
    tells = any(is_column("finding", group.text) for group in head)
    whole = known >= 2 and 2 * known >= len(head) and (len(head) >= 3 or (asks and tells))
    return (head, below) if whole else ([], order + 1)


def headed(letter: Printed, line: Line, below: Sequence[Line]) -> tuple[list[Group], int]:
    """The words over each column of a head that opens at a line, and how many of the lines below it belong to the head."""
    over = _over(letter, line, below[:_HEAD_LINES])
    return _joined(groups_of(letter, line), [group for one in over for group in groups_of(letter, one)]), len(over)


def _joined(head: Sequence[Group], more: Sequence[Group]) -> list[Group]:
    """Columns with the words that stand below them, and those that stand beside."""
    columns = list(head)
    for group in more:
        at = next((at for at, one in enumerate(columns) if group.left < one.right and one.left < group.right), None)
        if at is None:
            columns.append(group)
        else:
            one = columns[at]
            left, right = min(one.left, group.left), max(one.right, group.right)
            columns[at] = replace(one, text=f"{one.text} {group.text}", left=left, right=right)
    return sorted(columns, key=lambda one: one.left)


def _beside(letter: Printed, line: Line, other: Line) -> bool:
    """Whether two printed lines stand at the same height of one page."""
    tops = [_top(letter, one) for one in (line, other)]
    return line.page == other.page and None not in tops and abs((tops[0] or 0) - (tops[1] or 0)) < 2


def _over(letter: Printed, line: Line, lines: Sequence[Line]) -> Sequence[Line]:
    """The lines that belong to a head beside its first: up to the last at its height, and more of a second height."""
    boxes = letter.pages[line.page].boxes(line.start, line.end)
    if not boxes:
        return ()
    reach = boxes[0].top + 1.8 * (boxes[0].bottom - boxes[0].top)
    tops = [_top(letter, one) if one.page == line.page else None for one in lines]
    inside = next((at for at, top in enumerate(tops) if top is None or not boxes[0].top - 2 < top < reach), len(lines))
    last = max((at for at in range(inside) if _beside(letter, line, lines[at])), default=-1)
    second = [top for top in tops[: last + 1] if top is not None]
    while 0 <= last < inside - 1 and any(abs((tops[last + 1] or 0) - top) < 2 for top in second):
        last += 1
    return lines[: last + 1]


@lru_cache(maxsize=REMEMBERED)
def _top(letter: Printed, line: Line) -> float | None:
    """Where a line stands on its page. Each line above it asks, to see whether they are one head: kept."""
    boxes = letter.pages[line.page].boxes(line.start, line.end)
    return boxes[0].top if boxes else None


def _groups(letter: Printed, line: Line) -> list[Group]:
    """The cells of a line: by their places on the page, by the order of its bars, by runs of blanks."""
    words = words_of(letter, line)
    if words:
        placed = groups_of(letter, line)
        if letter.pages[line.page].read == "ocr":
            placed = _evenly(placed)
        return [part for group in placed for part in _after_day(group, words)]
    raw = letter.raw(line)
    if "|" not in raw:
        parts = re.finditer(r"\S+(?: \S+)*", raw)
        return [Group(one.group(), one.start(), one.end(), one.start(), one.end()) for one in parts]
    at, found = 0, list[Group]()
    for order, cell in enumerate(raw.split("|")):
        start = at + len(cell) - len(cell.lstrip())
        found.append(Group(cell.strip(), start, start + len(cell.strip()), order, order + 0.5))
        at += len(cell) + 1
    return [group for group in found if group.text]


#: Of a scanned line, a gap of this part of the widest one parts no cells: its words stand unevenly.
_UNEVEN = 0.3


def _evenly(groups: Sequence[Group]) -> list[Group]:
    """The groups of a scanned line, joined where the gap between them is slight beside the widest of the line."""
    gaps = [right.left - left.right for left, right in pairwise(groups)]
    joined = list(groups[:1])
    for group, gap in zip(groups[1:], gaps, strict=True):
        if gap < _UNEVEN * max(gaps):
            last = joined[-1]
            joined[-1] = replace(last, text=f"{last.text} {group.text}", end=group.end, right=group.right)
        else:
            joined.append(group)
    return joined


#: A day that opens a cell has the words after it in the next one.
_DAY = re.compile(r"(?P<day>\d{1,2}/\d{1,2}(?:/\d{2,4})?) (?=[A-Z])")


def _after_day(group: Group, words: Sequence[Placed]) -> list[Group]:
    """A group, as two where it opens with a day and goes on in words."""
    day = _DAY.match(group.text)
    if day is None:
        return [group]
    first = next(word for word in words if word[4] == group.start)
    second = next(word for word in words if word[4] > group.start)
    return [
        replace(group, text=day["day"], end=group.start + len(first[0]), right=first[2]),
        replace(group, text=group.text[day.end() :], start=second[4], left=second[1]),
    ]


#: A line that sums up the rows above it.
_SUM = re.compile(r"\W*(?:sub-?)?totals?\b\W*(?=\$?\d)", re.I)


#: A line drawn with marks below a head or between rows.
_DRAWN = re.compile(r"[\s|:+=_–—-]{3,}")


def _rows(letter: Printed, lines: Sequence[Line], head: Sequence[Group]) -> Iterator[Row]:
    row = Row()
    rights = any(is_column("due", group.text) for group in head)
    for line in lines:
        opens = section_of(line.text) if is_heading(line.text) else ""
        if opens == "reasons" or (opens == "rights" and not rights) or line.text.startswith("Dear "):
            break
        if _DRAWN.fullmatch(line.text):
            continue
        if _SUM.match(line.text):  # of all rows above it, and a part of none
            if row.cells:
                yield row
            row = Row()
            continue
        placed = _placed(letter, line, head)
        if placed is None or (len(placed) == 1 and FIELD.match(line.text)):
            break
        if row.cells and _opens(line, placed, row):
            yield row
            row = Row()
        for column, piece in placed.items():
            row.cells.setdefault(column, []).append(piece)
    if row.cells:
        yield row


def _opens(line: Line, placed: dict[int, Piece], row: Row) -> bool:
    """Whether a line begins a row: it goes back to a column before the last one written, with words that begin anew."""
    first, last = min(placed), max(row.cells)
    if "|" in line.text:
        return first in row.cells
    return first < last and all(_begins(piece, row.cells.get(column, [])) for column, piece in placed.items())


def _begins(piece: Piece, above: Sequence[Piece]) -> bool:
    """Whether words may begin a cell: a capital, or a digit where the cell above them began with one, not set in further."""
    if not above:
        return piece.text[:1].isupper() or piece.text[:1].isdigit() or PERIOD.match(piece.text) is not None
    further = piece.start - piece.line.start > above[0].start - above[0].line.start
    numbered = piece.text[:1].isdigit() and re.match(r"[A-Z]?\d", above[0].text) is not None
    timed = PERIOD.match(piece.text) is not None and PERIOD.match(above[0].text) is not None
    return (piece.text[:1].isupper() or piece.text[:1] == "$" or numbered or timed) and not (
        further and not piece.line.cells
    )


#: What counts the rows of a table.
_MARK = re.compile(r"\(?(?:[A-Z]|\d{1,2}|[ivx]{1,4})[.)]?")


def _placed(letter: Printed, line: Line, head: Sequence[Group]) -> dict[int, Piece] | None:
    """The pieces of a line by their columns; None where the line spans columns and so ends the table.

    On a page a cell stands around the middle of its column; in plain text it begins where the column does.
    """
    drawn = bool(words_of(letter, line)) or "|" in line.text
    found: dict[int, Piece] = {}
    for group in _groups(letter, line):
        middle = (group.left + group.right) / 2
        if drawn:
            inside = [at for at, one in enumerate(head) if group.left < (one.left + one.right) / 2 < group.right]
            far = [abs((one.left + one.right) / 2 - middle) for one in head]
        else:
            inside = [at for at, one in enumerate(head) if group.left < one.right and one.left < group.right]
            far = [abs(one.left - group.left) for one in head]
        if len(inside) > 1:
            return None
        column = inside[0] if inside else far.index(min(far))
        if column in found and _MARK.fullmatch(found[column].text):
            del found[column]  # the row's own mark, in a column without a head
        if column in found and RESULT.fullmatch(group.text):
            column = len(head)  # a result in a column without a head
        if column in found:
            return None
        found[column] = Piece(line, line.start + group.start, line.start + group.end, group.text)
    return found or None
