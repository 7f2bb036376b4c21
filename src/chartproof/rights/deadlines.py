"""Plan type, state and what happened in; every date that follows out, each with its rule, citation and reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chartproof.errors import InputError
from chartproof.model import Deadline
from chartproof.rights import clock as clocks
from chartproof.rights import law

Moment = date | datetime
Given = Mapping[str, Any]

_UNITS = {"days": "calendar day", "business_days": "business day", "months": "month", "hours": "hour"}


def parse_given(pairs: list[str] | tuple[str, ...]) -> dict[str, Any]:
    """EVENT=DATE pairs as typed. DATE is ISO, with a time and zone where hours count; facts are given the same way.

    Raises InputError for a word that is not an event or fact, or a date that cannot be read.
    """
    given: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not value.strip():
            raise InputError(
                "CP-DATE-01", f"cannot read {pair!r}", then="Write EVENT=DATE, e.g. denial_received=2026-03-14."
            )
        given[name.strip()] = _value(name.strip(), value.strip())
    return given


def _value(name: str, text: str) -> Any:
    if name in law.events()["facts"]:
        return _fact(name, text)
    _event(name)
    if text.lower() in ("none", "null", "unknown"):
        return None
    try:
        return datetime.fromisoformat(text) if "T" in text or " " in text else date.fromisoformat(text)
    except ValueError:
        raise InputError(
            "CP-DATE-02", f"{name}: {text!r} is not a date", then="Write 2026-03-14 or 2026-03-14T09:00:00-04:00."
        ) from None


def _event(name: str) -> str:
    names = law.event_names()
    if name not in names:
        known = ", ".join([*law.events()["events"], *law.events()["facts"]])
        raise InputError("CP-DATE-03", f"unknown event {name!r}", then=f"Known: {known}.")
    return names[name]


def _fact(name: str, value: Any) -> Any:
    entry = law.events()["facts"][name]
    word = {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower(), value)
    if isinstance(word, str) and word.isdigit():
        word = int(word)
    word = entry.get("same", {}).get(word, word)
    if word not in entry["values"]:
        known = ", ".join(str(choice).lower() for choice in entry["values"])
        raise InputError("CP-DATE-04", f"{name}: {value!r} is not known", then=f"Use one of: {known}.")
    return word


def _sorted_given(given: Given, item: str) -> tuple[dict[str, Moment], dict[str, Any]]:
    happened: dict[str, Moment] = {}
    facts: dict[str, Any] = {"kind": _fact("kind", item)} if item else {}
    for name, value in given.items():
        if value is None:
            continue
        if name in law.events()["facts"]:
            facts[name] = _fact(name, value)
            continue
        if isinstance(value, str):
            value = _value(name, value)
        happened[_event(name)] = value
    return happened, facts


def deadlines(*, plan_type: str, state: str = "", given: Given, item: str = "") -> tuple[Deadline, ...]:
    """Every rule of the plan's law tables whose clock has started, in date order.

    `given` maps events of knowledge/law/events.yaml to a day, a moment (where hours count) or None (not known), and
    facts (claim, kind, levels, extended) to their value. `item` is `service`, `drug` or empty: where it decides and is
    empty, both rules are shown and say so. Raises InputError for an unknown plan type, event or value.
    """
    happened, facts = _sorted_given(given, item)
    tables = set(law.tables_for(plan_type, state))
    found: list[Deadline] = []
    for rule in law.rules():
        if rule.kind == "deadline" and tables.intersection(rule.plan_types):
            found += _apply(rule, happened, facts, state)
    return tuple(sorted(found, key=lambda row: (clocks.comparable(row.due), row.rule)))


def _apply(rule: law.Rule, happened: Mapping[str, Moment], facts: Mapping[str, Any], state: str) -> list[Deadline]:
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
    return f"{text} {rule.says}" + ("" if rule.verified else " From memory: confirm before relying on it.")


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
