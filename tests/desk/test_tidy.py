"""What nobody can ask for any more is taken away: where the desk starts, and now and then while it waits for work."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from chartproof import cli_desk
from chartproof.cli import main
from chartproof.desk import runner
from chartproof.desk.store import sessions
from chartproof.desk.store.database import open_store
from deskwork import desk_in, enrol

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A desk that was left: a session of a time long past, one of today, and an old document that no row names."""
    desk = desk_in(tmp_path / "desk")
    dana = enrol(desk, "dana", "admin")
    with desk.store.write(audited=False) as connection:
        sessions.open_session(connection, dana.id, now=LONG_AGO)
        sessions.open_session(connection, dana.id, now=datetime.now(UTC) + timedelta(hours=1))
    os.utime(desk.store.documents.place(desk.store.documents.put(b"nobody names this")), (0, 0))
    desk.store.close()
    return tmp_path / "desk"


def left(folder: Path) -> tuple[int, int]:
    """How many sessions and documents there are."""
    store = open_store(folder)
    with store.read() as connection:
        many = connection.execute(text("SELECT count(*) FROM sessions")).scalar_one()
    documents = len(list(store.documents.all()))
    store.close()
    return many, documents


def test_the_desk_tidies_up_when_it_starts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert left(folder) == (2, 1)
    monkeypatch.setattr("uvicorn.run", lambda *given, **more: None)
    assert main(["serve", "--folder", str(folder), "--runners", "0", "--port", "8653"]) == 0
    assert left(folder) == (1, 0)


@pytest.mark.parametrize(("every", "after"), [(timedelta(0), (1, 0)), (timedelta(hours=6), (2, 1))])
def test_a_runner_that_waits_tidies_up_when_it_is_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch, every: timedelta, after: tuple[int, int]
) -> None:
    def enough(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "TIDY", every)
    monkeypatch.setattr(os, "nice", lambda more: 0)
    monkeypatch.setattr(cli_desk.time, "sleep", enough)
    main(["desk-runner", "--folder", str(folder)])
    assert left(folder) == after


def test_a_runner_makes_no_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["desk-runner", "--folder", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.startswith("CP-DESK-01") and not (tmp_path / "nowhere").exists()


def test_which_sessions_are_forgotten(tmp_path: Path) -> None:
    """Those that ended, were idle or lasted too long; what is still open goes on."""
    desk = desk_in(tmp_path / "desk")
    dana, now = enrol(desk, "dana", "admin"), desk.clock()
    with desk.store.write(audited=False) as connection:
        tokens = [sessions.open_session(connection, dana.id, now=now - timedelta(minutes=m)) for m in (0, 29, 31)]
        connection.execute(text("UPDATE sessions SET ended = seen WHERE id = :id"), {"id": sessions.hashed(tokens[0])})
    assert sessions.forget(desk.store, now=now) == 2
    assert sessions.resume(desk.store, tokens[1], now=now)[1].id == dana.id
    desk.store.close()
