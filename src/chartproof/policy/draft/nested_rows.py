"""Rows that stand under another row by their numbers: "4a" and "4b" under "4", in the test of it that speaks of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.nodes import stem


def nested(rows: Sequence[Criterion]) -> list[Criterion]:
    """The rows' criteria, those whose numbers go on with another's as its children."""
    found: list[Criterion] = []
    for one in rows:
        above = next((at for at, other in enumerate(found) if _stands_under(one, other)), -1)
        if above < 0 or one.made_id:
            found.append(one)
        else:
            found[above] = with_rows(found[above], [one])
    return found


def with_rows(one: Criterion, rows: Sequence[Criterion]) -> Criterion:
    """The criterion with rows under it: in the one of its tests that names them, else as all that it asks."""
    told = [child for child in one.children if any(_names(child.text, row.id) for row in rows) or _is_led(child, rows)]
    if one.join == "all" and len(told) == 1:
        child = replace(told[0], join=_join(told[0].text), leaf=None, children=(*_listed(told[0], rows), *rows))
        return replace(one, children=tuple(child if other is told[0] else other for other in one.children))
    return replace(one, join=_join(one.text), leaf=None, children=(*_listed(one, rows), *rows))


def _stands_under(one: Criterion, other: Criterion) -> bool:
    return bool(other.id) and not other.made_id and stem(one.id) == other.id.split(" ")[-1] and one.id != other.id


def _is_led(child: Criterion, rows: Sequence[Criterion]) -> bool:
    """True for the test that holds the rows before these already."""
    return any(stem(row.id) == stem(other.id) for row in rows for other in child.children if not other.made_id)


def _listed(one: Criterion, rows: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """The rows that stand under it already; the parts of its own sentence only led to them."""
    return tuple(child for child in one.children if not child.made_id and stem(child.id) == stem(rows[0].id))


def _names(text: str, label: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(label)}(?![\w-])", text) is not None


def _join(text: str) -> str:
    said = announcement(text) or announcement(f"{text.rstrip('. ')}:")
    if said is not None and said.join != "none":
        return said.join
    return "any" if re.search(r"(?i)\b(?:or|either|one of)\b[^.]{0,12}\d+[a-z]\b", text) else "all"
