"""A person's judgements laid over a chart and its rows: facts added or set aside before, statuses given after.

The latest judgement of a row or fact stands. Nothing that was read is changed: a row that a person decided says so, says
who and why, and says what the program had found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chartproof.errors import InputError
from chartproof.model.chart import Chart
from chartproof.model.finding import Finding
from chartproof.model.judgement import JUDGED, Judgement
from chartproof.model.truth import REASON_WORDS

#: How a status is said of a row by name; the same words as SEMANTICS.md.
SAID = {"met": "met", "not_met": "not met", "missing": "missing", "not_applicable": "not applicable"}


def chart_as_judged(chart: Chart, judgements: Iterable[Judgement]) -> Chart:
    """The chart with the facts that people added and without those they rejected.

    Raises InputError CP-JUDGE-01 for a rejected fact that the chart does not hold, CP-JUDGE-02 for an added fact whose
    quote is not on its page.
    """
    facts = {fact.id: fact for fact in chart.facts}
    for one in judgements:
        if one.kind == "add" and one.fact is not None:
            _check_quoted(one, chart)
            facts[one.fact.id] = one.fact
        elif one.kind == "reject":
            if one.fact_id not in facts:
                raise InputError(
                    "CP-JUDGE-01", "the review holds no such fact", where=f"judgement {one.id}",
                    then="Open the case again: its files were read anew since.",
                )  # fmt: skip
            del facts[one.fact_id]
    return replace(chart, facts=tuple(facts.values()))


def _check_quoted(one: Judgement, chart: Chart) -> None:
    """A fact that a person adds has its quote on a page of the chart, as every fact has."""
    pages = {(page.file, page.number): page for file in chart.files for page in file.pages}
    spans = one.fact.evidence if one.fact else ()
    for span in spans:
        page = pages.get((span.file, span.page))
        if page is None or not span.quote or page.text[span.start : span.end] != span.quote:
            raise InputError(
                "CP-JUDGE-02", "the quote of the added fact is not on its page", where=f"{span.file}, page {span.page}",
                then="Select the words on the page again.",
            )  # fmt: skip
    if not spans:
        raise InputError(
            "CP-JUDGE-02", "an added fact needs a quote on a page", where=f"judgement {one.id}",
            then="Select the words on the page that say it.",
        )  # fmt: skip


def rows_as_judged(rows: Sequence[Finding], judgements: Iterable[Judgement]) -> tuple[Finding, ...]:
    """The rows with the statuses that people gave them; the latest override or acceptance of a row stands."""
    latest = {(one.layer, one.criterion): one for one in judgements if one.kind in ("accept", "override")}
    return tuple(_judged(row, latest.get((row.layer, row.id))) for row in rows)


def _judged(row: Finding, one: Judgement | None) -> Finding:
    if one is None:
        return row
    who = f"{one.by}, {one.on.isoformat()}"
    if one.kind == "accept" or one.status is None:
        return replace(row, trace=(*row.trace, f"{row.id}: looked at and left so by {who}"))
    found = f"the reading alone gave {SAID[row.status]} ({REASON_WORDS[row.reason]})"
    spans = (one.span,) if one.span else ()
    open_row = one.status in ("missing", "not_met")
    return replace(
        row,
        status=one.status,
        reason=_reason(one),
        shows=f"judged {SAID[one.status]} by {one.by} on {one.on.isoformat()}: {one.reason}",
        evidence=spans or (row.evidence if one.status == row.status else ()),
        against=row.against if one.status == row.status else tuple(dict.fromkeys((*row.evidence, *row.against))),
        facts=row.facts if one.status == row.status else (),
        sought=row.sought if one.status == "missing" else (),
        remedy=row.remedy if open_row else "",
        ask=row.ask if open_row else "",
        valid_until=row.valid_until if one.status == row.status else None,
        notes=(*row.notes, f"{JUDGED} {who}; {found}."),
        trace=(*row.trace, f"{row.id}: {one.status} (attested by {who}); {found}"),
    )


def _reason(one: Judgement) -> str:
    """An attested status, but where a person says that the chart is silent or that the row does not apply."""
    return {"missing": "needs_judgement", "not_applicable": "not_applicable"}.get(one.status or "", "attested")
