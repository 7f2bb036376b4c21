"""What was read of a case's files and what was decided from it: two documents for each reading, by their hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from chartproof.desk.store import audit, packages
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.rows import new_id
from chartproof.desk.store.schema import readings
from chartproof.errors import ConflictError, NotFoundError


@dataclass(frozen=True, slots=True)
class Reading:
    """`of_files`: the sha256 of each file that was read. `state`: reading, done, failed (then `code` says why)."""

    id: str
    case: str
    state: str
    of_files: tuple[str, ...]
    reading_sha: str
    review_sha: str
    code: str
    started: datetime
    ended: datetime | None


def start(connection: Connection, actor: Actor, case: str, of_files: Sequence[str], *, now: datetime) -> Reading:
    reading = new_id()
    connection.execute(
        insert(readings).values(id=reading, case=case, state="reading", of_files=list(of_files), started=now)
    )
    audit.append(
        connection, actor, "create", "reading", reading, now=now, detail={"case": case, "files": len(of_files)}
    )
    return get(connection, reading)


def done(
    connection: Connection, actor: Actor, reading: str, *, reading_sha: str, review_sha: str, now: datetime
) -> Reading:
    """Keeps the result. Voids a signature where the package under it rests on another review."""
    seen = end(connection, actor, reading, now, state="done", reading_sha=reading_sha, review_sha=review_sha)
    packages.outdate(connection, actor, seen.case, why="read_again", now=now, unless_review=review_sha)
    return seen


def reviewed(connection: Connection, actor: Actor, reading: str, review_sha: str, *, now: datetime) -> Reading:
    """Decided again from the same reading, as after a judgement."""
    if get(connection, reading).state != "done":
        raise ConflictError("CP-DESK-32", "this reading is not done", then="Wait until the files are read.")
    connection.execute(update(readings).where(readings.c.id == reading).values(review_sha=review_sha))
    audit.append(connection, actor, "update", "reading", reading, now=now, detail={"review": review_sha})
    seen = get(connection, reading)
    packages.outdate(connection, actor, seen.case, why="decided_again", now=now, unless_review=review_sha)
    return seen


def failed(connection: Connection, actor: Actor, reading: str, code: str, *, now: datetime) -> Reading:
    return end(connection, actor, reading, now, state="failed", code=code)


def end(connection: Connection, actor: Actor, reading: str, now: datetime, **values: Any) -> Reading:
    if get(connection, reading).ended:
        raise ConflictError("CP-DESK-32", "this reading has ended", then="Start another.")
    connection.execute(update(readings).where(readings.c.id == reading).values(ended=now, **values))
    audit.append(connection, actor, "update", "reading", reading, now=now, detail={"state": values["state"]})
    return get(connection, reading)


def get(connection: Connection, reading: str) -> Reading:
    """Raises NotFoundError CP-DESK-31."""
    row = connection.execute(select(readings).where(readings.c.id == reading)).first()
    if row is None:
        raise NotFoundError("CP-DESK-31", "there is no such reading")
    return made(row._mapping)


def latest(connection: Connection, case: str, *, state: str = "") -> Reading | None:
    """The last that was started; with `state`, the last of that state."""
    query = select(readings).where(readings.c.case == case).order_by(readings.c.started.desc(), readings.c.id).limit(1)
    if state:
        query = query.where(readings.c.state == state)
    row = connection.execute(query).first()
    return made(row._mapping) if row else None


def made(row: Any) -> Reading:
    return Reading(**{**row, "of_files": tuple(row["of_files"])})
