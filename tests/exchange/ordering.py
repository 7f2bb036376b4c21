"""Orders of an invented member as hooks tell of them, and what an answer says of them."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient
from tests.exchange.invented import served

from chartproof.exchange import base
from chartproof.exchange.app import exchange_app
from chartproof.exchange.elements import extensions
from chartproof.exchange.names import COVERAGE_INFORMATION
from chartproof.exchange.served import Served

SIGN, SELECT, DISPATCH = (
    "/cds-services/order-sign-crd",
    "/cds-services/order-select-crd",
    "/cds-services/order-dispatch-crd",
)
CAR_T = {
    "resourceType": "MedicationRequest",
    "id": "m1",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p1"},
    "medicationCodeableConcept": {
        "coding": [{"system": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "Q2053"}]
    },
    "extension": [{"url": "https://center.example/own", "valueCode": "kept"}],
}
OXYGEN = {
    "resourceType": "ServiceRequest",
    "id": "s1",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p1"},
    "code": {"coding": [{"system": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "E0431"}]},
}
PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Invented"}], "birthDate": "1961-03-04"}
COVERAGE = {
    "resourceType": "Coverage",
    "id": "v1",
    "status": "active",
    "subscriberId": "M-1",
    "beneficiary": {"reference": "Patient/p1"},
    "payor": [{"identifier": {"value": "NOWHERE"}}],
}


def bundle(*resources: dict[str, Any], kind: str = "collection") -> dict[str, Any]:
    entries = [
        {"fullUrl": f"https://center.example/fhir/{one['resourceType']}/{one['id']}", "resource": one}
        for one in resources
    ]
    return (
        {"resourceType": "Bundle", "type": kind, "entry": entries}
        if entries
        else {"resourceType": "Bundle", "type": kind}
    )


def signing(
    *orders: dict[str, Any], coverage: dict[str, Any] | None = COVERAGE, version: str = "2.2"
) -> dict[str, Any]:
    prefetch: dict[str, Any] = {"patient": PATIENT}
    if coverage is not None:
        prefetch["coverage"] = coverage
    return {
        "hook": "order-sign",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "fhirServer": "https://center.example/fhir",
        "context": {"userId": "Practitioner/a1", "patientId": "p1", "draftOrders": bundle(*(orders or (CAR_T,)))},
        "prefetch": prefetch,
        "extension": {"davinci-crd.requestedVersion": version},
    }


def client(server: Served | None = None) -> TestClient:
    return TestClient(exchange_app(server or served(phone="800-555-0100")))


def answered(message: dict[str, Any], service: str = SIGN, **site: Any) -> dict[str, Any]:
    reply = client(served(**site) if site else None).post(service, json=message)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    assert found["cards"] == []
    for action in found["systemActions"]:
        assert action["type"] == "update" and not list(base.problems(action["resource"]))
    return found


def said(answer: dict[str, Any], number: int = 0) -> dict[str, list[Any]]:
    """The parts of the only coverage information of an action."""
    informations = list(extensions(answer["systemActions"][number]["resource"], COVERAGE_INFORMATION))
    assert len(informations) == 1
    parts: dict[str, list[Any]] = {}
    for one in informations[0]["extension"]:
        parts.setdefault(one["url"], []).append(next(value for key, value in one.items() if key.startswith("value")))
    return parts
