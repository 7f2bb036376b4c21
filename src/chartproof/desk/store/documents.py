"""Bytes by their sha256: what was uploaded, what was read of it, what was packed. Never changed, never half there.

The name of an encrypted document is the sha256 of what it says, so one who has a document can tell that it is here.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import pyrage

from chartproof.desk.store.disk import force, write_whole
from chartproof.desk.store.keys import Keys
from chartproof.errors import NotFoundError, StoreError

#: A document is put before the row that names it. Until that row must have come, it is not swept.
GRACE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Documents:
    folder: Path
    keys: Keys | None = None

    def put(self, data: bytes | Iterable[bytes]) -> str:
        """Keeps the bytes, whole or in parts; they are on the disk when this returns their sha256, in hex.

        Raises StoreError CP-DESK-08 where the disk is full or cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Nothing unencrypted touches the disk of an encrypted store.
        with io.BytesIO() if self.keys else tempfile.TemporaryFile(dir=self.folder) as spool:
            digest = hashlib.sha256()
            for part in (data,) if isinstance(data, bytes) else data:
                digest.update(part)
                with told_plainly():
                    spool.write(part)
            sha = digest.hexdigest()
            file = self.place(sha)
            if self.whole(sha):
                os.utime(file)  # it is wanted again: the sweep lets it be
                return sha
            spool.seek(0)
            with told_plainly():
                if not file.parent.exists():
                    file.parent.mkdir(exist_ok=True, mode=0o700)
                    force(self.folder)
                write_whole(file, self.keys.lock(spool.read()) if self.keys else parts(spool))
        return sha

    def get(self, sha: str) -> bytes:
        """The bytes, checked. Raises NotFoundError CP-DESK-06, StoreError CP-DESK-07 where they are not what was put."""
        try:
            data = self.place(sha).read_bytes()
            plain = self.keys.unlock(data) if self.keys else data
        except FileNotFoundError:
            raise NotFoundError("CP-DESK-06", "the document is not in the store", where=sha[:12]) from None
        except pyrage.DecryptError:
            plain = b""
        if hashlib.sha256(plain).hexdigest() != sha:
            raise StoreError("CP-DESK-07", "the document was damaged", where=sha[:12], then="Restore it from a backup.")
        return plain

    def has(self, sha: str) -> bool:
        return self.place(sha).is_file()

    def whole(self, sha: str) -> bool:
        """Whether it is there and undamaged: a damaged one is mended when it is put again."""
        try:
            self.get(sha)
            return True
        except StoreError:
            return False

    def all(self) -> Iterator[str]:
        """The sha256 of each document, in order."""
        for file in sorted(self.folder.glob("??/*")):
            if not file.name.startswith("."):
                yield file.name

    def delete_unreferenced(self, referenced: Collection[str], *, now: datetime) -> int:
        """Deletes what no row names, and what a killed process left half-written, when older than a day.

        Returns how many. Call it inside `Store.write()`, so that no row comes to name one meanwhile.
        """
        before = (now - GRACE).timestamp()
        swept = [
            file
            for file in self.folder.glob("??/*")
            if file.name not in referenced and file.stat().st_mtime < before
        ]  # fmt: skip
        for file in swept:
            file.unlink()
        return len(swept)

    def place(self, sha: str) -> Path:
        if len(sha) != 64 or set(sha) - set("0123456789abcdef"):
            raise NotFoundError("CP-DESK-06", "this is no document's name")
        return self.folder / sha[:2] / sha


@contextmanager
def told_plainly() -> Iterator[None]:
    """Only around our own writing: an upload that breaks off is the caller's to tell."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            "CP-DESK-08", f"the document cannot be kept: {error.strerror}", then="See to the disk."
        ) from None


def parts(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(1 << 20):
        yield part
