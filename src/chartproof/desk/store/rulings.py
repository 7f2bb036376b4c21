"""What clinicians ruled on requests that came to the payer's side: who, on which rows, on what evidence, in whose words.

A denial is kept with a named clinician and a licence or not at all; nothing else in the store can make one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from chartproof.desk.store import audit, exchanged
from chartproof.desk.store.accounts import User
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.packages import Part
from chartproof.desk.store.rows import as_row, new_id
from chartproof.desk.store.schema import exchanged as exchanged_table
from chartproof.desk.store.schema import rulings
from chartproof.desk.store.sessions import USUAL, Limits, Session
from chartproof.errors import ConflictError, NotFoundError, RefusedError

OUTCOMES = ("approve", "deny", "ask")


@dataclass(frozen=True, slots=True)
class Kept:
    """`rows` are the findings on which it rests (policy/I.C), `considered` the files that were looked at, `parts` the letter
    and the worksheet as they went out. Name and licence are as they were on that day."""

    id: str
    case: str
    exchanged: str
    outcome: str
    rows: tuple[str, ...]
    considered: tuple[str, ...]
    statement: str
    signer: str
    signer_name: str
    licence: str
    specialty: str
    at: datetime
    parts: tuple[Part, ...]
    review_sha: str
    answer_sha: str


def check_signer(user: User, session: Session, outcome: str, now: datetime, limits: Limits = USUAL) -> None:
    """Raises RefusedError CP-DESK-70: no reviewer of the plan, no licence, or the password was given too long ago."""
    wrong = ""
    if user.role != "reviewer" or session.user != user.id:
        wrong = "only a reviewer of the plan rules on a request, and for themselves"
    elif outcome == "deny" and not user.licence:
        wrong = "a denial needs a clinician: the account has no licence number"
    elif not session.fresh(now, limits):
        wrong = "the password must be given again before ruling"
    if wrong:
        raise RefusedError("CP-DESK-70", wrong, then="Nothing was decided.")


def keep(
    connection: Connection, actor: Actor, one: Kept, *, approved: str, user: User, session: Session,
    limits: Limits = USUAL,
) -> None:  # fmt: skip
    """Keeps the ruling and puts its answer in the place of the earlier one, in one change.

    approved   the product that was approved; "" where none was
    Raises RefusedError as `check_signer`, CP-DESK-71 where something that it needs is not there; ConflictError CP-DESK-72
    where the request was ruled on already.
    """
    check_signer(user, session, one.outcome, one.at, limits)
    lacking = one.outcome == "deny" and not (one.rows and one.considered and one.statement.strip())
    if one.outcome not in OUTCOMES or lacking or one.signer != user.id:
        raise RefusedError("CP-DESK-71", "a denial names its criterion, its evidence and its reasons")
    if exchanged.is_ruled(connection, one.exchanged):
        raise ConflictError("CP-DESK-72", "this request was ruled on already", then="Look at what was decided.")
    values = {name: getattr(one, name) for name in one.__slots__}
    values |= {
        "rows": list(one.rows), "considered": list(one.considered),
        "parts": [[part.name, part.sha, part.size] for part in one.parts],
    }  # fmt: skip
    connection.execute(insert(rulings).values(values))
    last = connection.execute(select(exchanged_table.c.turn).order_by(exchanged_table.c.turn.desc()).limit(1)).scalar()
    connection.execute(
        update(exchanged_table)
        .where(exchanged_table.c.id == one.exchanged)
        .values(answer_sha=one.answer_sha, answered=one.at, approved=approved, settled=True, turn=(last or 0) + 1)
    )
    told = {"case": one.case, "outcome": one.outcome, "request": one.exchanged, "answer": one.answer_sha}
    audit.append(connection, actor, "sign", "ruling", one.id, now=one.at, detail=told)


def listed(connection: Connection, case: str) -> tuple[Kept, ...]:
    """The latest first."""
    query = select(rulings).where(rulings.c.case == case).order_by(rulings.c.at.desc(), rulings.c.id)
    return tuple(_made(as_row(Kept, row)) for row in connection.execute(query))


def get(connection: Connection, ruling: str) -> Kept:
    """Raises NotFoundError CP-DESK-73."""
    row = connection.execute(select(rulings).where(rulings.c.id == ruling)).first()
    if row is None:
        raise NotFoundError("CP-DESK-73", "there is no such ruling")
    return _made(as_row(Kept, row))


def made_id() -> str:
    return new_id()


def _made(row: Kept) -> Kept:
    parts = tuple(Part(*part) for part in row.parts)  # type: ignore[misc]
    return replace(row, rows=tuple(row.rows), considered=tuple(row.considered), parts=parts)
