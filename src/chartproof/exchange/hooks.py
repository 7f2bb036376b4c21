"""A CDS Hooks request: checked, and taken apart into orders, coverage and what the client wants to hear.

Context members and prefetch keys that nobody here knows are ignored. Nothing is fetched: neither `fhirServer` nor a
reference is ever followed, and `fhirAuthorization` is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chartproof.exchange.base import check, problems
from chartproof.exchange.elements import mapping, objects, text
from chartproof.exchange.refusals import Issue, Refused, Resource
from chartproof.exchange.wire import spoken

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_LOCAL = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
#: The resource types that an order may be.
ORDERS = frozenset(
    (
        "ServiceRequest", "MedicationRequest", "DeviceRequest", "NutritionOrder", "VisionPrescription",
        "CommunicationRequest", "Appointment",
    )
)  # fmt: skip
#: Those of which a policy may speak: only of these must every element be there.
SPOKEN = frozenset(("Bundle", "MedicationRequest", "ServiceRequest", "DeviceRequest", "Appointment"))
#: The Bundle of the orders that a hook asks about.
DRAFTS = {"order-sign": "draftOrders", "order-select": "draftOrders", "appointment-book": "appointments"}
VERSION = "davinci-crd.requestedVersion"
CONFIGURATION = "davinci-crd.configuration"


@dataclass(frozen=True, slots=True)
class Hooked:
    """`orders` are what the hook asks about. `coverages` is None where the client gave none at all, empty where it looked
    and found none. `wanted` is the client's configuration: what it does not want to hear is False."""

    hook: str
    orders: tuple[Resource, ...]
    coverages: tuple[Resource, ...] | None
    patient: Resource
    others: tuple[Resource, ...]
    version: str
    wanted: dict[str, Any]


def read_hook(message: Resource, hook: str) -> Hooked:
    """The request of one hook. Raises Refused CP-FHIR-02 (400) where it breaks CDS Hooks or base R4."""
    wrong = list(_problems(message, hook))
    if wrong:
        raise Refused("CP-FHIR-02", *wrong)
    context = mapping(message.get("context"))
    given = _prefetched(message)
    everything = [one for value in given.values() for one in _inside(value)]
    added = mapping(message.get("extension"))
    version = text(added.get(VERSION))
    return Hooked(
        hook,
        tuple(_orders(hook, context, everything)),
        _coverages(given),
        next((one for one in _inside(given.get("patient")) if one.get("resourceType") == "Patient"), {}),
        tuple(everything),
        "2.0.1" if version.startswith("2.0") else "2.2",
        mapping(added.get(CONFIGURATION)),
    )


def _problems(message: Resource, hook: str) -> Iterator[Issue]:
    if message.get("hook") != hook:
        yield Issue("the hook is not the one of this service", "value", "hook")
    if not text(message.get("hookInstance")):
        yield Issue("hookInstance is missing", "required", "hookInstance")
    context = message.get("context")
    if not isinstance(context, dict):
        yield Issue("context is missing", "required", "context")
        return
    for key in ("patientId", "encounterId"):
        value = context.get(key)
        if value is None and key == "patientId":
            yield Issue("context.patientId is missing", "required", "context.patientId")
        elif value is not None and not (isinstance(value, str) and _ID.fullmatch(value)):
            yield Issue(f"context.{key} is not an id", "value", f"context.{key}")
    if hook != "order-dispatch" and not text(context.get("userId")):
        yield Issue("context.userId is missing", "required", "context.userId")
    yield from _of_hook(hook, context)
    if not isinstance(message.get("prefetch", {}), dict):
        yield Issue("prefetch is not an object", "structure", "prefetch")


def _of_hook(hook: str, context: Resource) -> Iterator[Issue]:
    if hook in DRAFTS:
        key = DRAFTS[hook]
        drafts = context.get(key)
        if not isinstance(drafts, dict) or drafts.get("resourceType") != "Bundle":
            yield Issue(f"context.{key} is not a Bundle", "required", f"context.{key}")
        else:
            yield from _drafts(drafts, f"context.{key}")
    if hook == "order-select":
        chosen = context.get("selections")
        if not isinstance(chosen, list) or not chosen:
            yield Issue("context.selections is missing", "required", "context.selections")
        elif not all(isinstance(one, str) and _LOCAL.fullmatch(one) for one in chosen):
            yield Issue("a selection is not written as type and id", "value", "context.selections")
    if hook == "order-dispatch":
        sent = context.get("dispatchedOrders", context.get("order"))
        if not sent or not isinstance(sent, (list, str)):
            yield Issue("context.dispatchedOrders is missing", "required", "context.dispatchedOrders")
        if not text(context.get("performer")):
            yield Issue("context.performer is missing", "required", "context.performer")


def _drafts(drafts: Resource, at: str) -> Iterator[Issue]:
    """What is wrong with the orders, as they came and without what says nothing. What an order of another kind lacks is no matter: nothing is said of it. Nor is the
    hour of a visit, which decides nothing: test kits write it in four parts ("09:10:00:00")."""
    ways = ({"type": "collection", **drafts}, mapping(spoken({"type": "collection", **drafts})))
    for one in dict.fromkeys(issue for way in ways for issue in problems(way, at=at)):
        kind = one.text.partition(".")[0]
        hour = at == f"context.{DRAFTS['appointment-book']}" and one.at.rpartition(".")[2] in ("start", "end")
        if one.severity == "error" and not hour and (one.kind != "required" or kind in SPOKEN or " " in kind):
            yield one


def _prefetched(message: Resource) -> dict[str, Resource]:
    """The prefetched resources by key; null tells nothing. Raises Refused where one is no resource."""
    found: dict[str, Resource] = {}
    for key, value in mapping(message.get("prefetch")).items():
        if value is None:
            continue
        if not isinstance(value, dict) or not text(value.get("resourceType")):
            raise Refused("CP-FHIR-02", Issue("a prefetched value is no resource", "structure", f"prefetch.{key}"))
        check(value if value["resourceType"] != "Bundle" else {"type": "searchset", **value}, at=f"prefetch.{key}")
        found[key] = value
    return found


def _inside(value: Resource | None) -> list[Resource]:
    """A resource alone, or those of a Bundle."""
    if not value:
        return []
    if value.get("resourceType") != "Bundle":
        return [value]
    return [one for entry in objects(value.get("entry")) if (one := mapping(entry.get("resource")))]


def _orders(hook: str, context: Resource, prefetched: list[Resource]) -> Iterator[Resource]:
    """The orders that the hook asks about: drafts, those of them that were selected, or those that are dispatched."""
    if hook == "order-dispatch":
        sent = context.get("dispatchedOrders", context.get("order"))
        names = [sent] if isinstance(sent, str) else [one for one in sent or () if isinstance(one, str)]
        known = {f"{one.get('resourceType')}/{one.get('id')}": one for one in prefetched}
        yield from (spoken(known[name]) for name in map(_local, names) if name in known)
        return
    drafts = [one for one in _inside(mapping(context.get(DRAFTS[hook]))) if one.get("resourceType") in ORDERS]
    chosen = context.get("selections")
    for one in drafts:
        if hook != "order-select" or f"{one['resourceType']}/{one.get('id')}" in (chosen or ()):
            yield spoken(one)


def _local(address: str) -> str:
    return "/".join(address.partition("/_history")[0].split("/")[-2:])


def _coverages(given: dict[str, Resource]) -> tuple[Resource, ...] | None:
    """The coverages that were prefetched, under whatever key they came. A search that failed found nothing out."""
    found = [one for value in given.values() for one in _inside(value) if one.get("resourceType") == "Coverage"]
    asked = any("coverage" in key.lower() and value["resourceType"] == "Bundle" for key, value in given.items())
    return tuple(found) if found or asked else None
