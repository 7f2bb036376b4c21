"""What the plan's pharmacy decided on the drug: only its own paper decides, quoted criteria never do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.find.statements import document_texts, either, fact_of
from chartproof.chart.view import Reading, Sentence, sentences
from chartproof.chart.vocabulary import load
from chartproof.model import Case, DayRange, Fact

CAR_T = re.compile(r"\b(?:axi|brexu|liso|ide|cilta|tisa|obe)-?cel\b|cabtagene\b|\w+leucel\b|car-?t\b", re.IGNORECASE)
UNTIL = re.compile(r"\b(?:through|thru|until|ends?|expires?|valid to|to)\b\W*$", re.IGNORECASE)


@cache
def words(name: str) -> re.Pattern[str]:
    part = load("judgements.yaml")["pharmacy"]
    patterns = part[name] if isinstance(part[name], list) else [part[name]]
    return either(patterns, {"granted": part["granted"]})


def find(reading: Reading, case: Case) -> list[Fact]:
    texts = document_texts(reading)
    facts: list[Fact] = []
    for segment in reading.segments:
        document = segment.document
        if document.belongs is False:
            continue
        text = texts[document.id]
        own = document.kind == "pharmacy_determination" or (
            document.kind in ("payer_notice",) and words("about").search(text)
        )  # fmt: skip
        if own and names_drug(text, case):
            facts += decisions(list(sentences(segment)), text, case)
        elif document.kind == "denial_letter" and names_drug(text, case):
            said = [sentence for sentence in sentences(segment) if words("in_denial").search(sentence.text)]
            facts += decisions(said, "", case)
        elif document.kind == "prior_auth_form":
            facts += outcome_on_form(list(sentences(segment)))
    return facts


def names_drug(text: str, case: Case) -> bool:
    """Whether the paper is about the drug that is asked for."""
    if case.drug and re.search(rf"\b{re.escape(case.drug)}\b", text, re.IGNORECASE):
        return True
    return not case.drug and bool(CAR_T.search(text))


def decisions(said: list[Sentence], text: str, case: Case) -> Iterator[Fact]:
    last = last_day(text)
    for sentence in said:
        if words("unless").search(sentence.text):
            continue
        for value in ("pending", "denied", "approved"):
            match = words(value).search(sentence.text)
            if not match:
                continue
            when = day_of(sentence, match.end()) or (first_day(text) if value == "approved" else None)
            when = when or letter_day(sentence)
            fact = fact_of(
                sentence,
                match.start(),
                match.end(),
                concept="pharmacy_approval",
                says="present",
                value=value,
                when=when,
            )
            fact = replace(fact, signed=True, known=fact.when)
            if value == "approved" and last and last.last < case.as_of:
                fact = replace(fact, assertion="historical", note="the approval period has ended")
            if last:
                fact = replace(fact, extra={"until": last.last.isoformat()})
            yield fact
            break


def day_of(sentence: Sentence, end: int) -> DayRange | None:
    """The day printed right behind the decision ("Approved 04/17/2026"), else the paper's own."""
    found = [days for start, _e, days in find_dates(sentence.text[end - 12 : end + 26]) if days.exact and start < 24]
    if not found and sentence.document.kind == "denial_letter":
        found = [days for _s, _e, days in find_dates(sentence.text[end:]) if days.exact]
    return found[0] if found else None


def letter_day(sentence: Sentence) -> DayRange | None:
    """The day that stands on a line of its own above the decision, on the same page: the letter's."""
    above = sentence.page.text[: sentence.start]
    alone = [found[0] for line in above.split("\n") if len(found := find_dates(line)) == 1 and len(line.strip()) < 24]
    return next((days for _start, _end, days in alone if days.exact), None)


def first_day(text: str) -> DayRange | None:
    """The first day of the approval period ("Runs 10/06/2026 through ...", "Effective May 8, 2026")."""
    for start, end, days in find_dates(text):
        opens = re.search(
            r"\b(?:effective|runs|valid|from|starts?|begins?|approval period)\b\W*(?:on|from|date)?\W*$",
            text[max(0, start - 30) : start],
            re.I,
        )
        closes = re.match(r"\W{0,3}(?:through|thru|to|until|-|–)\W", text[end : end + 12], re.IGNORECASE)
        if days.exact and (opens or closes):
            return days
    return None


def last_day(text: str) -> DayRange | None:
    """The last day of the approval period, where the paper prints one ("from / to 9/30 to 3/30": the later)."""
    ends = [
        days for start, _end, days in find_dates(text) if days.exact and UNTIL.search(text[max(0, start - 16) : start])
    ]
    return max(ends, key=lambda days: days.last, default=None)


def outcome_on_form(said: list[Sentence]) -> Iterator[Fact]:
    """A request form's "Outcome: pending" shows that the answer is out; its "approved" is only hearsay."""
    for sentence in said:
        match = re.search(r"\b(?:outcome|status|determination)\b ?: ?(?:is )?pend\w*", sentence.text, re.IGNORECASE)
        if match and words("about").search(sentence.text + " " + sentence.heading):
            fact = fact_of(
                sentence, match.start(), match.end(), concept="pharmacy_approval", says="present", value="pending"
            )
            yield replace(fact, rank=0)
