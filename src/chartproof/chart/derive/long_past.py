"""A state measured long before the day asked is history to a reader, whatever a policy's own window makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from chartproof.chart.vocabulary import load
from chartproof.model import Fact


def long_past(fact: Fact, asked: date) -> Fact:
    """The fact with `extra["stands"]` where its state has had time to change since; a decision reads its day itself."""
    rule = load("written.yaml")["long_past"]
    if fact.concept not in rule["concepts"] or fact.assertion != "present" or fact.when is None:
        return fact
    if asked - fact.when.last <= timedelta(days=rule["days"]):
        return fact
    return replace(fact, extra={**fact.extra, "stands": "historical"})
