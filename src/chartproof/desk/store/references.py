"""Which documents the tables name: what a backup takes along and what a sweep leaves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from chartproof.desk.store import audit
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.database import Store
from chartproof.desk.store.schema import (
    exchanged,
    exchanged_calls,
    exchanged_readings,
    files,
    judgements,
    packages,
    readings,
    rulings,
)


def needed(connection: Connection) -> set[str]:
    """What must be there: the files, what was read of them, the parts of the packages, what was exchanged."""
    found: set[str] = set()
    for column in (
        files.c.sha, readings.c.reading_sha, readings.c.review_sha, packages.c.review_sha,
        exchanged.c.request_sha, exchanged.c.answer_sha, exchanged_calls.c.request_sha, exchanged_calls.c.answer_sha,
        rulings.c.review_sha, rulings.c.answer_sha,
    ):  # fmt: skip
        found.update(connection.execute(select(column).distinct()).scalars())
    for column in (packages.c.parts, rulings.c.parts):
        for parts in connection.execute(select(column)).scalars():
            found.update(sha for _, sha, _ in parts)
    return found - {""}


def named(connection: Connection) -> set[str]:
    """What is needed, and what else may be asked for: a whole package, the review that a person had before them, and what was
    read of a document that may come again."""
    found = needed(connection)
    for column in (packages.c.sha, judgements.c.seen, exchanged_readings.c.reading_sha):
        found.update(connection.execute(select(column).distinct()).scalars())
    return found - {""}


def sweep(store: Store, actor: Actor, *, now: datetime) -> int:
    """Deletes the documents that no row names and that are older than a day. Returns how many."""
    with store.write() as connection:
        count = store.documents.delete_unreferenced(named(connection), now=now)
        if count:
            audit.append(connection, actor, "sweep", "document", "unnamed", now=now, detail={"count": count})
    return count
