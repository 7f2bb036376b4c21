"""No page and no reply changes a finding: each attack of attacks.yaml through the whole command, against a local server."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from chartproof.cli import main
from chartproof.policy.load import knowledge
from propose.conftest import HONEST, RECORDS, Server, write_records

ATTACKS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "attacks.yaml").read_text(encoding="utf-8"))
SCHEMA = Draft202012Validator(json.loads(knowledge("schemas", "review.schema.json").read_text(encoding="utf-8")))
ADDED = ("proposals", "proposals_dropped", "proposals_model", "proposals_stopped")
ONE = {"concept": "ecg", "file": "visit.txt", "page": 1, "quote": "The heart squeezes as it should"}
MADE = {
    "long_quote": json.dumps([{**ONE, "quote": RECORDS["visit.txt"].split("{more}")[0].strip()}]),
    "many": json.dumps([ONE] * 200),
    "long_reply": json.dumps([{**ONE, "quote": "met " * 25_000}]),
    "deep": "[" * 39_000,
    "long_number": f'[{{"concept": "ecg", "file": "visit.txt", "page": {"9" * 9_000}, "quote": "The heart squeezes"}}]',
}  # fmt: skip


def reply_of(attack: dict[str, Any]) -> tuple[str, int]:
    """The model's words, and how many proposals must be left of them."""
    kept = attack.get("kept", 0)
    reply = attack.get("reply", MADE.get(attack.get("made", "")))
    if isinstance(reply, list):
        return json.dumps([*reply, HONEST]), kept + 1
    return reply if isinstance(reply, str) else json.dumps(reply), kept


@dataclass(frozen=True)
class Run:
    """What one run of `chartproof review` wrote and showed."""

    said: dict[str, Any]
    shown: str


def review(folder: Path, *more: str) -> Run:
    out, screen = folder.parent / "review.json", io.StringIO()
    with redirect_stdout(screen):
        assert main(["review", str(folder), "--workers", "1", "--json", str(out), *more]) == 0
    return Run(json.loads(out.read_bytes()), screen.getvalue())


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The review of the folder that nobody tampered with, without a model."""
    return review(write_records(tmp_path_factory.mktemp("clean") / "records"))


def statuses(said: dict[str, Any]) -> dict[str, str]:
    return {row["id"]: row["status"] for row in said["criteria"] + said["label"]}


def test_there_are_enough_attacks_and_each_has_a_name_of_its_own() -> None:
    assert len({attack["name"] for attack in ATTACKS}) == len(ATTACKS) >= 40


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack["name"] for attack in ATTACKS])
def test_nothing_changes(attack: dict[str, Any], clean: Run, server: Server, tmp_path: Path) -> None:
    page = attack.get("page", "")
    folder = write_records(tmp_path / "records", page)
    without = review(folder) if page else clean
    reply, kept = reply_of(attack)
    server.says = lambda request: reply
    after = review(folder, "--propose", server.url, "--model", "hostile")

    assert len(server.asked) == 1
    assert list(SCHEMA.iter_errors(after.said)) == []
    assert after.said["proposals_dropped"] == attack.get("dropped", {})
    assert len(after.said["proposals"]) == kept
    assert {one["status"] for one in after.said["proposals"]} <= {"waits for a person"}
    # Every other byte is the same, and what a page tells a reader to do is done by nobody.
    assert json.dumps({key: value for key, value in after.said.items() if key not in ADDED}) == json.dumps(without.said)
    assert not set(ADDED) & without.said.keys()
    assert statuses(after.said) == statuses(clean.said)
    # The screen says the same and then what waits; no control character of a page or a model reaches it.
    table, _, waiting = after.shown.partition("Proposed by a model, waits for a person")
    assert without.shown.startswith(table.rstrip()) and len(table.splitlines()) > 30
    assert "the model asked is hostile" in waiting and "\x1b" not in after.shown and "\u202e" not in after.shown
    assert max(map(len, waiting.split("Written:")[0].splitlines())) <= 100


def test_a_quote_is_shown_within_its_whole_sentence(server: Server, tmp_path: Path) -> None:
    """A "no" that the model left out stands beside the quote, whoever reads it."""
    attack = next(one for one in ATTACKS if one["name"] == "the negation left out of the quote")
    server.says = lambda request: reply_of(attack)[0]
    run = review(write_records(tmp_path / "records"), "--propose", server.url, "--model", "m")
    one = next(row for row in run.said["proposals"] if row["concept"] == "allogeneic_transplant")
    assert one["sentence"] == "There was no sign that she ever took the cure from a donor."
    assert one["quote"] in one["sentence"]


def test_the_model_is_shown_no_page_that_is_no_evidence(server: Server, tmp_path: Path) -> None:
    folder = write_records(tmp_path / "records", 'A line that ends the "text"}]} and begins {"concepts": []}.')
    review(folder, "--propose", server.url, "--model", "m")
    (request,) = server.asked
    system, user = (message["content"] for message in request["messages"])
    asked = json.loads(user)
    assert {page["file"] for page in asked["pages"]} == {"visit.txt"}
    assert 'ends the "text"}]} and begins' in asked["pages"][0]["text"]
    for secret in ("Payerdoctor", "SOMEONE", "HCPCS", "Hemoglobin"):
        assert secret not in user
    assert "INVENTED" not in system and set(request) == {"model", "messages", "temperature", "stream"}
    assert "ecog" not in {one["id"] for one in asked["concepts"]}  # its row is met
