"""What a chart tells of each subject of contradictions.yaml: who said it, of which day, in which words.

A telling is no fact and decides nothing: it is compared with the other tellings on the same subject. Unlike facts,
tellings are read in our own papers and in the plan's letters too, since those are what a reviewer sees first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import chain
from typing import Any

from chartproof.chart.derive.claimed.papers import is_paper, of_logs, of_papers
from chartproof.chart.derive.told.sentence_tellings import LONG, of_sentence
from chartproof.chart.derive.told.telling import SECOND_HAND, Telling, pattern, source_of, subjects
from chartproof.chart.find.said import section_is
from chartproof.chart.view import Reading, Sentence, sentences
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression, Expressions
from chartproof.model import Document, Fact


@cache
def hints() -> Expressions[str]:
    """The words of each subject without which a sentence tells nothing of it, in small letters."""
    wanted = ((name, rule["hints"]) for name, rule in subjects().items() if rule.get("hints"))
    return Expressions((name, Expression("|".join(map(re.escape, words)))) for name, words in wanted)


def tellings(reading: Reading, facts: Sequence[Fact], asked: date) -> dict[str, list[Telling]]:
    """By subject, what facts and sentences tell of it up to the day asked."""
    documents = {one.id: one for one in reading.documents}
    told: dict[str, list[Telling]] = {name: [] for name in subjects()}
    for fact in facts:
        for name, rule in _subjects_of(fact.concept):
            document = documents.get(fact.document)
            if document and fact.evidence and fact.assertion != "family":
                told[name].extend(_of_fact(fact, rule, document))
    before: Sentence | None = None
    for sentence in _sentences(reading, asked):
        wanted = [name for name, _hint in hints().found(sentence.text.lower())]
        for name in wanted if not section_is(sentence, "risk") else ():
            told[name].extend(of_sentence(sentence, subjects()[name], before))
        before = sentence
    return told


def _sentences(reading: Reading, asked: date) -> Iterator[Sentence]:
    """Those written up to the day asked; a paper is filled in for the request, whatever day to come stands on it."""
    for sentence in chain(reading.sentences, answered(of_papers(reading)), of_logs(reading), of_the_plan(reading)):
        when, entry = sentence.segment.when, whole_entry(sentence)
        if entry and (when is None or when.first <= asked or is_paper(sentence.segment)):
            yield entry


def answered(found: Iterator[Sentence]) -> Iterator[Sentence]:
    """Sentences of a form, an answer as one with its question: "Earlier transplant?" "Yes, 07/10/2025"."""
    before: Sentence | None = None
    for sentence in found:
        asked = before is not None and before.page == sentence.page and before.text.rstrip().endswith("?")
        if asked and before and len(sentence.text) <= LONG:
            text = sentence.page.text[before.start : sentence.end].replace("\n", " ").replace("?", ":")
            yield replace(sentence, start=before.start, text=text)  # what was asked is answered
        else:
            yield sentence
        before = sentence


def of_the_plan(reading: Reading) -> Iterator[Sentence]:
    """What the plan's letters say, its rules left out."""
    kinds, general = load("contradictions.yaml")["sources"]["plan"], load("claims.yaml")["general"]
    for segment in reading.segments:
        if segment.document.kind in kinds and segment.document.belongs is not False:
            yield from (one for one in sentences(segment) if not pattern(general).search(one.text))


def whole_entry(sentence: Sentence) -> Sentence | None:
    """The sentence; on a structured page the whole line of an entry in place of its first sentence, None for the others."""
    text = sentence.page.text
    if sentence.page.read != "structured":
        return sentence
    start = text.rfind("\n", 0, sentence.start) + 1
    if text[start : sentence.start].strip():
        return None
    end = text.find("\n", sentence.start)
    end = len(text) if end < 0 else end
    return replace(sentence, end=end, text=text[sentence.start : end])


@cache
def _subjects_by_concept() -> dict[str, list[tuple[str, dict[str, Any]]]]:
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for name, rule in subjects().items():
        for concept in rule.get("facts", {}):
            found.setdefault(concept, []).append((name, rule))
    return found


def _subjects_of(concept: str) -> Sequence[tuple[str, dict[str, Any]]]:
    return _subjects_by_concept().get(concept, ())


def _of_fact(fact: Fact, rule: dict[str, Any], document: Document) -> Iterator[Telling]:
    words = rule["facts"][fact.concept]
    value = words.get(fact.value, words.get(fact.assertion)) if fact.assertion != "planned" else words.get("planned")
    if SECOND_HAND in fact.note:
        value = words.get("second_hand")
    if fact.concept in ("diagnosis", "pathology_diagnosis") and value == "*":
        value = str(fact.value)
    if value == "number":
        low = fact.quantity.low if fact.quantity and fact.quantity.low == fact.quantity.high else None
        value = f"{low:g}" if low is not None else None
    if value == "day":
        value = str(fact.when) if fact.when and not fact.extra.get("told") else None
    about = {"value": str(fact.value), "day": str(fact.when)}.get(rule.get("about", ""), "")
    source = source_of(document, fact.signed)
    if "only" in rule and fact.value not in rule["only"]:
        return
    if "denial" in rule and fact.assertion == "absent" and not pattern(rule["denial"]).search(fact.evidence[0].quote):
        return
    if value and not (rule.get("about") and about == "None") and source in rule.get("facts_from", (source,)):
        yield Telling(
            value,
            fact.evidence[0],
            fact.when or fact.known,
            fact.known,
            source,
            fact.document,
            about,
            bool(fact.quantity),
        )
