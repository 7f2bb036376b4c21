"""A backup holds all, also while the desk works; a damaged one is refused; what is restored is equal to the byte."""

from __future__ import annotations

import io
import os
import random
import tarfile
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from chartproof.desk.store import audit, cases, dump, files, judgements, packages, readings
from chartproof.desk.store.audit import DESK, Actor
from chartproof.desk.store.backup import Backup, backup
from chartproof.desk.store.cases import Draft
from chartproof.desk.store.database import Store, open_store
from chartproof.desk.store.files import Upload
from chartproof.desk.store.judgements import Opinion
from chartproof.desk.store.packages import Part
from chartproof.desk.store.queue import listed
from chartproof.desk.store.references import sweep
from chartproof.desk.store.restore import restore
from chartproof.desk.store.verify import verify
from chartproof.errors import StoreError

KEY = "a passphrase of four words"


def fill(store: Store, actor: Actor, now: datetime) -> str:
    """A case with a file, a reading, a judgement and a package; returns the file's sha256."""
    letter, reading, review, packet = (
        store.documents.put(word) for word in (b"letter\x00\xff", b"r", b"v", b"p" * 5000)
    )
    with store.write() as connection:
        typed = Draft(patient_name="Rosa \u00d6. Invented\n\u2028", patient_born=date(1961, 3, 4), drug="Tecartus")
        case = cases.create(connection, actor, typed, now=now, owner=actor.who).id
        files.add(connection, actor, case, Upload("letter.pdf", letter, 8), now=now)
        made = readings.start(connection, DESK, case, [letter], now=now)
        readings.done(connection, DESK, made.id, reading_sha=reading, review_sha=review, now=now)
        judgements.judge(
            connection, actor, case, Opinion("accept", "\u201cright\u201d", "policy", "I.C", seen=review), now=now
        )
        packages.lock(connection, actor, case, [Part("packet.pdf", packet, 5000)], sha="ab" * 32, review_sha=review,
                      head=audit.head(connection), now=now)  # fmt: skip
    return letter


def said(store: Store) -> tuple[str, list[bytes]]:
    """All that a store says: the hash of its tables and its documents."""
    with store.read() as connection:
        return dump.state(connection), [store.documents.get(sha) for sha in store.documents.all()]


def restored(file: Path, folder: Path, **more: str) -> tuple[Backup, Store]:
    made = restore(file, folder, **more)
    return made, open_store(folder, key=more.get("key", ""), url=more.get("url", ""))


def test_what_is_restored_is_equal(store: Store, nora: Actor, now: datetime, tmp_path: Path) -> None:
    fill(store, nora, now)
    made = backup(store, tmp_path / "saved", nora, now=now)
    again, other = restored(tmp_path / "saved", tmp_path / "other")
    assert again == made and said(other) == said(store)
    assert (made.documents, made.lost, made.head) == (4, (), verify(store).head)
    assert verify(other, [made.head]).faults == () and other.anchor.read() == made.head
    with other.read() as connection:
        assert audit.entries(connection, limit=1)[0].action == "backup"
    other.close()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.xdist_group("postgresql")
def test_from_sqlite_to_postgresql(sqlite_store: Store, empty_database: str, now: datetime, tmp_path: Path) -> None:
    with sqlite_store.write() as connection:
        cases.create(connection, DESK, Draft(patient_born=date(1961, 3, 4)), now=now)
    backup(sqlite_store, tmp_path / "saved", DESK, now=now)
    _, other = restored(tmp_path / "saved", tmp_path / "other", url=empty_database)
    assert said(other) == said(sqlite_store) and verify(other).faults == ()
    other.close()
    with pytest.raises(StoreError, match="CP-DESK-73"):
        restore(tmp_path / "saved", tmp_path / "third", url=empty_database)
    assert not (tmp_path / "third").exists()


def test_a_backup_while_the_desk_works(store: Store, nora: Actor, now: datetime, tmp_path: Path) -> None:
    stop, count = Event(), [0]

    def work() -> None:
        while not stop.is_set():
            count[0] += 1
            sha = store.documents.put(b"%d" % count[0])
            with store.write() as connection:
                case = cases.create(connection, nora, Draft(), now=now, owner=nora.who).id
                files.add(connection, nora, case, Upload("a.pdf", sha, 1), now=now)

    thread = Thread(target=work)
    thread.start()
    try:
        for number in range(4):
            made = backup(store, tmp_path / f"saved{number}", nora, now=now)
            assert made.lost == ()
    finally:
        stop.set()
        thread.join()
    for number in range(4):
        _, other = restored(tmp_path / f"saved{number}", tmp_path / f"other{number}")
        assert verify(other).faults == ()
        with other.read() as connection:
            entries = audit.entries(connection, limit=10**6)
            kept = {case.id for case in listed(connection, nora.who, limit=10**6).cases}
        assert kept == {entry.entity_id for entry in entries if entry.entity == "case" and entry.action == "create"}
        assert len(list(other.documents.all())) == len(kept)
        other.close()


def test_an_encrypted_backup(store: Store, nora: Actor, now: datetime, tmp_path: Path) -> None:
    fill(store, nora, now)
    backup(store, tmp_path / "saved", nora, key=KEY, now=now)
    assert b"Invented" not in (tmp_path / "saved").read_bytes() and (tmp_path / "saved").stat().st_mode & 0o077 == 0
    for wrong in ("", "another"):
        with pytest.raises(StoreError, match="CP-DESK-75"):
            restore(tmp_path / "saved", tmp_path / "other", archive_key=wrong)
    _, other = restored(tmp_path / "saved", tmp_path / "other", archive_key=KEY)
    assert said(other) == said(store)
    other.close()


def test_a_plain_store_becomes_an_encrypted_one(sqlite_store: Store, now: datetime, tmp_path: Path) -> None:
    with sqlite_store.write() as connection:
        cases.create(connection, DESK, Draft(patient_name="Rosa Invented"), now=now)
    backup(sqlite_store, tmp_path / "saved", DESK, now=now)
    _, other = restored(tmp_path / "saved", tmp_path / "other", key=KEY)
    assert said(other) == said(sqlite_store)
    with pytest.raises(StoreError, match="CP-DESK-71"):
        backup(other, tmp_path / "unlocked", DESK, now=now)
    other.close()


@pytest.fixture
def saved(sqlite_store: Store, now: datetime, tmp_path: Path) -> Path:
    with sqlite_store.write() as connection:
        cases.create(connection, DESK, Draft(patient_name="Rosa Invented"), now=now)
    backup(sqlite_store, tmp_path / "saved", DESK, now=now)
    return tmp_path / "saved"


def test_each_changed_byte_is_told(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    for place in random.Random(7).sample(range(len(whole)), 150):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        refused(bytes(damaged), tmp_path)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.999])
def test_a_backup_that_is_not_complete_is_told(saved: Path, tmp_path: Path, part: float) -> None:
    whole = saved.read_bytes()
    refused(whole[: int(len(whole) * part)], tmp_path)
    refused(whole + b"x", tmp_path)


def test_what_is_no_backup_is_told(tmp_path: Path) -> None:
    empty = io.BytesIO()
    tarfile.open(fileobj=empty, mode="w").close()
    for data in (b"", b"{}\n", b"hello" * 100, empty.getvalue()):
        refused(data, tmp_path)


def refused(data: bytes, folder: Path) -> None:
    (folder / "damaged").write_bytes(data)
    with pytest.raises(StoreError, match="CP-DESK-74"):
        restore(folder / "damaged", folder / "never")
    assert not (folder / "never").exists()


def test_a_store_is_not_restored_over_another(saved: Path, sqlite_store: Store) -> None:
    before = said(sqlite_store)
    with pytest.raises(StoreError, match="CP-DESK-73"):
        restore(saved, sqlite_store.folder)
    assert said(sqlite_store) == before


def test_a_file_that_is_not_there_or_cannot_be_written(sqlite_store: Store, now: datetime, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="CP-DESK-72"):
        restore(tmp_path / "nothing", tmp_path / "other")
    with pytest.raises(StoreError, match="CP-DESK-72"):
        backup(sqlite_store, tmp_path / "no folder" / "saved", DESK, now=now)


def test_a_lost_document_is_told_and_the_rest_is_saved(
    store: Store, nora: Actor, now: datetime, tmp_path: Path
) -> None:
    letter = fill(store, nora, now)
    store.documents.place(letter).unlink()
    made = backup(store, tmp_path / "saved", nora, now=now)
    assert made.lost == (letter,) and made.documents == 3


def test_a_spoiled_audit_row_is_saved_as_it_is(store: Store, nora: Actor, now: datetime, tmp_path: Path) -> None:
    with store.write(audited=False) as connection:
        connection.exec_driver_sql("UPDATE audit SET detail = 'no json', at = 'no time' WHERE number = 1")
    with store.read() as connection, pytest.raises(StoreError, match="CP-DESK-09"):
        audit.entries(connection)
    backup(store, tmp_path / "saved", nora, now=now)
    _, other = restored(tmp_path / "saved", tmp_path / "other")
    assert [fault.kind for fault in verify(other).faults] == ["edited"] and said(other) == said(store)
    other.close()


def test_the_sweep_leaves_what_rows_name(store: Store, nora: Actor, now: datetime) -> None:
    fill(store, nora, now)
    unnamed = store.documents.put(b"nobody names this")
    for sha in store.documents.all():
        os.utime(store.documents.place(sha), (0, 0))
    assert sweep(store, DESK, now=now + timedelta(days=2)) == 1
    assert not store.documents.has(unnamed) and len(list(store.documents.all())) == 4
