"""A sentence of a letter with what a deadline in it is known by: the one before it, the letter's kind, and where the rights begin."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chartproof.rights.lines import Sentence
from chartproof.rights.periods import Period
from chartproof.rights.steps import named, word


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with the one before it, and what its letter is. `rights`: the part on rights has begun; `begun`: the time of the next step was told.

    `led` are the sentences before it in its paragraph, the nearest first; `bare` is the sentence with blanks for what its times count from: what starts a clock names no step.
    """

    sentence: Sentence
    previous: str
    kind: str
    next_level: str | None
    rights: bool
    bare: str
    begun: bool
    led: tuple[str, ...] = ()
    #: The year of the care on a statement of charges, where it is one.
    served: int | None = None

    @property
    def text(self) -> str:
        return self.sentence.text

    @property
    def context(self) -> str:
        return f"{self.sentence.heading} {self.sentence.runin} {self.previous} {self.text}"


def act_of(told: Told, period: Period) -> str:
    """The part of a sentence that a period stands in, with the one before it where the part itself names no step."""
    parts = re.compile(
        r";|,? (?:and|or|but) (?=(?:you )?(?:may|can|have|go|sue|file|bring|take|ask|seek)\b)|, (?:and|or|but) |(?<=\s)\((?:i{1,3}|[a-c]|\d)\)",
        re.I,
    )
    turns = [0, *(turn.end() for turn in parts.finditer(told.bare)), len(told.bare) + 1]
    at = max(order for order, turn in enumerate(turns) if turn <= period.start)
    part = told.bare[turns[at] : turns[at + 1]]
    alone = at == 0 or named(part) or word("lawsuit").search(part)
    return part if alone else told.bare[turns[at - 1] : turns[at + 1]]
