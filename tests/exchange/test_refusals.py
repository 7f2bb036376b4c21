"""What cannot be taken: a status, one OperationOutcome, and nothing of the record in it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.exchange.invented import EHR, SUBMIT, claim_of, client, document, info, request, served

from chartproof.exchange import base, submit
from chartproof.exchange.app import exchange_app
from chartproof.exchange.submitted import read_request


def without(key: str) -> dict[str, Any]:
    bundle = request()
    claim_of(bundle).pop(key)
    return bundle


def changed(place: str, value: Any) -> dict[str, Any]:
    bundle = request()
    where: Any = bundle
    *path, last = place.split("/")
    for step in path:
        where = where[int(step) if step.isdigit() else step]
    where[int(last) if last.isdigit() else last] = value
    return bundle


@pytest.mark.parametrize(
    ("bundle", "status"),
    [
        ({}, 400),
        ({"resourceType": "Bundle"}, 400),
        ({"resourceType": "Bundle", "type": "collection", "entry": []}, 400),
        ({"resourceType": "Claim"}, 400),
        ({"resourceType": "Parameters", "parameter": [{"name": "other", "valueString": "x"}]}, 400),
        (without("patient"), 400),
        (without("provider"), 400),
        (without("insurance"), 400),
        (without("insurer"), 422),
        (without("item"), 422),
        (without("identifier"), 422),
        (changed("type", "batch"), 422),
        (changed("entry/0/resource/status", "cancelled"), 422),
        (changed("entry/0/resource/status", "Xactive"), 400),
        (changed("entry/0/resource/use", "claim"), 422),
        (changed("entry/0/resource/patient/reference", "Patient/nobody"), 422),
        (changed("entry/0/resource/patient/reference", "Organization/o1"), 422),
        (changed("entry/0/resource/supportingInfo/0/valueReference/reference", "DocumentReference/none"), 422),
        (changed("entry/1/fullUrl", "https://center.example/fhir/Patient/other"), 422),
        (changed("entry/1/fullUrl", "https://center.example/fhir/Claim/c1"), 422),
        (changed("entry/1/resource/birthDate", "03/04/1961"), 400),
        (changed("entry/5/resource/content/0/attachment/data", "not base64!"), 400),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_taken(bundle: dict[str, Any], status: int) -> None:
    answer = client().post(SUBMIT, json=bundle)
    assert answer.status_code == status, answer.text
    value = answer.json()
    assert value["resourceType"] == "OperationOutcome" and value["issue"]
    assert not list(base.problems(value)) and "Rosa" not in answer.text and "Invented" not in answer.text


def test_two_supporting_informations_with_one_number() -> None:
    bundle = request()
    claim_of(bundle)["supportingInfo"].append(info(1, "DocumentReference/note"))
    assert client().post(SUBMIT, json=bundle).status_code == 422


def test_what_is_no_json_and_what_is_no_route() -> None:
    one = client()
    assert one.post(SUBMIT, content=b"{", headers={"content-type": "application/fhir+json"}).status_code == 400
    assert one.post(SUBMIT, content=b"<Bundle/>", headers={"content-type": "application/fhir+xml"}).status_code == 415
    assert one.post(SUBMIT, content=b"{}").status_code == 415
    for address, status in (("/fhir/Patient/1", 404), ("/fhir/Claim", 404), ("/", 404), (SUBMIT, 405)):
        answer = one.get(address)
        assert answer.status_code == status and answer.json()["resourceType"] == "OperationOutcome"


def test_the_form_of_an_answer_and_of_a_message() -> None:
    one, given = client(), {"content-type": "application/fhir+json"}
    for accept in ("application/fhir+xml", "text/turtle", "text/html"):
        refused = one.post(SUBMIT, json=request(), headers=given | {"accept": accept})
        assert refused.status_code == 406 and refused.json()["resourceType"] == "OperationOutcome"
    assert one.get("/fhir/metadata?_format=xml").status_code == 406
    for accept in ("application/fhir+json", "application/json;q=0.9, text/xml", "application/*", "*/*", ""):
        assert one.post(SUBMIT, json=request(), headers=given | {"accept": accept}).status_code == 200
    assert one.get("/fhir/metadata?_format=application/fhir+json").status_code == 200
    for version, status in (("4.0", 200), ("3.0", 415), ("5.0", 415)):
        kind = {"content-type": f"application/fhir+json; fhirVersion={version}"}
        assert one.post(SUBMIT, json=request(), headers=kind).status_code == status


def test_no_address_leads_elsewhere() -> None:
    """A redirect would be written without the encryption that stands before the server."""
    answer = client().post(f"{SUBMIT}/", json=request(), follow_redirects=False)
    assert answer.status_code == 404 and answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("nothing", ["", None, [], {}, [{}]])
def test_what_says_nothing_is_not_repeated(nothing: Any) -> None:
    """An answer is R4 where the request had empty elements, and a required one that is empty is missing."""
    bundle = request()
    claim_of(bundle)["related"] = [{"claim": nothing, "relationship": {"coding": nothing}}]
    bundle["entry"][1]["resource"]["contact"] = [{"name": nothing}]
    bundle["entry"][1]["resource"]["name"][0]["suffix"] = nothing
    answer = client().post(SUBMIT, json=bundle)
    assert answer.status_code == 200 and not list(base.problems(answer.json()))
    claim_of(bundle)["item"][0]["productOrService"] = {"coding": nothing}
    refused = client().post(SUBMIT, json=bundle)
    assert refused.status_code == 400 and "productOrService" in refused.text


def test_empty_places_that_have_a_sibling_stay() -> None:
    bundle = request()
    name = {
        "family": "Invented",
        "given": ["Rosa", ""],
        "_given": [None, {"extension": [{"url": "u", "valueCode": "x"}]}],
    }
    bundle["entry"][1]["resource"]["name"] = [name]
    answer = client().post(SUBMIT, json=bundle).json()
    person = next(one["resource"] for one in answer["entry"] if one["resource"]["resourceType"] == "Patient")
    assert person["name"] == [name | {"given": ["Rosa", None]}]


def test_a_name_that_nobody_has_is_not_held_against_every_line() -> None:
    bundle = request()
    bundle["entry"][1]["resource"]["name"][0]["family"] = "Invented" * 1000
    answer = client().post(SUBMIT, json=bundle)
    assert answer.status_code == 422 and answer.json()["issue"][0]["code"] == "too-long"


def test_more_items_than_anybody_asks_for() -> None:
    answer = client().post(SUBMIT, json=request(items=201))
    assert answer.status_code == 422 and answer.json()["issue"][0]["code"] == "too-costly"
    assert client().post(SUBMIT, json=request(items=200)).status_code == 200


def test_more_documents_than_anybody_sends() -> None:
    bundle = request()
    for number in range(401):
        bundle["entry"].append(document(f"d{number}", b"x"))
        claim_of(bundle)["supportingInfo"].append(info(number + 2, f"DocumentReference/d{number}"))
    answer = client().post(SUBMIT, json=bundle)
    assert answer.status_code == 422 and answer.json()["issue"][0]["code"] == "too-long"


def test_a_document_that_is_pointed_to_often_is_read_once() -> None:
    bundle = request()
    claim_of(bundle)["supportingInfo"] = [info(number, "DocumentReference/note") for number in range(1, 200)]
    read = read_request(bundle)
    assert [one.address for one in read.supporting] == [f"{EHR}/DocumentReference/note"]


def test_another_name_does_not_reach_a_server_that_knows_its_own() -> None:
    app = exchange_app(served(), hosts=("127.0.0.1", "localhost"))
    assert TestClient(app, base_url="http://127.0.0.1:8766").get("/cds-services").status_code == 200
    other = TestClient(app, base_url="http://rebound.example").get("/cds-services")
    assert other.status_code == 400 and other.json()["resourceType"] == "OperationOutcome"


def test_a_failure_of_the_server_tells_no_more_than_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: Any, **named: Any) -> Any:
        raise ZeroDivisionError("Rosa Q. Invented")

    monkeypatch.setattr(submit, "decide", broken)
    answer = client().post(SUBMIT, json=request())
    assert answer.status_code == 500 and "Rosa" not in answer.text and "ZeroDivisionError" in answer.text
