"""Entries that a list left open, or somebody wrote down from hearsay, and that a clinician closed or refuted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chartproof.chart.derive.standing import CLINICIANS, last_day, pattern, standing
from chartproof.chart.find.comorbid.conditions import conditions_in
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact, Span

OTHER_PEOPLE = re.compile(
    r"\b(?:family|mother|father|brother|sister|donor|son|daughter|cousin|aunt|uncle|grand(?:mother|father|parent)|wife|husband|spouse)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Naming:
    """A condition that a sentence names at [start, end) of its text."""

    condition: str
    sentence: Sentence
    start: int
    end: int

    @property
    def quote(self) -> Span:
        return near_quote(self.sentence, self.start, self.end)

    @property
    def when(self) -> date:
        day = self.sentence.segment.when
        return day.last if day else date.min


def left_open(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """One conflict at most for each condition and file that still lists it."""
    entries, answers = [], []
    for sentence in reading.sentences:
        if OTHER_PEOPLE.search(f"{sentence.label} {sentence.text}"):
            continue
        for naming in namings(sentence):
            if is_entry(naming):
                entries.append(naming)
            how = refuted(naming)
            if how:
                answers.append((naming, how))
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        key = (entry.condition, entry.sentence.document.file)
        if key in seen:
            continue
        quote = _answer(entry, answers, reading, facts, asked)
        if quote:
            seen.add(key)
            yield Conflict(f"{readable(entry)} in a list", entry.quote, quote[0], quote[1])


def namings(sentence: Sentence) -> Iterator[Naming]:
    """Conditions that may be disputed, by name or by the medicine that is given for nothing else."""
    words = load("claims.yaml")
    found = [one for one in conditions_in(sentence.text) if one[2] in words["disputed"]]
    for start, end, condition in found:
        yield Naming(condition, sentence, start, end)
    for match in pattern(words["other_infection"]).finditer(sentence.text):
        yield Naming("other_infection", sentence, match.start(), match.end())
    for condition, medicine in words["medicine_for"].items():
        for match in pattern(medicine).finditer(sentence.text):
            yield Naming(condition, sentence, match.start(), match.end())


def is_entry(naming: Naming) -> bool:
    """A row of a list that says "active" (or calls the patient a carrier), or something written down from hearsay."""
    words, text = load("claims.yaml"), naming.sentence.text
    if naming.sentence.document.kind in words["lists"]:
        if naming.condition.startswith("hepatitis"):
            return bool(pattern(words["carrier"]).search(text[: naming.end + 20]))
        return bool(re.search(r"\bactive\b", text, re.IGNORECASE)) and not pattern(words["closed"]).search(text)
    if "?" in text[max(0, naming.start - 6) : naming.start]:  # whoever wrote it down asks himself
        return False
    after = text[naming.end : naming.end + 30]
    return bool(pattern(words["hearsay"]).search(after)) and not pattern(words["closed"]).search(text)


def refuted(naming: Naming) -> str:
    """ "never" or "past" where a clinician's sentence says so of the condition it names, else ""."""
    words, sentence = load("claims.yaml"), naming.sentence
    if sentence.document.kind not in CLINICIANS or sentence.segment.signed is False:
        return ""
    name = re.escape(sentence.text[naming.start : naming.end])
    for how, cues in words["refuted"].items():
        for cue in cues:
            for match in re.finditer(cue.replace("{name}", name), sentence.text, re.IGNORECASE):
                if match.start() <= naming.start and naming.end <= match.end():
                    return str(how)
    return ""


def _answer(
    entry: Naming, answers: Sequence[tuple[Naming, str]], reading: Reading, facts: Sequence[Fact], asked: date
) -> tuple[Span, str] | None:
    """The newest statement after the entry that it is over or never was; any infection by "no active infection" too."""
    known = [
        (naming.when, naming.quote, how)
        for naming, how in answers
        if naming.condition == entry.condition
        and entry.when <= naming.when <= asked
        and naming.sentence.document.id != entry.sentence.document.id
        and (how == "never" or entry.condition in load("claims.yaml")["infections"] or "hepatitis" in entry.condition)
    ]
    if entry.condition in load("claims.yaml")["infections"]:
        for fact in standing(facts, "active_infection", asked, "absent"):
            if last_day(fact) >= entry.when and fact.document != entry.sentence.document.id:
                known.append((last_day(fact), fact.evidence[0], "past"))
        for fact in standing(facts, "active_infection", asked, "present"):
            known = [one for one in known if one[0] > last_day(fact)]
    if entry.condition == "hepatitis_b":
        known.extend(_not_infected(entry, reading, facts, asked))
    if not known:
        return None
    when, quote, how = max(known, key=lambda one: one[0])
    right = "never was" if how == "never" else "is over"
    return quote, f"a clinician says that it {right} ({when}); the list is out of date"


def _not_infected(
    entry: Naming, reading: Reading, facts: Sequence[Fact], asked: date
) -> Iterator[tuple[date, Span, str]]:
    """The patient's own surface antigen is negative; in the words of a clinician on the core antibody, if there are any."""
    antigen = max(standing(facts, "hbsag", asked), key=last_day, default=None)
    if antigen is None or antigen.value != "negative" or last_day(antigen) < entry.when:
        return
    told = [
        (bool(pattern(cues["surface_antigen"]).search(sentence.text)), near_quote(sentence, match.start(), match.end()))
        for cues in [load("second_hand.yaml")]
        for sentence in reading.of_kind(*CLINICIANS)
        if sentence.segment.signed is not False and (match := pattern(cues["core_antibody"]).search(sentence.text))
    ]
    quote = max(told, key=lambda row: row[0], default=(False, antigen.evidence[0]))[1]
    yield last_day(antigen), quote, "past"


def readable(entry: Naming) -> str:
    if entry.condition == "other_infection":
        return "infection"
    return entry.condition.replace("_", " ")
