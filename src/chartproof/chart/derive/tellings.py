"""What a chart tells of each subject of contradictions.yaml: who said it, of which day, in which words.

A telling is no fact and decides nothing: it is compared with the other tellings on the same subject. Unlike facts,
tellings are read in our own papers and in the plan's letters too, since those are what a reviewer sees first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import chain
from typing import Any

from chartproof.chart.context import assertion, boxed
from chartproof.chart.dates import find_dates
from chartproof.chart.derive.papers import is_paper, of_logs, of_papers
from chartproof.chart.find.disease import diseases_in
from chartproof.chart.find.drugs import core, mentions
from chartproof.chart.find.said import loosen, near_quote, section_is
from chartproof.chart.view import Reading, Sentence, sentences
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression, Expressions
from chartproof.model import DayRange, Document, Fact, Span

#: Characters of a clause in which a result stands behind the name of its test, or before it.
BEHIND, BEFORE = 48, 24
#: In the note of a fact that was written down from hearsay: it decides nothing, and still contradicts.
SECOND_HAND = "second hand"
#: Characters behind a drug's name, or before it, in which its end is told.
REACH = 110
#: A longer sentence without a stop is a line of items, of which those within so many characters belong together.
LONG, NEAR = 140, 60
STOP = re.compile(r"[.;]\s")
STOPPED = re.compile(r"(?:stopped|discontinued|ended|ceased|held|changed|switched)\b", re.IGNORECASE)
CLAUSE = re.compile(r"[.;]\s|\|| {3,}(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Telling:
    """One statement: `value` of the subject, and `about` what (a drug, a meeting's day; "" where there is but one).

    `when` is the day of which it speaks, `said` the day on which it was written; `source` is one of the sources of
    contradictions.yaml; `measured` where a number is told with it (pack-years).
    """

    value: str
    quote: Span
    when: DayRange | None
    said: DayRange | None
    source: str
    document: str
    about: str = ""
    measured: bool = False


def subjects() -> dict[str, dict[str, Any]]:
    return dict(load("contradictions.yaml")["subjects"])


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
            told[name].extend(_of_sentence(sentence, subjects()[name], before))
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


def source_of(document: Document, signed: bool | None) -> str:
    """Who speaks: a report, a clinician, somebody else, a list, one of our own papers or the plan."""
    for source, kinds in load("contradictions.yaml")["sources"].items():
        if document.kind in kinds:
            return "paper" if signed is False and source != "plan" else str(source)
    return "paper" if signed is False else "other"


@cache
def pattern(words: str) -> Expression:
    return Expression(loosen(words), re.IGNORECASE)


def _of_sentence(sentence: Sentence, rule: dict[str, Any], before: Sentence | None) -> Iterator[Telling]:
    for sort, read in READERS.items():
        if sort in rule:
            yield from read(sentence, rule)
    if "drug" in rule:
        yield from _drug(sentence, rule, before)
    if "classes" in rule:
        yield from _classes(sentence, rule)


def _telling(
    sentence: Sentence, rule: dict[str, Any], value: str, start: int, end: int, when: DayRange | None = None,
    about: str = "",
) -> Iterator[Telling]:  # fmt: skip
    """The telling, unless the words around it bar it."""
    segment = sentence.segment
    source = "paper" if is_paper(segment) else source_of(sentence.document, segment.signed)
    if not _barred(sentence, rule, start, end):
        quote = near_quote(sentence, start, end)
        yield Telling(value, quote, when or segment.when, segment.when, source, sentence.document.id, about)


def _barred(sentence: Sentence, rule: dict[str, Any], start: int, end: int) -> bool:
    """Whether nobody says there that it is so of this patient: a rule, a question, what may come, another person."""
    words, around = load("contradictions.yaml"), scope(sentence, start, end)
    told = f"{sentence.label} {around}"
    another = not rule.get("others_too") and pattern(words["others"]).search(told)
    unless = "unless" in rule and pattern(rule["unless"]).search(around)
    lacks = "needs" in rule and not pattern(rule["needs"]).search(around)
    return bool(another or unless or lacks or pattern(words["unsaid"]).search(told))


def scope(sentence: Sentence, start: int, end: int) -> str:
    """The sentence; of many items of a form that run on without a stop, those near the words."""
    text = sentence.text
    if len(text) <= LONG or sentence.row or STOP.search(text):
        return text
    return text[max(0, start - NEAR) : end + NEAR]


def _says(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`says`: value -> words that by themselves tell it; what the words around deny, plan or tell of others is left."""
    for value, words in rule["says"].items():
        for match in pattern(words).finditer(sentence.text):
            how = "present" if rule.get("plain") else assertion(sentence, *match.span())
            how = "present" if how == "family" and rule.get("others_too") else how
            denied = how == "absent" and value in rule.get("denials", ())
            past = how == "historical" and not rule.get("now_only")
            if how == "present" or past or denied or (how == "planned" and rule.get("doubted")):
                yield from _telling(sentence, rule, value, *match.span())
                break


def _asked(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`asked`: the name of what a form asks; its boxes behind the name answer, "Seizures [ ] Yes [X] No"."""
    for match in pattern(rule["asked"]).finditer(sentence.text):
        told = boxed(sentence, match.end())
        if told in ("yes", "no"):
            yield from _telling(sentence, rule, "has" if told == "yes" else "has_not", *match.span())
            break


def _test(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`test`: the name of a test; its result stands behind it before another test is named, else right before it.

    Two results of one row are those of two days, and neither is told.
    """
    for match in pattern(rule["test"]).finditer(sentence.text):
        right = _until_another(sentence.text[match.end() : match.end() + BEHIND])
        left = re.split(r"[,.;|:]|\band\b", sentence.text[max(0, match.start() - BEFORE) : match.start()])[-1]
        for words, offset in ((right, match.end()), (left, match.start() - len(left))):
            found = _results(words)
            if not found:
                continue
            value, start, end = found[0]
            place = min(match.start(), offset + start), max(match.end(), offset + end)
            if len({one[0] for one in found}) == 1 and assertion(sentence, *place) in ("present", "historical"):
                yield from _telling(sentence, rule, value, *place, _only_day(sentence, *place))
                return
            break


def _until_another(words: str) -> str:
    """The words up to the end of their clause or the next test."""
    return pattern(load("contradictions.yaml")["another_test"]).split(CLAUSE.split(words)[0])[0]


def _results(words: str) -> list[tuple[str, int, int]]:
    """(value, start, end) of each result told, the words of a longer one first."""
    found = [
        (value, *match.span())
        for value, cue in load("contradictions.yaml")["results"].items()
        for match in pattern(cue).finditer(words)
    ]
    found.sort(key=lambda one: (one[1], -one[2]))
    return [one for index, one in enumerate(found) if not any(a <= one[1] < b for _value, a, b in found[:index])]


def _only_day(sentence: Sentence, start: int, end: int) -> DayRange | None:
    """The day told right behind the words, else the sentence's only one, of the past."""
    limit = sentence.segment.when
    told = find_dates(sentence.text, years=True)
    days = {day for _left, _right, day in told if limit is None or day.first <= limit.last}
    return _day_in(sentence, start, end) or (days.pop() if len(days) == 1 else None)


def _day_in(sentence: Sentence, start: int, end: int) -> DayRange | None:
    """The day told right behind the words, of the past."""
    limit = sentence.segment.when
    for left, _right, day in find_dates(sentence.text):
        if start <= left <= end + 12 and (limit is None or day.first <= limit.last):
            return day
    return None


def _number(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`number`: words whose group n is a count, in digits or a word."""
    ordinals = load("contradictions.yaml")["ordinals"]
    found = []
    for match in pattern(rule["number"]).finditer(sentence.text):
        word = next(part for name, part in match.groupdict().items() if name.startswith("n") and part).lower()
        found.append((match, int(word) if word.isdigit() else ordinals.get(word)))
    most = max((number for _match, number in found if number), default=0)
    for match, number in found:
        if rule.get("grows") and number != most:
            continue  # "first relapse 2021, second relapse 2024" counts two
        if number and assertion(sentence, *match.span()) in ("present", "historical"):
            day = _only_day(sentence, *match.span()) if rule.get("about") == "day" else None
            about = str(day or sentence.segment.when) if rule.get("about") == "day" else ""
            yield from _telling(sentence, rule, str(number), *match.span(), day, about)


def _day(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`day`: words right before a day; the value is that day, about the one disease of the sentence where it names one."""
    diseases = {one.disease for one in diseases_in(sentence.text)} if rule.get("about") == "value" else {""}
    if len(diseases) != 1:
        return
    for match in pattern(rule["day"]).finditer(sentence.text):
        clause = re.split(r"[,;(]", sentence.text[: match.start()])[-1] + match[0]
        if rule.get("about") == "value" and "," in sentence.text[: match.start()] and not diseases_in(clause):
            continue  # "MCL, probable aspergillosis diagnosed 1/2026" dates the other disease
        for left, right, day in find_dates(sentence.text, years=True):
            if 0 <= left - match.end() <= 14 and assertion(sentence, *match.span()) in ("present", "historical"):
                yield from _telling(sentence, rule, str(day), match.start(), right, day, next(iter(diseases)))
                break


def _drug(sentence: Sentence, rule: dict[str, Any], before: Sentence | None) -> Iterator[Telling]:
    """`drug`: value -> words behind one anticancer drug, `drug_before` right before it; the telling is about the drug.

    Where the sentence names no drug ("Stopped for diarrhea."), the only one of the sentence before it is meant.
    """
    named = [one for one in mentions(sentence.text) if core(one.drugs)]
    if not named and before and before.document is sentence.document:
        last = {one.drugs for one in mentions(before.text) if core(one.drugs)}
        if len(last) == 1 and len(drugs := last.pop()) == 1:
            yield from _causes(sentence, rule, drugs[0], (0, 0), len(sentence.text), "present")
    for index, one in enumerate(named):
        stop = named[index + 1].start if index + 1 < len(named) else len(sentence.text)
        how = assertion(sentence, one.start, one.end)
        if len(one.drugs) == 1 and how != "family":
            yield from _causes(sentence, rule, one.drugs[0], (one.start, one.end), min(stop, one.end + REACH), how)


def _classes(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`classes`: class of drugs -> its name in words; value -> words that stand right before it, or right behind."""
    for name, words in rule["classes"].items():
        for match in pattern(words).finditer(sentence.text):
            left, right = sentence.text[max(0, match.start() - REACH) : match.start()], sentence.text[match.end() :]
            for value, cues in rule["given"].items():
                found = pattern(cues["before"]).search(left) or pattern(cues["behind"]).match(right)
                if found:
                    yield from _telling(sentence, rule, value, *match.span(), None, name)
                    break


def _causes(
    sentence: Sentence, rule: dict[str, Any], drug: str, place: tuple[int, int], stop: int, how: str
) -> Iterator[Telling]:
    start, end = place
    clause, left = sentence.text[end:stop], sentence.text[max(0, start - REACH) : start]
    denials, no = rule.get("denials", ()), pattern(load("contradictions.yaml")["not_cause"])
    if not denials and how == "absent":
        return
    for value, words in rule["drug"].items():
        match = pattern(words).search(clause)
        # "Which was stopped for low counts [please verify]": the doubt beside it makes nothing of it a plan.
        so = how in ("present", "historical") or (how == "planned" and STOPPED.match(match[0] if match else ""))
        if match and (value in denials or (so and not no.search(match[0]))):
            until = end + match.end()
            when = None if value in rule.get("now", ()) else _day_in(sentence, start, until)
            yield from _telling(sentence, rule, value, start, until, when, drug)
            return
    for value, words in rule.get("drug_before", {}).items():
        if how == "planned" and not denials:
            return
        match = pattern(words).search(left) if start else None
        if match and (value in denials or not no.search(left[: match.start()][-14:])):
            yield from _telling(sentence, rule, value, start - len(left) + match.start(), end, None, drug)
            return


def _own_day(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`own_day`: words right before the day of the procedure on a page that by its other words is the procedure's record."""
    own = rule["own_day"]
    page = sentence.page.text
    if is_paper(sentence.segment) or pattern(own["never"]).search(page):
        return
    if all(pattern(cue).search(page) for cue in own["page"]):
        yield from _day(sentence, {**rule, "day": own["day"]})


READERS = {"says": _says, "asked": _asked, "test": _test, "number": _number, "day": _day, "own_day": _own_day}
