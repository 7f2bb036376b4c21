"""The plan's reviewer at work: the worksheet, the ruling, and what went out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from chartproof.desk.casework import Opened, opened
from chartproof.desk.determining import (
    MOST_WORDS,
    asked_by,
    asked_codes,
    part_of,
    request_of,
    review_of,
    rule,
    steps_after,
)
from chartproof.desk.store import exchanged, logins, rulings, sessions
from chartproof.desk.store.logins import Login
from chartproof.desk.web.case import case_page
from chartproof.desk.web.package import attached
from chartproof.desk.web.people import plainly
from chartproof.desk.web.told import notes_of
from chartproof.desk.web.visit import Visit, to
from chartproof.errors import ChartproofError, InputError
from chartproof.model import Finding, Review, Ruling
from chartproof.packet.determination import determination_files, key_of, speaks_to, to_confirm
from chartproof.packet.look import STATUS, groups, marks, sentence
from chartproof.packet.worksheet import found, missing, places, quotes, told, worksheet_pdf

OUTCOMES = (
    ("ask", "Ask for more: the request stays open"),
    ("approve", "Approve"),
    ("deny", "Deny: the criteria, the evidence and the reasons go into the notice, with the member's rights"),
)


def show(visit: Visit, problem: str = "", status: int = 200) -> Response:
    """The worksheet, what was ruled, and the form; `problem` is why what was sent was not kept."""
    row, request = request_of(visit.desk, visit.of)
    now = opened(visit.desk, visit.of)
    with visit.desk.store.read() as connection:
        kept = rulings.listed(connection, visit.of.id)
        closed = exchanged.is_ruled(connection, row.id)
    given = visit.form
    draft = ruling_of(visit, now, row.id, (asked_by(request), asked_codes(request)), row.received)
    return case_page(
        visit, "determination", "determination", now.review, status, problem=problem, reference=row.id,
        received=row.received, provider=asked_by(request), codes=", ".join(asked_codes(request)), rulings=kept,
        groups=list(worksheet_groups(now.review, open_rows=False)) if now.review else [],
        open=[one for group in worksheet_groups(now.review, open_rows=True) for one in group["rows"]] if now.review else [],
        sheet_there=now.review is not None, rows_there=bool(now.review and (now.review.criteria or now.review.label)),
        notes=[sentence(one) for one in notes_of(now.review)] if now.review else [], unclear=told(now.review) if now.review else [],
        closed=closed, outcomes=OUTCOMES,
        words={"approve": "Approved", "deny": "Denied", "ask": "More was asked for"},
        documents=documents_of(now.review) if now.review else [], given=given, chosen=set(visit.lists.get("rows", ())),
        ticked=set(visit.lists.get("considered", ())), confirm=to_confirm(now.review, draft) if now.review and draft.steps else (),
        plan_known=bool(draft.steps), most=MOST_WORDS,
    )  # fmt: skip


def worksheet_groups(review: Review, *, open_rows: bool) -> Iterator[dict[str, Any]]:
    """The worksheet's lines, as the sheet in print has them: those that are open, or the others."""
    named = marks(review)
    for title, findings in groups(review):
        lines = [line(one, named[one.layer, one.id]) for one in findings]
        yield {"title": title, "rows": [one for one in lines if one["open"] == open_rows]}


def line(one: Finding, name: str) -> dict[str, Any]:
    return {
        "key": key_of(one), "row": f"{one.layer}:{one.id}", "name": name, "says": sentence(one.says), "status": one.status,
        "found": found(one).splitlines(), "where": places(quotes(one)),
        "missing": missing(one), "open": one.status in ("missing", "not_met"), "word": STATUS[one.status].word,
    }  # fmt: skip


def documents_of(review: Review) -> list[dict[str, Any]]:
    """Every file, with the open rows to which it speaks."""
    named = marks(review)
    speaks: dict[str, list[str]] = {}
    for one in (*review.criteria, *review.label):
        if one.status in ("missing", "not_met"):
            for name in speaks_to(review, one):
                speaks.setdefault(name, []).append(named[one.layer, one.id])
    return [
        {"name": file.name, "pages": len(file.pages), "rows": ", ".join(speaks.get(file.name, ()))}
        for file in review.chart.files
    ]


def ruling_of(visit: Visit, now: Opened, reference: str, asked: tuple[str, tuple[str, ...]], received: Any) -> Ruling:
    """What the form says, by the person who sends it. Name and licence are the account's, never the form's."""
    form = visit.form
    outcome = form.get("outcome", "")
    rows = tuple(visit.lists.get("rows", ())) if outcome != "approve" else ()
    bare = Ruling(
        outcome if outcome in dict(OUTCOMES) else "ask", rows, tuple(visit.lists.get("considered", ())),  # type: ignore[arg-type]
        form.get("statement", "").strip(), visit.user.shown, visit.user.licence, visit.now, form.get("specialty", "").strip(),
        reference, asked[0], asked[1], received.date(),
    )  # fmt: skip
    return replace(bare, steps=steps_after(now.case, bare))


def decide(visit: Visit) -> Response:
    """Shows the letter as it would go out, or keeps the ruling after the reviewer has proven who they are."""
    assert visit.session is not None
    try:
        row, request = request_of(visit.desk, visit.of)
        now = opened(visit.desk, visit.of)
        review = review_of(now)
        check_form(visit, review)
        ruling = ruling_of(visit, now, row.id, (asked_by(request), asked_codes(request)), row.received)
        if visit.form.get("do") == "look":
            return attached(
                determination_files(review, ruling, draft=True)["determination.pdf"], "determination-draft.pdf"
            )
        if visit.form.get("read") != "yes":
            raise InputError(
                "CP-WEB-31", "say that you have read the letter and decide it yourself", then="Tick the line."
            )
        login = Login(visit.user.name, visit.form.get("password", ""), visit.form.get("code", ""), visit.address)
        logins.confirm(visit.desk.store, visit.session, login, now=visit.now, hashing=visit.desk.hashing)
        session, user = sessions.resume(visit.desk.store, visit.token, now=visit.now, limits=visit.desk.sessions)
        rule(visit.desk, visit.actor, visit.of, ruling, user=user, session=session)
    except ChartproofError as error:
        if error.code == "CP-WEB-30":
            raise
        return show(visit, plainly(error), 400)
    return to(f"/cases/{visit.of.id}/determination?told=ruled")


def check_form(visit: Visit, review: Review) -> None:
    """Raises InputError CP-WEB-32 for what the page does not offer, CP-WEB-33 for a statement that is too long."""
    names = {file.name for file in review.chart.files}
    if visit.form.get("outcome", "") not in dict(OUTCOMES) or set(visit.lists.get("considered", ())) - names:
        raise InputError(
            "CP-WEB-32", "choose what is decided, and documents of this case", then="Choose, and send again."
        )
    if len(visit.form.get("statement", "")) > MOST_WORDS:
        raise InputError("CP-WEB-33", "the statement is too long", then=f"At most {MOST_WORDS} characters.")


def sheet(visit: Visit) -> Response:
    """The worksheet for print."""
    row, _ = request_of(visit.desk, visit.of)
    review = review_of(opened(visit.desk, visit.of))
    return attached(worksheet_pdf(review, reference=row.id), "worksheet.pdf")


def file(visit: Visit) -> Response:
    return attached(part_of(visit.desk, visit.of, visit.path["ruling"], visit.path["name"]), visit.path["name"])
