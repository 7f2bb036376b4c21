"""Requests with one thing wrong: each ends as a right answer or as a refusal that says what and where, never as a fault of
the server, a denial, or an approval of what was not shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient
from tests.exchange.invented import (
    HERE,
    INQUIRE,
    NOW,
    PAS,
    SUBMIT,
    actions,
    claim_of,
    entry,
    info,
    request,
    served,
    text_of,
)
from tests.exchange.mutations import rewritten, spoiled
from tests.exchange.ordering import SIGN, signing

from chartproof.exchange import base
from chartproof.exchange.app import exchange_app
from chartproof.exchange.coverage import broken
from chartproof.exchange.elements import extensions
from chartproof.exchange.names import COVERAGE_INFORMATION
from chartproof.payer import payer

DATA: dict[str, list[dict[str, Any]]] = yaml.safe_load((HERE / "mutations.yaml").read_text(encoding="utf-8"))
GUIDES_OWN = ("ReferralAuthorization", "HomecareAuthorization", "MedicalServicesAuthorization", "SurgicalRequest")


@pytest.fixture
def server() -> TestClient:
    return TestClient(exchange_app(served(approves=True)))


def judged(reply: Any, wanted: dict[str, Any]) -> None:
    """The status, then: one OperationOutcome that names the element; or an answer with codes that are allowed."""
    value = reply.json()
    assert reply.status_code == wanted["status"], (wanted["name"], reply.text[:400])
    assert not list(base.problems(value))
    if wanted["status"] != 200:
        assert value["resourceType"] == "OperationOutcome"
        first = value["issue"][0]
        assert first["severity"] == "error" and first["details"]["text"]
        if "at" in wanted:
            assert first["expression"][0] == wanted["at"], first
        assert wanted.get("says", "") in json.dumps(value), value
        return
    assert value["resourceType"] == "Bundle" and claim_of(value)["outcome"] == "complete"
    assert set(actions(value).values()) <= set(wanted["codes"]), claim_of(value).get("processNote")


@pytest.mark.parametrize("wanted", DATA["submit"], ids=lambda one: one["name"])
def test_a_request_with_one_thing_wrong(server: TestClient, wanted: dict[str, Any]) -> None:
    for address in (SUBMIT, SUBMIT.replace("/fhir", "/fhir-2.0.1")):
        judged(server.post(address, json=spoiled(request(), wanted["do"])), wanted)


@pytest.mark.shared
@pytest.mark.parametrize("name", GUIDES_OWN)
def test_the_guides_requests_with_one_thing_wrong(server: TestClient, guides: Path, name: str) -> None:
    """No policy here speaks of what they ask for: what can be answered is pended."""
    for path in sorted((guides / "pas-2.2.1" / "examples").glob(f"Bundle-{name}BundleExample.json")):
        whole = json.loads(path.read_bytes())
        for wanted in DATA["submit"]:
            codes = [one for one in wanted.get("codes", ()) if one != "A1"] + ["A4"]
            try:
                made = spoiled(whole, wanted["do"])
            except (LookupError, TypeError):
                continue  # this example has no such element
            where = {key: value for key, value in wanted.items() if key != "at" or "[" not in value}
            judged(server.post(SUBMIT, json=made), {**where, "codes": codes})


@pytest.mark.parametrize("wanted", DATA["documents"], ids=lambda one: one["name"])
def test_a_document_with_something_wrong(wanted: dict[str, Any]) -> None:
    bundle = request()
    resource = bundle["entry"][5]["resource"]
    attachment = resource["content"][0]["attachment"] | wanted.get("attachment", {})
    resource["content"][0]["attachment"] = {key: value for key, value in attachment.items() if value is not None}
    resource |= wanted.get("resource", {})
    state = served(approves=True)
    state.read = payer(state.site, lambda: NOW).read
    judged(TestClient(exchange_app(state)).post(SUBMIT, json=spoiled(bundle, wanted.get("steps", []))), wanted)


@pytest.mark.parametrize("wanted", DATA["results"], ids=lambda one: one["name"])
def test_a_result_with_something_wrong(server: TestClient, wanted: dict[str, Any]) -> None:
    bundle = request(text_of(**{"HIV-1/2": ""}))
    result = {
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "56888-1"}], "text": "HIV-1/2 antigen and antibody"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-04-14",
        "valueCodeableConcept": {"text": "Non-reactive"},
    } | wanted["result"]
    bundle["entry"].append(entry("Observation", "hiv", **{key: one for key, one in result.items() if one is not None}))
    claim_of(bundle)["supportingInfo"].append(info(2, "Observation/hiv"))
    judged(server.post(SUBMIT, json=bundle), wanted | {"status": 200})


@pytest.mark.parametrize("wanted", DATA["orders"], ids=lambda one: one["name"])
def test_an_order_with_something_wrong(server: TestClient, wanted: dict[str, Any]) -> None:
    bundle = request()
    order = {
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"text": "Tecartus"},
    } | wanted["order"]
    bundle["entry"].append(entry("MedicationRequest", "m1", **order))
    asked = {"url": f"{PAS}/extension-requestedService", "valueReference": {"reference": "MedicationRequest/m1"}}
    claim_of(bundle)["item"][0]["extension"].append(asked)
    judged(server.post(SUBMIT, json=bundle), wanted | {"status": 200})


@pytest.mark.parametrize("wanted", DATA["bodies"], ids=lambda one: one["name"])
@pytest.mark.parametrize("address", [SUBMIT, INQUIRE, SIGN, "/fhir/Questionnaire/$questionnaire-package"])
def test_what_is_no_message(server: TestClient, wanted: dict[str, Any], address: str) -> None:
    data = wanted["body"].encode(wanted.get("encoding", "utf-8"), "surrogatepass") * wanted.get("times", 1)
    headers = {"content-type": wanted["type"]} if "type" in wanted else {}
    judged(server.post(address, content=data, headers=headers | wanted.get("headers", {})), wanted)


@pytest.mark.parametrize("wanted", DATA["hooks"], ids=lambda one: one["name"])
@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_a_hook_with_one_thing_wrong(wanted: dict[str, Any], version: str) -> None:
    """The same for coverage requirements: what is missing is said, what is wrong is refused, the rest is passed over."""
    reply = TestClient(exchange_app(served())).post(SIGN, json=rewritten(signing(version=version), wanted["do"]))
    assert reply.status_code == wanted["status"], reply.text
    value = reply.json()
    if wanted["status"] != 200:
        assert value["resourceType"] == "OperationOutcome" and not list(base.problems(value))
        assert value["issue"][0]["expression"][0] == wanted["at"], value
        return
    assert value["cards"] == [] and len(value["systemActions"]) == wanted.get("actions", 1)
    for action in value["systemActions"]:
        (information,) = extensions(action["resource"], COVERAGE_INFORMATION)
        told = {one["url"]: one.get("valueCode") for one in information["extension"]}
        wished = wanted["covered"] if version == "2.2" else wanted["covered"].replace("indeterminate", "conditional")
        assert told["covered"] == wished
        assert version == "2.0" or not list(broken(information))
