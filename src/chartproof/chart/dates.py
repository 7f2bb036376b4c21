"""Dates in clinical text, in every spelling that charts use. US order; an impossible date is not a date.

Nothing here reads the clock: a date without a year is found only when the caller gives a day to count back from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import Literal

from chartproof.model.day import DayRange

Found = tuple[int, int, DayRange]

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb febr", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip

_MONTH_BARE = (
    r"(?:january|february|march|april|june|july|august|september|october|november|december"
    r"|jan|febr?|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)"
)
_MONTH = _MONTH_BARE + r"\b\.?"
_HYPHEN = r"[-\u2010\u2011]"
_DASH = r"(?:[-\u2010-\u2014]|to|thru|through|until|and)"
_GAP = r"(?:[^\S\n]*\n?[^\S\n]*)"
_SPACE = r"(?:[^\S\n]+\n?[^\S\n]*|\n[^\S\n]*)"
_START = r"(?<![\w.])(?<!\d[-/.:\u2011])"
_YEAR = r"(?:19|20)\d\d"
_NOT_MORE = r"(?![\d]|[-/\u2011]\d|\.\d)"
_ORDINAL = r"(?:st|nd|rd|th)?"
#: What follows a two-digit number that is a dose, a count or a time and not a year, no wider gap between. Written in one
#: with its month ("14OCT26 UNITS") it is a year whatever follows.
_NOT_COUNT = (
    r"(?!\d|[:.,/]\d|%|[^\S\n]{0,2}(?:mg|mcg|ml|g|kg|cm|mm|units?|u|%|x|hours?|hrs?|h|days?|weeks?|months?|years?|patients?"
    r"|points?|cycles?|doses?|times|of|am|pm)\b)"
)
#: "5/5 strength", "pain 3/10" and "grade 2/6" are ratios; they matter only where dates without a year are looked for.
_RATIO_BEFORE = re.compile(
    r"(?:strength|power|motor|pain|ecog|score[ds]?|grade|deauville|reflex(?:es)?|pulses?|murmur|bp|gcs|scale|stage"
    r"|positive in|nodes?|cores?|ast|alt|ratio|vision|rated?|apgar|oriented|a&o|aox)\W{0,3}(?:\w+\W{1,2}){0,2}$",
    re.IGNORECASE,
)
_RATIO_AFTER = re.compile(
    r"\W{0,2}(?:strength|power|motor|pain|murmur|throughout|bilateral|tab|tablets?|nodes?|cores?|points?|beats|mg|ml|cm"
    r"|mm|area|fields|hpf|ppd|packs?|positive|negative|in (?:all|both|upper|lower)|sem\b|systolic|dose|strips?|inch|hours?"
    r"|(?:of )?(?:an? )?(?:miles?|mi|blocks?|flights?|pints?|glass\w*|cans?|bottles?|cups?|pills?|caps?(?:ules?)?"
    r"|of (?:an?|the|normal|his|her)|teaspoons?|tsp|tbsp|liters?|normal saline)\b)",
    re.IGNORECASE,
)
#: "HIV 1/2", "HSV 1/2": two types of a virus.
_TYPES_BEFORE = re.compile(r"(?:hiv|htlv|hsv|types?)[- ]?$", re.IGNORECASE)
_ID_BEFORE = re.compile(r"(?:\bmrn|\bid|\baccession|\bacct|\baccount|\bmember|\bno|#|\bnumber)[.:#\s]*$", re.IGNORECASE)


def find_dates(
    text: str, *, order: Literal["MDY", "DMY"] = "MDY", year_hint: date | None = None, years: bool = False
) -> list[Found]:
    """Dates in `text` as (start, end, days), in the order in which they stand; `text[start:end]` is the date's words.

    order      how 03/04/2026 is read; a first number over 12 swaps it
    year_hint  also find dates without a year ("5/6", "28 April"), as the nearest such day on or before this one
    years      also find a year that stands alone ("colonoscopy 2019"), as a year-wide range

    A clock time after the date is not part of the span, unless it is written together (20260512101200, 2026-05-12T10:12).
    """
    return list(_found(text, order, year_hint, years)) if _DIGIT.search(text) else []


@lru_cache(maxsize=1 << 14)
def _found(text: str, order: Literal["MDY", "DMY"], year_hint: date | None, years: bool) -> tuple[Found, ...]:
    """Several finders ask the same of a line."""
    taken = bytearray(len(text))
    found: list[Found] = []
    for pattern, build in _spellings(text, order, year_hint, years):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            rows = build(match)
            if rows is None:
                continue
            # An impossible date keeps its characters too, so that "31 Jun 2026" does not become June.
            found.extend(rows)
            taken[start:end] = b"\x01" * (end - start)
    return tuple(sorted(found, key=lambda row: row[:2]))


def parse_stamp(text: str) -> DayRange | None:
    """The days of a machine's time stamp: FHIR (2026, 2026-05, 2026-05-12T10:12:00Z) or HL7 (2026, 202605, 20260512...).

    Years up to 2999: a registry may have moved its days for privacy. 9999 is no day but "without end".
    """
    match = re.match(r"\s*((?:19|2\d)\d\d)(?:-?(\d\d)(?:-?(\d\d))?)?", text or "")
    if not match:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    if year is None:
        return None
    if month is None:
        return DayRange.year(year)
    return _month(year, month) if day is None else _day(year, month, day)


_CLOCK = re.compile(
    r"(?:\b(?:19|2\d)\d\d-?\d\d-?\d\d[T ]?|\s)(?P<hour>[01]?\d|2[0-3]):?(?P<minute>[0-5]\d)(?!\d{3})(?::?[0-5]\d)?(?:\.\d+)?"
    r"\s*(?P<half>[ap]\.?m\b)?",
    re.IGNORECASE,
)


def clock(text: str) -> str:
    """The time of day of a time stamp or of a cell such as "05/12/2026 2:15 PM", as "14:15"; "" where it has none."""
    match = _CLOCK.search(text or "")
    if not match or (":" not in match[0] and not re.match(r"\s*\d{12}", text)):
        return ""
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    return f"{hour:02d}:{match['minute']}"


#: None says that the match is not of this spelling; an empty list that it is, and is no date.
Build = Callable[[re.Match[str]], list[Found] | None]


def _spellings(
    text: str, order: Literal["MDY", "DMY"], year_hint: date | None, years: bool
) -> Iterator[tuple[re.Pattern[str], Build]]:
    """Patterns that the text may match, with their builders, the most specific first: what one has taken the next does
    not see."""
    # Most texts with a number name no month, half of them no year in full.
    named, full, slashed = bool(_MONTH_WORD.search(text)), bool(_FULL_YEAR.search(text)), "/" in text
    if full:
        yield _ISO, lambda m: _one(m, _day(int(m[1]), int(m[2]), int(m[3])))
        yield _COMPACT, lambda m: [] if _names_id(m) else _one(m, _day(int(m[1]), int(m[2]), int(m[3])))
    if slashed:
        yield _PAIR, lambda m: _pair(m, order)
        yield _SLASH_RANGE, lambda m: _slash_range(m, order)
    yield _NUMERIC, lambda m: _one(m, _numeric(int(m[1]), int(m[3]), _full_year(m[4]), order))
    if named:
        yield _DAY_RANGE_MONTH, lambda m: _two_days(m, m["month"])
        yield _MONTH_DAY_RANGE, lambda m: _two_days(m, m["month"])
        yield _NAMED_RANGE, _named_range
        yield _DAY_MONTH_YEAR, _day_month_year
        yield _MONTH_DAY_YEAR, lambda m: _one(m, _day(_full_year(m["year"]), _month_number(m["month"]), int(m["day"])))
        yield _MONTH_RANGE, _month_range
        yield _MONTH_YEAR, lambda m: [] if m["month"] == "may" else _one(m, _month_of(m))
    if full:
        yield _NUMBER_YEAR, lambda m: _one(m, _month(int(m[2]), int(m[1])))
        yield _ISO_MONTH, lambda m: [] if _names_id(m) else _one(m, _month(int(m[1]), int(m[2])))
    if year_hint is not None:
        hint = year_hint
        if named:
            yield _NAMED_NO_YEAR, lambda m: _one(m, _nearest(_named_month(m), int(m["d1"] or m["d2"]), hint))
        if slashed:
            yield _SLASH_MONTH, lambda m: _month_lately(m, hint)
            yield _SLASH_NO_YEAR, lambda m: [] if _is_ratio(m) else _one(m, _nearest(*_ordered(m, order), hint))
    if years and full:
        yield _BARE_YEAR, lambda m: [] if _names_id(m) else _one(m, DayRange.year(int(m[1])))


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_ISO = _re(
    rf"({_YEAR})(?<![\d.]\d{{4}})(?<!\d[-/.]\d{{4}})(?:{_HYPHEN}|/)(\d\d?)(?:{_HYPHEN}|/)(\d\d?)"
    rf"(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?|{_NOT_MORE})"
)
_COMPACT = _re(
    rf"({_YEAR})(?<![\w.\-]\d{{4}})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
    r"(?:[0-2]\d[0-5]\d(?:[0-5]\d(?:\.\d+)?)?)?(?:[+-]\d{4})?(?![\w.]*\w|-\d)"
)
#: "06/08/26-0755": a clock time behind a hyphen, as some laboratory systems print it.
_CLOCK_ON = r"(?=-(?:[01]\d|2[0-3])[0-5]\d(?![\d-]))"
_NUMERIC = _re(
    rf"{_START}(\d{{1,2}})([/\-\u2011.]|\s/\s)(\d{{1,2}})\2((?:19|20)\d\d|(?<!\.)\d\d)(?:(?<=/\d\d){_CLOCK_ON}|(?!\d|[-/]\d|\.\d|%))"
)
_SLASH_RANGE = _re(
    rf"{_START}(\d{{1,2}})/(\d{{1,2}})(\s*{_DASH}\s*)(\d{{1,2}})/(\d{{1,2}})/({_YEAR}|\d\d)(?!\d|[-/]\d)"
)
_SLASHED = rf"\d{{1,2}}/(?:\d{{1,2}}/(?:{_YEAR}|\d\d)|{_YEAR})"
_PAIR = _re(rf"{_START}({_SLASHED})(\s?[-\u2010-\u2014]\s?)({_SLASHED})(?!\d|[-/]\d)")
_DAY_MONTH_YEAR = _re(
    rf"{_START}(?P<day>\d{{1,2}}){_ORDINAL}(?:{_SPACE}of)?(?:{_GAP}|[-/.\u2011])(?P<month>{_MONTH_BARE})"
    rf"(?:\.?,?{_SPACE}'?|[-/.\u2011]|\.?,?\s?['\u2019]|)(?P<year>{_YEAR}|(?<=[a-z/-])\d\d(?![:.,/]\d|%)|\d\d{_NOT_COUNT})(?!\d)"
)
#: The "26" of "SEP 08,26 07:52": before a clock time a year; of "on JUN 12,15 and 19" a day.
_GLUED = r"(?<=\d\d,)\d\d(?=(?:[ ]{1,2}|@)(?:[01]\d|2[0-3]):[0-5]\d)"
_MONTH_DAY_YEAR = _re(
    rf"(?<![a-z])(?P<month>{_MONTH})(?:{_SPACE}|[-/])(?:the\s)?(?P<day>\d{{1,2}}){_ORDINAL}"
    rf"(?:{_GAP},{_GAP}|{_SPACE}|[-/])(?P<year>{_YEAR}|['\u2019]\d\d|(?<=[,][ ])\d\d{_NOT_COUNT}|{_GLUED})(?!\d|\.\d)"
)
_DAY_RANGE_MONTH = _re(
    rf"{_START}(?P<a>\d{{1,2}})(?P<dash>\s?[-\u2013]\s?)(?P<b>\d{{1,2}})(?:{_SPACE})(?P<month>{_MONTH}),?{_SPACE}(?P<year>{_YEAR})(?!\d)"
)
_MONTH_DAY_RANGE = _re(
    rf"(?<![a-z])(?P<month>{_MONTH})(?:{_SPACE})(?P<a>\d{{1,2}})(?P<dash>\s?[-\u2013]\s?)(?P<b>\d{{1,2}})(?:,{_GAP}|{_SPACE})(?P<year>{_YEAR})(?!\d)"
)
_NAMED = "(?:(?P<{0}>\\d{{1,2}}){4}{5}(?P<{1}>{6})|(?P<{2}>{6}){5}(?P<{3}>\\d{{1,2}}){4})"
#: "15 July to 28 October 2025": the first day is of the last one's year, or of the year before it.
_NAMED_RANGE = _re(
    rf"(?<![a-z]){_START}(?P<first>{_NAMED.format('a1', 'b1', 'c1', 'd1', _ORDINAL, _SPACE, _MONTH)})(?P<dash>\s*{_DASH}\s*)"
    rf"(?P<last>{_NAMED.format('a2', 'b2', 'c2', 'd2', _ORDINAL, _SPACE, _MONTH)})(?:,{_GAP}|{_SPACE})(?P<year>{_YEAR})(?!\d)"
)
_MONTH_RANGE = _re(
    rf"(?<![a-z])(?P<m1>{_MONTH})(?P<dash>\s*{_DASH}\s*)(?P<m2>{_MONTH})(?:,?{_SPACE}|[-/])(?P<year>{_YEAR})(?!\d)"
)
_MONTH_YEAR = _re(
    rf"(?<![a-z])(?P<month>{_MONTH})(?:,?{_SPACE}(?:of{_SPACE})?|[-/])?(?P<year>(?<![a-z.]){_YEAR}|['\u2019]\d\d)(?!\d|\.\d)"
)
_NUMBER_YEAR = _re(rf"{_START}(0?[1-9]|1[0-2])[/\-]({_YEAR})(?!\d|[-/]\d|\.\d)")
_ISO_MONTH = _re(rf"({_YEAR})(?<![\w.]\d{{4}})(?<!\w[-/.]\d{{4}})-(0[1-9]|1[0-2])(?!\w|[-/.]\w)")
_NAMED_NO_YEAR = re.compile(
    rf"(?<![\w/.])(?:(?P<d1>\d{{1,2}}){_ORDINAL}(?:{_SPACE}of)?(?:[^\S\n]|-)?(?P<n1>(?i:{_MONTH}))"
    rf"|(?P<n2>(?i:{_MONTH}))[^\S\n-]?(?P<d2>\d{{1,2}}){_ORDINAL}(?!\d|[:/]\d|\.\d|%))"
)
_SLASH_NO_YEAR = _re(r"(?<![\w/.,:\-+<>=])(\d{1,2})/(\d{1,2})(?![\w/%]|\.\d|-\d)")
#: "A1c 7.9 in 08/26", "diagnosed 11/24": a month with its year; a day stands behind "on", or alone.
_SLASH_MONTH = _re(
    r"(?:\b(?P<sure>in|late|early|mid) |\b(?P<told>presented|diagnosed|dx(?:'?d)?|onset)(?: (?:in|on))? )"
    r"(?P<month>0?[1-9]|1[0-2])/(?P<year>\d\d)(?![\w/%]|\.\d|-\d)"
)
#: Years back in which a month of a note's history lies, as a rule.
LATELY = 15
#: Days back within which a day without a year is told of what began lately.
NEAR_DAYS = 150
_AFTER_MONTH = re.compile(rf"(?<![a-z]){_MONTH}[^\S\n]*$", re.IGNORECASE)
_MONTH_BEHIND = re.compile(rf"[^\S\n-]?{_MONTH_BARE}(?![a-z])", re.IGNORECASE)
_FULL_YEAR = re.compile(_YEAR)
_MONTH_WORD = _re("jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec")
_DIGIT = re.compile(r"\d")
_BARE_YEAR = _re(
    rf"({_YEAR})(?<![\w/.,:$-]\d{{4}})(?!\w|[/:]\d|[.,]\d|-\w|[^\S\n]*(?:mg|ml|mcg|units?|cells|copies|cc|g|kg|iu|u|%)(?:\b|/))"
)


def _one(match: re.Match[str], days: DayRange | None) -> list[Found]:
    return [(match.start(), match.end(), days)] if days else []


def _day(year: int, month: int, day: int) -> DayRange | None:
    try:
        return DayRange.day(date(year, month, day))
    except ValueError:
        return None


def _day_month_year(match: re.Match[str]) -> list[Found] | None:
    """The "6 Oct 13" of a row of days "Sep 22 Oct 6 Oct 13" is none, nor the "06 Jul 07" of "06 Jul 07 Jul", nor what a line
    break parts from a short year."""
    short = len(match["year"]) == 2
    if short and _MONTH_BEHIND.match(match.string, match.end()):
        return None
    if short and ("\n" in match[0] or _AFTER_MONTH.search(match.string[: match.start()][-12:])):
        return None
    return _one(match, _day(_full_year(match["year"]), _month_number(match["month"]), int(match["day"])))


def _named_range(match: re.Match[str]) -> list[Found] | None:
    last = _day(int(match["year"]), _month_number(match["b2"] or match["c2"]), int(match["a2"] or match["d2"]))
    month, day = _month_number(match["b1"] or match["c1"]), int(match["a1"] or match["d1"])
    first = _nearest(month, day, last.last) if last and month else None
    if last is None or first is None:
        return None
    return [(*match.span("first"), first), (match.start("last"), match.end(), last)]


def _month(year: int, month: int) -> DayRange | None:
    return DayRange.month(year, month) if 1 <= month <= 12 else None


def _month_number(word: str) -> int:
    return MONTHS.get(word.strip(". ").lower(), 0)


def _month_of(match: re.Match[str]) -> DayRange | None:
    return _month(_full_year(match["year"]), _month_number(match["month"]))


def _full_year(digits: str) -> int:
    """Two digits up to 35 are this century: nobody's chart holds 2036 yet, and births in the forties are common."""
    number = int(digits.strip("'\u2019"))
    if number > 99:
        return number
    return number + (2000 if number <= 35 else 1900)


def _numeric(first: int, second: int, year: int, order: str) -> DayRange | None:
    month, day = (first, second) if order == "MDY" else (second, first)
    return _day(year, month, day) if month <= 12 else _day(year, day, month)


def _ordered(match: re.Match[str], order: str) -> tuple[int, int]:
    first, second = int(match[1]), int(match[2])
    month, day = (first, second) if order == "MDY" else (second, first)
    return (month, day) if month <= 12 else (day, month)


def _nearest(month: int, day: int, hint: date) -> DayRange | None:
    """The latest such day on or before `hint`. 29 February goes back to the last leap year."""
    for year in range(hint.year, hint.year - 8, -1):
        days = _day(year, month, day)
        if days and days.last <= hint:
            return days
        if days is None and (month, day) != (2, 29):
            return None
    return None


def _month_lately(match: re.Match[str], hint: date) -> list[Found] | None:
    """The month of "in 08/26", where that year has come; of "diagnosed 11/24" where as a day it would lie far back."""
    year = 2000 + int(match["year"])
    if not hint.year - LATELY <= year <= hint.year or date(year, int(match["month"]), 1) > hint:
        return None
    day = _nearest(int(match["month"]), int(match["year"]), hint)
    if match["told"] and day and (hint - day.last).days <= NEAR_DAYS:
        return None
    month = _month(year, int(match["month"]))
    return [(match.start("month"), match.end(), month)] if month else None


def _named_month(match: re.Match[str]) -> int:
    word = match["n1"] or match["n2"]
    # "may 2" and "march 4" in small letters are verbs before a number.
    return 0 if word in ("may", "march", "mar") else _month_number(word)


#: "ALT 06/05: 33", "ALT (06/05) 33": a day before its value.
_VALUE_AFTER = re.compile(r"(?:\)\s*[:=]?|\s*[:=])\s*(?:[<>]?\d|$)")

#: "ALT 212 on 10/06": a day, whatever test stands before it.
_ON_BEFORE = re.compile(r"\d ?\*?(?:[HL]{1,2})? on\W$", re.IGNORECASE)


def _is_ratio(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 28) : match.start()]
    after = match.string[match.end() : match.end() + 20]
    if _VALUE_AFTER.match(after) or _ON_BEFORE.search(before):
        return False
    types = match[0] == "1/2" and _TYPES_BEFORE.search(before)
    return bool(types or _RATIO_BEFORE.search(before) or _RATIO_AFTER.match(after))


def _names_id(match: re.Match[str]) -> bool:
    return bool(_ID_BEFORE.search(match.string[max(0, match.start() - 14) : match.start()]))


def _pair(match: re.Match[str], order: Literal["MDY", "DMY"]) -> list[Found] | None:
    """ "06/12/2024-07/01/2024" and "3/2024-8/2024": each end is a date of its own."""
    ends: list[Found] = []
    for group in (1, 3):
        one = find_dates(match[group], order=order)
        if len(one) != 1:
            return None
        ends.append((match.start(group), match.end(group), one[0][2]))
    return ends


def _slash_range(match: re.Match[str], order: str) -> list[Found] | None:
    """ "5/10-5/14/2026": the first day takes the year of the second, or the year before when it would come after it."""
    year = _full_year(match[6])
    last = _numeric(int(match[4]), int(match[5]), year, order)
    first = _numeric(int(match[1]), int(match[2]), year, order)
    if first and last and first > last:
        first = _numeric(int(match[1]), int(match[2]), year - 1, order)
    if not first or not last:
        return None
    return [(match.start(), match.start(3), first), (match.end(3), match.end(), last)]


def _two_days(match: re.Match[str], month: str) -> list[Found] | None:
    year, number = _full_year(match["year"]), _month_number(month)
    first, last = _day(year, number, int(match["a"])), _day(year, number, int(match["b"]))
    if not first or not last or first > last:
        return None
    return [(match.start(), match.start("dash"), first), (match.end("dash"), match.end(), last)]


def _month_range(match: re.Match[str]) -> list[Found] | None:
    """ "May to September 2022" and "November - February 2024" (the first is then in 2023)."""
    year, one, two = _full_year(match["year"]), _month_number(match["m1"]), _month_number(match["m2"])
    first, last = _month(year if one <= two else year - 1, one), _month(year, two)
    if not first or not last:
        return None
    return [(match.start(), match.start("dash"), first), (match.end("dash"), match.end(), last)]
