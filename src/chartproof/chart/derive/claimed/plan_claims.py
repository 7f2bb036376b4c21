"""What the plan's letter asserts of the member, beside the clinician or the record that says otherwise.

Every sentence of the newest letter is read, also those that were not parsed as reasons; a rule about members in general
is no assertion.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from chartproof.chart.derive.apart.second_hand import weight, word_on_transplant
from chartproof.chart.derive.claimed.plan_says import newest_letter
from chartproof.chart.derive.standing import last_day, pattern, standing, within
from chartproof.chart.derive.treatment.counts import Stated, labelled_counts, stated_counts
from chartproof.chart.find.drugs import core, mentions
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact, Span, TherapyLine

#: An allogeneic transplant of this many days is a recent one (a convention of the project).
RECENT_DAYS = 180
#: Words by which a clinician tells the count, and does not only mention it.
TOLD = r"\b(?:ha[sd]|have)\s+(?:had|received)\b|\bprior\s+lines?\b"
#: Numbers in words, as letters write them.
NUMBERS = {"one": "1", "single": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
#: Where a clinician's own count of lines weighs most.
COUNTERS = ("committee", "treatment_summary", "provider_letter", "consult_note", "clinic_note")


def plan_claims(
    reading: Reading, facts: Sequence[Fact], lines: Sequence[TherapyLine], asked: date
) -> Iterator[Conflict]:  # fmt: skip
    """One conflict at most for each thing that the letter claims."""
    seen: set[str] = set()
    for sentence in newest_letter(reading, asked):
        for found in _of_sentence(sentence, reading, facts, lines, asked):
            if found.what not in seen:
                seen.add(found.what)
                yield found


def _of_sentence(
    sentence: Sentence, reading: Reading, facts: Sequence[Fact], lines: Sequence[TherapyLine], asked: date
) -> Iterator[Conflict]:
    words = load("claims.yaml")
    if pattern(words["general"]).search(sentence.text):
        return
    yield from _allograft(sentence, words, reading, facts, asked)
    yield from _remission(sentence, words, facts, asked)
    yield from _treatment(sentence, words, reading, lines)
    yield from _transplant_not_tried(sentence, words, reading)
    for rule in words["plan_answered"].values():
        match = pattern(rule["words"]).search(sentence.text)
        quote = _answer(reading, rule) if match else None
        if match and quote:
            yield _conflict(rule["name"], sentence, match.span(), quote, "the record answers it")


def _conflict(what: str, sentence: Sentence, place: tuple[int, int], quote: Span, right: str) -> Conflict:
    return Conflict(f"{what}: the plan's letter", near_quote(sentence, *place), quote, right)


def _allograft(
    sentence: Sentence, words: dict[str, Any], reading: Reading, facts: Sequence[Fact], asked: date
) -> Iterator[Conflict]:
    match = pattern(words["plan_allograft"]).search(sentence.text)
    rule = pattern(words["plan_rule"]).search(sentence.text) and not pattern(words["plan_of_member"]).search(
        sentence.text
    )
    if not match or rule or pattern(words["plan_no_allograft"]).search(sentence.text[: match.end()]):
        return
    given = [one for one in standing(facts, "allogeneic_transplant", asked) if one.rank]
    own = standing(facts, "autologous_transplant", asked)
    if any(within(one, asked, RECENT_DAYS) for one in given):
        return
    kinds = {document.id: document.kind for document in reading.documents}
    none = [one for one in facts if one.concept == "allogeneic_transplant" and one.assertion == "absent" and one.signed]
    best = max(none or given or own, key=lambda one: weight(one, kinds), default=None)
    if best:
        right = f"given on {best.when}, which is not recent" if best in given else "none from a donor was given"
        if own:
            right = f"{right}; the transplant of {own[0].when} was of the patient's own cells"
        yield _conflict("allo transplant", sentence, match.span(), best.evidence[0], right)


def _remission(sentence: Sentence, words: dict[str, Any], facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    match = pattern(words["plan_remission"]).search(sentence.text)
    newest = max(standing(facts, "relapsed_or_refractory", asked), key=last_day, default=None) if match else None
    if match and newest:
        right = f"relapsed or refractory ({newest.when})"
        yield _conflict("disease status", sentence, match.span(), newest.evidence[0], right)


def _treatment(
    sentence: Sentence, words: dict[str, Any], reading: Reading, lines: Sequence[TherapyLine]
) -> Iterator[Conflict]:
    """A drug or class that the letter misses beside its line; a number of lines beside a clinician's own count.

    A rule of the plan ("covered only after two lines") says nothing of the member."""
    if pattern(words["plan_rule"]).search(sentence.text) and not pattern(words["plan_of_member"]).search(sentence.text):
        return
    only = _only_treated(sentence, words, reading, lines)
    if only:
        yield only
        return
    missed = pattern(words["plan_untreated"]).search(sentence.text)
    named = [one for one in mentions(sentence.text) if core(one.drugs)] if missed else []
    classes = [name for name, cue in words["class_words"].items() if missed and pattern(cue).search(sentence.text)]
    for line in lines:
        same = any(core(one.drugs) & core(line.drugs) for one in named) if named else {*classes} & {*line.classes}
        if line.evidence and same:
            place = (missed.start(), missed.end()) if missed else (0, 0)
            right = f"given: {line.regimen} from {line.start or 'an unknown day'}"
            yield _conflict("prior therapy", sentence, place, _naming(line), right)
            return
    match = pattern(words["plan_count"]).search(sentence.text)
    counted = _best_count(reading, lines) if match else None
    if match and counted and not _says_so(match[0], counted.number):
        right = f"{counted.number} documented; what the label asks is another question than the plan's number"
        yield _conflict("prior therapy", sentence, match.span(), counted.span, right)


def _counted_since(letter: Sentence, reading: Reading, lines: Sequence[TherapyLine]) -> Span | None:
    """The newest count of the lines that a clinician wrote after the letter: it answers it."""
    sent = letter.document.when
    told = [one for one in stated_counts(reading) if one.weight and one.number == len(lines) and one.when and sent]
    since = [(one.when.last, one.span) for one in told if one.when and sent and one.when.first > sent.last]
    return max(since, key=lambda row: row[0], default=(date.min, None))[1]


def _naming(line: TherapyLine) -> Span:
    """The words that name a drug of the line, before a row of numbers that does not."""
    names = (
        quote for quote in line.evidence if any(core(one.drugs) & core(line.drugs) for one in mentions(quote.quote))
    )
    return next(names, line.evidence[0])


def _says_so(words: str, number: int) -> bool:
    """Whether the letter gives the number that the chart gives: it asks for more, and contradicts nobody."""
    said = [NUMBERS.get(word, word) for word in re.findall(r"\d|[a-z]+", words.lower())]
    return str(number) in said and not re.search(r"at least|after|until|fewer|more", words, re.IGNORECASE)


def _only_treated(
    sentence: Sentence, words: dict[str, Any], reading: Reading, lines: Sequence[TherapyLine]
) -> Conflict | None:
    """The drugs that the letter calls all there was ("only bendamustine and rituximab"), beside a clinician's count of the
    lines who wrote since, else beside the newest line of others."""
    match = pattern(words["plan_only"]).search(sentence.text)
    named = {drug for one in mentions(sentence.text) for drug in core(one.drugs)} if match else set()
    others = [line for line in lines if line.evidence and core(line.drugs) and not core(line.drugs) & named]
    if match is None or not named or not others:
        return None
    newest = max(others, key=lambda line: line.line)
    right = f"{len(lines)} lines documented; the newest is {newest.regimen} from {newest.start or 'an unknown day'}"
    return _conflict(
        "prior therapy", sentence, match.span(), _counted_since(sentence, reading, lines) or _naming(newest), right
    )


def _best_count(reading: Reading, lines: Sequence[TherapyLine]) -> Stated | None:
    """The count that the documents bear out, of whoever gave the treatment before whoever heard of it."""
    kinds = {document.id: document.kind for document in reading.documents}
    told = [*stated_counts(reading), *labelled_counts(reading)]
    known = [one for one in told if one.weight and kinds.get(one.document) in COUNTERS]
    gave = Counter(file for line in lines for file in {quote.file for quote in line.evidence[:1]})
    return max(
        known,
        key=lambda one: (
            one.number == len(lines),
            gave[one.span.file] > len(lines) / 2,
            kinds[one.document] != "committee",
            bool(pattern(TOLD).search(one.span.quote)),
            COUNTERS.index(kinds[one.document]),
            one.when.last if one.when else date.min,
        ),
        default=None,
    )


def _transplant_not_tried(sentence: Sentence, words: dict[str, Any], reading: Reading) -> Iterator[Conflict]:
    match = pattern(words["plan_no_transplant"]).search(sentence.text)
    quote = word_on_transplant(reading) if match else None
    if match and quote:
        yield _conflict("autologous transplant", sentence, match.span(), quote, "a clinician judged it not suitable")


def _answer(reading: Reading, rule: dict[str, Any]) -> Span | None:
    """The newest sentence of the record that answers the letter."""
    best: tuple[date, Span] | None = None
    for sentence in reading.of_kind(*rule["from"]):
        match = pattern(rule["answer"]).search(sentence.text)
        when = sentence.segment.when.last if sentence.segment.when else date.min
        if match and sentence.segment.signed is not False and (best is None or when > best[0]):
            best = (when, near_quote(sentence, match.start(), match.end()))
    return best[1] if best else None
