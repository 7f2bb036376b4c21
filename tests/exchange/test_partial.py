"""Updates that hold only what changed, and cancellations: made whole from what was filed before."""

from __future__ import annotations

import json
import tarfile
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.exchange.invented import (
    EHR,
    INQUIRE,
    NOW,
    PAS,
    SUBMIT,
    claim_of,
    client,
    code,
    document,
    info,
    inquiry,
    item,
    notes,
    request,
    served,
    text_of,
)
from tests.exchange.test_store import closed, opened

from chartproof.desk.store import cases, exchanged, files
from chartproof.exchange.app import exchange_app
from chartproof.exchange.elements import extension_value, extensions
from chartproof.payer import Stored

PART = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}]}
EARLIER = "/fhir-2.0.1/Claim/$submit"
#: The lines of the note from its head, with the status and the signature.
STATUS = "\n".join(
    line
    for line in text_of().splitlines()
    if line.startswith(("Invented", "Clinic", "Patient", "Date", "ECOG", "Electronically"))
)


def part(number: str = "N2", *, related: str | None = "N1", **claim: Any) -> dict[str, Any]:
    """An update of N1 with nothing but what is given."""
    made = deepcopy(request(number=number))
    one = claim_of(made)
    del one["item"], one["supportingInfo"]
    one["meta"] = PART
    if related:
        system = "https://center.example/requests"
        one["related"] = [{"claim": {"identifier": {"system": system, "value": related}}}]
    one |= claim
    made["entry"] = [entry for entry in made["entry"] if entry["resource"]["resourceType"] != "DocumentReference"]
    return made


def marked(one: dict[str, Any], word: str) -> dict[str, Any]:
    return one | {"extension": [*one.get("extension", ()), {"url": f"{PAS}/extension-infoChanged", "valueCode": word}]}


def cancelled(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"modifierExtension": [{"url": f"{PAS}/modifierextension-infoCancelled", "valueBoolean": True}]}


def ended(one: dict[str, Any]) -> dict[str, Any]:
    """Called off by its certification type."""
    kind = {"url": f"{PAS}/extension-certificationType", "valueCodeableConcept": code("https://codesystem.x12.org/005010/1322", "3")}  # fmt: skip
    return one | {"extension": [*one.get("extension", ()), kind]}


def decided(answer: Any) -> dict[int, str]:
    """Sequence -> X12 code."""
    assert answer.status_code == 200, answer.text
    rows = claim_of(answer.json())["item"]
    found = {}
    for row in rows:
        action = row["adjudication"][0]["extension"][0]["extension"]
        coded = next(one["valueCodeableConcept"] for one in action if "valueCodeableConcept" in one)
        found[row["itemSequence"]] = coded["coding"][0]["code"]
    return found


def said(answer: Any) -> str:
    return notes(answer.json())


@pytest.fixture
def server() -> TestClient:
    """One that knows the request N1 for two items, whose note has no performance status."""
    server = client(served(approves=True))
    assert decided(server.post(SUBMIT, json=request(text_of(ECOG=""), items=2))) == {1: "A4", 2: "A4"}
    return server


def added(name: str = "status", data: str = STATUS, *, sequence: int = 2) -> tuple[dict[str, Any], dict[str, Any]]:
    """A document, and the supporting information that adds it."""
    return document(name, data.encode()), marked(info(sequence, f"DocumentReference/{name}"), "added")


def test_a_document_that_was_missing_comes_alone(server: TestClient) -> None:
    sent, support = added()
    update = part(supportingInfo=[support])
    update["entry"].append(sent)
    answer = server.post(EARLIER, json=update)
    assert decided(answer) == {1: "A1", 2: "A1"}, said(answer)
    whole = claim_of({"entry": [one for one in answer.json()["entry"] if one["resource"]["resourceType"] == "Claim"]})
    assert [one["sequence"] for one in whole["supportingInfo"]] == [1, 2]
    assert server.post(EARLIER, json=update).content == answer.content
    again = server.post(INQUIRE, json=inquiry()).json()["parameter"]
    assert len(again) == 1 and len(claim_of(again[0]["resource"])["item"]) == 2


def test_an_item_is_called_off_and_the_others_stay(server: TestClient) -> None:
    assert decided(server.post(EARLIER, json=part(item=[cancelled(item(2, "38228"))]))) == {1: "A4", 2: "C"}
    assert decided(server.post(EARLIER, json=part("N3", related="N2", item=[marked(item(3, "38225"), "added")]))) == {
        1: "A4",
        2: "C",
        3: "A4",
    }


def test_an_item_is_called_off_by_its_certification_type(server: TestClient) -> None:
    assert decided(server.post(EARLIER, json=part(item=[ended(item(2, "38228"))]))) == {1: "A4", 2: "C"}


def test_the_number_of_the_request_itself_says_what_is_changed(server: TestClient) -> None:
    """As the guide's example has it: no related Claim, and the number of the first."""
    update = part("N1", related=None, item=[cancelled(item(2, "38228"))])
    assert decided(server.post(EARLIER, json=update)) == {1: "A4", 2: "C"}
    found = server.post(INQUIRE, json=inquiry(None)).json()["parameter"]
    assert len(found) == 1 and len(claim_of(found[0]["resource"])["item"]) == 2


def test_an_update_of_an_update_changes_what_stands_now(server: TestClient) -> None:
    """Also where it names the first request and not the update."""
    server.post(EARLIER, json=part(item=[cancelled(item(2, "38228"))]))
    sent, support = added()
    third = part("N3", related="N1", supportingInfo=[support])
    third["entry"].append(sent)
    assert decided(server.post(EARLIER, json=third)) == {1: "A1", 2: "C"}
    found = server.post(INQUIRE, json=inquiry(None)).json()["parameter"]
    assert len(found) == 1


def test_a_document_at_the_address_of_another_takes_nothing_away(server: TestClient) -> None:
    sent, support = added("note")
    update = part(supportingInfo=[support])
    update["entry"].append(sent)
    answer = server.post(EARLIER, json=update)
    assert decided(answer) == {1: "A1", 2: "A1"}, said(answer)


def test_a_document_that_is_changed_takes_the_place_of_the_one_before() -> None:
    server = client(served(approves=True))
    server.post(SUBMIT, json=request(text_of(ECOG="")))
    update = part(supportingInfo=[marked(info(1, "DocumentReference/whole"), "changed")])
    update["entry"].append(document("whole", text_of().encode()))
    assert decided(server.post(EARLIER, json=update)) == {1: "A1"}


@pytest.mark.parametrize(
    "claim",
    [
        {"item": [item(2, "38225")]},
        {"item": [marked(item(1, "38225"), "added")]},
        {"supportingInfo": [info(1, "DocumentReference/status")]},
    ],
)
def test_a_number_that_was_given_is_given_to_nothing_else(server: TestClient, claim: dict[str, Any]) -> None:
    update = part(**claim)
    update["entry"].append(added()[0])
    answer = server.post(EARLIER, json=update)
    assert answer.status_code == 422 and "was filed for something else" in answer.text


@pytest.mark.parametrize("whose", ["another member's", "another provider's", "a relative's", "nobody's"])
def test_what_is_not_the_senders_is_not_added_to(server: TestClient, whose: str) -> None:
    update = part(related="N9" if whose == "nobody's" else "N1", item=[item(1)])
    people = {entry["resource"]["resourceType"]: entry["resource"] for entry in update["entry"]}
    if whose == "another member's":
        people["Patient"]["identifier"][0]["value"] = "777"
        people["Coverage"]["subscriberId"] = "M-9"
    if whose == "another provider's":
        update["entry"][3]["resource"]["identifier"][0]["value"] = "1000000000"
    if whose == "a relative's":
        people["Patient"] |= {"name": [{"family": "Invented", "given": ["Otto"]}], "birthDate": "1990-01-01"}
    alone = deepcopy(update)
    del claim_of(alone)["item"]
    refused = server.post(EARLIER, json=alone)
    assert refused.status_code == 422 and "what it changes is not known here" in refused.text
    answer = server.post(EARLIER, json=update)
    assert decided(answer) == {1: "A4"} and "only a part of a request, and the rest is not known here" in said(answer)


def test_a_whole_request_is_called_off_without_its_items(server: TestClient) -> None:
    update = part()
    claim_of(update).pop("meta")
    claim_of(update).update(ended({}))
    assert decided(server.post(SUBMIT, json=update)) == {1: "C", 2: "C"}
    found = server.post(INQUIRE, json=inquiry(None)).json()["parameter"]
    assert len(found) == 1 and decided_of(found[0]["resource"]) == {"C"}


def decided_of(bundle: dict[str, Any]) -> set[str]:
    return {word for word in ("A1", "A3", "A4", "C") if f'"code": "{word}"' in json.dumps(claim_of(bundle)["item"])}


def test_an_update_whose_entries_have_other_addresses(server: TestClient) -> None:
    """Another export of the same people, every entry under a urn: nobody is taken for two."""
    sent, support = added()
    update = part(supportingInfo=[support])
    update["entry"].append(sent)
    plain = json.dumps(update)
    for number, entry in enumerate(update["entry"]):
        urn = f"urn:uuid:00000000-0000-4000-8000-{number:012d}"
        kind = entry["resource"]["resourceType"]
        plain = plain.replace(f'"{EHR}/{kind}/{entry["resource"]["id"]}"', f'"{urn}"')
        plain = plain.replace(f'"reference": "{kind}/{entry["resource"]["id"]}"', f'"reference": "{urn}"')
    answer = server.post(EARLIER, json=json.loads(plain))
    assert decided(answer) == {1: "A1", 2: "A1"}, said(answer)


@pytest.mark.shared
def test_the_guides_own_update_that_holds_only_what_changed(guides: Path) -> None:
    with tarfile.open(guides / "ig-packages" / "davinci_pas_2.0.1.tgz") as packed:
        first, update = (
            json.loads(
                packed.extractfile(f"package/example/Bundle-HomecareAuthorization{name}BundleExample.json").read()
            )  # type: ignore[union-attr]
            for name in ("", "Differential")
        )
    server = client(served())
    assert decided(server.post(EARLIER, json=first)) == {1: "A4", 2: "A4"}
    assert decided(server.post(EARLIER, json=update)) == {1: "A4", 2: "C", 3: "A4"}


def test_a_part_that_comes_after_a_restart_is_added_to_the_stored_request_and_takes_its_case(tmp_path: Path) -> None:
    first = opened(tmp_path)
    TestClient(exchange_app(first)).post(SUBMIT, json=request(text_of(ECOG=""), items=2))
    closed(first)
    again = opened(tmp_path)
    sent, support = added()
    update = part(supportingInfo=[support])
    update["entry"].append(sent)
    caller = TestClient(exchange_app(again))
    answer = caller.post(EARLIER, json=update)
    assert decided(answer) == {1: "A4", 2: "A4"} and "N.1 is missing" not in said(answer)
    assert caller.post(EARLIER, json=update).content == answer.content
    assert isinstance(again.ledger.shelf, Stored)
    with again.ledger.shelf.store.read() as connection:
        (before,) = exchanged.named(connection, "number", ["https://center.example/requests|N1"])
        (after,) = exchanged.named(connection, "number", ["https://center.example/requests|N2"])
        old, new = (exchanged.case_of(connection, one.id) for one in (before, after))
        assert cases.get(connection, old).stage == "closed" and cases.get(connection, new).stage != "closed"
        assert {"note.txt", "status.txt"} <= {one.name for one in files.listed(connection, new)}
    closed(again)


@pytest.mark.parametrize("plan", ["medicare_advantage", "self_funded_erisa"])
def test_an_update_keeps_the_clock_of_the_first_filing(plan: str) -> None:
    """Whatever is added later: the law counts from the day on which the request was filed first."""
    server = served(plan_type=plan)
    server.now = lambda: NOW
    caller = client(server)
    first = caller.post(SUBMIT, json=request(text_of(ECOG=""))).json()
    server.now = lambda: NOW + timedelta(days=2)
    update = part(item=[marked(item(2, "38228"), "added")])
    answer = caller.post(EARLIER, json=update).json()
    assert dues(answer) == dues(first) and dues(first)
    assert dues(caller.post(SUBMIT, json=request(text_of(ECOG=""), number="N7")).json()) > dues(first)


def dues(answer: dict[str, Any]) -> list[str]:
    return [extension_value(one, "due") for one in extensions(claim_of(answer), "urn:chartproof:decision-due")]


def test_of_two_parts_at_once_none_is_lost() -> None:
    state = served()
    client(state).post(SUBMIT, json=request(text_of(ECOG="")))
    updates = [part(f"N{n}", item=[marked(item(n, "38228" if n == 2 else "38225"), "added")]) for n in (2, 3)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: client(state).post(EARLIER, json=one), updates))
    found = client(state).post(INQUIRE, json=inquiry(None)).json()["parameter"]
    assert len(found) == 1
    assert sorted(one["itemSequence"] for one in claim_of(found[0]["resource"])["item"]) == [1, 2, 3]
