"""What a coordinator types in (case.yaml), completed from the folder where it says nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

#: What stands behind a name to tell father from son.
GENERATION = re.compile(r"(?:jr|sr|ii|iii|iv|junior|senior)\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Patient:
    name: str = ""
    born: date | None = None
    mrn: str = ""
    sex: str = ""
    member_id: str = ""
    group_number: str = ""

    @property
    def surname(self) -> str:
        """The last name of "Luther E. Bankston Sr.", "Bankston, Luther E" or "BANKSTON": without what tells father from son."""
        first, _, behind = self.name.partition(",")
        full = first if behind and not GENERATION.fullmatch(behind.strip()) else self.name
        words = [word for word in re.findall(r"[\w'’-]+", full) if not GENERATION.fullmatch(word)]
        return words[-1] if words else ""


@dataclass(frozen=True, slots=True)
class Case:
    """`product` and `indication` are ids of knowledge/labels; `plan_type` is one of DESIGN's plan types.

    `nameless` are files that name nobody and are known to be the patient's by who sent in the case.
    """

    as_of: date
    patient: Patient = Patient()
    drug: str = ""
    product: str = ""
    indication: str = ""
    payer: str = ""
    plan_type: str = ""
    state: str = ""
    received: date | None = None
    apheresis_planned: date | None = None
    nameless: tuple[str, ...] = ()
