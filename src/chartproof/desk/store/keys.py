"""The passphrase opens one small file, and that file holds the keys that encrypt.

So a passphrase can be changed without touching a document, and opening a connection derives nothing.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import pyrage

from chartproof.desk.store.disk import write_whole
from chartproof.errors import StoreError

NAME = "keys.age"


@dataclass(frozen=True, slots=True)
class Keys:
    """`database`: 64 hex digits for SQLCipher. `identity`: the age identity that reads the documents."""

    database: str = field(repr=False)
    identity: str = field(repr=False)

    def lock(self, data: bytes) -> bytes:
        return pyrage.encrypt(data, [pyrage.x25519.Identity.from_str(self.identity).to_public()])

    def unlock(self, data: bytes) -> bytes:
        return pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(self.identity)])


def open_keys(folder: Path, passphrase: str) -> Keys | None:
    """The keys of the store; None where it is not encrypted. Takes about a second: the passphrase is made slow to guess.

    Raises StoreError CP-DESK-02 for a wrong, missing or needless passphrase.
    """
    file = folder / NAME
    if file.exists():
        if not passphrase:
            raise StoreError("CP-DESK-02", "the store is encrypted", where=folder.name, then="Give its passphrase.")
        return read_keys(file, passphrase)
    if not passphrase:
        return None
    if any((folder / name).exists() for name in ("desk.sqlite3", "documents", "audit.head")):
        raise StoreError(
            "CP-DESK-02", "the store is not encrypted", where=folder.name,
            then="Open it without a passphrase; to encrypt it, back it up and restore it with one.",
        )  # fmt: skip
    keys = Keys(database=secrets.token_hex(32), identity=str(pyrage.x25519.Identity.generate()))
    write_keys(file, keys, passphrase)
    return keys


def read_keys(file: Path, passphrase: str) -> Keys:
    try:
        return Keys(**json.loads(pyrage.passphrase.decrypt(file.read_bytes(), passphrase)))
    except (pyrage.DecryptError, ValueError, TypeError):
        raise StoreError("CP-DESK-02", "the passphrase is wrong", where=file.parent.name) from None


def write_keys(file: Path, keys: Keys, passphrase: str) -> None:
    """Also how a passphrase is changed: read with the old one, write with the new."""
    plain = json.dumps({"database": keys.database, "identity": keys.identity}).encode()
    write_whole(file, pyrage.passphrase.encrypt(plain, passphrase))
