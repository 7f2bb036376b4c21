"""The words of knowledge/vocabulary/drafting.yaml as compiled patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
}  # fmt: skip


@cache
def drafting() -> Mapping[str, Any]:
    """The file as it is written."""
    path = files("chartproof").joinpath("knowledge", "vocabulary", "drafting.yaml")
    found: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@cache
def pattern(section: str, name: str) -> re.Pattern[str]:
    """One pattern of a section, without regard to case."""
    return re.compile(drafting()[section][name], re.IGNORECASE)


@cache
def patterns(section: str, name: str = "") -> tuple[re.Pattern[str], ...]:
    """The patterns of a list, in order."""
    found = drafting()[section][name] if name else drafting()[section]
    return tuple(re.compile(text, re.IGNORECASE) for text in found)


def number(word: str) -> int | None:
    """'two' or '2' as a number, None for anything else."""
    lower = word.lower()
    return int(lower) if lower.isdigit() else NUMBERS.get(lower)
