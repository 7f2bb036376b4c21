"""The words of transplants.yaml as expressions, and the clause that a mention stands in."""

from __future__ import annotations

import re
from functools import cache

from chartproof.chart.find.said import loosen
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression


@cache
def words(name: str) -> str:
    """The expression of one entry of transplants.yaml; a list is an alternative of its parts."""
    data = load("transplants.yaml")
    rule = data[name]
    text = rule if isinstance(rule, str) else "|".join(rule)
    return apostrophes(loosen(text.replace("{graft}", f"(?:{data['graft']})")))


def apostrophes(pattern: str) -> str:
    """The pattern with each apostrophe matching the curved one too: within a class of characters as one more of them."""
    parts = re.split(r"(\[[^\]]*\])", pattern)
    return "".join(part.replace("'", "'\u2019" if index % 2 else "['\u2019]") for index, part in enumerate(parts))


@cache
def named(name: str) -> Expression:
    """Whole words of one entry of transplants.yaml."""
    return Expression(rf"(?:(?<![\w-])|(?<=\bpost-))(?:{words(name)})(?!\w)", re.IGNORECASE)


@cache
def cue(name: str, *, shape: str = "{}") -> Expression:
    """The words of one entry, never within a longer word; `shape` says where they stand."""
    start = "" if name.startswith("not_") else r"(?<!\w)"
    return Expression(shape.replace("{}", f"(?:{start}(?:{words(name)}))"), re.IGNORECASE)


def clause_before(text: str, start: int) -> str:
    """The words of the mention's own clause on its left."""
    return re.split(r"[.;?!]\s|\b(?:but|however|although|whereas|though)\b", text[:start], flags=re.IGNORECASE)[-1]


def clause_after(text: str, end: int) -> str:
    return re.split(r"[.;!]\s|\b(?:but|however|although|whereas|though)\b", text[end:], flags=re.IGNORECASE)[0]
