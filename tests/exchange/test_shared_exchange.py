"""The written cases through both sides, and the guides' own examples against the server."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.exchange.conftest import CASES, Case, statuses
from tests.exchange.invented import BASE, actions, claim_of

from chartproof.exchange import base, wire
from chartproof.exchange.app import exchange_app
from chartproof.exchange.bundles import index
from chartproof.exchange.claim import Options
from chartproof.exchange.elements import extension_value, extensions
from chartproof.exchange.people import Sender
from chartproof.exchange.request import request_bundle
from chartproof.exchange.site import Site
from chartproof.payer import payer

#: Case -> rows that are open where gold has them met: misreadings of the review, the same on both sides.
KNOWN: dict[str, frozenset[str]] = {}


@pytest.mark.shared
@pytest.mark.parametrize("name", CASES)
def test_a_case_through_both_sides(case: Callable[[str], Case], name: str) -> None:
    """The payer decides as the center did, each answer's quote is found, and each open row is a gap in gold."""
    held = case(name)
    gold, folder, review = held.gold, held.folder, held.review
    at = datetime.combine(gold["request"]["as_of"], datetime.min.time(), UTC)
    sender = Sender("Invented Treatment Center", npi="1999999992", practitioner="Ada Nonesuch")
    bundle = request_bundle(review, Options(sender, BASE, at), folder=folder)
    assert not list(base.problems(bundle))
    server = TestClient(
        exchange_app(replace(payer(Site(base=BASE, approves=True), lambda: at), patience=600, briefly=600))
    )
    reply = server.post(
        "/fhir/Claim/$submit", content=wire.write(bundle), headers={"content-type": "application/fhir+json"}
    )
    assert reply.status_code == 200, reply.text
    answer = reply.json()
    notes = [one["text"] for one in claim_of(answer).get("processNote", ())]
    assert not [one for one in notes if "cites words" in one]
    rows = {(one.layer, one.id) for one in (*review.criteria, *review.label) if one.status in ("missing", "not_met")}
    told = {_row(one) for one in notes if " is missing: " in one or " is not met; " in one}
    assert told == rows
    for layer, row in told - {("policy", one) for one in KNOWN.get(name, ())}:
        found = (gold["criteria"] if layer == "policy" else gold["label"])[row]
        assert statuses(found) & {"missing", "not_met"}, (row, found["because"])
    assert set(actions(answer).values()) == ({"A4"} if notes else {"A1"})
    asked = [one.resource for one in index(answer).entries if one.kind == "CommunicationRequest"]
    criteria = {
        extension_value(x, "criterion")
        for one in asked
        for x in extensions(one["payload"][0], "urn:chartproof:missing")
    }
    assert criteria == {one.id for one in (*review.criteria, *review.label) if one.status == "missing"}


def _row(note: str) -> tuple[str, str]:
    layer = "label" if note.startswith("label, ") else "policy"
    return layer, note.removeprefix("label, ").partition(" ")[0]


@pytest.mark.shared
def test_the_guides_requests_are_pended_and_their_inquiry_answered(guide_examples: list[tuple[str, bytes]]) -> None:
    """No policy here speaks of home care or referrals: each item comes back pended, under its own number."""
    seen = 0
    site = Site(base=BASE, approves=True)
    server = TestClient(exchange_app(payer(site, lambda: datetime(2026, 5, 4, tzinfo=UTC))))
    for name, data in guide_examples:
        value: dict[str, Any] = json.loads(data)
        if value.get("resourceType") != "Bundle" or "pas" not in name:
            continue
        inquiry = "Inquiry" in name
        asked = value["entry"][0]["resource"]["resourceType"] == "Claim"
        reply = server.post(f"/fhir/Claim/${'inquire' if inquiry else 'submit'}", json=value)
        assert reply.status_code == (200 if asked else 400), (name, reply.text)
        seen += 1
        if not asked:
            assert [reply.json()["resourceType"], len(reply.json()["issue"])] == ["OperationOutcome", 1]
        elif not inquiry:
            found = actions(reply.json())
            # The update that holds only what changed is answered whole: the first item came with the request before it.
            before = [1] if "Differential" in name else []
            assert list(found) == before + [one["sequence"] for one in value["entry"][0]["resource"]["item"]], name
            assert set(found.values()) <= {"A4", "C"}, name
    assert seen >= 20
