"""A lead that names its items by their labels: "the criteria in 4.1, 4.2 or 4.3 are met, and 4.4 is met"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chartproof.policy.draft.criterion import Criterion

#: Words before a single letter or number that make it a label.
_POINTS = re.compile(
    r"(?i)\b(?:criteri\w+|conditions?|items?|sections?|parts?|paragraphs?|requirements?|steps?|both|either|of|in|under|and|or|meets?|satisf\w+)\s+$"
)


def alternatives(lead: str, items: Sequence[Criterion]) -> list[tuple[int, ...]] | None:
    """The items that the lead sets against each other with "or", as groups of their places; None where it names none.

    An item that stands in no group is asked for by itself.
    """
    names = {_name(one.id): at for at, one in enumerate(items) if not one.made_id}
    if len(names) < 2:
        return None
    one = "|".join(rf"\(?{re.escape(name)}\)?(?![\w(]|\.\d)" for name in sorted(names, key=len, reverse=True))
    series = re.compile(rf"(?<![\w.])(?:{one})(?:(?:,\s*(?:(?:or|and)\s+)?|\s+(?:or|and|through|to)\s+)(?:{one}))*")
    groups: list[tuple[int, ...]] = []
    for match in series.finditer(lead):
        said = match.group()
        places = [names[label.strip("()")] for label in re.findall(one, said)]
        if len(said) < 3 and not _POINTS.search(lead[: match.start()]):
            continue
        if re.search(r"\b(?:through|to)\b", said) and len(places) == 2:
            places = list(range(places[0], places[1] + 1))
        either = re.search(r"\bor\b", said) or re.search(
            r"(?i)\b(?:any|one|either) (?:\w+ )?(?:of|in) $", lead[: match.start()]
        )
        if either and len(places) > 1:
            groups.append(tuple(places))
    apart = [at for group in groups for at in group]
    return groups if groups and len(apart) == len(set(apart)) and len(apart) <= len(items) else None


def _name(id: str) -> str:
    """The label as a lead writes it: "4.1" whole, the last part of "II.A" or "2(b)"."""
    return id if re.fullmatch(r"[\d.]+", id) else re.split(r"[.(]", id.rstrip(")"))[-1]
