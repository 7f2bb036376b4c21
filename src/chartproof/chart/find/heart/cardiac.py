"""Heart: ejection fraction, cardiac imaging (echo, MUGA, MRI) and the 12-lead ECG."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from chartproof.chart.find.coded_reports import coded_ejections, coded_reports
from chartproof.chart.find.heart.lvef import Ejection, ejections
from chartproof.chart.find.label_blocks import labelled
from chartproof.chart.find.labs.results import joined
from chartproof.chart.find.studies import Study, head_line, studies
from chartproof.chart.find.tested import best_sentences, clipped, open_tests, told_tests
from chartproof.chart.view import Reading
from chartproof.model import Case, DayRange, Fact, Quantity, Span

#: What a policy that asks for an echocardiogram or a MUGA scan takes; a cardiac MRI gives an ejection fraction and is neither.
IMAGING = ("echo", "muga")
#: Methods that give an ejection fraction and are neither.
NEITHER = ("mri", "spect", "ct", "cath")
STUDY_OF = re.compile(r"\b(?:for|of|on)\s+[A-Z][A-Za-z'-]+,\s?(?P<given>[A-Z][A-Za-z]+)(?=\b[^;.]{0,8}\([MF]\b)")
RHYTHM = (
    r"(?:normal )?sinus(?: rhythm)?\b|\bnsr\b|fibrillation|flutter|paced|tachycardia|bradycardia|normal ecg|\brhythm\b",
    r"\bpr\b.*\bqrs\b|\bqtc",
    r"(?:otherwise )?(?:ab)?normal (?:12[ -]?lead|ecg|ekg|tracing)|\b12[ -]?lead electrocardiogram",
)
READING = (
    r"(?:lvef|ejection fraction|\bef\b).{0,40}\d",
    r"(?:normal|reduced|preserved|low-normal).{0,30}(?:systolic|function|study)",
)


def find(reading: Reading, case: Case) -> list[Fact]:
    """lvef, cardiac_imaging and ecg facts; a study that is ordered, wanted or conditional is `planned`."""
    reading = own_sentences(reading, case)
    reports = studies(reading)
    values = [*coded_ejections(reading), *ejections(reading, reports, case.as_of)]
    facts = joined([as_fact(value) for value in sorted(values, key=lambda value: value.study is None)])  # reports lead
    coded = [fact for kind in IMAGING for fact in coded_reports(reading, kind, "cardiac_imaging")]
    told = [
        *told_tests(reading, "cardiac_imaging", IMAGING, case.as_of),
        *labelled(reading, "cardiac_imaging", IMAGING, case.as_of),
    ]
    facts += one_a_day([*imaging(reports, values), *coded, *told])
    facts += list(open_tests(reading, "cardiac_imaging", IMAGING, case.as_of))
    told = [
        *told_tests(reading, "ecg", ("ecg",), case.as_of),
        *labelled(reading, "ecg", ("ecg",), case.as_of),
    ]
    facts += one_a_day([*tracings(reports), *coded_reports(reading, "ecg", "ecg"), *told])
    facts += list(open_tests(reading, "ecg", ("ecg",), case.as_of))
    return facts


def own_sentences(reading: Reading, case: Case) -> Reading:
    """Without the sentences that give the study of a person of another given name: "TTE for MARLOW, GORDON T"."""
    own = set(re.findall(r"[a-z]+", case.patient.name.lower()))
    kept = [
        sentence
        for sentence in reading.sentences
        if all(match["given"].lower() in own for match in STUDY_OF.finditer(sentence.text))
    ]
    return replace(reading, sentences=tuple(kept))


def as_fact(value: Ejection) -> Fact:
    extra = {"method": value.method} if value.method else {}
    glanced = value.note.startswith("a limited")  # a look at the bedside is of the day on which it is told
    when = value.when or (value.document.when if glanced and value.assertion == "present" else None)
    return Fact("", "lvef", value.assertion, (value.evidence,), quantity=Quantity(value.low, value.high, "%"), when=when,
                known=value.document.when, signed=value.signed, rank=value.rank, document=value.document.id, note=value.note,
                extra=extra)  # fmt: skip


def imaging(reports: Sequence[Study], values: Sequence[Ejection]) -> list[Fact]:
    """A study counts by its own report with a day, or by a clinician's note that gives its result and its day."""
    days: dict[DayRange, list[Fact]] = {}
    for study in reports:
        if study.kind in IMAGING and study.when and study.when.exact:
            spans = own_values(study, values) or tuple(best_sentences(study, READING))
            if spans:
                days.setdefault(study.when, []).append(report_fact("cardiac_imaging", study, spans))
    for value in values:
        if (
            value.study
            or value.earlier
            or value.note
            or value.assertion != "present"
            or value.method in NEITHER
            or not (value.tied and value.when and value.when.exact)
        ):
            continue
        fact = Fact("", "cardiac_imaging", "present", (value.evidence,), when=value.when, signed=value.signed,
                    document=value.document.id, note="as told in a note", rank=0,
                    extra={"method": value.method} if value.method else {})  # fmt: skip
        days.setdefault(value.when, []).append(fact)
    return one_a_day([fact for group in days.values() for fact in group])


def own_values(study: Study, values: Sequence[Ejection]) -> tuple[Span, ...]:
    """The report's own ejection fractions, its conclusion before its table."""
    own = [
        value
        for value in values
        if value.study is study and value.when == study.when and value.assertion not in ("family", "planned")
    ]
    whole = [
        clipped(s, value.evidence.start - s.start, value.evidence.end - s.start)
        for s in study.sentences
        for value in own
        if holds(s.start, s.end, value)
    ]
    return tuple(dict.fromkeys([*reversed(whole), *(value.evidence for value in own)]))


def holds(start: int, end: int, value: Ejection) -> bool:
    return start <= value.evidence.start < end


def report_fact(concept: str, study: Study, spans: Sequence[Span]) -> Fact:
    return Fact("", concept, "present", tuple(spans)[:6], when=study.when, signed=study.segment.signed is not False,
                rank=2 if study.segment.addendum else 1, document=study.segment.document.id, extra={"method": study.kind})  # fmt: skip


def tracings(reports: Iterable[Study]) -> Iterator[Fact]:
    """12-lead reports that hold a reading of the rhythm."""
    for study in reports:
        if study.kind != "ecg":
            continue
        spans = best_sentences(study, RHYTHM)
        if spans:
            yield report_fact("ecg", study, [*spans, *head_line(study)])


def one_a_day(facts: Iterable[Fact]) -> list[Fact]:
    """One fact a day and signature, its report's quotes before what notes say of it."""
    order: dict[tuple[object, ...], Fact] = {}
    for fact in sorted(facts, key=lambda fact: -fact.rank):
        key = (fact.concept, fact.assertion, fact.when, fact.signed)
        held = order.get(key)
        extra = tuple(span for span in fact.evidence if held and span not in held.evidence)
        order[key] = replace(held, evidence=held.evidence + extra) if held else fact
    return list(order.values())
