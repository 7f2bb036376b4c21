"""No expression of the project tries the ways to share out a run of blanks among many endless parts.

A repeat of what may be blanks alone, of any number, cuts a run of n blanks in 2 to the power of n ways before it fails.
What is only a square is bounded elsewhere: no page keeps a long run of blanks (tests/chart_reading/test_blanks.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
CHARACTERS = (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN)
BLANK = ord(" ")
#: Turns of a repeat that are few enough to be tried in every way.
FEW = 3


def shared_out(parsed: Any) -> bool:
    """Whether a repeat in the expression repeats what may be an endless run of blanks and no more."""
    return any(
        name in REPEATS and (value[1] is op.MAXREPEAT or value[1] > FEW) and blanks(value[2])[1]
        for name, value in parts(parsed)
    )


def parts(parsed: Any) -> Iterator[tuple[Any, Any]]:
    """Every part of the expression, those within others too."""
    for name, value in parsed:
        yield name, value
        for inner in inside(name, value):
            yield from parts(inner)


def inside(name: Any, value: Any) -> list[Any]:
    if name in REPEATS:
        return [value[2]]
    if name is op.SUBPATTERN:
        return [value[3]]
    if name is op.BRANCH:
        return list(value[1])
    if name is op.GROUPREF_EXISTS:
        return [one for one in value[1:] if one]
    return [value[1]] if name in (op.ASSERT, op.ASSERT_NOT) else [value] if name is op.ATOMIC_GROUP else []


def blanks(parsed: Any) -> tuple[bool, bool]:
    """Whether all of a sequence may be blanks or nothing, and whether of any number then."""
    found = [of_part(name, value) for name, value in parsed]
    may = all(one for one, _ in found)
    return may, may and any(endless for _, endless in found)


def of_part(name: Any, value: Any) -> tuple[bool, bool]:
    if name in CHARACTERS:
        return takes_a_blank(name, value), False
    if name in REPEATS:
        least, most, part = value
        may, endless = blanks(part)
        return may or least == 0, may and (endless or (most is op.MAXREPEAT and part.getwidth()[1] > 0))
    if name in (op.AT, op.ASSERT, op.ASSERT_NOT):
        return True, False
    found = [blanks(inner) for inner in inside(name, value)]
    return any(may for may, _ in found), any(endless for _, endless in found)


def takes_a_blank(name: Any, value: Any) -> bool:
    if name is op.IN:
        held = any(has_blank(*member) for member in value)
        return held != ((op.NEGATE, None) in value)
    return name is op.ANY or (value == BLANK) is (name is op.LITERAL)


def has_blank(name: Any, value: Any) -> bool:
    if name is op.RANGE:
        return bool(value[0] <= BLANK <= value[1])
    if name is op.CATEGORY:
        return value in (op.CATEGORY_SPACE, op.CATEGORY_NOT_WORD, op.CATEGORY_NOT_DIGIT)
    return name is op.LITERAL and bool(value == BLANK)


@pytest.mark.parametrize(
    ("source", "shared"),
    [
        (r"(?:\s+)*x", True),
        (r"(?:\s*,?)*x", True),
        (r"(?:[^a]*b?)+x", True),
        (r"(?:a|(?:\W*){2,9})x", True),
        (r"(?=(?:.*)*x)", True),
        (r"(?:\s+a)*x", False),
        (r"\s*,?\s*x", False),
        (r"(?:\w+ ?)*x", False),
        (r"(?:[^\S\n]{0,3})*x", False),
        (r"(?:\s*b?)?x", False),
    ],
)
def test_what_counts_as_shared_out(source: str, shared: bool) -> None:
    assert shared_out(_parser.parse(source)) is shared


def test_no_expression_shares_out_a_run_of_blanks(own_expressions: dict[str, frozenset[tuple[str, int]]]) -> None:
    every = own_expressions["expressions"] | own_expressions["patterns"]
    assert len(every) > 2000
    assert [source for source, flags in every if shared_out(_parser.parse(source, flags))] == []
