"""Whether a page is set in two columns of prose, and where between them the gutter runs.

A table has gaps between its columns too. Prose is told from it by this: on both sides most lines are full of words and
reach to the gutter, and the lines of the two sides are not cells of one row. Lists have shorter lines: there it must be
plain that the sides are long and not level with each other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from chartproof.model.page import Box

#: Lines that a column of prose has at least, words in its median line, and how much of its width that line fills.
MIN_LINES, MIN_WORDS, MIN_FILL = 6, 4, 0.6
#: The same for two long sides whose lines are not level: of so many lines at the least, fewer than this share stand as high
#: (in text heights) as one of the other side.
LONG, LEVEL_SHARE, LEVEL, LIST_WORDS, LIST_FILL = 20, 0.6, 0.3, 3, 0.5


def gutter(boxes: Sequence[Box], width: float) -> tuple[float, float, float] | None:
    """(x, top, bottom) of the gutter of a two-column part of the page, or None. `boxes` are the page's words."""
    if len(boxes) < 60:
        return None
    height = median(box.bottom - box.top for box in boxes)
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
    x, top, bottom = best
    inside = [box for box in boxes if box.top >= top - 1 and box.bottom <= bottom + 1]
    left, right = [b for b in inside if b.right <= x], [b for b in inside if b.left >= x]
    if not left or not right or min(b.left for b in right) - max(b.right for b in left) < height * 0.8:
        return None
    sides = _levels(left, height), _levels(right, height)
    words, fill = (LIST_WORDS, LIST_FILL) if _are_uneven(*sides, height) else (MIN_WORDS, MIN_FILL)
    return best if all(_is_prose(side, height, words, fill) for side in sides) else None


def _are_uneven(left: list[list[Box]], right: list[list[Box]], height: float) -> bool:
    """True for two long sides of which few lines are level with one of the other side: no table's rows are set so."""
    ours, theirs = ([median((b.top + b.bottom) / 2 for b in line) for line in side] for side in (left, right))
    level = sum(any(abs(one - other) < LEVEL * height for other in theirs) for one in ours)
    return min(len(ours), len(theirs)) >= LONG and level < LEVEL_SHARE * len(ours)


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
