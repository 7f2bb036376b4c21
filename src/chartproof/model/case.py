"""What a coordinator types in (case.yaml), completed from the folder where it says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Patient:
    name: str = ""
    born: date | None = None
    mrn: str = ""
    sex: str = ""
    member_id: str = ""
    group_number: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """`product` and `indication` are ids of knowledge/labels; `plan_type` is one of DESIGN's plan types."""

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
