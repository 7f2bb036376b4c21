"""The work queue: the cases that a person may open, filtered, searched and sorted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from chartproof.desk.store.cases import Case, opened_by
from chartproof.desk.store.rows import as_row
from chartproof.desk.store.schema import cases

#: What the queue can be sorted by. Each ends with the id, so that pages never repeat or lose a case.
ORDERS: dict[str, tuple[Any, ...]] = {
    "due": (cases.c.next_due.is_(None), cases.c.next_due),
    "initials": (cases.c.initials,),
    "drug": (func.lower(cases.c.drug),),
    "payer": (func.lower(cases.c.payer),),
    "stage": (cases.c.stage,),
    "owner": (cases.c.owner.is_(None), cases.c.owner),
    "missing": (cases.c.missing.desc(),),
    "updated": (cases.c.updated.desc(),),
}

SEARCHED = (cases.c.initials, cases.c.reference, cases.c.drug, cases.c.payer)


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty means all. `text` is searched in initials, reference, drug and payer; each of its words must be found.

    `due_before`: due earlier than this day. `owner`: a user's id, or `none`. Closed cases are shown where asked for.
    """

    text: str = ""
    stage: str = ""
    owner: str = ""
    drug: str = ""
    payer: str = ""
    due_before: date | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the queue, and how many cases there are on all pages."""

    cases: tuple[Case, ...]
    total: int


def listed(
    connection: Connection,
    user: str,
    wanted: Filter | None = None,
    *,
    order: str = "due",
    offset: int = 0,
    limit: int = 100,
) -> Listed:
    """What `user` may open. The order `due` has the overdue first and what has no day last. Raises KeyError for another."""
    query = filtered(select(cases).where(opened_by(user)), wanted or Filter())
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    page = query.order_by(*ORDERS[order], cases.c.id).offset(offset).limit(limit)
    return Listed(tuple(as_row(Case, row) for row in connection.execute(page)), total)


def filtered(query: Select[Any], wanted: Filter) -> Select[Any]:
    for column, value in ((cases.c.stage, wanted.stage), (cases.c.drug, wanted.drug), (cases.c.payer, wanted.payer)):
        if value:
            query = query.where(column == value)
    if wanted.owner:
        query = query.where(cases.c.owner.is_(None) if wanted.owner == "none" else cases.c.owner == wanted.owner)
    if wanted.due_before:
        query = query.where(cases.c.next_due < wanted.due_before)
    if not wanted.closed and wanted.stage != "closed":
        query = query.where(cases.c.stage != "closed")
    for word in wanted.text.lower().split():
        query = query.where(or_(*(func.lower(column).contains(word, autoescape=True) for column in SEARCHED)))
    return query


def choices(connection: Connection, user: str) -> dict[str, tuple[str, ...]]:
    """The drugs and payers that occur in what `user` may open: for the filter's lists."""
    found = {}
    for column in (cases.c.drug, cases.c.payer):
        query = select(column).where(opened_by(user), column != "").distinct().order_by(column)
        found[column.name] = tuple(connection.execute(query).scalars())
    return found
