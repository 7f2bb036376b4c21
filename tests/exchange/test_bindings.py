"""Required bindings: each value set that is packaged, and each place of the PAS profiles that is bound to one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.exchange.invented import code, item, request, submitted

from chartproof.exchange.bindings import ANY, Codes, ValueSets, allowed, value_sets
from chartproof.exchange.snapshots import Element, check_profiles, decidable, pas_profiles

NOBODYS = "https://nowhere.example/codes"
#: Types that a code may stand in, and how a value of each looks.
CODED = ("code", "Coding", "CodeableConcept", "Quantity")


def shaped(kind: str, system: str, word: str) -> Any:
    coding = {"system": system, "code": word}
    return {"code": word, "CodeableConcept": {"coding": [coding]}, "Quantity": {"value": 1, **coding}}.get(kind, coding)


def good(codes: Codes) -> tuple[str, str]:
    """A system and a code of the set."""
    system, listed = next(iter(codes.items()))
    return system, "any" if listed == ANY else listed[0]


KNOWN = {url: codes for url, codes in value_sets().items() if not isinstance(codes, str)}


@pytest.mark.parametrize("url", KNOWN)
@pytest.mark.parametrize("kind", CODED)
def test_a_code_of_each_value_set_passes_and_another_does_not(url: str, kind: str) -> None:
    codes = KNOWN[url]
    for system, listed in codes.items():
        for word in ["any"] if listed == ANY else listed:
            assert allowed(shaped(kind, system, word), codes, (kind,)), word
    system, word = good(codes)
    if ANY not in codes.values():
        assert not allowed(shaped(kind, system, "nobody-has-this"), codes, (kind,))
    if kind != "code":
        assert not allowed(shaped(kind, NOBODYS, word), codes, (kind,))
        assert not allowed(shaped(kind, system, ""), codes, (kind,))


@pytest.mark.parametrize("url", [url for url, codes in value_sets().items() if isinstance(codes, str)])
def test_what_is_not_known_says_why_and_stops_nothing(url: str) -> None:
    reason = value_sets()[url]
    assert isinstance(reason, str) and len(reason) > 20
    assert allowed({"coding": [{"system": NOBODYS, "code": "x"}]}, reason, ("CodeableConcept",))


@pytest.mark.parametrize(
    ("value", "types", "passes"),
    [
        ({"text": "in words"}, ("CodeableConcept",), False),
        ({"text": "1 Nowhere Road"}, ("CodeableConcept", "Address", "Reference"), True),
        ({"reference": "Location/1", "display": "x"}, ("CodeableConcept", "Reference"), True),
        ({"extension": [{"url": "x", "valueCode": "unknown"}]}, ("code",), True),
        ({"coding": []}, ("CodeableConcept",), False),
        ({"coding": [{"system": NOBODYS, "code": "x"}, {"system": "urn:s", "code": "a"}]}, ("CodeableConcept",), True),
        ({"value": 3, "unit": "days"}, ("Quantity",), True),
        (3, ("integer",), True),
    ],
)
def test_what_is_held_against_a_value_set(value: Any, types: tuple[str, ...], passes: bool) -> None:
    assert allowed(value, {"urn:s": ["a"]}, types) is passes


def bound(element: Element, path: tuple[Element, ...] = ()) -> Iterator[tuple[Element, ...]]:
    """Every place below an element that is bound, as the elements that lead to it; slices that nothing tells are left out."""
    here = (*path, element)
    if element.bound:
        yield here
    for child in element.below.values():
        yield from bound(child, here)
    for part in element.slices:
        if decidable(part):
            yield from bound(part, path)


def put(path: tuple[Element, ...], value: Any) -> Any:
    """A value at the end of a path, with what tells the slices on its way."""
    for element in reversed(path[1:]):
        name = element.name
        if name.endswith("[x]"):
            kind = next((one for one in element.types if one in CODED), "code")
            name = name[:-3] + kind[0].upper() + kind[1:]
        if element.slice and isinstance(value, dict):
            value = merged(value, told_by(element))
        value = {name: [value] if element.most > 1 else value}
    return value


def told_by(element: Element) -> Any:
    """The fixed values and patterns of an element and of what must stand below it."""
    for own in (element.fixed, element.pattern):
        if own is not None:
            return copy.deepcopy(own)
    inside = {key: told_by(one) for key, one in element.below.items() if one.least and not key.endswith("[x]")}
    return {key: one for key, one in inside.items() if one not in (None, {})}


def merged(value: dict[str, Any], more: Any) -> dict[str, Any]:
    return {**more, **value} if isinstance(more, dict) else value


PLACES = [
    (url, path)
    for url in pas_profiles().found
    if (root := pas_profiles().root(url)) is not None
    for path in bound(root)
]


def named(place: tuple[str, tuple[Element, ...]]) -> str:
    url, path = place
    return url.rpartition("/")[2] + ":" + ".".join(f"{one.name}:{one.slice}" if one.slice else one.name for one in path)


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_each_bound_place_of_the_profiles_takes_a_code_of_its_set_and_no_other(
    place: tuple[str, tuple[Element, ...]],
) -> None:
    url, path = place
    last = path[-1]
    codes = value_sets()[last.bound]
    if isinstance(codes, str):
        return
    kind = next(one for one in last.types if one in CODED)
    system, word = good(codes)
    wanted = last.fixed or last.pattern
    sound = wanted if isinstance(wanted, dict | str) else shaped(kind, system, word)
    assert not told(url, put(path, sound))
    if ANY in codes.values() and kind == "code":
        return
    assert told(url, put(path, shaped(kind, NOBODYS, "nobody-has-this")))


def told(url: str, resource: Any) -> list[str]:
    """What is said of codes of a resource with that profile alone."""
    whole = {"resourceType": "Any", "meta": {"profile": [url]}, **resource}
    return [one.at for one in check_profiles(whole, pas_profiles()) if one.kind == "code-invalid"]


def test_places_are_bound_in_every_kind_of_resource() -> None:
    kinds = {path[0].name for _, path in PLACES}
    assert {"Claim", "ClaimResponse", "Bundle", "Patient", "Extension", "Task", "DocumentReference"} <= kinds
    assert all(path[-1].bound in value_sets() for _, path in PLACES)


def test_a_sender_is_told_of_a_code_that_is_none_of_its_value_set() -> None:
    sent = request()
    claim = sent["entry"][0]["resource"]
    claim["meta"] = {"profile": ["http://hl7.org/fhir/us/davinci-pas/StructureDefinition/profile-claim"]}
    claim["type"] = code("http://terminology.hl7.org/CodeSystem/claim-type", "pharmacy")
    claim["item"] = [item(1)]
    answer = submitted(sent)
    said = [
        one["expression"]
        for entry in answer["entry"]
        if entry["resource"]["resourceType"] == "OperationOutcome"
        for one in entry["resource"]["issue"]
        if one["code"] == "code-invalid"
    ]
    assert said == [["Bundle.entry[0].resource.type"]]


@pytest.mark.shared
def test_the_packaged_value_sets_are_those_of_the_guides(guides: Path, value_set_script: ModuleType) -> None:
    found: ValueSets = value_set_script.table(
        [guides / "ig-packages" / "davinci_pas_2.2.1.tgz", guides / "crd-2.2.1" / "compiled", guides / "dtr-2.2.0" / "compiled"],
        [guides / "ig-packages" / "us_core_700.tgz"],
    )  # fmt: skip
    assert found.keys() == value_sets().keys()
    for url, codes in found.items():
        if "/davinci-" in url and not isinstance(codes, str) and ANY not in codes.values():
            assert codes == value_sets()[url]
