"""Labels without a stop or a bracket, told by their run: lines that begin 1, 2, 3 or A, B, C and stand equally far in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chartproof.policy.draft.lines import Line

#: A number or a capital that stands alone before words.
_BARE = re.compile(r"(?P<label>\d{1,2}|[A-H])\s+(?=[\w“\"(<>≤≥])")
#: Left edges of one run differ by so many points at the most: a page may lie askew.
_SAME = 6.0
#: So many lines make a run: a number may begin any line, "A" and "B" after each other hardly do.
_NUMBERS, _LETTERS = 3, 2


@dataclass(slots=True)
class _Run:
    """Lines that count on at one left edge: `places` in the document, `last` the rank of the last."""

    letters: bool
    left: float
    last: int = 0
    places: list[int] = field(default_factory=list)


def with_bare_labels(lines: Sequence[Line]) -> list[Line]:
    """The lines, each label of a run with the stop that it lacks."""
    marked = {at for run in _runs(lines) for at in run.places}
    return [_stopped(line) if at in marked else line for at, line in enumerate(lines)]


def _runs(lines: Sequence[Line]) -> list[_Run]:
    """The runs that are long enough, each from its first label on."""
    found: list[_Run] = []
    for at, line in enumerate(lines):
        match = _BARE.match(line.text)
        if match is None or len(line.cells) > 1 or not line.height:
            continue
        letters = match["label"].isalpha()
        rank = ord(match["label"]) - 64 if letters else int(match["label"])
        near = [run for run in found if run.letters is letters and abs(run.left - line.left) < _SAME]
        open_ = next((run for run in reversed(near) if run.last == rank - 1), None)
        if rank == 1:
            open_ = _Run(letters, line.left)
            found.append(open_)
        if open_ is not None:
            open_.places.append(at)
            open_.last, open_.left = rank, line.left
    return [run for run in found if len(run.places) >= (_LETTERS if run.letters else _NUMBERS)]


def _stopped(line: Line) -> Line:
    text = _BARE.sub(r"\g<label>. ", line.text, count=1)
    cells = tuple((left, text) for left, _ in line.cells)
    return replace(line, text=text, cells=cells)
