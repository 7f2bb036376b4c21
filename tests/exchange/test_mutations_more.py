"""More messages with one thing wrong: what stands around a request, inquiries, and the other hooks. Each ends as a right
answer or as a refusal that says what and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient
from tests.exchange.invented import HERE, INQUIRE, SUBMIT, actions, inquiry, notes, request, served, text_of
from tests.exchange.mutations import rewritten, spoiled
from tests.exchange.ordering import CAR_T, DISPATCH, SELECT, bundle, signing
from tests.exchange.test_mutations import GUIDES_OWN, judged

from chartproof.exchange import base
from chartproof.exchange.app import exchange_app

DATA: dict[str, list[dict[str, Any]]] = yaml.safe_load((HERE / "mutations_more.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def server() -> TestClient:
    return TestClient(exchange_app(served(approves=True)))


@pytest.mark.parametrize("wanted", DATA["submit"], ids=lambda one: one["name"])
def test_a_request_with_one_more_thing_wrong(server: TestClient, wanted: dict[str, Any]) -> None:
    reply = server.post(SUBMIT, json=spoiled(request(), wanted["do"]))
    judged(reply, {key: value for key, value in wanted.items() if wanted["status"] != 200 or key != "says"})
    if wanted["status"] == 200 and "says" in wanted:
        assert wanted["says"] in notes(reply.json())


@pytest.mark.shared
@pytest.mark.parametrize("name", GUIDES_OWN)
def test_the_guides_requests_with_one_more_thing_wrong(server: TestClient, guides: Path, name: str) -> None:
    """Their elements lie elsewhere: held against status and codes alone. Nothing of theirs is approved or denied."""
    for path in sorted((guides / "pas-2.2.1" / "examples").glob(f"Bundle-{name}BundleExample.json")):
        for wanted in DATA["submit"]:
            try:
                made = spoiled(json.loads(path.read_bytes()), wanted["do"])
            except (LookupError, TypeError):
                continue  # this example has no such element
            reply = server.post(SUBMIT, json=made)
            value = reply.json()
            assert reply.status_code in (200, 400, 422), (wanted["name"], reply.text[:300])
            assert not list(base.problems(value))
            if reply.status_code == 200:
                assert set(actions(value).values()) <= {"A4", "C"}, wanted["name"]
            else:
                assert value["resourceType"] == "OperationOutcome" and value["issue"][0]["details"]["text"]


@pytest.fixture(scope="module")
def asked() -> TestClient:
    made = TestClient(exchange_app(served()))
    assert made.post(SUBMIT, json=request(text_of(ECOG=""))).status_code == 200
    return made


@pytest.mark.parametrize("wanted", DATA["inquire"], ids=lambda one: one["name"])
def test_an_inquiry_with_something_wrong(asked: TestClient, wanted: dict[str, Any]) -> None:
    reply = asked.post(INQUIRE, json=spoiled(inquiry("N1"), wanted["do"]))
    assert reply.status_code == wanted["status"], reply.text[:400]
    value = reply.json()
    assert not list(base.problems(value))
    if wanted["status"] != 200:
        assert value["resourceType"] == "OperationOutcome"
        assert value["issue"][0]["expression"] == [wanted["at"]] if "at" in wanted else value["issue"]
        return
    found = [one for one in value["parameter"] if one["name"] == "return"]
    assert len(found) == wanted["found"] and all(set(actions(one["resource"]).values()) == {"A4"} for one in found)


def selecting() -> dict[str, Any]:
    message = signing() | {"hook": "order-select"}
    message["context"]["selections"] = ["MedicationRequest/m1"]
    return message


def dispatching() -> dict[str, Any]:
    message = signing() | {"hook": "order-dispatch"}
    message["context"] = {
        "patientId": "p1", "performer": "Organization/o1",
        "dispatchedOrders": ["https://center.example/fhir/MedicationRequest/m1"],
    }  # fmt: skip
    message["prefetch"]["medicationRequests"] = bundle(CAR_T, kind="searchset")
    return message


@pytest.mark.parametrize(
    ("service", "message", "wanted"),
    [
        pytest.param(service, message, one, id=f"{kind}: {one['name']}")
        for kind, service, message in (("select", SELECT, selecting()), ("dispatch", DISPATCH, dispatching()))
        for one in DATA[kind]
    ],
)
def test_another_hook_with_one_thing_wrong(service: str, message: dict[str, Any], wanted: dict[str, Any]) -> None:
    reply = TestClient(exchange_app(served())).post(service, json=rewritten(message, wanted["do"]))
    assert reply.status_code == wanted["status"], reply.text
    value = reply.json()
    if wanted["status"] == 200:
        assert value["cards"] == [] and len(value["systemActions"]) == wanted["actions"]
        return
    assert value["resourceType"] == "OperationOutcome" and not list(base.problems(value))
    assert value["issue"][0]["expression"] == [wanted["at"]]
