"""What other programs read: a letter, a denial block and a list of dates as plain values ready for JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from chartproof.model import Deadline, Denial, DenialReason, Span, StatedDeadline
from chartproof.rights.kinds import case_kind, letter_kind

#: Fields that the letter file names otherwise than the denial block of a case.
_JSON_NAMES: Mapping[str, str] = {
    "received": "received_date", "reference": "reference_number", "service": "drug_or_service", "reviewer": "reviewer_named",
    "service_codes": "hcpcs_cpt", "diagnosis_codes": "icd10", "criteria_unmet": "criteria_cited_unmet",
    "peer_to_peer_phone": "peer_to_peer",
}  # fmt: skip
_PLANS_OWN = ("_decision", "_acknowledgment", "_held")


def letter_json(denial: Denial) -> dict[str, Any]:
    """The letter file of `chartproof letter --json`. Absent values are null, dates ISO text."""
    own = [row for row in denial.stated_deadlines if row.what.endswith(_PLANS_OWN)]
    limits = [row for row in denial.stated_deadlines if row not in own and row.what != "peer_to_peer"]
    printed = denial.received_how in ("stamp", "note")
    return {
        "file": denial.file,
        "is_denial": denial.is_denial,
        "letter_kind": denial.letter_kind,
        "payer": denial.payer,
        "plan_type": denial.plan_type,
        "state": denial.state,
        "product_line": denial.product_line,
        "letter_date": _day(denial.letter_date),
        "received_date": _day(denial.received) if printed else None,
        "fax_header_date": _day(denial.fax_header_date),
        "member_name": denial.member_name,
        "member_id": denial.member_id,
        "group_number": denial.group_number,
        "reference_number": denial.reference,
        "drug_or_service": denial.service,
        "hcpcs_cpt": list(denial.service_codes),
        "icd10": list(denial.diagnosis_codes),
        "policies_cited": list(denial.policies_cited),
        "criteria_cited_unmet": list(denial.criteria_unmet),
        "reasons": [_reason(reason) for reason in denial.reasons],
        "decision_type": denial.decision_type,
        "appeal_level_next": denial.appeal_level_next,
        "stated_deadlines": [_stated(row) for row in limits],
        "plan_timeframes": [_stated(row) for row in own],
        "appeal_fax": denial.appeal_fax,
        "appeal_address": denial.appeal_address,
        "appeal_phone": denial.appeal_phone,
        "peer_to_peer": _peer(denial),
        "expedited_offered": bool(denial.expedited_offered),
        "reviewer_named": denial.reviewer,
        "notice_defects": [
            {"what": defect.what, "rule": defect.rule, "citation": defect.citation, "verified": defect.verified}
            for defect in denial.notice_defects
        ],
        "questions": list(denial.questions),
        "places": _places(denial, _JSON_NAMES),
    }


def denial_json(denial: Denial) -> dict[str, Any]:
    """The `denial` block of a review: the keys of a case's denial block, its kinds of reason, its words for a start."""
    return {
        "file": denial.file,
        "letter_date": _day(denial.letter_date),
        "received": _day(denial.received),
        "reference": denial.reference,
        "service_codes": list(denial.service_codes),
        "diagnosis_codes": list(denial.diagnosis_codes),
        "drug_named": denial.drug_named,
        "policy_cited": denial.policy_cited,
        "decision_type": denial.decision_type,
        "reasons": [_case_reason(reason) for reason in case_reasons(denial)],
        "stated_deadlines": [
            {"what": row.what, **_amount(row), "counted_from": row.counted_from or None}
            for row in denial.stated_deadlines
        ],
        "letter_defects": list(denial.letter_defects),
        "places": _places(denial, {}),
    }


def case_reasons(denial: Denial) -> tuple[DenialReason, ...]:
    """The reasons that a case answers: a bare "not medically necessary" is left out beside any other reason."""
    others = tuple(reason for reason in denial.reasons if reason.kind != "not_medically_necessary")
    return others or denial.reasons


def deadlines_json(rows: Iterable[Deadline]) -> list[dict[str, Any]]:
    """The list of `chartproof deadlines --json` and of a review: rule, what, due, safe_due, who, citation, why, verified."""
    return [
        {
            "rule": row.rule, "what": row.what, "due": _moment(row.due), "safe_due": _moment(row.safe_due), "who": row.who,
            "citation": row.citation, "why": row.why, "verified": row.verified,
            **({"if_late": row.if_late} if row.if_late else {}),
        }
        for row in rows
    ]  # fmt: skip


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(moment: date | datetime) -> str:
    return moment.isoformat()


def _amount(row: StatedDeadline) -> dict[str, Any]:
    amounts = {
        "date": _day(row.on),
        "days": row.days,
        "months": row.months,
        "hours": row.hours,
        "business_days": row.business_days,
    }
    return {unit: amount for unit, amount in amounts.items() if amount is not None}


def _stated(row: StatedDeadline) -> dict[str, Any]:
    quote = re.sub(r"\s+", " ", row.span.quote) if row.span else None
    return {
        "what": row.what,
        **_amount(row),
        "from": row.counted_from or None,
        "quote": quote,
        "page": row.span.page if row.span else None,
        "boxes": _boxes(row.span),
    }


def _reason(reason: DenialReason) -> dict[str, Any]:
    return {"kind": letter_kind(reason), "quote": reason.quote, "page": reason.page, "boxes": _boxes(reason.span)}


def _places(denial: Denial, names: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Field -> where the letter prints it: page from 1, quote, and boxes in points where the file has pages to show."""
    places: dict[str, list[dict[str, Any]]] = {}
    for name, span in denial.where:
        quote = re.sub(r"\s+", " ", span.quote)
        places.setdefault(names.get(name, name), []).append({"page": span.page, "quote": quote, "boxes": _boxes(span)})
    return places


def _boxes(span: Span | None) -> list[list[float]]:
    """[left, top, right, bottom] of each line of a quote, in points from the page's top left corner."""
    boxes = span.boxes if span else ()
    return [[round(edge, 1) for edge in (box.left, box.top, box.right, box.bottom)] for box in boxes]


def _case_reason(reason: DenialReason) -> dict[str, Any]:
    return {
        "kind": case_kind(reason.kind), "quote": reason.quote, "page": reason.page,
        "true_of_chart": reason.true_of_chart, "answer": reason.answer,
    }  # fmt: skip


def _peer(denial: Denial) -> dict[str, Any] | None:
    if denial.peer_to_peer_phone is None:
        return None
    return {"phone": denial.peer_to_peer_phone, "window": denial.peer_to_peer_window}
