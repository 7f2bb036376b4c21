"""Tables of what a policy asks for beside what was found, from the places of their words; a cell may run over lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chartproof.rights.cells import Group, groups_of
from chartproof.rights.grounds import word
from chartproof.rights.lines import RESULT, Line, Sentence
from chartproof.rights.sections import is_heading, section_of
from chartproof.rights.text import Letter

#: The column of results such as "Not met", wherever it stands.
_VERDICT = -1
#: How many lines below its head a table may have.
_REACH = 60
_NOT_FOUND = re.compile(r"(?:not (?:met|satisfied|shown|found)|unmet|no)\b", re.I)
_FOUND = re.compile(r"(?:met|satisfied|shown|found|yes)\b", re.I)


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement and what was found, each with its place; `met` is None where the finding does not say."""

    requirement: Sentence
    finding: Sentence
    met: bool | None


@dataclass(slots=True)
class _Cell:
    """The pieces of a cell: (line, start and end within the page's text, words)."""

    pieces: list[tuple[Line, int, int, str]] = field(default_factory=list)

    def sentence(self) -> Sentence:
        first, last = self.pieces[0], self.pieces[-1]
        return Sentence(first[0].page, first[1], last[2], " ".join(piece[3] for piece in self.pieces), "reasons")


def requirement_rows(letter: Letter) -> tuple[Row, ...]:
    """Every row of every such table before the part on rights, in order."""
    found: list[Row] = []
    for order, line in enumerate(letter.body):
        head = _groups(letter, line)
        asked = next((at for at, group in enumerate(head) if word("requirement_column").fullmatch(group.text)), None)
        told = next((at for at, group in enumerate(head) if word("finding_column").fullmatch(group.text)), None)
        if asked is not None and told is not None and told > asked:
            middles = [(group.left + group.right) / 2 for group in head]
            found += _rows(letter, letter.body[order + 1 : order + 1 + _REACH], middles, asked, told)
    return tuple(found)


def _groups(letter: Letter, line: Line) -> list[Group]:
    """The cells of a line by their places on the page; those that bars part, where it has none, by their order."""
    placed = groups_of(letter, line)
    if placed or "|" not in line.text:
        return placed
    raw, at, found = letter.raw(line), 0, list[Group]()
    for order, cell in enumerate(raw.split("|")):
        start = at + len(cell) - len(cell.lstrip())
        found.append(Group(cell.strip(), start, start + len(cell.strip()), order, order + 0.5))
        at += len(cell) + 1
    return [group for group in found if group.text]


def _rows(letter: Letter, lines: Sequence[Line], middles: list[float], asked: int, told: int) -> Iterator[Row]:
    cells: dict[int, _Cell] = {}
    for line in lines:
        if section_of(line.text) == "rights" and is_heading(line.text):
            break
        placed = _placed(letter, line, middles)
        if placed is None:
            break
        # A row begins where its first column is written again, or a requirement after a finding.
        again = (0 in placed and 0 in cells and asked != 0) or ("|" in line.text and asked in placed and asked in cells)
        if again or (asked in placed and told in cells and _opens(placed, told)):
            yield from _row(cells, asked, told)
            cells = {}
        for column, piece in placed.items():
            cells.setdefault(column, _Cell()).pieces.append(piece)
    yield from _row(cells, asked, told)


def _opens(placed: dict[int, tuple[Line, int, int, str]], told: int) -> bool:
    """Whether a line with a requirement opens a row: no finding beside it, or all of its cells begin anew."""
    return told not in placed or all(piece[3][:1].isupper() or piece[3][:1].isdigit() for piece in placed.values())


def _placed(letter: Letter, line: Line, middles: Sequence[float]) -> dict[int, tuple[Line, int, int, str]] | None:
    """The pieces of a line by the column whose middle is nearest; None where the line spans columns and so ends the table."""
    found: dict[int, tuple[Line, int, int, str]] = {}
    for group in _groups(letter, line):
        if RESULT.fullmatch(group.text):
            found[_VERDICT] = (line, line.start + group.start, line.start + group.end, group.text)
            continue
        inside = [at for at, middle in enumerate(middles) if group.left < middle < group.right]
        if len(inside) > 1:
            return None
        middle = (group.left + group.right) / 2
        column = inside[0] if inside else min(range(len(middles)), key=lambda at: abs(middles[at] - middle))
        if column in found:
            return None
        found[column] = (line, line.start + group.start, line.start + group.end, group.text)
    return found or None


def _row(cells: dict[int, _Cell], asked: int, told: int) -> Iterator[Row]:
    if asked in cells and told in cells:
        finding = cells[told].sentence()
        verdict = cells[_VERDICT].sentence().text if _VERDICT in cells else finding.text
        met = False if _NOT_FOUND.match(verdict) else True if _FOUND.match(verdict) else None
        yield Row(cells[asked].sentence(), finding, met)
