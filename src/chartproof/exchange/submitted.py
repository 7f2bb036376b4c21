"""A request as it came in: checked, and taken apart into the claim, the people, and what supports it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from chartproof.exchange.base import check
from chartproof.exchange.bundles import Held, Index, address_problems, index, reached, references
from chartproof.exchange.elements import extension_value, mapping, objects, target, text
from chartproof.exchange.names import PAS
from chartproof.exchange.refusals import UNPROCESSABLE, Issue, Refused, Resource
from chartproof.exchange.wire import write

CANCELLED = f"{PAS}/StructureDefinition/modifierextension-infoCancelled"


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

    def party(self, key: str) -> Held | None:
        """The entry that an element of the Claim refers to: patient, insurer, provider."""
        return self.index.resolve(target(self.claim.resource.get(key)), near=self.claim)

    @property
    def coverage(self) -> Held | None:
        insurance = objects(self.claim.resource.get("insurance"))
        return self.index.resolve(target(insurance[0].get("coverage")), near=self.claim) if insurance else None

    @property
    def supporting(self) -> list[Held]:
        """What the Claim points to as supporting information and has not called off, in its order."""
        found = []
        for one in objects(self.claim.resource.get("supportingInfo")):
            held = self.index.resolve(target(one.get("valueReference")), near=self.claim)
            if held is not None and not cancelled(one):
                found.append(held)
        return found


def cancelled(part: Resource) -> bool:
    """Whether an item or supporting information of an update is no longer asked for."""
    flags = objects(part.get("modifierExtension"))
    return extension_value({"extension": flags}, CANCELLED) is True


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
        raise Refused("CP-FHIR-02", Issue("the first entry is not a Claim", "structure", "Bundle.entry[0]"))
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
    yield from address_problems(message)
    if resource.get("use") != "preauthorization":
        yield Issue("the Claim is not a preauthorization", "business-rule", f"{at}.use")
    if not inquiry and resource.get("status") != "active":
        yield Issue("the Claim is not active", "business-rule", f"{at}.status")
    for element in ("identifier", "insurer", *(() if inquiry else ("item",))):
        if not resource.get(element):
            yield Issue(f"Claim.{element} is missing", "required", f"{at}.{element}")
    for key in ("timestamp", "identifier"):
        if not message.get(key):
            yield Issue(f"Bundle.{key} is missing", "required", f"Bundle.{key}", "warning")
    seen: set[str] = set()
    for number, one in enumerate(objects(resource.get("supportingInfo"))):
        if str(one.get("sequence")) in seen:
            yield Issue(
                "two supporting informations have the same sequence",
                "duplicate",
                f"{at}.supportingInfo[{number}].sequence",
            )
        seen.add(str(one.get("sequence")))
    for address, place in references(resource):
        if held.resolve(address, near=claim) is None:
            yield Issue("a reference of the Claim is not resolved inside the Bundle", "not-found", f"{at}.{place}")
    patient = held.resolve(target(resource.get("patient")), near=claim)
    if patient is not None and patient.kind != "Patient":
        yield Issue("Claim.patient does not refer to a Patient", "business-rule", f"{at}.patient")


def _identifier(found: list[Resource]) -> str:
    return f"{text(found[0].get('system'))}|{text(found[0].get('value'))}" if found and found[0].get("value") else ""


def digest(message: Resource) -> str:
    """SHA-256 of the content: the same request sent again, at another time, has the same."""
    plain = {key: value for key, value in message.items() if key not in ("timestamp", "id", "meta")}
    return hashlib.sha256(write(plain)).hexdigest()
