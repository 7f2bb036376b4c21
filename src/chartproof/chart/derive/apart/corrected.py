"""A report that an addendum, an amendment or its own final part corrects: both values, the later one stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from chartproof.chart.derive.standing import pattern
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence, span
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Document, Span

#: Lines of a page over which a sentence may run on.
REACH = 3
#: Characters behind the name of a marker in which its state stands.
BEHIND = 80
STANDS = "the report's later part corrects the earlier one"


@dataclass(frozen=True, slots=True)
class Stated:
    """`value` of the thing called `what`, at [start, end) of the sentence; a number where it was measured."""

    what: str
    value: str | float
    sentence: Sentence
    start: int
    end: int
    apart: float = 0.0


def corrected(reading: Reading) -> Iterator[Conflict]:
    """One conflict at most for each thing that one report states twice."""
    for _report, group in groupby(reading.sentences, key=report_of):
        sentences = list(group)
        told = list(moved(sentences))
        yield from told
        yield from line_above(sentences)
        if sentences[0].document.kind in load("corrections.yaml")["reports"]:
            yield from _stages(sentences, {(one.a.page, one.a.start) for one in told})


def report_of(sentence: Sentence) -> tuple[str, str]:
    """What a sentence is part of: its document; of reports all those of one kind that a file holds one behind the other."""
    document = sentence.document
    one = document.kind in load("corrections.yaml")["reports"]
    return (document.file, document.kind) if one else (document.file, document.id)


def moved(sentences: Sequence[Sentence]) -> Iterator[Conflict]:
    """ "The percentage is corrected from 15% to 45%", beside the line that gives the old number."""
    for index, sentence in enumerate(sentences):
        match = pattern(load("corrections.yaml")["moved"]).search(sentence.text)
        if not match:
            continue
        old = re.compile(rf"(?<![\d.]){re.escape(match['old'])}{re.escape((match['unit'] or '').strip())}(?![\d.]*\d)")
        for earlier in sentences[:index]:
            where = old.search(earlier.text.replace(" %", "%"))
            if where:
                right = f"{match['new']}{(match['unit'] or '').strip()}: {STANDS}"
                quote = near_quote(sentence, match.start(), match.end())
                first = near_quote(earlier, where.start(), where.end())
                yield Conflict("value corrected within one report", first, quote, right)
                break


def line_above(sentences: Sequence[Sentence]) -> Iterator[Conflict]:
    """ "The line above is wrong. She was the donor": that line beside what its corrector writes instead."""
    words = load("corrections.yaml")
    for index, sentence in enumerate(sentences[1:], 1):
        before = sentences[index - 1]
        match = pattern(words["above"]).search(sentence.text)
        if not match or before.page is not sentence.page or sentence.segment.signed is False:
            continue
        start = before.page.text.rfind("\n", 0, before.end) + 1
        line = span(before.page, max(start, before.segment.start), before.end)
        right = "the correction below it stands; the line above it does not"
        yield Conflict("line corrected within one paper", line, instead(sentences, index, match.end()), right)


def instead(sentences: Sequence[Sentence], index: int, end: int) -> Span:
    """What the corrector writes behind "is wrong": the rest of his sentence, else the next one up to its stop."""
    sentence = sentences[index]
    after = [one for one in sentences[index + 1 : index + 1 + REACH] if one.page is sentence.page]
    if sentence.text[end:].strip(" .;:") or not after:
        return near_quote(sentence, 0, end)
    last = next((one for one in after if one.text.rstrip().endswith((".", "!"))), after[0])
    return span(sentence.page, after[0].start, last.end)


def _stages(sentences: Sequence[Sentence], done: set[tuple[int, int]]) -> Iterator[Conflict]:
    words = load("corrections.yaml")
    first: dict[str, Stated] = {}
    shown: set[str] = set()
    later = preliminary = False
    document = sentences[0].document
    for sentence in sentences:
        if sentence.document is not document and not same_specimen(document, sentence.document, preliminary):
            first, later, preliminary = {}, False, False
        document = sentence.document
        lines = sentence.page.text[sentence.start : sentence.end]
        if pattern(words["first"]).search(lines):
            later, preliminary = False, True
        opens = pattern(words["later"]).search(lines)
        if opens or (preliminary and pattern(words["final"]).search(lines)):
            later = True
        if later and pattern(words["retells"]).search(sentence.text):
            continue
        for stated in statements(sentence):
            if not later:
                first.setdefault(stated.what, stated)
                continue
            before = first.get(stated.what)
            if before is None or stated.what in shown or not differ(before, stated):
                continue
            shown.add(stated.what)
            quote = near_quote(before.sentence, before.start, before.end)
            if (quote.page, quote.start) not in done:
                beside = near_quote(stated.sentence, stated.start, stated.end)
                yield Conflict(f"{stated.what} within one report", quote, beside, f"{shown_value(stated)}: {STANDS}")


def same_specimen(one: Document, other: Document, preliminary: bool) -> bool:
    """Whether the next report of a file may be the final one of a preliminary one: no day sets them apart."""
    return preliminary and (one.when is None or other.when is None or one.when == other.when)


def differ(one: Stated, other: Stated) -> bool:
    if isinstance(one.value, float) and isinstance(other.value, float):
        return abs(one.value - other.value) >= max(one.apart, 1e-6)
    return one.value != other.value


def shown_value(stated: Stated) -> str:
    return f"{stated.value:g}" if isinstance(stated.value, float) else stated.value


def statements(sentence: Sentence) -> Iterator[Stated]:
    """What a sentence of a report states: markers, numbers, the grade and the diagnosis."""
    yield from _markers(sentence)
    words = load("corrections.yaml")
    for what, rule in words["numbers"].items():
        match = pattern(rule["says"]).search(sentence.text)
        if match:
            number = float(next(group for group in match.groups() if group))
            yield Stated(what, number, sentence, match.start(), match.end(), float(rule["apart"]))
    match = pattern(words["grade"]).search(sentence.text)
    if match:
        yield Stated("grade", match["grade"].upper(), sentence, match.start(), match.end())
    for name, cue in words["diagnoses"].items():
        match = pattern(cue).search(sentence.text)
        if match:
            yield Stated("diagnosis", name, sentence, match.start(), match.end())
            break


def _markers(sentence: Sentence) -> Iterator[Stated]:
    rules: Mapping[str, Any] = load("corrections.yaml")["states"]
    for what, rule in rules.items():
        like = rules[rule["like"]] if "like" in rule else rule
        for match in pattern(rule["words"]).finditer(sentence.text):
            behind = sentence.text[match.end() : match.end() + BEHIND]
            for value in ("absent", "present"):
                said = pattern(like[value]).search(behind)
                if said:
                    yield Stated(what, value, sentence, match.start(), match.end() + said.end())
                    break
            else:
                continue
            break
