"""The passphrase opens one small file, and that file holds the keys that encrypt.

So a passphrase can be changed without touching a document, and opening a connection derives nothing. From passphrase
and salt, argon2id makes the age identity that opens the file. age's own passphrases would do the same with scrypt, but
choose by a measurement how hard it is: on a quick machine that takes a gigabyte of memory.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyrage
from argon2.exceptions import Argon2Error
from argon2.low_level import Type, hash_secret_raw

from chartproof.desk.store.disk import write_whole
from chartproof.errors import StoreError

NAME = "keys.json"

#: Passes, memory in KiB, threads: the second choice of RFC 9106. Kept in the file, so that it can be raised later.
COST = {"passes": 3, "memory": 65536, "threads": 4}


@dataclass(frozen=True, slots=True)
class Keys:
    """`database`: 64 hex digits for SQLCipher. `identity`: the age identity that reads the documents."""

    database: str = field(repr=False)
    identity: str = field(repr=False)

    def lock(self, data: bytes) -> bytes:
        return lock(data, self.identity)

    def unlock(self, data: bytes) -> bytes:
        """Raises pyrage.DecryptError where it was not locked with these keys, or was changed."""
        return unlock(data, self.identity)


def lock(data: bytes, identity: str) -> bytes:
    return pyrage.encrypt(data, [pyrage.x25519.Identity.from_str(identity).to_public()])


def unlock(data: bytes, identity: str) -> bytes:
    return pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(identity)])


def open_keys(folder: Path, passphrase: str) -> Keys | None:
    """The keys of the store; None where it is not encrypted. Takes a few tenths of a second, so that guessing is slow.

    Raises StoreError CP-DESK-02 for a wrong, missing or needless passphrase.
    """
    file = folder / NAME
    # Looked for before the keys: a process that opens the store at the same time makes the keys first.
    begun = any((folder / name).exists() for name in ("desk.sqlite3", "documents", "audit.head"))
    if file.exists():
        if not passphrase:
            raise StoreError("CP-DESK-02", "the store is encrypted", where=folder.name, then="Give its passphrase.")
        return read_keys(file, passphrase)
    if not passphrase:
        return None
    if begun:
        raise StoreError(
            "CP-DESK-02", "the store is not encrypted", where=folder.name,
            then="Open it without a passphrase; to encrypt it, back it up and restore it with one.",
        )  # fmt: skip
    keys = new_keys()
    try:
        write_whole(file, json.dumps(sealed(keys, passphrase)).encode(), new=True)
    except FileExistsError:
        return read_keys(file, passphrase)
    return keys


def new_keys() -> Keys:
    return Keys(database=secrets.token_hex(32), identity=str(pyrage.x25519.Identity.generate()))


def read_keys(file: Path, passphrase: str) -> Keys:
    try:
        keys = unsealed(json.loads(file.read_bytes()), passphrase)
    except ValueError:
        raise StoreError("CP-DESK-02", "the file with the keys is damaged", where=file.name) from None
    if keys is None:
        raise StoreError("CP-DESK-02", "the passphrase is wrong", where=file.parent.name)
    return keys


def change_passphrase(folder: Path, old: str, new: str) -> None:
    """Nothing but the file with the keys is written. Raises StoreError CP-DESK-02 where `old` is wrong."""
    keys = read_keys(folder / NAME, old)
    write_whole(folder / NAME, json.dumps(sealed(keys, new)).encode())


def sealed(keys: Keys, passphrase: str) -> dict[str, Any]:
    """The keys as a JSON object that the passphrase opens."""
    salt = secrets.token_bytes(16)
    plain = json.dumps({"database": keys.database, "identity": keys.identity}).encode()
    locked = base64.b64encode(lock(plain, identity_of(passphrase, salt, COST))).decode()
    return {**COST, "salt": salt.hex(), "locked": locked}


def unsealed(kept: Any, passphrase: str) -> Keys | None:
    """None for a wrong passphrase. Raises ValueError for what `sealed` did not write."""
    try:
        cost = {word: int(kept[word]) for word in COST}
        if any(cost[word] > 64 * most for word, most in COST.items()):
            raise ValueError("a cost that nobody chose")
        identity = identity_of(passphrase, bytes.fromhex(kept["salt"]), cost)
        return Keys(**json.loads(unlock(base64.b64decode(kept["locked"]), identity)))
    except pyrage.DecryptError:
        return None
    except (KeyError, TypeError, Argon2Error) as error:
        raise ValueError("these are no keys") from error


def identity_of(passphrase: str, salt: bytes, cost: dict[str, int]) -> str:
    """The age identity that follows from a passphrase."""
    secret = hash_secret_raw(
        passphrase.encode(), salt, time_cost=cost["passes"], memory_cost=cost["memory"],
        parallelism=cost["threads"], hash_len=32, type=Type.ID,
    )  # fmt: skip
    return bech32("age-secret-key-", secret).upper()


def bech32(kind: str, data: bytes) -> str:
    """BIP 173's writing of bytes, which age uses for its identities."""
    bits = int.from_bytes(data) << (-len(data) * 8 % 5)
    count = -(-len(data) * 8 // 5)
    values = [bits >> 5 * (count - 1 - place) & 31 for place in range(count)]
    check = 1
    for value in [*(ord(sign) >> 5 for sign in kind), 0, *(ord(sign) & 31 for sign in kind), *values, *[0] * 6]:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> place & 1 else 0
    check ^= 1
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    return f"{kind}1" + "".join(
        letters[value] for value in [*values, *(check >> 5 * place & 31 for place in range(5, -1, -1))]
    )
