"""Printed answers beside the questions of a form: "Yes" and "No" in columns of their own, whose boxes are drawn and no text.

They are to be filled in and say nothing: each question stands without them, whatever its number of lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.lines import Line

_ANSWER = re.compile(r"(?:yes|no|n/?a|y|n)[.]?$", re.IGNORECASE)
#: So many questions have such answers before they are columns; a table of rules answers what is no question.
_FEW = 2


def with_answer_cells(lines: Sequence[Line]) -> list[Line]:
    """The lines without the answers printed beside them."""
    answered = [len(_asked(line)) < len(line.cells) for line in lines]
    beside = [_asked(line) for line, found in zip(lines, answered, strict=True) if found and _asked(line)]
    put = sum(1 for asked in beside if "?" in asked[-1][1])
    if put < _FEW or put * 2 < len(beside):
        return list(lines)
    found: list[Line] = []
    for line, has in zip(lines, answered, strict=True):
        asked = _asked(line)
        if not has:
            found.append(line)
        elif asked:
            text = " ".join(text for _, text in asked)
            found.append(replace(line, text=text, cells=asked, tops=line.tops[: len(asked)], right=_right(line, asked)))
    return found


def _asked(line: Line) -> tuple[tuple[float, str], ...]:
    """The cells before the answers: two or more that end the line."""
    cells = line.cells
    while cells and _ANSWER.match(cells[-1][1]):
        cells = cells[:-1]
    return cells if len(line.cells) - len(cells) > 1 else line.cells


def _right(line: Line, asked: Sequence[tuple[float, str]]) -> float:
    return min(line.right, line.cells[len(asked)][0] - 1)
