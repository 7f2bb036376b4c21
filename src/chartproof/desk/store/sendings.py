"""What was sent, when, how and to whom. It is written down also where it should not have been sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from chartproof.desk.store import audit, packages, signatures
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.rows import as_row, new_id
from chartproof.desk.store.schema import sendings
from chartproof.errors import NotFoundError, RefusedError

WAYS = ("fax", "portal", "mail", "email", "courier", "hand", "fhir", "other")


@dataclass(frozen=True, slots=True)
class Sending:
    """`sent` is when it left, `at` when that was written down. `receipt`: what the other side gave, such as a number.

    `signed`: whether the package bore a signature that held when this was written down.
    """

    id: str
    case: str
    package: str
    how: str
    sent_to: str
    receipt: str
    signed: bool
    sent: datetime
    by: str
    at: datetime


def record(
    connection: Connection,
    actor: Actor,
    package: str,
    *,
    how: str,
    sent_to: str,
    sent: datetime,
    receipt: str = "",
    now: datetime,
) -> Sending:
    """Raises RefusedError CP-DESK-55 where the way, the receiver or the time cannot be."""
    if how not in WAYS or not sent_to.strip() or sent > now:
        raise RefusedError("CP-DESK-55", "a sending says how, to whom, and when in the past")
    case = packages.get(connection, package).case
    sending = new_id()
    connection.execute(
        insert(sendings).values(
            id=sending, case=case, package=package, how=how, sent_to=sent_to.strip(), receipt=receipt.strip(),
            signed=bool(signatures.of_package(connection, package)), sent=sent, by=actor.who, at=now,
        )
    )  # fmt: skip
    audit.append(connection, actor, "send", "sending", sending, now=now,
                 detail={"case": case, "package": package, "how": how})  # fmt: skip
    return get(connection, sending)


def get(connection: Connection, sending: str) -> Sending:
    """Raises NotFoundError CP-DESK-56."""
    row = connection.execute(select(sendings).where(sendings.c.id == sending)).first()
    if row is None:
        raise NotFoundError("CP-DESK-56", "there is no such sending")
    return as_row(Sending, row)


def listed(connection: Connection, case: str) -> tuple[Sending, ...]:
    """The latest first."""
    query = select(sendings).where(sendings.c.case == case).order_by(sendings.c.sent.desc(), sendings.c.id)
    return tuple(as_row(Sending, row) for row in connection.execute(query))
