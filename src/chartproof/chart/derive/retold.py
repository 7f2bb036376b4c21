"""A result that a later paper tells again: history where it stands, whatever it says of the day on which it was measured.

"LVEF 64% on 03/09" in a summary of the end of May is no finding of May. The fact keeps its own day and decides as before;
what a reader is shown is that this paper tells it as past.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from chartproof.chart.view import Reading, Segment
from chartproof.chart.vocabulary import load
from chartproof.model import Fact


def told_again(facts: Iterable[Fact], reading: Reading) -> Iterator[Fact]:
    """The facts; a measurement that is older than the writing of the note which tells it is marked."""
    segments: dict[tuple[str, int], list[Segment]] = {}
    for segment in reading.segments:
        segments.setdefault((segment.page.file, segment.page.number), []).append(segment)
    for fact in facts:
        again = fact.assertion == "present" and fact.concept in measured() and _is_retold(fact, segments)
        yield replace(fact, extra={**fact.extra, "retold": "yes"}) if again else fact


@cache
def measured() -> frozenset[str]:
    return frozenset(load("written.yaml")["retold"]["concepts"])


def _is_retold(fact: Fact, segments: Mapping[tuple[str, int], list[Segment]]) -> bool:
    rules = load("written.yaml")["retold"]
    first = fact.evidence[0] if fact.evidence else None
    if first is None or fact.when is None:
        return False
    own = next((one for one in segments.get((first.file, first.page), ()) if one.start <= first.start < one.end), None)
    if own is None or own.when is None or own.document.kind in rules["not_in"]:
        return False
    return (own.when.first - fact.when.last).days > int(rules["days"])
