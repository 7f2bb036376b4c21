"""A decision as a PAS response: a Bundle with the ClaimResponse first, and one CommunicationRequest for each thing that is missing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from chartproof.errors import ChartproofError
from chartproof.exchange.asking import ITEM, SPACE, requests_for
from chartproof.exchange.bundles import Held, reached
from chartproof.exchange.clocks import DUE
from chartproof.exchange.coded import x12
from chartproof.exchange.decision import APPROVED, DENIED, Decision
from chartproof.exchange.elements import (
    complex_extension,
    concept,
    extension,
    mapping,
    objects,
    reference,
    without_empty,
)
from chartproof.exchange.names import PAS, profile
from chartproof.exchange.notes import notes_of
from chartproof.exchange.refusals import Resource, outcome
from chartproof.exchange.site import Site
from chartproof.exchange.submitted import Submitted
from chartproof.model import Deadline

TRACE = f"{ITEM}/extension-itemTraceNumber"
#: What was decided of an item, and its code.
REVIEWED, REVIEW_CODE = f"{ITEM}/extension-reviewAction", f"{ITEM}/extension-reviewActionCode"


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer says beside the decision: `reference` is the payer's number for the request, `context` the DTR context
    under which the form is got, `due` the dates by which the law wants a decision, the earliest first."""

    reference: str
    context: str = ""
    due: tuple[Deadline, ...] = ()


def response_bundle(request: Submitted, decision: Decision, told: Told, site: Site, *, at: datetime) -> Resource:
    """The answer. Resources of the request come back as they came, under the same address.

    Raises ChartproofError CP-FHIR-19 for a denial that no named clinician with a licence made.
    """
    refuse_unsigned(decision)
    asked = [one for one in decision.open if one.status == "missing" or decision.ruling]
    policy = next((one for one in site.loaded if one.id == decision.policy), None)
    asks = decision.ruling is None or decision.ruling.outcome == "ask"
    requests = (
        list(requests_for(request, asked, policy, number=told.reference, context=told.context))
        if decision.open and asks
        else []
    )
    notes = list(notes_of(decision, told.due))
    response = _response(request, decision, told, at=at)
    response |= without_empty(
        {
            "processNote": [{"number": n, "type": "display", "text": text} for n, text in enumerate(notes, 1)],
            "communicationRequest": [reference(address) for address, _ in requests],
        }
    )
    if notes:
        for item in response["item"]:
            item["noteNumber"] = list(range(1, len(notes) + 1))
    return _bundle(
        request,
        response,
        [Held(address, one, "") for address, one in requests],
        told,
        at=at,
        name="profile-pas-response-bundle",
    )


def refuse_unsigned(decision: Decision) -> None:
    """No denial without a clinician: whatever made the decision, it does not go out."""
    one = decision.ruling
    signed = one is not None and one.outcome == "deny" and one.name and one.licence and one.rows and one.statement
    if DENIED in decision.items.values() and not signed:
        raise ChartproofError("CP-FHIR-19", "a denial needs a named clinician", then="Nothing was answered.")


def error_bundle(request: Submitted, reject: str, path: str, told: Told, *, at: datetime) -> Resource:
    """The answer to a request that the business cannot take: `reject` names the code (pas.yaml), `path` the element."""
    response = _response(request, Decision({}), told, at=at)
    found = {
        "extension": [
            extension(f"{ITEM}/extension-errorPath", valueString=path),
            extension(
                f"{ITEM}/extension-errorFollowupAction", valueCodeableConcept=x12("follow_up", "correct_and_resubmit")
            ),
        ],
        "code": x12("reject", reject),
    }
    response |= {"outcome": "error", "error": [found]}
    return _bundle(request, response, [], told, at=at, name="profile-pas-response-bundle")


def _response(request: Submitted, decision: Decision, told: Told, *, at: datetime) -> Resource:
    claim = request.claim.resource
    name = str(uuid.uuid5(SPACE, told.reference))
    return without_empty(
        {
            "resourceType": "ClaimResponse",
            "id": name,
            "meta": {"profile": [profile(PAS, "profile-claimresponse")]},
            "contained": request.contained("patient", "insurer", "provider"),
            "extension": [*_reviewer(decision), *(_due(one) for one in told.due)],
            "identifier": objects(claim.get("identifier"))[:1],
            "status": "active",
            "type": claim.get("type"),
            "use": "preauthorization",
            "patient": claim.get("patient"),
            "created": at.isoformat(timespec="seconds"),
            "insurer": claim.get("insurer"),
            "requestor": claim.get("provider"),
            "request": reference(request.claim.address),
            "outcome": "complete",
            "preAuthRef": told.reference if _all_approved(decision) else "",
            "item": [_item(sequence, state, told, request) for sequence, state in decision.items.items()],
        }
    )


def _reviewer(decision: Decision) -> list[Resource]:
    """Whether a person decided; nothing while nobody has."""
    if decision.ruling is None and not _all_approved(decision):
        return []
    flag = extension("wasHumanReviewedFlag", valueBoolean=decision.ruling is not None)
    return [complex_extension(f"{ITEM}/extension-claimResponseReviewer", flag)]


def _due(one: Deadline) -> Resource:
    """A date by which a decision is due, with its rule: data for whoever works the queue."""
    at = {"valueDateTime" if isinstance(one.due, datetime) else "valueDate": one.due.isoformat()}
    parts = [
        extension("due", **at),
        extension("rule", valueString=one.rule),
        extension("citation", valueString=one.citation),
    ]
    return complex_extension(DUE, *parts, extension("confirmed", valueBoolean=one.verified))


def _all_approved(decision: Decision) -> bool:
    return bool(decision.items) and set(decision.items.values()) == {APPROVED}


def _item(sequence: int, state: str, told: Told, request: Submitted) -> Resource:
    """One item: its own sequence and trace numbers, the review action, and the number under which it is kept."""
    asked = next((one for one in request.items if one.get("sequence") == sequence), {})
    traces = [one for one in objects(asked.get("extension")) if one.get("url") == TRACE]
    action = [extension(REVIEW_CODE, valueCodeableConcept=x12("decision", state))]
    own: list[Resource] = []
    if state == APPROVED:
        action = [extension("number", valueString=told.reference), *action]
    else:
        own = [extension(f"{ITEM}/extension-administrationReferenceNumber", valueString=told.reference)]
    submitted = concept("http://terminology.hl7.org/CodeSystem/adjudication", "submitted")
    return without_empty(
        {
            "extension": [*traces, *own],
            "itemSequence": sequence,
            "adjudication": [{"extension": [complex_extension(REVIEWED, *action)], "category": submitted}],
        }
    )


def _bundle(
    request: Submitted, response: Resource, added: list[Held], told: Told, *, at: datetime, name: str
) -> Resource:
    """ClaimResponse, what it refers to, and what those refer to; not the evidence, which the client has."""
    first = Held(f"urn:uuid:{response['id']}", response, "")
    held: dict[str, Held] = {}
    for one in (first, *added, request.claim, *_people(request), *_warned(request)):
        held.setdefault(one.address, one)
    return {
        "resourceType": "Bundle",
        "id": str(uuid.uuid5(SPACE, f"{told.reference}/{at.isoformat()}")),
        "meta": {"profile": [profile(PAS, name)]},
        "identifier": mapping(request.message.get("identifier"))
        or {"system": "urn:chartproof:response", "value": told.reference},
        "type": "collection",
        "timestamp": at.isoformat(timespec="seconds"),
        "entry": [{"fullUrl": one.address, "resource": one.resource} for one in held.values()],
    }


def _warned(request: Submitted) -> list[Held]:
    """What should be mended in later requests and did not stop this one."""
    if not request.warnings:
        return []
    name = str(uuid.uuid5(SPACE, f"{request.digest}/warnings"))
    return [Held(f"urn:uuid:{name}", {"id": name} | outcome(request.warnings[:20]), "")]


def _people(request: Submitted) -> list[Held]:
    """Patient, insurer, requestor, coverage and their own references, as they came."""
    found: dict[str, Held] = {}
    for one in (request.party("patient"), request.party("insurer"), request.party("provider"), request.coverage):
        if one is not None and "#" not in one.address:
            for held in reached(request.index, one)[0]:
                found.setdefault(held.address, held)
    return list(found.values())
