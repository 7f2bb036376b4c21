"""The criteria table, the cover block and the treatment history: data for packet.typ."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Literal

from chartproof.model import Deadline, Finding, Review
from chartproof.model.judgement import judged_note
from chartproof.model.truth import REASON_WORDS
from chartproof.packet.citations import may_be_sent, shown
from chartproof.packet.exhibits import Book, Place
from chartproof.packet.governs import governs_words
from chartproof.packet.look import (
    STATUS_ORDER,
    counted,
    counts,
    day_of,
    event_words,
    groups,
    in_order,
    marks,
    policy_number,
    prose,
    prose_day,
    sentence,
    stop,
    table_day,
    tidy,
    unconfirmed,
)  # fmt: skip
from chartproof.packet.wording import amount, concept_words, quoted

Purpose = Literal["appeal", "prior-auth", "external-review"]
PURPOSES: tuple[Purpose, ...] = ("appeal", "prior-auth", "external-review")

TITLES = {
    "appeal": "Appeal of an adverse determination",
    "prior-auth": "Request for prior authorization",
    "external-review": "Request for external review",
}

_ASKS = {
    "appeal": "Reversal of the denial and approval of",
    "prior-auth": "Approval of",
    "external-review": "Independent review and reversal of the denial of",
}

#: What the law tables call the filing of each kind of package, the most usual first. Faster roads are shown beside it.
_FILINGS = {
    "appeal": (
        "internal_appeal",
        "appeal",
        "redetermination",
        "reconsideration",
        "second_level_appeal",
        "expedited_appeal",
    ),
    "external-review": ("external_review", "fair_hearing", "hearing", "opm_review", "expedited_external"),
}

#: The drug or service where nothing names it.
UNNAMED = "the requested service"

#: Notes longer than this are printed after the tables.
_LONG_NOTE = 130

#: Quotes longer than this are cut in the table; the exhibit shows all of it.
_LONG = 190

#: Who acts on a deadline when it is ours to keep.
_OURS = ("claimant", "member", "patient", "provider", "physician", "appellant", "enrollee", "you")


def drug_name(review: Review) -> str:
    """The drug, or the service, as the case or the denial names it."""
    denial = review.denial.drug_named if review.denial else None
    service = review.denial.service if review.denial else None
    return review.case.drug or denial or review.case.product or service or UNNAMED


def patient_name(review: Review) -> str:
    """The patient as the case or, where it does not say, the denial names them; empty where neither does."""
    return review.case.patient.name or (review.denial.member_name if review.denial else "") or ""


def policy_name(review: Review) -> str:
    """The policy's title and edition, in words."""
    if not review.criteria:
        return "no policy"
    number, title = policy_number(review), review.policy_title
    name = title if number and number in title else ", ".join(filter(None, [f"medical policy {number}", title]))
    edition = prose(review.edition)
    return f"{name}, edition of {edition}" if edition else name


def policy_short(review: Review) -> str:
    """The policy by its number, for a second mention."""
    return f"medical policy {policy_number(review)}"


def ours(deadlines: tuple[Deadline, ...]) -> tuple[Deadline, ...]:
    """The deadlines that the patient's side must keep, soonest first."""
    kept = [d for d in deadlines if any(word in d.who.lower() for word in _OURS)]
    return tuple(sorted(kept, key=lambda d: day_of(d.safe_due)))


def filing_deadline(review: Review, purpose: Purpose) -> Deadline | None:
    """The date by which this package must be filed: the first of our deadlines that speaks of this venue."""
    if purpose == "prior-auth":
        return None
    wanted = _FILINGS[purpose]
    mine = [d for d in ours(review.deadlines) if d.what.lower().replace(" ", "_") in wanted]
    return min(mine, key=lambda d: wanted.index(d.what.lower().replace(" ", "_")), default=None)


def cover(review: Review, purpose: Purpose, *, draft: bool) -> dict[str, Any]:
    """The block above the table: what is asked, for whom, under which edition, as of when, and the counts."""
    denial, patient = review.denial, review.case.patient
    codes = denial.service_codes if denial else ()
    due = filing_deadline(review, purpose)
    number = counts(review.criteria)
    facts = [
        ("Patient", patient_name(review) or "not stated"),
        ("Date of birth", table_day(patient.born)),
        ("Medical record", patient.mrn),
        ("Member ID", patient.member_id or (denial.member_id if denial else "") or ""),
        ("Group", patient.group_number or (denial.group_number if denial else "") or ""),
        ("Plan", review.case.payer or (denial.payer if denial else "") or ""),
        ("Case reference", (denial.reference if denial else "") or ""),
        ("Denial dated", table_day(denial.letter_date) if denial else _no_denial(purpose)),
        ("Received", table_day((denial.received if denial else None) or review.case.received)),
        ("Chart read as of", table_day(review.case.as_of)),
    ]
    wide = [
        ("Asked for", ", ".join([drug_name(review), *codes])),
        ("Policy", sentence(policy_name(review)) if review.criteria else "none was given"),
        *([("Governs", " ".join(governs_words(review)))] if review.route else []),
        *([("Audit chain", head)] if (head := review.extra.get("audit_head", "")) else []),
    ]
    short = marks(review)
    return {
        "title": TITLES[purpose],
        "facts": [list(pair) for pair in facts if pair[1]],
        "wide": [list(pair) for pair in wide],
        "open": [
            {
                "status": status,
                "ids": [f.id for f in in_order(review) if f.status == status and f.layer == "policy"],
                "label": [short[f.layer, f.id] for f in review.label if f.status == status],
            }
            for status in ("missing", "not_met")
        ],
        "counts": [{"status": status, "n": number[status]} for status in STATUS_ORDER],
        "summary": _summary(review, purpose),
        "deadline": _deadline(review, due) if due else None,
        "dates": [
            _deadline(review, other) for other in ours(review.deadlines) if other != due and not passed(review, other)
        ][:4],
        "draft": draft,
    }


def passed(review: Review, due: Deadline) -> bool:
    """Whether the day to act by lies before the day for which the chart is read."""
    return day_of(due.safe_due) < review.case.as_of


def _no_denial(purpose: Purpose) -> str:
    return "" if purpose == "prior-auth" else "no denial letter was read"


def _summary(review: Review, purpose: Purpose) -> str:
    patient = patient_name(review) or "the patient"
    label = f" Of the {len(review.label)} rows of the FDA label: {counted(review.label)}." if review.label else ""
    asked = f"{_ASKS[purpose]} {drug_name(review)} is asked for {patient}"
    if not review.criteria:
        return f"{asked}. No policy was given, so that the chart was held against no criterion.{label}"
    return (
        f"{asked} under {policy_name(review)}. "
        f"As of {prose_day(review.case.as_of)} the chart answers the policy's {len(review.criteria)} criteria so: "
        f"{counted(review.criteria)}.{label} Each met row below names the page that proves it."
    )


def _deadline(review: Review, due: Deadline) -> dict[str, Any]:
    return {
        "what": event_words(due.what),
        "due": table_day(due.due),
        "safe": table_day(due.safe_due),
        "passed": passed(review, due),
        "citation": due.citation,
        "why": _first_sentence(due.why),
    }


def _first_sentence(why: str) -> str:
    """The first sentence of a deadline's reason, for the cover; the calendar holds all of it."""
    return re.split(r"(?<=[a-z0-9)])\.\s", tidy(why), maxsplit=1)[0].rstrip(".")


def table(review: Review, book: Book, purpose: Purpose) -> list[dict[str, Any]]:
    """The groups of rows of the criteria table, in reading order."""
    by = needed_by(review, purpose)
    return [
        {"title": title, "label": found[0].layer == "label", "rows": [_row(review, f, book, by) for f in found]}
        for title, found in groups(review)
    ]


def needed_by(review: Review, purpose: Purpose) -> date | None:
    """The day by which what is missing is needed: the filing date or the planned apheresis, whichever is first.

    A day before the chart was read asks for nothing and is not used.
    """
    due = filing_deadline(review, purpose)
    days = [day for day in (day_of(due.safe_due) if due else None, review.case.apheresis_planned) if day]
    return min((day for day in days if day >= review.case.as_of), default=None)


def number_notes(groups_of_rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Moves long notes out of the rows into a numbered list after the tables; short ones stay. Changes the rows."""
    numbers: dict[str, int] = {}
    for group in groups_of_rows:
        for row in group["rows"]:
            if len(row["note"]) > _LONG_NOTE:
                n = numbers.setdefault(row["note"], len(numbers) + 1)
                row["note"] = f"Our {row['kind']}, not the payer's words: note {n} after the tables."
    return [{"n": n, "text": _plain_note(text)} for text, n in numbers.items()]


def _plain_note(text: str) -> str:
    kind, _, because = text.partition(", not the payer's words: ")
    return sentence(f"{kind.removeprefix('Our ')}: {because.replace('.;', ';')}")


def _row(review: Review, finding: Finding, book: Book, by: date | None) -> dict[str, Any]:
    spans = shown(review, finding)
    where = list(dict.fromkeys(place for span in spans if (place := book.place(span))))
    return {
        "id": marks(review)[finding.layer, finding.id],
        "name": finding.id.replace("_", " ") if finding.layer == "label" else "",
        "says": sentence(finding.says),
        "status": finding.status,
        "shows": _held(sentence(finding.shows or REASON_WORDS.get(finding.reason, ""))),
        "quote": quoted(review, spans[0], most=_LONG) if spans else "",
        "numbers": measured(finding) if finding.reason in ("attested", "needs_judgement") else [],
        "where": _where(where),
        "valid": table_day(finding.valid_until),
        "remedy": stop(sentence(finding.remedy)) if finding.status == "missing" else "",
        "ask": who_by(finding, by) if finding.status == "missing" else "",
        "judged": prose(judged_note(finding.notes)),
        "note": _note(finding),
        "confirm": " ".join(unconfirmed(review, finding)),
        "kind": finding.basis,
    }


_AGE = re.compile(r"\b(\d+) (days? before)")


def _held(text: str) -> str:
    """'13 days before' on one line, and no break within a day."""
    return _AGE.sub(lambda match: f"{match[1]}\u00a0{match[2]}".replace(" ", "\u00a0"), text)


def _where(places: list[Place]) -> list[dict[str, Any]]:
    """One entry an exhibit, with a link for each of its pages: Exhibit C, p. 1, 2."""
    by_letter: dict[str, list[Place]] = {}
    for place in places:
        by_letter.setdefault(place.letter, []).append(place)
    return [
        {
            "letter": letter,
            "pages": [
                {"text": str(place.page), "link": place.link} for place in sorted(found, key=lambda place: place.page)
            ],
        }
        for letter, found in by_letter.items()
    ]


def _page(place: Place) -> int:
    return place.page


def measured(finding: Finding) -> list[str]:
    """The measured values that stand beside a clinician's statement."""
    found = []
    for fact in finding.facts:
        if fact.quantity is not None:
            day = f" ({fact.when})" if fact.when else ""
            found.append(f"{concept_words(fact.concept)} {amount(fact.quantity)}{day}")
    return list(dict.fromkeys(found))


def who_by(finding: Finding, by: date | None) -> str:
    who = sentence(finding.ask) if finding.ask else "Not yet assigned"
    return f"{who}, by {table_day(by)}" if by else who


def _note(finding: Finding) -> str:
    if finding.basis not in ("convention", "interpretation"):
        return ""
    because = f": {finding.because}" if finding.because else ""
    return stop(f"Our {finding.basis}, not the payer's words{because}")


def treatment(review: Review, book: Book) -> list[dict[str, Any]]:
    """The lines of therapy as the records give them, with the pages that say so."""
    rows = []
    for line in review.chart.lines:
        found = {place for s in line.evidence if may_be_sent(review, s) and (place := book.place(s))}
        rows.append(
            {
                "n": line.line,
                "regimen": tidy(line.regimen),
                "drugs": ", ".join(line.drugs),
                "start": str(line.start or ""),
                "end": str(line.end or ""),
                "response": line.best_response or "not stated",
                "stop": line.stop_reason or "not stated",
                "where": _where(sorted(found, key=lambda place: place.order)),
            }
        )
    return rows
