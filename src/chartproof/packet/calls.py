"""The peer-to-peer sheet: one page for the physician's call. It is the physician's own and not part of what is sent."""

from __future__ import annotations

from typing import Any

from chartproof.model import Deadline, Fact, Finding, Review, Span
from chartproof.model.truth import REASON_WORDS
from chartproof.packet.answers import says_nothing
from chartproof.packet.brief import brief, history
from chartproof.packet.citations import earlier_number, shown
from chartproof.packet.exhibits import Book
from chartproof.packet.look import (
    day_of,
    in_order,
    inner,
    number_word,
    prose,
    prose_day,
    prose_range,
    row_words,
    sentence,
    stop,
    table_day,
    tidy,
)
from chartproof.packet.subjects import answer_words, rows_for, silent, subject, title_of
from chartproof.packet.table import Purpose, drug_name, measured, ours, patient_name, policy_name
from chartproof.packet.typeset import query
from chartproof.packet.wording import amount, companions, concept_words, topic, words


def call_sheet(review: Review, book: Book, purpose: Purpose) -> dict[str, Any]:
    """What calls.typ prints on one page, with fewer lines of each kind where the case has more than fit."""
    for most in (6, 5, 4, 3, 2):
        sheet = content(review, book, purpose, most=most)
        if int(query("calls.typ", sheet, "<end>")[-1]["page"]) == 1:
            break
    return sheet


def content(review: Review, book: Book, purpose: Purpose, *, most: int) -> dict[str, Any]:
    """What calls.typ prints, at most `most` lines a list (three points always)."""
    denial = review.denial
    drug, policy = drug_name(review), policy_name(review)
    asked = f"Approve {drug}" if purpose == "prior-auth" or denial is None else f"Reverse the denial and approve {drug}"
    return {
        "patient": patient_name(review) or "the patient",
        "facts": _facts(review),
        "ask": f"{asked} under {policy}." if review.criteria else f"{asked}.",
        "points": _points(review, book),
        "numbers": _numbers(review)[: most * 2],
        "questions": _questions(review, book)[:most],
        "firm": _firm(review)[:most],
        "open": _at_most(_open(review), most),
        "draft": not review.extra.get("signed_by"),
    }


def _facts(review: Review) -> list[list[str]]:
    denial = review.denial
    peer = [d for d in ours(review.deadlines) if "peer" in f"{d.rule} {d.what}".lower()]
    rows = [
        ("Call", (denial.peer_to_peer_phone if denial else "") or ""),
        ("By", _call_by(review, peer[0]) if peer else ""),
        ("Case", (denial.reference if denial else "") or ""),
        ("Member", review.case.patient.member_id or (denial.member_id if denial else "") or ""),
        ("Born", prose_day(review.case.patient.born) if review.case.patient.born else ""),
        ("Reviewer", (denial.reviewer if denial else "") or ""),
    ]
    return [[name, value] for name, value in rows if value]


def _call_by(review: Review, due: Deadline) -> str:
    passed = day_of(due.safe_due) < review.case.as_of
    return prose(table_day(due.safe_due)) + (" (passed; ask whether a call is still taken)" if passed else "")


def _where(review: Review, book: Book, spans: tuple[Span, ...], *, most: int = 2) -> str:
    places = dict.fromkeys(str(place) for span in spans if (place := book.shows(span)))
    return "; ".join(list(places)[:most])


def _points(review: Review, book: Book) -> list[dict[str, str]]:
    """Three points: the best proven row for each reason of the denial, else the policy's first proven rows."""
    points: list[dict[str, str]] = []
    proven: list[Finding] = []
    for reason in review.denial.reasons if review.denial else ():
        if subject(reason.kind).history and review.chart.lines:
            text, spans = history(review)
            points.append({"text": text, "where": _where(review, book, spans)})
            continue
        policy, label = rows_for(review, reason.kind)
        proven += [f for f in (*policy, *label) if f.status == "met" and f not in proven][:1]
    proven += [f for f in in_order(review) if f.status == "met" and f.layer == "policy" and f not in proven]
    points += [
        {"text": stop(prose(sentence(f.shows or f.says))), "where": _where(review, book, shown(review, f))}
        for f in proven
    ]
    return points[:3]


def _numbers(review: Review) -> list[str]:
    met = [f for f in in_order(review) if f.status == "met"]
    values = [value for finding in met for value in measured(finding)]
    beside = [v for finding in met for fact in finding.facts for v in companions(review, fact)]
    values += [f"{concept_words(v.concept)} {amount(v.quantity)} ({v.when})" for v in beside if v.quantity]
    return list(dict.fromkeys(prose(sentence(value)) for value in values))


def _questions(review: Review, book: Book) -> list[dict[str, str]]:
    """The denial's reasons as the reviewer will ask them, then what the chart holds two versions of."""
    asked = []
    for reason in review.denial.reasons if review.denial else ():
        said, spans = brief(review, reason)
        older = earlier_number(review, reason)
        if older:
            said, spans = [*said, _earlier(older)], (*spans, older.evidence[0])
        asked.append(
            {"question": title_of(reason) + "?", "answer": " ".join(said), "where": _where(review, book, spans)}
        )
    for conflict in review.chart.conflicts:
        asked.append(
            {
                "question": _disagree(conflict.what),
                "answer": stop(prose(sentence(conflict.right))),
                "where": _where(review, book, (conflict.a, conflict.b)),
            }
        )
    return asked


def _earlier(older: Fact) -> str:
    """The notice's own number with its day: "The notice's number is of 22 August 2026: ECOG 3."."""
    number = amount(older.quantity) if older.quantity else ""
    return f"{answer_words('notice_number')} {prose_range(older.when)}: {concept_words(older.concept)} {number}."


def _disagree(what: str) -> str:
    """The question on what a paper says otherwise, or on what two records say."""
    name, _, paper = topic(what).partition(": ")
    return (
        f"{sentence(name)}: {paper} says otherwise?"
        if paper in words("papers")
        else f"{sentence(topic(what))}: two versions?"
    )


def _firm(review: Review) -> list[str]:
    """What not to concede: reasons that no criterion of the policy carries, and rows that the chart proves."""
    lines = []
    for reason in review.denial.reasons if review.denial else ():
        about = subject(reason.kind)
        if about.silence and silent(review, reason.kind):
            lines.append(f"That the policy asks for {about.words}: I find no criterion on it.")
    kinds = [reason.kind for reason in review.denial.reasons] if review.denial else []
    spoken = dict.fromkeys(f.id for kind in kinds for f in rows_for(review, kind)[1] if f.status == "not_applicable")
    return lines + [_silence(f) for f in review.label if f.id in spoken and f.shows]


def _silence(finding: Finding) -> str:
    """A row of the label that does not apply, in the words of the caller."""
    own = words("silent")["concede"].get(finding.id) if says_nothing(finding) else None
    return own or f"That the FDA label asks that {tidy(finding.says).rstrip('.')}: {stop(inner(finding.shows))}"


def _open(review: Review) -> list[str]:
    """What not to claim: what the chart shows otherwise, then the open rows."""
    rows = in_order(review)
    otherwise = [f"{_named(f)}: the chart shows otherwise." for f in rows if f.status == "not_met"]
    missing = [
        f"{_named(f)}: {stop(prose(inner(f.shows) or REASON_WORDS.get(f.reason, 'not shown')))}"
        for f in rows
        if f.status == "missing"
    ]
    return otherwise + missing


def _at_most(lines: list[str], most: int) -> list[str]:
    """The first lines; what does not fit on the sheet is counted, and never dropped in silence."""
    rest = len(lines) - most
    return (
        lines if rest <= 0 else [*lines[:most], f"And {number_word(rest)} more: the criteria table has every open row."]
    )


def _named(finding: Finding) -> str:
    return f"{row_words(finding)}, that {tidy(finding.says)}"
