"""A store opens to the tables of this version, tells a wrong key, and keeps a change whole or not at all."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from chartproof.desk.store import audit, cases
from chartproof.desk.store.anchor import Anchor
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.database import Store, failure_of_disk, open_store, unmigrated
from chartproof.desk.store.keys import change_passphrase
from chartproof.desk.store.migrate import migrate
from chartproof.desk.store.schema import metadata
from chartproof.errors import NotFoundError, StoreError

SECRET = "a passphrase of four words"


def test_the_migrations_make_the_tables(store: Store) -> None:
    with store.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_store_of_the_first_version_is_brought_to_this_one(tmp_path: Path, now: datetime) -> None:
    """What is in it stays: an account of that time keeps its password."""
    old = unmigrated(tmp_path / "desk", url="", key="")
    with old.write(audited=False) as connection:
        migrate(connection, "0001")
        words = "'x', 'nora', '1', '1', 'viewer'"
        connection.execute(text(f"INSERT INTO users (id, name, created, password_set, role) VALUES ({words})"))
    old.close()
    store = open_store(tmp_path / "desk")
    with store.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.execute(text("SELECT name, password_of_another FROM users")).all() == [("nora", 0)]
    store.close()


def test_the_file_is_safe_against_a_crash_and_against_other_users(sqlite_store: Store) -> None:
    store = sqlite_store
    with store.read() as connection:
        setting = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert setting == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert store.folder.stat().st_mode & 0o077 == 0
    assert (store.folder / "desk.sqlite3").stat().st_mode & 0o077 == 0


def test_a_change_that_fails_leaves_neither_row_nor_audit(store: Store, nora: Actor, now: datetime) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        case = cases.create(connection, nora, cases.Draft(drug="Tecartus"), now=now)
        raise ZeroDivisionError
    with store.read() as connection:
        assert [entry.entity for entry in audit.entries(connection)] == ["user"]
        with pytest.raises(NotFoundError):
            cases.get(connection, case.id)


def test_what_is_written_while_reading_is_undone(store: Store, nora: Actor, now: datetime) -> None:
    with store.read() as connection:
        connection.execute(text("DELETE FROM users"))
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM users")).scalar() == 1


def test_a_reader_sees_one_state(store: Store, nora: Actor, now: datetime) -> None:
    with store.read() as before:
        assert audit.head(before)[0] == 1
        with store.write() as connection:
            cases.create(connection, nora, cases.Draft(), now=now)
        assert audit.head(before)[0] == 1
    with store.read() as after:
        assert audit.head(after)[0] == 2


def test_a_second_process_finds_what_the_first_kept(
    store: Store, reopen: Callable[[], Store], nora: Actor, now: datetime
) -> None:
    with store.write() as connection:
        case = cases.create(connection, nora, cases.Draft(patient_name="Rosa Invented"), now=now)
    with reopen().read() as connection:
        assert cases.get(connection, case.id) == case


def test_an_audit_row_is_not_written_in_passing(store: Store, now: datetime) -> None:
    for door in (store.read, lambda: store.write(audited=False)):
        with door() as connection, pytest.raises(ValueError, match=r"Store\.write"):
            audit.append(connection, audit.DESK, "read", "case", "x", now=now)


def test_a_newer_store_is_refused(store: Store, reopen: Callable[[], Store]) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="CP-DESK-04"):
        reopen()


def test_an_encrypted_store_shows_nothing(tmp_path: Path, now: datetime) -> None:
    folder = tmp_path / "desk"
    store = open_store(folder, key=SECRET)
    with store.write() as connection:
        case = cases.create(connection, audit.DESK, cases.Draft(patient_name="Rosa Invented"), now=now)
    sha = store.documents.put(b"Rosa Invented was seen today")
    store.close()
    assert not [file for file in folder.rglob("*") if file.is_file() and b"Invented" in file.read_bytes()]
    for wrong in ("", "another passphrase"):
        with pytest.raises(StoreError, match="CP-DESK-02"):
            open_store(folder, key=wrong)
    again = open_store(folder, key=SECRET)
    with again.read() as connection:
        assert cases.get(connection, case.id).initials == "RI"
    assert again.documents.get(sha) == b"Rosa Invented was seen today"
    again.close()


def test_two_processes_that_start_an_encrypted_store_together(tmp_path: Path, now: datetime) -> None:
    opened: list[Store] = []
    threads = [Thread(target=lambda: opened.append(open_store(tmp_path / "desk", key=SECRET))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({store.keys for store in opened}) == 1 and len(opened) == 4
    for store in opened:
        with store.write() as connection:
            cases.create(connection, audit.DESK, cases.Draft(), now=now)
        store.close()


def test_the_passphrase_is_changed_and_nothing_else(tmp_path: Path) -> None:
    store = open_store(tmp_path / "desk", key=SECRET)
    sha = store.documents.put(b"as before")
    store.close()
    change_passphrase(tmp_path / "desk", SECRET, "another one of four words")
    with pytest.raises(StoreError, match="CP-DESK-02"):
        open_store(tmp_path / "desk", key=SECRET)
    again = open_store(tmp_path / "desk", key="another one of four words")
    assert again.documents.get(sha) == b"as before"
    again.close()


def test_a_plain_store_is_not_opened_with_a_key(sqlite_store: Store) -> None:
    with pytest.raises(StoreError, match="not encrypted"):
        open_store(sqlite_store.folder, key=SECRET)


def test_an_error_of_the_database_does_not_tell_what_was_written(store: Store) -> None:
    with pytest.raises(StoreError) as told, store.write() as connection:
        connection.execute(text("INSERT INTO users (id, name) VALUES ('x', 'Rosa Invented')"))
    assert "Invented" not in str(told.value) and told.value.__cause__ is None


def test_a_full_disk_is_told_as_that_and_the_change_is_undone(sqlite_store: Store, now: datetime) -> None:
    def fill() -> None:
        with sqlite_store.write() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar()
            connection.execute(text(f"PRAGMA max_page_count = {pages}"))
            for _ in range(1000):
                cases.create(connection, audit.DESK, cases.Draft(patient_name="Rosa Invented"), now=now)

    with pytest.raises(StoreError, match="CP-DESK-13: the disk of the store is full: nothing was kept") as told:
        fill()
    assert told.value.then.startswith("Free some space") and "Invented" not in str(told.value)
    with sqlite_store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM cases")).scalar() == 0


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sqlite3.OperationalError("database or disk is full"), "full"),
        (sqlite3.OperationalError("disk I/O error"), "failed"),
        (RuntimeError({"C": "53100", "M": "could not extend file"}), "full"),
        (RuntimeError({"C": "23505", "M": "the disk is full of 53100"}), ""),
        (sqlite3.OperationalError("database is locked"), ""),
        (RuntimeError(), ""),
    ],
)
def test_what_a_driver_says_of_the_disk(error: Exception, said: str) -> None:
    assert (said in failure_of_disk(error)) if said else not failure_of_disk(error)


def test_a_store_on_a_full_disk_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Anchor) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Anchor, "begin", full)
    with pytest.raises(StoreError, match=r"CP-DESK-01.*Free some space"):
        open_store(tmp_path / "desk")


@pytest.mark.parametrize("url", ["mysql://somewhere/x", "not a url"])
def test_only_postgresql_has_a_url(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreError, match="CP-DESK-01"):
        open_store(tmp_path, url=url)
