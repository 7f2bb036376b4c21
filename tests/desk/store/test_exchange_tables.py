"""The payer's requests, contexts, calls, readings, passes and subscriptions, on both databases, through the server itself."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from starlette.testclient import TestClient
from tests.exchange.invented import (
    INQUIRE,
    NOW,
    SUBMIT,
    actions,
    claim_of,
    entry,
    inquiry,
    read_here,
    request,
    served,
    text_of,
)
from tests.exchange.test_subscriptions import HERE_ALONE, SUBSCRIPTION, Box

from chartproof.desk.store import cases, exchanged, passes
from chartproof.desk.store.database import Store
from chartproof.desk.store.passes import Pass
from chartproof.desk.store.verify import verify
from chartproof.exchange.app import exchange_app, resume
from chartproof.exchange.served import Served
from chartproof.payer import payer
from chartproof.payer_notices import StoredSubscriptions

#: A day in seconds, as passes count it.
AT = NOW.timestamp()


def opened(store: Store, box: Box | None = None) -> Served:
    made = payer(served(approves=True).site, lambda: NOW, store=store, notify=(HERE_ALONE,), send=box or Box())
    made.read = read_here
    return made


def test_answers_updates_and_cases_are_read_back_by_another_process(store: Store, reopen: Callable[[], Store]) -> None:
    first = TestClient(exchange_app(opened(store)))
    assert actions(first.post(SUBMIT, json=request(text_of(ECOG=""))).json()) == {1: "A4"}
    update = request(number="N2")
    old = {key: value for key, value in claim_of(request()).items() if key not in ("resourceType", "id")}
    update["entry"].append(entry("Claim", "old", **old))
    claim_of(update)["related"] = [{"claim": {"reference": "Claim/old"}}]
    assert actions(first.post(SUBMIT, json=update).json()) == {1: "A1"}
    again = opened(reopen())
    assert resume(again) == 0
    second = TestClient(exchange_app(again))
    assert second.post(SUBMIT, json=update).content == first.post(SUBMIT, json=update).content
    for number in ("N1", "N2", None):
        (found,) = second.post(INQUIRE, json=inquiry(number)).json()["parameter"]
        assert actions(found["resource"]) == {1: "A1"}
    assert actions(second.post(SUBMIT, json=request(number="N3")).json()) == {1: "A4"}, "approved already"
    with store.read() as connection:
        waiting = exchanged.waiting(connection)
        stages = [cases.get(connection, one).stage for one in waiting]
        assert sorted(stages) == ["closed", "review"], "what was updated waits no more, though nobody pended the update"
        calls = exchanged.calls(connection, since=NOW, until=NOW + timedelta(seconds=1))
    assert sorted({one.operation for one in calls}) == ["/fhir/Claim/$inquire", "/fhir/Claim/$submit"]
    assert not verify(store, []).faults


def test_a_context_is_remembered_once(store: Store, reopen: Callable[[], Store]) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: exchanged.remember(store, "c-1", "nowhere/1"), range(8)))
    with reopen().read() as connection:
        assert (exchanged.policy_of(connection, "c-1"), exchanged.policy_of(connection, "c-2")) == ("nowhere/1", "")


def test_an_assertion_is_used_once_and_a_token_ends(store: Store, reopen: Callable[[], Store]) -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: passes.use(store, "d-1", AT + 300, now=AT), range(8)))
    assert taken.count(True) == 1
    passes.grant(store, "t-1", Pass("center", ("system/Claim.c",), AT + 300))
    found = passes.granted(reopen(), "t-1", now=AT + 299)
    assert found is not None and (found.client, tuple(found.scopes)) == ("center", ("system/Claim.c",))
    assert passes.granted(store, "t-1", now=AT + 301) is None


def test_a_reading_is_kept_by_its_name(store: Store, reopen: Callable[[], Store]) -> None:
    sha = store.documents.put(b"read")
    for _ in range(2):
        exchanged.keep_reading(store, "v1/note.txt/abc", sha, now=NOW)
    with reopen().read() as connection:
        assert exchanged.reading_of(connection, "v1/note.txt/abc") == sha


def test_a_subscription_is_told_in_order_after_a_restart_too(store: Store, reopen: Callable[[], Store]) -> None:
    box = Box()
    first = opened(store, box)
    caller = TestClient(exchange_app(first))
    name = caller.post("/fhir/Subscription", json=SUBSCRIPTION).json()["id"]
    for number in ("N1", "N2"):
        caller.post(SUBMIT, json=request(text_of(ECOG=""), number=number))
    again = opened(reopen(), box)
    assert isinstance(again.subscriptions, StoredSubscriptions)
    assert [again.subscriptions.notify() for _ in range(3)] == [1, 1, 0] and len(box.came) == 3
    assert TestClient(exchange_app(again)).delete(f"/fhir/Subscription/{name}").status_code in (200, 204)
    assert TestClient(exchange_app(first)).get(f"/fhir/Subscription/{name}").status_code == 404
