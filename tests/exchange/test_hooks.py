"""Coverage requirements: what the policies say of an order, in both versions' shapes, and what is no request at all."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient
from tests.exchange.invented import NOW, request, served

from chartproof.exchange import base
from chartproof.exchange.app import exchange_app
from chartproof.exchange.coverage import Reason, Said, broken, written
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
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"
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
RULES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "coverage.yaml").read_text(encoding="utf-8"))


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


def test_discovery() -> None:
    found = client().get("/cds-services").json()["services"]
    assert {one["hook"] for one in found} == {"order-sign", "order-select", "order-dispatch", "appointment-book"}
    for one in found:
        assert one["id"] and one["title"] and one["description"] and one["prefetch"]["coverage"]
        assert one["extension"]["davinci-crd.version"] == ["2.0", "2.2"]
        assert [x["code"] for x in one["extension"]["davinci-crd.configuration-options"]] == ["coverage-info"]


def test_a_cell_therapy_needs_authorization_and_its_form() -> None:
    answer = answered(signing())
    assert list(broken(next(extensions(answer["systemActions"][0]["resource"], COVERAGE_INFORMATION)))) == []
    parts = said(answer)
    assert parts["covered"] == ["conditional"] and parts["pa-needed"] == ["auth-needed"]
    assert (
        parts["doc-needed"] == ["clinical"] and parts["doc-purpose"] == ["withpa"] and parts["info-needed"] == ["OTH"]
    )
    assert parts["questionnaire"] == ["https://payer.example/fhir/Questionnaire/nowhere-1|2026-01-01"]
    assert parts["coverage"] == [{"reference": "Coverage/v1"}] and parts["date"] == [NOW.date().isoformat()]
    assert "Plan of Nowhere policy 1, edition 2026-01-01" in parts["reason"][0]["text"]
    assert parts["billingCode"][0]["code"] == "Q2053"
    assert parts["contact"] == [{"telecom": [{"system": "phone", "value": "800-555-0100"}]}]


def test_the_earlier_version_has_its_own_shape() -> None:
    parts = said(answered(signing(version="2.0")))
    assert parts["contact"] == [{"system": "phone", "value": "800-555-0100"}]
    unknown = said(answered(signing(OXYGEN, version="2.0")))
    assert (
        unknown["covered"] == ["conditional"]
        and unknown["pa-needed"] == ["conditional"]
        and unknown["info-needed"] == ["OTH"]
    )


def test_nothing_of_the_order_changes_but_the_extension() -> None:
    changed = answered(signing())["systemActions"][0]["resource"]
    kept = [one for one in changed["extension"] if one["url"] != COVERAGE_INFORMATION]
    assert changed | {"extension": kept} == CAR_T


def test_nothing_is_said_twice() -> None:
    once = answered(signing())["systemActions"][0]["resource"]
    assert answered(signing(once))["systemActions"] == []
    other = answered(signing(once, coverage=COVERAGE | {"status": "cancelled"}))
    assert said(other)["covered"] == ["not-covered"]


@pytest.mark.parametrize(
    ("orders", "coverage", "covered", "needs", "code"),
    [
        ((OXYGEN,), COVERAGE, "indeterminate", "indeterminate", ""),
        ((CAR_T,), None, "indeterminate", "indeterminate", "technical"),
        ((CAR_T,), bundle(kind="searchset"), "not-covered", "", "coverage-not-found"),
        ((CAR_T,), COVERAGE | {"status": "cancelled"}, "not-covered", "", "no-active-coverage"),
        ((CAR_T,), bundle(COVERAGE, kind="searchset"), "conditional", "auth-needed", ""),
    ],
)
def test_what_is_not_known_is_said_to_be_so(
    orders: tuple[dict[str, Any], ...], coverage: dict[str, Any] | None, covered: str, needs: str, code: str
) -> None:
    answer = answered(signing(*orders, coverage=coverage))
    parts = said(answer)
    assert parts["covered"] == [covered] and parts.get("pa-needed", [""]) == [needs]
    assert parts["reason"][0]["text"]
    assert [one["code"] for one in parts["reason"][0].get("coding", [])] == ([code] if code else [])
    assert not set(broken(next(extensions(answer["systemActions"][0]["resource"], COVERAGE_INFORMATION))))


def test_a_coverage_that_the_order_names() -> None:
    parts = said(answered(signing(CAR_T | {"insurance": [{"reference": "Coverage/v9"}]}, coverage=None)))
    assert parts["coverage"] == [{"reference": "Coverage/v9"}] and parts["pa-needed"] == ["auth-needed"]


def test_two_coverages_have_two_numbers() -> None:
    both = bundle(COVERAGE, COVERAGE | {"id": "v2"}, kind="searchset")
    changed = answered(signing(coverage=both))["systemActions"][0]["resource"]
    found = [{x["url"]: x for x in one["extension"]} for one in extensions(changed, COVERAGE_INFORMATION)]
    assert [one["coverage"]["valueReference"]["reference"] for one in found] == ["Coverage/v1", "Coverage/v2"]
    assert len({one["coverage-assertion-id"]["valueString"] for one in found}) == 2


def test_an_authorization_that_is_there_satisfies() -> None:
    server = client(served(approves=True))
    assert server.post("/fhir/Claim/$submit", json=request()).status_code == 200
    answer = server.post(SIGN, json=signing()).json()
    parts = said(answer)
    assert parts["covered"] == ["covered"] and parts["pa-needed"] == ["satisfied"] and parts["satisfied-pa-id"]
    assert list(broken(next(extensions(answer["systemActions"][0]["resource"], COVERAGE_INFORMATION)))) == []
    stranger = signing(coverage=COVERAGE | {"subscriberId": "M-2"})
    assert said(server.post(SIGN, json=stranger).json())["pa-needed"] == ["auth-needed"]


def test_the_number_of_an_answer_gets_the_form() -> None:
    server = client(served())
    context = said(server.post(SIGN, json=signing()).json())["coverage-assertion-id"][0]
    asked = {
        "resourceType": "Parameters",
        "parameter": [{"name": "coverage", "resource": COVERAGE}, {"name": "context", "valueString": context}],
    }
    answer = server.post("/fhir/Questionnaire/$questionnaire-package", json=asked).json()
    assert answer["parameter"][0]["resource"]["entry"][0]["resource"]["id"] == "nowhere-1"


def test_selecting_asks_for_no_documents_yet_and_speaks_of_what_is_selected() -> None:
    message = signing(CAR_T, OXYGEN) | {"hook": "order-select"}
    message["context"]["selections"] = ["MedicationRequest/m1"]
    answer = answered(message, SELECT)
    assert len(answer["systemActions"]) == 1
    parts = said(answer)
    assert parts["pa-needed"] == ["auth-needed"] and not {"doc-needed", "questionnaire"} & set(parts)


@pytest.mark.parametrize("key", ["dispatchedOrders", "order"])
def test_dispatching_speaks_of_what_is_dispatched(key: str) -> None:
    message = signing() | {"hook": "order-dispatch"}
    sent: Any = (
        ["https://center.example/fhir/MedicationRequest/m1"] if key == "dispatchedOrders" else "MedicationRequest/m1"
    )
    message["context"] = {"patientId": "p1", "performer": "Organization/o1", key: sent}
    message["prefetch"]["medicationRequests"] = bundle(CAR_T, kind="searchset")
    message["prefetch"]["serviceRequests"] = bundle(OXYGEN, kind="searchset")
    answer = answered(message, DISPATCH)
    assert [one["resource"]["id"] for one in answer["systemActions"]] == ["m1"]


def test_booking_speaks_of_the_order_on_which_an_appointment_rests() -> None:
    booked = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "proposed",
        "participant": [{"actor": {"reference": "Patient/p1"}, "status": "accepted"}],
        "basedOn": [{"reference": "ServiceRequest/s1"}],
    }
    message = signing() | {"hook": "appointment-book"}
    message["context"] = {"userId": "Practitioner/a1", "patientId": "p1", "appointments": bundle(booked)}
    message["prefetch"]["serviceRequests"] = bundle(
        OXYGEN | {"code": {"text": "CAR-T infusion, Tecartus"}}, kind="searchset"
    )
    answer = answered(message, "/cds-services/appointment-book-crd")
    assert (
        said(answer)["pa-needed"] == ["auth-needed"]
        and answer["systemActions"][0]["resource"]["resourceType"] == "Appointment"
    )
    message["context"]["appointments"] = bundle(booked | {"start": "2026-05-20T09:10:00:00Z"})
    assert client().post("/cds-services/appointment-book-crd", json=message).status_code == 200


@pytest.mark.parametrize(
    ("version", "more"),
    [
        ("3.1.1", {"extension": [{"url": f"{US_CORE}/us-core-birthsex", "valueCode": "F"}]}),
        ("6.1.0", {"extension": [{"url": f"{US_CORE}/us-core-sex", "valueCode": "248152002"}]}),
        (
            "7.0.0",
            {"extension": [{"url": f"{US_CORE}/us-core-interpreter-needed", "valueCoding": {"code": "373067005"}}]},
        ),
    ],
)
def test_us_core_of_each_version_is_read(version: str, more: dict[str, Any]) -> None:
    """The same order for the same member, by the profiles of each version that the guide names, gets the same answer."""
    plain = said(answered(signing()))
    message = signing(
        CAR_T | {"meta": {"profile": [f"{US_CORE}/us-core-medicationrequest|{version}"]}, "reportedBoolean": False}
    )
    message["prefetch"]["patient"] = PATIENT | {"meta": {"profile": [f"{US_CORE}/us-core-patient|{version}"]}} | more
    found = said(answered(message))
    own = ("coverage-assertion-id", "date")
    assert {key: value for key, value in found.items() if key not in own} == {
        key: value for key, value in plain.items() if key not in own
    }


def test_what_an_order_of_another_kind_lacks_is_no_matter() -> None:
    diet = {"resourceType": "NutritionOrder", "id": "n1", "status": "draft", "patient": {"reference": "Patient/p1"}}
    assert client().post(SIGN, json=signing(diet)).status_code == 200
    assert client().post(SIGN, json=signing(diet | {"status": "Xactive"})).status_code == 400


def test_a_medication_beside_the_order_and_billing_codes_name_it() -> None:
    medication = {"resourceType": "Medication", "id": "x1", "code": {"text": "brexucabtagene autoleucel"}}
    order = {key: value for key, value in CAR_T.items() if key != "medicationCodeableConcept"}
    message = signing(order | {"medicationReference": {"reference": "Medication/x1"}})
    message["prefetch"]["medications"] = bundle(medication, kind="searchset")
    assert said(answered(message))["pa-needed"] == ["auth-needed"]
    option = {
        "url": "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-billing-options",
        "valueCodeableConcept": {"coding": [{"code": "Q2054"}]},
    }
    assert (
        said(answered(signing(OXYGEN | {"code": {"text": "cells", "extension": [option]}})))["billingCode"][0]["code"]
        == "Q2054"
    )


def test_the_client_may_want_nothing_and_may_say_what_nobody_knows() -> None:
    message = signing()
    message["extension"]["davinci-crd.configuration"] = {"coverage-info": False, "max-cards": 5}
    assert answered(message)["systemActions"] == []
    message["extension"]["davinci-crd.configuration"] = ["coverage-info"]
    message["context"] |= {"list": [{"id": "123", "nested": ["one"]}], "surprise": {"value": 1}}
    message["prefetch"] |= {"devices": None, "strange": OXYGEN}
    message["unknown"] = True
    assert len(answered(message)["systemActions"]) == 1


def test_a_payer_that_is_not_served() -> None:
    reply = client(served(payer_ids=("SOMEWHERE",))).post(SIGN, json=signing())
    assert reply.status_code == 400 and reply.json()["resourceType"] == "OperationOutcome"
    assert said(answered(signing(), payer_ids=("NOWHERE",)))["pa-needed"] == ["auth-needed"]


def altered(place: str, value: Any) -> dict[str, Any]:
    message = deepcopy(signing())
    where: Any = message
    *path, last = place.split("/")
    for step in path:
        where = where[int(step) if step.isdigit() else step]
    if value is None:
        del where[last]
    else:
        where[last] = value
    return message


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("hook", "order-select"),
        ("hook", None),
        ("hookInstance", None),
        ("context", None),
        ("context", "text"),
        ("context/patientId", None),
        ("context/patientId", "Patient/p1"),
        ("context/userId", None),
        ("context/encounterId", "Encounter/e1"),
        ("context/draftOrders", None),
        ("context/draftOrders", []),
        ("context/draftOrders/entry/0/resource/status", "Xactive"),
        ("context/draftOrders/entry/0/resource/subject", None),
        ("prefetch", []),
        ("prefetch/patient", {"response": {"status": "200 OK"}}),
        ("prefetch/patient/birthDate", "X2002-09-26"),
    ],
)
def test_what_is_no_request(place: str, value: Any) -> None:
    reply = client().post(SIGN, json=altered(place, value))
    assert reply.status_code == 400, reply.text
    assert reply.json()["resourceType"] == "OperationOutcome" and "Invented" not in reply.text


def test_what_is_no_service_and_no_json() -> None:
    assert client().post("/cds-services/patient-view", json=signing()).status_code == 404
    assert client().post(SIGN, content=b"{", headers={"content-type": "application/json"}).status_code == 400
    select = signing() | {"hook": "order-select"}
    select["context"]["selections"] = ["m1"]
    assert client().post(SELECT, json=select).status_code == 400
    dispatch = signing() | {"hook": "order-dispatch"}
    assert client().post(DISPATCH, json=dispatch).status_code == 400


@pytest.mark.parametrize("case", RULES, ids=[case["shows"] for case in RULES])
def test_the_rules_of_coverage_information(case: dict[str, Any]) -> None:
    reasons = tuple(Reason(one) for one in case["said"].pop("reasons", []))
    parts = {key: tuple(value) if isinstance(value, list) else value for key, value in case["said"].items()}
    information = written(Said("Coverage/v1", **parts, reasons=reasons, assertion="A"), on=NOW.date())
    assert list(broken(information)) == case["broken"]


@pytest.mark.shared
def test_the_hooks_that_others_wrote(guides: Path) -> None:
    """Good ones of a hook that is served are answered, bad ones refused with an OperationOutcome."""
    server, seen = client(), 0
    for folder in ("cdshooks-validation", "inferno/crd/fixtures", "crd-2.2.1/hooks"):
        for path in sorted((guides / folder).glob("*.json")):
            message = json.loads(path.read_bytes())
            if not isinstance(message, dict) or message.get("hook") not in (
                "order-sign",
                "order-select",
                "order-dispatch",
                "appointment-book",
            ):
                continue
            if "extensions" in path.name:  # its expected outcome names two errors of the hook
                continue
            reply = server.post(f"/cds-services/{message['hook']}-crd", json=message)
            assert reply.status_code == (400 if "bad" in path.name else 200), (path.name, reply.text)
            if reply.status_code == 200:
                for action in reply.json()["systemActions"]:
                    for one in extensions(action["resource"], COVERAGE_INFORMATION):
                        assert not list(broken(one)), path.name
            seen += 1
    assert seen >= 10
