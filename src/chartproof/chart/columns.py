"""Whether a page is set in two columns, and where between them the gutter runs.

A table has gaps between its columns too. Prose is told from it by this: on both sides most lines are full of words and
reach to the gutter, and the lines of the two sides are not cells of one row. Lists have shorter lines: there it must be
plain that the sides are long and not level with each other. Narrow panels of results are told from it by their lines,
which do not stand level, and by the order in which they were written: one whole side, then the other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import median

from chartproof.model.page import Box

#: Lines that a column of prose has at least, words in its median line, and how much of its width that line fills.
MIN_LINES, MIN_WORDS, MIN_FILL = 6, 4, 0.6
#: The same for two long sides whose lines are not level: of so many lines at the least, fewer than this share stand as high
#: (in text heights) as one of the other side.
LONG, LEVEL_SHARE, LIST_LEVEL, LIST_WORDS, LIST_FILL = 20, 0.6, 0.3, 3, 0.5


#: Part of the lines of one side that may stand level with one of the other by chance, where the sides are no cells of
#: rows; and how near, as a share of a line's height, is level.
MAX_LEVEL, LEVEL = 0.4, 0.12
#: Part of the page's words that the two panels hold.
WRITTEN = 0.7

Gutter = tuple[float, float, float]


def gutter(boxes: Sequence[Box], width: float) -> Gutter | None:
    """(x, top, bottom) of the gutter of a part of the page in two columns of prose, or None. `boxes` are its words."""
    height = median(box.bottom - box.top for box in boxes) if boxes else 0.0
    best = _open_strip(boxes, width, height)
    sides = [_levels(side, height) for side in _sides(boxes, best, height)] if best else []
    if not all(sides):
        return None
    words, fill = (
        (LIST_WORDS, LIST_FILL) if sides and _are_uneven(sides[0], sides[1], height) else (MIN_WORDS, MIN_FILL)
    )
    return best if all(_is_prose(side, height, words, fill) for side in sides) else None


def panels_gutter(boxes: Sequence[Box], width: float) -> Gutter | None:
    """The gutter between two columns of panels, where `boxes` stand in the order in which the page was written."""
    height = median(box.bottom - box.top for box in boxes) if boxes else 0.0
    best = _open_strip(boxes, width, height)
    if best is None or not _sides(boxes, best, height)[0]:
        return None
    runs = [list(run) for _, run in groupby(boxes, key=lambda box: box.left >= best[0])]
    left, right = max(pairwise(runs), key=lambda two: min(map(len, two)), default=([], []))
    if len(left) + len(right) < WRITTEN * len(boxes):
        return None
    one, other = (_middles(_levels(side, height)) for side in (left, right))
    level = sum(any(abs(a - b) <= LEVEL * height for a in one) for b in other)
    if min(len(one), len(other)) < MIN_LINES or level > MAX_LEVEL * len(other):
        return None
    both = left + right
    return best[0], min(box.top for box in both) - 1, max(box.bottom for box in both) + 1


def _open_strip(boxes: Sequence[Box], width: float, height: float) -> Gutter | None:
    """The tallest stretch of a line down the page that no word crosses."""
    if len(boxes) < 60:
        return None
    # A heading above or a footer below may run across both columns, so look for the tallest stretch that none crosses.
    highest, lowest = min(box.top for box in boxes), max(box.bottom for box in boxes)
    best: tuple[float, float, float] | None = None
    extents = sorted((box.top, box.bottom, box.left, box.right) for box in boxes)
    places = [width * step / 100 for step in range(30, 71)]
    crossing: list[list[tuple[float, float]]] = [[] for _ in places]
    for top, bottom, start, end in extents:
        for at in range(bisect_left(places, start - 2.5), bisect_right(places, end + 2.5)):
            if start < places[at] + 2 and end > places[at] - 2:
                crossing[at].append((top, bottom))
    for x, crossed in zip(places, crossing, strict=True):
        top, bottom = _tallest_gap(crossed, highest, lowest)
        if best is None or bottom - top > best[2] - best[1]:
            best = (x, top, bottom)
    if best is None or best[2] - best[1] < height * MIN_LINES:
        return None
    return best


def _sides(boxes: Sequence[Box], strip: Gutter, height: float) -> tuple[list[Box], list[Box]]:
    """The words left and right of the strip; none where they stand too near for two columns."""
    x, top, bottom = strip
    inside = [box for box in boxes if box.top >= top - 1 and box.bottom <= bottom + 1]
    left, right = [b for b in inside if b.right <= x], [b for b in inside if b.left >= x]
    if not left or not right or min(b.left for b in right) - max(b.right for b in left) < height * 0.8:
        return [], []
    return left, right


def _are_uneven(left: list[list[Box]], right: list[list[Box]], height: float) -> bool:
    """True for two long sides of which few lines are level with one of the other side: no table's rows are set so."""
    ours, theirs = ([median((b.top + b.bottom) / 2 for b in line) for line in side] for side in (left, right))
    level = sum(any(abs(one - other) < LIST_LEVEL * height for other in theirs) for one in ours)
    return min(len(ours), len(theirs)) >= LONG and level < LEVEL_SHARE * len(ours)


def _middles(lines: list[list[Box]]) -> list[float]:
    return [(line[0].top + line[0].bottom) / 2 for line in lines]


def _tallest_gap(crossing: list[tuple[float, float]], top: float, bottom: float) -> tuple[float, float]:
    best, at = (top, top), top
    for first, last in (*crossing, (bottom, bottom)):
        if first - at > best[1] - best[0]:
            best = (at, first)
        at = max(at, last)
    return best


def _is_prose(lines: list[list[Box]], height: float, words: int, fill: float) -> bool:
    if len(lines) < MIN_LINES:
        return False
    extent = max(line[-1].right for line in lines) - min(line[0].left for line in lines)
    fills = sorted((max(b.right for b in line) - min(b.left for b in line)) / max(1.0, extent) for line in lines)
    # Cells of a table stand apart within a line; words of prose do not.
    gaps = [
        second.left - first.right
        for line in lines
        for first, second in pairwise(line)
        if second.left - first.right > height * 1.5
    ]
    return median(len(line) for line in lines) >= words and median(fills) >= fill and len(gaps) <= len(lines) * 0.25


def _levels(boxes: list[Box], height: float) -> list[list[Box]]:
    lines: list[list[Box]] = []
    for box in sorted(boxes, key=lambda b: b.top + b.bottom):
        middle = (box.top + box.bottom) / 2
        if lines and abs((lines[-1][0].top + lines[-1][0].bottom) / 2 - middle) <= height * 0.5:
            lines[-1].append(box)
        else:
            lines.append([box])
    return [sorted(line, key=lambda b: b.left) for line in lines]
