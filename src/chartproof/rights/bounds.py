"""Numbers of a sentence: the bounds that a rule sets ("at least 40 mL/min", "0 or 1", "below 1:400") and plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from chartproof.rights.periods import COUNT, number_in

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
#: A number by itself: no part of a day, a code, an amount of money or a telephone number.
_NUMBER = re.compile(
    rf"(?<![\w.,:/$#-])(?:1:(?P<titer>\d{{1,5}})|(?P<figures>\d{{1,3}}(?:,\d{{3}})+|\d{{1,4}}(?:\.\d+)?)|(?P<word>{COUNT.partition('|')[2]})|(?P<grade>[A-Z]|20/)(?P<step>(?<=/)\d{{2,3}}|(?<!/)\d))(?![\d:/*-]|\.\d|,\d|\w)",
    re.I,
)
#: What follows a number as its unit, and words of time by which a rule says how recent something must be.
#: Words between a number and its unit say more of what is counted ("four prior lines").
_UNIT = re.compile(
    r"\s?(?:(?:prior|previous|earlier|different|separate|full|whole|consecutive) )*(?P<unit>%|[A-Za-z]+(?:/[A-Za-z]+)*)"
)
_DAY_BEFORE = re.compile(
    rf"\b(?:{_MONTHS})[a-z]*\.? $|\b(?:section|page|part|step|level|stage|policy|tier|item|box|form|article) $", re.I
)
_DAY_AFTER = re.compile(rf" (?:{_MONTHS})[a-z]*\b", re.I)
_RECENT = re.compile(
    r"\b(?:within|in|past|last|previous|for|every|after|before)(?: (?:the|a|an))?(?: (?:past|last|first|next))? $", re.I
)
_LOWER = re.compile(
    r"(?:\bat least|\b(?:no|not) (?:less|fewer|lower) than|\bminimum(?: of)?|≥|>=?|\babove|\bover|\bmore than|\bgreater than) $|[≥>]=?\s?$",
    re.I,
)
_UPPER = re.compile(
    r"(?:\bat most|\bup to|\b(?:no|not) (?:more|higher|greater|older) than|\bmaximum(?: of)?|\bbelow|\bunder|\bless than|\bfewer than|\blower than) $|[≤<]=?\s?$",
    re.I,
)
_STRICT = re.compile(r"(?:above|over|(?<!no )(?<!not )(?:more|greater|less|fewer|lower) than|below|under) $", re.I)
_OR_MORE = re.compile(r"%?(?: \S+){0,3}? (?:or|and) (?:more|above|higher|greater|older|better|over|up)\b", re.I)
_OR_LESS = re.compile(r"%?(?: \S+){0,3}? (?:or|and) (?:less|fewer|lower|below|under|younger)\b", re.I)
#: What stands before the second figure of a visual acuity ("20/50 or worse"); a grade has its letter there ("K3").
_ACUITY = "20/"
_OR_WORSE = re.compile(r" or (?:worse|poorer|lower|(?P<better>better))\b", re.I)
_TO = re.compile(r",? ?(?:to|through|or|and|–|-|,) ?$")
_NO = re.compile(r"\b(?:no|not|without|never|neither)\b[^,;]*$", re.I)


@dataclass(frozen=True, slots=True)
class Number:
    """A value where `low` and `high` are the same and `bound` is not set; `unit` the word after it, `before` those before."""

    low: float
    high: float
    unit: str
    before: str
    bound: bool = False
    strict: bool = False

    def refutes(self, rule: Number) -> bool:
        """Whether this value lies outside of what a rule accepts."""
        if rule.strict and self.low in (rule.low, rule.high):
            return True
        return self.low < rule.low or self.low > rule.high


def numbers_of(text: str) -> Iterator[Number]:
    """Every number of a sentence, bounds and values, in order; how recent something must be is neither."""
    held: tuple[float, int] | None = None
    found = list(_NUMBER.finditer(text))
    for at, match in enumerate(found):
        before, after = text[: match.start()], text[match.end() :]
        value = _value(match)
        if _DAY_BEFORE.search(before) or _DAY_AFTER.match(after) or (match["figures"] and 1900 < value < 2100):
            continue
        named = _UNIT.match(after)
        unit = match["grade"] or (_unit(named["unit"]) if named else "")
        joined = found[at + 1] if at + 1 < len(found) else None
        if joined and _TO.fullmatch(text[match.end() : joined.start()]):
            held = held or (value, match.start())
            continue
        first, start = held or (value, match.start())
        held, _words = None, before[:start] if first != value else before
        if _RECENT.search(text[:start]):
            continue
        yield _number(first, value, unit, text[:start], after)


def _number(first: float, value: float, unit: str, before: str, after: str) -> Number:
    if first != value:
        return Number(min(first, value), max(first, value), unit, before, bound=True)
    if unit == _ACUITY and (side := _OR_WORSE.match(after)):  # the more, the worse
        return Number(-inf, value, unit, before, True) if side["better"] else Number(value, inf, unit, before, True)
    low, high = _LOWER.search(before), _UPPER.search(before)
    strict = _STRICT.search(before) is not None
    if high or _OR_LESS.match(after):
        return Number(-inf, value, unit, before, True, strict)
    if low and strict and _NO.search(before[: low.start()]):  # "no bilirubin above 2" is a bound from above
        return Number(-inf, value, unit, before, True)
    if low or _OR_MORE.match(after):
        return Number(value, inf, unit, before, True, strict)
    return Number(value, value, unit, before)


def _value(match: re.Match[str]) -> float:
    if match["word"]:
        return float(number_in(match["word"]))
    return float((match["step"] or match["titer"] or match["figures"]).replace(",", ""))


def _unit(word: str) -> str:
    """A unit without its plural; per cent in words as its sign."""
    return "%" if word.lower() == "percent" else word.lower().removesuffix("s")
