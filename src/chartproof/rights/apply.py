"""One rule of law applied to what happened: its date, the day to act by, and why. No plan type is chosen here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chartproof.model import Deadline
from chartproof.rights import clock as clocks
from chartproof.rights import law

Moment = date | datetime

_UNITS = {"days": "calendar day", "business_days": "business day", "months": "month", "hours": "hour"}


def apply(rule: law.Rule, happened: Mapping[str, Moment], facts: Mapping[str, Any], state: str) -> list[Deadline]:
    """The row of one rule, and a row for each counting rule that moved its date."""
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
    rows = [_row(rule, due, safe, why)]
    rows += [_row(law.rule(other), due, safe, f"{why} {law.rule(other).says}") for other in moved]
    return rows


def _reaches(rule: law.Rule, entry: law.Clock, happened: Mapping[str, Moment]) -> bool:
    if entry.event not in happened or (entry.only_with and entry.only_with not in happened):
        return False
    day = clocks.as_date(happened[entry.event])
    if entry.until and day > entry.until:
        return False
    return not ((rule.effective_from and day < rule.effective_from) or (rule.effective_to and day > rule.effective_to))


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
    unit = _UNITS[entry.unit] + ("" if entry.amount == 1 else "s")
    event = law.events()["events"][entry.event]["means"]
    shown = start.isoformat(sep=" ", timespec="minutes") if isinstance(start, datetime) else start.isoformat()
    parts = [f"{entry.amount} {unit} from {shown}, {event}" if entry.amount else f"{shown}, {event}"]
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
    told = f"{text} {rule.says}"
    if not rule.verified:
        return f"{told} From memory: confirm before relying on it."
    return told if rule.pinpoint_verified else f"{told} Check the paragraph before citing it."


def _row(rule: law.Rule, due: Moment, safe: Moment, why: str) -> Deadline:
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
    )
