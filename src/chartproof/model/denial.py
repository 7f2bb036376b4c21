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
    business_days: int | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class NoticeDefect:
    """What a notice lacks or gets wrong: `rule` is an id of knowledge/law, `what` our words; `small` is no argument."""

    rule: str
    what: str
    citation: str
    verified: bool = True
    small: bool = False


@dataclass(frozen=True, slots=True)
class Right:
    """A rule of law that reaches this plan, for the letters: `rule` is an id of knowledge/law, `says` its own words."""

    rule: str
    says: str
    citation: str
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Denial:
    """Every field as printed; None where the letter does not say. `where` maps a field name to its place.

    letter_kind    denial, claim_denial, concurrent, partial, upheld_appeal, final_internal, approval,
                   approval_modified_site, request_for_information, eob_paid; other: no payer wrote it
    received_how   stamp, note, fax (the header of the payer's own fax) or log, for `received`
    questions      what must be asked because the letter does not say it and the law turns on it
    """

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
    letter_kind: str = ""
    policies_cited: tuple[str, ...] = ()
    criteria_unmet: tuple[str, ...] = ()
    appeal_level_next: str | None = None
    expedited_offered: bool | None = None
    appeal_phone: str | None = None
    peer_to_peer_window: str | None = None
    received_how: str = ""
    fax_header_date: date | None = None
    notice_defects: tuple[NoticeDefect, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """`due` is what the rule says; `safe_due` the working day to act by where the rule is silent on weekends.

    `if_late` is what follows where the one who is bound misses the day; empty where no rule says.
    """

    rule: str
    what: str
    due: date | datetime
    safe_due: date | datetime
    who: str
    citation: str
    why: str
    verified: bool = True
    if_late: str = ""
