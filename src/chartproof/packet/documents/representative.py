"""The appointment of a representative, with the form that the plan's own law has for it."""

from __future__ import annotations

from chartproof.model import Review
from chartproof.packet.documents import parts
from chartproof.packet.documents.words import family, law_words, say, words
from chartproof.packet.exhibits import Book
from chartproof.packet.table import Purpose, drug_name
from chartproof.packet.tree import Letter, heading, item, para


def applies(review: Review, purpose: Purpose) -> bool:
    """Always: anybody may want to be represented."""
    return True


def build(review: Review, book: Book, purpose: Purpose) -> Letter:
    said, form, child = words("representative"), family(review).get("form"), parts.is_child(review)
    people = [*(["child"] if child else []), "representative", "address", "profession"]
    blocks = [heading(said["parties"]), item(say("representative.patient", patient=parts.patient_name(review)))]
    blocks += [item(say(f"representative.{one}")) for one in people]
    blocks += [
        heading(said["words"]),
        para(say(f"representative.appoint_{'child' if child else 'adult'}", drug=drug_name(review))),
        para(say("representative.release")),
        para(say("representative.scope")),
        para(say(f"representative.{'ends_form' if form else 'ends'}")),
        parts.sign_applicant(review, own=True),
        para(say("representative.accept")),
        parts.sign_as("accepted"),
    ]
    reference = parts.reference(review, policy=False)
    own = words("box")["own_form"].format(form=form["name"], source=form["source"]) if form else ""
    rules = [words("box")["rule"].format(law=law_words(rule)) for rule in family(review)["consent"]]
    return Letter(
        title=words("documents")["representative"]["title"],
        addressee=parts.plan_address(review),
        reference=reference,
        salutation="",
        blocks=tuple(blocks),
        closing="",
        enclosures="",
        draft=not review.extra.get("signed_by"),
        form="form",
        before=parts.before(review, "representative", own, *rules, *parts.notes(blocks, reference)),
    )
