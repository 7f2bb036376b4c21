"""Tables whose rows and columns are ruled off: the cells that drawn lines make, whatever stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chartproof.model.page import Box, Page, Word
from chartproof.policy.draft.labels import printed_label
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.tables import Row, Table

#: Points: a line is thinner, edges of one table are level, a line is longer, a box to tick is smaller.
_THIN, _LEVEL, _LONG, _BOX = 2.5, 3.0, 18.0, 15.0
#: A column that nothing rules off is set apart by so many text heights at least.
_GAP = 0.6
#: Words of one line that are this far apart stand in different columns.
_APART = 1.2
#: A line of a row that is all of one piece takes so much of the table's width at the most.
_MOST_WIDE = 0.7
#: Points above a table's first line in which its columns' names may stand.
_HEAD = 20.0
#: A row has so many visual lines at the most where no line rules off its columns.
_MOST = 9
#: A table of so many columns is one, whatever stands in the first: titles in a margin have text beside them alone.
_TABLE = 3
#: A title across a table stands this near to the line above it, in text heights.
_NEAR = 1.1

Edges = tuple[float, ...]
#: Page numbers with the drawn lines of each.
Rulings = Mapping[int, Sequence[Box]]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Horizontal lines by their heights between `left` and `right`, and the upright lines that cross between them."""

    left: float
    right: float
    tops: Edges
    uprights: tuple[Box, ...]


def with_ruled(lines: Sequence[Line], pages: Sequence[Page], rulings: Rulings) -> list[Line | Table]:
    """The lines, with those that stand in a ruled table as that table. Titles in a margin are no table."""
    tables = [(page, table) for page in pages for table in _of_page(page, rulings.get(page.number, ()))]
    found: list[Line | Table] = []
    placed: set[int] = set()
    for line in lines:
        inside = next(
            (at for at, (page, table) in enumerate(tables) if page.number == line.page and _holds(table, line)), None
        )
        if inside is None or (line.titled and len(tables[inside][1].columns) < _TABLE):
            found.append(line)
        elif inside not in placed:
            placed.add(inside)
            found.append(tables[inside][1])
    return found


def _holds(table: Table, line: Line) -> bool:
    return any(one.start <= line.start < one.end for row in table.rows for one in row.lines)


def _of_page(page: Page, boxes: Sequence[Box]) -> Iterator[Table]:
    for grid in _grids(page, boxes):
        for part in _parts(page, grid):
            if sum(1 for row in part.rows if sum(1 for cell in row.cells if cell) > 1) > 1:
                yield part


def _grids(page: Page, boxes: Sequence[Box]) -> Iterator[_Grid]:
    """The grids of a page: lines that begin and end level with each other, top to bottom."""
    across, upright = _lines(boxes)
    families: list[list[Box]] = []
    for line in across:
        family = next(
            (one for one in families if abs(one[0].left - line.left) < _LEVEL and abs(one[0].right - line.right) < _LEVEL),
            None,
        )  # fmt: skip
        if family is None:
            families.append([line])
        elif line.top - family[-1].top > _LEVEL:
            family.append(line)
    for family in families:
        left, right = family[0].left, family[0].right
        ours = [one for one in upright if left - _LEVEL < one.left and one.right < right + _LEVEL]
        others = [line for line in across if line not in family and left - _LEVEL < line.left < right]
        for tops in _together(page, (left, right), [line.top for line in family], ours, others):
            near = tuple(one for one in ours if one.top < tops[-1] - _LEVEL and one.bottom > tops[0] + _LEVEL)
            if len(tops) > 2 or (len(tops) > 1 and near):
                yield _Grid(left, right, tops, near)


def _together(
    page: Page, sides: tuple[float, float], tops: Sequence[float], upright: Sequence[Box], others: Sequence[Box]
) -> Iterator[Edges]:
    """The heights of lines between which rows of one table stand: prose, or a table of `others`, between two tables parts them."""
    left, right = sides
    bands = list(pairwise(tops))
    words = [[word for word in page.words if _within(word, left, right, band)] for band in bands]
    held = [
        _crossed(upright, band)
        or (
            not any(band[0] + _LEVEL < line.top < band[1] - _LEVEL for line in others)
            and _is_set_as_row(band, inside, right - left, titled=not upright)
        )
        for band, inside in zip(bands, words, strict=True)
    ]
    first = 0
    for at, holds in enumerate([*held, False]):
        if not holds:
            if at > first:
                ruled = _crossed(upright, bands[first])
                head = () if ruled else _head_above(page, left, right, tops[first])
                yield (*head, *tops[first : at + 1])
            first = at + 1


def _is_set_as_row(band: tuple[float, float], words: Sequence[Word], width: float, *, titled: bool) -> bool:
    """True for words that stand apart on a line, and where such are looked for, for a title that fills its row."""
    if not words:
        return False
    height = max(word.box.bottom - word.box.top for word in words)
    lines = [_runs(line, height * _APART) for line in _levels(words, height)]
    if any(len(runs) == 1 and runs[0][1] - runs[0][0] > _MOST_WIDE * width for runs in lines):
        return False
    return any(len(runs) > 1 for runs in lines) or (
        titled and len(lines) == 1 and band[1] - band[0] < _NEAR * 2.2 * height
    )


def _head_above(page: Page, left: float, right: float, top: float) -> Edges:
    """The height at which names of columns begin that stand right above a table's first line."""
    above = [word for word in page.words if _within(word, left, right, (top - _HEAD, top))]
    if not above:
        return ()
    height = max(word.box.bottom - word.box.top for word in above)
    last = _levels(above, height)[-1]
    named = len(_runs(last, height * _APART)) > 1 and top - max(word.box.bottom for word in last) < height
    return (min(word.box.top for word in last) - 1,) if named else ()


def _levels(words: Sequence[Word], height: float) -> list[list[Word]]:
    """The words by the lines that they stand on."""
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda one: one.box.top):
        if found and word.box.top - found[-1][0].box.top < height / 2:
            found[-1].append(word)
        else:
            found.append([word])
    return found


def _crossed(upright: Sequence[Box], band: tuple[float, float]) -> bool:
    return any(_crosses(one, band) for one in upright)


def _crosses(line: Box, band: tuple[float, float]) -> bool:
    return line.top < band[0] + _LEVEL and line.bottom > band[1] - _LEVEL


def _lines(boxes: Sequence[Box]) -> tuple[list[Box], list[Box]]:
    """The lines across, joined where they touch, and the upright ones. The edges of a filled cell are lines."""
    across: list[Box] = []
    upright: list[Box] = []
    for box in boxes:
        wide, high = box.right - box.left, box.bottom - box.top
        if wide > _THIN and high > _THIN:
            if wide > _BOX or high > _BOX:
                across += [Box(box.left, edge, box.right, edge) for edge in (box.top, box.bottom)]
                upright += [Box(edge, box.top, edge, box.bottom) for edge in (box.left, box.right)]
        elif wide > high:
            across.append(box)
        else:
            upright.append(box)
    joined: list[Box] = []
    for line in sorted(across, key=lambda one: (round(one.top), one.left)):
        last = joined[-1] if joined else None
        if last and abs(last.top - line.top) < _LEVEL and line.left < last.right + _LEVEL:
            joined[-1] = Box(last.left, last.top, max(last.right, line.right), last.bottom)
        else:
            joined.append(line)
    return [line for line in joined if line.right - line.left > _LONG], upright


def _parts(page: Page, grid: _Grid) -> Iterator[Table]:
    """The tables of a grid: it ends where words stand across its columns that are no title within it."""
    bands = list(pairwise(grid.tops))
    words = [[word for word in page.words if _within(word, grid.left, grid.right, band)] for band in bands]
    heights = sorted(word.box.bottom - word.box.top for inside in words for word in inside)
    if not heights:
        return
    height = heights[len(heights) // 2]
    columns = _ruled_columns(grid) or _set_columns(words, height)
    if len(columns) < 2 or any(_holds_rows(page, inside, columns, height) for inside in words):
        return
    rows: list[tuple[tuple[str, ...], list[Word]]] = []
    for band, inside in zip(bands, words, strict=True):
        cells = _cells(page, inside, columns)
        row = _row(page, grid, band, inside, cells, columns, height)
        if row is not None:
            rows += [(row, inside)] if inside else []
            continue
        yield _table(page, rows, columns)
        rows = []
    yield _table(page, rows, columns)


def _holds_rows(page: Page, words: Sequence[Word], columns: Edges, height: float) -> bool:
    """True for several rows between two lines: their labels stand below each other in the first column."""
    first = [word for word in words if (word.box.left + word.box.right) / 2 < columns[1]]
    labels = [printed_label(_joined(page, line)) for line in _levels(first, height)]
    return len(labels) > 1 and all(labels)


def _row(
    page: Page, grid: _Grid, band: tuple[float, float], inside: Sequence[Word], cells: tuple[str, ...],
    columns: Edges, height: float,
) -> tuple[str, ...] | None:  # fmt: skip
    """The cells of a band: one for a title across the table; None for what stands between two tables."""
    inner = [one for one in grid.uprights if _crosses(one, band) and _is_inner(grid, one)]
    if inner or not inside:
        return cells
    across = any(_reaches_over(inside, edge, height) for edge in columns[1:])
    filled = sum(1 for cell in cells if cell)
    if not across and (filled > 1 or not cells[0]):
        return cells if len(_levels(inside, height)) <= _MOST else None
    close = min(word.box.top for word in inside) - band[0] < _NEAR * height
    held = _crossed(grid.uprights, band)
    if held or (close and band[1] - max(word.box.bottom for word in inside) < _NEAR * height):
        return (_joined(page, inside),)
    return None


def _reaches_over(words: Sequence[Word], edge: float, height: float) -> bool:
    """True where a line of words goes on over the edge of a column."""
    for line in _levels(words, height):
        level = [word.box for word in line]
        before = max((box.right for box in level if box.left < edge - 1), default=None)
        after = min((box.left for box in level if box.left >= edge - 1), default=None)
        if before is not None and (before > edge + 1 or (after is not None and after - before < _GAP * height)):
            return True
    return False


def _is_inner(grid: _Grid, line: Box) -> bool:
    return grid.left + _LEVEL < line.left < grid.right - _LEVEL


def _has_inner(grid: _Grid) -> bool:
    return any(_is_inner(grid, one) for one in grid.uprights)


def _within(word: Word, left: float, right: float, band: tuple[float, float]) -> bool:
    middle = (word.box.top + word.box.bottom) / 2
    return left - _LEVEL < word.box.left and word.box.right < right + _LEVEL and band[0] < middle < band[1]


def _ruled_columns(grid: _Grid) -> Edges:
    """The left edges of columns that lines rule off, none where there are none inside the table."""
    if not _has_inner(grid):
        return ()
    found: list[float] = [grid.left]
    for one in sorted(grid.uprights, key=lambda line: line.left):
        if one.left - found[-1] > _LEVEL and one.left < grid.right - _LEVEL:
            found.append(one.left)
    return tuple(found)


def _set_columns(bands: Sequence[Sequence[Word]], height: float) -> Edges:
    """The left edges of columns that only white space sets apart: no row has a word in it."""
    told = [band for band in bands if band and len(_runs(band, height)) > 1]
    if len(told) < 2:
        return ()
    runs = _runs([word for band in told for word in band], height * _GAP)
    return tuple(left for left, _ in runs)


def _runs(words: Sequence[Word], gap: float) -> list[tuple[float, float]]:
    """Where words stand across the page, as spans that are at least `gap` apart."""
    found: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda one: one.box.left):
        if found and word.box.left - found[-1][1] < gap:
            found[-1] = (found[-1][0], max(found[-1][1], word.box.right))
        else:
            found.append((word.box.left, word.box.right))
    return found


def _cells(page: Page, words: Sequence[Word], columns: Edges) -> tuple[str, ...]:
    held: list[list[Word]] = [[] for _ in columns]
    for word in words:
        middle = (word.box.left + word.box.right) / 2
        held[max((n for n, edge in enumerate(columns) if edge <= middle), default=0)].append(word)
    return tuple(_joined(page, cell) for cell in held)


def _joined(page: Page, words: Sequence[Word]) -> str:
    """The words in the page's own order; a word that a hyphen broke is whole again, a raised sign stays at its word."""
    text = ""
    end = 0
    for word in words:
        apart = page.text[end : word.start] if end and end <= word.start else " "
        broken = text.endswith("-") and "\n" in apart
        text += word.text if not text or broken or (not apart and end) else f" {word.text}"
        end = word.end
    return text


def _table(page: Page, rows: Sequence[tuple[tuple[str, ...], list[Word]]], columns: Edges) -> Table:
    """The rows as a table; each row is one line of the page, from its first word to its last."""
    if len(columns) < 2 or not any(len(cells) > 1 for cells, _ in rows):
        return Table((), columns)
    return Table(tuple(Row(cells, _spans(page, words)) for cells, words in rows), columns)


def _spans(page: Page, words: Sequence[Word]) -> tuple[Line, ...]:
    """The words as lines: one for each run of them that the page's text does not break."""
    found: list[Line] = []
    for word in words:
        box = word.box
        last = found[-1] if found else None
        if last is not None and word.start <= last.end + 1:
            found[-1] = Line(page.number, last.start, word.end, f"{last.text} {word.text}", min(last.left, box.left), min(last.top, box.top),
                             max(last.right, box.right), last.height, scanned=page.read == "ocr")  # fmt: skip
        else:
            found.append(Line(page.number, word.start, word.end, word.text, box.left, box.top, box.right, box.bottom - box.top,
                              scanned=page.read == "ocr"))  # fmt: skip
    return tuple(found)
