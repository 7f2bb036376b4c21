"""After a request: asking how it stands, wishing to be told, and what the payer counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.exchange.invented import HERE, INQUIRE, NOW, SUBMIT, actions, claim_of, client, read_here, served, text_of
from tests.exchange.test_provider import made
from tests.exchange.test_subscriptions import HERE_ALONE, Box

from chartproof.cli import main
from chartproof.desk.store.database import open_store
from chartproof.errors import InputError
from chartproof.exchange import base, bundles
from chartproof.exchange.app import exchange_app
from chartproof.exchange.following import inquiry_bundle, subscription
from chartproof.exchange.people import Sender
from chartproof.exchange.refusals import Refused
from chartproof.exchange.snapshots import check_profiles, pas_profiles
from chartproof.payer import payer

CENTER = Sender("Invented Treatment Center", npi="1999999992")


def test_an_inquiry_of_ours_keeps_the_profiles_and_finds_the_request(tmp_path: Path) -> None:
    _, sent = made(tmp_path / "records", text_of(ECOG=""))
    asked = inquiry_bundle(sent, NOW)
    assert not list(base.problems(asked)) and not list(check_profiles(asked, pas_profiles()))
    reached, missing = bundles.reached(held := bundles.index(asked), held.entries[0])
    assert not missing and len(reached) == len(held.entries)
    assert "supportingInfo" not in claim_of(asked) and not held.of("DocumentReference"), (
        "no evidence goes with a question"
    )
    server = client()
    server.post(SUBMIT, json=sent)
    (found,) = server.post(INQUIRE, json=asked).json()["parameter"]
    assert found["name"] == "return" and actions(found["resource"]) == {1: "A4"}
    with pytest.raises(Refused, match="CP-FHIR-02"):
        inquiry_bundle({"resourceType": "Bundle"}, NOW)


def test_a_subscription_of_ours_is_taken_and_told(tmp_path: Path) -> None:
    box, store = Box(), open_store(tmp_path / "desk")
    server = payer(served().site, lambda: NOW, store=store, notify=(HERE_ALONE,), send=box)
    server.read = read_here
    wish = subscription(CENTER, HERE_ALONE)
    assert not list(base.problems(wish))
    reply = TestClient(exchange_app(server)).post("/fhir/Subscription", json=wish)
    assert reply.status_code == 201 and reply.json()["status"] == "active" and len(box.came) == 1
    store.close()


@pytest.mark.parametrize(
    ("npi", "endpoint"), [("", HERE_ALONE), ("1", "told"), ("1", "ftp://x/y"), ("1", "https://a@b/c")]
)
def test_who_cannot_be_told(npi: str, endpoint: str) -> None:
    with pytest.raises(InputError, match="CP-FHIR-22"):
        subscription(Sender("Center", npi=npi), endpoint)


def test_both_by_the_command_and_what_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, sent = made(tmp_path / "records", text_of())
    (tmp_path / "request.json").write_text(json.dumps(sent))
    (tmp_path / "sender.yaml").write_text("organization: Invented Treatment Center\nnpi: '1999999992'\n")
    out = tmp_path / "out.json"
    assert main(["exchange", "ask", str(tmp_path / "request.json"), "--out", str(out)]) == 0
    assert json.loads(out.read_bytes())["entry"][0]["resource"]["use"] == "preauthorization"
    wanted = [
        "exchange",
        "subscribe",
        "--sender",
        str(tmp_path / "sender.yaml"),
        "--notify",
        "https://center.example/told",
    ]
    assert main([*wanted, "--out", str(out)]) == 0 and json.loads(out.read_bytes())["resourceType"] == "Subscription"
    assert main(["exchange", "ask", "--out", str(out)]) == 2 and main(wanted) == 2
    desk = tmp_path / "desk"
    store = open_store(desk)
    server = payer(served(policies=(str(HERE / "policy.yaml"),)).site, lambda: NOW, store=store)
    server.read = read_here
    caller: Any = TestClient(exchange_app(server))
    caller.post(SUBMIT, json=sent)
    caller.post(SUBMIT, json={"resourceType": "Bundle"})
    store.close()
    capsys.readouterr()
    assert main(["exchange", "metrics", "--folder", str(desk)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("2 calls\n/fhir/Claim/$submit  2 calls of unnamed callers; 200: 1, 400: 1; 90 % within ")
    assert "Invented" not in told
    assert main(["exchange", "metrics", "--folder", str(desk), "--since", "2030-01-01"]) == 0
    assert capsys.readouterr().out == "0 calls\n"
    assert main(["exchange", "metrics"]) == 2
    nowhere = tmp_path / "nowhere"
    assert main(["exchange", "metrics", "--folder", str(nowhere)]) == 2
    assert "CP-DESK-01" in capsys.readouterr().err and not nowhere.exists()
