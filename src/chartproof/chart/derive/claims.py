"""What our own papers tell a payer that the chart contradicts: the form or the draft has to be corrected.

A request form or a draft letter is never evidence, but a plan decides on it. Each claim is put beside the newest
document that speaks otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from chartproof.chart.derive.lines import stated_counts
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence, sentences, span
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact, Span, TherapyLine

CLINICIANS = ("clinic_note", "consult_note", "provider_letter", "committee", "treatment_summary", "attestation")
NUMBER_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
#: "Not done" this far from the test's name speaks of another test.
CLOSE = 60
#: Characters behind a question in which its answer may stand.
ANSWER = 14
COUNTS = ("count", "count_label")
CORRECT = "the paper sent or to be sent to the plan must be corrected"


def claims(reading: Reading, facts: Sequence[Fact], lines: Sequence[TherapyLine], asked: date) -> Iterator[Conflict]:
    """One conflict at most for each claim of each paper."""
    seen: set[tuple[str, str]] = set()
    for sentence in of_papers(reading):
        for found in _of_sentence(sentence, reading, facts, lines, asked):
            key = (sentence.document.file, found.what)
            if key not in seen:
                seen.add(key)
                yield found


def of_papers(reading: Reading) -> Iterator[Sentence]:
    """Sentences of the papers, the plan's own printed rules left out."""
    papers = load("claims.yaml")["papers"]
    for segment in reading.segments:
        if segment.document.kind in papers and segment.document.belongs is not False:
            for sentence in sentences(segment):
                if not rules().search(f"{sentence.label} {sentence.text}"):
                    yield sentence


def _of_sentence(
    sentence: Sentence, reading: Reading, facts: Sequence[Fact], lines: Sequence[TherapyLine], asked: date
) -> Iterator[Conflict]:
    yield from _states(sentence, reading, facts, asked)
    yield from _numbers(sentence, facts, asked)
    yield from _denials(sentence, facts, asked)
    yield from _infection(sentence, facts, asked)
    yield from _tests(sentence, reading, facts, asked)
    yield from _count(sentence, reading, lines)


def _states(sentence: Sentence, reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    for rule in load("claims.yaml")["states"].values():
        match = pattern(rule["says"]).search(sentence.text)
        said = [fact for fact in standing(facts, rule["concept"], asked) if fact.value]
        if not match or not said:
            continue
        day = max(last_day(fact) for fact in said)
        newest = [fact for fact in said if last_day(fact) == day]
        against = [fact for word in rule["against"] for fact in newest if fact.value == word]
        if against:
            right = f"{against[0].value} ({against[0].when}); {CORRECT}"
            yield _conflict(rule["name"], sentence, match, against[0].evidence[0], right)


def _numbers(sentence: Sentence, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """A score or a fraction that no document of the last weeks gives."""
    for concept, rule in load("claims.yaml")["numbers"].items():
        match = pattern(rule["says"]).search(sentence.text)
        measured = [fact for fact in standing(facts, concept, asked) if fact.quantity and fact.rank]
        if not match or not measured:
            continue
        day = max(last_day(fact) for fact in measured)
        newest = [fact for fact in measured if (day - last_day(fact)).days <= 14]
        if not any(holds(fact, float(match[1])) for fact in newest):
            fact = max(newest, key=last_day)
            right = f"{amount(fact)} ({fact.when}); {CORRECT}"
            yield _conflict(rule["name"], sentence, match, fact.evidence[0], right)


def _denials(sentence: Sentence, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """ "Prior transplant? (X) No" on a paper about a patient who had one; the answer stands behind the question mark."""
    text = sentence.page.text[sentence.start : sentence.end + ANSWER]
    for rule in load("claims.yaml")["denials"].values():
        match = pattern(rule["says"]).search(text)
        done = [fact for concept in rule["concepts"] for fact in standing(facts, concept, asked)] if match else []
        if match and done:
            fact = max(done, key=last_day)
            said = span(sentence.page, sentence.start + match.start(), sentence.start + match.end())
            name = f"{rule['name']}: the {paper_of(sentence)}"
            yield Conflict(name, said, fact.evidence[0], f"given ({fact.when}); {CORRECT}")


def _infection(sentence: Sentence, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    match = pattern(load("claims.yaml")["no_infection"]).search(sentence.text)
    said = standing(facts, "active_infection", asked, "present", "absent")
    if not match or not said:
        return
    newest = max(said, key=last_day)
    if newest.assertion == "present":
        right = f"infection on {newest.when}, after the paper was filled in; {CORRECT}"
        yield _conflict("active infection", sentence, match, newest.evidence[0], right)


def _tests(sentence: Sentence, reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """A test that the paper calls done or negative and a document of the chart calls not done."""
    for rule in load("claims.yaml")["tests"].values():
        match = pattern(rule["words"]).search(sentence.text)
        if not match or not pattern(rule["says"]).search(sentence.text):
            continue
        if any(within(fact, asked, rule["days"]) for one in rule["concepts"] for fact in standing(facts, one, asked)):
            continue
        quote = not_there(reading, rule, asked)
        if quote:
            yield _conflict(rule["name"], sentence, match, quote, f"not in the chart; {CORRECT}")


def not_there(reading: Reading, rule: dict[str, Any], asked: date) -> Span | None:
    """The plainest, then the newest statement of the chart that the test is not there."""
    best: tuple[tuple[int, bool, date], Span] | None = None
    for sentence in reading.sentences:
        named = pattern(rule["words"]).search(sentence.text)
        when = sentence.segment.when
        if not named or not when or when.last > asked or (asked - when.last).days > rule["days"]:
            continue
        for plainness, cue in enumerate(load("claims.yaml")["not_there"]):
            told = pattern(cue).search(sentence.text, max(0, named.start() - CLOSE))
            if told and told.start() - named.end() <= CLOSE:
                order = (-plainness, sentence.document.kind in rule["from"], when.last)
                if best is None or order > best[0]:
                    best = (order, near_quote(sentence, *_around(named, told)))
                break
    return best[1] if best else None


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
        yield _conflict("number of prior lines", sentence, match, beside, right)


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


def _conflict(name: str, sentence: Sentence, match: re.Match[str], beside: Span, right: str) -> Conflict:
    return Conflict(
        f"{name}: the {paper_of(sentence)}", near_quote(sentence, match.start(), match.end()), beside, right
    )


def paper_of(sentence: Sentence) -> str:
    return "draft letter" if sentence.document.kind == "draft_letter" else "request form"


def _around(one: re.Match[str], other: re.Match[str]) -> tuple[int, int]:
    return min(one.start(), other.start()), max(one.end(), other.end())


def standing(facts: Sequence[Fact], concept: str, asked: date, *assertions: str) -> list[Fact]:
    """Signed and dated facts of the patient up to the day of the request."""
    wanted = assertions or ("present",)
    return [
        fact
        for fact in facts
        if fact.concept == concept
        and fact.assertion in wanted
        and fact.signed
        and fact.when
        and fact.when.first <= asked
    ]


def within(fact: Fact, asked: date, days: int) -> bool:
    return asked - last_day(fact) <= timedelta(days=days)


def holds(fact: Fact, number: float) -> bool:
    low, high = fact.quantity.low if fact.quantity else None, fact.quantity.high if fact.quantity else None
    return (low is None or low <= number) and (high is None or number <= high)


def amount(fact: Fact) -> str:
    low, high = (fact.quantity.low, fact.quantity.high) if fact.quantity else (None, None)
    return f"{low:g}" if low is not None and low == high else f"{low or 0:g}-{high or 0:g}"


def last_day(fact: Fact) -> date:
    return fact.when.last if fact.when else date.min


@cache
def rules() -> re.Pattern[str]:
    return re.compile("|".join(load("claims.yaml")["instructions"]), re.IGNORECASE)


@cache
def pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
