"""A part of exceptions that names criteria elsewhere: each stands with its criterion ("Exception 2. To A.3: ...", "See Exception 2")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chartproof.policy.draft.criterion import Criterion, every, first_words, renamed
from chartproof.policy.draft.excused import plain_label
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.single import single
from chartproof.policy.draft.words import pattern


def with_exceptions(criteria: Sequence[Criterion]) -> tuple[list[Criterion], list[Criterion]]:
    """The criteria with each exception where it belongs, and the exceptions that name no criterion of the draft.

    An exception that is accepted in place of what is asked is a way beside it; any other is what the criterion is taken
    back for. A part of which no entry names a criterion stays as it is.
    """
    parts = [one for one in criteria if one.children and pattern("guards", "exceptions_part").search(one.text)]
    rest = [one for one in criteria if not any(one is part for part in parts)]
    found: dict[str, list[tuple[Criterion, str]]] = {}
    unnamed: list[Criterion] = []
    for part in parts:
        told = [(entry, *_told(entry, rest)) for entry in part.children]
        if not any(ids for _, ids, _ in told):
            rest.append(part)
            continue
        for entry, ids, says in told:
            for name in ids:
                found.setdefault(name, []).append((entry, says))
            if not ids:
                unnamed.append(entry)
    return [_mended(one, found) for one in rest], unnamed


def _told(entry: Criterion, criteria: Sequence[Criterion]) -> tuple[list[str], str]:
    """The ids of the criteria that an exception is made from, and its words without their names."""
    named = pattern("guards", "exception_to").match(entry.text)
    printed = [one for one in every(criteria) if not one.made_id]
    if named is not None:
        labels = re.split(r",\s*(?:and\s+)?|\s+and\s+|\s+or\s+", named["ids"])
        ids = [one.id for label in labels for one in printed if plain_label(one.id) == plain_label(label)]
        return ids, named["rest"]
    speaks = re.compile(rf"\b{re.escape(entry.id)}\b(?![.(]?\w)", re.IGNORECASE)
    asks = [one for one in printed if " " in entry.id and speaks.search(one.text) and one.kind != "documentation"]
    return [one.id for one in _innermost(asks)], entry.text


def _innermost(criteria: Sequence[Criterion]) -> Iterator[Criterion]:
    """Those of which no part is among them too."""
    return (one for one in criteria if not any(part is other for part in every(one.children) for other in criteria))


def _mended(one: Criterion, found: dict[str, list[tuple[Criterion, str]]]) -> Criterion:
    one = replace(one, children=tuple(_mended(child, found) for child in one.children))
    ways: list[Criterion] = []
    for entry, says in found.get(one.id, ()) if not one.made_id else ():
        if one.kind in ("necessity", "continuation") and pattern("guards", "accepted").search(says):
            ways.append(_way(entry, says, one.kind))
        else:
            one = replace(one, unless=f"{one.unless}; {says}" if one.unless else says.strip(" ."))
    if not ways:
        return one
    asked = renamed(replace(one, unless=""), one.id, f"{one.id}/0")
    return replace(one, join="any", leaf=None, children=(asked, *ways))


def _way(entry: Criterion, says: str, kind: str) -> Criterion:
    node = Node("item", says, entry.page, id=entry.id)
    return replace(single(entry.id, node, says, kind), text=entry.text, find=first_words(entry.text))
