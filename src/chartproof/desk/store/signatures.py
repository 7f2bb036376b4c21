"""Packages, each a version that is locked by its hash, and the signatures under them. A later change voids visibly."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from chartproof.desk.store import audit
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.schema import packages, signatures


def void(connection: Connection, actor: Actor, case: str, *, why: str, now: datetime) -> int:
    """What the case says has changed: its last package is out of date, and a signature under it is void.

    Neither row goes away. `why` is a code, such as `judgement_added`. Returns how many signatures were voided.
    """
    by = None if actor.who == audit.DESK.who else actor.who
    standing = select(packages.c.id).where(packages.c.case == case, packages.c.outdated.is_(None))
    for package in connection.execute(standing).scalars().all():
        connection.execute(update(packages).where(packages.c.id == package).values(outdated=now, outdated_why=why))
        audit.append(connection, actor, "outdate", "package", package, now=now, detail={"why": why})
    signed = select(signatures.c.id).where(signatures.c.case == case, signatures.c.voided.is_(None))
    voided = connection.execute(signed).scalars().all()
    for signature in voided:
        connection.execute(
            update(signatures).where(signatures.c.id == signature).values(voided=now, voided_by=by, voided_why=why)
        )
        audit.append(connection, actor, "void", "signature", signature, now=now, detail={"why": why})
    return len(voided)
