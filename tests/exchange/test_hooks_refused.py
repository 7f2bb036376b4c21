"""What is no request of a hook, at each hook."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from tests.exchange.invented import served
from tests.exchange.ordering import (
    CAR_T,
    DISPATCH,
    SELECT,
    SIGN,
    answered,
    client,
    said,
    signing,
)

from chartproof.exchange import base


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


@pytest.mark.parametrize("nothing", ["", None, [], {}])
def test_an_order_comes_back_without_what_says_nothing(nothing: Any) -> None:
    order = CAR_T | {"groupIdentifier": nothing, "reasonCode": [{"text": nothing}]}
    answer = answered(signing(order))["systemActions"][0]["resource"]
    assert not list(base.problems(answer)) and "groupIdentifier" not in answer and "reasonCode" not in answer


def test_an_order_with_an_extension_of_no_address_is_refused() -> None:
    reply = client().post(SIGN, json=signing(CAR_T | {"extension": [{"valueCode": "x"}]}))
    assert reply.status_code == 400 and "extension[0].url" in reply.text


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"medicationCodeableConcept": {"coding": [{}]}}, "medication"),
        ({"subject": {"reference": ""}}, "subject"),
        ({"extension": [{"url": "https://center.example/own", "valueCode": ""}]}, "extension[0]"),
        ({"id": 7}, "id"),
    ],
)
def test_an_order_that_says_nothing_where_it_must_is_refused(change: dict[str, Any], place: str) -> None:
    reply = client().post(SIGN, json=signing(CAR_T | change))
    assert reply.status_code == 400 and f"resource.{place}" in reply.text
