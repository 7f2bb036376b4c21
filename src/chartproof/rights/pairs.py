"""Labels of a letter with their values, whatever the layout: a colon, a bar, dots, a gap, a row of labels, the next line.

What a label is called is data (labels.yaml); what a value must look like is left to who asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from chartproof.model import Span
from chartproof.rights.lines import Line
from chartproof.rights.words import table

if TYPE_CHECKING:
    from chartproof.rights.text import Letter

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


def label_of(words: str) -> tuple[str, int] | None:
    """(field, rank) of a whole label, or None."""
    plain = re.sub(r"\s+", " ", re.sub(r"\([^()]*\)\s*$", "", words)).strip(" .:#|?*_-").lower()
    if not plain or len(plain) > 48:
        return None
    number = " #" if words.rstrip(" :").endswith("#") else ""
    for field, rank, pattern in _labels():
        if pattern.fullmatch(plain) or (number and pattern.fullmatch(plain + number)):
            return field, rank
    either = [label_of(part) for part in plain.split("/")] if plain.count("/") == 1 else []
    return either[0] if either and either[0] and either[0] == either[1] else None


def pairs(letter: Letter) -> tuple[Pair, ...]:
    """Every label with a value among the first lines, in order of the letter."""
    lines = letter.body[:_REACH]
    found: list[Pair] = []
    for order in range(len(lines)):
        columns = _columns(letter, lines, order)
        found += columns or _in_line(letter, lines, order)
    return tuple(found)


def _in_line(letter: Letter, lines: Sequence[Line], order: int) -> Iterator[Pair]:
    line = lines[order]
    parts = cells_of(letter, line)
    if len(parts) >= 2:
        # Cells that are labels, each followed by its value; a cell may hold a label and a value with a colon.
        for left, right in zip(parts, [*parts[1:], ""], strict=True):
            known = label_of(left)
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


def _coloned(letter: Letter, lines: Sequence[Line], order: int, text: str) -> Iterator[Pair]:
    """Each "Label: value" of a text; a value ends where the next label begins."""
    marks: list[tuple[int, int, tuple[str, int]]] = []
    for match in _COLON.finditer(text):
        words = list(re.finditer(r"\S+", text[: match.start()]))
        words_text = text[: match.start()] + " #" * match.group().strip().startswith("#")
        for first in words[-6:]:
            known = label_of(words_text[first.start() :])
            before = text[: first.start()].rstrip()
            if known and (not before or first.group()[:1].isupper()):
                marks.append((first.start(), match.end(), known))
                break
    for at, (_start, end, known) in enumerate(marks):
        stop = marks[at + 1][0] if at + 1 < len(marks) else len(text)
        value = text[end:stop].strip(" |;,")
        if value:
            yield _pair(letter, lines, order, known, value, follow=stop == len(text))


def _pair(
    letter: Letter, lines: Sequence[Line], order: int, known: tuple[str, int], value: str, *, follow: bool = True
) -> Pair:
    """A pair whose value may run on in the next line, where that begins in small letters or the value is left open."""
    line = lines[order]
    below = lines[order + 1].text if order + 1 < len(lines) else ""
    runs_on = re.match(r"[a-z(]", below) or re.search(r"[,(&-]$|\b(?:and|of|with|for)$", value)
    if follow and known[0] == "service" and below and runs_on and not label_of(below.split(":")[0]):
        value = f"{value} {below}"
    return Pair(known[0], known[1], value, letter.span(line.page, line.start, line.end), order)


def cells_of(letter: Letter, line: Line) -> tuple[str, ...]:
    """A line's cells, where bars, runs of blanks or wide gaps on the page part it."""
    if len(line.cells) >= 2:
        return line.cells
    words = words_of(letter, line)
    parts: list[list[str]] = []
    right, height = 0.0, 0.0
    for word, left, end, high in words:
        if parts and left - right <= _CELL_GAP * _SPACE * max(high, height):
            parts[-1].append(word)
        else:
            parts.append([word])
        right, height = end, high
    return tuple(" ".join(part) for part in parts) if len(parts) > 1 else line.cells


def words_of(letter: Letter, line: Line) -> list[tuple[str, float, float, float]]:
    """(word, left, right, height) of each word of a line that has a place on the page."""
    page = letter.pages[line.page]
    found = []
    for match in re.finditer(r"\S+", letter.raw(line)):
        boxes = page.boxes(line.start + match.start(), line.start + match.end())
        if boxes:
            found.append((match.group(), boxes[0].left, boxes[0].right, boxes[0].bottom - boxes[0].top))
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


def _columns(letter: Letter, lines: Sequence[Line], order: int) -> list[Pair]:
    """The values under a row of labels, each in the column whose middle is nearest to its words."""
    named = _segments(lines[order].text) if not re.search(r"[:\d]", lines[order].text) else []
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
        for word, left, right, _high in words:
            nearest = min(range(len(middles)), key=lambda column: abs(middles[column] - (left + right) / 2))
            values[nearest].append(word)
    whole = letter.span(lines[order].page, lines[order].start, lines[order].end)
    return [
        Pair(known[0], known[1], " ".join(words), whole, order)
        for (_label, known), words in zip(named, values, strict=True)
        if words
    ]
