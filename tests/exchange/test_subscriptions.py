"""Subscriptions to results: what is taken, what is refused, and who is told of what, whoever decided it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml
from starlette.testclient import TestClient
from tests.exchange.invented import HERE, NOW, SUBMIT, actions, read_here, request, served, text_of
from tests.exchange.mutations import rewritten

from chartproof import cli_exchange_serve, notices
from chartproof.cli import main
from chartproof.desk.store import audit
from chartproof.desk.store.database import Store, open_store
from chartproof.desk.store.subscriptions import PATIENCE
from chartproof.errors import InputError
from chartproof.exchange import base
from chartproof.exchange.access import Gate
from chartproof.exchange.app import exchange_app
from chartproof.exchange.clients import Client
from chartproof.exchange.served import Served
from chartproof.exchange.subscriptions import CONTENT, FILTER, TOPIC
from chartproof.payer import payer
from chartproof.payer_notices import StoredSubscriptions

HERE_ALONE = "http://127.0.0.1:9/told"
DATA: list[dict[str, Any]] = yaml.safe_load((HERE / "subscriptions.yaml").read_text(encoding="utf-8"))["subscriptions"]
SUBSCRIPTION: dict[str, Any] = {
    "resourceType": "Subscription", "status": "requested", "reason": "results for our organization", "criteria": TOPIC,
    "_criteria": {"extension": [{"url": FILTER, "valueString": "orgIdentifier=1999999992"}]},
    "channel": {
        "type": "rest-hook", "endpoint": HERE_ALONE, "payload": "application/fhir+json",
        "_payload": {"extension": [{"url": CONTENT, "valueCode": "full-resource"}]},
    },
}  # fmt: skip


@dataclass
class Box:
    """An endpoint that keeps what it was told; `open` says whether it takes it."""

    open: bool = True
    came: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, endpoint: str, body: bytes) -> bool:
        if self.open:
            self.came.append(json.loads(body))
        return self.open


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "desk")
    yield store
    store.close()


def opened(store: Store, box: Box, **site: Any) -> Served:
    made = payer(served(**site).site, lambda: NOW, store=store, notify=(HERE_ALONE,), send=box)
    made.read = read_here
    return made


def notify(server: Served) -> int:
    assert isinstance(server.subscriptions, StoredSubscriptions)
    return server.subscriptions.notify()


def event(message: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a notification by name, and its answer, if it has one."""
    assert not list(base.problems(message))
    first, *rest = message["entry"]
    found = {
        one["name"]: next((v for k, v in one.items() if k != "name"), None) for one in first["resource"]["parameter"]
    }
    return found | {"answer": rest[0]["resource"] if rest else None}


def test_a_result_is_told_with_the_whole_answer_and_once(store: Store, box: Box) -> None:
    server = opened(store, box, approves=True)
    caller = TestClient(exchange_app(server))
    made = caller.post("/fhir/Subscription", json=SUBSCRIPTION)
    assert made.status_code == 201 and made.json()["status"] == "active"
    assert [event(one)["type"] for one in box.came] == ["handshake"]
    answer = caller.post(SUBMIT, json=request()).json()
    assert notify(server) == 1 and notify(server) == 0
    told = event(box.came[-1])
    assert told["type"] == "event-notification" and told["topic"] == TOPIC
    assert told["answer"] == answer and actions(told["answer"]) == {1: "A1"}
    assert made.headers["location"].endswith(f"Subscription/{made.json()['id']}")


def test_what_was_there_before_and_what_is_anothers_is_not_told(store: Store, box: Box) -> None:
    server = opened(store, box)
    caller = TestClient(exchange_app(server))
    caller.post(SUBMIT, json=request(number="before"))
    caller.post("/fhir/Subscription", json=SUBSCRIPTION)
    other = request(number="other")
    other["entry"][3]["resource"]["identifier"][0]["value"] = "1888888883"
    caller.post(SUBMIT, json=other)
    assert notify(server) == 0 and len(box.came) == 1


def test_what_is_pended_and_decided_later_is_told_after_a_restart_too(store: Store, box: Box) -> None:
    first = opened(store, box)
    TestClient(exchange_app(first)).post("/fhir/Subscription", json=SUBSCRIPTION)
    box.open = False
    TestClient(exchange_app(first)).post(SUBMIT, json=request(text_of(ECOG="")))
    assert notify(first) == 0 and len(box.came) == 1
    box.open = True
    again = opened(store, box)
    assert notify(again) == 1 and actions(event(box.came[-1])["answer"]) == {1: "A4"}


def test_an_endpoint_that_takes_nothing_is_given_up_and_can_be_asked_for_again(store: Store, box: Box) -> None:
    server = opened(store, box)
    caller = TestClient(exchange_app(server))
    name = caller.post("/fhir/Subscription", json=SUBSCRIPTION).json()["id"]
    box.open = False
    caller.post(SUBMIT, json=request())
    assert [notify(server) for _ in range(PATIENCE)] == [0] * PATIENCE
    assert caller.get(f"/fhir/Subscription/{name}").json()["status"] == "error"
    box.open = True
    assert notify(server) == 0
    assert caller.put(f"/fhir/Subscription/{name}", json=SUBSCRIPTION).json()["status"] == "active"
    assert notify(server) == 1
    state = caller.get(f"/fhir/Subscription/{name}/$status").json()
    assert {"name": "events-since-subscription-start", "valueString": "1"} in state["parameter"]
    assert caller.delete(f"/fhir/Subscription/{name}").status_code == 204
    assert caller.get(f"/fhir/Subscription/{name}").status_code == 404
    with store.read() as connection:
        rows = [one.action for one in audit.entries(connection, entity="subscription")]
    assert rows == ["remove", "send", "update", "send", "create"]


def test_an_endpoint_that_does_not_shake_hands_is_not_active(store: Store, box: Box) -> None:
    box.open = False
    made = TestClient(exchange_app(opened(store, box))).post("/fhir/Subscription", json=SUBSCRIPTION)
    assert made.status_code == 201 and made.json()["status"] == "error"


@pytest.mark.parametrize("wanted", DATA, ids=lambda one: one["name"])
def test_what_is_refused(store: Store, box: Box, wanted: dict[str, Any]) -> None:
    caller = TestClient(exchange_app(opened(store, box)))
    answer = caller.post("/fhir/Subscription", json=rewritten(SUBSCRIPTION, wanted["do"]))
    assert answer.status_code == wanted["status"], answer.text
    if wanted["status"] == 201:
        return
    value = answer.json()
    assert value["resourceType"] == "OperationOutcome" and not list(base.problems(value))
    assert value["issue"][0]["expression"] == [wanted["at"]] and not box.came


def test_where_it_is_not_switched_on(store: Store) -> None:
    """In memory, or without an endpoint that the site allows: refused, with what to do instead, and not advertised."""
    for server in (served(), payer(served().site, lambda: NOW, store=store, send=lambda url, body: True)):
        caller = TestClient(exchange_app(server))
        answer = caller.post("/fhir/Subscription", json=SUBSCRIPTION)
        assert answer.status_code == 422 and answer.json()["issue"][0]["code"] == "not-supported"
        assert "Claim/$inquire" in answer.text
        kinds = [one["type"] for one in caller.get("/fhir/metadata").json()["rest"][0]["resource"]]
        assert "Subscription" not in kinds


def test_the_server_says_that_results_may_be_subscribed_to(store: Store, box: Box) -> None:
    found = TestClient(exchange_app(opened(store, box))).get("/fhir/metadata").json()
    assert not list(base.problems(found))
    (one,) = [one for one in found["rest"][0]["resource"] if one["type"] == "Subscription"]
    assert one["extension"][0]["valueCanonical"] == TOPIC and one["supportedProfile"]


class Door(Gate):
    """Lets everyone in by the name in the header."""

    def admit(self, header: str, scope: str) -> str:
        return header


def test_a_client_subscribes_for_its_own_organization_alone(store: Store, box: Box) -> None:
    server = opened(store, box)
    known = {name: Client(name, {}, (), (number,)) for name, number in (("one", "1999999992"), ("two", "1888888883"))}
    server.gate = Door(known, "", lambda: NOW)
    caller = TestClient(exchange_app(server))
    name = caller.post("/fhir/Subscription", json=SUBSCRIPTION, headers={"authorization": "one"}).json()["id"]
    refused = caller.post("/fhir/Subscription", json=SUBSCRIPTION, headers={"authorization": "two"})
    assert refused.status_code == 403 and refused.json()["issue"][0]["expression"] == [
        "Subscription.criteria.extension"
    ]
    for method in ("GET", "PUT", "DELETE"):
        given = {"json": SUBSCRIPTION} if method == "PUT" else {}
        assert (
            caller.request(method, f"/fhir/Subscription/{name}", headers={"authorization": "two"}, **given).status_code
            == 404
        )
    assert caller.get(f"/fhir/Subscription/{name}", headers={"authorization": "one"}).status_code == 200


@pytest.mark.parametrize("url", [
    "https://center.example/told", "http://center.example:80/x", "http://127.0.0.1/told", "http://127.0.0.1:x/", "told",
    "http://user@127.0.0.1:9/", "http://127.0.0.1:9/?to=elsewhere", "file:///etc/passwd", "http://127.0.0.1.example:9/",
])  # fmt: skip
def test_notices_go_to_this_machine_alone(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="CP-FHIR-20"):
        notices.check_endpoint(url)
    with pytest.raises(InputError, match="CP-FHIR-20"):
        notices.send(url, b"{}")


def test_the_option_needs_a_store(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exchange", "serve", "--notify", HERE_ALONE]) == 2
    assert capsys.readouterr().err.startswith("CP-FHIR-21")


def test_the_desk_tells_results_as_the_exchange_does(
    tmp_path: Path, box: Box, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`serve --notify`: the same port and store, and the thread that tells ends with the server."""

    def run(app: Any, **_: Any) -> None:
        caller = TestClient(app, base_url="http://127.0.0.1:8654")
        assert caller.post("/fhir/Subscription", json=SUBSCRIPTION).status_code == 201
        assert actions(caller.post(SUBMIT, json=request(text_of(ECOG=""))).json()) == {1: "A4"}
        for _ in range(600):
            if len(box.came) > 1:
                return
            time.sleep(0.05)

    monkeypatch.setattr(notices, "send", box)
    monkeypatch.setattr(cli_exchange_serve, "NOTIFY_SECONDS", 0.05)
    monkeypatch.setattr(uvicorn, "run", run)
    serve = ["serve", "--folder", str(tmp_path / "desk"), "--runners", "0", "--port", "8654"]
    assert main([*serve, "--notify", HERE_ALONE]) == 0
    assert len(box.came) == 2 and actions(event(box.came[1])["answer"]) == {1: "A4"}
    assert main([*serve, "--notify", "https://center.example/told"]) == 2
    assert capsys.readouterr().err.startswith("CP-FHIR-20")


def test_a_notice_over_http() -> None:
    came: list[tuple[str, bytes]] = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append((self.headers["Content-Type"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204 if self.path == "/told" else 302)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    assert notices.send(f"{address}/told", b"{}") and came == [("application/fhir+json", b"{}")]
    assert not notices.send(f"{address}/moved", b"{}")
    server.shutdown()
    server.server_close()
    assert not notices.send(f"{address}/told", b"{}")


@pytest.mark.shared
def test_the_guides_own_subscription(store: Store, box: Box, guide_examples: list[tuple[str, bytes]]) -> None:
    found = [json.loads(data) for name, data in guide_examples if "Subscription-PASSubscriptionExample" in name]
    assert found
    server = opened(store, box)
    assert isinstance(server.subscriptions, StoredSubscriptions)
    for one in found:
        server.subscriptions = replace(server.subscriptions, endpoints=(one["channel"]["endpoint"],))
        made = TestClient(exchange_app(server)).post("/fhir/Subscription", json=deepcopy(one))
        assert made.status_code == 201, made.text
