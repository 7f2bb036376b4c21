"""The payer's side: approved only where all is shown and the site has said so; else pended with what is missing; never denied."""

from __future__ import annotations

import base64
import threading
from copy import deepcopy
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.exchange.invented import (
    NOW,
    PAS,
    actions,
    claim_of,
    document,
    entry,
    info,
    inquiry,
    item,
    request,
    served,
    text_of,
)

from chartproof.exchange import base, bundles, submit
from chartproof.exchange.app import Served, exchange_app
from chartproof.exchange.attachments import safe_name
from chartproof.exchange.elements import extension_value, extensions

SUBMIT, INQUIRE = "/fhir/Claim/$submit", "/fhir/Claim/$inquire"


def client(server: Served | None = None) -> TestClient:
    return TestClient(exchange_app(server or served()))


def submitted(bundle: dict[str, Any], **site: Any) -> dict[str, Any]:
    answer = client(served(**site)).post(SUBMIT, json=bundle)
    assert answer.status_code == 200, answer.text
    value: dict[str, Any] = answer.json()
    assert not list(base.problems(value))
    return value


def notes(answer: dict[str, Any]) -> str:
    return "\n".join(one["text"] for one in claim_of(answer).get("processNote", ()))


def test_all_is_shown_and_the_site_approves() -> None:
    answer = submitted(request(), approves=True)
    assert actions(answer) == {1: "A1"}
    response = claim_of(answer)
    assert response["outcome"] == "complete" and response["preAuthRef"]
    assert "communicationRequest" not in response and "processNote" not in response


def test_all_is_shown_and_a_person_approves_by_default() -> None:
    assert actions(submitted(request())) == {1: "A4"}


@pytest.mark.parametrize(
    ("replaced", "row"),
    [
        ({"ECOG": ""}, "N.1"),
        ({"12-lead": ""}, "N.2"),
        ({"HIV-1/2": ""}, "viral_screen"),
        ({"No": ""}, "no_active_infection"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_approved(replaced: dict[str, str], row: str) -> None:
    answer = submitted(request(text_of(**replaced)), approves=True)
    assert actions(answer) == {1: "A4"}
    assert f"{row} is missing" in notes(answer)
    asked = [one["resource"] for one in answer["entry"] if one["resource"]["resourceType"] == "CommunicationRequest"]
    assert len(asked) == len(claim_of(answer)["communicationRequest"])
    said = {
        extension_value(x, "criterion")
        for one in asked
        for x in extensions(one["payload"][0], "urn:chartproof:missing")
    }
    assert row in said
    assert asked[0]["payload"][0]["contentString"] == "102089-0"


@pytest.mark.parametrize(
    "replaced",
    [
        {"ECOG": "ECOG performance status: not recorded."},
        {"No": "Active infection: pneumonia, on intravenous antibiotics."},
        {"Diagnosis": "Diagnosis: multiple myeloma.", "She": ""},
        {"Diagnosis": "", "She": ""},
        {"Patient": "Patient: Otto Other   DOB: 07/07/1950   MRN: 999"},
        {"Electronically": "DRAFT, not signed."},
    ],
)
def test_nothing_is_ever_denied_or_approved_against_the_chart(replaced: dict[str, str]) -> None:
    answer = submitted(request(text_of(**replaced)), approves=True)
    assert actions(answer) == {1: "A4"}


def test_a_request_without_documents_is_pended_with_every_row() -> None:
    bundle = request()
    claim_of(bundle).pop("supportingInfo")
    bundle["entry"].pop()
    answer = submitted(bundle, approves=True)
    assert actions(answer) == {1: "A4"}
    assert all(f"{row} is missing" in notes(answer) for row in ("N.1", "N.2"))
    assert "no label was checked" in notes(answer)


def test_the_same_request_gives_the_same_answer() -> None:
    server = client(served(approves=True))
    first = server.post(SUBMIT, json=request())
    again = deepcopy(request()) | {"timestamp": "2026-05-04T12:09:00Z", "id": "another"}
    assert server.post(SUBMIT, json=again).content == first.content
    other = server.post(SUBMIT, json=request(text_of(ECOG="")))
    assert actions(other.json()) == {1: "A4"}


def test_items_keep_their_numbers_and_their_traces() -> None:
    bundle = request(items=2)
    claim_of(bundle)["item"][1] = item(7, "E0431")
    answer = submitted(bundle, approves=True)
    assert actions(answer) == {1: "A4", 7: "A4"}
    assert "item 7: no policy here speaks of this service" in notes(answer)
    traces = [extension_value(one, one["extension"][0]["url"])["value"] for one in claim_of(answer)["item"]]
    assert traces == ["T1", "T7"]


def test_the_answer_is_whole_and_gives_back_what_it_got() -> None:
    bundle = request(text_of(ECOG=""))
    answer = submitted(bundle)
    assert not list(bundles.address_problems(answer))
    index = bundles.index(answer)
    assert index.entries[0].kind == "ClaimResponse"
    sent = {one["fullUrl"]: one["resource"] for one in bundle["entry"]}
    back = [one for one in index.entries if one.address in sent]
    assert {one.kind for one in back} == {"Claim", "Patient", "Organization", "Coverage"}
    assert all(one.resource == sent[one.address] for one in back)
    direct = [address for address, _ in bundles.references(index.entries[0].resource)]
    assert all(
        index.resolve(one, near=index.entries[0]) or one.startswith(("Patient", "Organization")) for one in direct
    )
    assert claim_of(answer)["identifier"] == claim_of(bundle)["identifier"]


def test_a_clock_by_the_plan_and_the_urgency() -> None:
    gap = text_of(ECOG="")
    answer = submitted(request(gap))
    assert "due by 2026-05-07T12:00+00:00" in notes(answer)
    due = next(extensions(claim_of(answer), "urn:chartproof:decision-due"))
    assert extension_value(due, "due") == "2026-05-07T12:00:00+00:00"
    assert extension_value(due, "rule").startswith("ma.od.") and extension_value(due, "citation")
    fast = request(gap)
    claim_of(fast)["priority"]["coding"][0]["code"] = "stat"
    assert "due by 2026-05-05T12:00+00:00" in notes(submitted(fast))
    assert "due by 2026-05-11" in notes(submitted(request(gap), item="service"))
    assert "due by 2026-05-19" in notes(submitted(request(gap), plan_type="self_funded_erisa"))
    assert "due by" not in notes(submitted(request(gap), plan_type=""))


def test_a_document_that_is_only_an_address_is_told_and_never_fetched() -> None:
    bundle = request()
    attachment = bundle["entry"][-1]["resource"]["content"][0]["attachment"]
    attachment.pop("data")
    attachment["url"] = "https://center.example/secret.pdf"
    answer = submitted(bundle, approves=True)
    assert actions(answer) == {1: "A4"} and "nothing is fetched" in notes(answer)


def test_a_binary_of_the_request_and_a_bundle_of_results_are_read() -> None:
    bundle = request()
    attachment = bundle["entry"][-1]["resource"]["content"][0]["attachment"]
    bundle["entry"].append(entry("Binary", "b1", contentType="text/plain", data=attachment.pop("data")))
    attachment["url"] = "Binary/b1"
    assert actions(submitted(bundle, approves=True)) == {1: "A1"}
    held = {"type": "collection", "entry": [request()["entry"][-1]]}
    inside = request(text_of(ECOG=""))
    inside["entry"].append(entry("Bundle", "more", **held))
    claim_of(inside)["supportingInfo"].append(info(2, "Bundle/more"))
    assert actions(submitted(inside, approves=True)) == {1: "A1"}


def test_a_packet_of_the_same_documents_does_not_speak_for_the_chart() -> None:
    """What was put together from others of the request is for people; alone, the same file is read."""
    bundle = request(text_of(ECOG=""))
    bundle["entry"].append(document("packet", text_of().encode()))
    claim_of(bundle)["supportingInfo"].append(info(2, "DocumentReference/packet"))
    assert actions(submitted(bundle, approves=True)) == {1: "A1"}
    made_of = [{"code": "transforms", "target": {"reference": "DocumentReference/note"}}]
    bundle["entry"][-1]["resource"]["relatesTo"] = made_of
    assert "N.1 is missing" in notes(submitted(bundle, approves=True))


def test_a_document_that_cannot_be_read_does_not_stop_the_others() -> None:
    bundle = request()
    bundle["entry"].append(document("broken", b"%PDF-1.7 broken", contentType="application/pdf", title="scan.pdf"))
    claim_of(bundle)["supportingInfo"].append(info(2, "DocumentReference/broken"))
    answer = submitted(bundle, approves=True)
    assert actions(answer) == {1: "A4"}
    assert "N.1 is missing" not in notes(answer) and "scan.pdf" in notes(answer)


def test_structured_resources_are_evidence_as_in_a_chart() -> None:
    bundle = request(text_of(**{"HIV-1/2": ""}))
    result = {
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "56888-1"}], "text": "HIV-1/2 antigen and antibody"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-04-14",
        "valueCodeableConcept": {"text": "Non-reactive"},
    }
    bundle["entry"].append(entry("Observation", "hiv", **result))
    claim_of(bundle)["supportingInfo"].append(info(2, "Observation/hiv"))
    assert actions(submitted(bundle, approves=True)) == {1: "A1"}


def answers(quote: str, *, place: str = "DocumentReference/note", page: int = 1) -> dict[str, Any]:
    evidence = {
        "url": "urn:chartproof:answer-evidence",
        "extension": [
            {"url": "document", "valueReference": {"reference": place}},
            {"url": "page", "valuePositiveInt": page},
            {"url": "quote", "valueString": quote},
        ],
    }
    said = {"linkId": "N.1/ecog", "answer": [{"extension": [evidence], "valueDecimal": 1}]}
    return entry("QuestionnaireResponse", "q1", status="completed", subject={"reference": "Patient/p1"}, item=[said])


@pytest.mark.parametrize(
    ("filled", "code", "told"),
    [
        (answers("ECOG performance status: 1"), "A1", False),
        (answers("ECOG performance status: 0"), "A4", True),
        (answers("ECOG performance status: 1", page=2), "A4", True),
        (answers("ECOG performance status: 1", place="DocumentReference/other"), "A4", True),
        (answers(" "), "A4", True),
    ],
)
def test_an_answer_that_cites_what_is_not_there_stops_the_approval(
    filled: dict[str, Any], code: str, told: bool
) -> None:
    bundle = request()
    bundle["entry"].append(filled)
    claim_of(bundle)["supportingInfo"].append(info(2, "QuestionnaireResponse/q1"))
    if "other" in str(filled):
        bundle["entry"].append(document("other", b"Another note."))
    answer = submitted(bundle, approves=True)
    assert actions(answer) == {1: code}
    assert ("the answer N.1/ecog cites words" in notes(answer)) is told


def test_an_answer_alone_proves_nothing() -> None:
    bundle = request(text_of(ECOG=""))
    filled = answers("x")
    filled["resource"]["item"][0]["answer"][0].pop("extension")
    bundle["entry"].append(filled)
    claim_of(bundle)["supportingInfo"].append(info(2, "QuestionnaireResponse/q1"))
    answer = submitted(bundle, approves=True)
    assert actions(answer) == {1: "A4"} and "N.1 is missing" in notes(answer)


def test_an_update_replaces_and_what_is_called_off_is_answered_so() -> None:
    server = client(served(approves=True))
    first = server.post(SUBMIT, json=request(items=2))
    assert actions(first.json()) == {1: "A1", 2: "A1"}
    update = request(number="N2", items=2)
    old = entry(
        "Claim",
        "old",
        **{key: value for key, value in claim_of(request(items=2)).items() if key not in ("resourceType", "id")},
    )
    update["entry"].append(old)
    claim_of(update)["related"] = [{"claim": {"reference": "Claim/old"}}]
    flag = {
        "url": "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/modifierextension-infoCancelled",
        "valueBoolean": True,
    }
    claim_of(update)["item"][1]["modifierExtension"] = [flag]
    assert actions(server.post(SUBMIT, json=update).json()) == {1: "A1", 2: "C"}
    found = server.post(INQUIRE, json=inquiry("N1")).json()
    assert claim_of(found["parameter"][0]["resource"])["identifier"][0]["value"] == "N2"


def test_an_inquiry_by_number_by_member_and_for_nothing() -> None:
    server = client()
    empty = server.post(INQUIRE, json=inquiry("N1")).json()
    assert [one["name"] for one in empty["parameter"]] == ["outcome"]
    assert server.post("/fhir-2.0.1/Claim/$inquire", json=inquiry("N1")).json().get("entry") is None
    server.post(SUBMIT, json=request(text_of(ECOG="")))
    for asked in (inquiry("N1"), inquiry(None)):
        found = server.post(INQUIRE, json=asked).json()
        assert [one["name"] for one in found["parameter"]] == ["responseBundle"]
        whole = found["parameter"][0]["resource"]
        assert actions(whole) == {1: "A4"}
        assert all(one["resource"]["resourceType"] != "CommunicationRequest" for one in whole["entry"])
        earlier = server.post("/fhir-2.0.1/Claim/$inquire", json=asked).json()
        assert earlier["resourceType"] == "Bundle" and actions(earlier) == {1: "A4"}


def test_an_inquiry_asks_for_the_member_and_the_provider() -> None:
    server = client()
    server.post(SUBMIT, json=request())
    assert server.post(INQUIRE, json=inquiry("N1")).json()["parameter"][0]["name"] == "responseBundle"
    member, provider = inquiry("N1"), inquiry("N1")
    member["entry"][1]["resource"]["identifier"][0]["value"] = "somebody else"
    member["entry"][4]["resource"].pop("subscriberId")
    provider["entry"][3]["resource"]["identifier"][0]["value"] = "1777777777"
    for stranger in (member, provider):
        assert [one["name"] for one in server.post(INQUIRE, json=stranger).json()["parameter"]] == ["outcome"]
    other = inquiry("N1")  # another system of the same practice
    other["entry"][3] = entry(
        "Organization",
        "o1",
        active=True,
        name="Elsewhere",
        identifier=[{"system": "https://x.example", "value": "1999999992"}],
    )
    assert server.post(INQUIRE, json=other).json()["parameter"][0]["name"] == "responseBundle"


def test_an_item_without_a_code_is_what_its_order_says() -> None:
    bundle = request()
    order = {
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"text": "Tecartus"},
    }
    bundle["entry"].append(entry("MedicationRequest", "m1", **order))
    asked = claim_of(bundle)["item"][0]
    asked["productOrService"]["coding"][0] = {
        "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
        "code": "not-applicable",
    }
    asked["extension"].append(
        {"url": f"{PAS}/extension-requestedService", "valueReference": {"reference": "MedicationRequest/m1"}}
    )
    assert actions(submitted(bundle, approves=True)) == {1: "A1"}


def test_a_slow_request_is_pended_and_decided_later(monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()
    whole = submit.decide

    def slow(*given: Any, **named: Any) -> Any:
        held.wait(30)
        return whole(*given, **named)

    monkeypatch.setattr(submit, "decide", slow)
    server = served(approves=True)
    server.patience = 0.05
    one = client(server)
    answer = one.post(SUBMIT, json=request()).json()
    assert actions(answer) == {1: "A4"} and "still being read" in notes(answer)
    held.set()
    next(iter(server.running.values())).result(60)
    found = one.post(INQUIRE, json=inquiry("N1")).json()
    assert actions(found["parameter"][0]["resource"]) == {1: "A1"}


def test_a_payer_that_is_not_served_is_an_error_of_the_business() -> None:
    answer = submitted(request(), payer_ids=("SOMEWHERE",))
    response = claim_of(answer)
    assert response["outcome"] == "error" and "item" not in response
    assert response["error"][0]["code"]["coding"][0]["code"] == "T4"
    assert actions(submitted(request(), payer_ids=("NOWHERE",))) == {1: "A4"}


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
    assert one.get(SUBMIT).status_code == 405


def test_another_name_does_not_reach_a_server_that_knows_its_own() -> None:
    app = exchange_app(served(), hosts=("127.0.0.1", "localhost"))
    assert TestClient(app, base_url="http://127.0.0.1:8766").get("/cds-services").status_code == 200
    assert TestClient(app, base_url="http://rebound.example").get("/cds-services").status_code == 400


def test_a_failure_of_the_server_tells_no_more_than_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: Any, **named: Any) -> Any:
        raise ZeroDivisionError("Rosa Q. Invented")

    monkeypatch.setattr(submit, "decide", broken)
    answer = client().post(SUBMIT, json=request())
    assert answer.status_code == 500 and "Rosa" not in answer.text and "ZeroDivisionError" in answer.text


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


@pytest.mark.parametrize(
    ("title", "ending", "name"),
    [
        ("note.pdf", ".pdf", "note.pdf"),
        ("../../etc/passwd", ".txt", "passwd.txt"),
        ("C:\\x\\note.pdf", ".pdf", "note.pdf"),
        ("case.yaml", ".txt", "document-03.txt"),
        ("", ".pdf", "document-03.pdf"),
        (".hidden", ".pdf", "hidden.pdf"),
        ("note.pdf", ".txt", "note.pdf.txt"),
        ("scan.JPG", ".jpeg", "scan.JPG"),
        ("Ärztin Brief.pdf", ".pdf", "rztin-Brief.pdf"),
    ],
)
def test_names_of_attachments_lead_nowhere(title: str, ending: str, name: str) -> None:
    assert safe_name(title, ending, 3) == name


def test_the_day_of_the_decision_is_the_payers_not_the_requests() -> None:
    bundle = request()
    claim_of(bundle)["created"] = "2025-01-01"
    assert actions(submitted(bundle, approves=True)) == {1: "A1"}
    late = served(approves=True)
    late.now = lambda: NOW.replace(year=2027)
    assert actions(client(late).post(SUBMIT, json=bundle).json()) == {1: "A4"}


def test_an_attachment_of_the_form_is_read_too() -> None:
    bundle = request(text_of(ECOG=""))
    data = base64.b64encode(text_of().encode()).decode()
    said = {
        "linkId": "N.1/document",
        "answer": [{"valueAttachment": {"contentType": "text/plain", "data": data, "title": "second.txt"}}],
    }
    bundle["entry"].append(
        entry("QuestionnaireResponse", "q1", status="completed", subject={"reference": "Patient/p1"}, item=[said])
    )
    claim_of(bundle)["supportingInfo"].append(info(2, "QuestionnaireResponse/q1"))
    assert actions(submitted(bundle, approves=True)) == {1: "A1"}
