"""The words of knowledge/vocabulary/drafting.yaml as compiled patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
#: Numbers in words: "twenty-five" too.
NUMBERS = {
    **{word: n for n, word in enumerate((*_UNITS, *_TEENS), 1)},
    **{word: 10 * n for n, word in enumerate(_TENS, 2)},
    **{f"{ten}-{one}": 10 * n + m for n, ten in enumerate(_TENS, 2) for m, one in enumerate(_UNITS, 1)},
}
#: Any of these words in a pattern, the longest first.
NUMBER_WORDS = "|".join(sorted(NUMBERS, key=len, reverse=True))
#: A number with its sign, in digits or words; "one hundred" and "two thirds" are other numbers than one and two.
NUMBER = (
    r"(?<![A-Za-z\d.])(?:(?:(?<=[\s(])[-–−](?=\d))?(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
    rf"|(?:{NUMBER_WORDS})(?![a-z])(?!-[a-z]+(?:eth|th)\b)(?![\s-](?:hundred|thousand|million|half|halves|thirds?|quarters?|fifths)\b))"
)
UNIT = r"(?:percent(?:age points)?|%|[a-zA-Zµμ/][\w/µμ^²³.]*(?:\s*/\s*\w+)?)"
_TIME = r"(?:days?|weeks?|months?|years?)"


@cache
def drafting() -> Mapping[str, Any]:
    """The file as it is written."""
    path = files("chartproof").joinpath("knowledge", "vocabulary", "drafting.yaml")
    found: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@cache
def pattern(section: str, name: str) -> re.Pattern[str]:
    """One pattern of a section, without regard to case; ENTRY stands for what a lead may call the entries below it."""
    return re.compile(drafting()[section][name].replace("ENTRY", drafting()["joins"]["called"]), re.IGNORECASE)


@cache
def patterns(section: str, name: str = "") -> tuple[re.Pattern[str], ...]:
    """The patterns of a list, in order."""
    found = drafting()[section][name] if name else drafting()[section]
    return tuple(re.compile(text, re.IGNORECASE) for text in found)


@cache
def filled(text: str) -> re.Pattern[str]:
    """A pattern in which NUMBER, UNIT and TIME stand for any number, unit or span of time."""
    return re.compile(text.replace("NUMBER", NUMBER).replace("UNIT", UNIT).replace("TIME", _TIME), re.IGNORECASE)


def measured(*path: str) -> re.Pattern[str]:
    """A filled pattern of the section "tests" by the names that lead to it."""
    found: Any = drafting()["tests"]
    for name in path:
        found = found[name]
    return filled(found)


def value_of(word: str) -> Any:
    """'1,000' as 1000, '7.5' as 7.5, 'two' as 2, 'a' and 'single' as 1."""
    if word.lower() in ("a", "an", "single"):
        return 1
    if word.lower() in NUMBERS:
        return NUMBERS[word.lower()]
    plain = re.sub(r"^[–−]", "-", word.replace(",", ""))
    return float(plain) if "." in plain else int(plain)


def number(word: str) -> int | None:
    """'two' or '2' as a number, None for anything else."""
    lower = word.lower()
    return int(lower) if lower.isdigit() else NUMBERS.get(lower)
