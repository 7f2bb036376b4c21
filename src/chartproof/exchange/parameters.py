"""Parameters in and out: the arguments of an operation, checked, and its answer."""

from __future__ import annotations

from typing import Any

from chartproof.exchange.base import check
from chartproof.exchange.elements import mapping, objects, text
from chartproof.exchange.refusals import Issue, Refused, Resource


def arguments(message: Resource, *, bare: str = "", name: str = "") -> list[tuple[str, Any]]:
    """(name, value) of each parameter, in order; a resource of the type `bare` alone is its parameter `name`.

    Raises Refused CP-FHIR-02 where the message is not base R4, or neither Parameters nor that resource.
    """
    check(message)
    kind = message.get("resourceType")
    if bare and kind == bare:
        return [(name, message)]
    if kind != "Parameters":
        asked = f"Parameters or a {bare}" if bare else "Parameters"
        raise Refused("CP-FHIR-02", Issue(f"the message is not {asked}", "structure", text(kind)))
    found: list[tuple[str, Any]] = []
    for number, one in enumerate(objects(message.get("parameter"))):
        if not text(one.get("name")):
            raise Refused(
                "CP-FHIR-02", Issue("a parameter has no name", "required", f"Parameters.parameter[{number}].name")
            )
        value = one.get("resource", next((value for key, value in one.items() if key.startswith("value")), None))
        found.append((one["name"], value))
    return found


def bundle_of(message: Resource) -> Resource:
    """What a PAS operation is asked with: the Bundle alone, or in Parameters as `resource`."""
    if message.get("resourceType") != "Parameters":
        return message
    found = next((mapping(value) for name, value in arguments(message) if name == "resource"), {})
    if not found:
        raise Refused("CP-FHIR-02", Issue("the Parameters hold no resource", "required", "Parameters.parameter"))
    return found


def resources(given: list[tuple[str, Any]], name: str, *kinds: str) -> list[Resource]:
    """The resources of this parameter. Raises Refused CP-FHIR-02 where one is of no kind that is allowed."""
    found = [mapping(value) for key, value in given if key == name]
    if any(one.get("resourceType") not in (kinds or (one.get("resourceType"),)) or not one for one in found):
        allowed = " or ".join(kinds) or "a resource"
        raise Refused("CP-FHIR-02", Issue(f"the parameter {name} is not {allowed}", "value", "Parameters.parameter"))
    return found


def parameters(*parts: tuple[str, Resource]) -> Resource:
    return {"resourceType": "Parameters", "parameter": [{"name": name, "resource": value} for name, value in parts]}
