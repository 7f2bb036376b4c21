"""Laboratory values and panels: blood counts and chemistry from entries, printed tables and prose."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from chartproof.chart.find.entries import Placed, entries, printed
from chartproof.chart.find.labs.analytes import of_codes
from chartproof.chart.find.labs.days import results_by_day
from chartproof.chart.find.labs.panels import panels
from chartproof.chart.find.labs.prose import prose_results
from chartproof.chart.find.labs.results import Result, as_fact, joined, last_of_day, no_result
from chartproof.chart.find.labs.series import results_in_series
from chartproof.chart.find.labs.tables import table_results
from chartproof.chart.view import Reading
from chartproof.model import Case, Fact


def find(reading: Reading, case: Case) -> list[Fact]:
    """Facts of measured tests, and cbc_panel / metabolic_panel where enough parts were resulted on one day."""
    results = last_of_day(list(all_results(reading, case)))
    facts = [fact for fact in map(as_fact, results) if fact is not None]
    return joined(facts) + panels(reading, results, case.as_of)


def all_results(reading: Reading, case: Case) -> Iterator[Result]:
    """Structured entries first, then tables, then prose: the first of equal facts lends its quote."""
    for placed in entries(reading, "observation"):
        result = entry_result(placed)
        if result is not None:
            yield result
    tables: list[Result] = []
    covered: set[tuple[str, int, int]] = set()
    seen: set[int] = set()
    sentences = printed(reading)
    for sentence in sentences:
        if id(sentence.segment) not in seen:
            seen.add(id(sentence.segment))
            segment = sentence.segment
            for result, lines in chain(results_by_day(segment), results_in_series(segment), table_results(segment)):
                covered.add(lines)
                if result is not None:
                    tables.append(result)
    yield from tables
    yield from prose_results(sentences, covered, case.as_of)


def entry_result(placed: Placed) -> Result | None:
    """The result of an observation entry; one without a value, or not final, is an order without a result."""
    entry = placed.entry
    test = of_codes(entry.codes, entry.label)
    if not test or placed.standing == "void":
        return None
    low, high = entry.low, entry.high
    if isinstance(entry.value, int | float):
        low = high = float(entry.value)
    text = (
        f"{entry.value} {entry.extra.get('note', '')}" if isinstance(entry.value, str) else entry.extra.get("note", "")
    )
    limit = entry.extra.get("reference_high", "")
    void = placed.standing != "final" or bool(text and no_result().search(text) and low is None and high is None)
    if (low is None and high is None) or void:
        if placed.standing == "final" and not void:
            return None
        return Result(test, None, None, "", entry.when, placed.span(), placed.document, "planned", source="entry",
                      note=entry.status or text.strip()[:60])  # fmt: skip
    return Result(
        test, low, high, entry.unit, entry.when, placed.span(), placed.document,
        ceiling=float(limit) if limit.replace(".", "", 1).isdigit() else None,
        source="entry", time=entry.extra.get("time", ""),
    )  # fmt: skip
