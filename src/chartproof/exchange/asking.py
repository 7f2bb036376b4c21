"""What a payer asks for in its answer: a CommunicationRequest for the form, and for each thing that is missing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from chartproof.exchange.coded import data, shown_by
from chartproof.exchange.elements import complex_extension, extension, reference, target, without_empty
from chartproof.exchange.form import form_of
from chartproof.exchange.names import PAS, profile
from chartproof.exchange.refusals import Resource
from chartproof.exchange.submitted import Submitted
from chartproof.model import Finding
from chartproof.model.policy import Policy

SPACE = uuid.UUID("0a6f4c7e-2f43-5d4c-8f0b-5d7e9b1c2a3f")
ITEM = f"{PAS}/StructureDefinition"
#: What a request for one missing thing says beside its code: the criterion, what would settle it, and who has it.
MISSING = "urn:chartproof:missing"


def requests_for(
    request: Submitted, asked: Sequence[Finding], policy: Policy | None, *, number: str, context: str
) -> Iterator[tuple[str, Resource]]:
    """(address, CommunicationRequest): the form first, where it can be got again; then each missing row by the kind of document that would show it."""
    first = min((n for n in (one.get("sequence") for one in request.items) if isinstance(n, int)), default=1)
    if context:
        yield _communication(request, context, str(data()["questionnaire"]), first, [])
    form = form_of(policy) if policy else None
    for n, one in enumerate(asked, 1):
        concepts = tuple(q.concept.id for q in (form.criteria.get(one.id, ()) if form else ()))
        said = [extension("criterion", valueString=one.id), extension("says", valueString=one.says)]
        said += [extension("remedy", valueString=one.remedy)] if one.remedy else []
        said += [extension("ask", valueString=one.ask)] if one.ask else []
        yield _communication(request, f"{number}-{n}", shown_by(concepts), first, [complex_extension(MISSING, *said)])


def _communication(
    request: Submitted, number: str, code: str, line: int, added: list[Resource]
) -> tuple[str, Resource]:
    """`number` links what is sent in answer to it (the attachment control number, or the form's context)."""
    name = str(uuid.uuid5(SPACE, f"{request.digest}/{number}"))
    claim = request.claim.resource
    inside = request.contained("insurer", "provider")
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
