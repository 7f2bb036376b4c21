"""What a payer keeps outlives its process: answers, numbers, forms, and what was still being read."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.exchange.invented import (
    INQUIRE,
    NOW,
    SUBMIT,
    actions,
    inquiry,
    notes,
    read_here,
    request,
    served,
    text_of,
)
from tests.exchange.ordering import SIGN, said, signing

from chartproof.desk.store import audit
from chartproof.desk.store.database import open_store
from chartproof.desk.store.exchanged import calls
from chartproof.desk.store.references import needed, sweep
from chartproof.desk.store.verify import verify
from chartproof.exchange import submit
from chartproof.exchange.app import exchange_app, resume
from chartproof.exchange.ledger import KINDS, Kept, Ledger, Memory, Shelf
from chartproof.exchange.served import LIGHT, Served
from chartproof.payer import Stored, payer


def opened(folder: Path, **site: Any) -> Served:
    """A server over the store in a folder, as the command opens it, but for a reader in this process."""
    server = payer(served(**site).site, lambda: NOW, store=open_store(folder))
    server.read = read_here
    return server


def closed(server: Served) -> None:
    server.pool.shutdown()
    assert isinstance(server.ledger.shelf, Stored)
    server.ledger.shelf.store.close()


def test_answers_and_forms_outlive_the_server(tmp_path: Path) -> None:
    first = opened(tmp_path, approves=True)
    caller = TestClient(exchange_app(first))
    answer = caller.post(SUBMIT, json=request())
    assert actions(answer.json()) == {1: "A1"}
    caller.post(SUBMIT, json=request(text_of(ECOG=""), number="N2"))
    context = said(caller.post(SIGN, json=signing()).json())
    closed(first)
    again = opened(tmp_path, approves=True)
    assert resume(again) == 0
    caller = TestClient(exchange_app(again))
    assert caller.post(SUBMIT, json=request()).content == answer.content
    for number, code in (("N1", "A1"), ("N2", "A4")):
        found = caller.post(INQUIRE, json=inquiry(number)).json()
        assert actions(found["parameter"][0]["resource"]) == {1: code}
    assert len(caller.post(INQUIRE, json=inquiry(None)).json()["parameter"]) == 2
    asked = {"resourceType": "Parameters", "parameter": [
        {"name": "coverage", "resource": signing()["prefetch"]["coverage"]},
        {"name": "context", "valueString": context["coverage-assertion-id"][0]},
    ]}  # fmt: skip
    assert caller.post("/fhir/Questionnaire/$questionnaire-package", json=asked).status_code == 200
    assert said(caller.post(SIGN, json=signing()).json())["pa-needed"] == ["satisfied"]
    closed(again)


def test_what_was_being_read_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first server ends while the documents are read; the second reads them, and nobody sent anything again."""
    held, whole = threading.Event(), submit.decide

    def never(*given: Any, **named: Any) -> Any:
        held.wait(30)
        raise RuntimeError("the process ended")

    monkeypatch.setattr(submit, "decide", never)
    first = opened(tmp_path, approves=True)
    first.patience = 0.05
    answer = TestClient(exchange_app(first)).post(SUBMIT, json=request()).json()
    assert actions(answer) == {1: "A4"} and "still being read" in notes(answer)
    held.set()
    closed(first)
    monkeypatch.setattr(submit, "decide", whole)
    again = opened(tmp_path, approves=True)
    assert resume(again) == 1
    next(iter(again.running.values())).result(60)
    found = TestClient(exchange_app(again)).post(INQUIRE, json=inquiry("N1")).json()
    assert actions(found["parameter"][0]["resource"]) == {1: "A1"}
    assert not again.ledger.shelf.unsettled()
    closed(again)


def test_a_heavy_request_is_not_waited_for_and_outlives_a_server_that_never_read_it(tmp_path: Path) -> None:
    """Nobody reads it here until the answer has come: a server that waited would not come to an end."""
    answered = threading.Event()
    first = opened(tmp_path, approves=True)
    first.patience, first.briefly = 600.0, 0.05
    first.read = lambda folder: read_here(folder) if answered.wait(600) else ()
    heavy = request(text_of() + " " * LIGHT)
    answer = TestClient(exchange_app(first)).post(SUBMIT, json=heavy).json()
    assert actions(answer) == {1: "A4"} and "still being read" in notes(answer)
    assert len(first.ledger.shelf.unsettled()) == 1
    second = TestClient(exchange_app(first)).post(SUBMIT, json=request(number="N2")).json()
    assert actions(second) == {1: "A4"} and "still being read" in notes(second)
    assert len(first.ledger.shelf.unsettled()) == 2
    answered.set()
    for work in list(first.running.values()):
        work.result(600)
    again = TestClient(exchange_app(first)).post(SUBMIT, json=heavy).json()
    assert actions(again) == {1: "A1"}
    closed(first)


def test_what_cannot_be_taken_is_said_at_once_however_much_is_before_it(tmp_path: Path) -> None:
    answered = threading.Event()
    server = opened(tmp_path, payer_ids=("NOWHERE",))
    server.patience, server.briefly = 0.05, 0.05
    server.read = lambda folder: read_here(folder) if answered.wait(600) else ()
    caller = TestClient(exchange_app(server))
    assert "still being read" in notes(caller.post(SUBMIT, json=request()).json())
    again = caller.post(SUBMIT, json=request()).json()
    assert "still being read" in notes(again), "the same again waits for the same reading"
    other = request(number="N2")
    other["entry"][2]["resource"]["identifier"][0]["value"] = "SOMEBODY"
    refused = caller.post(SUBMIT, json=other).json()
    assert refused["entry"][0]["resource"]["outcome"] == "error"
    answered.set()
    closed(server)


def test_what_cannot_be_decoded_is_not_kept(tmp_path: Path) -> None:
    server, bundle = opened(tmp_path), request()
    bundle["entry"][5]["resource"]["content"][0]["attachment"]["data"] = "!!!"
    assert TestClient(exchange_app(server)).post(SUBMIT, json=bundle).status_code == 400
    assert not server.ledger.shelf.unsettled()
    closed(server)


def test_the_store_keeps_what_rows_name_and_records_each_answer(tmp_path: Path) -> None:
    server = opened(tmp_path)
    TestClient(exchange_app(server)).post(SUBMIT, json=request())
    assert isinstance(server.ledger.shelf, Stored)
    store = server.ledger.shelf.store
    late = datetime.now(UTC) + timedelta(days=3)
    assert sweep(store, audit.DESK, now=late) == 1  # "still being read", which nobody was told
    with store.read() as connection:
        assert len(needed(connection)) == 6  # request and answer; of its case two files, the reading and the review
        rows = [one for one in audit.entries(connection, limit=50) if one.entity == "exchange" and one.action != "run"]
    told = [(one.who, one.action, one.detail["settled"]) for one in reversed(rows)]
    assert told == [("exchange", "create", "false"), ("exchange", "update", "true")]
    assert not verify(store, []).faults
    closed(server)


@pytest.fixture(params=["memory", "store"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    return Memory() if request.param == "memory" else Stored(open_store(tmp_path), lambda: NOW)


def kept(number: str, *, member: str = "M", provider: str = "P", **more: Any) -> Kept:
    found = Kept(
        f"digest-{number}-{member}-{provider}",
        f"R-{number}-{member[0]}{provider}",
        (number,),
        frozenset([member]),
        frozenset([provider]),
        {},
    )
    return replace(found, **more)


def mine(shelf: Shelf, number: str, member: str = "M", provider: str = "P") -> str:
    one = Ledger(shelf).numbered(number, frozenset([member]), frozenset([provider]))
    return one.reference if one else ""


def test_a_number_leads_to_what_replaced_it(shelf: Shelf) -> None:
    for one in (kept("1"), kept("2", replaces="1"), kept("3", replaces="2"), kept("9")):
        shelf.keep(one, {})
    assert {mine(shelf, number) for number in "123"} == {"R-3-MP"} and mine(shelf, "9") == "R-9-MP"
    current = Ledger(shelf).of_member(frozenset(["M"]), frozenset(["P"]))
    assert [one.numbers for one in current] == [("9",), ("3",)]
    assert not mine(shelf, "") and not mine(shelf, "4")


def test_what_replaces_itself_ends(shelf: Shelf) -> None:
    for one in (kept("1", replaces="2"), kept("2", replaces="1")):
        shelf.keep(one, {})
    assert mine(shelf, "1") and mine(shelf, "2")


def test_nobody_elses_request_hides_an_answer(shelf: Shelf) -> None:
    """Another provider, or another member's request, under the same number or as an update of it."""
    person = {"resourceType": "Patient", "birthDate": "1961-03-04"}
    told = {"patient": {"reference": "#p"}, "contained": [person | {"id": "p"}], "resourceType": "ClaimResponse"}
    answer = {"entry": [{"fullUrl": "urn:uuid:1", "resource": told}]}
    shelf.keep(kept("1", approved="tecartus", answer=answer), {})
    for other in (kept("1", provider="X"), kept("7", member="N", replaces="1"), kept("8", provider="X", replaces="1")):
        shelf.keep(other, {})
    assert mine(shelf, "1") == "R-1-MP"
    ledger = Ledger(shelf)
    assert [one.numbers for one in ledger.of_member(frozenset(["M"]), frozenset(["P"]))] == [("1",)]
    assert ledger.approved(frozenset(["M"]), "tecartus", person) == "R-1-MP"
    assert not ledger.approved(frozenset(["N"]), "tecartus", person)
    for stranger in ({}, {"birthDate": "1990-01-01"}, person | {"name": [{"given": ["Otto"]}], "birthDate": ""}):
        assert not ledger.approved(frozenset(["M"]), "tecartus", stranger)


def test_an_unsettled_answer_takes_no_settled_ones_place(shelf: Shelf) -> None:
    shelf.keep(kept("1", settled=False), {})
    shelf.keep(kept("1", approved="tecartus"), {})
    shelf.keep(kept("1", settled=False), {})
    one = shelf.same(kept("1").digest)
    assert one is not None and one.settled and one.approved == "tecartus"
    assert shelf.same("other") is None


def test_contexts(shelf: Shelf) -> None:
    ledger = Ledger(shelf)
    ledger.remember("c", "excellus/7.02.11")
    ledger.remember("c", "other/1")
    assert shelf.policy_of("c") == "other/1" and shelf.policy_of("d") == ""


def test_every_kind_of_name_is_kept(tmp_path: Path) -> None:
    one = kept("1", replaces="0", member="M" * 900)
    shelf = Stored(open_store(tmp_path), lambda: NOW)
    shelf.keep(one, {"resourceType": "Bundle"})
    for kind, name in zip(KINDS, ("1", "M" * 900, "0"), strict=True):
        assert [found.digest for found in shelf.named(kind, [name])] == [one.digest]


def test_every_call_is_kept_with_its_answer(tmp_path: Path) -> None:
    """For a dispute: what was asked, what was answered, by whom and when, in the chain of the audit."""
    server = opened(tmp_path)
    caller = TestClient(exchange_app(server))
    hook = caller.post(SIGN, json=signing())
    caller.post(SIGN, json={"hook": "x"})
    assert caller.post("/cds-services/Rosa Invented %E2%82%AC", json={}).status_code == 404
    caller.post(SUBMIT, json=request())
    caller.post(INQUIRE, json=inquiry())
    assert isinstance(server.ledger.shelf, Stored)
    store = server.ledger.shelf.store
    with store.read() as connection:
        found = calls(connection, since=NOW, until=NOW + timedelta(days=1))
        kept_too = {sha for one in found for sha in (one.request_sha, one.answer_sha) if sha} <= needed(connection)
        chained = {one.entity_id for one in audit.entries(connection, limit=50) if one.action == "run"}
    assert {(one.operation, one.status) for one in found} == {
        (SIGN, 200),
        (SIGN, 400),
        (SUBMIT, 200),
        (INQUIRE, 200),
    } | {("/cds-services/Rosa Invented €", 404)}
    first = next(one for one in found if (one.operation, one.status) == (SIGN, 200))
    assert store.documents.get(first.answer_sha) == hook.content
    assert json.loads(store.documents.get(first.request_sha)) == signing()
    assert kept_too and chained == {one.id for one in found}
    assert not next(one for one in found if one.operation == SUBMIT).request_sha, "it is kept with its decision"
    closed(server)
