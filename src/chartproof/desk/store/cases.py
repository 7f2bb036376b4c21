"""Cases: what a coordinator types in, where a case stands, whose it is, what is next, and who else may open it.

Typed-in values have a version: who changes them says which version they saw, and is told when another was faster.
What the desk derives (counts, next action) has none, so that a reading in the background disturbs nobody's form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, or_, select, update

from chartproof.desk.store import audit, packages
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.rows import as_row, initials, new_id
from chartproof.desk.store.schema import case_access, cases
from chartproof.errors import ConflictError, NotFoundError

#: Where a case can go from where it is. Work that is found undone goes back to review.
STAGES: dict[str, tuple[str, ...]] = {
    "new": ("reading", "closed"),
    "reading": ("new", "review", "closed"),
    "review": ("reading", "signing", "answered", "closed"),
    "signing": ("reading", "review", "signed", "closed"),
    "signed": ("reading", "review", "sent", "closed"),
    "sent": ("reading", "review", "answered", "closed"),
    "answered": ("reading", "review", "closed"),
    "closed": ("review",),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is typed in. All of it may be empty: what is left out is taken from the letter and the pages."""

    reference: str = ""
    patient_name: str = ""
    patient_born: date | None = None
    patient_mrn: str = ""
    patient_sex: str = ""
    member_id: str = ""
    group_number: str = ""
    drug: str = ""
    product: str = ""
    indication: str = ""
    payer: str = ""
    plan_type: str = ""
    state: str = ""
    as_of: date | None = None
    received: date | None = None
    apheresis_planned: date | None = None
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the desk derives from the last review: the queue shows it."""

    next_action: str = ""
    next_due: date | None = None
    met: int = 0
    missing: int = 0
    not_met: int = 0
    not_applicable: int = 0
    awaited: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    reference: str
    initials: str
    patient_name: str
    patient_born: date | None
    patient_mrn: str
    patient_sex: str
    member_id: str
    group_number: str
    drug: str
    product: str
    indication: str
    payer: str
    plan_type: str
    state: str
    as_of: date | None
    received: date | None
    apheresis_planned: date | None
    policy: str
    stage: str
    owner: str | None
    next_action: str
    next_due: date | None
    met: int
    missing: int
    not_met: int
    not_applicable: int
    awaited: str
    version: int
    created: datetime
    updated: datetime


TYPED = tuple(field.name for field in fields(Draft))


def create(connection: Connection, actor: Actor, draft: Draft, *, now: datetime, owner: str | None = None) -> Case:
    """A new case in stage `new`. `owner` is a user's id; None leaves it to whoever is given it."""
    case = new_id()
    connection.execute(
        insert(cases).values(
            id=case, **asdict(draft), initials=initials(draft.patient_name), stage="new", owner=owner, version=1,
            created=now, updated=now,
        )
    )  # fmt: skip
    audit.append(connection, actor, "create", "case", case, now=now)
    return get(connection, case)


def get(connection: Connection, case: str) -> Case:
    """Raises NotFoundError CP-DESK-10."""
    row = connection.execute(select(cases).where(cases.c.id == case)).first()
    if row is None:
        raise NotFoundError("CP-DESK-10", "there is no such case", then="Go back to the queue.")
    return as_row(Case, row)


def change(
    connection: Connection, actor: Actor, case: str, typed: Mapping[str, Any], *, version: int, now: datetime
) -> Case:
    """Keeps what was typed in: some fields of Draft. Voids a signature, for the package no longer says what is known.

    Raises ConflictError CP-DESK-11 where another has changed the case since `version`; ValueError for another field.
    """
    if unknown := set(typed) - set(TYPED):
        raise ValueError(f"not typed into a case: {', '.join(sorted(unknown))}")
    seen = lock(connection, case, version)
    new = {name: value for name, value in typed.items() if value != getattr(seen, name)}
    if not new:
        return seen
    if "patient_name" in new:
        new["initials"] = initials(new["patient_name"])
    put(connection, case, version=version + 1, updated=now, **new)
    audit.append(connection, actor, "update", "case", case, now=now,
                 detail={"fields": ",".join(sorted(set(new) - {"initials"})), "version": version + 1})  # fmt: skip
    if set(new) - {"reference"}:
        packages.outdate(connection, actor, case, why="case_changed", now=now)
    return get(connection, case)


def assign(connection: Connection, actor: Actor, case: str, owner: str | None, *, version: int, now: datetime) -> Case:
    lock(connection, case, version)
    put(connection, case, owner=owner, version=version + 1, updated=now)
    audit.append(connection, actor, "assign", "case", case, now=now, detail={"owner": owner or "none"})
    return get(connection, case)


def move(connection: Connection, actor: Actor, case: str, stage: str, *, now: datetime) -> Case:
    """To another stage, the version stays; to the one it is in does nothing. Raises ConflictError CP-DESK-12 where no way leads there."""
    seen = get(connection, case)
    if stage == seen.stage:
        return seen
    if stage not in STAGES[seen.stage]:
        raise ConflictError(
            "CP-DESK-12", f"a case in stage {seen.stage} cannot go to {stage}",
            then=f"It can go to: {', '.join(STAGES[seen.stage])}.",
        )  # fmt: skip
    put(connection, case, stage=stage, updated=now)
    audit.append(connection, actor, "move", "case", case, now=now, detail={"from": seen.stage, "to": stage})
    return get(connection, case)


def settle(connection: Connection, actor: Actor, case: str, standing: Standing, *, now: datetime) -> Case:
    """Keeps what the last review says. The version stays."""
    seen = get(connection, case)
    put(connection, seen.id, updated=now, **asdict(standing))
    audit.append(
        connection, actor, "settle", "case", case, now=now,
        detail={"met": standing.met, "missing": standing.missing, "not_met": standing.not_met},
    )  # fmt: skip
    return get(connection, case)


def grant(connection: Connection, actor: Actor, case: str, user: str, *, now: datetime) -> None:
    """Lets `user` open the case; again does nothing."""
    if user in granted(connection, case):
        return
    connection.execute(insert(case_access).values(case=case, user=user, granted_by=audit.person(actor), at=now))
    audit.append(connection, actor, "grant", "case", case, now=now, detail={"user": user})


def revoke(connection: Connection, actor: Actor, case: str, user: str, *, now: datetime) -> None:
    gone = connection.execute(delete(case_access).where(case_access.c.case == case, case_access.c.user == user))
    if gone.rowcount:
        audit.append(connection, actor, "revoke", "case", case, now=now, detail={"user": user})


def granted(connection: Connection, case: str) -> tuple[str, ...]:
    query = select(case_access.c.user).where(case_access.c.case == case).order_by(case_access.c.user)
    return tuple(connection.execute(query).scalars())


def may_open(connection: Connection, case: str, user: str) -> bool:
    """The owner and whoever was granted it; no role opens a case by itself (decisions/006)."""
    return connection.execute(select(cases.c.id).where(cases.c.id == case, opened_by(user))).first() is not None


def opened_by(user: str) -> Any:
    access = select(case_access.c.case).where(case_access.c.case == cases.c.id, case_access.c.user == user)
    return or_(cases.c.owner == user, exists(access))


def lock(connection: Connection, case: str, version: int) -> Case:
    seen = get(connection, case)
    if seen.version != version:
        raise ConflictError("CP-DESK-11", "the case was changed meanwhile", then="Look at it again, then change it.")
    return seen


def put(connection: Connection, case: str, **values: Any) -> None:
    connection.execute(update(cases).where(cases.c.id == case).values(**values))
