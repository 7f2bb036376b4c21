"""`audit`, `backup` and `restore` as their user meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chartproof.cli import main
from chartproof.desk.store import audit, cases
from chartproof.desk.store.cases import Draft
from chartproof.desk.store.database import open_store

Answer = tuple[int, str, str]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Runs a command in a folder with a desk of three audit rows in `desk`."""
    monkeypatch.chdir(tmp_path)
    store = open_store(tmp_path / "desk")
    for _ in range(3):
        with store.write() as connection:
            cases.create(connection, audit.DESK, Draft(patient_name="Rosa Invented"), now=datetime.now(UTC))
    store.close()

    def run(*arguments: str) -> Answer:
        capsys.readouterr()
        status = main(arguments)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def tamper(statement: str) -> None:
    store = open_store(Path("desk"))
    with store.write(audited=False) as connection:
        connection.exec_driver_sql(statement)
    store.close()


def test_a_whole_chain(call: Callable[..., Answer]) -> None:
    status, out, err = call("audit", "verify", "--folder", "desk")
    assert status == 0 and err == "" and "3 rows" in out and "The record is whole" in out
    head = out.split("Head: ")[1].split()[0]
    assert call("audit", "verify", "--folder", "desk", "--head", head)[0] == 0


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET who = 'other' WHERE number = 2", "edited: row 2, shown by its hash"),
        ("DELETE FROM audit WHERE number = 2", "deleted: row 2, shown by the missing numbers"),
        ("DELETE FROM audit WHERE number = 3", "truncated: row 3, shown by the file beside the database"),
    ],
)
def test_what_was_done_to_a_chain_is_told(call: Callable[..., Answer], statement: str, said: str) -> None:
    tamper(statement)
    status, out, err = call("audit", "verify", "--folder", "desk")
    assert status == 2 and said in out and err.startswith("CP-DESK-80: ") and "whole:" in err


def test_a_head_from_a_package_is_held_against_the_chain(call: Callable[..., Answer]) -> None:
    status, out, _ = call("audit", "verify", "--folder", "desk", "--head", f"7:{'a' * 64}")
    assert status == 2 and "truncated: rows 4 to 7, shown by a head that was given" in out


def test_the_rows_as_audit_events(call: Callable[..., Answer]) -> None:
    status, out, _ = call("audit", "export", "events.ndjson", "--folder", "desk")
    events = [json.loads(line) for line in Path("events.ndjson").read_text().splitlines()]
    assert status == 0 and "4 rows" in out
    assert [event["id"] for event in events] == ["1", "2", "3", "4"]
    assert events[-1]["agent"][0]["who"]["identifier"]["value"] == "console"


def test_a_backup_and_back(call: Callable[..., Answer]) -> None:
    Path("key").write_text("a passphrase of four words\n")
    status, out, err = call("backup", "saved", "--folder", "desk", "--archive-key-file", "key")
    assert (status, err) == (0, "") and "Written: saved" in out
    assert call("restore", "saved", "--folder", "other")[2].startswith("CP-DESK-75: the backup is encrypted")
    status, out, err = call("restore", "saved", "--folder", "other", "--archive-key-file", "key")
    assert (status, err) == (0, "") and "as it was saved" in out
    assert "4 rows" in call("audit", "verify", "--folder", "other")[1]


def test_a_damaged_backup(call: Callable[..., Answer]) -> None:
    call("backup", "saved", "--folder", "desk")
    Path("saved").write_bytes(Path("saved").read_bytes()[:-1])
    status, _, err = call("restore", "saved", "--folder", "other")
    assert status == 2 and err.startswith("CP-DESK-74: ") and not Path("other").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("audit", "verify", "--folder", "nothing"), "CP-DESK-01"),
        (("backup", "saved", "--folder", "nothing"), "CP-DESK-01"),
        (("backup", "no/saved", "--folder", "desk"), "CP-DESK-72"),
        (("restore", "no", "--folder", "other"), "CP-DESK-72"),
        (("restore", "no", "--folder", "desk"), "CP-DESK-73"),
        (("audit", "verify", "--folder", "desk", "--head", "7"), "CP-CLI-04"),
        (("audit", "export", "--folder", "desk"), "CP-CLI-04"),
        (("audit", "verify", "out", "--folder", "desk"), "CP-CLI-04"),
        (("audit", "verify", "--folder", "desk", "--key-file", "no"), "CP-CLI-09"),
        (("audit", "verify", "--folder", "desk", "--database", "mysql://x"), "CP-DESK-01"),
        (("audit", "verify", "--folder", "desk", "--database", "postgresql://x@127.0.0.1:1/x"), "CP-DESK-03"),
    ],
)
def test_what_cannot_be_done_is_one_line(call: Callable[..., Answer], arguments: tuple[str, ...], code: str) -> None:
    status, out, err = call(*arguments)
    assert status == 2 and err.startswith(f"{code}: ") and err.count("\n") == 1 and "Traceback" not in out + err
    assert not Path("nothing").exists() and not Path("other").exists()
