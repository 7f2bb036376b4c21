"""Lengths of time as letters write them: "65 days", "four (4) months", "the 180th day", "a year", "72 hrs"; and what they count from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_UNITS = {word: number for number, word in enumerate(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
     "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"], start=1)}  # fmt: skip
_TENS = {word: 10 * number for number, word in enumerate(
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "twelfth": 12,
}  # fmt: skip
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(list(_UNITS)[:9])}))?|{'|'.join(sorted(_UNITS, key=len, reverse=True))})"
_NTH = rf"(?:(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_ORDINALS)}|(?:four|six|seven)th)|(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)ieth|tenth|fifteenth)"
_SPELLED = rf"(?:(?:one|a) hundred(?:(?: and)? (?:{_NTH}|{_SMALL}))?|{_NTH}|{_SMALL})"
#: OCR spoils "calendar" more than other words. "A year" is a length too, "a day" and "a month" often mean each one.
PERIOD = re.compile(
    rf"(?:\b(?P<number>\d{{1,3}}(?=(?:th|st|nd|rd)?\b)|{_SPELLED}|(?<=the )(?:{'|'.join(_ORDINALS)})(?= (?:calendar |business |working )?day (?:after|following|from|of)\b)|(?<!half )an?(?= year\b))(?:th|st|nd|rd)?(?:\s*\(\s*\d{{1,3}}\s*\))?|\(\s*(?P<figures>\d{{1,3}})\s*\))[\s.-]+(?P<kind>c[a-z]{{3,4}}[nd]ar |business |working )?"
    r"(?P<unit>days?|weeks?|months?|hours?|hrs?|years?)\b", re.I,
)  # fmt: skip
#: What a length counts from: "from ...", "of ...", "after ...", up to what is done in it.
_ANCHOR = re.compile(
    r"\s*[,(:]?\s*(?:(?:and|which|that) )?(?:they |it |these )?(?:(?:is|are|to be) )?(?:(?:counted|running|reckoned|starting|beginning|measured|begin|begins|starts?|runs?|have passed) )?"
    r"(?P<lead>on(?! request)|from|after|of|following|since|once|when|past|upon|the first being)\b"
    r"(?:(?!\s(?:to (?!(?:the|an?|our|your|us|this|that|you|me|him|her|them|each|any)\b)(?-i:[a-z]{2,})|and (?:you|we|may|must|is|are|will|it|they)|or (?:you|we|go|sue|file|bring|take|ask|seek)|for (?:an?|the|an? \w+|external|independent|judicial|outside))\b)[^.;:,()]|,(?= (?:20\d\d|which|counted|whichever)))*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Period:
    """`start` and `end` in its sentence; `amount` of `unit` (day, business_day, month, hour); `anchor`: what it counts from."""

    start: int
    end: int
    amount: int
    unit: str
    anchor: str

    @property
    def until(self) -> int:
        """Where what it counts from ends."""
        return self.end + len(self.anchor)


#: A count in figures or in one word.
COUNT = rf"\d{{1,3}}|{'|'.join(sorted(_UNITS, key=len, reverse=True))}"


def number_in(said: str) -> int:
    """The number that a count stands for."""
    return _number(said.lower())


def periods_in(text: str) -> Iterator[Period]:
    """Every length of time of a sentence, in order."""
    for match in PERIOD.finditer(text):
        said = match["unit"].lower()
        amount = _number((match["number"] or match["figures"]).lower())
        unit = next(name for name in ("day", "week", "month", "hour", "year") if said.startswith(name[0]))
        amount *= {"week": 7, "year": 12}.get(unit, 1)
        unit = {"week": "day", "year": "month"}.get(unit, unit)
        if unit == "day" and (match["kind"] or "").strip().lower() in ("business", "working"):
            unit = "business_day"
        anchor = _ANCHOR.match(text, match.end())
        yield Period(match.start(), match.end(), amount, unit, anchor.group() if anchor else "")


def without_anchors(text: str) -> str:
    """A sentence in which blanks stand for what its lengths of time count from; every other place is kept."""
    for period in periods_in(text):
        text = text[: period.end] + " " * len(period.anchor) + text[period.until :]
    return text


def _number(said: str) -> int:
    words = re.findall(r"[a-z]+", said)
    if not words or said[0].isdigit():
        return int(re.match(r"\d+", said).group())  # type: ignore[union-attr]
    hundred = 100 * ("hundred" in words)
    rest = words[words.index("hundred") + 1 :] if hundred else words
    return (hundred + sum(map(_value, rest))) or 1


def _value(word: str) -> int:
    if word in _ORDINALS:
        return _ORDINALS[word]
    if word.endswith("ieth"):
        return _TENS.get(f"{word[:-4]}y", 0)
    return _TENS.get(word) or _UNITS.get(word) or _UNITS.get(word.removesuffix("th"), 0)
