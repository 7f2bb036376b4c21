"""What a clinician of the plan rules on a request: never made by a program, always signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from chartproof.model.ladder import Step

Outcome = Literal["approve", "deny", "ask"]


@dataclass(frozen=True, slots=True)
class Ruling:
    """`rows` are the findings on which it rests or which are asked for (policy/I.C); `considered` the files that were looked at.

    statement   the clinician's own words
    name        of the clinician, with `licence` and, where given, `specialty`
    reference   the payer's number of the request; `provider` who asked, `codes` for what, `received` when
    steps       what the law of the plan opens after a denial
    """

    outcome: Outcome
    rows: tuple[str, ...]
    considered: tuple[str, ...]
    statement: str
    name: str
    licence: str
    at: datetime
    specialty: str = ""
    reference: str = ""
    provider: str = ""
    codes: tuple[str, ...] = ()
    received: date | None = None
    steps: tuple[Step, ...] = ()
