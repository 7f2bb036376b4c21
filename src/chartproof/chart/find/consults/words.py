"""Words of specialties and of asking for their opinion (knowledge/vocabulary/specialties.yaml)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression


def rules() -> dict[str, Any]:
    return dict(load("specialties.yaml"))


#: "The cardiology tech had left": somebody of the department, whom nobody asks for an opinion.
STAFF = r"tech\w*|lab(?:oratory)?|suite|desk|schedul\w*|clerk|waiting room|machine|cart"


@cache
def specialties() -> tuple[tuple[str, Expression], ...]:
    """Each specialty with the words that name it wherever they stand."""
    return tuple((name, whole(rule["words"])) for name, rule in rules()["specialties"].items())


@cache
def names() -> tuple[tuple[str, Expression, bool], ...]:
    """(specialty, expression, whether it is a bare organ, a specialty only behind "ref to" and the like)."""
    bare = [(name, whole(rule["bare"]), True) for name, rule in rules()["specialties"].items() if "bare" in rule]
    return (*((name, pattern, False) for name, pattern in specialties()), *bare)


def whole(words: list[str]) -> Expression:
    return Expression(
        r"(?<![\w])(?:" + "|".join(f"(?:{word})" for word in words) + rf")(?![\w])(?! (?:{STAFF})\b)", re.IGNORECASE
    )


@cache
def cue(name: str) -> Expression:
    """One pattern for a list of specialties.yaml."""
    return Expression("|".join(f"(?:{part})" for part in rules()[name]), re.IGNORECASE)
