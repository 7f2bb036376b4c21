"""Our own papers for the plan: forms, drafts, and minutes that nobody has signed. They are claims and never evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from chartproof.chart.find.said import loosen, near_quote
from chartproof.chart.view import Reading, Segment, Sentence, sentences
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Conflict, Span

#: Characters behind a question in which its answer may stand.
ANSWER = 14
CORRECT = "the paper sent or to be sent to the plan must be corrected"


def of_papers(reading: Reading) -> Iterator[Sentence]:
    """Sentences of the papers, the plan's own printed rules left out."""
    for segment in reading.segments:
        if is_paper(segment) and segment.document.belongs is not False:
            for sentence in sentences(segment):
                if not rules().search(f"{sentence.label} {sentence.text}"):
                    yield sentence


def of_logs(reading: Reading) -> Iterator[Sentence]:
    """Sentences of what the office keeps beside the chart: logs, messages, cover sheets; the rows of an export are none.

    What such a sentence only repeats from the plan's letter is the letter's word and no side of its own.
    """
    kinds = load("contradictions.yaml")["sources"]["log"]
    for segment in reading.segments:
        if segment.document.kind in kinds and segment.document.belongs is not False and not is_paper(segment):
            told = sentences(segment) if segment.page.read != "structured" else ()
            yield from (one for one in told if not repeats().search(one.text))


def is_paper(segment: Segment) -> bool:
    """A form or a draft by its kind, or minutes and letters that nobody has signed."""
    words, kind = load("claims.yaml"), segment.document.kind
    return kind in words["papers"] or (kind in words["unsigned_papers"] and segment.signed is False)


def with_answer(sentence: Sentence) -> str:
    """The sentence with the answer that stands behind its question mark, as a sentence of its own: "[X] Yes"."""
    if not sentence.text.rstrip().endswith("?"):
        return sentence.text
    return sentence.page.text[sentence.start : sentence.end + ANSWER].replace("\n", " ")


def conflict_of(name: str, sentence: Sentence, match: re.Match[str], beside: Span, right: str) -> Conflict:
    return Conflict(
        f"{name}: the {paper_of(sentence)}", near_quote(sentence, match.start(), match.end()), beside, right
    )


def paper_of(sentence: Sentence) -> str:
    names = {"draft_letter": "draft letter", "prior_auth_form": "request form"}
    return names.get(sentence.document.kind, "unsigned draft")


@cache
def repeats() -> Expression:
    return Expression(loosen(load("compared.yaml")["no_side"]["repeated"]), re.IGNORECASE)


@cache
def rules() -> Expression:
    return Expression("|".join(load("claims.yaml")["instructions"]), re.IGNORECASE)
