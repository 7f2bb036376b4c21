"""Worked cases of a policy: facts by hand and the answer that a criterion must give, in a file beside the policy.

`2026-04-15.yaml` has them in `2026-04-15.cases.yaml`, so that whoever writes a criterion also writes what proves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

from chartproof.model.chart import Coverage
from chartproof.model.day import DayRange
from chartproof.model.fact import Assertion, Fact, Quantity, Span
from chartproof.model.policy import Policy
from chartproof.model.truth import Status
from chartproof.policy.body import Concept
from chartproof.policy.load import concepts, read_text
from chartproof.policy.marked import (
    Marked,
    bad,
    choice,
    entries,
    flag,
    mapping,
    nearest,
    parse,
    sequence,
    text,
    texts,
    whole,
)

ASSERTIONS: tuple[str, ...] = get_args(Assertion)
STATUSES: tuple[str, ...] = get_args(Status)
#: What may stand in a fact beside its concept.
FACT_KEYS = ("ago", "draft")


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """One patient in a few facts. `rule` is the criterion asked, `expect` the public status that it must have."""

    rule: str
    expect: str
    facts: tuple[Fact, ...]
    coverage: tuple[Coverage, ...]
    line: int
    shows: str = ""


@dataclass(frozen=True, slots=True)
class WorkedCases:
    """`cannot` names statuses that a criterion cannot have in life, although its tree could: rule -> statuses.
    `label` is the indication that stands for the drug's own label, where a criterion asks for it."""

    as_of: date
    cases: tuple[WorkedCase, ...]
    cannot: Mapping[str, tuple[str, ...]]
    file: str
    label: str = ""


def cases_file(policy_file: str) -> Path:
    """Where the worked cases of a policy file stand."""
    return Path(policy_file).with_suffix(".cases.yaml")


def read_cases(policy: Policy) -> WorkedCases | None:
    """The worked cases beside a policy file, None where there is no such file. Raises PolicyError with file and line."""
    path = cases_file(policy.file)
    if not path.is_file():
        return None
    keys = mapping(
        parse(read_text(path), path.name), ("policy", "edition", "label", "as_of", "cases"), ("as_of", "cases")
    )
    as_of = _day(keys["as_of"])
    known = {rule.id for rule in policy.rules}
    cases: list[WorkedCase] = []
    cannot: dict[str, tuple[str, ...]] = {}
    for rule, item in entries(keys["cases"]).items():
        if rule not in known:
            raise bad(item, f"the policy has no criterion '{rule}'", code="CP-POL-03", then=nearest(rule, known))
        for entry in sequence(item):
            one = mapping(entry, ("expect", "facts", "complete", "shows", "cannot", "because"))
            if "cannot" in one:
                cannot[rule] = (*cannot.get(rule, ()), choice(one["cannot"], STATUSES))
            else:
                cases.append(_case(rule, one, entry, as_of))
    return WorkedCases(as_of, tuple(cases), cannot, path.name, texts(keys, "label"))


def _case(rule: str, keys: Mapping[str, Marked], entry: Marked, as_of: date) -> WorkedCase:
    if "expect" not in keys:
        raise bad(entry, "a case says what it expects", code="CP-POL-04", then="Give expect: met, not_met, missing ...")
    facts = tuple(_fact(item, n, as_of) for n, item in enumerate(_list(keys, "facts")))
    complete = tuple(choice(item, concepts()) for item in _list(keys, "complete"))
    coverage = (Coverage(complete, (_quote(entry.line),), DayRange.day(as_of)),) if complete else ()
    shows = text(keys["shows"]) if "shows" in keys else ""
    return WorkedCase(rule, choice(keys["expect"], STATUSES), facts, coverage, entry.line, shows)


def _list(keys: Mapping[str, Marked], key: str) -> list[Marked]:
    return sequence(keys[key]) if key in keys else []


def _fact(item: Marked, n: int, as_of: date) -> Fact:
    """`{ecog: 1, ago: 9}`: a concept with its word, number or assertion, and how many days ago; without `ago`, undated."""
    keys = entries(item)
    names = [key for key in keys if key not in FACT_KEYS]
    known = concepts()
    if len(names) != 1 or names[0] not in known:
        raise bad(item, "a fact names one concept", code="CP-POL-08", then=nearest(names[0] if names else "", known))
    name = names[0]
    assertion, value, quantity = _said(keys[name], known[name])
    when = DayRange.day(as_of - timedelta(days=whole(keys["ago"]))) if "ago" in keys else None
    return Fact(
        id=f"{n:02}",
        concept=name,
        assertion=assertion,
        evidence=(_quote(item.line),),
        value=value,
        quantity=quantity,
        when=when,
        signed=not ("draft" in keys and flag(keys["draft"])),
    )


def _said(item: Marked, concept: Concept) -> tuple[Assertion, str | None, Quantity | None]:
    """What is said of a concept: an assertion, or a value that is asserted as present."""
    word = text(item)
    for assertion in get_args(Assertion):
        if word == assertion:
            return assertion, None, None
    if concept.type == "number":
        try:
            return "present", None, Quantity(float(word), float(word), concept.unit)
        except ValueError as error:
            raise bad(item, f"'{concept.id}' must be a number") from error
    return "present", choice(item, (*concept.values, *ASSERTIONS)), None


def _day(item: Marked) -> date:
    try:
        return date.fromisoformat(text(item))
    except ValueError as error:
        raise bad(item, f"'{item.key}' must be a date such as 2026-05-01") from error


def _quote(line: int) -> Span:
    return Span("case", 1, 0, 4, f"line {line}")
