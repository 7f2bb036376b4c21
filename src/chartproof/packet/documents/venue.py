"""The request for the level of review that comes after the plan's own appeal: outside reviewers, a hearing, OPM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chartproof.model import Review
from chartproof.packet.documents import parts
from chartproof.packet.documents.words import BLANK, family, law_words, say, say_all, venue, words
from chartproof.packet.exhibits import Book
from chartproof.packet.look import prose_day
from chartproof.packet.table import Purpose
from chartproof.packet.tree import Block, Letter, heading, item, para


def applies(review: Review, purpose: Purpose, name: str) -> bool:
    """Where this level is open to the plan's members and a decision was made."""
    return review.denial is not None and purpose != "prior-auth" and name in family(review)["venues"]


def build(review: Review, book: Book, purpose: Purpose, name: str) -> Letter:
    said, place = words("venue"), venue(name, review)
    blocks = [para(say(f"asks.{name}")), heading(said["decision"]), *_decision(review, name)]
    blocks += parts.reasons(review, book)
    blocks += [para(say("venue.judgment"))] if place.get("judgment") and _is_judgment(review) else []
    blocks += [*parts.standing(review), heading(said["time"]), *_time(review, name)]
    blocks += [item(say("venue.fee"))] if place.get("fee") else []
    blocks += parts.rules(place["rules"])
    blocks += [heading(said["applicant"]), *(item(one) for one in say_all("venue.applicant_lines"))]
    blocks += [
        para(say("venue.release_child" if parts.is_child(review) else "venue.release")),
        parts.sign_applicant(review),
    ]
    blocks += _urgent(review, name)
    reference = parts.reference(review)
    return Letter(
        title=place["title"],
        addressee=parts.plan_address(review) if place["to"] == "plan" else tuple(place["to"]),
        reference=reference,
        salutation="",
        blocks=tuple(blocks),
        closing="",
        enclosures=parts.enclosed(review),
        draft=not review.extra.get("signed_by"),
        form="form",
        before=_box(review, name, [*parts.notes(blocks, (*reference, *_to(place["to"])))]),
    )


def _to(lines: object) -> tuple[tuple[str, str], ...]:
    return tuple(("to", line) for line in lines) if isinstance(lines, list) else ()


def _box(review: Review, name: str, notes: list[str]) -> tuple[str, ...]:
    said, place = words("box"), venue(name, review)
    form, contact = place.get("form"), place.get("contact")
    waits = "with_appeal" if place.get("forwarded") else "hold"
    when = said["now" if parts.is_final(review) else waits]
    if not parts.is_final(review) and _has_urgent(place) and parts.is_urgent_possible(review):
        when += " " + said["urgent_too"]
    own = said["form"].format(form=form["name"], source=form["source"]) if form else ""
    address = f"Address: from {contact['source']}; confirm it before sending." if contact else ""
    return parts.before(review, "venue", when, own, address, *notes, step=place["step"])


def _has_urgent(place: Mapping[str, Any]) -> bool:
    return bool(place["expedited"] or place.get("urgent"))


def _decision(review: Review, name: str) -> list[Block]:
    """The denial's day; the plan's later decision is written in by hand, where there has to be one."""
    denial = review.denial
    day = prose_day(denial.letter_date) if denial and denial.letter_date else BLANK
    if parts.is_final(review):
        return [para(say("venue.final", day=day))]
    return [] if venue(name, review).get("forwarded") else [para(say("venue.second"))]


def _is_judgment(review: Review) -> bool:
    """False where every reason is about the contract and none about the medical criteria."""
    kinds = {reason.kind for reason in review.denial.reasons} if review.denial else set()
    return bool(kinds - {"not_covered_benefit", "no_prior_auth", "documentation", "other"})


def _time(review: Review, name: str) -> list[Block]:
    """The last day as the review has it, or how it is counted; that nothing is filed where the plan forwards the case."""
    place = venue(name, review)
    listed = [item(law_words(rule)) for rule in place["time"]]
    if place.get("forwarded"):
        return [para(say("venue.forwarded")), *listed]
    due = parts.due(review, *place["what"])
    return [parts.due_words(review, place["step"], due, waits=not parts.is_final(review)), *listed]


def _urgent(review: Review, name: str) -> list[Block]:
    """The urgent road, with the physician's own signature, where the level has one and care is still to come."""
    said, place = words("venue"), venue(name, review)
    if not _has_urgent(place) or not parts.is_urgent_possible(review):
        return []
    form = [para(say("venue.urgent_form"))] if place.get("form") else []
    listed = [item(law_words(rule)) for rule in place["expedited"]]
    return [heading(said["urgent"]), *listed, para(say("venue.urgent_words")), *form, parts.sign_as("physician")]
