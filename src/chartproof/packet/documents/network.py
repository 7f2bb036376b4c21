"""The request to cover the treating center as a network center, or to name one that can give the treatment in time."""

from __future__ import annotations

from chartproof.model import Review
from chartproof.packet.documents import parts
from chartproof.packet.documents.words import family, say, say_all, words
from chartproof.packet.exhibits import Book
from chartproof.packet.look import prose_day
from chartproof.packet.subjects import rows_for
from chartproof.packet.table import Purpose, drug_name
from chartproof.packet.told import centre, row
from chartproof.packet.tree import Block, Letter, box, heading, item, para

#: Reasons of a denial that speak of where the treatment is given.
_REASONS = ("out_of_network", "rems_atc", "site_of_care")


def applies(review: Review, purpose: Purpose) -> bool:
    """Where the denial turns on the center or the place; the registry adds it where the user asks for it."""
    if purpose == "prior-auth" or review.denial is None:
        return False
    return any(reason.kind in _REASONS for reason in review.denial.reasons)


def build(review: Review, book: Book, purpose: Purpose) -> Letter:
    said, drug = words("network"), drug_name(review)
    blocks = [para(say("network.ask", drug=drug, patient=parts.patient_name(review)))]
    day = parts.planned(review)
    blocks += [para(say("network.by", day=prose_day(day)))] if day else []
    blocks += [heading(said["why"]), centre(review, book), para(say("network.center"))]
    blocks += [item(one) for one in say_all("network.center_lines")]
    blocks += _place(review, book)
    blocks += [heading(said["question"]), *(item(one) for one in say_all("network.questions", drug=drug))]
    blocks += parts.rules(family(review)["network"])
    blocks += [heading(said["statement"]), para(say("network.statement_words"))]
    blocks += [box(one) for one in say_all("network.statements")]
    blocks += [para(say("network.named")), parts.sign_as("physician")]
    return parts.request(review, "network-exception", blocks)


def _place(review: Review, book: Book) -> list[Block]:
    """Where the care is planned and why, from the policy's rows on it."""
    found, _ = rows_for(review, "site_of_care")
    told = [f for f in found if f.status in ("met", "not_met")]
    if not found:
        return []
    said = words("network")
    open_rows = any(f.status == "missing" for f in found)
    blocks = [row(review, book, finding, titled=False) for finding in told]
    return [heading(said["place"]), *blocks, *([para(say("network.place_open"))] if open_rows or not blocks else [])]
