"""What came to the payer's side and how it was answered: kept whole, found by its numbers, until the store itself goes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from chartproof.desk.store import audit
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.database import Store
from chartproof.desk.store.rows import as_row
from chartproof.desk.store.schema import (
    exchanged,
    exchanged_calls,
    exchanged_cases,
    exchanged_contexts,
    exchanged_names,
    exchanged_readings,
    rulings,
)

#: Longer names are cut: nobody's number is longer, and a hostile one fills no index.
LONGEST = 400
#: What an audit row does not take; a caller chooses the address.
NOT_PLAIN = re.compile(r"[^A-Za-z0-9_./-]")


@dataclass(frozen=True, slots=True)
class Exchanged:
    """`id` is the payer's number, `digest` of the request's content; the bytes lie in `Store.documents`. The newest answer
    has the highest `turn`, which the store gives."""

    id: str
    digest: str
    numbers: list[str]
    members: list[str]
    providers: list[str]
    replaces: str
    approved: str
    settled: bool
    request_sha: str
    answer_sha: str
    received: datetime
    answered: datetime
    turn: int = 0


def keep(store: Store, actor: Actor, one: Exchanged, names: Mapping[str, Collection[str]]) -> None:
    """Puts one, or its newer answer in the older one's place. What is not settled takes no settled one's place, and what a
    clinician ruled stands.

    names   kind (number, member, replaces) -> the names under which it is found
    """
    with store.write() as connection:
        before = same(connection, one.digest)
        if before and ((before.settled and not one.settled) or is_ruled(connection, before.id)):
            return
        last = connection.execute(select(func.max(exchanged.c.turn))).scalar() or 0
        values = {name: getattr(one, name) for name in one.__slots__} | {"turn": last + 1}
        if before:
            values["received"] = before.received
            connection.execute(update(exchanged).where(exchanged.c.id == before.id).values(values))
            connection.execute(delete(exchanged_names).where(exchanged_names.c.exchanged == before.id))
        else:
            connection.execute(insert(exchanged).values(values))
        rows = {(kind, name[:LONGEST]) for kind, found in names.items() for name in found}
        if rows:
            made = [{"exchanged": one.id, "kind": kind, "name": name} for kind, name in sorted(rows)]
            connection.execute(insert(exchanged_names), made)
        action = "update" if before else "create"
        told = {"settled": str(one.settled).lower(), "approved": one.approved or "nothing"}
        audit.append(connection, actor, action, "exchange", one.id, now=one.answered, detail=told)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operation. `client` is "" where nobody is asked who they are."""

    id: str
    operation: str
    client: str
    status: int
    milliseconds: int
    request_sha: str
    answer_sha: str
    at: datetime


def note(store: Store, actor: Actor, call: Call) -> None:
    """Notes a call, in the chain of the audit too: in a dispute it shows what was asked and answered, and when."""
    with store.write() as connection:
        connection.execute(insert(exchanged_calls).values({name: getattr(call, name) for name in call.__slots__}))
        told: dict[str, str | int] = {"operation": NOT_PLAIN.sub("", call.operation), "status": call.status}
        audit.append(connection, actor, "run", "exchange", call.id, now=call.at, detail=told)


def calls(connection: Connection, *, since: datetime, until: datetime) -> tuple[Call, ...]:
    """The calls from `since` up to `until`, in their order."""
    query = select(exchanged_calls).where(exchanged_calls.c.at >= since, exchanged_calls.c.at < until)
    rows = connection.execute(query.order_by(exchanged_calls.c.at, exchanged_calls.c.id))
    return tuple(as_row(Call, row) for row in rows)


def same(connection: Connection, digest: str) -> Exchanged | None:
    row = connection.execute(select(exchanged).where(exchanged.c.digest == digest)).first()
    return as_row(Exchanged, row) if row else None


def named(connection: Connection, kind: str, names: Collection[str]) -> tuple[Exchanged, ...]:
    """Those known by one of the names, the newest first."""
    known = select(exchanged_names.c.exchanged).where(
        exchanged_names.c.kind == kind, exchanged_names.c.name.in_([one[:LONGEST] for one in names])
    )
    query = select(exchanged).where(exchanged.c.id.in_(known)).order_by(exchanged.c.turn.desc())
    return tuple(as_row(Exchanged, row) for row in connection.execute(query))


def of_reference(connection: Connection, one: str) -> Exchanged | None:
    """By the payer's own number."""
    row = connection.execute(select(exchanged).where(exchanged.c.id == one)).first()
    return as_row(Exchanged, row) if row else None


def of_case(connection: Connection, case: str) -> tuple[Exchanged, date | None] | None:
    """The request that a case was made of, with the day by which to decide; None where a person made the case."""
    query = select(exchanged_cases).where(exchanged_cases.c.case == case)
    link = connection.execute(query).first()
    row = connection.execute(select(exchanged).where(exchanged.c.id == link.exchanged)).first() if link else None
    return (as_row(Exchanged, row), link.due) if link and row else None


def case_of(connection: Connection, one: str) -> str:
    """The case in which a request is decided; "" where it has none."""
    query = select(exchanged_cases.c.case).where(exchanged_cases.c.exchanged == one)
    return connection.execute(query).scalar() or ""


def lead_to(connection: Connection, one: str, case: str, due: date | None) -> None:
    """The case in which a person decides the request, and the day by which."""
    connection.execute(insert(exchanged_cases).values(exchanged=one, case=case, due=due))


def is_ruled(connection: Connection, one: str) -> bool:
    """Whether a clinician approved or denied it: the rest is history."""
    query = select(rulings.c.id).where(rulings.c.exchanged == one, rulings.c.outcome.in_(("approve", "deny")))
    return connection.execute(query).first() is not None


def waiting(connection: Connection) -> tuple[str, ...]:
    """The cases in which a request waits to be ruled on."""
    ruled = select(rulings.c.exchanged).where(rulings.c.outcome.in_(("approve", "deny")))
    query = select(exchanged_cases.c.case).where(exchanged_cases.c.exchanged.not_in(ruled))
    return tuple(connection.execute(query.order_by(exchanged_cases.c.case)).scalars())


def unsettled(connection: Connection) -> tuple[Exchanged, ...]:
    """Those whose documents were still being read, the oldest first."""
    query = select(exchanged).where(exchanged.c.settled.is_(False)).order_by(exchanged.c.turn)
    return tuple(as_row(Exchanged, row) for row in connection.execute(query))


def remember(store: Store, context: str, policy: str) -> None:
    """Which policy a coverage answer spoke of. It says nothing of a member, so that no audit row goes with it."""
    with store.write(audited=False) as connection:
        connection.execute(delete(exchanged_contexts).where(exchanged_contexts.c.id == context))
        connection.execute(insert(exchanged_contexts).values(id=context, policy=policy))


def policy_of(connection: Connection, context: str) -> str:
    query = select(exchanged_contexts.c.policy).where(exchanged_contexts.c.id == context)
    return connection.execute(query).scalar() or ""


def reading_of(connection: Connection, name: str) -> str:
    """The sha256 of what was read of a document, by the name that says which document and which reader; "" where none."""
    query = select(exchanged_readings.c.reading_sha).where(exchanged_readings.c.id == name)
    return connection.execute(query).scalar() or ""


def keep_reading(store: Store, name: str, reading_sha: str, *, now: datetime) -> None:
    """Notes what was read. The document's own rows are in the audit; this says nothing new of it."""
    with store.write(audited=False) as connection:
        connection.execute(delete(exchanged_readings).where(exchanged_readings.c.id == name))
        connection.execute(insert(exchanged_readings).values(id=name, reading_sha=reading_sha, at=now))
