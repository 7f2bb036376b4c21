"""Coverage requirements while an order is selected, dispatched or booked, and of orders of other kinds."""

from __future__ import annotations

from typing import Any

import pytest
from tests.exchange.ordering import (
    CAR_T,
    DISPATCH,
    OXYGEN,
    SELECT,
    SIGN,
    answered,
    bundle,
    client,
    said,
    signing,
)


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


@pytest.mark.parametrize(
    "coded",
    [
        {"system": "http://www.ama-assn.org/go/cpt", "code": "38228"},
        {"system": "http://www.ama-assn.org/go/cpt", "code": "0540T"},
        {"system": "http://www.cms.gov/Medicare/Coding/ICD10", "code": "XW033M7"},
        {"system": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "Q2053"},
    ],
)
def test_codes_of_last_year_and_of_other_systems_name_the_same_service(coded: dict[str, str]) -> None:
    order = OXYGEN | {"code": {"coding": [coded]}}
    assert said(answered(signing(order)))["pa-needed"] == ["auth-needed"]
