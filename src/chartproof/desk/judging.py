"""Between what the store keeps of a judgement and what the plan takes: people's names, words found on pages, typed values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from chartproof.desk.store.judgements import Judgement as Kept
from chartproof.desk.store.judgements import Opinion
from chartproof.errors import InputError
from chartproof.model import Box, DayRange, Fact, Finding, Page, Quantity, Review, Span, Word
from chartproof.model.judgement import Judgement
from chartproof.packet.look import document_at
from chartproof.policy.load import concepts

#: What a fact that a person adds may say: it is so, or it is not so. Plans and other people's facts decide nothing.
ASSERTIONS = (("present", "so"), ("absent", "not so"))


@dataclass(frozen=True, slots=True)
class Typed:
    """A fact as the form gives it: all text but the day."""

    concept: str
    value: str
    assertion: str
    day: date


def as_judged(kept: Sequence[Kept], people: Mapping[str, str], review: Review) -> list[Judgement]:
    """The standing judgements as the plan takes them, in their order. `people` gives the name of each user id.

    A judgement of a quote that a later reading no longer finds is left out: it speaks of nothing that is there.
    """
    found: list[Judgement] = []
    for one in kept:
        by, on = people.get(one.by, "a person whose account is gone"), one.at.date()
        if one.kind == "accept":
            found.append(Judgement(one.id, "accept", by, on, one.reason, _layer(one), one.criterion))
        elif one.kind == "override":
            span = _span_of(review, one)
            found.append(
                Judgement(one.id, "override", by, on, one.reason, _layer(one), one.criterion, one.status, span)  # type: ignore[arg-type]
            )
        elif one.kind == "reject":
            found += [
                Judgement(f"{one.id}-{fact}", "reject", by, on, one.reason, fact_id=fact)
                for fact in facts_quoting(review, one.file, one.page or 0, one.quote)
            ]
        elif one.kind == "fact":
            span = _span_of(review, one)
            if span is not None:
                found.append(
                    Judgement(
                        one.id, "add", by, on, one.reason, fact=_fact(one, span, by, signed=_signed(review, span))
                    )
                )
    return found


def _layer(one: Kept) -> Literal["policy", "label"]:
    return "label" if one.layer == "label" else "policy"


def _span_of(review: Review, one: Kept) -> Span | None:
    page = page_of(review, one.file, one.page or 0)
    return find_words(page, one.quote) if page and one.quote else None


def page_of(review: Review, file: str, number: int) -> Page | None:
    return next((p for f in review.chart.files if f.name == file for p in f.pages if p.number == number), None)


def facts_quoting(review: Review, file: str, page: int, quote: str) -> tuple[str, ...]:
    """The ids of the facts that rest on these words of this page."""
    return tuple(
        fact.id
        for fact in review.chart.facts
        if any((span.file, span.page, span.quote) == (file, page, quote) for span in fact.evidence)
    )


def find_words(page: Page, words: str) -> Span | None:
    """Where the words stand on the page, whatever its spaces and line ends; None where they do not."""
    parts = [re.escape(part) for part in words.split()]
    if not parts:
        return None
    match = re.search(r"\s+".join(parts), page.text) or re.search(r"\s+".join(parts), page.text, re.IGNORECASE)
    if match is None:
        return None
    start, end = match.span()
    return Span(page.file, page.number, start, end, page.text[start:end], page.boxes(start, end))


def words_in(page: Page, box: Box) -> str:
    """The words whose middle lies in a drawn box, in reading order, as they stand on the page."""
    inside = [
        word
        for word in page.words
        if box.left <= (word.box.left + word.box.right) / 2 <= box.right
        and box.top <= (word.box.top + word.box.bottom) / 2 <= box.bottom
    ]
    return page.text[inside[0].start : inside[-1].end] if inside and _one_run(page, inside) else " ".join(
        word.text for word in inside
    )  # fmt: skip


def _one_run(page: Page, inside: Sequence[Word]) -> bool:
    first = page.words.index(inside[0])
    return list(page.words[first : first + len(inside)]) == list(inside)


def opinion_of(typed: Typed, span: Span, finding: Finding, *, reason: str) -> Opinion:
    """The fact to keep; `finding` is the row at which it was added, where it can be taken back. Raises InputError CP-WEB-02 where the value is none that the concept can have."""
    concept = concepts().get(typed.concept)
    if concept is None:
        raise InputError("CP-WEB-02", "there is no such concept", then="Choose one of the list.")
    value, quantity = typed.value.strip(), ""
    if concept.type == "number":
        quantity = f"{_number(value, concept.range, concept.unit):g} {concept.unit}".strip()
        value = ""
    elif concept.values and value not in concept.values:
        raise InputError("CP-WEB-02", "the value is none of this concept", then=f"One of: {', '.join(concept.values)}.")
    return Opinion(
        kind="fact", reason=reason, layer=finding.layer, criterion=finding.id, file=span.file, page=span.page, quote=span.quote, concept=typed.concept,
        boxes=tuple((box.left, box.top, box.right, box.bottom) for box in span.boxes), value=value, quantity=quantity,
        day=typed.day, status=typed.assertion,
    )  # fmt: skip


def _number(text: str, within: tuple[float, float] | None, unit: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    low, high = within or (float("-inf"), float("inf"))
    if not low <= number <= high:
        raise InputError(
            "CP-WEB-02", "the value is no number that this can be", then=f"A number from {low:g} to {high:g} {unit}."
        )
    return number


def _signed(review: Review, span: Span) -> bool:
    """A person who copies words from a draft does not sign the draft."""
    document = document_at(review, span.file, span.page)
    return document is None or document.signed is not False


def _fact(one: Kept, span: Span, by: str, *, signed: bool) -> Fact:
    number, _, unit = one.quantity.partition(" ")
    quantity = Quantity(float(number), float(number), unit) if number else None
    day = one.day or one.at.date()
    return Fact(
        id=f"H{one.number}", concept=one.concept, assertion="absent" if one.status == "absent" else "present",
        evidence=(span,), value=one.value or None, quantity=quantity, when=DayRange(day, day),
        known=DayRange(day, day), signed=signed, rank=2, note=f"added by {by}: {one.reason}", extra={"source": "person", "by": by},
    )  # fmt: skip
