"""The review file: the JSON that other programs read. Its shape is knowledge/schemas/review.schema.json."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from chartproof.model import Chart, DayRange, Document, Fact, Finding, Proposal, Proposals, Quantity, Review, Span
from chartproof.packet.library import to_confirm
from chartproof.packet.table import needed_by

AHEAD = {
    ("place_of_service", "inpatient"),
    ("place_of_service", "outpatient"),
    ("pharmacy_approval", "pending"),
    ("mdt_recommendation", "conditional"),
    ("mdt_recommendation", "deferred"),
    ("organ_function_statement", "conditional"),
}
#: Words that deny what their concept names.
REFUSED = {
    ("pharmacy_approval", "denied"),
    ("organ_function_statement", "inadequate"),
    ("organ_function_statement", "withheld"),
}
#: What a laboratory says of a test that it did not run: none of its result is to come.
NOT_RUN = re.compile(
    r"\b(?:cancel\w*|QNS|quantity not sufficient|insufficient|reject\w*|h(?:a)?emoly[sz]ed|unsuitable|not (?:done|performed|run))\b",
    re.I,
)
#: The one status that a proposal has.
WAITS = "waits for a person"
MARKUP = (".xml", ".json", ".ndjson", ".html", ".htm")


def review_record(
    review: Review, *, denial: dict[str, Any] | None, deadlines: list[dict[str, Any]], ladder: list[dict[str, Any]]
) -> dict[str, Any]:
    """The review as plain values, in a fixed order; the letter, the dates and the ladder come ready from rights."""
    chart = review.chart
    dated = day_of(chart)
    return {
        "policy": {"id": review.policy_id, "edition": review.edition},
        "governs": governs(review),
        "as_of": review.case.as_of.isoformat(),
        "documents": [document(chart, one) for one in chart.documents],
        "searched": searched(chart),
        "criteria": [finding(one, review, dated) for one in review.criteria],
        "label": [finding(one, review, dated) for one in review.label],
        "facts": fact_rows(chart.facts),
        "therapy_lines": [
            {
                "line": line.line,
                "regimen": line.regimen,
                "drugs": list(line.drugs),
                "start": day(line.start),
                "end": day(line.end),
                "best_response": line.best_response,
                "stop_reason": line.stop_reason,
                "evidence": [quote(one) for one in line.evidence],
            }
            for line in chart.lines
        ],
        "conflicts": [
            {"what": one.what, "a": quote(one.a), "b": quote(one.b), "right": one.right} for one in chart.conflicts
        ],
        "denial": denial,
        "deadlines": deadlines,
        "ladder": ladder,
        "notes": review.extra.get("notes", "").splitlines(),
        "to_confirm": references_to_confirm(review),
        **(proposals(review.proposals) if review.proposals else {}),
    }


def governs(review: Review) -> dict[str, Any] | None:
    """Which rule set governs the member's product; `used` says whether it is the one of `criteria`."""
    route = review.route
    if route is None:
        return None
    return {
        "product": route.product,
        "policy": route.policy or None,
        "name": route.governs,
        "used": bool(route.policy) and route.policy == review.policy_id,
        "unless": route.unless,
        "order": list(route.order),
        "not_covered": route.not_covered,
        "ask": list(route.ask),
        "confirm": route.confirm,
        "basis": route.basis,
        "because": route.because,
        "source": route.source,
    }


def references_to_confirm(review: Review) -> list[dict[str, str]]:
    """The references on this case that no letter uses, since nobody has read in the original what `confirm` names."""
    return [
        {"id": one.id, "shows": one.shows, "citation": one.citation, "confirm": "; ".join(one.confirm)}
        for one in to_confirm(review)
    ]


def document(chart: Chart, one: Document) -> dict[str, Any]:
    source = next(file for file in chart.files if file.name == one.file)
    pages = [page for page in source.pages if one.first <= page.number <= one.last]
    reads = [page.read for page in pages] or [source.read]
    notes = [text for text in (one.note, *(f"p. {page.number}: {page.note}" for page in pages if page.note)) if text]
    if not pages and source.note:
        notes.append(source.note)
    return {
        "file": one.file,
        "pages": f"{one.first}-{one.last}" if one.last > one.first else str(one.first),
        "kind": one.kind,
        "date": day(one.when),
        "patient_matches": one.belongs,
        "signed": one.signed,
        "set_aside": one.set_aside,
        "read": "unread" if "unread" in reads else "ocr" if "ocr" in reads else reads[0],
        "note": "; ".join(notes),
    }


def searched(chart: Chart) -> dict[str, int]:
    """How much was searched for the patient's state; `documents` says of each why it was set aside."""
    own = [one for one in chart.documents if not one.set_aside]
    unread = {(page.file, page.number) for file in chart.files for page in file.pages if page.read == "unread"}
    pages = {(one.file, number) for one in own for number in range(one.first, one.last + 1)} - unread
    return {
        "documents": len(own),
        "pages": len(pages),
        "set_aside": len(chart.documents) - len(own),
        "unread": len(unread),
    }


def finding(one: Finding, review: Review, dated: Callable[[Span], str | None]) -> dict[str, Any]:
    by = needed_by(review, "appeal" if review.denial else "prior-auth") if one.status == "missing" else None
    return {
        "id": one.id,
        "kind": one.kind,
        "status": one.status,
        "reason": one.reason,
        "says": one.says,
        "shows": one.shows,
        "sought": list(one.sought),
        "remedy": one.remedy,
        "ask": one.ask,
        "needed_by": by.isoformat() if by else None,
        "valid_until": one.valid_until.isoformat() if one.valid_until else None,
        "basis": one.basis,
        "because": one.because,
        "evidence": [{**quote(span), "date": dated(span)} for span in one.evidence],
        "against": [{**quote(span), "date": dated(span)} for span in one.against],
        "notes": list(one.notes),
        "trace": list(one.trace),
    }


def proposals(asked: Proposals) -> dict[str, Any]:
    """What came of asking a model; these keys are there only where one was asked."""
    return {
        "proposals": [proposal(one) for one in asked.found],
        "proposals_dropped": dict(asked.dropped),
        "proposals_model": asked.model,
        "proposals_stopped": asked.stopped,
    }


def proposal(one: Proposal) -> dict[str, Any]:
    return {
        "layer": one.layer,
        "row": one.row,
        "concept": one.concept,
        **quote(one.quote),
        "sentence": tidy(one.sentence.quote),
        "date": day(one.when),
        "parsed": [fact(found) for found in one.read],
        "status": WAITS,
    }


def fact_rows(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """A row for each fact, and one more, with the same id, for each further quote that says the same."""
    rows: list[dict[str, Any]] = []
    for one in facts:
        rows.append(fact(one))
        for other in one.evidence[1:]:
            rows.append({**fact(one), **quote(other)})
    return rows


def fact(one: Fact) -> dict[str, Any]:
    first = one.evidence[0] if one.evidence else None
    return {
        "id": one.id,
        "concept": one.concept,
        "value": amount(one.quantity) if one.quantity else one.extra.get("words", one.value),
        "unit": (one.quantity.unit or None) if one.quantity else None,
        "date": day(one.when),
        "assertion": stands(one),
        "signed": one.signed,
        "file": first.file if first else None,
        "page": first.page if first else None,
        "quote": literal(first) if first else None,
        "note": one.note,
        "doubt": one.doubt,
    }


def stands(one: Fact) -> str:
    """How the quote tells it to a reader; to the policy a decision that refuses is a fact like another."""
    told = "planned" if ahead(one) else "absent" if refused(one) else one.assertion
    return "absent" if told == "planned" and one.value is None and NOT_RUN.search(one.note) else told


def ahead(one: Fact) -> bool:
    """Whether the statement, made now and so a fact to the policy, is about what is still to come or not yet settled."""
    return one.assertion == "present" and (one.concept, one.value) in AHEAD


def refused(one: Fact) -> bool:
    """Whether the statement, a fact to the policy, denies what its concept names: an approval, organs that suffice."""
    return one.assertion == "present" and (one.concept, one.value) in REFUSED


def quote(span: Span) -> dict[str, Any]:
    return {"file": span.file, "page": span.page, "quote": literal(span)}


def literal(span: Span) -> str:
    """The quote as another program can find it in the file. Cells of markup stand in elements of their own: there
    the longest cell is quoted, since the row as we print it is nowhere in the file."""
    words = tidy(span.quote)
    if not span.file.lower().endswith(MARKUP):
        return words
    return max(words.split(" | "), key=len)


def day_of(chart: Chart) -> Callable[[Span], str | None]:
    """Tells the day of the fact that a span carries, else of its document."""
    facts: dict[tuple[str, int, int], DayRange] = {}
    for one in chart.facts:
        if one.when:
            for span in one.evidence:
                facts.setdefault((span.file, span.page, span.start), one.when)
    pages: dict[tuple[str, int], DayRange | None] = {}
    for paper in chart.documents:
        for number in range(paper.first, paper.last + 1):
            pages.setdefault((paper.file, number), paper.when)
    return lambda span: day(facts.get((span.file, span.page, span.start)) or pages.get((span.file, span.page)))


def amount(quantity: Quantity) -> float | int | str | None:
    low, high = quantity.low, quantity.high
    if low is None and high is None:
        return None
    if low is None:
        return f"<{whole(high)}"
    if high is None:
        return f">{whole(low)}"
    return whole(low) if low == high else f"{whole(low)}-{whole(high)}"


def whole(number: float | None) -> float | int | None:
    return int(number) if number is not None and float(number).is_integer() else number


def day(when: DayRange | None) -> str | None:
    return str(when) if when else None


def tidy(text: str) -> str:
    return " ".join(text.split())
