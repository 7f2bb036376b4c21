"""Which step of an appeal some words name: the next level, a later one, or the keeping of care meanwhile."""

from __future__ import annotations

import re
from functools import cache

from chartproof.rights.periods import periods_in
from chartproof.rights.words import table

#: Steps that may lie beyond the next one.
LATER = ("external_review", "second_level_appeal", "fair_hearing", "opm_review")


@cache
def word(name: str) -> re.Pattern[str]:
    """A pattern of deadlines.yaml."""
    return re.compile(table("deadlines")[name], re.I)


@cache
def _steps() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["step"], re.compile(row["says"], re.I)) for row in table("deadlines")["steps"])


def default(next_level: str | None) -> str:
    """The claimant's step at a letter's next level."""
    named = {"external": "external_review", "reconsideration": "reconsideration", "second_level": "second_level_appeal"}
    return named.get(next_level or "", "fair_hearing" if next_level == "fair_hearing" else "internal_appeal")


def named(words: str) -> str:
    """The first step that words name, "own" for the next level; what is only their condition comes last."""
    plain = word("condition").sub("", words)
    found = _matches(plain) or _matches(words)
    told = [
        one
        for one in found
        if not word("counted_step").fullmatch((plain if _matches(plain) else words)[one[0] : one[1]])
    ]
    return min(told or found)[2] if found else ""


def nearest(before: str, near: str) -> str:
    """The step named nearest to a time; what follows it counts twice as near, since "to ask for ..." follows."""
    found = [(len(before) - end, name) for _start, end, name in _matches(before)]
    found += [(start // 2, name) for start, _end, name in _matches(near)]
    return min(found)[1] if found else ""


def asked_after(words: str) -> str:
    """The step that the words right after a time ask for, up to the next time; empty where they ask for none."""
    following = next(periods_in(words), None)
    words = words[: following.start] if following else words
    asked = word("to_ask").match(words)
    step = named(words[asked.start() : asked.end() + 60]) if asked else ""
    return "" if step in ("own", "again") else step


def _matches(words: str) -> list[tuple[int, int, str]]:
    """(start, end, step) of what names a step, without what lies inside of another ("reconsideration" in a second one)."""
    every = [(*match.span(), name) for name, pattern in _steps() for match in pattern.finditer(words)]
    return [
        one for one in every
        if not any(other[0] <= one[0] and one[1] <= other[1] and other[:2] != one[:2] for other in every)
    ]  # fmt: skip
