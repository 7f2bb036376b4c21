"""One case: its criteria with the page beside them; while files are read, how far that is; what is asked for."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from starlette.responses import JSONResponse, Response

from chartproof.desk.casework import PACKAGE, READ, Opened, last_job, opened
from chartproof.desk.judging import ASSERTIONS
from chartproof.desk.store import accounts, exchanged, files, requests
from chartproof.desk.store.accounts import User
from chartproof.desk.store.judgements import Judgement
from chartproof.desk.web.pages import page
from chartproof.desk.web.told import progress_of
from chartproof.desk.web.typed import whole
from chartproof.desk.web.view import Chosen, Quoted, Sheet, chosen_of, finding_of, rows_of, sheet_of
from chartproof.desk.web.visit import Visit
from chartproof.errors import NotFoundError
from chartproof.model import Finding, Review
from chartproof.packet.exhibits import named
from chartproof.packet.look import STATUS, counts, in_order, prose_day, prose_range
from chartproof.policy.load import concepts

TABS = (
    ("", "Criteria"), ("documents", "Documents"), ("history", "Therapy and facts"), ("denial", "Denial and dates"),
    ("requests", "Requests"), ("package", "Package"), ("settings", "Case"),
)  # fmt: skip
#: The plan's side rules where the center's side packs.
RULED = (("determination", "Determination"),)
JUDGED = {
    "accept": "accepted", "override": "decided", "reject": "set a quote aside", "fact": "added a fact",
    "not_in_chart": "asked for it", "note": "noted",
}  # fmt: skip


def case_page(visit: Visit, template: str, tab: str, review: Review | None, status: int = 200, **data: Any) -> Response:
    """A page of a case with its title, its counts and its tabs; a request to the plan has one more."""
    with visit.desk.store.read() as connection:
        tabs = (*TABS[:-2], *RULED, TABS[-1]) if exchanged.of_case(connection, visit.of.id) else TABS
    return page(
        visit, template, status, case=visit.of, tab=tab, tabs=tabs, tab_words=dict((*TABS, *RULED)).get(tab, "Case"),
        counts=counts(review.criteria) if review else {}, here=f"/cases/{visit.of.id}", **data,
    )  # fmt: skip


def show(visit: Visit, problem: str = "", status: int = 200) -> Response:
    """The criteria; while files are being read, or before, what is being done.

    `problem` is why a form that was sent is not kept: it stands above, and what was typed stands in the form still.
    """
    now = opened(visit.desk, visit.of)
    if now.review is None or now.base is None:
        return being_read(visit)
    return criteria(visit, now, now.review, problem, status)


def being_read(visit: Visit, tab: str = "") -> Response:
    """What stands on a tab that needs a review, before there is one."""
    with visit.desk.store.read() as connection:
        job = last_job(connection, visit.of.id)
        listed = files.listed(connection, visit.of.id)
    return case_page(visit, "reading", tab, None, job=progress_of(job, listed) if job else None, files=listed)


def progress(visit: Visit) -> Response:
    with visit.desk.store.read() as connection:
        job = last_job(connection, visit.of.id, PACKAGE if visit.query.get("of") == PACKAGE else READ)
        listed = files.listed(connection, visit.of.id) if job and job.kind == READ else ()
    return JSONResponse(progress_of(job, listed) if job else {"ended": True, "words": "", "done": 0, "total": 0})


def criteria(visit: Visit, now: Opened, review: Review, problem: str, status: int) -> Response:
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
    asked = sorted(((one.name, name) for name, one in concepts().items()), key=lambda pair: pair[0].casefold())
    return case_page(
        visit, "criteria", "", review, status, problem=problem, given=defaultdict(str, visit.form), groups=rows_of(review, judged), chosen=chosen, sheet=sheet, at=at,
        judgements=[said_of(one, now, visit.user) for one in now.judgements if names(one, finding)],
        concepts=[(name, words) for words, name in asked], concept=concept_of(finding),
        assertions=ASSERTIONS, others=[(name, look.word) for name, look in STATUS.items() if name != finding.status], owners=owners,
        me=visit.user.id, judging="New files are being read; the rows will change." if running else "",
        chart=chart_of(review) if sheet is None else (),
    )  # fmt: skip


def concept_of(finding: Finding) -> str:
    """What a fact that is added to the row most likely says: what it rests on, or what was looked for."""
    by_name = {one.name: name for name, one in concepts().items()}
    asked = (*(fact.concept for fact in finding.facts), *(by_name.get(words, "") for words in finding.sought))
    return next(filter(None, asked), "")


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
    if "pages" in visit.query:
        return None, -1
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


def chart_of(review: Review) -> list[dict[str, Any]]:
    """Every file that has pages, with its documents: where a person goes to look for what no quote led to."""
    found: dict[str, list[dict[str, Any]]] = {source.name: [] for source in review.chart.files}
    for one in review.chart.documents:
        date = prose_range(one.when) if one.when else ""
        found[one.file].append({"page": one.first, "title": named(one), "date": date})
    return [
        {"file": number, "name": source.name, "pages": len(source.pages), "documents": found[source.name]}
        for number, source in enumerate(review.chart.files)
        if source.pages
    ]


def asked_for(visit: Visit) -> Response:
    now = opened(visit.desk, visit.of)
    with visit.desk.store.read() as connection:
        found = requests.listed(connection, visit.of.id)
    return case_page(visit, "requests", "requests", now.review, requests=found, people=now.people)
