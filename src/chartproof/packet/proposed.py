"""What a model proposed, in words, for review.html and the terminal; the package for the payer never holds any of it."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from chartproof.model import Finding, Proposal, Proposals, Review
from chartproof.packet.look import document_at, marks, one_way, plain_quote
from chartproof.packet.wording import amount, concept_words, drop_words, value_words

TITLE = "Proposed by a model, waits for a person"
ADVICE = (
    "No row changes by it. Read the page; where it says what the row asks, have a signed and dated entry put into the "
    "folder and review again."
)


def proposed_for(review: Review, finding: Finding) -> tuple[Proposal, ...]:
    """The proposals of a missing row."""
    found = review.proposals.found if review.proposals else ()
    return tuple(one for one in found if (one.layer, one.row) == (finding.layer, finding.id))


def reading_words(one: Proposal) -> str:
    """What our own code reads in the quote, or that it reads nothing there."""
    if not one.read:
        return f"About {concept_words(one.concept)}? The program reads nothing here: a person must."
    said = []
    for fact in one.read:
        value = amount(fact.quantity) if fact.quantity else value_words(fact.value) if fact.value else ""
        parts = (value, fact.assertion, f"on {fact.when}" if fact.when else "", "" if fact.signed else "unsigned")
        said.append(f"{concept_words(fact.concept)}: {', '.join(filter(None, parts))}")
    return f"The program reads here, and the row has weighed it: {'; '.join(dict.fromkeys(said))}."


def summary(asked: Proposals) -> list[str]:
    """How many wait, how many were dropped and why, and why the model was not asked to the end: a line each."""
    waiting = len({(one.concept, one.quote) for one in asked.found})
    wait = "proposal waits" if waiting == 1 else "proposals wait"
    lines = [f"{waiting} {wait} for a person; the model asked is {asked.model}."]
    if asked.dropped:
        total = sum(asked.dropped.values())
        why = [f"{drop_words(reason)} ({number})" for reason, number in asked.dropped.items()]
        lines.append(f"{total} dropped: {one_way(why)}.")
    if asked.stopped:
        lines.append(f"The model was not asked to the end. {asked.stopped}")
    return lines


def print_proposals(review: Review, console: Console, width: int) -> None:
    """Prints each proposal under its row's mark; nothing where no model was asked."""
    if review.proposals is None:
        return
    console.print()
    console.print(Text(TITLE, style="bold"), width=width)
    for line in summary(review.proposals):
        console.print(Text(line), width=width)
    short = marks(review)
    for one in review.proposals.found:
        document = document_at(review, one.quote.file, one.quote.page)
        place = f"{one.quote.file} p. {one.quote.page}" + (
            ", unsigned" if document and document.signed is False else ""
        )
        console.print(Text(f"  {short[one.layer, one.row]}  {place}"), width=width)
        for line in (f"“{plain_quote(one.sentence.quote)}”", reading_words(one)):
            console.print(Padding(Text(line), (0, 0, 0, 6)), width=width)
    if review.proposals.found:
        console.print(Text(ADVICE), width=width)


def around(one: Proposal) -> tuple[str, str, str]:
    """The sentence before the quote, the quote, and the sentence after it, each with its white space folded."""
    text, start = one.sentence.quote, one.quote.start - one.sentence.start
    cut = (text[:start], one.quote.quote, text[start + len(one.quote.quote) :])
    before, quote, after = (" ".join(part.split()) for part in cut)
    return (f"{before} " if before else ""), quote, (f" {after}" if after else "")
