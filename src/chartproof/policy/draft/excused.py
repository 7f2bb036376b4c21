"""Sentences that take a criterion back for some, wherever they stand: "R3 does not apply to members in hospice"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chartproof.policy.draft.criterion import Criterion, every, first_words
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.single import single
from chartproof.policy.draft.words import drafting, number, pattern, patterns

#: A label as a sentence names it: "4", "R3", "(a)(2)", "two", "second".
_NAME = re.compile(r"\(?[A-Za-z]{0,4}-?\d[\w.()-]*|\([a-z]{1,4}\)(?:\(\w{1,4}\))*|\b[A-Z](?:\.?\d+)*\b|\b[a-z]+\b")
#: The label that a joined name of a list stands for: "first" to "tenth".
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def with_excused(criteria: Sequence[Criterion], said: Sequence[str]) -> list[Criterion]:
    """The criteria, each with the exception that a sentence of `said`, or a criterion that only says so, makes from it."""
    criteria = _met_otherwise(_written_out(criteria), said)
    found: dict[str, str] = {}
    spent: set[str] = set()
    told = [(one.text, one.id) for one in every(criteria) if not one.children]
    for text, own in [*told, *((text, "") for text in said)]:
        names, guard, subject = _excuse(text)
        excused = [one for one in _named(criteria, names, subject) if one.id != own] if guard else []
        if excused:
            found |= {one.id: guard for one in excused}
            spent |= {own} - {""}
    return [mended for one in criteria if (mended := _mended(one, found, spent)) is not None]


def _written_out(criteria: Sequence[Criterion]) -> list[Criterion]:
    """The criteria; a part whose entries take another part back stands beside that as another way."""
    found = list(criteria)
    for one in criteria:
        told = pattern("joins", "waives_part").search(one.text) if one.children else None
        part = next((other for other in found if told and plain_label(other.id) == plain_label(told["id"])), None)
        if part is None or part is one:
            continue
        way = _of_kind(replace(one, join="any" if one.join == "none" else one.join), part.kind)
        name = f"{part.id}/{one.id}"
        both = replace(part, id=name, text=one.text, join="any", leaf=None, made_id=True, children=(part, way))
        found = [both if other is part else other for other in found if other is not one]
    return found


def _met_otherwise(criteria: list[Criterion], said: Sequence[str]) -> list[Criterion]:
    """The criteria; one that a sentence calls met in a case of its own has that case as another way.

    "For members of 16 and 17, criterion 2 is considered met when growth has ended."
    """
    told = [(one, one.text) for one in every(criteria) if one.made_id]
    done: set[str] = set()  # a sentence that falls into parts says it once
    for one, text in [*told, *((None, text) for text in said)]:
        match = pattern("joins", "met_otherwise").search(text)
        named = next(_named(criteria, [match["id"]], ""), None) if match is not None else None
        if match is not None and named is not None and named is not one and named.id not in done:
            criteria = _with_way(criteria, named, match, one)
            done.add(named.id)
    return criteria


def _with_way(
    criteria: list[Criterion], named: Criterion, match: re.Match[str], spent: Criterion | None
) -> list[Criterion]:
    page = spent.page if spent is not None else named.page
    node = Node("paragraph", match.group(), page)
    way = single(f"{named.id}/b", node, match["way"], named.kind, is_made=True)
    if match["who"]:
        who = single(f"{named.id}/b/a", node, match["who"], named.kind, is_made=True)
        way = Criterion(
            f"{named.id}/b", named.kind, match.group(), page, first_words(match.group()), "all", made_id=True,
            children=(who, replace(way, id=f"{named.id}/b/b")),
        )  # fmt: skip
    own = replace(named, id=f"{named.id}/a", made_id=True)
    both = replace(named, join="any", leaf=None, children=(own, way), when="", unless="")

    def mended(one: Criterion) -> Criterion | None:
        if one is named:
            return both
        if one is spent:
            return None
        return replace(one, children=tuple(kept for child in one.children if (kept := mended(child)) is not None))

    return [kept for one in criteria if (kept := mended(one)) is not None]


def _of_kind(one: Criterion, kind: str) -> Criterion:
    return replace(one, kind=kind, children=tuple(_of_kind(child, kind) for child in one.children))


def _mended(one: Criterion, found: dict[str, str], spent: set[str]) -> Criterion | None:
    if one.id in spent and not one.children:
        return None
    children = tuple(child for part in one.children if (child := _mended(part, found, spent)) is not None)
    return replace(one, unless=one.unless or found.get(one.id, ""), children=children)


def _excuse(text: str) -> tuple[list[str], str, str]:
    """(labels that the sentence names, for whom they do not hold, the words before the labels); empty where it excuses none."""
    for one in patterns("excuses"):
        match = one.search(text)
        if match is not None:
            names = [name for name in _NAME.findall(match["ids"]) if _is_label(name)]
            return names, match["guard"].strip(" ."), match["subject"] or ""
    return [], "", ""


def _is_label(name: str) -> bool:
    return not name.isalpha() or name.isupper() or number(name) is not None or name in _PLACES


def plain_label(label: str) -> str:
    """ "(a)(2)", "Row 4", "Condition Two" as "a2", "4", "2"."""
    last = re.sub(r"(?i)^[a-z]+\s+", "", label).strip("()").lower()
    if last in _PLACES:
        return str(_PLACES.index(last) + 1)
    return str(number(last)) if number(last) is not None else re.sub(r"[^a-z0-9]", "", last)


def _named(criteria: Sequence[Criterion], names: Sequence[str], subject: str) -> Iterator[Criterion]:
    """The criteria of these printed labels; of one that has parts, the part of which the sentence speaks."""
    silent = {*drafting()["small"], *drafting()["silent"]}
    words = [word for word in re.findall(r"[a-z]{4,}", subject.lower()) if word not in silent]
    for name in names:
        for one in every(criteria):
            if one.made_id or plain_label(one.id) != plain_label(name):
                continue
            parts = [part for part in every(one.children) if any(word in part.text.lower() for word in words)]
            yield parts[0] if parts else one
            break
