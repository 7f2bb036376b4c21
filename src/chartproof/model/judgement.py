"""What a person judged of a finding or added to a chart. It never changes what was read; it stands beside it, signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from chartproof.model.fact import Fact, Span
from chartproof.model.truth import Status

#: accept    the finding stands as the program gave it; a person has looked
#: override  the row's status is the person's, with the reason
#: reject    one fact does not count ("this page is another visit's draft")
#: add       a fact that the person points at on a page
JudgementKind = Literal["accept", "override", "reject", "add"]


#: How the note begins that says of a row who decided it.
JUDGED = "Judged by"


def judged_note(notes: Iterable[str]) -> str:
    """The note that says who decided the row, when, and what the reading alone gave; "" for a row nobody decided."""
    return next((note for note in notes if note.startswith(JUDGED)), "")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One act of one person, never changed afterwards.

    layer, criterion  the row that it speaks of; "" for `reject` and `add`, which speak of a fact
    status            for `override`: the status that the person gives
    reason            the person's words; required but for `accept`
    by, on            who ("Dana Ortiz, RN") and when
    span              for `override`: the quote that the person points at, if any
    fact              for `add`: the fact, with its quote on a page; for `reject`: only its id counts, in `fact_id`
    """

    id: str
    kind: JudgementKind
    by: str
    on: date
    reason: str = ""
    layer: Literal["policy", "label", ""] = ""
    criterion: str = ""
    status: Status | None = None
    span: Span | None = None
    fact: Fact | None = None
    fact_id: str = ""
