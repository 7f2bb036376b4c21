"""The shortest answer to each reason of a denial: what the chart proves in a line, or that no criterion speaks to it."""

from __future__ import annotations

from chartproof.model import DenialReason, Review, Span
from chartproof.packet.citations import centre_quotes, shown, spoken_words
from chartproof.packet.look import marks, number_word, prose, sentence, stop, tidy
from chartproof.packet.subjects import named, rows_for, silent, subject
from chartproof.packet.table import policy_short
from chartproof.packet.wording import quoted, rems_sentence


def brief(review: Review, reason: DenialReason) -> tuple[list[str], tuple[Span, ...]]:
    """Sentences that answer the reason, at most five, and the places that carry them."""
    by_name = named(review, reason)
    policy, label = (by_name, ()) if by_name else rows_for(review, reason.kind)
    if subject(reason.kind).history and review.chart.lines:
        text, spans = history(review)
        return [text], spans
    told = [f for f in (*policy, *label) if f.status in ("met", "not_met")]
    spans = tuple(span for f in told for span in shown(review, f)[:1])
    if reason.kind == "documentation" and not by_name:
        papers = [f for f in review.criteria if f.kind == "documentation" and f.status != "not_applicable"]
        if not papers:
            return ["Ask which document the plan lacks, and why it needs it."], ()
        there = sum(f.status == "met" for f in papers)
        return [f"{there} of {len(papers)} items are in the chart, each with its page."], spans
    still = [f"Still open: {marks(review)[f.layer, f.id]}." for f in (*policy, *label) if f.status == "missing"]
    said = [*(stop(prose(sentence(f.shows or f.says))) for f in told[:2]), *still[:2]]
    return (said, spans) if said else _without_rows(review, reason)


def history(review: Review) -> tuple[str, tuple[Span, ...]]:
    """The lines of therapy in one sentence, and a page for each."""
    lines = review.chart.lines
    names = "; ".join(f"{line.regimen} ({line.stop_reason or 'end not stated'})" for line in lines)
    many = "One line" if len(lines) == 1 else f"{sentence(number_word(len(lines)))} lines"
    return f"{many} of therapy: {names}.", tuple(span for line in lines for span in line.evidence[:1])


def _without_rows(review: Review, reason: DenialReason) -> tuple[list[str], tuple[Span, ...]]:
    """The answer to a reason on which the policy has no row: that, and what the center or the chart itself states."""
    kind, said = reason.kind, spoken_words(review, reason)
    if said and kind != "rems_atc":
        return [quoted(review, span) + "." for span in said[:2]], said[:2]
    firm = "Ask which criterion was applied and which entry of the chart it rests on."
    if silent(review, kind) and subject(kind).silence:
        firm = f"I find no criterion on {subject(kind).words} in {policy_short(review)}."
    quotes = [tidy(span.quote) for span in centre_quotes(review)[:2]]
    if kind != "rems_atc":
        return [firm], ()
    states = f"The center states: “{'” “'.join(quotes)}”" if quotes else "The center's own letter is not in the chart."
    return [*filter(None, (firm, rems_sentence(review.case.product))), states], centre_quotes(review)
