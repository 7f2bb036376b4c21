"""A decision as a PAS response: a Bundle with the ClaimResponse first, and one CommunicationRequest for each thing that is missing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chartproof.errors import ChartproofError
from chartproof.exchange.bundles import Held, reached
from chartproof.exchange.clocks import clock_line
from chartproof.exchange.coded import data, shown_by, x12
from chartproof.exchange.decision import APPROVED, DENIED, Decision
from chartproof.exchange.elements import (
    complex_extension,
    concept,
    extension,
    mapping,
    objects,
    reference,
    target,
    without_empty,
)
from chartproof.exchange.form import form_of
from chartproof.exchange.names import PAS, profile
from chartproof.exchange.refusals import Resource, outcome
from chartproof.exchange.site import Site
from chartproof.exchange.submitted import Submitted
from chartproof.model import Deadline, Finding, Ruling
from chartproof.model.policy import Policy

SPACE = uuid.UUID("0a6f4c7e-2f43-5d4c-8f0b-5d7e9b1c2a3f")
#: What a request for one missing thing says beside its code: the criterion, what would settle it, and who has it.
MISSING = "urn:chartproof:missing"
DUE = "urn:chartproof:decision-due"
ITEM = f"{PAS}/StructureDefinition"
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
    requests = list(_requests(request, asked, told, policy)) if decision.open and asks else []
    notes = list(_notes(decision, told))
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
            "contained": _contained(request, "patient", "insurer", "provider"),
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


def _contained(request: Submitted, *keys: str) -> list[Resource]:
    """The parties that the Claim itself contains: a reference to them leads nowhere but inside of its own resource."""
    held = [one for key in keys if (one := request.party(key)) is not None and "#" in one.address]
    return list({one.address: one.resource for one in held}.values())


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


def _notes(decision: Decision, told: Told) -> Iterator[str]:
    """What a clinician ruled; what is open, a line each, in the order of the policy; then what else a person must know."""
    if decision.ruling:
        yield from ruling_lines(decision.ruling)
    for one in decision.open:
        yield missing_line(one, ruled=decision.ruling is not None)
    yield from decision.notes
    if told.due:
        yield clock_line(told.due)


def ruling_lines(one: Ruling) -> Iterator[str]:
    """Who ruled what, the reasons as they were written, what was considered, and the steps that are open after a denial."""
    word = {"approve": "approved", "deny": "denied", "ask": "more is asked for"}[one.outcome]
    held = ", ".join(filter(None, [one.name, one.specialty, f"licence {one.licence}" if one.licence else ""]))
    yield f"{word} by {held}, {one.at.isoformat(timespec='minutes')}"
    if one.statement.strip():
        yield f"the reviewer's statement: {' '.join(one.statement.split())}"
    if one.outcome == "deny":
        yield f"considered: {'; '.join(one.considered)}"
        for step in one.steps:
            if step.stands in ("now", "with"):
                due = f", by {step.due.isoformat()}" if step.due and not step.earliest else ""
                yield f"right after a denial: {step.name}: {step.period}{due}"


def missing_line(one: Finding, *, ruled: bool = False) -> str:
    """ "DOC.G.1 is missing: a chest x-ray was done. Needed: a chest film with its report. Ask: radiology"."""
    unmet = "is not met" if ruled else "is not met; a clinician decides"
    state = "is missing" if one.status == "missing" else unmet
    needed = f" Needed: {one.remedy}." if one.remedy else ""
    who = f" Ask: {one.ask}." if one.ask else ""
    layer = "label, " if one.layer == "label" else ""
    return f"{layer}{one.id} {state}: {one.says}.{needed}{who}"


def _requests(
    request: Submitted, asked: list[Finding], told: Told, policy: Policy | None
) -> Iterator[tuple[str, Resource]]:
    """The form first, where it can be got again; then each missing row by the kind of document that would show it."""
    first = min((n for n in (one.get("sequence") for one in request.items) if isinstance(n, int)), default=1)
    if told.context:
        yield _communication(request, told.context, str(data()["questionnaire"]), first, [])
    form = form_of(policy) if policy else None
    for n, one in enumerate(asked, 1):
        concepts = tuple(q.concept.id for q in (form.criteria.get(one.id, ()) if form else ()))
        said = [extension("criterion", valueString=one.id), extension("says", valueString=one.says)]
        said += [extension("remedy", valueString=one.remedy)] if one.remedy else []
        said += [extension("ask", valueString=one.ask)] if one.ask else []
        yield _communication(
            request, f"{told.reference}-{n}", shown_by(concepts), first, [complex_extension(MISSING, *said)]
        )


def _communication(
    request: Submitted, number: str, code: str, line: int, added: list[Resource]
) -> tuple[str, Resource]:
    """`number` links what is sent in answer to it (the attachment control number, or the form's context)."""
    name = str(uuid.uuid5(SPACE, f"{request.digest}/{number}"))
    claim = request.claim.resource
    inside = _contained(request, "insurer", "provider")
    return f"urn:uuid:{name}", {
        "resourceType": "CommunicationRequest",
        "id": name,
        "meta": {"profile": [profile(PAS, "profile-communicationrequest")]},
        **({"contained": inside} if inside else {}),
        "extension": [extension(f"{ITEM}/extension-serviceLineNumber", valuePositiveInt=line)],
        "identifier": [{"system": "urn:chartproof:request-for-information", "value": number}],
        "status": "active",
        "payload": [without_empty({"extension": added, "contentString": code})],
        "requester": reference(target(claim.get("insurer"))),
        "sender": reference(target(claim.get("provider"))),
    }


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
