"""A Bundle as an index: every entry by its address, and every reference resolved inside it. Nothing is ever fetched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chartproof.exchange.elements import mapping, objects, text
from chartproof.exchange.refusals import Issue, Resource


@dataclass(frozen=True, slots=True)
class Held:
    """One entry. `at` is its place in the message, for an issue."""

    address: str
    resource: Resource
    at: str

    @property
    def kind(self) -> str:
        return text(self.resource.get("resourceType"))

    @property
    def local(self) -> str:
        return f"{self.kind}/{text(self.resource.get('id'))}"


@dataclass(frozen=True, slots=True)
class Index:
    """The entries of a Bundle in its order, and where each address leads."""

    entries: tuple[Held, ...]
    places: Mapping[str, Held] = field(default_factory=dict)

    def of(self, kind: str) -> list[Resource]:
        return [one.resource for one in self.entries if one.kind == kind]

    def resolve(self, address: str, *, near: Held | None = None) -> Held | None:
        """The entry that a reference of `near` leads to; None where it is not in the Bundle.

        A relative reference is read beside the full address of the entry that holds it, and else by type and id alone.
        """
        plain = address.partition("|")[0].partition("/_history/")[0]
        if plain.startswith("#") and near is not None:
            return self.places.get(near.address.partition("#")[0] + plain)
        if near is not None and "/" in plain and ":" not in plain:
            base = near.address.removesuffix(near.local)
            if base != near.address and base + plain in self.places:
                return self.places[base + plain]
        return self.places.get(plain)


def index(bundle: Resource) -> Index:
    """The Bundle's entries; one without a resource is left out here, and `problems` says so."""
    held = [
        Held(text(entry.get("fullUrl")), mapping(entry.get("resource")), f"Bundle.entry[{number}]")
        for number, entry in enumerate(objects(bundle.get("entry")))
        if mapping(entry.get("resource"))
    ]
    places: dict[str, Held] = {}
    for one in held:
        places.setdefault(one.address, one)
    several = Counter(one.local for one in held)
    for one in held:
        if several[one.local] == 1:  # of two that have one type and id, neither is meant by those alone
            places.setdefault(one.local, one)
        for number, inside in enumerate(objects(one.resource.get("contained"))):
            address = f"{one.address}#{text(inside.get('id'))}"
            places.setdefault(address, Held(address, inside, f"{one.at}.resource.contained[{number}]"))
    return Index(tuple(held), places)


def references(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """(address, place) of every Reference below a value, in order."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"], at
        for key, one in value.items():
            yield from references(one, f"{at}.{key}" if at else key)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from references(one, f"{at}[{number}]")


def address_problems(bundle: Resource) -> Iterator[Issue]:
    """Entries without a resource or address, addresses that stand twice, and addresses that do not end in type and id."""
    seen: set[str] = set()
    for number, entry in enumerate(objects(bundle.get("entry"))):
        at = f"Bundle.entry[{number}]"
        resource, address = mapping(entry.get("resource")), text(entry.get("fullUrl"))
        if not resource:
            yield Issue("an entry has no resource", "required", at)
        if not address:
            yield Issue("an entry has no fullUrl", "required", f"{at}.fullUrl")
            continue
        if address in seen:
            yield Issue("two entries have the same fullUrl", "duplicate", f"{at}.fullUrl")
        seen.add(address)
        if address.startswith("urn:"):
            continue
        own = f"/{resource.get('resourceType')}/{resource.get('id')}"
        if ":" not in address or (resource.get("id") and not address.endswith(own)):
            yield Issue(
                "a fullUrl is no absolute address that ends in the resource's type and id", "value", f"{at}.fullUrl"
            )


def reached(index: Index, first: Held) -> tuple[Sequence[Held], Sequence[Issue]]:
    """The entries that can be reached from `first`, itself included, and an issue for each reference that leads out."""
    found: dict[int, Held] = {id(first.resource): first}
    queue, missing = [first], []
    while queue:
        one = queue.pop(0)
        for address, place in references(one.resource):
            there = index.resolve(address, near=one)
            if there is None:
                missing.append(
                    Issue("a reference is not resolved inside the Bundle", "not-found", f"{one.at}.resource.{place}")
                )
            elif id(there.resource) not in found:
                found[id(there.resource)] = there
                queue.append(there)
    return tuple(found.values()), tuple(missing)
