"""The provider's other half: an answer is read whole, what is asked for becomes Tasks, and a later request is an update."""

from __future__ import annotations

import json
import tarfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.exchange.invented import BASE, HERE, NOW, actions, claim_of, inquiry, request, served, text_of

from chartproof.exchange import base, bundles
from chartproof.exchange.app import exchange_app
from chartproof.exchange.claim import Options
from chartproof.exchange.elements import extension_value
from chartproof.exchange.modifiers import CANCELLED, CERTIFICATION
from chartproof.exchange.people import Sender
from chartproof.exchange.reading import lines, read_answers, tasks
from chartproof.exchange.refusals import Refused
from chartproof.exchange.request import request_bundle
from chartproof.exchange.snapshots import check_profiles, read_profiles
from chartproof.exchange.update import CHANGED, update_bundle
from chartproof.model import Review
from chartproof.tour import review_folder

POLICY = str(HERE / "policy.yaml")
CASE = "as_of: 2026-05-04\ndrug: Tecartus\npayer: Plan of Nowhere\npatient: {name: Rosa Q. Invented, dob: 1961-03-04, member_id: M-1}\n"


def answer_to(bundle: dict[str, Any], **site: Any) -> dict[str, Any]:
    reply = TestClient(exchange_app(served(**site))).post("/fhir/Claim/$submit", json=bundle)
    found: dict[str, Any] = reply.json()
    return found


def made(folder: Path, text: str, name: str = "note.txt") -> tuple[Review, dict[str, Any]]:
    folder.mkdir(exist_ok=True)
    (folder / "case.yaml").write_text(CASE)
    (folder / name).write_text(text)
    review = review_folder(folder, today=date(2026, 5, 4), policy=POLICY, workers=1)
    options = Options(
        Sender("Invented Treatment Center", npi="1999999992", practitioner="Ada Nonesuch"), BASE, NOW, policy=POLICY
    )
    return review, request_bundle(review, options, folder=folder)


def test_an_answer_to_an_inquiry_is_read_in_both_versions() -> None:
    server = TestClient(exchange_app(served()))
    for number in ("N1", "N2"):
        server.post("/fhir/Claim/$submit", json=request(text_of(ECOG=""), number=number))
    for base_, asked, count in (("fhir", "N1", 1), ("fhir", None, 2), ("fhir-2.0.1", None, 2)):
        answer = server.post(f"/{base_}/Claim/$inquire", json=inquiry(asked)).json()
        read = read_answers(answer)
        assert [[item.state for item in one.items] for one in read] == [["pended"]] * count
        assert all("N.1 is missing" in "\n".join(lines(one)) for one in read)


def test_an_inquiry_that_found_nothing_and_a_refusal_are_read() -> None:
    server = TestClient(exchange_app(served()))
    (nothing,) = read_answers(server.post("/fhir/Claim/$inquire", json=inquiry("N1")).json())
    assert list(lines(nothing)) == ["the payer says: no prior authorization of this member and provider is known here"]
    assert read_answers(server.post("/fhir-2.0.1/Claim/$inquire", json=inquiry("N1")).json()) == (nothing,)
    (refused,) = read_answers(server.post("/fhir/Claim/$submit", json={"resourceType": "Bundle"}).json())
    assert not refused.items and "Bundle" in next(lines(refused))


@pytest.mark.shared
def test_the_guides_answers_are_read(guide_examples: list[tuple[str, bytes]]) -> None:
    seen = 0
    for name, data in guide_examples:
        if "pas" in name and "Response" in name and ("Bundle-" in name or "Parameters-" in name):
            assert read_answers(json.loads(data)), name
            seen += 1
    assert seen >= 8


def test_an_approval_is_read() -> None:
    (read,) = read_answers(answer_to(request(), approves=True))
    assert [(one.sequence, one.state) for one in read.items] == [(1, "approved")] and read.items[0].number
    assert read.outcome == "complete" and not read.wanted and not read.human


def test_a_pended_answer_is_read_with_all_that_it_asks_for() -> None:
    (read,) = read_answers(answer_to(request(text_of(ECOG="", **{"HIV-1/2": ""}))))
    assert [one.state for one in read.items] == ["pended"] and len(read.items[0].notes) >= 2
    assert [one.context != "" for one in read.wanted] == [True, False, False]
    assert {one.criterion for one in read.wanted if not one.context} == {"N.1", "viral_screen"}
    said = "\n".join(lines(read))
    assert "item 1: pended" in said and "asked for: N.1 (LOINC 47420-5): a dated ECOG score" in said


def test_an_error_and_a_denial_are_read() -> None:
    assert read_answers(answer_to(request(), payer_ids=("X",)))[0].errors == ("T4 at Claim.insurer",)
    denied = answer_to(request())
    response = claim_of(denied)
    where = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition"
    action = response["item"][0]["adjudication"][0]["extension"][0]
    action["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] = "A3"
    action["extension"].append({"url": "reasonCode", "valueCodeableConcept": {"coding": [{"code": "0A"}]}})
    reviewer = {
        "url": f"{where}/extension-claimResponseReviewer",
        "extension": [{"url": "wasHumanReviewedFlag", "valueBoolean": True}],
    }
    response["extension"] = [reviewer]
    issue = {"severity": "warning", "code": "informational", "details": {"text": "use the new number"}}
    denied["entry"].append(
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "OperationOutcome", "issue": [issue]}}
    )
    (read,) = read_answers(denied)
    assert read.items[0].state == "denied" and read.items[0].reasons == ("0A",) and read.human
    assert "to be mended: use the new number" in lines(read)


def test_what_is_no_answer() -> None:
    with pytest.raises(Refused):
        read_answers(request())


def test_forms_and_documents_become_a_task_each() -> None:
    (read,) = read_answers(answer_to(request(text_of(ECOG=""))))
    forms, documents = tasks(read, payer="NOWHERE", npi="1999999992", url="https://payer.example/attach")
    assert not list(base.problems(forms)) and not list(base.problems(documents))
    kinds = [[x["type"]["coding"][0]["code"] for x in one["input"]] for one in (forms, documents)]
    assert kinds == [["payer-url", "questionnaire-context"], ["payer-url", "attachments-needed"]]
    assert forms["input"][1]["valueString"] == next(one.context for one in read.wanted if one.context)
    assert documents["input"][1]["valueCodeableConcept"]["coding"][0]["code"] == "47420-5"
    assert forms["reasonReference"]["reference"] == read.claim and forms["id"] != documents["id"]
    assert tasks(read_answers(answer_to(request(), approves=True))[0], payer="x", npi="y", url="z") == ()


def test_a_later_request_is_an_update_of_the_earlier(tmp_path: Path) -> None:
    """The gap is pended, the missing note comes, and the update is approved under the old item's number."""
    _, first = made(tmp_path / "records", text_of(ECOG=""))
    _, second = made(tmp_path / "records", text_of(), "second.txt")
    update = update_bundle(first, second)
    assert not list(base.problems(update)) and not list(bundles.address_problems(update))
    index = bundles.index(update)
    reached, missing = bundles.reached(index, index.entries[0])
    assert not missing and len(reached) == len(index.entries)
    claim = claim_of(update)
    assert claim["related"][0]["claim"]["reference"] == first["entry"][0]["fullUrl"] == index.entries[1].address
    sequences = [one["sequence"] for one in claim["supportingInfo"]]
    assert sequences == list(range(1, len(sequences) + 1))
    marks = [extension_value(one, CHANGED) for one in claim["supportingInfo"]]
    assert marks.count("added") >= 1 and {None, "added", "changed"} >= set(marks)
    server = TestClient(exchange_app(served(approves=True)))
    assert actions(server.post("/fhir/Claim/$submit", json=first).json()) == {1: "A4"}
    assert actions(server.post("/fhir/Claim/$submit", json=update).json()) == {1: "A1"}


def test_what_is_no_longer_asked_for_stays_and_is_called_off(tmp_path: Path) -> None:
    _, first = made(tmp_path / "records", text_of())
    other = dict(claim_of(first)["item"][0]) | {"sequence": 2, "productOrService": {"coding": [{"code": "38228"}]}}
    claim_of(first)["item"].append(other)
    _, second = made(tmp_path / "records", text_of(ECOG="ECOG performance status: 2 today."))
    claim = claim_of(update_bundle(first, second))
    gone = claim["item"][1]
    assert gone["sequence"] == 2 and gone["modifierExtension"] == [{"url": CANCELLED, "valueBoolean": True}]
    assert (
        extension_value(gone, CHANGED) == "changed" and extension_value(gone, CERTIFICATION)["coding"][0]["code"] == "3"
    )
    assert extension_value(claim["item"][0], CHANGED) is None
    left = [one for one in claim["supportingInfo"] if one.get("modifierExtension")]
    assert left and all(extension_value(one, CHANGED) == "changed" for one in left)


def test_an_update_of_an_update_has_no_older_claim(tmp_path: Path) -> None:
    _, first = made(tmp_path / "records", text_of(ECOG=""))
    _, second = made(tmp_path / "records", text_of(ECOG="ECOG performance status: 2 today."))
    _, third = made(tmp_path / "records", text_of())
    update = update_bundle(update_bundle(first, second), third)
    claims = [one for one in bundles.index(update).entries if one.kind == "Claim"]
    assert [one.address for one in claims] == [third["entry"][0]["fullUrl"], second["entry"][0]["fullUrl"]]
    assert "related" not in claims[1].resource
    assert not bundles.reached(bundles.index(update), claims[0])[1]


def test_nothing_else_is_no_update(tmp_path: Path) -> None:
    review, first = made(tmp_path / "records", text_of())
    later = Options(
        Sender("Invented Treatment Center", npi="1999999992", practitioner="Ada Nonesuch"),
        BASE,
        NOW.replace(hour=18),
        policy=POLICY,
    )
    again = request_bundle(replace(review), later, folder=tmp_path / "records")
    with pytest.raises(Refused):
        update_bundle(first, again)


@pytest.mark.shared
def test_updates_and_tasks_keep_the_profiles(guides: Path, tmp_path: Path) -> None:
    with tarfile.open(guides / "ig-packages" / "davinci_pas_2.2.1.tgz") as packed:
        packed.extractall(tmp_path / "guide", filter="data")
    profiles = read_profiles(tmp_path / "guide" / "package")
    _, first = made(tmp_path / "records", text_of(ECOG=""))
    _, second = made(tmp_path / "records", text_of())
    assert not [(one.at, one.text) for one in check_profiles(update_bundle(first, second), profiles)]
    (read,) = read_answers(answer_to(request(text_of(ECOG=""))))
    for one in tasks(read, payer="NOWHERE", npi="1999999992", url="https://payer.example/attach"):
        assert not [(x.at, x.text) for x in check_profiles(one, profiles)]
