"""A fact: one dated clinical statement with its evidence. Everything upstream of it exists to fill it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chartproof.model.day import DayRange
from chartproof.model.page import Box

#: Only `present` and `absent` decide. `planned` is also hypothetical, ordered, conditional; `family` any other person.
Assertion = Literal["present", "absent", "historical", "planned", "family"]


@dataclass(frozen=True, slots=True)
class Span:
    """A quote and where it stands: `quote` is `page.text[start:end]`, verbatim."""

    file: str
    page: int
    start: int
    end: int
    quote: str
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Quantity:
    """A closed interval in the concept's own unit. An exact number has low == high; "<5" has low None."""

    low: float | None
    high: float | None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """`concept` is an id of knowledge/vocabulary/concepts.yaml.

    value     a state word of that concept ("approved", "negative", "recommended"), or None
    quantity  a number with its unit, for concepts that are measured
    when      the day it was true of the patient (collected, performed, authored), never the print date
    known     the day the record was made or signed, for known-by questions; None where unknown
    signed    False for a draft, a pended or an unsigned document
    evidence  the primary quote first, then others that say the same
    doubt     two readings of a scan that differ in the number or day ("1 / 7"), or two places of the chart of which one
              says that the study is still to be done; that number or day is then left out
    rank      breaks ties of the same day: an addendum (2) supersedes its original (1) and that an excerpt (0)
    """

    id: str
    concept: str
    assertion: Assertion
    evidence: tuple[Span, ...]
    value: str | None = None
    quantity: Quantity | None = None
    when: DayRange | None = None
    known: DayRange | None = None
    signed: bool = True
    rank: int = 1
    document: str = ""
    note: str = ""
    doubt: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
