"""Subscriptions to results, as PAS has them: the R4 backport's topic subscription, by rest-hook, with the whole answer.

A provider's system names its organization and an endpoint; whenever an answer to a request of that organization changes, the
endpoint is told. Which endpoints there may be is the site's to say; nothing is sent from here.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chartproof.exchange.base import check
from chartproof.exchange.elements import extensions, mapping, text
from chartproof.exchange.names import PAS
from chartproof.exchange.refusals import UNPROCESSABLE, Issue, Refused, Resource

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
TOPIC = f"{PAS}/SubscriptionTopic/PASSubscriptionTopic"
FILTER, CONTENT = f"{BACKPORT}/backport-filter-criteria", f"{BACKPORT}/backport-payload-content"
#: The profile of the filter and the guide's text spell its name in two ways.
FILTERS = ("orgIdentifier", "org-identifier")
FULL, JSON = "full-resource", ("application/fhir+json", "application/json")
SPACE = uuid.UUID("5a0f7c1e-6d43-5e4c-9f0b-1d7e9b1c2a77")


@dataclass(frozen=True, slots=True)
class Subscription:
    """`client` made it ("" where nobody is asked who they are); `organization` is the identifier's value; `events` counts what
    was sent; `state` is requested, active, error or off."""

    id: str
    client: str
    organization: str
    endpoint: str
    state: str
    resource: Resource
    events: int = 0


class Subscriptions(Protocol):
    """Where they lie, and which endpoints the site allows."""

    @property
    def endpoints(self) -> Collection[str]: ...

    def put(self, one: Subscription) -> Subscription:
        """Keeps one, says so to its endpoint, and gives it back as it then stands."""

    def get(self, name: str) -> Subscription | None: ...

    def remove(self, name: str) -> None: ...


def read_subscription(
    message: Resource, name: str, *, client: str, organizations: Collection[str] | None, endpoints: Collection[str]
) -> Subscription:
    """A Subscription as it was sent, to be kept under `name`.

    organizations   those for which the client may ask; None: any, where nobody is asked who they are
    Raises Refused CP-FHIR-02 (400) where it is no Subscription of base R4, -03 (422) where it breaks the guide's profile or
    names an endpoint that the site does not allow, -05 (403) for another's organization.
    """
    if message.get("resourceType") != "Subscription":
        raise Refused("CP-FHIR-02", Issue("the message is not a Subscription", "structure", "$this"))
    check(message)
    channel = mapping(message.get("channel"))
    _wanted(text(message.get("criteria")) == TOPIC, "the topic is not that of PAS", "criteria")
    _wanted(bool(text(message.get("reason"))), "no reason is given", "reason")
    _wanted(message.get("status") in ("requested", "active"), "a subscription is asked for as requested", "status")
    _wanted(channel.get("type") == "rest-hook", "the channel is not rest-hook", "channel.type")
    kind = text(channel.get("payload")).partition(";")[0]
    _wanted(kind in JSON, "the payload is not FHIR JSON", "channel.payload")
    content = [text(one.get("valueCode")) for one in extensions(mapping(channel.get("_payload")), CONTENT)]
    _wanted(content == [FULL], "the content is not full-resource", "channel.payload.extension")
    _wanted(not channel.get("header"), "headers are not sent", "channel.header")
    filters = [text(one.get("valueString")) for one in extensions(mapping(message.get("_criteria")), FILTER)]
    named, _, organization = (filters[0] if len(filters) == 1 else "").partition("=")
    organization = organization.rpartition("|")[2].strip()
    _wanted(named in FILTERS and bool(organization), "the filter is not one orgIdentifier", "criteria.extension")
    endpoint = text(channel.get("endpoint"))
    if endpoint not in endpoints:
        issue = Issue("the endpoint is none that this site allows", "business-rule", "Subscription.channel.endpoint")
        raise Refused("CP-FHIR-03", issue, status=UNPROCESSABLE)
    if organizations is not None and organization not in organizations:
        issue = Issue("the organization is not this client's own", "forbidden", "Subscription.criteria.extension")
        raise Refused("CP-FHIR-05", issue, status=403)
    kept = {key: value for key, value in message.items() if key not in ("id", "status", "error", "meta")}
    return Subscription(name, client, organization, endpoint, "requested", kept)


def _wanted(held: bool, says: str, at: str) -> None:
    if not held:
        raise Refused("CP-FHIR-03", Issue(says, "business-rule", f"Subscription.{at}"), status=UNPROCESSABLE)


def as_resource(one: Subscription) -> Resource:
    """The Subscription as it stands."""
    return {
        "resourceType": "Subscription", "id": one.id, "meta": {"profile": [f"{PAS}/StructureDefinition/profile-subscription"]},
        **one.resource, "status": one.state,
    }  # fmt: skip


def status(one: Subscription, base: str) -> Resource:
    """What $status answers: Parameters of the same shape as a notification's."""
    bundle = notification(one, None, base, kind="query-status")
    resource: Resource = bundle["entry"][0]["resource"]
    return resource


def notification(
    one: Subscription,
    answer: Resource | None,
    base: str,
    *,
    kind: str = "event-notification",
    at: datetime | None = None,
) -> Resource:
    """What the endpoint is told: a history Bundle with the state first, then the whole response Bundle. Without an answer it
    is a handshake. The same event has the same id."""
    number = one.events + (1 if answer else 0)
    name = str(uuid.uuid5(SPACE, f"{one.id}/{kind}/{number}"))
    parameters: list[Resource] = [
        {"name": "subscription", "valueReference": {"reference": f"{base}/Subscription/{one.id}"}},
        {"name": "topic", "valueCanonical": TOPIC},
        {"name": "status", "valueCode": one.state},
        {"name": "type", "valueCode": kind},
        {"name": "events-since-subscription-start", "valueString": str(number)},
    ]
    entries: list[Resource] = []
    if answer is not None:
        address = f"urn:uuid:{answer['id']}"
        event: list[Resource] = [{"name": "event-number", "valueString": str(number)}]
        event += [
            {"name": "timestamp", "valueInstant": answer["timestamp"]},
            {"name": "focus", "valueReference": {"reference": address}},
        ]
        parameters.append({"name": "notification-event", "part": event})
        entries.append(_entry(address, answer, "POST", f"{base}/Claim/$submit"))
    state = {"resourceType": "Parameters", "id": name, "parameter": parameters}
    first = _entry(f"urn:uuid:{name}", state, "GET", f"{base}/Subscription/{one.id}/$status")
    bundle: Resource = {"resourceType": "Bundle", "id": name, "type": "history", "entry": [first, *entries]}
    return bundle | ({"timestamp": at.isoformat(timespec="seconds")} if at else {})


def _entry(address: str, resource: Resource, method: str, url: str) -> Resource:
    return {
        "fullUrl": address, "resource": resource, "request": {"method": method, "url": url}, "response": {"status": "200"},
    }  # fmt: skip
