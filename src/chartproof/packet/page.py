"""review.html: one self-contained page for the people who check the review. Nothing outside of it is loaded."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chartproof.model import Deadline, Finding, Page, Review, Span
from chartproof.model.truth import REASON_WORDS
from chartproof.packet.brief import brief
from chartproof.packet.doubtful import crops, data_uri, doubtful, look_words
from chartproof.packet.exhibits import named
from chartproof.packet.governs import governs_words
from chartproof.packet.ladder import ladder_data
from chartproof.packet.look import (
    FOOTER,
    FOOTER_TO_SIGN,
    STATUS,
    counted,
    counts,
    dated,
    day_of,
    document_at,
    event_words,
    groups,
    in_order,
    marks,
    prose,
    prose_day,
    prose_range,
    sentence,
    step_words,
    stop,
    table_day,
    tidy,
)  # fmt: skip
from chartproof.packet.pictures import page_images
from chartproof.packet.proposed import ADVICE, TITLE, around, proposed_for, reading_words, summary
from chartproof.packet.record import references_to_confirm, searched
from chartproof.packet.subjects import rows_for, title_of
from chartproof.packet.table import drug_name, filing_deadline, measured, passed, patient_name, policy_name
from chartproof.packet.timeline import timeline
from chartproof.packet.typeset import FONTS, TEMPLATES
from chartproof.packet.wording import topic

#: Lines of a file without pages that are shown on either side of a quote.
_AROUND = 6


def review_html(review: Review, *, folder: Path) -> str:
    """The page. `folder` holds the case's files; images are made of the cited pages only, each once."""
    images = page_images(review, _cited(review), folder)
    sheets = {key: f"s{n}" for n, key in enumerate(sorted(images))}
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = (TEMPLATES / "review.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("review.html.j2").render(
        **_data(review, sheets, _looks(review, folder)),
        fonts=_fonts(),
        script=Markup(script),
        script_hash=digest,
        images=[(sheets[key], Markup(uri)) for key, uri in sorted(images.items())],
        looks=STATUS,
        sign=sign,
    )


def sign(status: str) -> Markup:
    """The shape of a status as a drawing, since not every font has it; the word always stands beside it."""
    shapes = {
        "met": '<circle cx="6" cy="6" r="4.6" fill="currentColor"/>',
        "not_met": '<rect x="1.6" y="1.6" width="8.8" height="8.8" fill="currentColor"/>',
        "missing": '<path d="M6 .9 11.1 6 6 11.1 .9 6Z" fill="none" stroke="currentColor" stroke-width="1.5"/>',
        "not_applicable": '<path d="M1.5 6h9" stroke="currentColor" stroke-width="1.8"/>',
    }
    return Markup(f'<svg class="sign" viewBox="0 0 12 12" aria-hidden="true">{shapes[status]}</svg>')


def _cited(review: Review) -> Iterable[Span]:
    for finding in in_order(review):
        yield from finding.evidence
        yield from finding.against
    for conflict in review.chart.conflicts:
        yield from (conflict.a, conflict.b)
    for line in review.chart.lines:
        yield from line.evidence
    for reason in review.denial.reasons if review.denial else ():
        if reason.span:
            yield reason.span
    for proposal in review.proposals.found if review.proposals else ():
        yield proposal.quote


def _looks(review: Review, folder: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What of each row, by layer and id, needs a look: the place, both readings, and its crop."""
    places = {(f.layer, f.id): doubtful(review, f) for f in in_order(review)}
    pictures = crops(review, (place for found in places.values() for place in found), folder)
    return {
        key: [
            {"file": one.file, "page": one.page, "says": one.says, "uri": data_uri(pictures[one])}
            for one in found
            if one in pictures
        ]
        for key, found in places.items()
    }


def _data(
    review: Review, sheets: dict[tuple[str, int], str], looks: dict[tuple[str, str], list[dict[str, Any]]]
) -> dict[str, Any]:
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
                "quotes": [_quote(review, s, sheets) for s in (c.a, c.b)],
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
    everything = _data(review, {}, {(f.layer, f.id): [] for f in in_order(review)})
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
        "evidence": [_quote(review, span, sheets, finding) for span in finding.evidence],
        "against": [_quote(review, span, sheets, finding) for span in finding.against],
        "proposed": [
            {**_quote(review, one.quote, sheets), "around": around(one), "reading": reading_words(one)}
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


def _quote(
    review: Review, span: Span, sheets: dict[tuple[str, int], str], finding: Finding | None = None
) -> dict[str, Any]:
    page = _page(review, span)
    document = document_at(review, span.file, span.page)
    sheet = sheets.get((span.file, span.page))
    boxes = span.boxes or (page.boxes(span.start, span.end) if page else ())
    size = (page.width or 1.0, page.height or 1.0) if page else (1.0, 1.0)
    return {
        "file": span.file,
        "page": span.page,
        "title": named(document) if document else "",
        "unsigned": bool(document and document.signed is False),
        "date": prose_range(dated(review, span, finding.facts if finding else ())),
        "quote": tidy(span.quote),
        "sheet": sheet,
        "ratio": f"{size[0]:.0f} / {size[1]:.0f}",
        "up": _up(boxes[0].top / size[1] * 100) if boxes else 0,
        "boxes": [
            {
                "left": round(box.left / size[0] * 100, 2),
                "top": round(box.top / size[1] * 100, 2),
                "width": round((box.right - box.left) / size[0] * 100, 2),
                "height": round((box.bottom - box.top) / size[1] * 100, 2),
            }
            for box in boxes
        ],
        "excerpt": _excerpt(page, span) if page and sheet is None else None,
        "ocr": bool(page and page.read == "ocr"),
    }


def _up(top: float) -> float:
    """How far (percent of its height) a page is moved up in a strip, so that the quote stands a little below its top."""
    return round(min(max(top - 5.0, 0.0), 84.0), 2)


def _page(review: Review, span: Span) -> Page | None:
    pages = (p for s in review.chart.files if s.name == span.file for p in s.pages)
    return next((page for page in pages if page.number == span.page), None)


def _excerpt(page: Page, span: Span) -> tuple[str, str, str]:
    """The words before the quote, the quote, the words after it: a few lines each."""
    before, after = page.text[: span.start].split("\n"), page.text[span.end :].split("\n")
    return "\n".join(before[-_AROUND - 1 :]), page.text[span.start : span.end], "\n".join(after[: _AROUND + 1])


def _line(review: Review, line: Any, sheets: dict[tuple[str, int], str]) -> dict[str, Any]:
    return {
        "n": line.line,
        "regimen": tidy(line.regimen),
        "drugs": ", ".join(line.drugs),
        "start": str(line.start or ""),
        "end": str(line.end or ""),
        "response": line.best_response or "not stated",
        "stop": line.stop_reason or "not stated",
        "evidence": [_quote(review, span, sheets) for span in line.evidence],
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
            "span": _quote(review, reason.span, sheets) if reason.span else None,
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


def _fonts() -> list[tuple[str, int, Markup]]:
    """(family, weight, base64 of the WOFF2 file) of the fonts that the page carries."""
    files = (
        ("Plex Sans", 400, "Sans-Regular"),
        ("Plex Sans", 600, "Sans-SemiBold"),
        ("Plex Mono", 400, "Mono-Regular"),
    )
    return [
        (family, weight, Markup(base64.b64encode((FONTS / f"IBMPlex{name}.woff2").read_bytes()).decode()))
        for family, weight, name in files
    ]
