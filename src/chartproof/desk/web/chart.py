"""What the chart holds: its pages as pictures and words, the ledger of files, therapy and facts, denial and dates."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from chartproof.desk.casework import Opened, opened
from chartproof.desk.judging import page_of, words_in
from chartproof.desk.store import files
from chartproof.desk.web.case import being_read, case_page
from chartproof.desk.web.told import notes_of
from chartproof.desk.web.typed import whole
from chartproof.desk.web.visit import Visit
from chartproof.errors import NotFoundError
from chartproof.model import Box, Review
from chartproof.packet.look import day_of, sentence, table_day
from chartproof.packet.page_data import review_parts
from chartproof.packet.record import fact_rows
from chartproof.policy.load import concepts

#: What the parts of a review that the tabs show take in memory, in bytes.
PARTS = 500_000


def sheet(visit: Visit) -> Response:
    """The picture of a page."""
    now = opened(visit.desk, visit.of)
    file, number = whole(visit.path["file"]), whole(visit.path["page"])
    sources = now.review.chart.files if now.review else ()
    if not 0 <= file < len(sources):
        raise NotFoundError("CP-WEB-09", "there is no such page")
    source = sources[file]

    def draw() -> tuple[bytes | None, int]:
        drawn = visit.desk.draw(visit.desk.store.documents.get(source.sha256), number, 1300)
        return drawn, len(drawn or b"")

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
        listed = files.listed(connection, visit.of.id)
    ledger = parts_of(visit, now, now.review)["ledger"] if now.review else []
    seen = {one["file"] for one in ledger}
    waiting = [one for one in listed if one.name not in seen]
    return case_page(visit, "documents", "documents", now.review, ledger=ledger, waiting=waiting)


def history(visit: Visit) -> Response:
    now = opened(visit.desk, visit.of)
    if now.review is None:
        return being_read(visit, "history")
    parts = parts_of(visit, now, now.review)
    at = {source.name: number for number, source in enumerate(now.review.chart.files)}
    return case_page(
        visit, "history", "history", now.review, timeline=parts["timeline"], lines=parts["lines"],
        conflicts=parts["conflicts"], facts=parts["facts"], at=at,
    )  # fmt: skip


def parts_of(visit: Visit, now: Opened, review: Review) -> dict[str, Any]:
    """What the tabs show of a review, made once for as long as it is the same."""
    found: dict[str, Any] = visit.desk.shelf.get(
        ("parts", *now.key), lambda: ({**review_parts(review), "facts": facts_by_kind(review)}, PARTS)
    )
    return found


def facts_by_kind(review: Review) -> list[dict[str, Any]]:
    """What the chart says, a line a kind: the latest, and all of them below it, the latest first."""
    kinds = {name: one.name for name, one in concepts().items()}
    found: dict[str, list[dict[str, Any]]] = {}
    for one in fact_rows(fact for fact in review.chart.facts if fact.assertion in ("present", "absent")):
        what = sentence(kinds.get(one["concept"], one["concept"]))
        row = {"date": one["date"] or "", "value": value_words(one), "file": one["file"], "page": one["page"]}
        if row not in found.setdefault(what, []):
            found[what].append(row)
    return [
        {"what": what, "rows": sorted(rows, key=lambda row: row["date"], reverse=True)}
        for what, rows in sorted(found.items(), key=lambda kind: kind[0].casefold())
    ]


def value_words(one: dict[str, Any]) -> str:
    value = "yes" if one["value"] is None else str(one["value"]).replace("_", " ")
    if one["assertion"] == "absent":
        return "no" if one["value"] is None else f"not {value}"
    return f"{value} {one['unit'] or ''}".strip()


def denial(visit: Visit) -> Response:
    now = opened(visit.desk, visit.of)
    if now.review is None:
        return being_read(visit, "denial")
    parts = parts_of(visit, now, now.review)
    today = visit.now.date()  # the review says it of the day for which it was read
    passed = {table_day(one.safe_due) for one in now.review.deadlines if day_of(one.safe_due) < today}
    return case_page(
        visit, "denial", "denial", now.review, denial=parts["denial"], notes=notes_of(now.review),
        deadlines=[{**one, "passed": one["safe"] in passed} for one in parts["deadlines"]],
    )  # fmt: skip
