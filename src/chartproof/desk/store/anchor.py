"""The head of the audit chain, kept beside the database: what tells that rows were cut off its end.

A chain proves that nothing within it was changed; it cannot prove that it was not longer. So after each change that is
kept, the number and hash of the last row are written here and forced to the disk. A process that dies in between
leaves an anchor that is behind the chain, never one ahead of it.

An anchor that the chain no longer holds is evidence. It is not written over, and one that is gone is not made again:
`Store.write` looks first, and `verify` goes on telling until a person has seen to it.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from chartproof.desk.store.disk import write_whole
from chartproof.errors import StoreError


@dataclass(frozen=True, slots=True)
class Anchor:
    file: Path

    def begin(self) -> None:
        """Before the first row, so that an anchor that is missing later was taken away."""
        if not self.file.exists():
            write_whole(self.file, line(0, "0" * 64))

    def record(self, number: int, hash: str) -> None:
        """Keeps the higher of the two: with several processes the earlier change may come here later."""
        handle = os.open(self.file, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            known = parsed(os.pread(handle, 200, 0))
            if known and known[0] < number:
                # One line of one length, written over itself: less than a sector, so it is the old or the new.
                os.pwrite(handle, line(number, hash), 0)
                os.fsync(handle)
        finally:
            os.close(handle)

    def read(self) -> tuple[int, str] | None:
        """None where there is no such file. Raises StoreError CP-DESK-05 where the file is damaged."""
        try:
            data = self.file.read_bytes()
        except FileNotFoundError:
            return None
        if (known := parsed(data)) is None:
            raise StoreError("CP-DESK-05", "the recorded head of the audit chain is damaged", where=self.file.name)
        return known


def line(number: int, hash: str) -> bytes:
    return f"{number:020d} {hash}\n".encode()


def parsed(data: bytes) -> tuple[int, str] | None:
    number, _, hash = data.decode("ascii", "replace").strip().partition(" ")
    if not number.isdigit() or len(hash) != 64 or set(hash) - set("0123456789abcdef"):
        return None
    return int(number), hash
