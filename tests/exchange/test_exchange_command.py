"""The command: a folder to a request on disk, the payer's side on loopback alone, and one coded line for what is wrong."""

from __future__ import annotations

import base64
import json
import shutil
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient
from tests.exchange.invented import HERE, actions, inquiry, request, served

from chartproof.cli import main
from chartproof.errors import ChartproofError
from chartproof.exchange import base, bundles
from chartproof.exchange.app import exchange_app
from chartproof.exchange.checked import checked, faults
from chartproof.exchange.people import KEYS

SENDER = "organization: Invented Treatment Center\nnpi: 1999999992\npractitioner: Ada Nonesuch\n"
CASE = "as_of: 2026-05-04\ndrug: Tecartus\npayer: Plan of Nowhere\npatient: {name: Rosa Q. Invented, dob: 1961-03-04, member_id: M-1}\n"


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
    printed = capsys.readouterr().out
    assert "No row is open." in printed and "No number of the member" not in printed
    policy = str(HERE / "policy.yaml")
    assert main(["exchange", "serve", "--policy", policy, "--approve", "--as-of", "2026-05-04", "--port", "8799"]) == 0
    assert run_by["host"] == "127.0.0.1" and run_by["port"] == 8799 and run_by["access_log"] is False
    assert TestClient(run_by["app"], base_url="http://rebound.example").get("/cds-services").status_code == 400
    answer = TestClient(run_by["app"], base_url="http://127.0.0.1:8799").post("/fhir/Claim/$submit", json=made)
    assert actions(answer.json()) == {1: "A1"}
    assert answer.json()["entry"][0]["resource"]["created"].startswith(date(2026, 5, 4).isoformat())


def test_a_request_without_a_number_of_the_member_is_told(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (records / "case.yaml").write_text(CASE.replace(", member_id: M-1", ""))
    assert main(bundle_of(records)) == 0
    assert "an inquiry will not find this request. Put member_id" in capsys.readouterr().out


def test_a_folder_keeps_what_was_answered(
    tmp_path: Path, run_by: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--policy", str(HERE / "policy.yaml"), "--as-of", "2026-05-04", "--folder", str(tmp_path / "desk")]
    answers = []
    for _ in range(2):
        assert main(["exchange", "serve", *given]) == 0
        server = TestClient(run_by["app"], base_url="http://127.0.0.1:8766")
        answers.append(server.post("/fhir/Claim/$inquire", json=inquiry()).json()["parameter"][0]["name"])
        server.post("/fhir/Claim/$submit", json=request())
    assert answers == ["outcome", "return"]
    assert "taken up again" not in capsys.readouterr().out


def test_a_package_with_its_request_beside_it(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, sender = records.parent / "package", str(records.parent / "sender.yaml")
    asked = ["packet", str(records), "--policy", str(HERE / "policy.yaml"), "--out", str(out), "--fhir", sender]
    assert main(asked) == 0
    assert "pas-request.json" in capsys.readouterr().out
    made = json.loads((out / "pas-request.json").read_bytes())
    assert not list(faults(made))
    held = bundles.index(made)
    sent = next(one for one in held.of("DocumentReference") if one.get("relatesTo"))
    assert base64.b64decode(sent["content"][0]["attachment"]["data"]) == (out / "packet.pdf").read_bytes()
    assert held.of("QuestionnaireResponse")
    assert main(asked) == 0  # the request is ours, so that the folder may be written again
    (records.parent / "sender.yaml").write_text("npi: 1\n")
    assert main([*asked[:4], "--out", str(out) + "2", "--fhir", sender]) == 2
    assert "CP-FHIR-11" in capsys.readouterr().err and not (records.parent / "package2").exists()


def test_the_help_names_every_key_of_the_sender(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("exchange", "packet"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        said = capsys.readouterr().out
        assert all(key in said for key in KEYS)


def test_a_request_of_ours_that_a_payer_may_refuse_is_not_written(records: Path) -> None:
    assert main(bundle_of(records)) == 0
    made = json.loads((records.parent / "request.json").read_bytes())
    assert checked(made) is made
    for spoil in (
        lambda claim: claim.update(use="claim"),
        lambda claim: claim["item"][0].pop("category"),
        lambda claim: claim["insurer"].update(reference="Organization/none"),
        lambda claim: claim.pop("priority"),
    ):
        broken = deepcopy(made)
        spoil(broken["entry"][0]["resource"])
        with pytest.raises(ChartproofError, match="CP-FHIR-16"):
            checked(broken)


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
    server = TestClient(exchange_app(served()))
    nothing = server.post("/fhir-2.0.1/Claim/$inquire", json=json.loads(first.read_bytes()))
    (records.parent / "answer.json").write_bytes(nothing.content)
    assert main(["exchange", "read", str(records.parent / "answer.json")]) == 0
    assert "no prior authorization of this member and provider is known here" in capsys.readouterr().out
    (records.parent / "answer.json").write_text('{"resourceType": "Parameters"}')
    assert main(["exchange", "read", str(records.parent / "answer.json")]) == 0
    assert capsys.readouterr().out == "The payer knows of no prior authorization that was asked about.\n"
    (records / "note.txt").write_text(whole)
    assert main(bundle_of(records, "--update", str(first))) == 0
    made = json.loads((records.parent / "request.json").read_bytes())
    assert [one.kind for one in bundles.index(made).entries[:2]] == ["Claim", "Claim"]
    first.write_text("{}")  # no request: it is not left out unsaid
    assert main(bundle_of(records, "--update", str(first))) == 2
    assert "CP-FHIR-" in capsys.readouterr().err


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
        (["exchange", "serve", "--plan-type", "a good one"], "CP-LAW-03"),
        (["exchange", "serve", "--state", "Ohio"], "CP-CASE-05"),
        (["exchange", "serve", "--database", "postgresql://me@here/name"], "CP-FHIR-14"),
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
