"""What keeps a request from being decided without a person, whatever its documents show: whose it is, under which coverage,
on which days, and what exactly is asked for. A line each; nothing here denies anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from chartproof.exchange.bundles import Held
from chartproof.exchange.coded import data
from chartproof.exchange.days import of_days, out_of_time
from chartproof.exchange.elements import codes, extension_value, has_code, mapping, objects, target, text
from chartproof.exchange.known_by import member_of
from chartproof.exchange.modifiers import CERTIFICATION, subsetted
from chartproof.exchange.names import CPT, HCPCS, HCPCS_PAS, PAS
from chartproof.exchange.orders import Asked, asked, product_codes, products, service_codes
from chartproof.exchange.refusals import Resource
from chartproof.exchange.site import Site
from chartproof.exchange.submitted import Submitted
from chartproof.exchange.whose import closed, of_coverage, of_member, of_patient, strangers
from chartproof.exchange.words import doubted

REQUESTED = f"{PAS}/StructureDefinition/extension-requestedService"
#: The systems whose codes name a service.
SERVICES = (CPT, HCPCS, HCPCS_PAS)
AUTHORIZED = f"{PAS}/StructureDefinition/extension-authorizationNumber"


def doubts(request: Submitted, wanted: Mapping[int, Asked | None], site: Site, *, today: date) -> Iterator[str]:
    """`wanted` is what each item that is not called off asks for, by its number."""
    yield from of_member(request.party("patient"))
    if not member_of(request):
        yield "no number of the member is given, so that no inquiry can find this request"
    yield from of_coverage(request)
    yield from of_days(request, today)
    yield from strangers(request)
    yield from closed(request)
    yield from _of_claim(request)
    yield from _where(request)
    own = {one.product for one in wanted.values() if one and one.product}
    if len(own) > 1:
        yield "the items ask for more than one product; a person decides"
    items = [one for one in request.items if one.get("sequence") in wanted]
    twice = Counter(code for one in items for _, code in dict.fromkeys(codes(one.get("productOrService"))))
    if any(number > 1 for number in twice.values()):
        yield "two items ask for the same"
    for item in items:
        own_product = wanted[item["sequence"]]
        yield from (f"item {item['sequence']}: {line}" for line in _of_item(item, own_product, request, site, today))
    yield from _beside(request, own, site, today)


def _of_claim(request: Submitted) -> Iterator[str]:
    claim = request.claim.resource
    if mapping(claim.get("accident")):
        yield "an accident is named, for which another may have to pay"
    if any(one.get("preAuthRef") for one in objects(claim.get("insurance"))):
        yield "the insurance names an authorization that is there already"
    yield from _certified(claim)
    if subsetted(claim):
        yield "it says that it is only a part of a request, and the rest is not known here"


def _where(request: Submitted) -> Iterator[str]:
    """A place of the Claim, of an item or of the provider that is in another country, or no longer in use."""
    claim = request.claim
    own = request.asked
    named = [claim.resource.get("facility"), *(one.get("locationReference") for one in own)]
    held = [request.index.resolve(target(one), near=claim) for one in named if target(one)]
    provider = request.party("provider")
    places = [one.resource for one in (*held, provider) if one is not None]
    addresses = [mapping(one.get("locationAddress")) for one in own]
    for one in places:
        addresses += [mapping(one.get("address")), *objects(one.get("address"))]
    if any(_abroad(one) for one in addresses):
        yield "the service would be given in another country"
    if any(one.get("status") in ("suspended", "inactive") for one in places if one.get("resourceType") == "Location"):
        yield "the place of the service is not in use"


def _abroad(address: Resource) -> bool:
    country = text(address.get("country")).strip().casefold()
    return bool(country) and country not in doubted()["home"]


def _certified(holder: Resource) -> Iterator[str]:
    """A renewal, an appeal or a cancellation is another question than a first request."""
    known = data()["x12"]["certification"]
    said = extension_value(holder, CERTIFICATION)
    if said is not None and not any(has_code(said, known[one]) for one in doubted()["certified"]):
        yield "its kind of certification is neither a first nor a changed request"
    if extension_value(holder, AUTHORIZED):
        yield "it names an authorization that is there already"


def _of_item(item: Resource, own: Asked | None, request: Submitted, site: Site, today: date) -> Iterator[str]:
    yield from _certified(item)
    if len(products({"productOrService": item.get("productOrService")})) > 1:
        yield "its codes and words are of more than one product"
    below = [one for part in objects(item.get("detail")) for one in (part, *objects(part.get("subDetail")))]
    if own and any(
        not _of_policy(code, own) for system, code in codes(item.get("productOrService")) if system in SERVICES
    ):
        yield "one of its codes is of no policy here"
    if own and _elsewhere(item, own):
        yield "its code is of a system that names no services"
    if any(_several(one) for one in (item, *below)):
        yield "another number than one is asked for"
    for one in below:
        said = asked({"productOrService": one.get("productOrService")}, site.loaded)
        inside = products({"productOrService": one.get("productOrService")})
        if said is None:
            yield "a detail of it is of no policy here"
        elif inside - {own.product if own else ""}:
            yield "a detail of it is of another product"
    address = target(extension_value(item, REQUESTED))
    held = request.index.resolve(address, near=request.claim) if address else None
    if held is not None:
        yield from _of_order(held, own.product if own else "", request, site, today)


def _of_policy(code: str, own: Asked) -> bool:
    return code in product_codes() or code in service_codes(own.policy)


def _elsewhere(holder: Resource, own: Asked) -> bool:
    """Whether the code by which the service was known is of another system than those of services: there it means
    something else, or nobody knows what."""
    concepts = [holder.get(key) for key in ("productOrService", "code", "medicationCodeableConcept")]
    systems = {system for one in concepts for system, code in codes(one) if code == own.code and _of_policy(code, own)}
    return bool(systems) and not systems.intersection(SERVICES)


def _several(part: Resource) -> bool:
    quantity = mapping(part.get("quantity"))
    return quantity.get("value", 1) != 1 or bool(quantity.get("comparator")) or part.get("factor", 1) != 1


def _of_order(held: Held, product: str, request: Submitted, site: Site, today: date) -> Iterator[str]:
    order = held.resource
    still = doubted()["ordered"]
    if order.get("doNotPerform") is True or order.get("status") not in still["status"]:
        yield "its order asks for nothing now"
    if text(order.get("intent")) and order.get("intent") not in still["intent"]:
        yield "its order is a plan or a proposal"
    if out_of_time(text(order.get("authoredOn")), today):
        yield "its order is more than a year old, or of a day that is still to come"
    if not of_patient(held, request):
        yield "its order is for another person"
    dispensed = mapping(order.get("dispenseRequest"))
    given = (dispensed, {"quantity": order.get("quantityQuantity")})
    if dispensed.get("numberOfRepeatsAllowed", 0) != 0 or any(_several(one) for one in given):
        yield "its order asks for more than one"
    medications = tuple(request.index.of("Medication"))
    said = asked(order, site.loaded, medications)
    named = products(order, medications) | {said.product if said else ""} - {""}
    if product and named - {product}:
        yield "its order names another product"
    elif said and _elsewhere(order, said):
        yield "its order's code is of a system that names no services"
    elif said is None:
        yield "its order asks for something of which no policy here speaks"


def _beside(request: Submitted, own: set[str], site: Site, today: date) -> Iterator[str]:
    """What the Claim names beside its items: procedures, and a prescription."""
    claim = request.claim.resource
    for one in objects(claim.get("procedure")):
        there = request.index.resolve(target(one.get("procedureReference")), near=request.claim)
        code = there.resource.get("code") if there else one.get("procedureCodeableConcept")
        if own and products({"productOrService": code}) - own:
            yield "a procedure of the Claim is of another product"
    for key in ("prescription", "originalPrescription"):
        there = request.index.resolve(target(claim.get(key)), near=request.claim)
        if there is not None and there.kind == "MedicationRequest" and len(own) == 1:
            yield from (f"{key}: {line}" for line in _of_order(there, next(iter(own)), request, site, today))
