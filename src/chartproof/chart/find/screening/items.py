"""One screening that is due, by its rule: the newest test against its interval, a test put off, the chart's own due date.

A test whose days may lie outside its interval, or that is told with doubt, shows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chartproof.chart.find.screening.records import Tested
from chartproof.chart.find.screening.rules import later, rules
from chartproof.chart.find.screening.statements import Statement
from chartproof.model import Case, DayRange, Span


@dataclass(frozen=True, slots=True)
class Item:
    """One screening that is due: `state` is done, overdue, deferred or missing."""

    label: str
    state: str
    evidence: tuple[Span, ...] = ()
    when: DayRange | None = None
    note: str = ""
    due: date | None = None


def item_of(
    rule: dict[str, Any], tested: Sequence[Tested], said: Sequence[Statement], case: Case, born: date
) -> Item:  # fmt: skip
    """The newest test of the rule's methods against its interval and the chart's own due date."""
    label = str(rule["label"])
    done = sorted(
        ((until(one, interval(rule, one, born)), one) for one in tested if _counts(rule, one)), key=lambda row: row[0]
    )
    latest = max((until(one, interval(rule, one, born), latest=True) for _, one in done), default=None)
    flagged = flag_of(rule, tested)
    grace = timedelta(days=int(rules()["grace_days"]))
    holding = [one for day, one in done if day + grace >= case.as_of and (one.automatic or not one.overdue)]
    if holding and not (flagged and flags(rule, flagged, holding[-1])):
        return _done(label, holding[-1])
    ended = ended_at_age(rule, tested, age_on(case.as_of, born)) if not flagged else None
    if ended:
        return _done(label, ended)
    put_off = next((one for one in said if one.kind == "deferred" and (not one.sites or rule["id"] in one.sites)), None)
    if put_off:
        return Item(label, "deferred", (put_off.span,), put_off.when)
    if done and not holding:
        day, last = max(done, key=lambda row: row[0])
        if latest and latest + grace >= case.as_of:
            return _unknown(
                label, last, "the day of the last test is not known closely enough to show that it still holds"
            )
        return _overdue(label, last, f"the last test was due again by {day.isoformat()}", day)
    if flagged:
        return _overdue(label, flagged, "overdue by the chart's own words")
    own = [one for one in tested if one.method in rule["methods"] and one.fact.signed]
    # who smoked how much, and whether a scan follows, is the clinician's to say
    spared = next((one for one in own if rule.get("smoking") and one.not_due), None)
    if spared and not done:
        return _done(label, spared)
    stated = next((one for one in said if one.kind == "current" and rule["id"] in one.sites), None)
    if stated:
        return Item(label, "done", (stated.span,), stated.when)
    ahead = next((one for one in own if one.next_only), None)
    if ahead:
        return _done(label, ahead)
    unsure = next((one for one in own if one.unsure and one.fact.assertion == "present"), None)
    if unsure:
        return _unknown(label, unsure, "the last test is told from memory alone")
    named = " or ".join(name.replace("_", " ") for name in rule["methods"])
    return Item(label, "missing", (), None, f"no {named} found")


def _counts(rule: dict[str, Any], one: Tested) -> bool:
    """Whether a test is one of the rule's, was done on a known day and asks for no other."""
    dated = one.fact.assertion == "present" and one.fact.when is not None
    return one.method in rule["methods"] and dated and bool(one.fact.signed) and not one.asks_more and not one.unsure


def _done(label: str, one: Tested) -> Item:
    return Item(label, "done", (one.fact.evidence[0],), one.fact.known)


def _overdue(label: str, one: Tested, why: str, day: date | None = None) -> Item:
    return Item(label, "overdue", (one.fact.evidence[0],), one.fact.known, f"{label}: {why}", day)


def _unknown(label: str, one: Tested, why: str) -> Item:
    return Item(label, "missing", (one.fact.evidence[0],), one.fact.known, f"{label}: {why}")


def ended_at_age(rule: dict[str, Any], tested: Sequence[Tested], age: int) -> Tested | None:
    """At the last age of a screening the signed row by which the chart has ended it: "stopped at 65, adequate negatives"."""
    methods = (*rule["methods"], rule["id"])
    rows = (one for one in tested if one.not_due and one.method in methods and one.fact.signed)
    return next(rows, None) if age >= rule["to_age"] else None


def until(one: Tested, months: int, *, latest: bool = False) -> date:
    """The last day for which the test surely holds (`latest`: may hold): its interval, or earlier where the chart says so.

    What is told as a range of days ("2016", "ten or twelve years ago") surely holds from its first day alone.
    """
    when = one.fact.when
    assert when is not None
    by_rule = later(when.last if latest else when.first, months)
    return min(by_rule, one.due) if one.due and one.due > when.last else by_rule


def interval(rule: dict[str, Any], one: Tested, born: date) -> int:
    """Months for which the test holds; below the age at which a test is advised it counts as the site's first."""
    when, from_age = one.fact.when, rule.get("from_age_of", {}).get(one.method)
    methods: dict[str, int] = rule["methods"]
    if from_age and when and later(born, 12 * int(from_age)) > when.last:
        return int(next(iter(methods.values())))
    return int(methods[one.method])


def flag_of(rule: dict[str, Any], tested: Sequence[Tested]) -> Tested | None:
    """The newest row that calls a test of the rule overdue."""
    rows = [one for one in tested if one.overdue and one.method in (*rule["methods"], rule["id"])]
    return max(rows, key=lambda one: one.fact.known.last if one.fact.known else date.min, default=None)


def flags(rule: dict[str, Any], flagged: Tested, holding: Tested) -> bool:
    """Whether "overdue" is said of what the test that holds has settled: not by a machine's prompt, and not of another
    method ("colonoscopy overdue" beside this year's stool test)."""
    another = flagged.method in rule["methods"] and flagged.method != holding.method
    return not flagged.automatic and not another and later_flag(flagged, holding)


def later_flag(flagged: Tested, holding: Tested) -> bool:
    """Whether the row that says overdue was written after the test was done and not before its record."""
    said, done, known = flagged.fact.known, holding.fact.when, holding.fact.known
    if said is None or done is None:
        return True
    return said.last >= done.last and (known is None or said.last >= known.first)


def outweighs(item: Item, statement: Statement) -> bool:
    """Whether an overdue row was written with or after the statement that all is current, or fell due since."""
    if item.state != "overdue" or statement.when is None:
        return item.state == "overdue"
    if item.when is not None and item.when.last >= statement.when.first:
        return True
    return item.due is not None and item.due > statement.when.last


def age_on(day: date, born: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
