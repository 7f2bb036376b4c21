"""Claim/$inquire of a payer: how requests stand, for who asked for them, and nothing of anybody else."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from chartproof.exchange.asking import SPACE
from chartproof.exchange.known_by import member_of, providers, reference_numbers, refuse_stranger
from chartproof.exchange.ledger import Kept, Ledger
from chartproof.exchange.names import PAS, profile
from chartproof.exchange.parameters import bundle_of
from chartproof.exchange.persons import likeness, person_of
from chartproof.exchange.refusals import Issue, Resource, outcome
from chartproof.exchange.site import Site
from chartproof.exchange.submitted import Submitted, read_request


def inquire(
    message: Resource, site: Site, ledger: Ledger, *, now: datetime, version: str = "2.2", of: Collection[str] = ()
) -> Resource:
    """The current answers for what is asked about: by the payer's own numbers where some are given, by the claim's number
    where one is known here, else all of the member. Member and provider, ordering or rendering, must be those of the
    request. Parameters with a Bundle each (2.2), or one Bundle (2.0.1). Where the member has others, of other providers, a
    warning says so and whom to ask, and no more.

    of   numbers of the organizations for which the caller may ask; none: whoever is named
    """
    request = read_request(bundle_of(message), inquiry=True)
    refuse_stranger(request, of)
    member, provider = member_of(request), providers(request)
    provider = provider.intersection(of) if of else provider
    numbers = reference_numbers(request)
    named = [one for number in numbers if (one := ledger.numbered(number, member, provider))]
    if not named and (one := ledger.numbered(request.number, member, provider)):
        named = [one]
    found = named or ([] if numbers else list(ledger.of_member(member, provider)))
    found = list({one.digest: one for one in found if _of_person(one, request)}.values())
    bundles = [_as_inquiry(kept.answer) for kept in found]
    issue = _aside(bool(found), bool(named), ledger.others(member, provider), site)
    if version.startswith("2.0"):
        return _together(bundles, issue, str(uuid.uuid5(SPACE, f"{request.digest}/{now.isoformat()}")), now)
    parts: list[Resource] = [{"name": "return", "resource": bundle} for bundle in bundles]
    parts += [{"name": "outcome", "resource": outcome([issue])}] if issue else []
    return {"resourceType": "Parameters", "parameter": parts}


def _aside(found: bool, named: bool, others: bool, site: Site) -> Issue | None:
    """What is said beside the answers: that there is none, or that others are not shown and whom to ask."""
    if not found:
        says = "no prior authorization of this member and provider is known here"
        return Issue(says, "not-found", severity="information")
    if named or not others:
        return None
    whom = f"; ask {site.payer}" + (f" at {site.phone}" if site.phone else "")
    return Issue(f"prior authorizations of other providers are not shown{whom}", "suppressed", severity="warning")


def _of_person(one: Kept, request: Submitted) -> bool:
    """Whether the kept answer is of the person who is asked about: a family shares the number of its coverage."""
    asked = request.party("patient")
    return asked is None or likeness(person_of(one.answer), asked.resource) == "same"


def _as_inquiry(answer: Resource) -> Resource:
    """An answer as the inquiry gives it: without the requests for information."""
    entries = [one for one in answer["entry"] if one["resource"]["resourceType"] != "CommunicationRequest"]
    first = {key: value for key, value in entries[0]["resource"].items() if key != "communicationRequest"}
    first |= {"meta": {"profile": [profile(PAS, "profile-claiminquiryresponse")]}}
    return answer | {
        "meta": {"profile": [profile(PAS, "profile-pas-inquiry-response-bundle")]},
        "entry": [entries[0] | {"resource": first}, *entries[1:]],
    }


def _together(bundles: list[Resource], issue: Issue | None, name: str, now: datetime) -> Resource:
    """One Bundle of all answers, each resource once, the responses first, and what is said beside them."""
    entries = {one["fullUrl"]: one for bundle in bundles for one in bundle["entry"]}
    first = [one for one in entries.values() if one["resource"]["resourceType"] == "ClaimResponse"]
    rest = [one for one in entries.values() if one not in first]
    told = [{"fullUrl": f"urn:uuid:{name}", "resource": {"id": name} | outcome([issue])}] if issue else []
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [profile(PAS, "profile-pas-inquiry-response-bundle")]},
        "type": "collection",
        "timestamp": now.isoformat(timespec="seconds"),
        "entry": [*first, *rest, *told],
    }
