"""What a person says of a finding or adds to the facts. Rows are added and never changed; to undo is a mark on the row.

The decision is made again from the reading and from `standing()`; nothing here decides.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update

from chartproof.desk.store import audit, packages
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.rows import as_row, new_id
from chartproof.desk.store.schema import judgements, requests
from chartproof.errors import ConflictError, NotFoundError, RefusedError

KINDS = ("accept", "reject", "override", "fact", "not_in_chart", "note")
STATUSES = ("met", "not_met", "missing", "not_applicable")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person enters. `reason` is never empty.

    `layer` and `criterion` name the finding (policy, I.C); `status` is what an override says instead. `seen` is the
    sha256 of the review that the person had before them. A fact has `concept`, its `value` or `quantity` ("5.2 10*9/L"),
    `day`, and where it stands: `file`, `page` (from 1), `quote` and `boxes`, each box four numbers in points.
    """

    kind: str
    reason: str
    layer: str = ""
    criterion: str = ""
    status: str = ""
    seen: str = ""
    file: str = ""
    page: int | None = None
    quote: str = ""
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    concept: str = ""
    value: str = ""
    quantity: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """An opinion as it was kept. `number` counts within the case from 1; the later speaks last."""

    id: str
    case: str
    number: int
    kind: str
    layer: str
    criterion: str
    status: str
    reason: str
    seen: str
    file: str
    page: int | None
    quote: str
    boxes: tuple[tuple[float, float, float, float], ...]
    concept: str
    value: str
    quantity: str
    day: date | None
    by: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None


def judge(connection: Connection, actor: Actor, case: str, opinion: Opinion, *, now: datetime) -> Judgement:
    """Voids a signature, but for a note. Raises RefusedError CP-DESK-40 where something that it needs is not there."""
    check(opinion)
    last = connection.execute(select(func.max(judgements.c.number)).where(judgements.c.case == case)).scalar()
    judgement = new_id()
    connection.execute(
        insert(judgements).values(
            id=judgement, case=case, number=(last or 0) + 1, **asdict(opinion), by=actor.who, at=now
        )
    )
    audit.append(connection, actor, "judge", "judgement", judgement, now=now,
                 detail={"case": case, "kind": opinion.kind, "criterion": audit.code(opinion.criterion)})  # fmt: skip
    if opinion.kind != "note":
        packages.outdate(connection, actor, case, why="judgement_added", now=now)
    return get(connection, judgement)


def undo(connection: Connection, actor: Actor, judgement: str, *, now: datetime) -> Judgement:
    """Takes it back; what was asked for because of it is called off. Raises ConflictError CP-DESK-42 where it was."""
    seen = get(connection, judgement)
    if seen.undone_at:
        raise ConflictError("CP-DESK-42", "this was taken back already")
    connection.execute(
        update(judgements).where(judgements.c.id == judgement).values(undone_by=actor.who, undone_at=now)
    )
    connection.execute(
        update(requests)
        .where(requests.c.judgement == judgement, requests.c.ended.is_(None))
        .values(state="called_off", ended=now)
    )
    audit.append(connection, actor, "undo", "judgement", judgement, now=now, detail={"case": seen.case})
    if seen.kind != "note":
        packages.outdate(connection, actor, seen.case, why="judgement_undone", now=now)
    return get(connection, judgement)


def get(connection: Connection, judgement: str) -> Judgement:
    """Raises NotFoundError CP-DESK-41."""
    row = connection.execute(select(judgements).where(judgements.c.id == judgement)).first()
    if row is None:
        raise NotFoundError("CP-DESK-41", "there is no such judgement")
    return made(as_row(Judgement, row))


def listed(connection: Connection, case: str) -> tuple[Judgement, ...]:
    """All of them, also those taken back, in the order in which they were made."""
    query = select(judgements).where(judgements.c.case == case).order_by(judgements.c.number)
    return tuple(made(as_row(Judgement, row)) for row in connection.execute(query))


def standing(connection: Connection, case: str) -> tuple[Judgement, ...]:
    """Those that were not taken back: what the decision takes into account."""
    return tuple(judgement for judgement in listed(connection, case) if not judgement.undone_at)


def check(opinion: Opinion) -> None:
    wrong = ""
    if opinion.kind not in KINDS:
        wrong = "there is no such kind of judgement"
    elif not opinion.reason.strip():
        wrong = "a judgement needs its reason"
    elif opinion.kind in ("accept", "reject", "override", "not_in_chart") and not opinion.criterion:
        wrong = "a judgement of a finding needs the criterion"
    elif opinion.kind == "override" and opinion.status not in STATUSES:
        wrong = "an override needs the status that it gives"
    elif opinion.kind == "fact" and not (opinion.concept and opinion.file and opinion.page):
        wrong = "a fact needs what it is, and the file and page on which it stands"
    elif opinion.kind == "fact" and not (opinion.quote.strip() or opinion.boxes):
        wrong = "a fact needs the words or the place on the page"
    if wrong:
        raise RefusedError("CP-DESK-40", wrong, then="Nothing was kept.")


def made(row: Judgement) -> Judgement:
    return replace(row, boxes=tuple(tuple(box) for box in row.boxes or ()))  # type: ignore[misc]
