"""Whose word a judgement is: what a sentence tells in another's words, as a rule or of an earlier day is not said here.

Finders read the words of a judgement. This looks at the head of its sentence, whichever finder found it: "The referral
says that ...", "Each attending documents that ...", "In 2023 the board recommended ...", "Neither of us would say that ...".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from chartproof.chart.context import of_a_relative
from chartproof.chart.dates import find_dates
from chartproof.chart.find.statements import copied_forward, either
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, DayRange, Fact

#: The word by which something is denied.
DENIES = re.compile(r"\b(?:no|not|never|without|denie[sd]|none)\b", re.IGNORECASE)
#: Characters of what is said of a day.
OF_A_DENIAL = 60
Placed = Mapping[tuple[str, int], Sequence[Sentence]]


@dataclass(frozen=True, slots=True)
class Rule:
    says: Expression
    unless: Expression | None
    of: frozenset[str]
    then: Assertion


@cache
def rules() -> tuple[Rule, ...]:
    data = load("whose_word.yaml")
    return tuple(
        Rule(
            says=either([row["says"]], data["words"]),
            unless=either([row["unless"]], data["words"]) if "unless" in row else None,
            of=frozenset(row["of"]),
            then=row.get("as", "planned"),
        )
        for row in data["rules"]
    )


@cache
def words(name: str) -> Expression:
    data = load("whose_word.yaml")
    return either([data[name]], data["words"])


def in_own_words(facts: Iterable[Fact], reading: Reading) -> Iterator[Fact]:
    """The facts; one whose sentence does not say it for its writer, of this patient and now, is planned, past or another's."""
    placed: dict[tuple[str, int], list[Sentence]] = defaultdict(list)
    for sentence in reading.sentences:
        placed[sentence.page.file, sentence.page.number].append(sentence)
    return (weighed for fact in facts for weighed in _weighed(fact, placed))


def _weighed(fact: Fact, placed: Placed) -> Iterator[Fact]:
    """The fact as its sentence says it. A treatment that is denied in another's words is not planned for that: it is left out."""
    sentence = _sentence(fact, placed) if _speaks_for(fact) else None
    says, when = _said(fact, sentence) if sentence else (fact.assertion, None)
    if says == fact.assertion:
        yield fact
    elif fact.assertion == "present" or fact.concept == "active_infection":
        yield replace(fact, assertion=says, when=when or fact.when)


def _said(fact: Fact, sentence: Sentence) -> tuple[Assertion, DayRange | None]:
    """How the sentence says it, with the earlier day of which it tells."""
    if fact.concept == "active_infection" and of_a_relative(sentence.text, len(sentence.text)):
        return "family", None
    for rule in rules():
        if fact.concept in rule.of and _says(rule, sentence.text):
            return rule.then, None
    if fact.assertion == "absent" and copied_forward(sentence):
        return "planned", None
    if fact.concept in load("whose_word.yaml")["asked"] and _asked(sentence):
        return "planned", None
    day = _earlier(fact, sentence)
    return ("historical", day) if day else (fact.assertion, None)


def _speaks_for(fact: Fact) -> bool:
    """Whether the fact speaks for the treatment: an infection that is denied, a value that is good."""
    data: Any = load("whose_word.yaml")
    if fact.concept in data["denials"]:
        return fact.assertion == "absent"
    return fact.assertion == "present" and fact.value in data["good"].get(fact.concept, [fact.value])


def _asked(sentence: Sentence) -> bool:
    """Whether the sentence asks and no answer stands behind it: "First CAR-T? Please confirm."."""
    if not sentence.text.rstrip().endswith("?"):
        return False
    return not words("answers").match(sentence.page.text, sentence.end)


def _sentence(fact: Fact, placed: Placed) -> Sentence | None:
    """The sentence in which the fact's quote begins."""
    first = fact.evidence[0] if fact.evidence else None
    near = placed.get((first.file, first.page), ()) if first else ()
    return next((one for one in near if first and one.start <= first.start < one.end), None)


def _says(rule: Rule, text: str) -> bool:
    return bool(rule.says.search(text)) and not (rule.unless and rule.unless.search(text))


def _earlier(fact: Fact, sentence: Sentence) -> DayRange | None:
    """The day at the head of the sentence, where it tells only of that day and it lies well before its paper's."""
    data, written = load("whose_word.yaml"), sentence.segment.when
    if fact.concept not in data["dated"] or written is None:
        return None
    for start, end, day in find_dates(sentence.text, year_hint=written.last, years=True):
        if (written.first - day.last).days < data["earlier_days"]:
            return None
        before = sentence.text[:start]
        apart = ";" in DENIES.split(sentence.text[end:], maxsplit=1)[0]
        if apart or words("of_all_time").search(sentence.text, end, end + OF_A_DENIAL):
            return None  # "In 2021 the only transplant was autologous; there has been no other"
        head = words("dated_head").search(before) and words("told_behind").search(sentence.text[end:])
        meeting = fact.concept == "mdt_recommendation" and words("dated_meeting").search(before)
        tail = fact.assertion == "absent" and words("dated_tail").search(before)
        if head or meeting or tail:
            return day
    return None
