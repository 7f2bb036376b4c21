"""Whether two records are one person's. The numbers by which a request is found are not enough: a family shares those of its
coverage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from chartproof.exchange.bundles import index
from chartproof.exchange.elements import objects, target, text, texts
from chartproof.exchange.refusals import Resource
from chartproof.exchange.words import letters

#: `other`: born on another day. `doubtful`: the given names or the numbers of one system differ. `same`: nothing differs.
Likeness = Literal["same", "doubtful", "other"]


def person_of(answer: Resource) -> Resource:
    """The patient of an answer, as the request told of them."""
    held = index(answer)
    first = held.entries[0] if held.entries else None
    found = held.resolve(target(first.resource.get("patient")), near=first) if first else None
    return found.resource if found else {}


def likeness(one: Resource, two: Resource) -> Likeness:
    if one.get("birthDate") and two.get("birthDate") and one["birthDate"] != two["birthDate"]:
        return "other"
    differ = any(first and second and first.isdisjoint(second) for first, second in _said(one, two))
    return "doubtful" if differ else "same"


def known(one: Resource, two: Resource) -> bool:
    """Whether they are one person, and the day of birth or a number of a system that both have says so."""
    numbers = any(first & second for first, second in _numbers(one, two))
    born = bool(one.get("birthDate")) and one.get("birthDate") == two.get("birthDate")
    return likeness(one, two) == "same" and (born or numbers)


def _said(one: Resource, two: Resource) -> Iterator[tuple[set[str], set[str]]]:
    yield _given(one), _given(two)
    yield from _numbers(one, two)


def _given(person: Resource) -> set[str]:
    return {letters(given) for name in objects(person.get("name")) for given in texts(name.get("given"))} - {""}


def _numbers(one: Resource, two: Resource) -> Iterator[tuple[set[str], set[str]]]:
    """The numbers of both in each system that both have."""
    first, second = _by_system(one), _by_system(two)
    yield from ((first[system], second[system]) for system in first if system in second)


def _by_system(person: Resource) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in objects(person.get("identifier")):
        if text(one.get("system")) and text(one.get("value")):
            found.setdefault(one["system"], set()).add(one["value"])
    return found
