"""What is asked for, of whom, by when: the list of what the chart does not have."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from chartproof.desk.store import audit
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.cases import opened_by
from chartproof.desk.store.rows import as_row, new_id
from chartproof.desk.store.schema import cases, requests
from chartproof.errors import NotFoundError, RefusedError

#: Those that are over come last.
STATES = ("open", "asked", "received", "called_off")
OVER = ("received", "called_off")


@dataclass(frozen=True, slots=True)
class Wish:
    """`what` (an echocardiogram of the last 60 days), `of_whom` (cardiology); `judgement` is what it came from."""

    what: str
    of_whom: str
    criterion: str = ""
    owner: str | None = None
    due: date | None = None
    judgement: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    id: str
    case: str
    judgement: str | None
    what: str
    of_whom: str
    criterion: str
    owner: str | None
    due: date | None
    state: str
    by: str
    at: datetime
    ended: datetime | None


def ask(connection: Connection, actor: Actor, case: str, wish: Wish, *, now: datetime) -> Request:
    """Raises RefusedError CP-DESK-43 where nothing is asked for."""
    if not wish.what.strip():
        raise RefusedError("CP-DESK-43", "a request says what is asked for")
    request = new_id()
    connection.execute(
        insert(requests).values(id=request, case=case, **asdict(wish), state="open", by=actor.who, at=now)
    )
    audit.append(connection, actor, "request", "request", request, now=now, detail={"case": case})
    return get(connection, request)


def change(
    connection: Connection,
    actor: Actor,
    request: str,
    *,
    now: datetime,
    owner: str | None,
    due: date | None,
    state: str,
) -> Request:
    """Hands it on, moves its day, or says what became of it."""
    if state not in STATES:
        raise ValueError(f"a request is never {state}")
    seen = get(connection, request)
    ended = (seen.ended or now) if state in OVER else None
    values: dict[str, Any] = {"owner": owner, "due": due, "state": state, "ended": ended}
    connection.execute(update(requests).where(requests.c.id == request).values(values))
    audit.append(connection, actor, "update", "request", request, now=now, detail={"state": state})
    return get(connection, request)


def get(connection: Connection, request: str) -> Request:
    """Raises NotFoundError CP-DESK-44."""
    row = connection.execute(select(requests).where(requests.c.id == request)).first()
    if row is None:
        raise NotFoundError("CP-DESK-44", "there is no such request")
    return as_row(Request, row)


def listed(connection: Connection, case: str) -> tuple[Request, ...]:
    """All of a case: those still open first, by day."""
    query = select(requests).where(requests.c.case == case)
    return tuple(as_row(Request, row) for row in connection.execute(query.order_by(*BY_DAY)))


def open_for(connection: Connection, user: str) -> tuple[Request, ...]:
    """What is still open in all cases that `user` may open, by day."""
    query = (
        select(requests).join(cases, cases.c.id == requests.c.case).where(opened_by(user), requests.c.ended.is_(None))
    )
    return tuple(as_row(Request, row) for row in connection.execute(query.order_by(*BY_DAY)))


BY_DAY = (requests.c.ended.is_not(None), requests.c.due.is_(None), requests.c.due, requests.c.at, requests.c.id)
