"""What keeps a request from being decided without a person, whatever its documents show: whose it is, under which coverage,
and what exactly is asked for. A line each; nothing here denies anything."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date

from chartproof.exchange.bundles import Held
from chartproof.exchange.elements import extension_value, mapping, objects, target, text, texts
from chartproof.exchange.names import PAS
from chartproof.exchange.orders import Asked, asked, products
from chartproof.exchange.records import CLINICAL
from chartproof.exchange.refusals import Resource
from chartproof.exchange.site import Site
from chartproof.exchange.submitted import Submitted
from chartproof.model import Review

REQUESTED = f"{PAS}/StructureDefinition/extension-requestedService"
#: The states of an order that still asks for something.
ORDERED = ("active", "draft", "on-hold")
#: The states of a document that is somebody's final word.
FINAL = ("final", "amended")


def doubts(request: Submitted, wanted: Mapping[int, Asked | None], site: Site, *, today: date) -> Iterator[str]:
    """`wanted` is what each item that is not called off asks for, by its number."""
    yield from _of_member(request.party("patient"))
    yield from _of_coverage(request, today)
    products = {one.product for one in wanted.values() if one and one.product}
    if len(products) > 1:
        yield "the items ask for more than one product; a person decides"
    for item in request.items:
        sequence = item.get("sequence")
        if isinstance(sequence, int) and sequence in wanted:
            yield from (f"item {sequence}: {line}" for line in _of_item(item, wanted[sequence], request, site))


def _of_member(held: Held | None) -> Iterator[str]:
    person = held.resource if held else {}
    names = objects(person.get("name"))
    named = any(text(one.get("family")) or text(one.get("text")) or texts(one.get("given")) for one in names)
    if not named or len(text(person.get("birthDate"))) < 10:
        yield "the member's name or day of birth is not given, so that nobody can tell whose the documents are"
    if person.get("deceasedBoolean") is True or text(person.get("deceasedDateTime")):
        yield "the member died, as the request says"
    replaced = any(one.get("type") == "replaced-by" for one in objects(person.get("link")))
    if person.get("active") is False or replaced:
        yield "the member's record is no longer in use"


def _of_coverage(request: Submitted, today: date) -> Iterator[str]:
    held = request.coverage
    if held is None:
        return
    if held.resource.get("status") != "active":
        yield "the coverage is not active"
    start = text(mapping(held.resource.get("period")).get("start"))[:10]
    if start and start > today.isoformat()[: len(start)]:
        yield "the coverage has not begun"
    end = text(mapping(held.resource.get("period")).get("end"))[:10]
    if end and end < today.isoformat()[: len(end)]:
        yield "the coverage has ended"
    if not of_patient(held, request, "beneficiary"):
        yield "the coverage is another person's, or of one who is not in the request"
    payors = [request.index.resolve(target(one), near=held) for one in objects(held.resource.get("payor"))]
    insurer = request.party("insurer")
    inside = [one.address for one in payors if one is not None]
    if inside and insurer is not None and insurer.address not in inside:
        yield "the coverage is another insurer's"


def of_patient(held: Held, request: Submitted, *keys: str) -> bool:
    """Whether a resource says nothing of whose it is, or that it is the Claim's patient's. `keys`: where it would say so."""
    patient = request.party("patient")
    for key in keys or ("subject", "patient"):
        address = target(held.resource.get(key))
        if address:
            there = request.index.resolve(address, near=held)
            if there is None or patient is None or there.address != patient.address:
                return False
    return True


def unnamed(review: Review, request: Submitted) -> Iterator[str]:
    """Files that carry a row and nowhere have the member's family name: a birth date alone may be another person's."""
    held = request.party("patient")
    names = objects(held.resource.get("name")) if held else []
    families = [letters(text(one.get("family")) or text(one.get("text")).rpartition(" ")[2]) for one in names]
    carrying = {span.file for one in (*review.criteria, *review.label) for span in one.evidence}
    for file in review.chart.files:
        if file.name in carrying:
            words = letters(" ".join(page.text for page in file.pages))
            if not any(family and family in words for family in families):
                yield f"a document does not have the member's name: {file.name}"


def letters(words: str) -> str:
    """Letters alone, without case and accents."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    return "".join(one for one in plain if one.isalpha())


def _of_item(item: Resource, own: Asked | None, request: Submitted, site: Site) -> Iterator[str]:
    if len(products({"productOrService": item.get("productOrService")})) > 1:
        yield "its codes are of more than one product"
    quantity = mapping(item.get("quantity"))
    if quantity.get("value", 1) != 1 or quantity.get("comparator"):
        yield "another number than one is asked for"
    below = [one for part in objects(item.get("detail")) for one in (part, *objects(part.get("subDetail")))]
    inside = {name for one in below for name in products({"productOrService": one.get("productOrService")})}
    if inside - {own.product if own else ""}:
        yield "a detail of it is of another product"
    address = target(extension_value(item, REQUESTED))
    held = request.index.resolve(address, near=request.claim) if address else None
    if held is None:
        return
    order = held.resource
    if order.get("doNotPerform") is True or order.get("status") not in ORDERED:
        yield "its order asks for nothing now"
    if not of_patient(held, request):
        yield "its order is for another person"
    said = asked(order, site.loaded, tuple(request.index.of("Medication")))
    if own and own.product and said and said.product and said.product != own.product:
        yield "its order names another product"


def passed_over(held: Held, request: Submitted) -> str:
    """Why a supporting resource is no evidence; "" where it may be."""
    resource = held.resource
    if held.kind in CLINICAL and not any(target(resource.get(key)) for key in ("subject", "patient")):
        return "it does not say whose it is"
    if not of_patient(held, request):
        return "it is about another person, or about one who is not in the request"
    if held.kind == "DocumentReference":
        if resource.get("status") != "current":
            return "it was replaced or entered in error"
        if text(resource.get("docStatus")) not in ("", *FINAL):
            return "it is not final"
        if held.address in _replaced(request):
            return "another document of the request replaced it"
    if resource.get("status") == "entered-in-error":
        return "it was entered in error"
    return ""


def _replaced(request: Submitted) -> set[str]:
    """Documents in whose place another of the same request stands."""
    found = set()
    for held in (one for one in request.index.entries if one.kind == "DocumentReference"):
        for one in objects(held.resource.get("relatesTo")):
            there = (
                request.index.resolve(target(one.get("target")), near=held) if one.get("code") == "replaces" else None
            )
            if there is not None and there.address != held.address:
                found.add(there.address)
    return found
