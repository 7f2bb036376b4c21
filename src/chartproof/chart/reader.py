"""A folder of a patient's records in, a chart out: the only door to this part of the house."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chartproof.chart.day_order import doubted, facts_of_either, lines_of_either
from chartproof.chart.derive import conflicts as conflict
from chartproof.chart.derive import history
from chartproof.chart.derive import lines as therapy
from chartproof.chart.derive.disagreements import disagreements
from chartproof.chart.derive.doubts import settle
from chartproof.chart.derive.misfiled import Finder, misfiled
from chartproof.chart.derive.written import as_written
from chartproof.chart.find import (
    cardiac,
    committee,
    comorbidity,
    condition_facts,
    consults,
    disease,
    infections,
    labs,
    lung,
    mentions,
    organs,
    performance,
    pharmacy,
    place,
    psychosocial,
    respiratory,
    screening,
    serology,
    setting,
    statements,
    transplant,
    weighing,
)
from chartproof.chart.find.others import handed_over
from chartproof.chart.sort import reading as sort_files
from chartproof.model import Case, Chart, Fact, SourceFile

FINDERS: tuple[Finder, ...] = (
    pharmacy.find,
    statements.find,
    infections.find,
    committee.find,
    organs.find,
    weighing.find,
    setting.find,
    place.find,
    psychosocial.find,
    performance.find,
    labs.find,
    serology.find,
    cardiac.find,
    lung.find,
    disease.find,
    transplant.find,
    comorbidity.find,
    condition_facts.find,
    mentions.find,
    consults.find,
    respiratory.find,
    screening.find,
)

#: What may be mistaken for the patient's on another's page: measurements and conditions, no statement on the treatment.
MEASURED: tuple[Finder, ...] = (
    performance.find,
    labs.find,
    serology.find,
    cardiac.find,
    lung.find,
    respiratory.find,
)


def read_chart(files: Sequence[SourceFile], case: Case, letters: frozenset[tuple[str, int]] = frozenset()) -> Chart:
    """Documents, facts, lines of therapy and conflicts of one patient's files. Same input, same answer.

    `letters` are the pages, as file and number, that were read as a plan's denial: whatever their title, they are no
    evidence of what they claim.
    """
    reading = sort_files(files, case, letters)
    found = list(handed_over((fact for finder in FINDERS for fact in finder(reading, case)), reading))
    found += misfiled(reading, case, MEASURED)
    lines, derived = therapy.derive(reading, case)
    doubts = doubted(reading)
    read = settle([as_written(fact) for fact in (*found, *derived)], files, reading.documents)
    facts = numbered(facts_of_either(read, doubts))
    lines = lines_of_either(lines, doubts)
    return Chart(
        files=tuple(files),
        documents=reading.documents,
        facts=facts,
        coverage=(*respiratory.coverage(reading, facts), *history.coverage(facts, reading.documents)),
        lines=tuple(lines),
        conflicts=(*conflict.conflicts(reading, facts, lines, case), *disagreements(facts, case)),
    )


def numbered(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts without their doubles, in a fixed order, each with an id."""
    seen: set[tuple[object, ...]] = set()
    kept: list[Fact] = []
    for fact in facts:
        first = fact.evidence[0] if fact.evidence else None
        key = (
            fact.concept,
            fact.value,
            fact.quantity,
            fact.when,
            fact.assertion,
            first and (first.file, first.page, first.start),
        )
        if key not in seen:
            seen.add(key)
            kept.append(fact)
    kept.sort(key=order)
    return tuple(replace(fact, id=f"F{number:04d}") for number, fact in enumerate(kept, 1))


def order(fact: Fact) -> tuple[str, str, str, int, int, str]:
    first = fact.evidence[0] if fact.evidence else None
    place = (first.file, first.page, first.start) if first else ("", 0, 0)
    return (fact.concept, str(fact.when or ""), place[0], place[1], place[2], fact.assertion)
