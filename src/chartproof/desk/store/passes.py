"""Tokens of the payer's callers and the assertions that they used, by digest, until they end.

The digests say nothing of a member and cannot be turned back into a token, so that no audit row goes with them: each call
that a token opens has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select

from chartproof.desk.store.database import Store
from chartproof.desk.store.schema import exchanged_passes

USED, TOKEN = "used", "token"


@dataclass(frozen=True, slots=True)
class Pass:
    """`ends` in seconds since 1970."""

    client: str
    scopes: tuple[str, ...]
    ends: float


def use(store: Store, digest: str, ends: float, *, now: float) -> bool:
    """Notes a used assertion; False where it was used before. Changes come one after the other, so that of two at once one
    is first."""
    with store.write(audited=False) as connection:
        connection.execute(delete(exchanged_passes).where(exchanged_passes.c.ends <= moment(now)))
        if connection.execute(select(exchanged_passes.c.id).where(exchanged_passes.c.id == digest)).first():
            return False
        connection.execute(
            insert(exchanged_passes).values(id=digest, kind=USED, client="", scopes="", ends=moment(ends))
        )
    return True


def grant(store: Store, digest: str, one: Pass) -> None:
    values = {
        "id": digest,
        "kind": TOKEN,
        "client": one.client,
        "scopes": " ".join(one.scopes),
        "ends": moment(one.ends),
    }
    with store.write(audited=False) as connection:
        connection.execute(insert(exchanged_passes).values(values))


def granted(store: Store, digest: str, *, now: float) -> Pass | None:
    query = select(exchanged_passes).where(
        exchanged_passes.c.id == digest, exchanged_passes.c.kind == TOKEN, exchanged_passes.c.ends > moment(now)
    )
    with store.read() as connection:
        row = connection.execute(query).first()
    return Pass(row.client, tuple(row.scopes.split()), row.ends.timestamp()) if row else None


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
