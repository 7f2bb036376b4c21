"""What a person decides on a case: judgements and their undoing; requests; files."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote as quoted

from starlette.responses import Response

from chartproof.desk.casework import ask_for_reading, opened, settle, take_in
from chartproof.desk.judging import Typed, facts_quoting, find_words, opinion_of
from chartproof.desk.store import audit, judgements, requests
from chartproof.desk.store.judgements import Opinion
from chartproof.desk.web.case import may_undo, show
from chartproof.desk.web.people import plainly
from chartproof.desk.web.typed import day_of_form, whole
from chartproof.desk.web.view import finding_of
from chartproof.desk.web.visit import Visit, to
from chartproof.errors import ChartproofError, InputError, NotFoundError, RefusedError
from chartproof.model import Finding, Page, Review, Span

DONE = {"accept": "accepted", "override": "decided", "reject": "set_aside", "add": "added"}


def judge(visit: Visit) -> Response:
    """One judgement, kept, and every row decided again with it."""
    now = opened(visit.desk, visit.of)
    if now.review is None:
        raise NotFoundError("CP-WEB-10", "the files are not read yet", then="Wait until they are.")
    kind = visit.form.get("kind", "")
    if kind not in DONE:
        raise InputError("CP-WEB-11", "there is no such judgement", then="Load the page again.")
    finding = row_of(visit, now.review)
    try:
        for opinion in opinions(visit, kind, now.review, finding):
            with visit.desk.store.write() as connection:
                judgements.judge(connection, visit.actor, visit.of.id, opinion, now=visit.now)
    except (InputError, RefusedError) as error:
        return not_kept(visit, error)
    settle(visit.desk, visit.of.id, now=visit.now)
    return back(visit, DONE[kind])


def not_kept(visit: Visit, error: ChartproofError) -> Response:
    """The row again, with what is wrong above it and what was typed in its form."""
    here = {name: visit.form[name] for name in ("row", "file", "page") if name in visit.form}
    return show(replace(visit, query=here), plainly(error), 400)


def row_of(visit: Visit, review: Review) -> Finding:
    finding = finding_of(review, visit.form.get("row", ""))
    if finding is None:
        raise NotFoundError("CP-WEB-12", "the review has no such row", then="Load the page again.")
    return finding


def opinions(visit: Visit, kind: str, review: Review, finding: Finding) -> list[Opinion]:
    """What is to be kept of a form. Raises InputError CP-WEB-01, -02, -13 to -15, -20."""
    if kind == "accept":
        return [Opinion("accept", "looked at and left so", finding.layer, finding.id)]
    if kind == "override":
        if visit.form.get("status") == finding.status:
            raise InputError("CP-WEB-20", "the row is that already", then="Accept it as it stands, or choose another.")
        span = span_typed(visit, review) if visit.form.get("quote", "").strip() else None
        return [Opinion(
            "override", visit.wanted("reason", "The reason"), finding.layer, finding.id, visit.wanted("status", "What the row is"),
            file=span.file if span else "", page=span.page if span else None, quote=span.quote if span else "",
        )]  # fmt: skip
    if kind == "reject":
        return rejections(visit, review, finding)
    span = span_typed(visit, review)
    day = day_of_form(visit.wanted("day", "The day"), "day")
    assert day is not None
    typed = Typed(
        visit.wanted("concept", "What the words say"), visit.form.get("value", ""), visit.form.get("assertion", ""), day
    )
    return [opinion_of(typed, span, finding, reason=visit.wanted("reason", "The reason"))]


def rejections(visit: Visit, review: Review, finding: Finding) -> list[Opinion]:
    """A rejection a quote: it speaks of the words, so that it holds after the files are read again."""
    wanted, reason = set(visit.lists.get("fact", ())), visit.wanted("reason", "Why it does not count")
    spans = {span for fact in review.chart.facts if fact.id in wanted for span in fact.evidence}
    mine = [span for span in (*finding.evidence, *finding.against) if span in spans]
    if not mine:
        raise InputError("CP-WEB-13", "the quote was set aside already", then="Load the page again.")
    return [
        Opinion("reject", reason, finding.layer, finding.id, file=span.file, page=span.page, quote=span.quote)
        for span in dict.fromkeys(mine)
        if facts_quoting(review, span.file, span.page, span.quote)
    ]


def span_typed(visit: Visit, review: Review) -> Span:
    """The words that were typed or drawn, where they stand on the page that was shown."""
    found = page_shown(visit, review)
    words = visit.wanted("quote", "The quote")
    span = find_words(found, words)
    if span is None:
        raise InputError(
            "CP-WEB-14", "these words do not stand on this page", where=f"{found.file}, page {found.number}",
            then="Copy them as they stand there.",
        )  # fmt: skip
    return span


def page_shown(visit: Visit, review: Review) -> Page:
    file, number = whole(visit.form.get("file", "")), whole(visit.form.get("page", ""))
    sources = review.chart.files
    pages = sources[file].pages if 0 <= file < len(sources) else ()
    found = next((one for one in pages if one.number == number), None)
    if found is None:
        raise InputError("CP-WEB-15", "the page is not in the chart", then="Load the page again.")
    return found


def back(visit: Visit, told: str) -> Response:
    return to(f"/cases/{visit.of.id}?row={quoted(visit.form.get('row', ''))}&told={told}")


def undo(visit: Visit) -> Response:
    with visit.desk.store.write() as connection:
        seen = judgements.get(connection, visit.path["judgement"])
        if seen.case != visit.of.id:
            raise NotFoundError("CP-WEB-12", "the case has no such judgement")
        allowed = may_undo(seen.by, visit.of.owner, visit.user.id, visit.user.role)
        if allowed:
            judgements.undo(connection, visit.actor, seen.id, now=visit.now)
        else:
            audit.append(connection, visit.actor, "undo", "judgement", seen.id, now=visit.now, outcome="refused")
    if not allowed:
        raise RefusedError(
            "CP-WEB-18", "this is another person's judgement", then="Ask them, the case's owner or a physician to undo it."
        )  # fmt: skip
    settle(visit.desk, visit.of.id, now=visit.now)
    return back(visit, "undone")


def ask(visit: Visit) -> Response:
    """ "Not in the chart": a judgement that says so, and the request that follows from it."""
    now = opened(visit.desk, visit.of)
    if now.review is None:
        raise NotFoundError("CP-WEB-10", "the files are not read yet", then="Wait until they are.")
    finding = row_of(visit, now.review)
    try:
        due = day_of_form(visit.wanted("due", "The day"), "due")
        what, of_whom = visit.wanted("what", "What is asked for"), visit.wanted("of_whom", "Of whom")
    except InputError as error:
        return not_kept(visit, error)
    with visit.desk.store.write() as connection:
        opinion = Opinion("not_in_chart", what, finding.layer, finding.id)
        kept = judgements.judge(connection, visit.actor, visit.of.id, opinion, now=visit.now)
        wish = requests.Wish(what, of_whom, finding.id, visit.form.get("owner") or visit.user.id, due, kept.id)
        requests.ask(connection, visit.actor, visit.of.id, wish, now=visit.now)
    settle(visit.desk, visit.of.id, now=visit.now)
    return back(visit, "asked")


def answer_request(visit: Visit) -> Response:
    state = visit.form.get("state", "")
    if state not in ("received", "called_off"):
        raise InputError("CP-WEB-11", "there is no such state", then="Load the page again.")
    with visit.desk.store.write() as connection:
        seen = requests.get(connection, visit.path["request"])
        if seen.case != visit.of.id:
            raise NotFoundError("CP-WEB-12", "the case has no such request")
        requests.change(connection, visit.actor, seen.id, owner=seen.owner, due=seen.due, state=state, now=visit.now)
    settle(visit.desk, visit.of.id, now=visit.now)
    return to(f"/cases/{visit.of.id}/requests?told=settled")


def add_files(visit: Visit) -> Response:
    take_in(
        visit.desk,
        visit.actor,
        visit.of.id,
        [(one.filename or "file", one.file) for one in visit.uploads],
        now=visit.now,
    )
    return to(f"/cases/{visit.of.id}/documents?told=files")


def read_again(visit: Visit) -> Response:
    with visit.desk.store.write() as connection:
        ask_for_reading(connection, visit.actor, visit.of.id, now=visit.now)
    return to(f"/cases/{visit.of.id}")
