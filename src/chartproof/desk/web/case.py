"""One case: criteria with the page beside them, documents, therapy and facts, denial and dates, requests, settings."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from chartproof.desk.casework import PACKAGE, READ, Opened, last_job, opened, people_of
from chartproof.desk.judging import ASSERTIONS, page_of, words_in
from chartproof.desk.store import accounts, audit, cases, files, jobs, requests
from chartproof.desk.store.accounts import User
from chartproof.desk.store.cases import STAGES
from chartproof.desk.store.judgements import Judgement
from chartproof.desk.web.pages import STAGE_WORDS, page
from chartproof.desk.web.view import Chosen, Quoted, Sheet, chosen_of, finding_of, rows_of, sheet_of
from chartproof.desk.web.visit import Visit
from chartproof.errors import NotFoundError
from chartproof.model import Box, Finding, Review
from chartproof.packet.look import STATUS, counts, in_order, prose_day, sentence
from chartproof.packet.page import review_parts
from chartproof.packet.record import fact_rows
from chartproof.policy.load import concepts

TABS = (
    ("", "Criteria"), ("documents", "Documents"), ("history", "Therapy and facts"), ("denial", "Denial and dates"),
    ("requests", "Requests"), ("package", "Package"), ("settings", "Case"),
)  # fmt: skip
JUDGED = {
    "accept": "accepted", "override": "decided", "reject": "set a quote aside", "fact": "added a fact",
    "not_in_chart": "asked for it", "note": "noted",
}  # fmt: skip


def case_page(visit: Visit, template: str, tab: str, review: Review | None, status: int = 200, **data: Any) -> Response:
    """A page of a case with its title, its counts and its tabs."""
    return page(
        visit, template, status, case=visit.of, tab=tab, tabs=TABS, tab_words=dict(TABS).get(tab, "Case"),
        counts=counts(review.criteria) if review else {}, here=f"/cases/{visit.of.id}", **data,
    )  # fmt: skip


def show(visit: Visit) -> Response:
    """The criteria; while files are being read, or before, what is being done."""
    now = opened(visit.desk, visit.of)
    if now.review is None or now.base is None:
        return being_read(visit)
    return criteria(visit, now, now.review)


def being_read(visit: Visit) -> Response:
    with visit.desk.store.read() as connection:
        job = last_job(connection, visit.of.id)
        listed = files.listed(connection, visit.of.id)
    return case_page(visit, "reading", "", None, job=job and progress_of(job), files=listed)


def progress_of(job: jobs.Job) -> dict[str, Any]:
    """A job as the page and its script are told of it."""
    ended = job.state not in ("waiting", "running")
    words = {"waiting": "Waiting for its turn", "failed": f"The reading failed ({job.code})"}.get(job.state, "")
    if not words:
        words = f"Reading {job.message}" if job.message else "Looking for what the pages say"
    return {"state": job.state, "done": job.done, "total": job.total, "words": words, "ended": ended}


def progress(visit: Visit) -> Response:
    with visit.desk.store.read() as connection:
        job = last_job(connection, visit.of.id, PACKAGE if visit.query.get("of") == PACKAGE else READ)
    return JSONResponse(progress_of(job) if job else {"ended": True, "words": "", "done": 0, "total": 0})


def criteria(visit: Visit, now: Opened, review: Review) -> Response:
    judged = seen_by(now)
    finding = finding_of(review, visit.query.get("row", "")) or first_open(review)
    if finding is None:
        raise NotFoundError("CP-WEB-08", "the policy has no row", then="Choose another policy for this case.")
    chosen = chosen_of(review, finding, judged)
    sheet, at = sheet_shown(visit, review, finding, chosen)
    with visit.desk.store.read() as connection:
        owners = [(user.id, user.shown) for user in accounts.listed(connection) if not user.disabled]
        job = last_job(connection, visit.of.id)
    running = job is not None and job.state in ("waiting", "running")
    asked = sorted((one.name, name) for name, one in concepts().items())
    return case_page(
        visit, "criteria", "", review, groups=rows_of(review, judged), chosen=chosen, sheet=sheet, at=at,
        judgements=[said_of(one, now, visit.user) for one in now.judgements if names(one, finding)],
        concepts=[(name, words) for words, name in asked], concept=finding.facts[0].concept if finding.facts else "",
        assertions=ASSERTIONS, statuses=[(name, look.word) for name, look in STATUS.items()], owners=owners,
        me=visit.user.id, judging="New files are being read; the rows will change." if running else "",
    )  # fmt: skip


def first_open(review: Review) -> Finding | None:
    """The row that a person looks at first: the first missing or not met one."""
    rows = in_order(review)
    return next((row for row in rows if row.status in ("missing", "not_met")), rows[0] if rows else None)


def names(one: Judgement, finding: Finding) -> bool:
    return one.criterion == finding.id and (one.layer or "policy") == finding.layer


def seen_by(now: Opened) -> dict[tuple[str, str], str]:
    """(layer, id) to who judged the row last."""
    return {
        (one.layer or "policy", one.criterion): f"{JUDGED[one.kind]} by {now.people.get(one.by, 'somebody')}"
        for one in now.judgements
        if one.criterion and one.kind in ("accept", "override", "not_in_chart")
    }


def said_of(one: Judgement, now: Opened, me: User) -> dict[str, Any]:
    who = now.people.get(one.by, "somebody")
    words = f"{who} {JUDGED[one.kind]}, {prose_day(one.at.date())}: {one.reason}"
    return {"id": one.id, "words": words, "undo": may_undo(one.by, now.case.owner, me.id, me.role)}


def may_undo(by: str, owner: str | None, me: str, role: str) -> bool:
    """Whoever judged, the case's owner, a physician (who signs for it) and an administrator (decisions/007)."""
    return me in (by, owner) or role in ("physician", "admin")


def sheet_shown(visit: Visit, review: Review, finding: Finding, chosen: Chosen) -> tuple[Sheet | None, int]:
    """The page in the middle, and the number of the quote that it was chosen by (-1 for none)."""
    sources = review.chart.files
    spans = (*finding.evidence, *finding.against)
    if "file" in visit.query:
        file, number = whole(visit.query["file"]), whole(visit.query.get("page", "1"))
        if not 0 <= file < len(sources):
            return None, -1
        return sheet_of(review, sources[file], number, spans), -1
    quotes: tuple[Quoted, ...] = (*chosen.evidence, *chosen.against)
    at = whole(visit.query.get("quote", "0"))
    if not 0 <= at < len(quotes):
        return None, -1
    return sheet_of(review, sources[quotes[at].file], quotes[at].page, spans), at


def whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else -1


def sheet(visit: Visit) -> Response:
    """The picture of a page."""
    now = opened(visit.desk, visit.of)
    file, number = whole(visit.path["file"]), whole(visit.path["page"])
    sources = now.review.chart.files if now.review else ()
    if not 0 <= file < len(sources):
        raise NotFoundError("CP-WEB-09", "there is no such page")
    source = sources[file]

    def draw() -> bytes | None:
        return visit.desk.draw(visit.desk.store.documents.get(source.sha256), number, 1300)

    drawn = visit.desk.shelf.get(("sheet", source.sha256, number), draw)
    if drawn is None:
        raise NotFoundError("CP-WEB-09", "this page cannot be drawn")
    return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


def words(visit: Visit) -> Response:
    """The words inside a box that was drawn on a page."""
    now = opened(visit.desk, visit.of)
    file, number = whole(visit.query.get("file", "")), whole(visit.query.get("page", ""))
    sources = now.review.chart.files if now.review else ()
    found = page_of(now.review, sources[file].name, number) if now.review and 0 <= file < len(sources) else None
    if found is None:
        raise NotFoundError("CP-WEB-09", "there is no such page")
    try:
        box = Box(*(float(visit.query.get(edge, "")) for edge in ("left", "top", "right", "bottom")))
    except ValueError:
        raise NotFoundError("CP-WEB-09", "there is no such place on the page") from None
    return JSONResponse({"quote": words_in(found, box)})


def documents(visit: Visit) -> Response:
    now = opened(visit.desk, visit.of)
    with visit.desk.store.read() as connection:
        refused = [one for one in files.listed(connection, visit.of.id) if one.state == "refused"]
    ledger = review_parts(now.review)["ledger"] if now.review else []
    return case_page(visit, "documents", "documents", now.review, ledger=ledger, refused=refused)


def history(visit: Visit) -> Response:
    now = opened(visit.desk, visit.of)
    if now.review is None:
        return being_read(visit)
    parts = review_parts(now.review)
    at = {source.name: number for number, source in enumerate(now.review.chart.files)}
    return case_page(
        visit, "history", "history", now.review, timeline=parts["timeline"], lines=parts["lines"],
        conflicts=parts["conflicts"], facts=dated_facts(now.review), at=at,
    )  # fmt: skip


def dated_facts(review: Review) -> list[dict[str, Any]]:
    """The facts that decide, the latest first, one line each."""
    names = {name: one.name for name, one in concepts().items()}
    rows = [
        {
            "date": one["date"] or "",
            "what": sentence(names.get(one["concept"], one["concept"])),
            "value": value_words(one),
            "file": one["file"],
            "page": one["page"],
        }
        for one in fact_rows(fact for fact in review.chart.facts if fact.assertion in ("present", "absent"))
    ]
    return sorted(rows, key=lambda row: row["date"], reverse=True)


def value_words(one: dict[str, Any]) -> str:
    value = "yes" if one["value"] is None else str(one["value"]).replace("_", " ")
    if one["assertion"] == "absent":
        return "no" if one["value"] is None else f"not {value}"
    return f"{value} {one['unit'] or ''}".strip()


def denial(visit: Visit) -> Response:
    now = opened(visit.desk, visit.of)
    if now.review is None:
        return being_read(visit)
    parts = review_parts(now.review)
    notes = [note for note in now.review.extra.get("notes", "").splitlines() if note]
    return case_page(
        visit, "denial", "denial", now.review, denial=parts["denial"], deadlines=parts["deadlines"], notes=notes
    )


def asked_for(visit: Visit) -> Response:
    now = opened(visit.desk, visit.of)
    with visit.desk.store.read() as connection:
        found = requests.listed(connection, visit.of.id)
    return case_page(visit, "requests", "requests", now.review, requests=found, people=now.people)


def settings(visit: Visit, problem: str = "", status: int = 200) -> Response:
    now = opened(visit.desk, visit.of)
    with visit.desk.store.read() as connection:
        people = people_of(connection)
        users = [user for user in accounts.listed(connection) if not user.disabled]
        given = set(cases.granted(connection, visit.of.id))
        done = audit.entries(connection, entity="case", entity_id=visit.of.id, limit=100)
    inside = [u for u in users if u.id in given or u.id == visit.of.owner]
    granted = [{"id": u.id, "shown": u.shown, "role": u.role, "removable": u.id in given} for u in inside]
    others = [(u.id, f"{u.shown}, {u.role}") for u in users if u not in inside]
    ways = [visit.of.stage, *STAGES[visit.of.stage]]
    rows = [{"when": f"{one.at:%Y-%m-%d %H:%M}", "who": people.get(one.who, one.who), "action": one.action,
             "outcome": one.outcome} for one in done]  # fmt: skip
    return case_page(
        visit, "settings", "settings", now.review, status, granted=granted, others=others, audit=rows,
        stages=[(stage, STAGE_WORDS[stage]) for stage in ways], owners=[(u.id, u.shown) for u in users], problem=problem,
    )  # fmt: skip
