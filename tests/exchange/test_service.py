"""What the server says of itself, its value sets, and what clients report."""

from __future__ import annotations

from tests.exchange.invented import client, served

from chartproof.exchange import base


def test_the_server_says_what_it_can_do() -> None:
    one = client()
    stated = one.get("/fhir/metadata").json()
    assert not list(base.problems(stated))
    operations = {x["name"] for kind in stated["rest"][0]["resource"] for x in kind["operation"]}
    assert operations == {
        "questionnaire-package",
        "next-question",
        "log-questionnaire-errors",
        "expand",
        "submit",
        "inquire",
    }
    assert any(x.endswith("IntermediaryCapabilities|2.2.1") for x in stated["instantiates"])
    assert one.get("/.well-known/smart-configuration").json()["grant_types_supported"] == []


def test_value_sets_and_the_reports_of_a_client() -> None:
    one = client(served(policies=("excellus/7.02.11",)))
    url = "https://payer.example/fhir/ValueSet/pharmacy-approval"
    found = one.get("/fhir/ValueSet/$expand", params={"url": url, "filter": "den"}).json()
    assert [x["code"] for x in found["expansion"]["contains"]] == ["denied"]
    assert one.get("/fhir/ValueSet/$expand", params={"url": "https://nowhere.example"}).status_code == 404
    issue = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "not-found"}]}
    report = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "questionnaire", "valueCanonical": url},
            {"name": "operationOutcome", "resource": issue},
        ],
    }
    assert one.post("/fhir/Questionnaire/$log-questionnaire-errors", json=report).status_code == 204
    report["parameter"].pop()
    assert one.post("/fhir/Questionnaire/$log-questionnaire-errors", json=report).status_code == 400
