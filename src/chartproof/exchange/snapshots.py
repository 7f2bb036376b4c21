"""A narrow profile checker: how often an element may stand, its fixed value or pattern, its extensions, the codes of a
required binding, as a guide's published snapshots say. It reads StructureDefinitions from a folder, or those of PAS that
are packaged, and nothing else.

It does not check invariants in FHIRPath, or what slices by anything but a pattern, a type or an extension's address. Where a slice cannot be told it is passed over: what it says is wrong is wrong, but not the reverse.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from chartproof.exchange.bindings import ValueSets, allowed, value_sets
from chartproof.exchange.elements import mapping, objects, text
from chartproof.exchange.refusals import Issue, Resource
from chartproof.policy.load import knowledge

#: Data types whose own elements are checked nowhere: their snapshots repeat R4.
DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a snapshot. `name` is its last step ("value[x]"), `slice` its slice's name, `fixed` what it must be,
    `pattern` what it must hold, `bound` the value set of its required binding; `below` are its children by name, `slices` those of the same name."""

    name: str
    slice: str
    least: int
    most: float
    types: tuple[str, ...]
    profiles: tuple[str, ...]
    fixed: Any = None
    pattern: Any = None
    bound: str = ""
    below: dict[str, Element] = field(default_factory=dict)
    slices: list[Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Profiles:
    """Profiles by their address, without a version, and the value sets to which they bind."""

    found: Mapping[str, Resource]
    sets: ValueSets = field(default_factory=value_sets)

    def root(self, url: str) -> Element | None:
        held = self.found.get(url.partition("|")[0])
        return _tree(held) if held else None


def read_profiles(*folders: Path, sets: ValueSets | None = None) -> Profiles:
    """Every StructureDefinition with a snapshot in these folders; the first of an address counts. `sets` are the value sets
    of another edition than is packaged."""
    found: dict[str, Resource] = {}
    for folder in folders:
        for path in sorted(folder.glob("StructureDefinition-*.json")):
            held = json.loads(path.read_bytes())
            if mapping(held.get("snapshot")):
                found.setdefault(text(held.get("url")), held)
    return Profiles(found) if sets is None else Profiles(found, sets)


@cache
def pas_profiles() -> Profiles:
    """The profiles of the PAS guide, condensed by scripts/profiles.py."""
    held = json.loads(knowledge("exchange", "profiles-pas.json").read_bytes())
    return Profiles({one["url"]: one for one in held["profiles"]})


def check_profiles(resource: Resource, profiles: Profiles, *, at: str = "") -> Iterator[Issue]:
    """What the resource, and each that a Bundle or Parameters holds, breaks of the profiles that it names itself."""
    named = mapping(resource.get("meta")).get("profile")
    for url in named if isinstance(named, list) else []:
        root = profiles.root(text(url))
        if root is not None:
            yield from _element(resource, root, profiles, at or text(resource.get("resourceType")), 0)
    for key in ("entry", "parameter", "contained"):
        for number, one in enumerate(objects(resource.get(key))):
            inside = mapping(one if key == "contained" else one.get("resource"))
            if inside:
                place = f"{at or resource['resourceType']}.{key}[{number}]{'' if key == 'contained' else '.resource'}"
                yield from check_profiles(inside, profiles, at=place)


def check_against(value: Resource, url: str, profiles: Profiles, *, at: str = "") -> Iterator[Issue]:
    """What a value, such as an extension, breaks of one profile. Raises KeyError where the profile is not there."""
    root = profiles.root(url)
    if root is None:
        raise KeyError(url)
    yield from _element(value, root, profiles, at or root.name, 0)


def _tree(held: Resource) -> Element:
    """The snapshot's list of elements as a tree."""
    made: dict[str, Element] = {}
    root: Element | None = None
    for row in objects(mapping(held.get("snapshot")).get("element")):
        one = _row(row)
        name = text(row.get("id"))
        made[name] = one
        parent = made.get(name.rpartition(".")[0])
        if parent is None:
            root = root or one
        elif one.slice:
            base = parent.below.get(one.name)
            (base.slices if base else parent.slices).append(one)
        else:
            parent.below.setdefault(one.name, one)
    return root or Element("", "", 0, 1, (), ())


def _row(row: Resource) -> Element:
    name, _, part = text(row.get("id")).rpartition(".")[2].partition(":")
    most = text(row.get("max"))
    types = objects(row.get("type"))
    binding = mapping(row.get("binding"))
    value = {key[:5]: one for key, one in row.items() if key.startswith(("fixed", "pattern"))}
    return Element(
        name,
        part,
        row.get("min", 0),
        float("inf") if most == "*" else float(most or 1),
        tuple(text(one.get("code")) for one in types),
        tuple(text(url) for one in types for url in one.get("profile", ())),
        value.get("fixed"),
        value.get("patte"),
        text(binding.get("valueSet")).partition("|")[0] if binding.get("strength") == "required" else "",
    )


def _element(value: Any, element: Element, profiles: Profiles, at: str, depth: int) -> Iterator[Issue]:
    """One occurrence of an element and all below it."""
    if element.fixed is not None and value != element.fixed:
        yield Issue("an element is not the fixed value of its profile", "value", at)
    if element.pattern is not None and not holds(value, element.pattern):
        yield Issue("an element does not hold its profile's pattern", "value", at)
    if element.bound and not allowed(value, profiles.sets.get(element.bound, ""), element.types):
        name = element.bound.rpartition("/")[2]
        yield Issue(f"the code is none of the value set {name}, to which its profile binds it", "code-invalid", at)
    if not isinstance(value, dict) or depth > DEEPEST:
        return
    for url in element.profiles if "Extension" in element.types else ():
        root = profiles.root(url)
        if root is not None:
            yield from _children(value, root, profiles, at, depth)
    yield from _children(value, element, profiles, at, depth)


def _children(value: Resource, element: Element, profiles: Profiles, at: str, depth: int) -> Iterator[Issue]:
    for child in element.below.values():
        found = list(occurrences(value, child))
        place = f"{at}.{child.name}"
        yield from _count(len(found), child, place)
        for number, one in enumerate(found):
            yield from _element(one, child, profiles, f"{place}[{number}]" if child.most > 1 else place, depth + 1)
        for part in child.slices:
            mine = [one for one in found if told(one, part)]
            if not decidable(part):
                continue
            yield from _count(len(mine), part, f"{place}:{part.slice}")
            for one in mine:
                yield from _element(one, part, profiles, f"{place}:{part.slice}", depth + 1)


def _count(number: int, element: Element, at: str) -> Iterator[Issue]:
    if number < element.least:
        yield Issue(f"{element.name} stands {number} times, at least {element.least} are asked", "required", at)
    if number > element.most:
        yield Issue(f"{element.name} stands {number} times, at most {element.most:g} are allowed", "structure", at)


def occurrences(value: Resource, element: Element) -> Iterator[Any]:
    """The values of an element; value[x] under whatever type; a primitive that is only an extension counts."""
    stem = element.name.removesuffix("[x]")
    if stem != element.name:
        keys = [key for key in value if key.startswith(stem) and key[len(stem) : len(stem) + 1].isupper()]
    else:
        keys = [element.name] if element.name in value else [f"_{element.name}"] if f"_{element.name}" in value else []
    for key in keys:
        held = value[key]
        yield from held if isinstance(held, list) else [held]


def decidable(part: Element) -> bool:
    """Whether this checker can tell what belongs to the slice."""
    return not part.name.endswith("[x]") and (bool(_addresses(part)) or bool(list(_patterns(part))))


def told(value: Any, part: Element) -> bool:
    """Whether a value belongs to the slice: an extension by its address, else by its patterns."""
    urls = _addresses(part)
    if urls:
        return isinstance(value, dict) and text(value.get("url")) in urls
    patterns = list(_patterns(part))
    return bool(patterns) and all(holds(_at(value, path), wanted) for path, wanted in patterns)


def _addresses(part: Element) -> tuple[str, ...]:
    """The address of an extension slice: its profile's, or the fixed url below it."""
    if part.name not in ("extension", "modifierExtension"):
        return ()
    fixed = part.below.get("url")
    own = (fixed.fixed,) if fixed is not None and fixed.fixed else ()
    return own or tuple(url.partition("|")[0] for url in part.profiles)


def _patterns(part: Element, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """What must stand where for a value to be of the slice."""
    for wanted in (part.fixed, part.pattern):
        if wanted is not None:
            yield path, wanted
    for child in part.below.values():
        if len(path) < 2 and child.least > 0 and child.name not in ("extension", "modifierExtension"):
            yield from _patterns(child, (*path, child.name))


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def holds(value: Any, pattern: Any) -> bool:
    """Whether a value has all that a pattern has: objects their keys, lists each of its entries."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(holds(value.get(key), one) for key, one in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(holds(one, wanted) for one in value) for wanted in pattern)
    return bool(value == pattern)
