"""Signatures: who signed which package, with what licence, and what they meant by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from chartproof.desk.store import audit, packages
from chartproof.desk.store.accounts import User
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.rows import as_row, new_id
from chartproof.desk.store.schema import signatures
from chartproof.desk.store.sessions import USUAL, Limits, Session
from chartproof.errors import ConflictError, NotFoundError, RefusedError


@dataclass(frozen=True, slots=True)
class Signature:
    """`signer_name` and `licence` as they were on that day. A void signature says when, by whom and why."""

    id: str
    case: str
    package: str
    package_sha: str
    signer: str
    signer_name: str
    licence: str
    meaning: str
    at: datetime
    voided: datetime | None
    voided_by: str | None
    voided_why: str


def sign(
    connection: Connection,
    actor: Actor,
    package: str,
    *,
    sha: str,
    meaning: str,
    user: User,
    session: Session,
    now: datetime,
    limits: Limits = USUAL,
) -> Signature:
    """`sha` is the package that the signer was shown, `meaning` the sentence that they read.

    Raises RefusedError CP-DESK-51: no physician, no licence, no meaning, or the password was given too long ago.
    ConflictError CP-DESK-52: the package is out of date or another; CP-DESK-53: it was signed by this person;
    CP-DESK-57: it is a draft, and says so on its pages.
    """
    check_signer(user, session, meaning, now, limits)
    seen = packages.get(connection, package)
    if seen.outdated or seen.sha != sha:
        raise ConflictError("CP-DESK-52", "the package is out of date", then="Make and read the new one, then sign it.")
    if seen.draft:
        raise ConflictError(
            "CP-DESK-57", "this version is a draft", then="Make one without the draft mark, and sign that."
        )
    if any(standing.signer == user.id for standing in of_package(connection, package)):
        raise ConflictError("CP-DESK-53", "this person has signed this package already")
    signature = new_id()
    connection.execute(
        insert(signatures).values(
            id=signature, case=seen.case, package=package, package_sha=sha, signer=user.id, signer_name=user.shown,
            licence=user.licence, meaning=meaning, at=now,
        )
    )  # fmt: skip
    audit.append(connection, actor, "sign", "signature", signature, now=now,
                 detail={"case": seen.case, "package": package, "sha256": sha})  # fmt: skip
    return get(connection, signature)


def check_signer(user: User, session: Session, meaning: str, now: datetime, limits: Limits) -> None:
    wrong = ""
    if user.role != "physician" or session.user != user.id:
        wrong = "only a physician signs, and for themselves"
    elif not user.licence:
        wrong = "the account has no licence number"
    elif not meaning.strip():
        wrong = "a signature says what is meant by it"
    elif not session.fresh(now, limits):
        wrong = "the password must be given again before signing"
    if wrong:
        raise RefusedError("CP-DESK-51", wrong)


def get(connection: Connection, signature: str) -> Signature:
    """Raises NotFoundError CP-DESK-54."""
    row = connection.execute(select(signatures).where(signatures.c.id == signature)).first()
    if row is None:
        raise NotFoundError("CP-DESK-54", "there is no such signature")
    return as_row(Signature, row)


def listed(connection: Connection, case: str) -> tuple[Signature, ...]:
    """All of a case, also the void ones, the latest first."""
    query = select(signatures).where(signatures.c.case == case).order_by(signatures.c.at.desc(), signatures.c.id)
    return tuple(as_row(Signature, row) for row in connection.execute(query))


def of_package(connection: Connection, package: str) -> tuple[Signature, ...]:
    """Those that hold."""
    query = select(signatures).where(signatures.c.package == package, signatures.c.voided.is_(None))
    return tuple(as_row(Signature, row) for row in connection.execute(query.order_by(signatures.c.at)))
