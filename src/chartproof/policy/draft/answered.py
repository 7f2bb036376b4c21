"""Questions whose answers one sentence tells for all: "questions 1 to 7 are answered YES and questions 8 to 10 NO"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.entries import told_answers


def with_answers(criteria: Sequence[Criterion], every_word: str) -> list[Criterion]:
    """The criteria; a numbered question to which the document wants a No is an exclusion."""
    told = told_answers(every_word)
    refused = {number for number, (_, kind) in told.items() if kind == "exclusion"}
    return [_refusing(one, refused) for one in criteria] if refused else list(criteria)


def _refusing(one: Criterion, refused: set[str]) -> Criterion:
    number = re.fullmatch(r"(?:[A-Za-z]+ )?(?P<number>\d{1,2})", one.id)
    if number is not None and not one.made_id and number["number"] in refused and one.kind == "necessity":
        join = "none" if one.children else one.join
        return replace(one, kind="exclusion", join=join, children=tuple(_told(child) for child in one.children))
    return replace(one, children=tuple(_refusing(child, refused) for child in one.children))


def _told(one: Criterion) -> Criterion:
    kind = "exclusion" if one.kind == "necessity" else one.kind
    return replace(one, kind=kind, children=tuple(_told(child) for child in one.children))
