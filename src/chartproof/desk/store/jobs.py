"""Work that outlives a request: a queue in a table. Several processes take from it; each piece is done by one at a time.

Who takes a job holds it for a while (the lease) and says now and then that they live. A process that dies stops saying
so, and the job is taken again. What a job does must therefore bear being done twice; a holder who was too slow is told
when it next speaks, and can no longer end the job.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from chartproof.desk.store import audit
from chartproof.desk.store.audit import DESK, Actor
from chartproof.desk.store.database import Store
from chartproof.desk.store.rows import as_row, new_id
from chartproof.desk.store.schema import jobs
from chartproof.errors import ConflictError, NotFoundError

LEASE = timedelta(seconds=60)

#: Before the second attempt; each further one waits twice as long.
PAUSE = timedelta(seconds=10)
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Job:
    """`state`: waiting, running, done, failed. `done` of `total` pages; `message`: the file's name; `code` if failed.

    `leased_by` is the proof of who holds it; pass the job as it was taken to `beat`, `finish` and `fail`.
    """

    id: str
    kind: str
    case: str | None
    payload: dict[str, Any]
    state: str
    attempts: int
    most_attempts: int
    done: int
    total: int
    message: str
    code: str
    leased_by: str
    lease_until: datetime | None
    not_before: datetime
    created: datetime
    ended: datetime | None


def add(
    connection: Connection,
    actor: Actor,
    kind: str,
    *,
    case: str | None = None,
    payload: Mapping[str, Any] | None = None,
    most_attempts: int = ATTEMPTS,
    now: datetime,
) -> Job:
    """A new job; where the case has one of this kind that nobody has begun, that one."""
    if case:
        query = select(jobs).where(jobs.c.case == case, jobs.c.kind == kind, jobs.c.state == "waiting")
        row = connection.execute(query.where(jobs.c.attempts == 0)).first()
        if row and row.payload == dict(payload or {}):
            return as_row(Job, row)
    job = new_id()
    connection.execute(
        insert(jobs).values(
            id=job, kind=kind, case=case, payload=dict(payload or {}), state="waiting", most_attempts=most_attempts,
            not_before=now, created=now,
        )
    )  # fmt: skip
    audit.append(connection, actor, "create", "job", job, now=now, detail={"kind": kind, "case": case or "none"})
    return get(connection, job)


def take(store: Store, kinds: Collection[str], *, now: datetime, lease: timedelta = LEASE) -> Job | None:
    """The job that has waited longest, now held until `now + lease`; None where there is none."""
    query = select(jobs).where(jobs.c.kind.in_(kinds), free(now)).order_by(jobs.c.not_before, jobs.c.id).limit(1)
    with store.read() as connection:
        if connection.execute(query).first() is None:  # who only looks takes nobody's turn
            return None
    with store.write(audited=False) as connection:
        while True:
            row = connection.execute(query.with_for_update(skip_locked=True)).first()  # SQLite is locked as a whole
            if row is None:
                return None
            if row.attempts < row.most_attempts:
                break
            put(connection, row.id, state="failed", code="CP-DESK-61", ended=now, leased_by="")  # its last holder died
        put(connection, row.id, state="running", attempts=row.attempts + 1, leased_by=new_id(), lease_until=now + lease)
        return get(connection, row.id)


def beat(
    store: Store, job: Job, *, done: int, total: int, message: str, now: datetime, lease: timedelta = LEASE
) -> None:
    """Still alive, and this far. Raises ConflictError CP-DESK-60 where another holds the job by now: stop working."""
    with store.write(audited=False) as connection:
        held(connection, job)
        put(connection, job.id, done=done, total=total, message=message, lease_until=now + lease)


def finish(connection: Connection, job: Job, *, now: datetime) -> Job:
    """In the transaction that keeps the job's results, so that both are there or neither. Raises as `beat` does."""
    held(connection, job)
    put(connection, job.id, state="done", ended=now, leased_by="", lease_until=None)
    audit.append(connection, DESK, "run", "job", job.id, now=now, detail={"attempts": job.attempts})
    return get(connection, job.id)


def fail(connection: Connection, job: Job, code: str, *, again: bool, now: datetime) -> Job:
    """`again`: try later, while attempts are left; without it the job will not get better. Raises as `beat` does."""
    held(connection, job)
    if again and job.attempts < job.most_attempts:
        pause = PAUSE * 2 ** (job.attempts - 1)
        put(connection, job.id, state="waiting", code=code, not_before=now + pause, leased_by="", lease_until=None)
    else:
        put(connection, job.id, state="failed", code=code, ended=now, leased_by="", lease_until=None)
    audit.append(connection, DESK, "run", "job", job.id, now=now, outcome="failure",
                 detail={"attempts": job.attempts, "code": audit.code(code)})  # fmt: skip
    return get(connection, job.id)


def get(connection: Connection, job: str) -> Job:
    """Raises NotFoundError CP-DESK-62."""
    row = connection.execute(select(jobs).where(jobs.c.id == job)).first()
    if row is None:
        raise NotFoundError("CP-DESK-62", "there is no such job")
    return as_row(Job, row)


def of_case(connection: Connection, case: str) -> tuple[Job, ...]:
    """The latest first."""
    query = select(jobs).where(jobs.c.case == case).order_by(jobs.c.created.desc(), jobs.c.id)
    return tuple(as_row(Job, row) for row in connection.execute(query))


def free(now: datetime) -> ColumnElement[bool]:
    waiting = and_(jobs.c.state == "waiting", jobs.c.not_before <= now)
    return or_(waiting, and_(jobs.c.state == "running", jobs.c.lease_until < now))


def held(connection: Connection, job: Job) -> None:
    query = select(jobs.c.leased_by).where(jobs.c.id == job.id, jobs.c.state == "running").with_for_update()
    if not job.leased_by or connection.execute(query).scalar() != job.leased_by:
        raise ConflictError("CP-DESK-60", "another process has this job by now", then="Leave it.")


def put(connection: Connection, job: str, **values: Any) -> None:
    connection.execute(update(jobs).where(jobs.c.id == job).values(**values))
