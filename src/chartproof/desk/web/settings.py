"""The tab of the case itself: what was typed in, where it stands, whose it is, who may open it, what was done."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from starlette.responses import Response

from chartproof.desk.casework import ask_for_reading, check_draft, opened, people_of
from chartproof.desk.store import accounts, audit, cases
from chartproof.desk.store.audit import Entry
from chartproof.desk.store.cases import STAGES
from chartproof.desk.web.case import case_page, said_of
from chartproof.desk.web.pages import STAGE_WORDS
from chartproof.desk.web.queue import DAYS, TEXTS, choices
from chartproof.desk.web.typed import day_of_form, whole
from chartproof.desk.web.visit import Visit, to
from chartproof.errors import ChartproofError

DONE = {
    "create": "made the case", "read": "looked at it", "download": "downloaded", "update": "changed what was typed in",
    "assign": "gave it to an owner", "move": "moved it to another stage",
    "grant": "gave access", "revoke": "took access away",
}  # fmt: skip


def show(visit: Visit, problem: str = "", status: int = 200) -> Response:
    now = opened(visit.desk, visit.of)
    with visit.desk.store.read() as connection:
        case = cases.get(connection, visit.of.id)
        people = people_of(connection)
        users = [user for user in accounts.listed(connection) if not user.disabled]
        given = set(cases.granted(connection, case.id))
        done = audit.entries(connection, entity="case", entity_id=case.id, limit=300)
        done = tuple(one for one in done if one.action != "settle")  # the desk's own counting tells nobody anything
    inside = [u for u in users if u.id in given or u.id == case.owner]
    granted = [{"id": u.id, "shown": u.shown, "role": u.role, "removable": u.id in given} for u in inside]
    others = [(u.id, f"{u.shown}, {u.role}") for u in users if u not in inside]
    judged = [
        {**said_of(one, now, visit.user), "row": f"{one.layer or 'policy'}:{one.criterion}", "mark": one.criterion}
        for one in reversed(now.judgements)
    ]
    typed = {name: visit.form.get(name, getattr(case, name) or "") for name in (*TEXTS, *DAYS, "reference")}
    return case_page(
        visit, "settings", "settings", now.review, status, granted=granted, others=others, audit=done_rows(done, people), judged=judged,
        stages=[(stage, STAGE_WORDS[stage]) for stage in (case.stage, *STAGES[case.stage])], given=typed,
        owners=[(u.id, u.shown) for u in users], problem=problem, **choices(),
    )  # fmt: skip


def done_rows(entries: tuple[Entry, ...], people: dict[str, str]) -> list[dict[str, Any]]:
    """What was done, the latest first; the same by the same person without a break is one line."""

    def same(one: Entry) -> tuple[str, str, str]:
        return one.who, one.action, one.outcome

    rows = []
    for (who, action, outcome), run in groupby(entries, key=same):
        times: list[datetime] = [one.at for one in run]
        words = DONE.get(action, action) + (f", {len(times)} times" if len(times) > 1 else "")
        rows.append(
            {"at": times[0], "who": people.get(who, "the desk"), "what": words, "refused": outcome != "success"}
        )
    return rows


def keep(visit: Visit) -> Response:
    """Where the case stands and whose it is."""
    version = whole(visit.form.get("version", ""))
    try:
        with visit.desk.store.write() as connection:
            row = cases.get(connection, visit.of.id)
            owner = visit.form.get("owner") or None
            if owner != row.owner:
                row = cases.assign(connection, visit.actor, row.id, owner, version=version, now=visit.now)
            cases.move(connection, visit.actor, row.id, visit.form.get("stage", row.stage), now=visit.now)
    except ChartproofError as error:
        return show(visit, str(error), 400)
    return to(f"/cases/{visit.of.id}/settings?told=kept")


def keep_typed(visit: Visit) -> Response:
    """What was typed in; what the plan decides by is read anew with it."""
    version = whole(visit.form.get("version", ""))
    try:
        typed: dict[str, Any] = {name: visit.form.get(name, "").strip() for name in (*TEXTS, "reference")}
        typed |= {name: day_of_form(visit.form.get(name, ""), name) for name in DAYS}
        with visit.desk.store.write() as connection:
            before = cases.get(connection, visit.of.id)
            row = cases.change(connection, visit.actor, before.id, typed, version=version, now=visit.now)
            check_draft(row, now=visit.now)
            if any(getattr(row, name) != getattr(before, name) for name in (*TEXTS, *DAYS)):
                ask_for_reading(connection, visit.actor, row.id, now=visit.now)
    except ChartproofError as error:
        return show(visit, str(error), 400)
    return to(f"/cases/{visit.of.id}/settings?told=typed")


def access(visit: Visit) -> Response:
    user, what = visit.form.get("user", ""), visit.form.get("do", "")
    with visit.desk.store.write() as connection:
        if what == "add":
            accounts.get(connection, user)
            cases.grant(connection, visit.actor, visit.of.id, user, now=visit.now)
        elif what == "remove":
            cases.revoke(connection, visit.actor, visit.of.id, user, now=visit.now)
    return to(f"/cases/{visit.of.id}/settings?told={'given' if what == 'add' else 'taken'}")
