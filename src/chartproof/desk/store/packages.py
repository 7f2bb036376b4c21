"""Packages: each is a version of the case's papers, locked by its hash, with the head of the audit chain in it.

A later change does not touch a package. It marks it as out of date, with the reason, and voids the signature under it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from chartproof.desk.store import audit
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.rows import as_row, new_id
from chartproof.desk.store.schema import audit as audit_table
from chartproof.desk.store.schema import packages, signatures
from chartproof.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a package. `sha` is its name among the documents."""

    name: str
    sha: str
    size: int


@dataclass(frozen=True, slots=True)
class Package:
    """`number` counts within the case from 1. `sha` is of the whole; (`audit_number`, `audit_head`) is printed in it.

    A `draft` says on its pages that it is one, and is not signed.
    """

    id: str
    case: str
    number: int
    sha: str
    review_sha: str
    parts: tuple[Part, ...]
    audit_number: int
    audit_head: str
    draft: bool
    by: str
    at: datetime
    outdated: datetime | None
    outdated_why: str


def lock(
    connection: Connection,
    actor: Actor,
    case: str,
    parts: Sequence[Part],
    *,
    sha: str,
    review_sha: str,
    head: tuple[int, str],
    draft: bool = False,
    now: datetime,
) -> Package:
    """A new version; the one before it is out of date. `head` is what `audit.head` gave before it was written.

    Raises ValueError where the audit chain has no such head.
    """
    in_chain = connection.execute(select(audit_table.c.hash).where(audit_table.c.number == head[0])).scalar()
    if (in_chain or audit.GENESIS) != head[1]:
        raise ValueError("a package bears a head of this store's audit chain")
    outdate(connection, actor, case, why="new_version", now=now)
    last = connection.execute(select(func.max(packages.c.number)).where(packages.c.case == case)).scalar()
    package = new_id()
    connection.execute(
        insert(packages).values(
            id=package, case=case, number=(last or 0) + 1, sha=sha, review_sha=review_sha, audit_number=head[0],
            audit_head=head[1], draft=draft, parts=[[part.name, part.sha, part.size] for part in parts], by=actor.who, at=now,
        )
    )  # fmt: skip
    audit.append(connection, actor, "package", "package", package, now=now, detail={"case": case, "sha256": sha})
    return get(connection, package)


def get(connection: Connection, package: str) -> Package:
    """Raises NotFoundError CP-DESK-50."""
    row = connection.execute(select(packages).where(packages.c.id == package)).first()
    if row is None:
        raise NotFoundError("CP-DESK-50", "there is no such package")
    return made(as_row(Package, row))


def listed(connection: Connection, case: str) -> tuple[Package, ...]:
    """The latest first."""
    query = select(packages).where(packages.c.case == case).order_by(packages.c.number.desc())
    return tuple(made(as_row(Package, row)) for row in connection.execute(query))


def outdate(
    connection: Connection, actor: Actor, case: str, *, why: str, now: datetime, unless_review: str = ""
) -> int:
    """What the case says has changed. Packages are marked and signatures voided; neither row goes away.

    `why` is a code, such as `judgement_added`. A package that rests on the review `unless_review` still says what is
    known, and is left. Returns how many signatures were voided.
    """
    standing = select(packages.c.id).where(
        packages.c.case == case, packages.c.outdated.is_(None), packages.c.review_sha != unless_review
    )
    outdated = connection.execute(standing).scalars().all()
    for package in outdated:
        connection.execute(update(packages).where(packages.c.id == package).values(outdated=now, outdated_why=why))
        audit.append(connection, actor, "outdate", "package", package, now=now, detail={"why": why})
    under = select(signatures.c.id).where(signatures.c.package.in_(outdated), signatures.c.voided.is_(None))
    voided = connection.execute(under).scalars().all()
    for signature in voided:
        connection.execute(
            update(signatures)
            .where(signatures.c.id == signature)
            .values(voided=now, voided_by=audit.person(actor), voided_why=why)
        )
        audit.append(connection, actor, "void", "signature", signature, now=now, detail={"why": why})
    return len(voided)


def made(row: Package) -> Package:
    return replace(row, parts=tuple(Part(*part) for part in row.parts))  # type: ignore[misc]
