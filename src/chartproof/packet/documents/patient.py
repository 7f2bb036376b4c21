"""The page for the patient, or for a parent: what was decided, why, what can be done by when, who helps. Plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chartproof.model import Deadline, DenialReason, Review
from chartproof.packet.answers import bearing_out, speaking
from chartproof.packet.documents import parts
from chartproof.packet.documents.words import everyone, family, helpers, patient_words, say, venue, words
from chartproof.packet.exhibits import Book
from chartproof.packet.look import day_of, prose_day
from chartproof.packet.subjects import named
from chartproof.packet.table import Purpose, drug_name, ours
from chartproof.packet.tree import Block, Letter, Run, heading, item, para, row

_WIDTHS = (1.6, 5.0)
_MOST_RIGHTS = 6
#: Steps outside the plan wait for its next decision; urgent ones have a day of their own only where a treatment day is planned.
_OUTSIDE = ("external_review", "fair_hearing", "opm_review", "second_level_appeal", "hearing")
_URGENT = ("expedited_appeal", "expedited_reconsideration")


def applies(review: Review, purpose: Purpose) -> bool:
    """Where a decision was made."""
    return review.denial is not None and purpose != "prior-auth"


def build(review: Review, book: Book, purpose: Purpose) -> Letter:
    head, child = patient_words()["head"], parts.is_child(review)
    blocks = [heading(head["decided"]), para(*_spaced(_decided(review)))]
    blocks += [para(say("patient.child"))] if child else []
    blocks += [heading(head["why"]), *_why(review)]
    blocks += [heading(head["do"]), *_do(review)]
    blocks += [heading(head["help"]), *_help(review)]
    bring = range(1, len(patient_words()["bring"]) + 1)
    blocks += [heading(head["bring"]), *(item(_say(review, f"bring.{n}")) for n in bring)]
    rights = _rights(review)
    blocks += [heading(head["rights"]), *rights] if rights else []
    foot = _say(review, "foot").text
    return Letter(
        title=words("documents")["patient-page"]["title"],
        addressee=(),
        reference=(("For", parts.patient_name(review)),),
        salutation="",
        blocks=tuple(blocks),
        closing="",
        enclosures="",
        draft=False,
        form="page",
        columns=_WIDTHS,
        foot=foot,
    )


def _say(review: Review, name: str, **fields: str) -> Run:
    """A sentence of forms/patient.yaml, to the patient or to a parent."""
    people = patient_words()["people"]["child" if parts.is_child(review) else "adult"]
    known = {**people, "drug": drug_name(review), "plan": parts.payer(review) or "The plan"}
    return say(f"patient.{name}", **known, **fields)


def _spaced(runs: Iterable[Run]) -> list[Run | str]:
    told: list[Run | str] = []
    for run in runs:
        told += [" ", run] if told else [run]
    return told


def _decided(review: Review) -> list[Run]:
    denial = review.denial
    assert denial is not None
    told = [_say(review, "decided.denied")]
    if denial.letter_date:
        told.append(_say(review, "decided.day", day=prose_day(denial.letter_date)))
    if denial.reference:
        told.append(_say(review, "decided.case", case=denial.reference))
    return [*told, _say(review, f"decided.{'final' if parts.is_final(review) else 'not_last'}")]


def _why(review: Review) -> list[Block]:
    """Each kind of reason once, and how it stands in the chart."""
    denial = review.denial
    assert denial is not None
    known = patient_words()["reasons"]
    told: dict[str, Block] = {}
    for reason in denial.reasons:
        name = reason.kind if reason.kind in known else "other"
        told.setdefault(name, item(_say(review, f"reasons.{name}"), " ", _answer(review, reason)))
    return list(told.values()) or [para(_say(review, "reasons.none"))]


def _answer(review: Review, reason: DenialReason) -> Run:
    """How the rows that speak to a reason stand. That a policy asks for no such thing is left to the letter."""
    found = bearing_out(reason, named(review, reason) or speaking(review, reason.kind))
    if reason.kind == "documentation" and not found:
        found = tuple(f for f in review.criteria if f.kind == "documentation")
    status = {f.status for f in found} - {"not_applicable"}
    key = "not_met" if "not_met" in status else "open" if "missing" in status else "met" if status else "unknown"
    return _say(review, f"answers.{key}")


def _do(review: Review) -> list[Block]:
    """What is to be done at once, the steps in the order of their days, the first day of each, then what waits."""
    said = patient_words()["do"]
    steps: dict[str, Deadline] = {}
    for one in ours(review.deadlines):
        gone = one.what == "peer_to_peer" and day_of(one.safe_due) < review.case.as_of
        if one.what in said["what"] and not gone:
            steps.setdefault("internal_appeal" if one.what == "reconsideration" else one.what, one)
    later = [] if parts.is_final(review) else [what for what in _OUTSIDE if steps.pop(what, None)]
    later = later or ([] if parts.is_final(review) else _next_level(review))
    urgent = [] if parts.planned(review) else [what for what in _URGENT if steps.pop(what, None)]
    soon, head = _say(review, "do.soon"), (_say(review, "do.head.1"), _say(review, "do.head.2"))
    lines = [row(*(replace(cell, strong=True) for cell in head)), row(soon, _say(review, "do.file"))]
    lines += [row(soon, _say(review, f"do.what.{what}")) for what in urgent]
    lines += [row(_by(review, one), _step(review, what, one)) for what, one in steps.items()]
    if not {"internal_appeal", *_OUTSIDE} & set(steps):
        lines.append(row(say("common.blank"), _say(review, "do.no_date")))
    lines += [row(_say(review, "do.later"), _say(review, f"do.wait.{what}")) for what in later]
    forwarded = any(venue(name, review).get("forwarded") for name in family(review)["venues"])
    named = _say(review, f"helper{'_child' if parts.is_child(review) else ''}")
    return [*lines, *([para(_say(review, "do.forwarded"))] if forwarded else []), para(named)]


def _next_level(review: Review) -> list[str]:
    """The step after the plan's own appeal, by the kind of plan, where no day of it follows from the case."""
    steps = (what for name in family(review)["venues"] for what in venue(name, review)["what"])
    return [what for what in steps if what in _OUTSIDE][:1]


def _by(review: Review, one: Deadline) -> Run:
    day = prose_day(day_of(one.safe_due))
    return _say(review, f"do.{'by' if one.verified else 'by_confirm'}", day=day)


def _step(review: Review, what: str, one: Deadline) -> Run:
    passed = day_of(one.safe_due) < review.case.as_of
    return _say(review, "do.passed") if passed else _say(review, f"do.what.{what}")


def _help(review: Review) -> list[Block]:
    """Who helps without charge; a number that was not checked says so."""
    told = []
    for name in family(review)["help"]:
        one = helpers()[name]
        doubt: list[Run | str] = [] if one["verified"] else [" ", _say(review, "confirm")]
        told.append(item(_say(review, f"help.{name}", phone=one["phone"]), *doubt))
    return told


def _rights(review: Review) -> list[Block]:
    """The rights that the law's rules for this family carry, in plain words, each once."""
    known = patient_words()["rights"]
    told = {known[rule]: rule for rule in reversed(list(_rules(review))) if rule in known}
    rules = list(reversed(told.values()))[:_MOST_RIGHTS]
    return [item(_say(review, f"rights.{rule}")) for rule in rules]


def _rules(review: Review) -> Iterable[str]:
    plan = family(review)
    yield from (*plan["expedited"], *plan["records"])
    for name in plan["venues"]:
        yield from venue(name, review)["rules"]
    yield from (*plan["consent"], *everyone())
