"""One rule of law applied to what happened: its date, the day to act by, and why. No plan type is chosen here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from chartproof.model import Deadline
from chartproof.rights import clock as clocks
from chartproof.rights import law

Moment = date | datetime

#: What the row of a rule is called that says what follows when another row's day is missed.
IF_LATE = "if_late"

_UNITS = {"days": "calendar day", "business_days": "business day", "months": "month", "hours": "hour"}


def apply(
    rule: law.Rule, happened: Mapping[str, Moment], facts: Mapping[str, Any], state: str, tables: Collection[str] = ()
) -> list[Deadline]:
    """The row of one rule, and of each that moved its date, sets its threshold, or says what follows past its day.

    `tables` are the plan's law tables: they choose what follows where the plan is late.
    """
    if any(name in facts and facts[name] not in wanted for name, wanted in rule.when.items()):
        return []
    # An extension is shown only when it was taken; other facts that are not known leave the rule in, with an "if".
    if "extended" in rule.when and not facts.get("extended"):
        return []
    if any(event not in happened for event in rule.needs):
        return []
    runs = [(entry, happened[entry.event]) for entry in rule.clocks if _reaches(rule, entry, happened)]
    if not runs:
        return []
    if rule.combine == "first":
        runs = runs[:1]
    ends = [(_end(rule, entry, start, facts, state), entry, start) for entry, start in runs]
    choose = max if rule.combine == "later" else min
    (due, safe, moved), entry, start = choose(ends, key=lambda end: clocks.comparable(end[0][0]))
    why = _why(rule, entry, start, facts, moved)
    late = late_rule(rule, tables)
    beside = [law.rule(other) for other in (*moved, *rule.also)]
    rows = [_row(rule, due, safe, why, late)]
    rows += [_row(other, due, safe, f"{why} {other.says}", late) for other in beside if _in_force(other, due)]
    if late:
        rows.append(replace(_row(late, due, safe, f"Past the day of {rule.id}: {said(late)}", None), what=IF_LATE))
    return rows


def _in_force(rule: law.Rule, moment: Moment) -> bool:
    day = clocks.as_date(moment)
    return not ((rule.effective_from and day < rule.effective_from) or (rule.effective_to and day > rule.effective_to))


def late_rule(rule: law.Rule, tables: Collection[str]) -> law.Rule | None:
    """What follows if the one who is bound misses this rule's time, in these law tables; None where no rule says."""
    named = [law.rule(other) for other in rule.if_late]
    return next((late for late in named if set(late.plan_types).intersection(tables)), None)


def _reaches(rule: law.Rule, entry: law.Clock, happened: Mapping[str, Moment]) -> bool:
    if entry.event not in happened or (entry.only_with and entry.only_with not in happened):
        return False
    day = clocks.as_date(happened[entry.event])
    if (entry.until and day > entry.until) or (entry.since and day < entry.since):
        return False
    return _in_force(rule, day)


def _end(
    rule: law.Rule, entry: law.Clock, start: Moment, facts: Mapping[str, Any], state: str
) -> tuple[Moment, Moment, list[str]]:
    """(due, safe_due, counting rules that moved the date)."""
    which: clocks.HolidaySet = "new_york" if rule.holidays == "new_york" else "federal"
    moved = [rule.extension_rule] if rule.extension_rule and facts.get("extended") else []
    extra = rule.extension_days if facts.get("extended") else 0
    if entry.unit == "hours":
        due, safe = clocks.add_hours(start, entry.amount, state=state)
        if extra:
            due, safe = clocks.add_hours(start, entry.amount + 24 * extra, state=state)
        return due, safe, moved
    day = clocks.add_days(clocks.as_date(start), entry.presumed_receipt)
    if entry.presumed_receipt and "presumed" in rule.counting:
        moved.append(rule.counting["presumed"])
    if entry.unit == "business_days":
        plain = clocks.add_business_days(day, entry.amount, which=which)
    elif entry.unit == "year_ends":
        plain = clocks.year_end(day, entry.amount)
    elif entry.unit == "months":
        plain = clocks.add_months(
            day, entry.amount, month_end="next_day" if rule.month_end == "next_day" else "last_day"
        )
        if clocks.month_is_short(day, entry.amount) and "month_end" in rule.counting:
            moved.append(rule.counting["month_end"])
    else:
        plain = clocks.add_days(day, entry.amount + extra)
    due_day = clocks.roll_forward(plain, which=which) if rule.weekend == "forward" else plain
    if due_day != plain and "weekend" in rule.counting:
        moved.append(rule.counting["weekend"])
    # Only the claimant needs a day to act by; a plan's or reviewer's day is shown as the rule counts it.
    safe_day = clocks.working_day_on_or_before(plain, which=which) if rule.who == "claimant" else due_day
    return due_day, safe_day, moved


def _why(rule: law.Rule, entry: law.Clock, start: Moment, facts: Mapping[str, Any], moved: list[str]) -> str:
    event = law.events()["events"][entry.event]["means"]
    shown = start.isoformat(sep=" ", timespec="minutes") if isinstance(start, datetime) else start.isoformat()
    parts = [f"{period(entry)} from {shown}, {event}" if entry.amount else f"{shown}, {event}"]
    if entry.presumed_receipt:
        parts.append(f"receipt presumed {entry.presumed_receipt} days later")
    if rule.extension_days and facts.get("extended"):
        parts.append(f"extended by {rule.extension_days} days")
    if any(other.endswith(("roll", "weekend")) for other in moved):
        parts.append("moved off a weekend or holiday")
    if entry.note:
        parts.append(entry.note)
    unknown = [
        f"{name} is {' or '.join(str(word) for word in words)}"
        for name, words in rule.when.items()
        if name not in facts
    ]
    text = "; ".join(parts) + (f"; applies if {' and '.join(unknown)}" if unknown else "") + "."
    return f"{text} {said(rule)}"


def period(entry: law.Clock) -> str:
    """The length of a clock in words: "60 calendar days"."""
    if entry.unit == "year_ends":
        return f"31 December, {entry.amount} years"
    return f"{entry.amount} {_UNITS[entry.unit]}{'' if entry.amount == 1 else 's'}"


def said(rule: law.Rule) -> str:
    """The rule in our words, and what to do where it, or its paragraph, was not seen."""
    if not rule.verified:
        return f"{rule.says} From memory: confirm before relying on it."
    return rule.says if rule.pinpoint_verified else f"{rule.says} Check the paragraph before citing it."


def _row(rule: law.Rule, due: Moment, safe: Moment, why: str, late: law.Rule | None) -> Deadline:
    citation = rule.citation if rule.verified else f"{rule.citation} (confirm)"
    return Deadline(
        rule=rule.id,
        what=rule.what,
        due=due,
        safe_due=safe,
        who=rule.who,
        citation=citation,
        why=why,
        verified=rule.verified,
        if_late=said(late) if late else "",
    )
