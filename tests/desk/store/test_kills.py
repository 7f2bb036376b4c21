"""Processes are killed at random moments: nothing that they acknowledged is lost, nothing is there by half."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartproof.desk.store import dump
from chartproof.desk.store.audit import DESK
from chartproof.desk.store.backup import backup
from chartproof.desk.store.database import open_store
from chartproof.desk.store.restore import restore
from desk.store.killing import START, Killing

KILLS = {"sqlite": 40, "postgresql": 12}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def test_nothing_is_lost_and_nothing_is_there_by_half(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("empty_database") if kind == "postgresql" else ""
    killing = Killing(tmp_path / "desk", url, seed=11)
    while killing.kills < KILLS[kind]:
        killing.round()
        assert killing.faults() == []
    assert {table for table, _, _ in killing.said} >= {"files", "judgements", "readings", "packages", "signatures"}
    store = open_store(tmp_path / "desk", url=url)
    saved = backup(store, tmp_path / "saved", DESK, now=START)
    store.close()
    restore(tmp_path / "saved", tmp_path / "other")
    other = open_store(tmp_path / "other")
    with other.read() as connection:
        assert dump.state(connection) == saved.state
    other.close()


def test_a_lost_row_would_be_seen(tmp_path: Path) -> None:
    killing = Killing(tmp_path / "desk", seed=5)
    while not [row for table, row, _ in killing.said if table == "judgements"]:
        killing.round()
    store = open_store(tmp_path / "desk")
    with store.write(audited=False) as connection:
        connection.exec_driver_sql("DELETE FROM judgements")
    store.close()
    told = killing.faults()
    assert any(fault.startswith("lost: ") for fault in told) and any("differ" in fault for fault in told)
