"""What a model proposes for a missing row: a quote that waits for a person. No finding is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chartproof.model.day import DayRange
from chartproof.model.fact import Fact, Span


@dataclass(frozen=True, slots=True)
class Proposal:
    """A quote of the patient's own chart that may speak to a row. It decides nothing.

    layer, row  the row that is missing
    concept     what the quote is said to be about, an id of knowledge/vocabulary/concepts.yaml
    quote       the proposed words, found on their page by our own code
    sentence    the whole sentences in which they stand, so that a "no" before them is seen
    when        the day of the record
    read        what our own finders read there, weighed in the row already; empty: a person must read it
    """

    layer: str
    row: str
    concept: str
    quote: Span
    sentence: Span
    when: DayRange | None = None
    read: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposals:
    """All that came of asking a model.

    dropped  how many proposals were dropped, by reason (an id of `drops` in knowledge/vocabulary/propose.yaml)
    stopped  one coded line where the model could not be asked to the end, else ""
    """

    model: str
    found: tuple[Proposal, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    stopped: str = ""
