"""Pages of a payer's letter in, one Denial out: every field as printed, with its place, and None where it is not printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from chartproof.model import Denial, Page, Span
from chartproof.rights import (
    codes,
    contacts,
    fields,
    members,
    names,
    numbers,
    peer,
    plan,
    policies,
    reviewer,
    service,
    state,
    stated,
)  # fmt: skip
from chartproof.rights import reasons as grounds
from chartproof.rights.criteria import criteria_cited
from chartproof.rights.defects import notice_defects
from chartproof.rights.nature import Nature, fast_appeal, nature
from chartproof.rights.read_twice import doubtful
from chartproof.rights.spelling import confirmed
from chartproof.rights.text import Letter

#: A last decision that nobody outside of the plan reviews: what is left is a court.
_NO_OUTSIDE = re.compile(
    r"\bsecond external review\b[^.]{0,60}\bmay not\b|\bno (?:further|other|more) (?!internal\b)(?:level of |or \w+ |\w+ )?(?:review|appeal)s?\b(?! (?:to|within|with|by|inside|in) (?:the|our|this|your) (?:plan|fund|trust|company)\b)|\bnothing (?:further|more) can be (?:filed|appealed)\b|external review (?:is|does) not (?:available|apply)|no (?:right to )?external review|external review is unavailable",
    re.I,
)
#: The title of the decision of whoever reviews from outside; that it binds.
_OUTSIDE = re.compile(
    r"(?:external|independent)(?: medical)?(?: appeal)? (?:review|appeal) (?:decision|determination)|(?:decision|determination) (?:of|on) (?:the |your )?(?:external|independent)(?: medical)? (?:review|appeal)",
    re.I,
)
#: In the head: this is the second answer, after which nothing is left within the plan.
_SECOND = re.compile(
    r"\b(?:second|2nd)[- ](?:level|step|stage) (?:internal )?(?:appeal|grievance|review)|\blevel (?:2|two|ii) (?:appeal|grievance)",
    re.I,
)
#: Whoever reviews what a plan for federal employees refuses.
_OPM = re.compile(r"\bOPM\b|Office of Personnel Management", re.I)
_BINDS = re.compile(r"\b(?:this|our) (?:decision|determination)\b[^.]{0,12}\bis (?:final and )?binding\b", re.I)
_RECONSIDERED = ("medicare_advantage", "dsnp", "fehb", "tricare", "original_medicare")


def read_letter(
    pages: Sequence[Page], *, file: str, other_text: Sequence[Page] = (), policy_terms: Sequence[str] = ()
) -> Denial:
    """Read one letter.

    `pages` are the letter's own pages, in order. `other_text` are pages of logs and notes of the same folder, where the
    day on which the letter came may be written. `policy_terms` is the text of the cited policy, in any pieces: with it,
    a threshold that the policy does not contain is named among the defects. A letter that denies nothing has
    is_denial False, no reasons and no next level.
    """
    letter = Letter(pages, file=file)
    if not letter.body:
        return Denial(file=file, is_denial=False, questions=("No text could be read from this letter.",))
    what = nature(letter)
    if what.kind == "other":
        return Denial(file=file, is_denial=False, letter_kind=what.kind)
    read = _fields(letter, what, other_text)
    denial = Denial(
        file=file, is_denial=what.is_denial, letter_kind=what.kind, decision_type=what.decision_type, **read
    )
    if not what.is_denial:
        return denial
    return notice_defects(denial, letter, policy_terms=policy_terms)


def _fields(letter: Letter, what: Nature, other_text: Sequence[Page]) -> dict[str, Any]:
    where: list[tuple[str, Span]] = []
    values: dict[str, Any] = {}

    def keep(name: str, found: tuple[Any, Span] | None) -> None:
        if found is not None:
            values[name] = found[0]
            where.append((name, found[1]))

    if what.said is not None:
        where.append(("is_denial", what.said))
    keep("letter_date", fields.letter_date(letter))
    for name, (value, span) in numbers.identifiers(letter).items():
        scanned = any(page.number == span.page and page.read == "ocr" for page in letter.pages)
        keep(name, (confirmed(value, letter.pages, other_text) if scanned else value, span))
    keep("payer", names.payer(letter))
    keep("plan_type", plan.plan_type(letter))
    keep("state", state.state(letter))
    keep("product_line", plan.product_line(letter))
    keep("member_name", members.member_name(letter))
    keep("reviewer", reviewer.reviewer(letter, denied=what.is_denial))
    _receipt(letter, other_text, values, where)
    _what_was_asked(letter, values, where, denied=what.is_denial)
    _next_steps(letter, what, values, where)
    values["questions"] = (*_questions(values, what, where), *doubtful(values, where, letter.pages))
    values["where"] = tuple(where)
    return values


def _receipt(letter: Letter, other_text: Sequence[Page], values: dict[str, Any], where: list[tuple[str, Span]]) -> None:
    """A stamp or note on the letter; else the payer's own fax header; else a log of the same folder."""
    stamp, header = fields.stamped_date(letter), fields.fax_header(letter)
    if header is not None:
        values["fax_header_date"] = header[0]
        where.append(("fax_header_date", header[2]))
    dated = values.get("letter_date")
    if stamp is not None:
        values.update(received=stamp[0], received_how=stamp[1])
        where.append(("received", stamp[2]))
        return
    logged = fields.logged_receipt(other_text, dated)
    if logged is not None:
        values.update(received=logged, received_how="log")
    elif header is not None and names.sent_by(header[1], str(values.get("payer") or "")):
        values.update(received=header[0], received_how="fax")
        where.append(("received", header[2]))


def _what_was_asked(letter: Letter, values: dict[str, Any], where: list[tuple[str, Span]], *, denied: bool) -> None:
    procedures, procedure_spans = codes.service_codes(letter, denied=denied)
    diagnoses, diagnosis_spans = codes.diagnosis_codes(letter)
    cited = policies.policies(letter)
    values.update(
        service_codes=procedures, diagnosis_codes=diagnoses, policies_cited=tuple(name for name, _, _ in cited)
    )
    if cited:
        own = [number for name, number, _span in cited if not re.search(r"coverage determination", name, re.IGNORECASE)]
        values["policy_cited"] = (own or [cited[0][1]])[0]  # the plan's own policy before the one that Medicare gave it
    asked = service.service(letter)
    if asked is not None:
        values.update(service=asked.text, drug_named=asked.drug)
        where.append(("service", asked.span))
    where += [("service_codes", span) for span in procedure_spans]
    where += [("diagnosis_codes", span) for span in diagnosis_spans]
    where += [("policies_cited", span) for _, _, span in cited]


def _next_steps(letter: Letter, what: Nature, values: dict[str, Any], where: list[tuple[str, Span]]) -> None:
    level = _next_level(letter, what, str(values.get("plan_type") or ""))
    values["appeal_level_next"] = level
    offered = "reconsideration" if not what.is_denial and values.get("plan_type") in _RECONSIDERED else level
    values["stated_deadlines"] = stated.stated_deadlines(letter, kind=what.kind, next_level=offered)
    fast = fast_appeal(letter) if what.is_denial and level != "none" else None
    values["expedited_offered"] = fast is not None
    if fast is not None:
        where.append(("expedited_offered", fast))
    if (what.is_denial and level != "none") or what.kind == "eob_paid":
        _where_to_send(letter, level, values, where)
    if not what.is_denial:
        return
    values["reasons"] = grounds.reasons(letter)
    cited = criteria_cited(letter)
    values["criteria_unmet"] = tuple(criterion.text for criterion in cited)
    where += [("criteria_unmet", letter.span(one.page, one.start, one.end)) for one in cited]
    call = peer.peer_call(letter)
    if call is not None and call.span is not None:
        values.update(peer_to_peer_phone=call.phone, peer_to_peer_window=call.window)
        where.append(("peer_to_peer_phone", call.span))


def _where_to_send(letter: Letter, level: str, values: dict[str, Any], where: list[tuple[str, Span]]) -> None:
    """A denial's next level; a paid statement offers an appeal too."""
    sent = contacts.contacts(letter, next_level=level)
    values.update(appeal_fax=sent.fax, appeal_phone=sent.phone, appeal_address=sent.address)
    printed = (("appeal_fax", sent.fax), ("appeal_phone", sent.phone), ("appeal_address", sent.address))
    where += [(name, span) for name, words in printed if words for span in [letter.place(words)] if span]


def _next_level(letter: Letter, what: Nature, plan_type: str) -> str:
    """internal, second_level, reconsideration, external, fair_hearing or none."""
    if not what.is_denial:
        return "none"
    if what.kind in ("final_internal", "upheld_appeal") and (
        (_NO_OUTSIDE.search(letter.flat) and not (plan_type == "fehb" and _OPM.search(letter.flat)))
        or _is_outside(letter)
    ):
        return "none"
    if what.kind == "final_internal":
        return "fair_hearing" if plan_type == "medicaid_mco" else "external"
    if what.kind == "upheld_appeal" or what.dismissed:
        if plan_type in _RECONSIDERED:
            return "external"
        if plan_type == "medicaid_mco":
            return "fair_hearing"
        titles = (line.text for line in letter.body[:12] if len(line.text.split()) <= 9)
        if any(_SECOND.search(title) and not re.search(r"\b(?:may|can|ask|within|right)\b", title) for title in titles):
            return "external"
        offered = re.search(r"second[- ]level|second (?:internal|appeal|review)|\blevel (?:two|2)\b", letter.flat, re.I)
        return "second_level" if offered else "external"
    return "reconsideration" if plan_type in _RECONSIDERED else "internal"


def _is_outside(letter: Letter) -> bool:
    """Whether the letter is the decision of whoever reviews from outside, after which only a court is left."""
    return any(_OUTSIDE.search(line.text) for line in letter.body[:12]) or bool(_BINDS.search(letter.flat))


def _questions(values: dict[str, Any], what: Nature, where: list[tuple[str, Span]]) -> tuple[str, ...]:
    """What to ask, because the law turns on it and the letter does not say it."""
    if not what.is_denial:
        return ()
    asked = []
    if not values.get("plan_type"):
        asked.append(
            "Plan type: insured, self-funded, Medicare or Medicaid? The letter does not say, and the appeal law turns on it."
        )
    shown = next((span.quote for name, span in where if name == "plan_type"), "")
    if shown and plan.is_assumed(shown):
        asked.append(
            f"Funding: insured or self-funded by the employer? The letter shows only {shown}; insured is assumed."
        )
    if not values.get("state") and values.get("plan_type") in (
        None,
        "commercial_insured",
        "marketplace",
        "medicaid_mco",
    ):
        asked.append("State: which state issued the contract? The letter does not say.")
    if not values.get("letter_date"):
        asked.append("Letter date: the letter prints none that could be read.")
    if not values.get("received"):
        asked.append("Receipt: on which day did the letter reach the patient? Without proof, the letter's date counts.")
    return tuple(asked)
