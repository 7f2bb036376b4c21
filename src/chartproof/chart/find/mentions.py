"""What documents name beside the facts that policies ask for: findings, diseases, treatments, tests told in words.

One clinical_mention fact for each thing, detail, assertion and day of a document; these facts decide nothing. `extra`
holds its kind, the detail ("mild chronic"), and `told_as` history where it belongs to the past history. The words are data (knowledge/vocabulary/mentions.yaml); who and when is chart/context.py's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from chartproof.chart.context import about_another, around, assertion, before
from chartproof.chart.find.comorbid.conditions import of_history
from chartproof.chart.find.drugs import drug_ids, drug_patterns, longest_regimen, regimen_patterns, role_of
from chartproof.chart.find.heart.lvef import names as lvef_names
from chartproof.chart.find.labs.analytes import names_in
from chartproof.chart.find.labs.tables import proper
from chartproof.chart.find.said import fact_of, past_day
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load, small
from chartproof.expressions import Expression, Expressions
from chartproof.model import Assertion, Case, Fact

#: Quotes of one thing in one document.
QUOTES = 4
#: Tables and exports are read by their entries.
NOT_PROSE = ("lab_report", "lab_export", "mar_export", "fhir_bundle", "ccda", "program_letter", "program_sheet")


@dataclass(frozen=True, slots=True)
class Named:
    """A thing in a sentence's characters [start, end); `kind` is thing, virus, therapy or test; `dated` where the day
    beside it holds for its absence too."""

    thing: str
    start: int
    end: int
    said: Assertion
    detail: str = ""
    kind: str = "thing"
    dated: bool = False


def find(reading: Reading, case: Case) -> list[Fact]:
    found: dict[tuple[object, ...], Fact] = {}
    for sentence in reading.sentences:
        if sentence.document.kind in NOT_PROSE:
            continue
        for named in (*things(sentence), *viruses(sentence), *therapies(sentence), *tests(sentence)):
            undated = named.said == "absent" and not named.dated
            told = None if undated else past_day(sentence, case, named.start, named.end)
            when = told or sentence.segment.when
            quote = sentence.span(named.start, named.end)
            key = (named.thing, named.detail, sentence.document.id, named.said, when)
            held = found.get(key)
            if held is None:
                extra = {"kind": named.kind} | ({"detail": named.detail} if named.detail else {})
                if of_history(around(sentence, named.start, named.end)):
                    extra["told_as"] = "history"
                found[key] = fact_of(
                    sentence, "clinical_mention", named.said, quote, when=when, value=named.thing, extra=extra
                )
            elif len(held.evidence) < QUOTES and quote not in held.evidence:
                found[key] = replace(held, evidence=(*held.evidence, quote))
    return list(found.values())


def vocabulary(name: str) -> Any:
    return load("mentions.yaml")[name]


@cache
def pattern(name: str) -> Expression:
    """One pattern for a list of cues."""
    return Expression("|".join(f"(?:{part})" for part in vocabulary(name)), re.IGNORECASE)


def whole_words(parts: list[str]) -> Expression:
    return Expression(rf"(?<![\w-])(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


@cache
def rules() -> Expressions[tuple[str, dict[str, Any], str]]:
    """Each name of each thing and of its details, by (id, rule, detail)."""
    rows = []
    for thing, rule in vocabulary("things").items():
        for detail, parts in {**rule.get("details", {}), "": rule.get("words", [])}.items():
            rows += [((str(rule.get("as", thing)), rule, detail), whole_words([part])) for part in parts]
    return Expressions(rows)


def things(sentence: Sentence) -> Iterator[Named]:
    """Of overlapping names the first rule's: a thing's own words come before its bare name."""
    text = sentence.text
    taken: list[tuple[int, int]] = []
    for (thing, rule, detail), words in rules().to_try(text):
        for match in words.finditer(text):
            start, end = match.span()
            if any(a < end and start < b for a, b in taken):
                continue
            taken.append((start, end))
            own = detail or (match.groupdict().get("detail") or "").lower()
            said = said_of(sentence, start, end, rule)
            yield Named(thing, start, end, said, own, rule.get("kind", "thing"), rule.get("dated", False))


def said_of(sentence: Sentence, start: int, end: int, rule: dict[str, Any]) -> Assertion:
    left = before(sentence.text, start)
    person = rule.get("person", True)
    if "fixed" in rule:
        return "family" if about_another(sentence, start, left) else rule["fixed"]
    if pattern("stopped_before").search(left):
        return "absent"
    said = assertion(sentence, start, end, person=person)
    if said in ("present", "historical") and rule.get("event"):
        return of_event(sentence, start, end, "historical")
    return said


def of_event(sentence: Sentence, start: int, end: int, usual: Assertion) -> Assertion:
    """How a treatment or procedure stands that is neither denied nor another's: planned, going on, done."""
    left, right = sentence.text[:start], sentence.text[end:]
    if pattern("ordered_before").search(left):
        return "planned"
    if pattern("current_before").search(left):
        return "present"
    if pattern("done_before").search(left) or pattern("done_after").search(right):
        return "historical"
    return usual


@cache
def virus_patterns() -> tuple[tuple[str, Expression], ...]:
    return tuple((virus, whole_words(parts)) for virus, parts in vocabulary("viruses").items())


@cache
def result_patterns() -> tuple[tuple[str, Expression, Expression], ...]:
    """(detail, pattern of what follows the name, pattern of what stands before it)."""
    cues = vocabulary("results")
    return tuple(
        (
            detail,
            Expression("|".join(cues[f"{detail}_after"]), re.IGNORECASE),
            Expression("|".join(cues[f"{detail}_before"]), re.IGNORECASE),
        )
        for detail in ("positive", "chronic", "negative")
    )


def viruses(sentence: Sentence) -> Iterator[Named]:
    text = sentence.text
    for virus, words in virus_patterns():
        for match in words.finditer(text):
            start, end = match.span()
            left, right = text[:start], text[end:]
            detail = next(
                (name for name, after, ahead in result_patterns() if after.match(right) or ahead.search(left)), ""
            )
            if pattern("ordered_before").search(left) and not detail:
                said: Assertion = "planned"
            else:
                said = assertion(sentence, start, end)
            if said in ("present", "historical") and detail:  # an infection that was found stays the patient's
                said = "absent" if detail == "negative" else "present"
            yield Named(virus, start, end, said, detail, "virus")


@cache
def therapy_patterns() -> tuple[tuple[str, Expression], ...]:
    return tuple((therapy, whole_words(parts)) for therapy, parts in vocabulary("therapies").items())


def therapies(sentence: Sentence) -> Iterator[Named]:
    """Drugs, regimens and treatments by name; the word chemotherapy only where no agent is named with it."""
    text = sentence.text
    agents = list(agents_in(text))
    specific = any(name not in ("chemotherapy", "radiation") for name, _start, _end in agents)
    for name, start, end in agents:
        if name == "chemotherapy" and specific:
            continue
        left = before(text, start)
        said: Assertion = "absent" if pattern("stopped_before").search(left) else assertion(sentence, start, end)
        if said in ("present", "historical"):
            said = of_event(sentence, start, end, said)
        yield Named(name, start, end, said, kind="therapy")


def agents_in(text: str) -> Iterator[tuple[str, int, int]]:
    """(name, start, end) of every agent that can be a treatment of its own."""
    taken: list[tuple[int, int]] = []
    for match in regimen_patterns().finditer(text):
        name, end = longest_regimen(text, match.start())
        taken.append((match.start(), end))
        yield name.lower(), match.start(), end
    for match in drug_patterns().finditer(small(text)):
        drug = drug_ids()[int(str(match.lastgroup)[1:])]
        if role_of(drug) != "supportive" and not any(a < match.end() and match.start() < b for a, b in taken):
            taken.append(match.span())
            yield drug, *match.span()
    for name, words in therapy_patterns():
        for match in words.finditer(text):
            if not any(a < match.end() and match.start() < b for a, b in taken):
                yield name, *match.span()


@cache
def state_patterns() -> tuple[tuple[str, Expression, Expression, Expression], ...]:
    """(detail, right before the name, right after it, after a list of names that it opens)."""
    link = r"\W{0,3}(?:(?:counts?|levels?|function|studies|is|was|are|were|remains?|appears?|to be|reportedly|show(?:s|ed)?|an?) ){0,4}"
    number = r"(?!\W{0,3}(?:at|of|to)?\W{0,2}\d)"
    rows = []
    for detail, parts in vocabulary("states").items():
        one = f"(?:{'|'.join(parts)})"
        rows.append(
            (
                detail,
                Expression(rf"\b{one} (?:\w+ )?$", re.IGNORECASE),
                Expression(rf"{link}{one}\b{number}", re.IGNORECASE),
                Expression(rf"(?:,? (?:and )?[a-z][a-z ]{{1,24}}){{1,9}}? (?:are|were) (?:all |both )?{one}\b{number}", re.IGNORECASE),
            )
        )  # fmt: skip
    return tuple(rows)


@cache
def test_patterns() -> tuple[tuple[str, Expression], ...]:
    own = tuple((test, whole_words(parts)) for test, parts in vocabulary("tests").items())
    return (*own, ("lvef", lvef_names()))


def tests(sentence: Sentence) -> Iterator[Named]:
    """Tests without a number: told in words, not measured, or still to be done."""
    text = sentence.text
    places = [(test, *match.span()) for test, words in test_patterns() for match in words.finditer(text)]
    places += [(n.test, n.start, n.end) for n in names_in(text) if n.test != "other" and proper(text, n)]
    for test, start, end in places:
        left, right = text[:start], text[end:]
        if re.match(r"[^\w.;,]{0,3}(?:(?:is|was|of|at|count|level) ){0,3}[<>]?\d", right):
            continue
        if about_another(sentence, start, before(text, start)):
            continue
        detail, first, last = state_of(text, start, end)
        if late := pattern("not_measured_after").match(right):
            yield Named(test, start, end + late.end(), "absent", kind="test")
        elif not detail and pattern("ordered_before").search(left):
            yield Named(test, start, end, "planned", kind="test")
        elif detail:
            yield Named(test, first, last, assertion(sentence, first, last), detail, "test")


def state_of(text: str, start: int, end: int) -> tuple[str, int, int]:
    """(state, first, last character of name and state together) of the test named at [start, end); "" for none."""
    for name, ahead, behind, shared in state_patterns():
        if found := ahead.search(text[:start]):
            return name, found.start(), end
        if found := behind.match(text[end:]) or shared.match(text[end:]):
            return name, start, end + found.end()
    return "", start, end
