"""Pages with ruled tables for tests: words in cells that wrap, the lines around them, and prose above and below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chartproof.model.page import Box, Page, Word
from chartproof.policy.draft.draft import Draft, draft_policy

LETTER, HEIGHT, PITCH, LEFT, RIGHT = 4.5, 9.0, 12.0, 60.0, 560.0


@dataclass
class Sheet:
    """One page that is filled from top to bottom."""

    text: str = ""
    top: float = 60.0
    words: list[Word] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def prose(self, said: str, *, size: float = HEIGHT) -> None:
        self.top += 6.0
        for line in wrapped(said, RIGHT - LEFT):
            self._put(line, LEFT, self.top, size)
            self.top += PITCH
        self.top += 6.0

    def table(self, rows: Sequence[Sequence[str]], lefts: Sequence[float], *, upright: bool = True) -> None:
        """A row of one cell goes across all columns."""
        edges = [*lefts, RIGHT]
        self._across(self.top)
        for row in rows:
            ends = edges if len(row) > 1 else [edges[0], edges[-1]]
            cells = [wrapped(cell, right - left - 12) for cell, left, right in zip(row, ends, ends[1:], strict=False)]
            above = self.top
            for lines, left in zip(cells, ends, strict=False):
                for at, line in enumerate(lines):
                    self._put(line, left + 5, above + 4 + PITCH * at, HEIGHT)
            self.top += 8 + PITCH * max(len(lines) for lines in cells)
            self._across(self.top)
            if upright:
                self.boxes += [Box(edge - 0.3, above, edge + 0.3, self.top) for edge in ends]
        self.top += 10.0

    def _across(self, top: float) -> None:
        self.boxes.append(Box(LEFT, top - 0.3, RIGHT, top + 0.3))

    def _put(self, line: str, left: float, top: float, size: float) -> None:
        for word in line.split():
            box = Box(left, top, left + LETTER * len(word), top + size)
            self.words.append(Word(word, len(self.text), len(self.text) + len(word), box))
            self.text += f"{word} "
            left += LETTER * (len(word) + 0.6)
        self.text = f"{self.text.rstrip()}\n"

    def page(self) -> Page:
        return Page("policy.pdf", 1, self.text, tuple(self.words), 620.0, 800.0)

    def draft(self) -> Draft:
        return draft_policy([self.page()], {1: tuple(self.boxes)})


def wrapped(said: str, width: float) -> list[str]:
    lines = [""]
    for word in said.split():
        if (len(lines[-1]) + 1 + len(word)) * LETTER < width or not lines[-1]:
            lines[-1] = f"{lines[-1]} {word}".strip()
        else:
            lines.append(word)
    return lines
