"""What is missing, as a checklist: who is asked for what by when, and what the chart holds instead. For packet.typ.

Nothing here is written as closed. Words of a draft, of another person's page or of a working paper are never quoted.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from chartproof.model import Finding, Review, Span
from chartproof.model.truth import REASON_WORDS
from chartproof.packet.citations import centre_quotes, may_be_sent
from chartproof.packet.look import (
    breakable,
    document_at,
    in_order,
    marks,
    plain_quote,
    sentence,
    stop,
    table_day,
)  # fmt: skip
from chartproof.packet.table import Purpose, needed_by
from chartproof.packet.wording import quoted

#: How many places of the chart a missing row names.
_MOST_SEEN = 3

#: Longer quotes are cut; the chart has all of it.
_LONG = 150

#: Reasons where no fact decides, so that what was passed over is the nearest thing to an answer.
_NOTHING_DECIDES = ("no_evidence", "stale", "unsigned", "date_imprecise", "conflicting")

_CENTRE = "Treating center"


def missing(review: Review, purpose: Purpose) -> list[dict[str, Any]]:
    """One entry for each who is asked, in the order of the table: {"who", "by", "rows"}."""
    by = needed_by(review, purpose)
    groups: dict[str, list[dict[str, Any]]] = {}
    for finding in _open(review):
        groups.setdefault(sentence(finding.ask) or "Not yet assigned", []).append(_row(review, finding))
    standing = _centre_gap(review, purpose)
    if standing:
        groups.setdefault(_CENTRE, []).append(standing)
    return [{"who": who, "by": _by(by), "rows": rows} for who, rows in groups.items()]


def seen(review: Review) -> tuple[Span, ...]:
    """The quotes that the checklist prints, to be looked up again with all others."""
    return tuple(span for finding in _open(review) for span in _places(review, finding) if may_be_sent(review, span))


def _open(review: Review) -> list[Finding]:
    return [finding for finding in in_order(review) if finding.status == "missing"]


def _row(review: Review, finding: Finding) -> dict[str, Any]:
    reason = REASON_WORDS.get(finding.reason, finding.reason)
    return {
        "id": marks(review)[finding.layer, finding.id],
        "says": sentence(finding.says),
        "shows": stop(sentence(finding.shows or reason)),
        "sought": ", ".join(finding.sought),
        "remedy": stop(sentence(finding.remedy)) or stop(f"A signed, dated entry in the chart: {finding.says}"),
        "seen": list(dict.fromkeys(_place(review, span) for span in _places(review, finding))),
    }


def _places(review: Review, finding: Finding) -> tuple[Span, ...]:
    """The places nearest to an answer, one a page; the same words of two documents once."""
    first: dict[tuple[str, int], Span] = {}
    near = finding.against if finding.reason in _NOTHING_DECIDES else ()
    for span in (*finding.evidence, *near):
        document = document_at(review, span.file, span.page)
        if document is None or document.belongs is not False:
            first.setdefault((span.file, span.page), span)
    words = {plain_quote(span.quote).lower(): span for span in reversed(list(first.values()))}
    return tuple(reversed(list(words.values())))[:_MOST_SEEN]


def _place(review: Review, span: Span) -> str:
    """The quote and its page; only the page, and why, where the words are not for sending."""
    where = f"{breakable(span.file)}, p.\u00a0{span.page}"
    if may_be_sent(review, span):
        return f"{quoted(review, span, most=_LONG)} ({where})"
    document = document_at(review, span.file, span.page)
    unsigned = document is not None and document.signed is False
    return f"{where}: {'not signed' if unsigned else 'a working paper of the center'}, not sent"


def _by(day: date | None) -> str:
    return table_day(day) if day else ""


def _centre_gap(review: Review, purpose: Purpose) -> dict[str, Any] | None:
    """A denial that asks for the treating center's standing, where the chart holds nothing on it."""
    reasons = review.denial.reasons if review.denial and purpose != "prior-auth" else ()
    asked = [n for n, reason in enumerate(reasons, 1) if reason.kind == "rems_atc"]
    if not asked or centre_quotes(review):
        return None
    return {
        "id": f"reason {asked[0]}",
        "says": "The treating center's standing, which the notice asks for",
        "shows": "Nothing found in the chart.",
        "sought": "",
        "remedy": "The center's own letter on its accreditation and on the products that it is authorized to give.",
        "seen": [],
    }
