"""The law tables of knowledge/law as values. They are data in our own words; citations say where to read the rule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from chartproof.errors import InputError, PolicyError
from chartproof.model import Right


@dataclass(frozen=True, slots=True)
class Clock:
    """One period: `event` starts it, `amount` of `unit` ends it (days, business_days, months, hours, year_ends)."""

    event: str
    unit: str
    amount: int
    presumed_receipt: int = 0
    since: date | None = None
    until: date | None = None
    only_with: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one table; see law.schema.json for what each key means."""

    id: str
    plan_types: tuple[str, ...]
    kind: str
    what: str
    who: str
    says: str
    citation: str
    grade: str
    verified: bool
    pinpoint_verified: bool = True
    clocks: tuple[Clock, ...] = ()
    combine: str = "first"
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    extension_days: int = 0
    extension_rule: str = ""
    if_late: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    counting: Mapping[str, str] = field(default_factory=dict)
    weekend: str = "silent"
    holidays: str = "federal"
    month_end: str = "last_day"
    effective_from: date | None = None
    effective_to: date | None = None


@dataclass(frozen=True, slots=True)
class StartingEvent:
    """What starts a clock for a plan: its name, what it means, and (who acts, what for) of each date that follows."""

    name: str
    means: str
    follows: tuple[tuple[str, str], ...]


_NOT_TABLES = ("plans.yaml", "events.yaml", "ladder.yaml", "notice.yaml")
_UNITS = ("days", "business_days", "months", "hours", "year_ends")


def _folder() -> Traversable:
    return resources.files("chartproof") / "knowledge" / "law"


def _load(name: str) -> Any:
    try:
        return yaml.load(
            (_folder() / name).read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )
    except yaml.YAMLError as error:
        raise PolicyError("CP-LAW-01", "a law table is not valid YAML", where=name) from error


def _clock(row: Mapping[str, Any]) -> Clock:
    unit = next((name for name in _UNITS if name in row), "days")
    return Clock(
        event=row["event"], unit=unit, amount=int(row.get(unit, 0)), presumed_receipt=int(row.get("presumed_receipt", 0)),
        since=row.get("since"), until=row.get("until"), only_with=row.get("only_with", ""), note=row.get("note", ""),
    )  # fmt: skip


def _rule(row: Mapping[str, Any]) -> Rule:
    extension = row.get("extension", {})
    kept = {key: row[key] for key in ("id", "kind", "what", "who", "says", "citation", "grade", "verified")}
    optional = ("pinpoint_verified", "combine", "weekend", "holidays", "month_end", "effective_from", "effective_to")
    kept.update({key: row[key] for key in optional if key in row})
    return Rule(
        **kept,
        plan_types=tuple(row["plan_types"]),
        clocks=tuple(_clock(clock) for clock in row.get("clock", ())),
        when={key: tuple(values) for key, values in row.get("when", {}).items()},
        needs=tuple(row.get("needs", ())),
        counting=row.get("counting", {}),
        extension_days=extension.get("days", 0),
        extension_rule=extension.get("rule", ""),
        if_late=tuple(row.get("if_late", ())),
        also=tuple(row.get("also", ())),
    )


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of every table, in file order. Raises PolicyError where a table breaks the schema."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(json.loads((_folder() / "law.schema.json").read_text(encoding="utf-8")))
    found: list[Rule] = []
    for table in sorted(_folder().iterdir(), key=lambda entry: entry.name):
        if not table.name.endswith(".yaml") or table.name in _NOT_TABLES:
            continue
        rows = _load(table.name)
        for error in validator.iter_errors(rows):
            place = "/".join(str(step) for step in error.absolute_path)
            raise PolicyError(
                "CP-LAW-02", f"a law table breaks its schema: {error.message}", where=f"{table.name} {place}"
            )
        found += [_rule(row) for row in rows["rules"]]
    return tuple(found)


@cache
def rule(rule_id: str) -> Rule:
    """The rule with this id; KeyError for an id that no table has."""
    return {entry.id: entry for entry in rules()}[rule_id]


@cache
def plans() -> Mapping[str, Any]:
    """plans.yaml: the plan types and the tables that each one reaches."""
    kept: Mapping[str, Any] = _load("plans.yaml")
    return kept


@cache
def ladders() -> Mapping[str, Any]:
    """ladder.yaml: the steps that are open after a denial, and their order for each law table."""
    kept: Mapping[str, Any] = _load("ladder.yaml")
    return kept


@cache
def notices() -> Mapping[str, Any]:
    """notice.yaml: the statements that a notice must carry, and the words that show them."""
    kept: Mapping[str, Any] = _load("notice.yaml")
    return kept


@cache
def events() -> Mapping[str, Any]:
    """events.yaml: what starts a clock, and the facts that choose between rules."""
    kept: Mapping[str, Any] = _load("events.yaml")
    return kept


def tables_for(plan_type: str, state: str = "") -> tuple[str, ...]:
    """The law tables that a plan type and state reach. Raises InputError for an unknown plan type."""
    known = plans()["plans"]
    if plan_type not in known:
        raise InputError("CP-LAW-03", f"unknown plan type {plan_type!r}", then=f"Use one of: {', '.join(known)}.")
    entry = known[plan_type]
    return (*entry.get("states", {}).get(state.upper(), ()), *entry["tables"], *plans()["everyone"])


def starting_events(plan_type: str, state: str = "") -> tuple[StartingEvent, ...]:
    """The events that start a clock of this plan, the claimant's first, else in the order of the events table.

    Raises InputError for an unknown plan type.
    """
    tables = set(tables_for(plan_type, state))
    follows: dict[str, dict[tuple[str, str], None]] = {}
    for one in rules():
        if tables.intersection(one.plan_types):
            for clock in one.clocks:
                follows.setdefault(clock.event, {})[one.who, one.what] = None
    table = events()["events"]
    found = [StartingEvent(name, table[name]["means"], tuple(follows[name])) for name in table if name in follows]
    return tuple(sorted(found, key=lambda event: all(who != "claimant" for who, _what in event.follows)))


@cache
def event_names() -> Mapping[str, str]:
    """Every accepted event name, and the name that the tables use."""
    names: dict[str, str] = {}
    for name, entry in events()["events"].items():
        names.update(dict.fromkeys((name, *entry.get("also", ())), name))
    return names


@cache
def fact_names() -> Mapping[str, str]:
    """Every accepted name of a fact (claim, kind, levels, extended, urgent), and the name that the tables use."""
    names: dict[str, str] = {}
    for name, entry in events()["facts"].items():
        names.update(dict.fromkeys((name, *entry.get("also", ())), name))
    return names


def rights_of(plan_type: str, state: str = "", *, on: date) -> tuple[Right, ...]:
    """The rules on notices, rights and coverage that reach this plan on this day, for its letters; dates are deadlines.

    Empty for a plan type that is not known: a letter then names no law.
    """
    if plan_type not in plans()["plans"]:
        return ()
    tables = set(tables_for(plan_type, state))
    return tuple(
        Right(one.id, one.says, one.citation, one.verified and one.pinpoint_verified)
        for one in rules()
        if one.kind in ("right", "notice")
        and tables.intersection(one.plan_types)
        and (one.effective_from is None or one.effective_from <= on)
        and (one.effective_to is None or on <= one.effective_to)
    )
