"""Forms of results in dictated prose beside "name value": pairs, ranges, the value first, what it was before.

"BUN and creatinine are 27 and 1.9", "312,000 platelets", "1.7, which was down from 2.3", "near her baseline of 2". The
words are data (knowledge/vocabulary/labs.yaml, `prose`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from chartproof.chart.find.labs.analytes import NUMBER, UNIT, Named, number
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression

_UNIT = rf"(?:\s?(?:{UNIT.pattern}))?"
#: Two values for two names: "27 and 1.9 mg/dL".
PAIR = re.compile(
    rf"(?P<one>{NUMBER}){_UNIT},?\s*(?:and|&)\s*(?P<two>{NUMBER})(?![\w]|[/:.]\d)(?P<unit>{_UNIT})", re.IGNORECASE
)
AND = re.compile(r"\s*(?:and|&)\s*(?:the\s+|his\s+|her\s+)?", re.IGNORECASE)
#: An interval in words, in the groups of lab_prose.VALUE.
BETWEEN = re.compile(
    rf"(?P<sign>(?!))?(?:between|from)\s(?P<low>{NUMBER})\s(?:and|to)\s(?P<high>{NUMBER})(?P<slash>)(?![\w]|[/:.]\d)",
    re.IGNORECASE,
)
VALUE_FIRST = re.compile(r"(?<![\w.,/])(?P<value>\d{1,3},\d{3}|\d{4,6})\s+$")


@dataclass(frozen=True, slots=True)
class Told:
    """A value that the words give to a test: characters [start, end), and whether it is of an earlier time."""

    test: str
    value: float
    start: int
    end: int
    unit: str = ""
    earlier: bool = False


@cache
def words(name: str) -> Expression:
    """One pattern for a list of labs.yaml's `prose`."""
    return Expression("|".join(f"(?:{part})" for part in load("labs.yaml")["prose"][name]), re.IGNORECASE)


@cache
def joint_names() -> tuple[tuple[Expression, tuple[str, str]], ...]:
    rules = load("labs.yaml")["prose"]["joint_names"]
    return tuple(
        (Expression(rf"(?<![\w/])(?:{name})(?!\w)", re.IGNORECASE), (one, two)) for name, (one, two) in rules.items()
    )


@cache
def shorthand_forms() -> tuple[tuple[Expression, tuple[str, ...]], ...]:
    rules = load("labs.yaml")["prose"]["shorthand"]
    return tuple((Expression(rule["form"], re.IGNORECASE), tuple(rule["tests"])) for rule in rules)


def shorthand(text: str) -> Iterator[Told]:
    """ "BMP 139/3.9/104/24/16/0.8", "5.1>10.0/30.4<167": panels jotted down by the place of their values."""
    for pattern, tests in shorthand_forms():
        for match in pattern.finditer(text):
            for test, value in zip(tests, match.groups(), strict=True):
                if value is not None:
                    yield Told(test, number(value), *match.span())


def told(text: str, named: list[Named], link: re.Pattern[str]) -> Iterator[Told]:
    """Every value in these forms. `link` is what may stand between a name and its value."""
    yield from pairs(text, named, link)
    yield from joined(text, link)
    yield from shorthand(text)
    for index, name in enumerate(named):
        first = VALUE_FIRST.search(text[: name.start])
        if first and name.test == "platelets" and not (index and named[index - 1].end > first.start()):
            yield Told(name.test, number(first["value"]), first.start("value"), name.end)


def pairs(text: str, named: list[Named], link: re.Pattern[str]) -> Iterator[Told]:
    """ "BUN and creatinine are of 27 and 1.9": the first value is the first name's."""
    for one, two in pairwise(named):
        if AND.fullmatch(text[one.end : two.start]) and (values := pair_after(text, two.end, link)):
            for test, group in ((one.test, "one"), (two.test, "two")):
                yield Told(test, number(values[group]), one.start, values.end(), values["unit"].strip())


def joined(text: str, link: re.Pattern[str]) -> Iterator[Told]:
    """ "T and direct bilirubin 8.4 and 0", "H&H 14 and 39.4": names that are one word by use."""
    for pattern, tests in joint_names():
        for name in pattern.finditer(text):
            values = pair_after(text, name.end(), link)
            if values is None:
                continue
            found = [number(values["one"]), number(values["two"])]
            if tests == ("hemoglobin", "hematocrit"):  # in either order: the smaller is the hemoglobin
                found.sort()
            for test, value in zip(tests, found, strict=True):
                yield Told(test, value, name.start(), values.end(), values["unit"].strip())


def pair_after(text: str, at: int, link: re.Pattern[str]) -> re.Match[str] | None:
    start = link.match(text, at)
    return PAIR.match(text, start.end() if start else at)


def before_it(text: str, at: int, stop: int) -> tuple[float, int, int] | None:
    """(value, start, end) of what the value that ends at `at` was before: "down from 2.3", "near her baseline of 2"."""
    match = words("was_before").match(text, at, stop)
    if not match:
        return None
    value = re.compile(NUMBER).match(text, match.end(), stop)
    return (number(value[0]), match.start(), value.end()) if value else None


def of_it(text: str, test: str) -> Iterator[Told]:
    """ "It was decreased to 0.8" behind a sentence that told one test's result."""
    for match in words("it").finditer(text):
        if re.search(r";|\b(?:he|she|they)\b", text[: match.start()], re.IGNORECASE):
            continue
        value = re.compile(rf"(?:{NUMBER})(?![\w%]|[/:.]\d)").match(text, match.end())
        if value:
            yield Told(test, number(value[0]), match.start(), value.end())


def of_earlier(text: str, start: int) -> bool:
    """Whether the words before a name put its value into an earlier time: "previous", "at the time of the biopsy"."""
    left = text[:start]
    if words("earlier_name").search(left):
        return True
    found = list(words("earlier_clause").finditer(left))
    return bool(found) and not words("now").search(left[found[-1].end() :])
