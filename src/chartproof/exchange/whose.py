"""Whose a request and its parts are: the member, the coverage, and every resource that says of whom it speaks."""

from __future__ import annotations

from collections.abc import Iterator

from chartproof.exchange.bundles import Held, index, references
from chartproof.exchange.elements import codes, mapping, objects, target, text, texts
from chartproof.exchange.records import CLINICAL
from chartproof.exchange.refusals import Resource
from chartproof.exchange.submitted import Submitted
from chartproof.exchange.words import doubted, letters

#: The states of a document, and of a form, that is somebody's final word.
FINAL = ("final", "amended")
FINISHED = ("completed", "amended")


def of_patient(held: Held, request: Submitted, *keys: str) -> bool:
    """Whether a resource says nothing of whose it is, or that it is the Claim's patient's. `keys`: where it would say so."""
    for key in keys or ("subject", "patient"):
        said = mapping(held.resource.get(key))
        if target(said):
            there = request.index.resolve(target(said), near=held)
            if there is None or not _same(there, request):
                return False
        number = text(mapping(said.get("identifier")).get("value"))
        if not target(said) and number and number not in _numbers_of_member(request):
            return False
    return True


def _same(one: Held, request: Submitted) -> bool:
    """Whether an entry is the Claim's patient: that entry, or one with the same name and day of birth, and no number that
    differs. An update has the person of the earlier Claim beside its own."""
    two = request.party("patient")
    if two is None or one.address == two.address:
        return two is not None
    first, second = ({text(x.get("system")): text(x.get("value")) for x in _identifiers(y)} for y in (one, two))
    differing = any(second[system] != value for system, value in first.items() if system in second)
    alike = all(
        one.resource.get(key) and one.resource.get(key) == two.resource.get(key) for key in ("name", "birthDate")
    )
    return alike and not differing


def _identifiers(held: Held) -> list[Resource]:
    return objects(held.resource.get("identifier"))


def _numbers_of_member(request: Submitted) -> set[str]:
    patient, coverage = request.party("patient"), request.coverage
    held = coverage.resource if coverage else {}
    found = {*numbers(patient.resource if patient else {}), *numbers(held), text(held.get("subscriberId"))}
    return found - {""}


def numbers(resource: Resource) -> set[str]:
    """The values of a resource's identifiers."""
    return {text(one.get("value")) for one in objects(resource.get("identifier"))} - {""}


def strangers(request: Submitted) -> Iterator[str]:
    """What the Claim itself refers to and is another person's; its evidence is looked at by `passed_over`."""
    for address, place in references(request.claim.resource):
        held = request.index.resolve(address, near=request.claim)
        ours = held is None or held.kind in ("Patient", "Coverage") or place.startswith("supportingInfo")
        if held is not None and not ours and not of_patient(held, request):
            yield f"what {place} refers to is of another person"


def of_member(held: Held | None) -> Iterator[str]:
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


def closed(request: Submitted) -> Iterator[str]:
    """A provider or insurer whose own record says that it is no longer in use."""
    for key in ("provider", "insurer"):
        held = request.party(key)
        if held is not None and held.resource.get("active") is False:
            yield f"the {key}'s record is no longer in use"


def _first_in_order(request: Submitted) -> bool:
    """Whether the coverage that is asked is the only one, or each says its order and this one pays first."""
    named = [
        request.index.resolve(target(one.get("coverage")), near=request.claim)
        for one in objects(request.claim.resource.get("insurance"))
    ]
    others = [one for one in named if one is None or one is not request.coverage]
    orders = [one.resource.get("order") if one else None for one in others]
    own = request.coverage.resource.get("order") if request.coverage else None
    return len(named) < 2 or (own == 1 and all(isinstance(one, int) and one > 1 for one in orders))


def of_coverage(request: Submitted) -> Iterator[str]:
    """All but its days, which `days.py` holds against the days of service."""
    if not _first_in_order(request):
        yield "more than one insurance is named: a person decides who pays first"
    held = request.coverage
    if held is None:
        return
    if held.resource.get("status") != "active":
        yield "the coverage is not active"
    if any(code in doubted()["other_payers"] for _, code in codes(held.resource.get("type"))):
        yield "the coverage is of a kind under which another pays, or nobody"
    order = held.resource.get("order")
    if isinstance(order, int) and order > 1:
        yield "the coverage pays after another"
    whose = mapping(held.resource.get("beneficiary"))
    if not target(whose) and not text(mapping(whose.get("identifier")).get("value")):
        yield "the coverage does not say whose it is"
    elif not of_patient(held, request, "beneficiary"):
        yield "the coverage is another person's, or of one who is not in the request"
    insurer = request.party("insurer")
    if insurer is not None and not any(_is(one, insurer, held, request) for one in objects(held.resource.get("payor"))):
        yield "the coverage is another insurer's, or does not say whose"


def _is(said: Resource, insurer: Held, near: Held, request: Submitted) -> bool:
    """Whether a payor of the coverage is the Claim's insurer: by its address, one of its numbers, or its name."""
    there = request.index.resolve(target(said), near=near)
    found = numbers(there.resource) if there else {text(mapping(said.get("identifier")).get("value"))}
    name = text(said.get("display"))
    by_name = bool(name) and letters(name) == letters(text(insurer.resource.get("name")))
    same = there is not None and there.address == insurer.address
    return same or bool(found & numbers(insurer.resource)) or (there is None and by_name)


def passed_over(held: Held, request: Submitted) -> str:
    """Why a supporting resource is no evidence; "" where it may be."""
    resource = held.resource
    if held.kind in CLINICAL and not any(target(resource.get(key)) for key in ("subject", "patient")):
        return "it does not say whose it is"
    if not of_patient(held, request):
        return "it is about another person, or about one who is not in the request"
    if held.kind == "QuestionnaireResponse" and resource.get("status") not in FINISHED:
        return "it is not finished"
    if held.kind == "Bundle" and any(
        not _same(one, request) for one in index(resource).entries if one.kind == "Patient"
    ):
        return "it holds another person"
    if objects(resource.get("focus")):
        return "it is about somebody or something else than the patient"
    if held.kind == "DocumentReference":
        return _no_document(held, request)
    return "it was entered in error" if resource.get("status") == "entered-in-error" else ""


def _no_document(held: Held, request: Submitted) -> str:
    if held.resource.get("status") != "current":
        return "it was replaced or entered in error"
    if text(held.resource.get("docStatus")) not in ("", *FINAL):
        return "it is not final"
    if held.address in _replaced(request):
        return "another document of the request replaced it"
    writers = [request.index.resolve(target(one), near=held) for one in objects(held.resource.get("author"))]
    if any(one is not None and one.kind in ("Patient", "RelatedPerson") for one in writers):
        return "the patient or a relative wrote it"
    context = Held(held.address, mapping(held.resource.get("context")), held.at)
    if not of_patient(context, request, "sourcePatientInfo"):
        return "it comes from another person's record"
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
