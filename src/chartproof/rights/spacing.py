"""White space between the lines of a printed page, by the boxes of its words: a file without boxes prints blank lines instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from chartproof.model import Box, Page

#: So many times the distance of lines within a paragraph is the white space of a new one.
_WIDE = 1.35
#: Fewer distances than these tell nothing of what is usual on a page.
_FEW = 6


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of text: where it starts in the page's text, its middle height, and from where to where it runs."""

    start: int
    middle: float
    left: float
    right: float
    height: float


def spaced(page: Page) -> frozenset[int]:
    """The starts, in the page's text, of lines with more white space above them than the lines of a paragraph have."""
    steps = [(after, after.middle - row.middle) for row, after in pairwise(_rows(page)) if _is_below(row, after)]
    if len(steps) < _FEW:
        return frozenset()
    usual = sorted(step for _row, step in steps)[len(steps) // 4]
    return frozenset(row.start for row, step in steps if step > _WIDE * usual)


def _rows(page: Page) -> Iterator[_Row]:
    order, offset = 0, 0
    for raw in page.text.split("\n"):
        end = offset + len(raw)
        boxes: list[Box] = []
        while order < len(page.words) and page.words[order].start < end:
            boxes.append(page.words[order].box)
            order += 1
        if boxes:
            middle = median((box.top + box.bottom) / 2 for box in boxes)
            height = median(box.bottom - box.top for box in boxes)
            left, right = min(box.left for box in boxes), max(box.right for box in boxes)
            yield _Row(offset + len(raw) - len(raw.lstrip()), middle, left, right, height)
        offset = end + 1


def _is_below(row: _Row, after: _Row) -> bool:
    """Whether a line stands right below another, in the same column."""
    return after.middle - row.middle > 0.5 * row.height and after.left < row.right and row.left < after.right
