"""Where each criterion stands: its page, and the fewest of its first words that locate it there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.model.page import Page
from chartproof.policy.draft.criterion import Criterion

#: A locating phrase has at least and at most so many words.
_FEWEST, _MOST = 3, 8


def with_places(criteria: Sequence[Criterion], pages: Sequence[Page], *, capitals: bool = False) -> list[Criterion]:
    """The same trees with each `find` verbatim on its page, where the words stand together there, and told apart.

    `capitals` where the pages are typed in capitals and the criteria are written out.
    """
    if capitals:
        criteria = [_capital(one) for one in criteria]
    texts = {page.number: _plain(page.text) for page in pages}
    return [_placed(one, texts) for one in criteria]


def _capital(one: Criterion) -> Criterion:
    return replace(one, find=one.find.upper(), children=tuple(_capital(child) for child in one.children))


def _placed(one: Criterion, texts: dict[int, str]) -> Criterion:
    page, find = _located(one, texts)
    return replace(one, page=page, find=find, children=tuple(_placed(child, texts) for child in one.children))


def _located(one: Criterion, texts: dict[int, str]) -> tuple[int, str]:
    words = one.find.split()
    openings = [" ".join(words[:size]) for size in range(min(_FEWEST, len(words)), min(_MOST, len(words)) + 1)]
    for opening in openings:
        for page in (one.page, one.page + 1):
            if (
                _plain(opening) in texts.get(page, "")
                and sum(text.count(_plain(opening)) for text in texts.values()) == 1
            ):
                return page, opening
    labelled = _labelled(one, texts.get(one.page, ""))
    if labelled:
        return one.page, labelled
    own = any(_plain(opening) in texts.get(one.page, "") for opening in openings)
    for page in (one.page,) if own else (one.page, one.page + 1):
        for opening in openings:
            if texts.get(page, "").count(_plain(opening)) == 1:
                return page, opening
    for size in range(min(_MOST, len(words)), 0, -1):
        if _plain(" ".join(words[:size])) in texts.get(one.page, ""):
            return one.page, " ".join(words[:size])
    return one.page, one.find


def _labelled(one: Criterion, text: str) -> str:
    """Words that stand several times, told apart by the label that is printed before them; "" where it does not."""
    if one.made_id:
        return ""
    bracket = re.search(r"\([^()]+\)$", one.id)
    for label in (one.id, bracket.group() if bracket else one.id.split(".")[-1]):
        for stop in ("", ".", ")"):
            found = f"{label}{stop} {one.find}"
            if text.count(_plain(found)) == 1:
                return found
    return ""


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
