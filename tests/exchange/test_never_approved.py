"""Requests whose documents show every row, and in which something else is wrong: a person decides, and is told what."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from tests.exchange.invented import (
    HERE,
    NOW,
    SUBMIT,
    actions,
    claim_of,
    client,
    document,
    entry,
    info,
    notes,
    request,
    served,
    submitted,
    text_of,
)
from tests.exchange.mutations import spoiled

from chartproof.exchange.known_by import number_of
from chartproof.exchange.ledger import Kept
from chartproof.exchange.submit import ruled
from chartproof.exchange.submitted import read_request
from chartproof.model import Ruling

DATA: dict[str, list[Any]] = yaml.safe_load((HERE / "never_approved.yaml").read_text(encoding="utf-8"))


def made(wanted: dict[str, Any]) -> dict[str, Any]:
    """The sound request after what a vector says."""
    text = text_of(**wanted.get("note", {}))
    if "add" in wanted:
        text = text.replace("active infection.\n", f"active infection.\n{wanted['add']}\n")
    bundle = request(text)
    for one in wanted.get("with", ()):
        content = {key: value for key, value in one.items() if key not in ("text_of", "fullUrl")}
        own = (
            document(one["id"], one["text_of"].encode()) if "text_of" in one else entry(one["resourceType"], one["id"])
        )
        own["resource"] |= content
        own["fullUrl"] = one.get("fullUrl", own["fullUrl"])
        bundle["entry"].append(own)
    claim_of(bundle)["supportingInfo"] += [info(n, one) for n, one in enumerate(wanted.get("info", ()), 2)]
    return spoiled(bundle, wanted.get("do", []))


@pytest.mark.parametrize("wanted", DATA["stopped"], ids=lambda one: one["name"])
def test_what_disagrees_is_pended_and_named(wanted: dict[str, Any]) -> None:
    answer = submitted(made(wanted), approves=True)
    assert set(actions(answer).values()) == {"A4"}
    assert wanted["says"] in notes(answer)


@pytest.mark.parametrize("wanted", DATA["approved"], ids=lambda one: one["name"])
def test_what_agrees_stops_nothing(wanted: dict[str, Any]) -> None:
    answer = submitted(made(wanted), approves=True)
    assert set(actions(answer).values()) == {"A1"}, notes(answer)


def test_the_same_is_not_approved_twice() -> None:
    """Under another number, by another provider: cells are given once, and the first request may be updated."""
    server = client(served(approves=True))
    assert actions(server.post(SUBMIT, json=request()).json()) == {1: "A1"}
    again = server.post(SUBMIT, json=request(number="N2")).json()
    assert actions(again) == {1: "A4"} and "approved already under R" in notes(again)
    update = request(number="N3")
    old = {key: value for key, value in claim_of(request()).items() if key not in ("resourceType", "id")}
    update["entry"].append(entry("Claim", "old", **old))
    claim_of(update)["related"] = [{"claim": {"reference": "Claim/old"}}]
    assert actions(server.post(SUBMIT, json=update).json()) == {1: "A1"}


def test_what_a_person_denied_is_not_approved_unseen_later() -> None:
    """Whatever comes then, and under whatever number: the one who denied it, or another person, sees it again."""
    state = served(approves=True)
    first = read_request(request(text_of(ECOG="")))
    denial = Ruling("deny", ("policy/N.1",), ("note.txt",), "No status.", "Ida Invented", "NY 123456", NOW)
    answer, _ = ruled(first, denial, None, state.site)
    named = (number_of(first), frozenset({"M-1"}), frozenset({"1999999992"}))
    state.ledger.shelf.keep(Kept(first.digest, named[0], (first.number,), *named[1:], answer), first.message)
    later = client(state).post(SUBMIT, json=request(number="N2")).json()
    assert actions(later) == {1: "A4"} and "a person denied an earlier request" in notes(later)


def test_what_was_decided_of_a_relative_is_not_told() -> None:
    """Under the number of one coverage: nothing where the day of birth differs; where it may be the same person, a line."""
    server = client(served(approves=True))
    first = server.post(SUBMIT, json=request()).json()
    number = claim_of(first)["preAuthRef"]
    for birthday, looked_at in (("1961-03-04", True), ("1990-01-01", False)):
        lines = text_of(
            Patient=f"Patient: Otto Invented   DOB: {birthday[5:7]}/{birthday[8:]}/{birthday[:4]}   MRN: 5550777"
        )
        relative = request(lines.replace("She", "He"), number=f"N-{birthday}")
        relative["entry"][1]["resource"] |= {
            "identifier": [{"system": "https://center.example/mrn", "value": "5550777"}],
            "name": [{"family": "Invented", "given": ["Otto"]}],
            "gender": "male",
            "birthDate": birthday,
        }
        answer = server.post(SUBMIT, json=relative).json()
        assert number not in str(answer) and "approved already" not in notes(answer)
        if looked_at:
            assert actions(answer) == {1: "A4"} and "of the same person or another" in notes(answer), notes(answer)
