"""The numbers by which a request, its member and its providers are known, and those of the request that it updates."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from chartproof.exchange.bundles import Held
from chartproof.exchange.elements import extension_value, mapping, objects, target, text, texts
from chartproof.exchange.names import PAS
from chartproof.exchange.refusals import FORBIDDEN, Issue, Refused, Resource
from chartproof.exchange.submitted import Submitted

#: X12's REF-NT and REF-BB: the payer's number of a pended request, and that of an authorization.
REFERENCES = tuple(
    f"{PAS}/StructureDefinition/extension-{one}" for one in ("administrationReferenceNumber", "authorizationNumber")
)

PART = "urn:chartproof:part"
#: Identifiers of one person that are looked at.
MOST_NUMBERS = 50


def number_of(request: Submitted) -> str:
    """The payer's number for the request; it follows from the content, so that it never changes."""
    return "R" + hashlib.sha256(request.digest.encode()).hexdigest()[:16].upper()


def replaced(request: Submitted) -> str:
    """The number of the request that this one updates."""
    for one in objects(request.claim.resource.get("related")):
        held = request.index.resolve(text(mapping(one.get("claim")).get("reference")), near=request.claim)
        own = (
            objects(held.resource.get("identifier")) if held else [mapping(mapping(one.get("claim")).get("identifier"))]
        )
        for number in own:
            if number.get("value"):
                return f"{text(number.get('system'))}|{text(number.get('value'))}"
    return ""


def part_number(digest: str) -> str:
    """By what a request is found that was made whole from a part with this digest."""
    return f"{PART}|{digest}"


def tagged(message: Resource, digest: str) -> Resource:
    """A whole message, marked with the part that it was made from."""
    return message | {"meta": mapping(message.get("meta")) | {"tag": [{"system": PART, "code": digest}]}}


def parts(request: Submitted) -> list[str]:
    """The part of which the request was made whole, as one of its numbers."""
    tags = objects(mapping(request.message.get("meta")).get("tag"))
    return [part_number(text(one.get("code"))) for one in tags if one.get("system") == PART]


def reference_numbers(request: Submitted) -> list[str]:
    """The payer's own numbers by which an inquiry asks: of the request, an item or the insurance."""
    claim = request.claim.resource
    said = [extension_value(one, url) for one in (claim, *request.items) for url in REFERENCES]
    said += [one for row in objects(claim.get("insurance")) for one in texts(row.get("preAuthRef"))]
    return [f"|{one}" for one in dict.fromkeys(map(text, said)) if one]


def refuse_stranger(request: Submitted, organizations: Collection[str]) -> None:
    """Raises Refused CP-FHIR-05 (403) where the caller may ask for these organizations alone, and another one asks."""
    if organizations and not identifiers(request, "provider").intersection(organizations):
        issue = Issue("the client may not ask for this provider", "forbidden", f"{request.claim.at}.resource.provider")
        raise Refused("CP-FHIR-05", issue, status=FORBIDDEN)


def identifiers(request: Submitted, key: str) -> frozenset[str]:
    """Numbers by which a person or organization of the Claim is known; a role leads to its practitioner."""
    return _known(request, request.party(key))


def providers(request: Submitted) -> frozenset[str]:
    """Numbers of who asks, and of each member of the care team."""
    team = objects(request.claim.resource.get("careTeam"))
    held = [request.index.resolve(target(one.get("provider")), near=request.claim) for one in team]
    return frozenset().union(identifiers(request, "provider"), *(_known(request, one) for one in held))


def _known(request: Submitted, held: Held | None) -> frozenset[str]:
    found = set(_values(held.resource)) if held else set()
    for element in ("practitioner", "organization"):
        address = text(mapping(held.resource.get(element)).get("reference")) if held else ""
        there = request.index.resolve(address, near=held) if address else None
        found |= set(_values(there.resource)) if there else set()
    return frozenset(found)


def member_of(request: Submitted) -> frozenset[str]:
    """Every number by which the member is known: the person's own, and those on the coverage."""
    return identifiers(request, "patient") | member_numbers(request)


def member_numbers(request: Submitted) -> frozenset[str]:
    """The member's numbers on the coverage."""
    held = request.coverage.resource if request.coverage else {}
    return frozenset(one for one in (*_values(held), text(held.get("subscriberId"))) if one)


def _values(resource: Resource) -> list[str]:
    return [
        text(one.get("value")) for one in objects(resource.get("identifier"))[:MOST_NUMBERS] if text(one.get("value"))
    ]
