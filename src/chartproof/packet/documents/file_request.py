"""The request for the claim file, the criteria that were used, and what the notice should have said."""

from __future__ import annotations

import re

from chartproof.model import Review
from chartproof.packet.documents import parts
from chartproof.packet.documents.words import everyone, family, say, say_all, words
from chartproof.packet.exhibits import Book
from chartproof.packet.look import prose, stop, tidy
from chartproof.packet.table import Purpose
from chartproof.packet.tree import Block, Letter, heading, item, para

#: Advice to the patient's side that may follow a defect; it is not for the plan.
_ADVICE = re.compile(r"(?<=[.!?])\s+(?=Ask\b|Request\b|Call\b|Write\b)")


def applies(review: Review, purpose: Purpose) -> bool:
    """Where a decision was made: there is no file to ask for before one."""
    return review.denial is not None and purpose != "prior-auth"


def build(review: Review, book: Book, purpose: Purpose) -> Letter:
    denial = review.denial
    blocks = [para(say("file.ask"))]
    blocks += [item(one) for one in say_all("file.items", file=family(review)["file"])]
    if denial and denial.policy_cited and review.edition:
        blocks.append(para(say("file.policy", policy=denial.policy_cited, edition=prose(review.edition))))
    blocks += _lacks(review)
    blocks += parts.rules((*family(review)["records"], *everyone()))
    blocks += [para(say("file.late")), para(say("file.send")), parts.sign_applicant(review)]
    reference = parts.reference(review, policy=False)
    return Letter(
        title=words("documents")["file-request"]["title"],
        addressee=parts.plan_address(review),
        reference=reference,
        salutation="To the appeals department:",
        blocks=tuple(blocks),
        closing="",
        enclosures=words("common")["enclosed_none"],
        draft=not review.extra.get("signed_by"),
        form="form",
        before=parts.before(review, "file-request", *parts.notes(blocks, reference)),
    )


def _lacks(review: Review) -> list[Block]:
    """What the notice lacks or gets wrong, as read from it."""
    said, denial = words("file"), review.denial
    if denial is None or not denial.letter_defects:
        return []
    faults = [stop(prose(_ADVICE.split(tidy(defect))[0])) for defect in denial.letter_defects]
    told = [item(fault, source=("denial:",)) for fault in dict.fromkeys(faults)]
    return [heading(said["lacks"]), *told]
