"""A later request as an update of an earlier one: every item and document of both, each marked with what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chartproof.exchange.bundles import Held, Index, index, reached
from chartproof.exchange.coded import x12
from chartproof.exchange.elements import codes, concept, extension, mapping, objects, reference, target
from chartproof.exchange.modifiers import CANCELLED, CERTIFICATION, cancelled
from chartproof.exchange.names import PAS, profile
from chartproof.exchange.refusals import Issue, Refused, Resource
from chartproof.exchange.submitted import read_request
from chartproof.exchange.wire import write

CHANGED = f"{PAS}/StructureDefinition/extension-infoChanged"


def update_bundle(earlier: Resource, later: Resource) -> Resource:
    """`later` as an update of `earlier`, both requests of `request_bundle`; neither is changed.

    Items and supporting information keep the sequence that they had; what is new comes after them, marked as added, what is
    gone stays, marked as changed and called off. The earlier Claim is in the Bundle, and what it updated itself is not.
    Raises Refused CP-FHIR-03 where nothing is different, and as `read_request` does where `earlier` is no request.
    """
    asked, new = read_request(earlier), index(later)
    old, before, after = asked.index, asked.claim, new.entries[0]
    items = list(_items(objects(before.resource.get("item")), objects(after.resource.get("item"))))
    support = list(_support(before, old, after, new))
    if not any(_marked(one) for one in (*items, *support)):
        raise Refused(
            "CP-FHIR-03", Issue("the later request asks for nothing else and shows nothing else", "business-rule")
        )
    relationship = concept("http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship", "prior")
    claim = after.resource | {
        "meta": {"profile": [profile(PAS, "profile-claim-update")]},
        "related": [{"claim": reference(before.address), "relationship": relationship}],
        "supportingInfo": support,
        "item": items,
    }
    last = {key: value for key, value in before.resource.items() if key != "related"}
    entries = {after.address: claim, before.address: last}
    for one in (*new.entries[1:], *_kept(before, old)):
        entries.setdefault(one.address, one.resource)
    return later | {"entry": [{"fullUrl": address, "resource": resource} for address, resource in entries.items()]}


def _kept(before: Held, old: Index) -> Iterator[Held]:
    """What the earlier Claim refers to, without what only its own predecessor did."""
    without = Held(
        before.address, {key: value for key, value in before.resource.items() if key != "related"}, before.at
    )
    yield from (one for one in reached(old, without)[0] if one.address != before.address)


def _items(before: list[Resource], after: list[Resource]) -> Iterator[Resource]:
    """Items are the same where their service is the same."""
    mine = {service(one): one for one in after}
    for one in before:
        there = mine.pop(service(one), None)
        if there is None:
            yield one if cancelled(one) else _called_off(one)
        else:
            same = _plain(there) == _plain(one) and not cancelled(one)
            kept = there | {"sequence": one["sequence"]}
            yield kept if same else _with(kept, "changed")
    last = max((one["sequence"] for one in before), default=0)
    for number, one in enumerate(mine.values(), last + 1):
        yield _with(one | {"sequence": number}, "added")


def service(item: Resource) -> tuple[tuple[str, str], ...]:
    return tuple(codes(item.get("productOrService")))


def _support(before: Held, old: Index, after: Held, new: Index) -> Iterator[Resource]:
    """Supporting information is the same where what it refers to has the same content."""
    mine = {content(one, after, new): one for one in objects(after.resource.get("supportingInfo"))}
    earlier = objects(before.resource.get("supportingInfo"))
    for one in earlier:
        there = mine.pop(content(one, before, old), None)
        if there is not None:
            yield there | {"sequence": one["sequence"]}
        else:
            yield one if cancelled(one) else _called_off(one, item=False)
    last = max((one["sequence"] for one in earlier), default=0)
    for number, one in enumerate(mine.values(), last + 1):
        yield _with(one | {"sequence": number}, "added")


def content(one: Resource, near: Held, held: Index) -> bytes:
    """What is referred to, without addresses and times, which differ from request to request."""
    there = held.resolve(target(one.get("valueReference")), near=near)
    return write(_timeless(there.resource)) if there else write(one)


def _timeless(value: Any) -> Any:
    if isinstance(value, list):
        return [_timeless(one) for one in value]
    if not isinstance(value, dict):
        return value
    left_out = ("id", "reference", "date", "authored", "fullUrl", "relatesTo")
    return {key: _timeless(one) for key, one in value.items() if key not in left_out}


def _plain(item: Resource) -> bytes:
    """An item without what the writer numbers and marks."""
    known = (CHANGED, f"{PAS}/StructureDefinition/extension-requestedService")
    own = [one for one in objects(item.get("extension")) if one.get("url") not in known]
    return write(
        {key: value for key, value in item.items() if key not in ("sequence", "extension")} | {"extension": own}
    )


def _marked(part: Resource) -> bool:
    return any(one.get("url") == CHANGED for one in objects(part.get("extension")))


def _with(part: Resource, word: str) -> Resource:
    own = [one for one in objects(part.get("extension")) if one.get("url") != CHANGED]
    return part | {"extension": [*own, extension(CHANGED, valueCode=word)]}


def _called_off(part: Resource, *, item: bool = True) -> Resource:
    """No longer asked for: its mark, and for an item the certification type that says so."""
    found = _with(part, "changed")
    if item:
        rest = [one for one in found["extension"] if mapping(one).get("url") != CERTIFICATION]
        found = found | {
            "extension": [extension(CERTIFICATION, valueCodeableConcept=x12("certification", "cancel")), *rest]
        }
    return found | {"modifierExtension": [extension(CANCELLED, valueBoolean=True)]}
