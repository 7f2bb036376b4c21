"""Names, codes and units of laboratory tests, from knowledge/vocabulary/labs.yaml. Pure look-ups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from chartproof.chart.vocabulary import load, small
from chartproof.expressions import Expression, Expressions
from chartproof.model import Code, Quantity

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
UNIT = re.compile(
    r"(?:x ?)?10 ?[*^e(]{0,2} ?[369]\)? ?/ ?(?:[um\u00b5\u03bc]?l|mcl|mm3|ml)\b|(?:k|th|thou|thous|thousand|g|giga|bil|cells|mil)\s?/\s?(?:cu\.? ?mm|cmm|mm3|[u\u00b5\u03bc]l|mcl|l)\b"
    r"|/ ?(?:cu\.? ?mm|mm3|mcl|[u\u00b5\u03bc]l)\b|(?:m|mc|micro|u|\u00b5|\u03bc|n|p|k)?(?:g|mol|kat)(?:m)?\s?/\s?(?:d?l|ml)\b|[mk]?i?u\s?/\s?(?:l|ml)\b|units\s?/\s?l\b"
    r"|(?:ml|cc)\s?/\s?(?:min|s)(?:\s?/\s?\{?1\.73[ _]?(?:m2|m\^2|sq ?m|m\u00b2)?\}?)?|mg%|g%|%|mmhg\b|(?<=\d)k(?![\w/])",
    re.IGNORECASE,
)


RATE = re.compile(r"(?:ml|cc)/(?:min|s)")


@dataclass(frozen=True, slots=True)
class Named:
    """A test's name in a text: its id in labs.yaml and the characters of the name."""

    test: str
    start: int
    end: int


@cache
def tests() -> dict[str, dict[str, Any]]:
    return dict(load("labs.yaml")["tests"])


def names() -> Iterator[tuple[str, str]]:
    """Each test with each of its names."""
    return ((test, name) for test, rule in tests().items() for name in rule.get("names", ()))


@cache
def name_pattern() -> tuple[re.Pattern[str], tuple[str, ...]]:
    """One pattern for all names in a text in small letters, the longest expression first; group i belongs to the i-th test id."""
    rows = sorted(names(), key=lambda row: (row[0] == "other", -len(re.sub(r"\\.|\W", "", row[1])), row[1]))
    parts = "|".join(f"({name})" for _, name in rows)
    bare = "|".join(name for _, name in rows)  # without groups it fails fast
    return re.compile(rf"(?<![\w/\-])(?={bare})(?:{parts})(?![\w])"), tuple(test for test, _ in rows)


@cache
def bounded_names() -> Expressions[str]:
    return Expressions((test, Expression(rf"(?<![\w/\-])(?:{name})(?![\w])", re.IGNORECASE)) for test, name in names())


@lru_cache(maxsize=1 << 15)
def names_in(text: str) -> tuple[Named, ...]:
    """Every test name in `text`, left to right, the longest that fits at each place. Asked of a line more than once."""
    return tuple(_names_in(text))


def _names_in(text: str) -> Iterator[Named]:
    pattern, ids = name_pattern()
    if pattern.groups != len(ids):
        raise ValueError("labs.yaml: names must not hold capturing groups")
    if not any(bounded_names().found(text)):
        return
    at, plain = 0, small(text)
    while match := pattern.search(plain, at):
        best = longest(text, match)
        yield Named(best[0], match.start(), best[1])
        at = max(best[1], match.start() + 1)
        while text[at : at + 1] == "/" and (joined := named_at(text, at + 1)):  # "AST/ALT", "Hgb/Hct"
            yield joined
            at = joined.end


def named_at(text: str, start: int) -> Named | None:
    """The longest name that begins at `start`."""
    found = [(m.end(), test) for test, name in single_names().to_try(text) if (m := name.match(text, start))]
    return Named(max(found)[1], start, max(found)[0]) if found else None


def longest(text: str, match: re.Match[str]) -> tuple[str, int]:
    """(test id, end) of the longest name at this place; the pattern's own order breaks ties."""
    best = (name_pattern()[1][(match.lastindex or 1) - 1], match.end())
    for test, name in single_names().to_try(text):
        other = name.match(text, match.start())
        if other and other.end() > best[1]:
            best = (test, other.end())
    return best


@cache
def single_names() -> Expressions[str]:
    return Expressions((test, Expression(rf"(?:{name})(?![\w])", re.IGNORECASE)) for test, name in names())


def whole_name(label: str) -> str:
    """The test that a label such as "Neutrophils, absolute" or "CREATININE, SERUM" names, else ""."""
    plain = re.sub(r"\[[^\]]*\]|\s+", " ", label).strip(" .:*")
    for named in names_in(plain):
        rest = plain[named.end :].strip(" ,.:;*#")
        if named.start == 0 and re.fullmatch(
            r"(?:[,;(\-]?\s*(?:serum|plasma|blood|ser|plas|bld|auto(?:mated)?|total|count|level|in|or|mass|volume|moles|"
            r"enzymatic|activity|venous|whole|fasting|random|est\w*|calc\w*|by|\d{4}|result|\W))*",
            rest,
            re.IGNORECASE,
        ):
            return named.test
        return ""
    return ""


@cache
def by_loinc() -> dict[str, str]:
    return {code: test for test, rule in tests().items() for code in rule.get("loinc", ())}


def of_codes(codes: Iterable[Code], label: str) -> str:
    """The test of a coded entry: by LOINC where there is one, else by its label."""
    table = by_loinc()
    for code in codes:
        if code.system == "loinc" and code.code in table:
            return table[code.code]
    return whole_name(label)


def concept_of(test: str) -> str:
    return str(tests()[test].get("concept", "")) if test in tests() else ""


@lru_cache(maxsize=1 << 12)
def plain_unit(unit: str) -> str:
    """A unit in the spelling of labs.yaml: lower case, no blanks or braces, powers as 10^9, micro as u."""
    text = unit.lower().replace("\u00b5", "u").replace("\u03bc", "u").replace("\u00b2", "2")
    text = re.sub(r"[\s{}\[\]]", "", text).replace("_", "")
    text = re.sub(r"^x?10(?:\*\*?|\^|e|\()?([369])\)?", r"10^\1", text)
    return text.replace("iu/", "u/").replace("international", "").replace("mcl", "ul") if "/" in text else text


def quantity(
    test: str, low: float | None, high: float | None, unit: str, ceiling: float | None = None
) -> Quantity | None:
    """The interval in the concept's own unit, or None where it cannot be that test's value.

    A number without a unit is taken in the concept's unit unless it is too large to be one (Hb 104 is g/L), or the
    printed upper reference limit `ceiling` shows another unit. An unknown unit is kept as printed, unconverted; but what is
    told in volume per time is a clearance, whatever was measured for it.
    """
    rule = tests()[test]
    own = load("concepts.yaml")["concepts"].get(rule.get("concept", ""), {})
    units = {plain_unit(name): float(factor) for name, factor in rule.get("units", {}).items()}
    factor = 1.0
    shown = plain_unit(unit)
    if shown:
        if shown not in units:
            return None if shown == "%" or RATE.match(shown) else Quantity(low, high, unit.strip())
        factor = units[shown]
    bare = rule.get("bare")
    largest = max(value for value in (low, high, 0.0) if value is not None)
    if bare and (not shown or factor == 1.0) and max(largest, ceiling or 0.0) > bare["over"]:
        factor = bare["factor"]
    scaled = tuple(None if value is None else round(value * factor, 4) for value in (low, high))
    floor, top = own.get("range", (None, None))
    for value in scaled:
        if value is not None and floor is not None and not floor * 0.2 <= value <= top:
            return None
    return Quantity(scaled[0], scaled[1], str(own.get("unit", unit)))


def number(text: str) -> float:
    return float(text.replace(",", ""))
