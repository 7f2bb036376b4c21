"""The numbers by which a request, its member and its providers are known, and those of the request that it updates."""

from __future__ import annotations

import hashlib

from chartproof.exchange.bundles import Held
from chartproof.exchange.elements import mapping, objects, target, text
from chartproof.exchange.refusals import Resource
from chartproof.exchange.submitted import Submitted

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


def member_numbers(request: Submitted) -> frozenset[str]:
    """The member's numbers on the coverage."""
    held = request.coverage.resource if request.coverage else {}
    return frozenset(one for one in (*_values(held), text(held.get("subscriberId"))) if one)


def _values(resource: Resource) -> list[str]:
    return [
        text(one.get("value")) for one in objects(resource.get("identifier"))[:MOST_NUMBERS] if text(one.get("value"))
    ]
