"""A request as it came in: checked, and taken apart into the claim, the people, and what supports it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from chartproof.exchange.base import check
from chartproof.exchange.bundles import Held, Index, address_problems, index, reached, references
from chartproof.exchange.elements import mapping, objects, target, text, texts
from chartproof.exchange.modifiers import called_off, cancelled, not_understood, subsetted
from chartproof.exchange.names import PAS
from chartproof.exchange.refusals import UNPROCESSABLE, Issue, Refused, Resource
from chartproof.exchange.wire import write

#: Each item's answer names every note: more items than any honest request has would make an answer without end.
MOST_ITEMS = 200
#: Bytes of all of a person's names: every line of the documents is held against them.
MOST_NAME = 4_000
#: What each party of a Claim may be.
PARTIES = {
    "patient": ("Patient",),
    "insurer": ("Organization",),
    "provider": ("Organization", "Practitioner", "PractitionerRole"),
    "coverage": ("Coverage",),
}


@dataclass(frozen=True, slots=True)
class Submitted:
    """`number` and `bundle_number` are system|value; `digest` is of the content without its times."""

    message: Resource
    index: Index
    claim: Held
    number: str
    bundle_number: str
    digest: str
    warnings: tuple[Issue, ...] = ()

    @property
    def items(self) -> list[Resource]:
        return objects(self.claim.resource.get("item"))

    @property
    def asked(self) -> list[Resource]:
        """The items that are not called off, each for itself or with the whole Claim."""
        return [] if called_off(self.claim.resource) else [one for one in self.items if not cancelled(one)]

    def party(self, key: str) -> Held | None:
        """The entry that an element of the Claim refers to: patient, insurer, provider."""
        return self.index.resolve(target(self.claim.resource.get(key)), near=self.claim)

    @property
    def coverage(self) -> Held | None:
        """The coverage that is asked: the focal one, else the first."""
        insurance = objects(self.claim.resource.get("insurance"))
        asked = next((one for one in insurance if one.get("focal") is True), insurance[0] if insurance else {})
        return self.index.resolve(target(asked.get("coverage")), near=self.claim)

    def contained(self, *keys: str) -> list[Resource]:
        """The parties that the Claim itself contains: a reference to them leads nowhere but inside of its own resource."""
        held = [one for key in keys if (one := self.party(key)) is not None and "#" in one.address]
        return list({one.address: one.resource for one in held}.values())

    @property
    def supporting(self) -> list[Held]:
        """What the Claim points to as supporting information and has not called off, each once, in its order."""
        found: dict[str, Held] = {}
        for one in objects(self.claim.resource.get("supportingInfo")):
            held = self.index.resolve(target(one.get("valueReference")), near=self.claim)
            if held is not None and not cancelled(one):
                found.setdefault(held.address, held)
        return list(found.values())


def read_request(message: Resource, *, inquiry: bool = False) -> Submitted:
    """A PAS request or inquiry Bundle.

    Raises Refused: CP-FHIR-02 (400) where it is not base R4 or no Bundle of this kind, -03 (422) where it breaks a rule of
    the guide. What can be worked with all the same becomes a warning.
    """
    _bundle(message)
    check(message)
    held = index(message)
    claim = held.entries[0] if held.entries else None
    if claim is None or claim.kind != "Claim":
        if any(one.kind == "Claim" for one in held.entries):
            raise Refused("CP-FHIR-02", Issue("the first entry is not a Claim", "structure", "Bundle.entry[0]"))
        raise Refused("CP-FHIR-02", Issue("the Bundle holds no Claim", "required", "Bundle.entry"))
    wrong = list(_guide(message, held, claim, inquiry=inquiry))
    errors = [one for one in wrong if one.severity == "error"]
    if errors:
        raise Refused("CP-FHIR-03", *errors, status=UNPROCESSABLE)
    _, missing = reached(held, claim)
    deeper = [Issue(one.text, one.kind, one.at, "warning") for one in missing]
    return Submitted(
        message,
        held,
        claim,
        _identifier(objects(claim.resource.get("identifier"))[:1]),
        _identifier([mapping(message.get("identifier"))]),
        digest(message),
        (*wrong, *deeper),
    )


def _bundle(message: Resource) -> None:
    if message.get("resourceType") != "Bundle":
        raise Refused("CP-FHIR-02", Issue("the message is not a Bundle", "structure", "$this"))
    if not objects(message.get("entry")):
        raise Refused("CP-FHIR-02", Issue("the Bundle has no entry", "required", "Bundle.entry"))


def _guide(message: Resource, held: Index, claim: Held, *, inquiry: bool) -> Iterator[Issue]:
    """The rules of the guide that the message breaks."""
    resource, at = claim.resource, claim.at + ".resource"
    if message.get("type") != "collection":
        yield Issue("the Bundle is not a collection", "business-rule", "Bundle.type")
    yield from _another_kind(message, inquiry=inquiry)
    yield from not_understood(message)
    yield from address_problems(message)
    if resource.get("use") != "preauthorization":
        yield Issue("the Claim is not a preauthorization", "business-rule", f"{at}.use")
    if not inquiry and resource.get("status") != "active":
        yield Issue("the Claim is not active", "business-rule", f"{at}.status")
    alone = inquiry or subsetted(resource) or called_off(resource)
    for element in ("identifier", "insurer", *(() if alone else ("item",))):
        if not resource.get(element):
            yield Issue(f"Claim.{element} is missing", "required", f"{at}.{element}")
    for key in ("timestamp", "identifier"):
        if not message.get(key):
            yield Issue(f"Bundle.{key} is missing", "required", f"Bundle.{key}", "warning")
    for element, name in (("supportingInfo", "supporting informations"), ("item", "items")):
        seen: set[str] = set()
        for number, one in enumerate(objects(resource.get(element))):
            if str(one.get("sequence")) in seen:
                yield Issue(f"two {name} have the same sequence", "duplicate", f"{at}.{element}[{number}].sequence")
            seen.add(str(one.get("sequence")))
    patient = held.resolve(target(resource.get("patient")), near=claim)
    if patient is not None and len(write(patient.resource.get("name"))) > MOST_NAME:
        yield Issue("the patient's names are longer than those of anybody", "too-long", f"{patient.at}.resource.name")
    if len(objects(resource.get("item"))) > MOST_ITEMS:
        yield Issue(f"more than {MOST_ITEMS} items are asked for", "too-costly", f"{at}.item")
    for address, place in references(resource):
        if held.resolve(address, near=claim) is None:
            yield Issue("a reference of the Claim is not resolved inside the Bundle", "not-found", f"{at}.{place}")
    insurance = objects(resource.get("insurance"))
    parties = [(key, f"{at}.{key}", resource.get(key)) for key in ("patient", "insurer", "provider")]
    parties += [("coverage", f"{at}.insurance[{n}].coverage", one.get("coverage")) for n, one in enumerate(insurance)]
    for key, place, value in parties:
        there = held.resolve(target(value), near=claim)
        if value and not target(value):
            yield Issue(f"Claim's {key} refers to no entry of the Bundle", "required", place)
        elif there is not None and there.kind not in PARTIES[key]:
            yield Issue(f"Claim's {key} is no {' or '.join(PARTIES[key])}", "business-rule", place)


def _another_kind(message: Resource, *, inquiry: bool) -> Iterator[Issue]:
    """A Bundle that says of itself that it is for something else. A request may be asked about as it was sent."""
    fits = ("profile-pas-request-bundle", "profile-pas-inquiry-request-bundle")[: 2 if inquiry else 1]
    for url in texts(mapping(message.get("meta")).get("profile")):
        name = url.partition("|")[0].removeprefix(f"{PAS}/StructureDefinition/")
        if name.startswith("profile-pas-") and name not in fits:
            what = "an inquiry, which goes to Claim/$inquire" if "inquiry-request" in name else "an answer"
            yield Issue(f"the Bundle says that it is {what}", "business-rule", "Bundle.meta.profile")


def _identifier(found: list[Resource]) -> str:
    return f"{text(found[0].get('system'))}|{text(found[0].get('value'))}" if found and found[0].get("value") else ""


def digest(message: Resource) -> str:
    """SHA-256 of the content: the same request sent again, at another time, has the same."""
    plain = {key: value for key, value in message.items() if key not in ("timestamp", "id", "meta")}
    return hashlib.sha256(write(plain)).hexdigest()
