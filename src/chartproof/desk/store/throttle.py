"""How often a login may be tried: per account name and per address. An unknown name is counted like a known one.

An attempt is counted before it is judged, so that a hundred at the same time are a hundred. A success forgets the
account's failures, and only its own attempt of the address's.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from chartproof.desk.store.schema import throttle
from chartproof.errors import RefusedError

#: Failures within WINDOW before a lock; each one after the lock doubles it, up to LONGEST.
ACCOUNT = 5
ADDRESS = 50
WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=5)
LONGEST = timedelta(hours=1)


def attempt(connection: Connection, name: str, address: str, *, now: datetime) -> None:
    """Counts one attempt. Raises RefusedError CP-DESK-22 with the minutes to wait where there were too many.

    Call it in a transaction of its own, which must be kept whatever comes of the login.
    """
    connection.execute(
        delete(throttle).where(
            throttle.c.first < now - WINDOW, or_(throttle.c.locked_until.is_(None), throttle.c.locked_until < now - WINDOW)
        )
    )  # fmt: skip
    keys = {account_key(name): ACCOUNT, address_key(address): ADDRESS}
    found = {row.id: row for row in connection.execute(select(throttle).where(throttle.c.id.in_(keys)))}
    until = max((row.locked_until for row in found.values() if row.locked_until), default=now)
    if until > now:
        minutes = -(-(until - now) // timedelta(minutes=1))
        raise RefusedError("CP-DESK-22", "there were too many attempts", then=f"Try again in {minutes} minutes.")
    for key, most in keys.items():
        failures = found[key].failures + 1 if key in found else 1
        lock = min(LOCK * 2 ** min(failures - most, 10), LONGEST) if failures >= most else None
        values = {"failures": failures, "locked_until": now + lock if lock else None}
        if key in found:
            connection.execute(update(throttle).where(throttle.c.id == key).values(values))
        else:
            connection.execute(insert(throttle).values(id=key, first=now, **values))


def succeeded(connection: Connection, name: str, address: str) -> None:
    connection.execute(delete(throttle).where(throttle.c.id == account_key(name)))
    connection.execute(
        update(throttle)
        .where(throttle.c.id == address_key(address))
        .values(failures=throttle.c.failures - 1, locked_until=None)
    )


def account_key(name: str) -> str:
    """Hashed: people type passwords into the field for the name."""
    return hashlib.sha256(f"account {name.strip().casefold()}".encode()).hexdigest()


def address_key(address: str) -> str:
    return hashlib.sha256(f"address {address}".encode()).hexdigest()
