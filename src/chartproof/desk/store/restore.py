"""A backup back into an empty place. It is checked to its last byte before anything is written."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage
from sqlalchemy import inspect

from chartproof.desk.store import dump
from chartproof.desk.store.backup import FORMAT, KEYS, MANIFEST, PART, Backup, hash_of, parts
from chartproof.desk.store.database import Store, open_store, unmigrated
from chartproof.desk.store.disk import force
from chartproof.desk.store.keys import Keys, unsealed
from chartproof.desk.store.migrate import migrate
from chartproof.errors import StoreError

DAMAGED = "Take another backup; this one was changed or is not complete."

#: sha256 in hex, at the end of the archive.
TRAILER = 64


def restore(file: Path, folder: Path, *, archive_key: str = "", key: str = "", url: str = "") -> Backup:
    """Makes the store anew in `folder`, and its tables at `url` where one is given. `archive_key` opens the backup;
    `key` encrypts the new store, so that a plain one can become an encrypted one and the other way round.

    Raises StoreError: CP-DESK-73 the folder or database is not empty; CP-DESK-74 the archive is damaged or no backup;
    CP-DESK-75 it is encrypted, and the passphrase is missing or wrong; CP-DESK-04 a newer chartproof made it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError("CP-DESK-73", "a store is restored into an empty folder", where=folder.name)
    try:
        with file.open("rb") as saved, opened(saved, archive_key, file.name) as backup, made_beside(folder) as place:
            store = unmigrated(place, url=url, key=key)
            try:
                fill(store, backup)
            finally:
                store.close()
    except OSError as error:
        raise StoreError("CP-DESK-72", f"the backup cannot be restored: {error.strerror}", where=file.name) from None
    manifest = backup.manifest
    open_store(folder, url=url, key=key).close()  # brings an older version's tables to this one's
    return Backup(
        at=manifest["at"], revision=manifest["revision"], head=(manifest["head"][0], manifest["head"][1]),
        state=manifest["state"], rows=manifest["rows"], documents=manifest["documents"], lost=tuple(manifest["lost"]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup whose every byte was found to be as it was written."""

    archive: tarfile.TarFile
    manifest: dict[str, Any]
    keys: Keys | None

    def lines(self, name: str) -> IO[bytes]:
        """What a member says. Raises KeyError where there is none, pyrage.DecryptError for another key's."""
        found = self.archive.extractfile(name)
        if found is None:
            raise ValueError("a member that is no file")
        return io.BytesIO(self.keys.unlock(found.read())) if self.keys else found


def fill(store: Store, backup: Opened) -> None:
    for name in backup.manifest["members"]:
        if name.startswith("documents/"):
            store.documents.put(parts(backup.lines(name)))
    with store.write(audited=False) as connection:
        if inspect(connection).get_table_names():
            raise StoreError("CP-DESK-73", "a store is restored into an empty database")
        migrate(connection, backup.manifest["revision"])
        for name, table in dump.tables(connection).items():
            dump.load(connection, table, backup.lines(f"tables/{name}.jsonl"))
        if dump.state(connection) != backup.manifest["state"]:
            raise StoreError("CP-DESK-74", "what was restored is not what was saved", then=DAMAGED)
    number, hash = backup.manifest["head"]
    store.anchor.begin()
    store.anchor.record(number, hash)


@contextmanager
def opened(file: IO[bytes], key: str, name: str) -> Iterator[Opened]:
    """Raises StoreError CP-DESK-74 and -75."""
    try:
        check_end(file)
        with tarfile.open(fileobj=file, mode="r:") as archive:
            keys = keys_of(archive, key, name)
            backup = Opened(archive, {}, keys)
            manifest = json.loads(backup.lines(MANIFEST).read())
            check_members(archive, manifest)
            yield Opened(archive, manifest, keys)
    except (ValueError, KeyError, TypeError, EOFError, tarfile.TarError, pyrage.DecryptError):
        raise StoreError("CP-DESK-74", "this is no backup, or a damaged one", where=name, then=DAMAGED) from None


def keys_of(archive: tarfile.TarFile, key: str, name: str) -> Keys | None:
    if KEYS not in archive.getnames():
        return None
    if not key:
        raise StoreError("CP-DESK-75", "the backup is encrypted", where=name, then="Give its passphrase.")
    keys = unsealed(json.loads(Opened(archive, {}, None).lines(KEYS).read()), key)
    if keys is None:
        raise StoreError("CP-DESK-75", "the passphrase of the backup is wrong", where=name)
    return keys


def check_end(file: IO[bytes]) -> None:
    """Raises ValueError where the hash at the end is not that of all before it."""
    size = file.seek(0, os.SEEK_END) - TRAILER
    file.seek(0)
    digest = hashlib.sha256()
    while (left := size - file.tell()) > 0:
        digest.update(file.read(min(left, PART)))
    if size <= 0 or file.read() != digest.hexdigest().encode():
        raise ValueError("the hash at the end")
    file.seek(0)


def check_members(archive: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    """Raises ValueError where there is more or less than was listed, or another content."""
    if manifest["format"] != FORMAT or {*manifest["members"], MANIFEST} != {*archive.getnames()} - {KEYS}:
        raise ValueError("the list of members")
    for name, sha in manifest["members"].items():
        if hash_of(parts(Opened(archive, manifest, None).lines(name))) != sha:
            raise ValueError("a member")


@contextmanager
def made_beside(folder: Path) -> Iterator[Path]:
    """A folder that takes its name when all of it is there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield beside
        if folder.exists():
            folder.rmdir()
        beside.rename(folder)
        force(folder.parent)
    except BaseException:  # Ctrl-C too leaves no half of a folder
        shutil.rmtree(beside, ignore_errors=True)
        raise
