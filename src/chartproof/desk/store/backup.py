"""One file with all that the desk keeps, taken while it runs; and back into an empty place, whole or not at all.

The file is a tar archive (`tables/*.jsonl`, `documents/*`, `manifest.json` with the sha256 of each), and after its end
the sha256 of all before, in hex. With a passphrase there is also `keys.json`, which opens with it, and every other
member is an age file. The tables are read in one view: a change that is made meanwhile is there whole or not at all.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from chartproof.desk.store import audit, dump
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.database import Store
from chartproof.desk.store.disk import force
from chartproof.desk.store.keys import Keys, new_keys, sealed
from chartproof.desk.store.migrate import revision_of
from chartproof.desk.store.references import named, needed
from chartproof.desk.store.rows import moment_text
from chartproof.errors import StoreError

FORMAT = 1
MANIFEST = "manifest.json"
KEYS = "keys.json"
PART = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """`head` of the audit chain: note it elsewhere, `verify` takes it. `lost`: documents that rows name and are not there.

    `state` is the sha256 of all tables (see `dump.state`).
    """

    at: str
    revision: str
    head: tuple[int, str]
    state: str
    rows: int
    documents: int
    lost: tuple[str, ...]


def backup(store: Store, file: Path, actor: Actor, *, key: str = "", now: datetime) -> Backup:
    """Writes `file`, whole or not at all. `key` is the passphrase that opens it; an encrypted store asks for one.

    Raises StoreError CP-DESK-71: an encrypted store and no passphrase; CP-DESK-72: the file cannot be written.
    """
    if store.keys and not key:
        raise StoreError("CP-DESK-71", "the store is encrypted, so its backup is", then="Give a passphrase for it.")
    with store.write() as connection:
        audit.append(connection, actor, "backup", "desk", "store", now=now)
    keys = new_keys() if key else None
    try:
        with written_beside(file) as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
                if keys:
                    put(archive, KEYS, io.BytesIO(json.dumps(sealed(keys, key)).encode()), None)
                made = write_members(store, archive, keys, now)
            out.flush()
            out.seek(0)
            out.write(hash_of(parts(out)).encode())
    except OSError as error:
        raise StoreError("CP-DESK-72", f"the backup cannot be written: {error.strerror}", where=file.name) from None
    return made


def write_members(store: Store, archive: tarfile.TarFile, keys: Keys | None, now: datetime) -> Backup:
    members: dict[str, str] = {}
    lost: set[str] = set()
    rows = 0
    with store.read() as connection:
        for name, table in dump.tables(connection).items():
            with io.BytesIO() if keys else tempfile.TemporaryFile() as lines:
                for line in dump.lines(connection, table):
                    lines.write(line)
                    rows += 1
                rows -= 1  # the line with the columns
                members[f"tables/{name}.jsonl"] = put(archive, f"tables/{name}.jsonl", lines, keys)
        for sha in sorted(named(connection)):
            try:
                data = io.BytesIO(store.documents.get(sha))
            except StoreError:
                lost.add(sha)  # not there or damaged: the rest is saved all the same
            else:
                members[f"documents/{sha}"] = put(archive, f"documents/{sha}", data, keys)
        made = Backup(
            at=moment_text(now), revision=revision_of(connection), head=audit.head(connection),
            state=dump.state(connection), rows=rows, lost=tuple(sorted(lost & needed(connection))),
            documents=sum(name.startswith("documents/") for name in members),
        )  # fmt: skip
    manifest = {**record(made), "format": FORMAT, "members": members}
    put(archive, MANIFEST, io.BytesIO(json.dumps(manifest, indent=1, sort_keys=True).encode()), keys)
    return made


def record(made: Backup) -> dict[str, Any]:
    return {
        "at": made.at, "revision": made.revision, "head": list(made.head), "state": made.state, "rows": made.rows,
        "documents": made.documents, "lost": list(made.lost),
    }  # fmt: skip


def put(archive: tarfile.TarFile, name: str, data: IO[bytes], keys: Keys | None) -> str:
    """Adds one member and returns the sha256 of it as it lies there. Nothing of this machine is in its head."""
    data.seek(0)
    if keys:
        data = io.BytesIO(keys.lock(data.read()))
    member = tarfile.TarInfo(name)
    member.size, member.mode = data.seek(0, os.SEEK_END), 0o600
    data.seek(0)
    digest = hash_of(parts(data))
    data.seek(0)
    archive.addfile(member, data)
    return digest


def hash_of(data: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for part in data:
        digest.update(part)
    return digest.hexdigest()


def parts(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(PART):
        yield part


@contextmanager
def written_beside(file: Path) -> Iterator[IO[bytes]]:
    beside = file.with_name(f".{file.name}.part")
    handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w+b") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except BaseException:  # Ctrl-C too leaves no half of a backup
        beside.unlink(missing_ok=True)
        raise
    force(file.parent)
