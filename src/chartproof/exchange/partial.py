"""A request that holds only what changed, or calls a whole request off: made whole from what was filed before.

PAS 2.0.1 lets an update leave out what did not change; its Claim then says that it is SUBSETTED. What is decided is the
whole: the items and supporting information that were filed, with those that came in their places (decisions/016).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from chartproof.exchange.asking import SPACE
from chartproof.exchange.bundles import Held, Index, index, reached
from chartproof.exchange.elements import concept, extension_value, mapping, objects, text
from chartproof.exchange.known_by import (
    member_of,
    part_number,
    providers,
    reference_numbers,
    replaced,
    tagged,
)
from chartproof.exchange.ledger import Kept, Ledger
from chartproof.exchange.modifiers import called_off, cancelled, subsetted
from chartproof.exchange.persons import likeness, person_of
from chartproof.exchange.refusals import UNPROCESSABLE, Issue, Refused, Resource
from chartproof.exchange.submitted import Submitted, read_request
from chartproof.exchange.update import CHANGED, content, service
from chartproof.exchange.wire import write

#: Who they are is as the later request says; of anything else both are kept.
PEOPLE = ("Patient", "Coverage", "Organization", "Practitioner", "PractitionerRole", "RelatedPerson", "Location")
#: Lists of the Claim that items point into by number: what was there stays, unless another came under its number.
NUMBERED = ("careTeam", "diagnosis", "procedure")
#: Of the earlier Claim alone.
OWN = ("id", "meta", "text", "related", "item", "supportingInfo", "contained", *NUMBERED)


def whole(request: Submitted, ledger: Ledger) -> Submitted:
    """The request, made whole where it is only a part of one that is known here; the same part again gives the same.

    Raises Refused CP-FHIR-03 where a part asks for nothing by itself and what it changes is not known, or where it puts
    something else under a number that was given.
    """
    claim = request.claim.resource
    if not (subsetted(claim) or (called_off(claim) and not request.items)):
        return request
    same = _of_sender(request, ledger.shelf.named("number", [part_number(request.digest)]))
    before = next(same, None) or _before(request, ledger)
    filed = ledger.shelf.request(before.digest) if before else None
    if before is None or filed is None:
        if not request.items:
            issue = Issue("the Claim has no item, and what it changes is not known here", "not-found", "Claim.related")
            raise Refused("CP-FHIR-03", issue, status=UNPROCESSABLE)
        return request
    known = part_number(request.digest) in before.numbers
    message = filed if known else _merged(request, read_request(filed), before.reference)
    return replace(read_request(message), warnings=request.warnings)


def _before(request: Submitted, ledger: Ledger) -> Kept | None:
    """The current state of what the part changes: what it names, else the request that has its own number."""
    named = replaced(request)
    numbers = [named] if named else [*reference_numbers(request), request.number]
    found = (ledger.numbered(one, member_of(request), providers(request)) for one in numbers)
    return next(_of_sender(request, (one for one in found if one)), None)


def _of_sender(request: Submitted, found: Any) -> Iterator[Kept]:
    """Those of the request's member and provider: nobody else's is changed."""
    patient = request.party("patient")
    person = patient.resource if patient else {}
    for one in found:
        mine = one.member & member_of(request) and one.provider & providers(request)
        if mine and likeness(person_of(one.answer), person) == "same":
            yield one


def _merged(part: Submitted, before: Submitted, number: str) -> Resource:
    """The message that the sender would have sent whole. `number` is the payer's of the earlier request."""
    places = _places(part, before, number)
    old = _led(before.claim.resource, before.claim, before.index, places)
    new = part.claim.resource
    made = {key: one for key, one in old.items() if key not in OWN} | new
    made["meta"] = {key: one for key, one in mapping(new.get("meta")).items() if key not in ("security", "tag")}
    made["related"] = [{"claim": {"identifier": {"value": number}}, "relationship": _PRIOR}]
    for key in NUMBERED:
        own = {one.get("sequence") for one in objects(new.get(key))}
        made[key] = [*(one for one in objects(old.get(key)) if one.get("sequence") not in own), *objects(new.get(key))]
    services = _changed(before, part, "item", old, lambda one, held, near: service(one))
    support = _changed(before, part, "supportingInfo", old, lambda one, held, near: content(one, near, held))
    made |= {"item": services, "supportingInfo": support, "contained": _contained(old, new)}
    made = {key: one for key, one in made.items() if one not in ([], {})}
    return _bundle(part, before, made, places)


_PRIOR = concept("http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship", "prior")


def _places(part: Submitted, before: Submitted, number: str) -> dict[str, str]:
    """Where each entry of the earlier request stands in the whole: the people in the places of the later one's, a document
    whose address now is another's at an address of its own."""
    found = {before.claim.address: part.claim.address}
    pairs = [(before.party(key), part.party(key)) for key in ("patient", "insurer", "provider")]
    for old, new in (*pairs, (before.coverage, part.coverage)):
        if old is not None and new is not None:
            found[old.address] = new.address
    for one in before.index.entries:
        there = part.index.resolve(one.address) or part.index.resolve(one.local)
        if there is not None and one.address not in found:
            same = one.kind == there.kind and (one.kind in PEOPLE or write(there.resource) == write(one.resource))
            own = uuid.uuid5(SPACE, f"{number}/{one.address}")
            found[one.address] = there.address if same else f"urn:uuid:{own}"
    return found


def _led(value: Any, near: Held, held: Index, places: Mapping[str, str]) -> Any:
    """The value, whose references lead by whole addresses to where things stand in the whole."""
    if isinstance(value, list):
        return [_led(one, near, held, places) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _led(one, near, held, places) for key, one in value.items()}
    there = held.resolve(text(value.get("reference")), near=near) if value.get("reference") else None
    if there is not None and "#" not in there.address:
        made["reference"] = places.get(there.address, there.address)
    return made


def _changed(
    before: Submitted, part: Submitted, key: str, old: Resource, same: Callable[[Resource, Index, Held], Any]
) -> list[Resource]:
    """The list as it is now: what came under a number that was given takes its place where it says that it was changed or
    called off, or is the same; `same` is what must be alike. Raises Refused CP-FHIR-03 for anything else."""
    was = {one.get("sequence"): one for one in objects(before.claim.resource.get(key))}
    found = {one.get("sequence"): _unmarked(one) for one in objects(old.get(key))}
    for number, one in enumerate(objects(part.claim.resource.get(key))):
        earlier = was.get(one.get("sequence"))
        marked = extension_value(one, CHANGED) == "changed" or cancelled(one)
        if earlier and not marked:
            mine, theirs = same(one, part.index, part.claim), same(earlier, before.index, before.claim)
            if mine != theirs:
                issue = Issue(
                    f"{key} {one.get('sequence')} was filed for something else: what is changed is marked so, and what is "
                    "new has a number of its own", "business-rule", f"{part.claim.at}.resource.{key}[{number}]",
                )  # fmt: skip
                raise Refused("CP-FHIR-03", issue, status=UNPROCESSABLE)
        found[one.get("sequence")] = one
    return list(found.values())


def _unmarked(one: Resource) -> Resource:
    """What an earlier update marked as changed is not changed by this one."""
    own = [extension for extension in objects(one.get("extension")) if extension.get("url") != CHANGED]
    rest = {key: value for key, value in one.items() if key != "extension"}
    return rest | ({"extension": own} if own else {})


def _contained(old: Resource, new: Resource) -> list[Resource]:
    """What either Claim contains. Raises Refused CP-FHIR-03 where one name is of two."""
    found = {text(one.get("id")): one for one in objects(old.get("contained"))}
    for number, one in enumerate(objects(new.get("contained"))):
        if found.get(text(one.get("id")), one) != one:
            issue = Issue("a contained resource has the name of another one", "duplicate", f"Claim.contained[{number}]")
            raise Refused("CP-FHIR-03", issue, status=UNPROCESSABLE)
        found[text(one.get("id"))] = one
    return list(found.values())


def _bundle(part: Submitted, before: Submitted, claim: Resource, places: Mapping[str, str]) -> Resource:
    """All that the part brought, and of the earlier request what the whole Claim still leads to."""
    entries = {one.address: one.resource for one in part.index.entries if one.kind != "Claim"}
    for one in before.index.entries:
        address = places.get(one.address, one.address)
        moved = _led(one.resource, one, before.index, places)
        if one.kind != "Claim" and address not in entries:
            entries[address] = moved if address == one.address else moved | {"id": address.rpartition(":")[2]}
    listed = [{"fullUrl": part.claim.address, "resource": claim}]
    listed += [{"fullUrl": address, "resource": one} for address, one in entries.items()]
    every = index({"entry": listed})
    needed = {one.address for one in reached(every, every.entries[0])[0]} | {one.address for one in part.index.entries}
    return tagged(part.message, part.digest) | {"entry": [one for one in listed if one["fullUrl"] in needed]}
