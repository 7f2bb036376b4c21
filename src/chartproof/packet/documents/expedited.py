"""The request for an urgent decision, with the certification that the treating physician completes and signs."""

from __future__ import annotations

from chartproof.model import Finding, Review
from chartproof.packet.documents import parts
from chartproof.packet.documents.words import family, say, say_all, words
from chartproof.packet.exhibits import Book
from chartproof.packet.look import marks, prose_day
from chartproof.packet.table import Purpose, drug_name
from chartproof.packet.told import sentences
from chartproof.packet.tree import Block, Letter, Run, box, heading, item, of_row, para

_DISEASE = ("diagnosis", "relapsed_or_refractory")
_WRITTEN_LINES = 4


def applies(review: Review, purpose: Purpose) -> bool:
    """Before the plan's last decision on care still to come; without a denial, where a collection is planned."""
    if purpose == "prior-auth" or review.denial is None:
        return parts.planned(review) is not None
    return parts.is_urgent_possible(review) and not parts.is_final(review)


def build(review: Review, book: Book, purpose: Purpose) -> Letter:
    said = words("expedited")
    appeal = purpose != "prior-auth" and review.denial is not None
    ask = "expedited.ask_appeal" if appeal else "expedited.ask_prior"
    blocks = [para(say(ask, drug=drug_name(review), patient=parts.patient_name(review)))]
    blocks += _disease(review, book)
    blocks += [heading(said["dates"]), *_dates(review)]
    blocks += parts.rules(family(review)["expedited"])
    blocks += certification(review)
    return parts.request(review, "expedited-request", blocks)


def certification(review: Review) -> list[Block]:
    """The physician's certification: nothing is marked, and the reason is left to the physician's own words."""
    said = words("expedited")
    harms = [*say_all("expedited.harms"), *([say("expedited.pain")] if family(review).get("pain") else [])]
    return [
        heading(said["certify"]),
        para(say("expedited.words")),
        *(box(harm) for harm in harms),
        para(say("expedited.why")),
        parts.writing_lines(_WRITTEN_LINES),
        para(say("expedited.refuse")),
        para(say("expedited.reach")),
        parts.sign_as("physician"),
    ]


def _disease(review: Review, book: Book) -> list[Block]:
    """The disease and how it stands, as the label's rows prove it."""
    met = [f for f in review.label if f.id in _DISEASE and f.status == "met" and f.facts]
    told = [para(*sentences(review, book, finding), source=(of_row(finding),)) for finding in met]
    return [heading(words("expedited")["disease"]), *told] if told else []


def _dates(review: Review) -> list[Block]:
    listed: list[Block] = []
    day = parts.planned(review)
    if day:
        listed.append(item(say("expedited.collection", day=prose_day(day))))
    first = _first_to_age(review)
    if first and first.valid_until:
        name = marks(review)[first.layer, first.id]
        ages = words("expedited")["ages"].format(row=name, day=prose_day(first.valid_until))
        listed.append(item(Run(ages, source=of_row(first))))
    return listed if day else [*listed, item(say("expedited.no_date"))]


def _first_to_age(review: Review) -> Finding | None:
    """The proven row of the policy whose evidence is the first to pass its window, from the day of the request on."""
    dated = [f for f in review.criteria if f.status == "met" and f.valid_until and f.valid_until >= review.case.as_of]
    return min(dated, key=lambda f: f.valid_until or review.case.as_of, default=None)
