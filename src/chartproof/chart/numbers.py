"""A result as written into a value and its closed interval: "<5" has no low end, "55-60" has two; and bare figures."""

from __future__ import annotations

import re
from math import isfinite

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?"
_EXACT = re.compile(rf"^({_NUMBER})$")
_COMPARED = re.compile(rf"^(<=|>=|<|>|≤|≥)\s*({_NUMBER})\b")
_RANGE = re.compile(rf"^({_NUMBER})\s*(?:-|–|to)\s*({_NUMBER})$")

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | {"≤": "<", "≥": ">"})
_FIGURES = re.compile(r"[<>]?\d+(?:[.,/:-]\d+)*")

_TENS = {"twenty": 2, "thirty": 3, "forty": 4, "fifty": 5, "sixty": 6, "seventy": 7, "eighty": 8, "ninety": 9}
_ONES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_PERCENT = re.compile(
    rf"\b({'|'.join(_TENS)})(?:[- ]({'|'.join(_ONES)}))?(?=\s*(?:per ?cent\b|%|to\b|-))", re.IGNORECASE
)

Reading = tuple[float | str | None, float | None, float | None]


def interval(text: str) -> Reading:
    """(value, low, high). A plain number is its own low and high; a word is the value; "" is None throughout."""
    word = text.strip()
    if not word:
        return None, None, None
    if (exact := _EXACT.match(word)) and (number := _number(exact[1])) is not None:
        return number, number, number
    if (compared := _COMPARED.match(word)) and (number := _number(compared[2])) is not None:
        return (word, None, number) if compared[1] in ("<", "<=", "≤") else (word, number, None)
    if spread := _RANGE.match(word):
        low, high = _number(spread[1]), _number(spread[2])
        if low is not None and high is not None and low <= high:
            return word, low, high
    return word, None, None


def _number(text: str) -> float | None:
    """None too for one with so many digits that it is no measurement."""
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    return number if isfinite(number) else None


def figures(text: str) -> tuple[str, ...]:
    """Runs of digits with the points, commas, strokes and comparisons that change what they say: "<5.0", "2026-05-04"."""
    return tuple(_FIGURES.findall(text.translate(_DASHES)))


def in_figures(text: str) -> str:
    """The text with percentages in words as figures, every other character in its place: "sixty-two percent"."""

    def figure(match: re.Match[str]) -> str:
        ones = _ONES[match[2].lower()] if match[2] else 0
        return f"{_TENS[match[1].lower()]}{ones}".rjust(len(match[0]))

    return _PERCENT.sub(figure, text)
