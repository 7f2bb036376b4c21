"""What is decided: approved only where all is shown and the site has said so; else pended with what is missing; never denied."""

from __future__ import annotations

import threading
from copy import deepcopy
from typing import Any

import pytest
from tests.exchange.invented import (
    INQUIRE,
    NOW,
    PAS,
    SUBMIT,
    actions,
    claim_of,
    client,
    entry,
    inquiry,
    item,
    notes,
    read_here,
    request,
    served,
    submitted,
    text_of,
    workspace,
)

from chartproof.exchange import bundles, submit
from chartproof.exchange.decision import decide
from chartproof.exchange.elements import extension_value, extensions
from chartproof.exchange.submitted import read_request
from chartproof.exchange.told_against import quote_first


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
    assert "due by 7 May 2026, 12:00 UTC" in notes(answer)
    due = next(extensions(claim_of(answer), "urn:chartproof:decision-due"))
    assert extension_value(due, "due") == "2026-05-07T12:00:00+00:00"
    assert extension_value(due, "rule").startswith("ma.od.") and extension_value(due, "citation")
    fast = request(gap)
    claim_of(fast)["priority"]["coding"][0]["code"] = "stat"
    assert "due by 5 May 2026, 12:00 UTC" in notes(submitted(fast))
    assert "due by 11 May 2026" in notes(submitted(request(gap), item="service"))
    assert "due by 19 May 2026" in notes(submitted(request(gap), plan_type="self_funded_erisa"))
    assert "due by" not in notes(submitted(request(gap), plan_type=""))


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


def test_the_day_of_the_decision_is_the_payers_not_the_requests() -> None:
    bundle = request()
    claim_of(bundle)["created"] = "2025-01-01"
    assert actions(submitted(bundle, approves=True)) == {1: "A1"}
    late = served(approves=True)
    late.now = lambda: NOW.replace(year=2027)
    assert actions(client(late).post(SUBMIT, json=bundle).json()) == {1: "A4"}


def test_what_should_be_mended_is_told_and_stops_nothing() -> None:
    bundle = request()
    bundle.pop("timestamp")
    bundle["entry"][1]["resource"]["managingOrganization"] = {"reference": "Organization/elsewhere"}
    claim_of(bundle)["meta"] = {"profile": [f"{PAS}/profile-claim"]}
    answer = submitted(bundle, approves=True)
    assert actions(answer) == {1: "A1"}
    (warned,) = [one["resource"] for one in answer["entry"] if one["resource"]["resourceType"] == "OperationOutcome"]
    places = {one["expression"][0] for one in warned["issue"]}
    assert {
        "Bundle.timestamp",
        "Bundle.entry[1].resource.managingOrganization",
        "Bundle.entry[0].resource.item[0].category",
    } <= places
    assert {one["severity"] for one in warned["issue"]} == {"warning"}
    earlier = client(served()).post("/fhir-2.0.1/Claim/$submit", json=bundle).json()
    (told,) = [one["resource"] for one in earlier["entry"] if one["resource"]["resourceType"] == "OperationOutcome"]
    assert not [one for one in told["issue"] if "category" in one["expression"][0]]


def test_an_answer_quotes_ten_sentences_that_may_speak_against_it_and_the_reviewer_gets_them_all() -> None:
    """Each sentence once, with all that it may be about."""
    grim = "\n".join(f"She asked about hospice, and declined the trial of cycle {n}." for n in range(1, 15))
    asked = read_request(request(text_of(ECOG="") + grim))
    with workspace() as folder:
        decision = decide(asked, served().site, today=NOW.date(), folder=folder, read=read_here)
    assert len(decision.told) == 14 and all(", or because " in one for one in decision.told)
    assert quote_first(decision.told[0]).startswith('note.txt, page 1: "')
    said = notes(submitted(request(text_of(ECOG="") + grim)))
    assert said.count("hospice, and declined") == 10 and "more sentences are not understood" in said
    assert said.index("N.1 is missing") < said.index("hospice")
