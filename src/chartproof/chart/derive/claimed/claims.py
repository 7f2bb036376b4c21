"""What our own papers tell a payer that the chart contradicts: the form or the draft has to be corrected.

A request form or a draft letter is never evidence, but a plan decides on it. Each claim is put beside the newest
document that speaks otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.claimed.papers import (
    ANSWER,
    CORRECT,
    conflict_of,
    is_paper,
    of_papers,
    paper_of,
    with_answer,
)
from chartproof.chart.derive.claimed.tests_claimed import tests
from chartproof.chart.derive.standing import CLINICIANS, last_day, pattern, standing, within
from chartproof.chart.derive.treatment.counts import stated_counts
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence, sentences, span
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact, Span, TherapyLine

NUMBER_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
COUNTS = ("count", "count_label")


def claims(reading: Reading, facts: Sequence[Fact], lines: Sequence[TherapyLine], asked: date) -> Iterator[Conflict]:
    """One conflict at most for each claim of each paper."""
    seen: set[tuple[str, str]] = set()
    for sentence in of_papers(reading):
        for found in _of_sentence(sentence, reading, facts, lines, asked):
            key = (sentence.document.file, found.what)
            if key not in seen:
                seen.add(key)
                yield found


def _of_sentence(
    sentence: Sentence, reading: Reading, facts: Sequence[Fact], lines: Sequence[TherapyLine], asked: date
) -> Iterator[Conflict]:
    yield from _states(sentence, reading, facts, asked)
    yield from _denials(sentence, reading, facts, asked)
    yield from _infection(sentence, facts, asked)
    yield from tests(sentence, reading, facts, asked)
    yield from _count(sentence, reading, lines)


def _states(sentence: Sentence, reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    for rule in load("claims.yaml")["states"].values():
        match = pattern(rule["says"]).search(with_answer(sentence))
        said = [fact for fact in standing(facts, rule["concept"], asked) if fact.value] if match else []
        if not match or not said:
            continue
        day = max(last_day(fact) for fact in said)
        newest = [fact for fact in said if last_day(fact) == day]
        agrees = pattern(rule["agrees"]) if "agrees" in rule else None
        newest = [fact for fact in newest if not (agrees and agrees.search(fact.evidence[0].quote))]
        against = [fact for word in rule["against"] for fact in newest if fact.value == word]
        if against:
            right = f"{against[0].value} ({against[0].when}); {CORRECT}"
            yield conflict_of(rule["name"], sentence, match, against[0].evidence[0], right)


def _denials(sentence: Sentence, reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """ "Prior transplant? (X) No" on a paper about a patient who had one; the answer stands behind the question mark."""
    text = sentence.page.text[sentence.start : sentence.end + ANSWER]
    for rule in load("claims.yaml")["denials"].values():
        match = pattern(rule["says"]).search(text)
        done = [
            fact
            for concept in (rule["concepts"] if match else ())
            for fact in standing(facts, concept, asked)
            if "days" not in rule or within(fact, asked, rule["days"])
        ]
        if match and done:
            kinds = {document.id: document.kind for document in reading.documents}
            fact = max(done, key=lambda one: (kinds.get(one.document) in CLINICIANS, last_day(one)))
            said = span(sentence.page, sentence.start + match.start(), sentence.start + match.end())
            name = f"{rule['name']}: the {paper_of(sentence)}"
            quote = of_the_day(reading, fact) or fact.evidence[0]
            yield Conflict(name, said, quote, f"given ({fact.when}); {CORRECT}")


def _infection(sentence: Sentence, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    match = pattern(load("claims.yaml")["no_infection"]).search(sentence.text)
    said = standing(facts, "active_infection", asked, "present", "absent") if match else []
    if not match or not said:
        return
    newest = max(said, key=last_day)
    if newest.assertion == "present":
        right = f"infection on {newest.when}, after the paper was filled in; {CORRECT}"
        yield conflict_of("active infection", sentence, match, newest.evidence[0], right)


def _count(sentence: Sentence, reading: Reading, lines: Sequence[TherapyLine]) -> Iterator[Conflict]:
    """A number of earlier treatments that the documents do not bear out."""
    match = next(filter(None, (pattern(load("claims.yaml")[cue]).search(sentence.text) for cue in COUNTS)), None)
    if not match or not lines:
        return
    said = next(group for group in match.groups() if group)
    number = NUMBER_WORDS.get(said.lower()) or int(said)
    if number == len(lines):
        return
    beside = count_elsewhere(reading, len(lines)) or next((q for line in lines for q in line.evidence), None)
    if beside:
        right = f"{len(lines)}: the treatments documented, one by one; {CORRECT}"
        yield conflict_of("number of prior lines", sentence, match, beside, right)


def count_elsewhere(reading: Reading, number: int) -> Span | None:
    """A clinician's words that bear out the number of lines."""
    stated = [one.span for one in stated_counts(reading) if one.number == number and one.weight]
    if stated:
        return stated[0]
    cue = pattern(load("claims.yaml")["counted_otherwise"])
    for sentence in reading.of_kind(*CLINICIANS):
        match = cue.search(sentence.text)
        if match and (match[0].lower().startswith("no ") and number == 1):
            return near_quote(sentence, match.start(), match.end())
    return None


def of_the_day(reading: Reading, fact: Fact) -> Span | None:
    """The line of the procedure's own record: its day beside "day 0" or "infusion"."""
    if not fact.when or not fact.when.exact:
        return None
    for segment in reading.segments:
        if segment.document.belongs is False or is_paper(segment):
            continue
        for sentence in sentences(segment):
            match = pattern(load("claims.yaml")["own_record"]).search(sentence.text)
            days = [day for _start, _end, day in find_dates(sentence.text)] if match else []
            if match and fact.when in days:
                return near_quote(sentence, match.start(), match.end())
    return None
