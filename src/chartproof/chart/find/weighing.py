"""The treating centre's weighing of risk against benefit: in one sentence, or over a few that a verdict closes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

from chartproof.chart.context import of_another
from chartproof.chart.dates import find_dates
from chartproof.chart.find.deferral import CLAUSE, chosen, put_off, recorded
from chartproof.chart.find.drugs import mentions, role_of
from chartproof.chart.find.organs.words import plain
from chartproof.chart.find.statements import (
    clip,
    depends,
    document_texts,
    either,
    fact_of,
    says_nothing,
)
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, Case, Fact

#: A day without its year may lie so far after the day of writing.
AHEAD = timedelta(days=60)

WHERE = (
    "clinic_note", "consult_note", "committee", "attestation", "provider_letter", "discharge_summary", "nursing_note",
    "program_letter",
)  # fmt: skip
WEIGHED_OF = re.compile(
    r"\b(?:benefits?|risks?|hazards?|gains?|harms?|value)\s+(?:of|from|with)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
#: Sentences before a verdict in which gain and cost may be named.
BACK = 4


@cache
def words(name: str) -> Expression:
    data = load("weighing.yaml")
    return either(data[name], {**load("statements.yaml")["words"], **data["words"]})


def find(reading: Reading, case: Case) -> list[Fact]:
    texts = document_texts(reading)
    papers = {one.document.id: texts[one.document.id] for one in reading.of_kind(*WHERE)}
    meant = {id for id, text in papers.items() if words("about").search(text)}
    found = []
    for index, sentence in enumerate(reading.sentences):
        if sentence.document.id not in meant:
            continue
        fact = weighed(reading.sentences, index)
        if fact:
            found.append(fact)
    return found


def weighed(said: Sequence[Sentence], index: int) -> Fact | None:
    sentence = said[index]
    text = plain(chosen(sentence.text))
    if says_nothing(sentence):
        return None
    match = words("direct").search(text) or called(said, index, text) or under_label(sentence, text)
    cost = None
    if not match:
        match, cost = words("settled").search(text), cost_before(said, index)
        if not match or not cost or words("against").search(text) or depends(text):
            return None
    start, end = match.span()
    if words("unless").search(text) or of_something_else(said, index, match) or put_off(text, start, end):
        return None
    if words("denied").search(text) and not words("affirmed").search(text):
        return None
    if words("kept_for").search(text) or names_a_later_day(sentence, text):
        return None
    says: Assertion = "family" if of_another(sentence, start) else "present"
    more = (clip(cost, 0, len(cost.text)),) if cost and cost is not sentence else ()
    return fact_of(sentence, start, end, concept="risk_benefit_analysis", says=says, more=more)


def names_a_later_day(sentence: Sentence, text: str) -> bool:
    """Whether the sentence gives a day after the one on which it was written: that is when it will be done."""
    written = sentence.segment.when
    if written is None or not words("titled_thing").search(text):
        return False
    return any(day.first > written.last for _start, _end, day in find_dates(text, year_hint=written.last + AHEAD))


def called(said: Sequence[Sentence], index: int, text: str) -> re.Match[str] | None:
    """ "Risk-benefit analysis: ..." with something said on it; an empty field of a form is none."""
    match = words("titled").search(text)
    return (
        match
        if match and recorded(replace(said[index], text=text), *match.span(), said[index + 1 : index + 7])
        else None
    )


def under_label(sentence: Sentence, text: str) -> re.Match[str] | None:
    """A sentence that goes on under "Risk-benefit analysis." or another lead-in."""
    if not sentence.label or sentence.label in text:
        return None
    lead = f"{sentence.label}: "
    if words("other").search(lead) and not words("treatment").search(lead):
        return None
    match = words("direct").search(lead + text)
    if not match:
        title = words("titled").search(lead + text)
        # The title is the label's, and what stands behind takes it up.
        match = title if title and title.start() < len(lead) and not put_off(lead + text, *title.span()) else None
    return re.match(r".*", text) if match and match.end() >= len(lead) - 2 else None


def cost_before(said: Sequence[Sentence], index: int) -> Sentence | None:
    """The sentence, this one or a few before it, that names a cost, where a gain is named among them too."""
    sentence = said[index]
    near = [one for one in said[max(0, index - BACK) : index + 1] if one.segment is sentence.segment]
    # "Benefits of port placement outweigh risks. CAR-T planned.": what was weighed is the port
    near = [one for one in near if words("treatment").search(one.text) or not words("other").search(one.text)]
    if not any(words("gain").search(one.text) for one in near):
        return None
    return next((one for one in reversed(near) if words("cost").search(one.text)), None)


def _of_a_drug(clause: str) -> bool:
    """ "The benefit of acalabrutinib outweighs its risk": what is weighed is a drug, no engineered cells."""
    weighed_of = (one for one in mentions(clause) if WEIGHED_OF.search(clause[: one.start]))
    return any(role_of(drug) != "cell_therapy" for one in weighed_of for drug in one.drugs)


def _compared(clause: str, other: re.Match[str]) -> bool:
    """ "A remission, which chemotherapy cannot give", "put next to a donor transplant": what this one is measured against."""
    return bool(words("compared").search(clause[: other.start()]) or words("falls_short").match(clause[other.end() :]))


def of_something_else(said: Sequence[Sentence], index: int, match: re.Match[str]) -> bool:
    """Whether another treatment is weighed: named in the clause, or just before it in a passage that does not speak of this one."""
    text = match.string
    clause = text[: match.end()] + CLAUSE.split(text[match.end() :])[0]
    if words("other").search(text):
        return True
    if words("treatment").search(text):
        return False
    if any(not _compared(clause, one) for one in words("other_alone").finditer(clause)) or _of_a_drug(clause):
        return True
    near = [one.text for one in said[max(0, index - 2 * BACK) : index] if one.segment is said[index].segment]
    return bool(near and words("other_alone").search(near[-1])) and not any(words("about").search(one) for one in near)
