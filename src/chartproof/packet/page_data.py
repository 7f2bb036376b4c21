"""What the review page shows, as plain values for its template: rows, quotes with their place on the sheet, lines, the denial."""

from __future__ import annotations

import re
from typing import Any

from chartproof.model import Deadline, Finding, Review
from chartproof.model.truth import REASON_WORDS
from chartproof.packet.brief import brief
from chartproof.packet.doubtful import look_words
from chartproof.packet.exhibits import named
from chartproof.packet.governs import governs_words
from chartproof.packet.ladder import ladder_data
from chartproof.packet.look import (
    FOOTER,
    FOOTER_TO_SIGN,
    counted,
    counts,
    day_of,
    event_words,
    groups,
    in_order,
    marks,
    prose,
    prose_day,
    sentence,
    step_words,
    stop,
    table_day,
    tidy,
)  # fmt: skip
from chartproof.packet.page_quotes import quote_data
from chartproof.packet.proposed import ADVICE, TITLE, around, proposed_for, reading_words, summary
from chartproof.packet.record import references_to_confirm, searched
from chartproof.packet.subjects import rows_for, title_of
from chartproof.packet.table import drug_name, filing_deadline, measured, passed, patient_name, policy_name
from chartproof.packet.timeline import timeline
from chartproof.packet.wording import topic


def page_data(
    review: Review, sheets: dict[tuple[str, int], str], looks: dict[tuple[str, str], list[dict[str, Any]]]
) -> dict[str, Any]:
    """Everything of the template that is no picture, font or script.

    sheets   file and page -> the name under which the picture of that page is held
    looks    layer and id of a row -> its places that need a look
    """
    due = filing_deadline(review, "appeal") if review.denial else None
    return {
        "title": f"Review: {patient_name(review) or 'patient not named'}",
        "patient": patient_name(review) or "Patient not named",
        "drug": drug_name(review),
        "policy": policy_name(review),
        "as_of": prose_day(review.case.as_of),
        "reference": (review.denial.reference if review.denial else "") or "",
        "governs": governs_words(review),
        "due": due and {"what": event_words(due.what), "safe": prose_day(day_of(due.safe_due))},
        "counts": counts(review.criteria),
        "counted": counted(review.criteria),
        "groups": [
            {"title": title, "rows": [_row(review, f, sheets) | {"looks": looks[f.layer, f.id]} for f in found]}
            for title, found in groups(review)
        ],
        "lines": [_line(review, line, sheets) for line in review.chart.lines],
        "timeline": timeline(review),
        "conflicts": [
            {
                "what": sentence(topic(c.what)),
                "right": stop(sentence(c.right)),
                "quotes": [quote_data(review, s, sheets) for s in (c.a, c.b)],
            }
            for c in review.chart.conflicts
        ],
        "denial": _denial(review, sheets),
        "to_confirm": references_to_confirm(review),
        "deadlines": [
            _due(review, deadline) for deadline in sorted(review.deadlines, key=lambda d: day_of(d.safe_due))
        ],
        "ladder": ladder_data(review),
        "ledger": _ledger(review),
        "proposed": {
            "title": TITLE,
            "advice": ADVICE,
            "summary": summary(review.proposals) if review.proposals else [],
        },
        "footer": FOOTER_TO_SIGN if review.extra.get("signed_by") else FOOTER,
    }


def review_parts(review: Review) -> dict[str, Any]:
    """The parts of the page that need no picture, for a screen that draws pages itself: timeline, lines, conflicts,
    denial, deadlines, and the ledger of what was read."""
    everything = page_data(review, {}, {(f.layer, f.id): [] for f in in_order(review)})
    return {part: everything[part] for part in ("timeline", "lines", "conflicts", "denial", "deadlines", "ledger")}


def _row(review: Review, finding: Finding, sheets: dict[tuple[str, int], str]) -> dict[str, Any]:
    mark = marks(review)[finding.layer, finding.id]
    return {
        "anchor": _anchor(mark),
        "id": mark,
        "name": finding.id.replace("_", " ") if finding.layer == "label" else "",
        "layer": finding.layer,
        "says": sentence(finding.says),
        "status": finding.status,
        "reason": sentence(REASON_WORDS.get(finding.reason, finding.reason)),
        "look": sentence(look_words()["needed"]) if finding.doubted else "",
        "shows": stop(sentence(finding.shows)),
        "numbers": measured(finding) if finding.reason in ("attested", "needs_judgement") else [],
        "valid": prose_day(finding.valid_until) if finding.valid_until else "",
        "remedy": stop(sentence(finding.remedy)) if finding.status == "missing" else "",
        "ask": sentence(finding.ask) if finding.status == "missing" else "",
        "sought": looked_for(review, finding),
        "basis": finding.basis,
        "because": stop(sentence(finding.because)),
        "notes": [stop(sentence(note)) for note in finding.notes],
        "trace": list(map(step_words, finding.trace)),
        "evidence": [quote_data(review, span, sheets, finding) for span in finding.evidence],
        "against": [quote_data(review, span, sheets, finding) for span in finding.against],
        "proposed": [
            {**quote_data(review, one.quote, sheets), "around": around(one), "reading": reading_words(one)}
            for one in proposed_for(review, finding)
        ],
    }


def looked_for(review: Review, finding: Finding) -> str:
    """What was looked for and where, for a missing row; "" for any other."""
    if not finding.sought:
        return ""
    read = searched(review.chart)
    words = ", ".join(finding.sought)
    left = f", {read['set_aside']} set aside" if read["set_aside"] else ""
    left += f", {read['unread']} pages not readable" if read["unread"] else ""
    return sentence(f"{words}: in {read['documents']} documents, {read['pages']} pages{left}.")


def _line(review: Review, line: Any, sheets: dict[tuple[str, int], str]) -> dict[str, Any]:
    return {
        "n": line.line,
        "regimen": tidy(line.regimen),
        "drugs": ", ".join(line.drugs),
        "start": str(line.start or ""),
        "end": str(line.end or ""),
        "response": line.best_response or "not stated",
        "stop": line.stop_reason or "not stated",
        "evidence": [quote_data(review, span, sheets) for span in line.evidence],
    }


def _denial(review: Review, sheets: dict[tuple[str, int], str]) -> dict[str, Any] | None:
    denial = review.denial
    if denial is None:
        return None
    facts = [
        ("Letter", denial.file),
        ("Dated", prose_day(denial.letter_date) if denial.letter_date else "not stated"),
        ("Received", prose_day(denial.received) if denial.received else "not stated"),
        ("Reference", denial.reference or "not stated"),
        ("Payer", denial.payer or "not stated"),
        ("Service", ", ".join(filter(None, [denial.drug_named or denial.service, *denial.service_codes]))),
        ("Diagnosis", ", ".join(denial.diagnosis_codes)),
        ("Policy cited", denial.policy_cited or "none"),
        ("Kind of decision", sentence((denial.decision_type or "not stated").replace("_", "-"))),
        ("Peer-to-peer", denial.peer_to_peer_phone or "no number given"),
    ]
    reasons = [
        {
            "kind": title_of(reason),
            "rows": _speaking(review, reason.kind),
            "quote": tidy(reason.quote),
            "page": reason.page,
            "true": reason.true_of_chart or "",
            "answers": brief(review, reason)[0],
            "span": quote_data(review, reason.span, sheets) if reason.span else None,
        }
        for reason in denial.reasons
    ]
    return {
        "facts": [pair for pair in facts if pair[1]],
        "reasons": reasons,
        "defects": [
            f"{stop(tidy(one.what))} {one.citation}{'' if one.verified else ' (from memory: confirm)'}."
            for one in denial.notice_defects
        ],
    }


def _speaking(review: Review, kind: str) -> list[dict[str, str]]:
    """The rows that answer a reason of this kind."""
    if kind == "documentation":
        found = tuple(f for f in review.criteria if f.kind == "documentation" and f.status in ("missing", "not_met"))
    else:
        policy, label = rows_for(review, kind)
        found = (*policy, *label)
    short = marks(review)
    return [{"anchor": _anchor(short[f.layer, f.id]), "id": short[f.layer, f.id], "status": f.status} for f in found]


def _anchor(mark: str) -> str:
    return "row-" + re.sub(r"[^A-Za-z0-9]+", "-", mark)


def _due(review: Review, deadline: Deadline) -> dict[str, Any]:
    return {
        "passed": passed(review, deadline),
        "what": event_words(deadline.what),
        "due": table_day(deadline.due),
        "safe": table_day(deadline.safe_due),
        "who": deadline.who,
        "citation": deadline.citation,
        "why": stop(sentence(prose(deadline.why))),
    }


def _ledger(review: Review) -> list[dict[str, Any]]:
    """Every file of the folder, read or not, with the documents found in it."""
    words = {"text": "text", "ocr": "by OCR", "structured": "structured data", "unread": "NOT READ"}
    rows = []
    for source in review.chart.files:
        found = [
            {
                "pages": f"p. {d.first}" if d.first == d.last else f"p. {d.first}-{d.last}",
                "title": named(d),
                "date": str(d.when or ""),
                "note": "; ".join(
                    dict.fromkeys(
                        filter(None, [_whose(d.belongs), "unsigned" if d.signed is False else "", d.set_aside, d.note])
                    )
                ),
            }
            for d in review.chart.documents
            if d.file == source.name
        ]
        notes = [f"p. {p.number}: {words[p.read]}{', ' + p.note if p.note else ''}" for p in source.pages
                 if p.note or p.read == "unread"]  # fmt: skip
        rows.append(
            {
                "file": source.name,
                "pages": len(source.pages),
                "read": words[source.read],
                "unread": source.read == "unread",
                "notes": [n for n in (source.note, *notes) if n],
                "documents": found,
            }
        )
    return rows


def _whose(belongs: bool | None) -> str:
    return "another person's: left out" if belongs is False else ""
