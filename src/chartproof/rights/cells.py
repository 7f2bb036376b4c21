"""How the lines of a letter's head stand on the page: words, groups of words that wide gaps part, cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from chartproof.rights.lines import Line
from chartproof.rights.printed import Printed

#: A gap this many times as wide as a word space parts two cells.
_CELL_GAP = 2.4
#: A word space is about this part of a line's height.
_SPACE = 0.3


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


#: Lines whose words are kept: a line is asked about as a head, as a row and beside its neighbours.
REMEMBERED = 1 << 10
Placed = tuple[str, float, float, float, int]


@lru_cache(maxsize=REMEMBERED)
def words_of(letter: Printed, line: Line) -> tuple[Placed, ...]:
    """(word, left, right, height, place in the line) of each word of a line that has a place on the page."""
    page = letter.pages[line.page]
    found = []
    for match in re.finditer(r"\S+", letter.raw(line)):
        boxes = page.boxes(line.start + match.start(), line.start + match.end())
        if boxes:
            height = boxes[0].bottom - boxes[0].top
            found.append((match.group(), boxes[0].left, boxes[0].right, height, match.start()))
    return tuple(found)
