"""The command: a folder to a request on disk, the payer's side on loopback alone, and one coded line for what is wrong."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient
from tests.exchange.invented import HERE, actions, served

from chartproof.cli import main
from chartproof.exchange import base, bundles
from chartproof.exchange.app import exchange_app

SENDER = "organization: Invented Treatment Center\nnpi: 1999999992\npractitioner: Ada Nonesuch\n"
CASE = "as_of: 2026-05-04\ndrug: Tecartus\npayer: Plan of Nowhere\npatient: {name: Rosa Q. Invented, dob: 1961-03-04}\n"


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    shutil.copy(HERE / "note.txt", folder)
    (folder / "case.yaml").write_text(CASE)
    (tmp_path / "sender.yaml").write_text(SENDER)
    return folder


def bundle_of(records: Path, *more: str) -> list[str]:
    out, sender = str(records.parent / "request.json"), str(records.parent / "sender.yaml")
    policy = str(HERE / "policy.yaml")
    return ["exchange", "bundle", str(records), "--sender", sender, "--out", out, "--policy", policy, *more]


@pytest.fixture
def run_by(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **named: found.update(named, app=app))
    return found


def test_a_folder_becomes_a_request_and_the_payer_answers_it(
    records: Path, run_by: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(bundle_of(records, "--urgent")) == 0
    made = json.loads((records.parent / "request.json").read_bytes())
    assert not list(base.problems(made)) and bundles.index(made).entries[0].kind == "Claim"
    assert "packet.pdf" in [x["content"][0]["attachment"]["title"] for x in bundles.index(made).of("DocumentReference")]
    assert "No row is open." in capsys.readouterr().out
    policy = str(HERE / "policy.yaml")
    assert main(["exchange", "serve", "--policy", policy, "--approve", "--as-of", "2026-05-04", "--port", "8799"]) == 0
    assert run_by["host"] == "127.0.0.1" and run_by["port"] == 8799 and run_by["access_log"] is False
    assert TestClient(run_by["app"], base_url="http://rebound.example").get("/cds-services").status_code == 400
    answer = TestClient(run_by["app"], base_url="http://127.0.0.1:8799").post("/fhir/Claim/$submit", json=made)
    assert actions(answer.json()) == {1: "A1"}
    assert answer.json()["entry"][0]["resource"]["created"].startswith(date(2026, 5, 4).isoformat())


def test_an_answer_is_read_and_a_later_request_updates(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (records / "note.txt").read_text()
    (records / "note.txt").write_text(whole.replace("ECOG performance status: 1 today.\n", ""))
    assert main(bundle_of(records)) == 0
    first = records.parent / "first.json"
    (records.parent / "request.json").rename(first)
    answer = TestClient(exchange_app(served())).post("/fhir/Claim/$submit", json=json.loads(first.read_bytes()))
    (records.parent / "answer.json").write_bytes(answer.content)
    capsys.readouterr()
    assert main(["exchange", "read", str(records.parent / "answer.json")]) == 0
    said = capsys.readouterr().out
    assert "item 1: pended" in said and "asked for: N.1" in said
    (records / "note.txt").write_text(whole)
    assert main(bundle_of(records, "--update", str(first))) == 0
    made = json.loads((records.parent / "request.json").read_bytes())
    assert [one.kind for one in bundles.index(made).entries[:2]] == ["Claim", "Claim"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (["exchange", "bundle"], "CP-FHIR-14"),
        (["exchange", "read"], "CP-FHIR-14"),
        (["exchange", "read", "nothing.json"], "CP-FHIR-15"),
        (["exchange", "read", str(HERE / "note.txt")], "CP-FHIR-01"),
        (["exchange", "serve", "--port", "70000"], "CP-FHIR-13"),
        (["exchange", "serve", "--policy", "nobody/1"], "CP-POL-01"),
        (["exchange", "serve", "--as-of", "some day"], "CP-CASE-03"),
    ],
)
def test_what_is_wrong_is_one_coded_line(change: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(change) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and said[0].startswith(code)


def test_a_port_in_use(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def taken(app: Any, **named: Any) -> None:
        raise SystemExit(1)

    monkeypatch.setattr(uvicorn, "run", taken)
    assert main(["exchange", "serve"]) == 2
    assert capsys.readouterr().err.startswith("CP-FHIR-13")


def test_a_folder_without_a_drug_is_no_request(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (records / "case.yaml").write_text(CASE.replace("drug: Tecartus\n", ""))
    assert main(bundle_of(records)) == 2
    assert "CP-FHIR-12" in capsys.readouterr().err and not (records.parent / "request.json").exists()
    (records.parent / "sender.yaml").write_text("colour: red\n")
    assert main(bundle_of(records)) == 2
    assert "CP-FHIR-11" in capsys.readouterr().err
