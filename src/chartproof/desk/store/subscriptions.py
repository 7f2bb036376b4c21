"""Who is told of answers: subscriptions of the payer's side, and up to which answer each was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from chartproof.desk.store import audit
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.exchanged import Exchanged
from chartproof.desk.store.rows import as_row
from chartproof.desk.store.schema import exchanged, exchanged_subscriptions

#: Failures one after the other until nobody is told any more, until the client asks again.
PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Subscribed:
    """`told` is the turn of the last answer that was sent; `failures` in a row since."""

    id: str
    client: str
    organization: str
    endpoint: str
    state: str
    resource: dict[str, Any]
    events: int
    told: int
    failures: int
    changed: datetime


def put(
    connection: Connection, actor: Actor, name: str, *, client: str, organization: str, endpoint: str, state: str,
    resource: dict[str, Any], now: datetime,
) -> Subscribed:  # fmt: skip
    """Keeps one, or its newer form; it is told of what is answered from now on."""
    seen = get(connection, name)
    last = connection.execute(select(func.max(exchanged.c.turn))).scalar() or 0
    values = {
        "client": client, "organization": organization, "endpoint": endpoint, "state": state, "resource": resource,
        "failures": 0, "changed": now,
    }  # fmt: skip
    if seen:
        connection.execute(update(exchanged_subscriptions).where(exchanged_subscriptions.c.id == name).values(values))
    else:
        connection.execute(insert(exchanged_subscriptions).values(id=name, events=0, told=last, **values))
    audit.append(connection, actor, "update" if seen else "create", "subscription", name, now=now)
    found = get(connection, name)
    assert found is not None
    return found


def get(connection: Connection, name: str) -> Subscribed | None:
    row = connection.execute(select(exchanged_subscriptions).where(exchanged_subscriptions.c.id == name)).first()
    return as_row(Subscribed, row) if row else None


def remove(connection: Connection, actor: Actor, name: str, *, now: datetime) -> None:
    connection.execute(delete(exchanged_subscriptions).where(exchanged_subscriptions.c.id == name))
    audit.append(connection, actor, "remove", "subscription", name, now=now)


def active(connection: Connection) -> tuple[Subscribed, ...]:
    query = select(exchanged_subscriptions).where(exchanged_subscriptions.c.state == "active")
    return tuple(as_row(Subscribed, row) for row in connection.execute(query.order_by(exchanged_subscriptions.c.id)))


def untold(connection: Connection, one: Subscribed) -> tuple[Exchanged, ...]:
    """The settled answers to the organization's requests of which it was not told, the oldest first."""
    query = (
        select(exchanged).where(exchanged.c.turn > one.told, exchanged.c.settled.is_(True)).order_by(exchanged.c.turn)
    )
    found = (as_row(Exchanged, row) for row in connection.execute(query))
    return tuple(row for row in found if one.organization in row.providers)


def told(connection: Connection, actor: Actor, one: Subscribed, turn: int, *, now: datetime) -> None:
    values = {"told": turn, "events": one.events + 1, "failures": 0, "changed": now}
    connection.execute(update(exchanged_subscriptions).where(exchanged_subscriptions.c.id == one.id).values(values))
    audit.append(connection, actor, "send", "subscription", one.id, now=now, detail={"turn": turn})


def failed(connection: Connection, actor: Actor, one: Subscribed, *, now: datetime) -> None:
    state = "error" if one.failures + 1 >= PATIENCE else one.state
    values = {"failures": one.failures + 1, "state": state, "changed": now}
    connection.execute(update(exchanged_subscriptions).where(exchanged_subscriptions.c.id == one.id).values(values))
    if state != one.state:
        audit.append(connection, actor, "send", "subscription", one.id, now=now, outcome="failure")
