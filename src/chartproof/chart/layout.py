"""Visual rows of a page by geometry: which cells stand side by side, whatever order the words were written in.

A page without boxes (text, Word, CSV) is split at its own marks: ' | ', tabs, two or more spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import median

from chartproof.chart.columns import gutter, panels_gutter
from chartproof.chart.upright import upright
from chartproof.model.page import Box, Page, Word

#: Lines that the wrapped cells of one row of a table fill at the most.
WRAPPED_LINES = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is page.text[start:end] where the cell's words are contiguous there, else its words joined by spaces.

    `start`/`end` reach from its first character to its last in page.text; `parts` are the contiguous pieces.
    """

    text: str
    start: int
    end: int
    box: Box | None = None
    parts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    box: Box | None = None

    @property
    def text(self) -> str:
        return " | ".join(cell.text for cell in self.cells)


@lru_cache(maxsize=4096)
def rows(page: Page) -> tuple[Row, ...]:
    """The page's visual rows, top to bottom, each with its cells from left to right. Every finder asks: kept."""
    if not page.words:
        return tuple(_marked_rows(page.text))
    page = upright(page)
    return tuple(row for column in _columns(page) for row in _unwrapped([_row(page, line) for line in _lines(column)]))


_SPLIT = re.compile(r"[^\S\n]*\|[^\S\n]*|\t+|[^\S\n]{2,}")


def _marked_rows(text: str) -> Iterator[Row]:
    start = 0
    for line in text.split("\n"):
        cells, at = [], 0
        for mark in (*_SPLIT.finditer(line), None):
            piece = line[at : mark.start()] if mark else line[at:]
            if piece.strip():
                lead = len(piece) - len(piece.lstrip())
                first = start + at + lead
                last = first + len(piece.strip())
                cells.append(Cell(piece.strip(), first, last, None, ((first, last),)))
            at = mark.end() if mark else len(line)
        if cells:
            yield Row(tuple(cells))
        start += len(line) + 1


def _columns(page: Page) -> list[list[Word]]:
    """The page's words in parts that are read one after the other: above, left, right, below a two-column part."""
    boxes = [word.box for word in page.words]
    found = gutter(boxes, page.width) or panels_gutter(boxes, page.width)
    if not found:
        return [list(page.words)]
    x, top, bottom = found
    above: list[Word] = []
    left: list[Word] = []
    right: list[Word] = []
    below: list[Word] = []
    for word in page.words:
        middle = (word.box.top + word.box.bottom) / 2
        if middle < top:
            above.append(word)
        elif middle > bottom:
            below.append(word)
        else:
            (left if word.box.right <= x else right).append(word)
    return [part for part in (above, left, right, below) if part]


def _lines(words: list[Word]) -> list[list[Word]]:
    """Words whose middles are on one level, as lines from top to bottom, each from left to right."""
    lines: list[list[Word]] = []
    levels: list[tuple[float, float]] = []  # the middle and the height of each line's last words
    for word in sorted(words, key=lambda w: ((w.box.top + w.box.bottom) / 2, w.box.left, w.start)):
        middle, height = (word.box.top + word.box.bottom) / 2, word.box.bottom - word.box.top
        for at in range(len(lines) - 1, max(-1, len(lines) - 4), -1):
            level, tall = levels[at]
            if abs(level - middle) <= max(1.5, min(height, tall) * 0.45):
                lines[at].append(word)
                levels[at] = _level(lines[at][-4:])
                break
        else:
            lines.append([word])
            levels.append((middle, height))
    return [sorted(line, key=lambda w: (w.box.left, w.start)) for line in lines]


def _level(words: list[Word]) -> tuple[float, float]:
    middles = sorted([(word.box.top + word.box.bottom) / 2 for word in words])
    heights = sorted([word.box.bottom - word.box.top for word in words])
    low, high = (len(words) - 1) // 2, len(words) // 2
    return (middles[low] + middles[high]) / 2, (heights[low] + heights[high]) / 2


def _unwrapped(found: list[Row]) -> list[Row]:
    """Rows of a table with the further lines of their wrapped cells joined to them.

    A line continues the row above it where each of its cells stands under one of that row's, it has fewer of them, and
    it follows more closely than the table's rows follow each other (or its first column is empty).
    """
    pitch, loose = _pitch(found)
    result: list[Row] = []
    last_top = 0.0
    for row in found:
        above = result[-1] if result else None
        if above and row.box and above.box and len(above.cells) > max(1, len(row.cells)):
            step = row.box.top - last_top
            under = [_column_of(cell, above) for cell in row.cells]
            single = not loose or len(row.cells) == 1
            close = step < pitch * 0.85 if pitch and single else 0 not in under
            if None not in under and close and step < (row.box.bottom - row.box.top) * 1.6:
                result[-1] = _joined(above, row, [index for index in under if index is not None])
                last_top = row.box.top
                continue
        result.append(row)
        last_top = row.box.top if row.box else 0.0
    return result


def _pitch(found: list[Row]) -> tuple[float, bool]:
    """From one row's top to the next, in points, where two rows have as many cells; 0 where no table is seen.

    Where a cell of every row is wrapped, the next row as wide is looked for behind the single cells between; then (True)
    only such a cell may go on with the row above it.
    """
    for reach, loose in ((1, False), (WRAPPED_LINES, True)):
        steps = list(_steps(found, reach))
        if len(steps) >= 2:
            return median(steps), loose
    return 0.0, False


def _steps(found: list[Row], reach: int) -> Iterator[float]:
    for index, row in enumerate(found):
        for other in found[index + 1 : index + 1 + reach] if len(row.cells) > 1 else ():
            if len(other.cells) == len(row.cells) and row.box and other.box:
                yield other.box.top - row.box.top
            if len(other.cells) > 1:  # a row with an empty cell is no wrapped line
                break


def _column_of(cell: Cell, row: Row) -> int | None:
    for index, one in enumerate(row.cells):
        if one.box and cell.box and abs(one.box.left - cell.box.left) < 3:
            return index
    return None


def _joined(row: Row, more: Row, under: list[int]) -> Row:
    cells = list(row.cells)
    for cell, index in zip(more.cells, under, strict=True):
        one = cells[index]
        glue = "" if one.text.endswith("-") else " "
        box = _around([one.box, cell.box]) if one.box and cell.box else one.box
        cells[index] = Cell(
            one.text + glue + cell.text, min(one.start, cell.start), max(one.end, cell.end), box, one.parts + cell.parts
        )
    box = _around([row.box, more.box]) if row.box and more.box else row.box
    return Row(tuple(cells), box)


def _row(page: Page, line: list[Word]) -> Row:
    height = median(word.box.bottom - word.box.top for word in line)
    groups: list[list[Word]] = [[line[0]]]
    for before, word in pairwise(line):
        if word.box.left - before.box.right > max(4.0, height * 0.75):
            groups.append([word])
        else:
            groups[-1].append(word)
    cells = tuple(_cell(page, group) for group in groups)
    return Row(cells, _around([word.box for word in line]))


def _cell(page: Page, words: list[Word]) -> Cell:
    parts: list[tuple[int, int]] = []
    for word in words:
        if parts and word.start >= parts[-1][1] and not page.text[parts[-1][1] : word.start].strip():
            parts[-1] = (parts[-1][0], word.end)
        else:
            parts.append((word.start, word.end))
    start, end = min(a for a, _ in parts), max(b for _, b in parts)
    text = " ".join(" ".join(page.text[a:b].split()) for a, b in parts)
    return Cell(text, start, end, _around([word.box for word in words]), tuple(parts))


def _around(boxes: list[Box]) -> Box:
    if len(boxes) == 1:
        return boxes[0]
    return Box(
        min([box.left for box in boxes]),
        min([box.top for box in boxes]),
        max([box.right for box in boxes]),
        max([box.bottom for box in boxes]),
    )
