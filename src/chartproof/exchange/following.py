"""What a sender sends after its request: the question how it stands, and the wish to be told. Each is a file that a person
looks at before it is sent; nothing asks by itself, so that no payer is asked again and again."""

from __future__ import annotations

import re
import uuid
from datetime import datetime

from chartproof.errors import InputError
from chartproof.exchange.bundles import Held, index, reached
from chartproof.exchange.checked import faults
from chartproof.exchange.elements import extension, objects
from chartproof.exchange.names import PAS, profile
from chartproof.exchange.people import Sender
from chartproof.exchange.refusals import Refused, Resource
from chartproof.exchange.submitted import read_request
from chartproof.exchange.subscriptions import CONTENT, FILTER, JSON, TOPIC

SPACE = uuid.UUID("5f7d2a10-1f0c-5c83-8f5c-2b9a6f0e7c11")
#: An absolute address without a name, password or fragment.
ADDRESS = re.compile(r"https?://[^\s/@#]+(?:/[^\s@#]*)?")
#: What an inquiry's Claim has of the request's; what supports it and what it updated stay behind.
ASKED = (
    "identifier", "status", "type", "use", "patient", "insurer", "provider", "priority", "insurance", "item",
)  # fmt: skip
#: The parts of an item that tell which is meant.
ITEM = (
    "extension",
    "sequence",
    "category",
    "productOrService",
    "servicedDate",
    "servicedPeriod",
    "locationCodeableConcept",
)


def inquiry_bundle(request: Resource, at: datetime) -> Resource:
    """The inquiry for a request that was sent: who asks for whom, by the request's own number and items.

    Raises Refused as `read_request` does where it is no request, CP-FHIR-03 where the inquiry would break the guide.
    """
    sent = read_request(request)
    claim = {key: sent.claim.resource[key] for key in ASKED if key in sent.claim.resource}
    claim["item"] = [{key: one[key] for key in ITEM if key in one} for one in objects(claim.get("item"))]
    name = str(uuid.uuid5(SPACE, f"{sent.digest}/{at.isoformat()}"))
    made = {
        "resourceType": "Claim",
        "id": name,
        "meta": {"profile": [profile(PAS, "profile-claim-inquiry")]},
        **claim,
        "created": at.isoformat(timespec="seconds"),
    }
    first = Held(f"urn:uuid:{name}", made, "Bundle.entry[0]")
    found = index({"entry": [{"fullUrl": first.address, "resource": made}, *request["entry"]]})
    entries = [{"fullUrl": one.address, "resource": one.resource} for one in reached(found, found.entries[0])[0]]
    bundle = {
        "resourceType": "Bundle",
        "id": str(uuid.uuid5(SPACE, name)),
        "meta": {"profile": [profile(PAS, "profile-pas-inquiry-request-bundle")]},
        "identifier": {"system": "urn:chartproof:inquiry", "value": name},
        "type": "collection",
        "timestamp": at.isoformat(timespec="seconds"),
        "entry": entries,
    }
    wrong = next(faults(bundle, inquiry=True), None)
    if wrong is not None:
        raise Refused("CP-FHIR-03", wrong)
    return bundle


def subscription(sender: Sender, endpoint: str) -> Resource:
    """The Subscription by which the sender's organization is told of every result, with the whole answer.

    Raises InputError CP-FHIR-22 where the sender has no NPI to be known by, or the endpoint is no address for a notice.
    """
    if not sender.npi:
        raise InputError(
            "CP-FHIR-22", "the payer knows an organization by its NPI", then="Add npi to the sender's file."
        )
    if not ADDRESS.fullmatch(endpoint):
        raise InputError(
            "CP-FHIR-22", "this is no address for a notice", where="--notify", then="Give https://HOST/PATH."
        )
    return {
        "resourceType": "Subscription",
        "meta": {"profile": [profile(PAS, "profile-subscription")]},
        "status": "requested",
        "reason": "results of prior authorization requests",
        "criteria": TOPIC,
        "_criteria": {"extension": [extension(FILTER, valueString=f"orgIdentifier={sender.npi}")]},
        "channel": {
            "type": "rest-hook",
            "endpoint": endpoint,
            "payload": JSON[0],
            "_payload": {"extension": [extension(CONTENT, valueCode="full-resource")]},
        },
    }
