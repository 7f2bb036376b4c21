"""How much was smoked: pack-years as printed, or packs a day times the years, from the words of one sentence.

An amount is a closed interval whose upper end may be open: "1-2 ppd for 20 years" is 20 to 40, "30 years at 1 ppd,
then 2 ppd" is 30 or more, "two packs a year in college" at most a few hundredths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import nextafter

from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Quantity

DAYS_IN_YEAR = 365.25
ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBERS = (
    {word: float(number) for number, word in enumerate(ONES)}
    | {word: 10.0 * number for number, word in enumerate(TENS, 2)}
    | {"½": 0.5, "¼": 0.25, "¾": 0.75, "half": 0.5, "quarter": 0.25, "quarters": 0.25, "third": 1 / 3, "thirds": 1 / 3}
)
#: Words that name a range.
VAGUE = {"couple": (2.0, 2.0), "few": (2.0, 5.0), "several": (3.0, 9.0), "handful": (2.0, 6.0)}
_WORD = "|".join(sorted((*ONES, *TENS), key=len, reverse=True))
_ONE = (
    rf"(?:\d+ \d/\d|\d+ ?[½¼¾]|\d/\d(?!\d|/)|\d*\.\d+|\d+|[½¼¾]|(?:one|two|three|an?)[ -](?:half|quarters?|thirds?) of an?|(?:{_WORD}) and an? (?:half|quarter)"
    rf"|(?:{'|'.join(TENS)})[ -](?:{'|'.join(ONES)})|{_WORD}|(?:an? )?(?:half|quarter)(?: of)?(?: an?)?|three[ -]quarters?(?: of an?)?|an?)"
)
NUMBER = re.compile(
    rf"(?<![\w.,/'’])(?:(?:an? )?(?P<vague>{'|'.join(VAGUE)})(?: of)?|(?P<low>{_ONE})(?:\s*(?:-|–|to|or)\s*(?P<high>{_ONE}))?)(?:(?<=[\d½¼¾])(?!\d)|\b)(?!['’]?s\b)",
    re.IGNORECASE,
)
PACK_YEARS = re.compile(
    r"(?:\s*\+|\s+or (?:more|less|so))?[- ]{0,2}(?:(?:pack|pk)s?[- ]?(?:years?|yrs?|yr)|p-?y(?:rs?|h)?)\b",
    re.IGNORECASE,
)
LABEL = re.compile(rf"(?:{PACK_YEARS.pattern})\s*[:=|]\s*$", re.IGNORECASE)
#: Packs a day beyond which a number of packs without a time is not meant a day.
HEAVIEST = 4.0


@dataclass(frozen=True, slots=True)
class Amount:
    """What the characters [start, end) say: from `low` to `high`, None where no upper end is known."""

    start: int
    end: int
    low: float
    high: float | None

    def by(self, factor: float, *, end: int | None = None) -> Amount:
        high = None if self.high is None else self.high * factor
        return Amount(self.start, self.end if end is None else end, self.low * factor, high)


def pack_years(text: str, year: int | None = None) -> tuple[int, int, Quantity] | None:
    """(start, end, pack-years) of a sentence that was written in `year`; None where it says no amount."""
    numbers = list(numbers_in(text))
    found = printed(text, numbers) or computed(text, numbers, year) or whole_life(text, numbers)
    if found is None:
        return None
    bounded = found.low == 0 and found.high
    high = None if found.high is None else round(found.high, 3)
    # An interval is closed: "under 20" ends at the last number before 20, so that it says no to "at least 20".
    if bounded and high and expressions("below").search(text[: found.start]):
        high = nextafter(high, 0)
    return found.start, found.end, Quantity(None if bounded else round(found.low, 3), high, "pack-years")


@cache
def expressions(name: str) -> Expression:
    return Expression("|".join(f"(?:{part})" for part in load("smoking.yaml")[name]), re.IGNORECASE)


@cache
def scale(name: str) -> tuple[tuple[Expression, float], ...]:
    return tuple(
        (Expression(rf"(?:{words})(?![\w])", re.IGNORECASE), float(factor))
        for words, factor in load("smoking.yaml")[name].items()
    )


def measured(name: str, text: str, at: int) -> tuple[int, float] | None:
    """(end, factor) of the longest unit of the scale `name` that stands at `at`."""
    found = [(match.end(), factor) for words, factor in scale(name) for match in [words.match(text, at)] if match]
    return max(found, default=None)


# --- numbers


def numbers_in(text: str) -> Iterator[Amount]:
    """Every number of the text, in digits or words, as the interval that the words around it make of it."""
    for match in NUMBER.finditer(text):
        low, high = (
            VAGUE[match["vague"].lower()]
            if match["vague"]
            else (value(match["low"]), value(match["high"] or match["low"]))
        )
        yield Amount(match.start(), match.end(), min(low, high), max(low, high))


def value(words: str) -> float:
    """ "1 1/2", "¾", "twenty-five", "half a", "three quarters of a", "one and a half", "an" as a number."""
    total, pieces = 0.0, re.findall(r"\d/\d|\d*\.\d+|\d+|[½¼¾]|[a-z]+", words.lower())
    if len(pieces) > 1 and re.match(r"quarters?|thirds?|half", pieces[1]):
        return (NUMBERS.get(pieces[0], 1.0) or 1.0) * NUMBERS[pieces[1]]
    for piece in pieces:
        if "/" in piece:
            total += float(piece[0]) / (float(piece[2]) or 1.0)
        elif piece not in ("a", "an", "and", "of"):
            total += NUMBERS[piece] if piece in NUMBERS else float(piece)
    return total or (1.0 if pieces[0] in ("a", "an") else 0.0)


def bounded(text: str, one: Amount) -> Amount:
    """The amount, open on the side that the words around it leave open: "up to 2 ppd", "1 ppd or more"."""
    before, behind = text[max(0, one.start - 20) : one.start], text[one.end : one.end + 24]
    if expressions("at_most").search(before) or expressions("at_most_behind").match(behind):
        return Amount(one.start, one.end, 0.0, one.high)
    if expressions("at_least").search(before) or expressions("at_least_behind").match(behind):
        return Amount(one.start, one.end, one.low, None)
    return one


# --- printed pack-years, and the amount of a whole life


def printed(text: str, numbers: Sequence[Amount]) -> Amount | None:
    """ "Pack years: 30" of a form, else "30 pack-years", "30+ py"."""
    for one in numbers:
        label = LABEL.search(text[: one.start])
        if label and not re.match(r"\s*[/-]", text[one.end :]):
            return Amount(label.start() + len(label[0]) - len(label[0].lstrip()), one.end, one.low, one.high)
    for one in numbers:
        unit = PACK_YEARS.match(text, one.end)
        if unit:
            low = 0.0 if "less" in unit[0] else one.low
            high = None if "+" in unit[0] or "more" in unit[0] else one.high
            return bounded(text, Amount(one.start, unit.end(), low, high))
    return None


def whole_life(text: str, numbers: Sequence[Amount]) -> Amount | None:
    """ "Fewer than 100 cigarettes in her life", "tried cigarettes twice"."""
    tried = expressions("tried").search(text)
    if tried:
        return Amount(tried.start(), tried.end(), 0.0, 1.0)
    for one in numbers:
        product = measured("products", text, one.end + len(re.match(r"[\s-]*", text[one.end :])[0]))  # type: ignore[index]
        life = expressions("lifetime").match(text, product[0]) if product else None
        if product and life:
            return bounded(text, one.by(product[1] / DAYS_IN_YEAR, end=life.end()))
    return None


# --- packs a day, times years


def computed(text: str, numbers: Sequence[Amount], year: int | None) -> Amount | None:
    """The sum of each rate times its years; where a rate has no years the sum is the least that it can be."""
    rates = [rate for one in numbers for rate in [rate_of(text, one)] if rate]
    rates = sorted([*rates, *habits(text, rates)], key=lambda rate: rate.start)
    spans = sorted(durations(text, numbers, rates, year), key=lambda span: span.start)
    low, places = 0.0, list[int]()
    high: float | None = 0.0
    for index, rate in enumerate(rates):
        following = rates[index + 1].start if index + 1 < len(rates) else len(text)
        earlier = rates[index - 1].end if index else 0
        behind = [one for one in spans if rate.end <= one.start < following]
        ahead = [one for one in spans if earlier <= one.start < rate.start]
        years = behind[0] if behind else ahead[-1] if ahead else None
        if years is None:
            high = None
            continue
        spans.remove(years)
        low += rate.low * years.low
        high = (
            None if None in (high, rate.high, years.high) else (high or 0.0) + (rate.high or 0.0) * (years.high or 0.0)
        )
        places += [rate.start, rate.end, years.start, years.end]
    return Amount(min(places), max(places), low, high) if places else None


def rate_of(text: str, one: Amount) -> Amount | None:
    """Packs a day: the number with what is counted and how often, in one word ("ppd"), in two, or before it."""
    rest = one.end + len(text[one.end :]) - len(text[one.end :].lstrip(" -"))
    found = measured("rates", text, rest)
    if found and one.low + (one.high or 0) > 0:
        return bounded(text, one.by(found[1], end=found[0]))
    product = measured("products", text, rest)
    part = re.match(r" and an? (half|quarter)", text[product[0] :], re.IGNORECASE) if product else None
    end = product[0] + (part.end() if part else 0) if product else one.end
    kind = re.match(r"(?: of (?:cigarettes|cigs))?[\s-]*(?:or so |or more |or less )?", text[end:])
    often = measured("times", text, end + (kind.end() if kind else 0))
    if product and often:
        more = NUMBERS[part[1].lower()] if part else 0.0
        whole = Amount(one.start, one.end, one.low + more, (one.high or 0.0) + more)
        return bounded(text, whole.by(product[1] * often[1], end=often[0]))
    if often and one.low >= 2 and re.match(r"[\s/-]*(?:a|per|/|each|daily)", text[one.end :]):
        return bounded(text, one.by(often[1] / 20, end=often[0]))  # "20 a day": cigarettes
    if (
        product
        and one.low * product[1] <= HEAVIEST
        and re.match(r"\s*(?:for|[x×])\s*(?:\d|a|the|[a-z]+ (?:years|decades))", text[product[0] :])
    ):
        return bounded(text, one.by(product[1], end=product[0]))  # "half a pack for 30 years"
    label = next(
        (
            factor
            for words, factor in scale("rates")
            if re.search(rf"(?:{words.source})\s*[:=]\s*$", text[: one.start], re.IGNORECASE)
        ),
        None,
    )
    return one.by(label) if label else None


def habits(text: str, rates: Sequence[Amount]) -> Iterator[Amount]:
    """ "A pack-a-day smoker": the amount in one word, without a number of its own."""
    for words, packs in scale("habits"):
        for match in words.finditer(text):
            if not any(match.start() < rate.end and rate.start < match.end() for rate in rates):
                yield Amount(match.start(), match.end(), packs, packs)


def durations(text: str, numbers: Sequence[Amount], rates: Sequence[Amount], year: int | None) -> Iterator[Amount]:
    """Years of smoking: a number of years, between two ages or two calendar years, or a part of a life."""
    taken: list[Amount] = list(rates)
    for found in (*between(text, numbers, year), *counted(text, numbers), *parts_of_life(text)):
        if not any(found.start < one.end and one.start < found.end for one in taken):
            taken.append(found)
            yield found


def between(text: str, numbers: Sequence[Amount], year: int | None) -> Iterator[Amount]:
    """ "From age 18 to 48", "1975-95", "started at 16, quit at 40", "since age 25 (now 65)", "since 1985"."""
    for pair in re.finditer(
        rf"\b(?P<first>(?:19|20)\d\d)\s*(?:{expressions('until').source})\s*(?:in )?(?P<last>(?:19|20)?\d\d)(?!\d|/)",
        text,
        re.IGNORECASE,
    ):
        last = pair["last"] if len(pair["last"]) == 4 else pair["first"][:2] + pair["last"]
        yield from spent(pair, float(last) - float(pair["first"]))
    for pair in re.finditer(
        rf"(?:\b(?:age[sd]?|at|from|between|since)\W{{1,2}})+(?P<first>\d{{1,2}})\b\W{{0,2}}(?:years old )?(?:{expressions('until').source}|\W{{0,3}}(?:now|currently|aged?)\b)\W{{0,2}}(?:at )?(?:age )?(?P<last>\d{{2}})\b(?!/)",
        text, re.IGNORECASE,
    ):  # fmt: skip
        yield from spent(pair, float(pair["last"]) - float(pair["first"]))
    for since in re.finditer(r"\bsince (?P<first>(?:19|20)\d\d)\b", text, re.IGNORECASE):
        if year and not re.search(
            r"\b(?:quit|stopp?ed|none|no|not|free|abstinent|clean|off)\b[^.;]*$", text[: since.start()], re.IGNORECASE
        ):
            yield from spent(since, float(year) - float(since["first"]))


def spent(match: re.Match[str], years: float) -> Iterator[Amount]:
    if years > 0:
        yield Amount(match.start(), match.end(), years, years)


def counted(text: str, numbers: Sequence[Amount]) -> Iterator[Amount]:
    """ "For 20 years", "x 42", "three decades", "Years: 22"; not "20 years ago", nor "quit 20 years"."""
    for one in numbers:
        space = one.end + len(text[one.end :]) - len(text[one.end :].lstrip(" -"))
        unit = measured("durations", text, space)
        before = text[: one.start]
        if (
            unit
            and not expressions("not_smoked_behind").match(text[unit[0] :])
            and not expressions("not_smoked_before").search(before)
        ):
            yield bounded(text, one.by(unit[1], end=unit[0]))
        elif re.search(r"[x×]\s*$|\byears(?: smoked)?\s*[:=]\s*$", before, re.IGNORECASE):
            yield one


def parts_of_life(text: str) -> Iterator[Amount]:
    """ "In college", "as a teenager": from nothing to the most that it may last."""
    for words, years in scale("periods"):
        for match in re.finditer(
            rf"\b(?:in|as|during|for|through|throughout)\W(?:a |the )?(?:{words.source})", text, re.IGNORECASE
        ):
            yield Amount(match.start(), match.end(), 0.0, years)
