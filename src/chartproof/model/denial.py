"""A payer's letter as read, and the dates that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from chartproof.model.fact import Span


@dataclass(frozen=True, slots=True)
class DenialReason:
    """`kind` is one of the reason kinds of cases/README.md (prior_therapy, performance_status, ...)."""

    kind: str
    quote: str
    page: int
    span: Span | None = None
    true_of_chart: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class StatedDeadline:
    what: str
    days: int | None = None
    months: int | None = None
    hours: int | None = None
    counted_from: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Denial:
    """Every field as printed; None where the letter does not say. `where` maps a field name to its place."""

    file: str
    is_denial: bool
    letter_date: date | None = None
    received: date | None = None
    reference: str | None = None
    payer: str | None = None
    plan_type: str | None = None
    state: str | None = None
    product_line: str | None = None
    member_id: str | None = None
    member_name: str | None = None
    group_number: str | None = None
    drug_named: str | None = None
    service: str | None = None
    service_codes: tuple[str, ...] = ()
    diagnosis_codes: tuple[str, ...] = ()
    policy_cited: str | None = None
    decision_type: str | None = None
    reasons: tuple[DenialReason, ...] = ()
    stated_deadlines: tuple[StatedDeadline, ...] = ()
    letter_defects: tuple[str, ...] = ()
    appeal_fax: str | None = None
    appeal_address: str | None = None
    peer_to_peer_phone: str | None = None
    reviewer: str | None = None
    where: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """`due` is what the rule says; `safe_due` the working day to act by where the rule is silent on weekends."""

    rule: str
    what: str
    due: date | datetime
    safe_due: date | datetime
    who: str
    citation: str
    why: str
    verified: bool = True
