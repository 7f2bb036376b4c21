"""A folder of a patient's records in, a chart out: the only door to this part of the house."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from chartproof.chart.day_order import doubted, facts_of_either, lines_of_either
from chartproof.chart.derive import conflicts as conflict
from chartproof.chart.derive import history
from chartproof.chart.derive.apart.compared import compared
from chartproof.chart.derive.apart.disagreements import disagreements
from chartproof.chart.derive.claimed.paper_facts import log_facts, paper_facts, plan_facts
from chartproof.chart.derive.comparable import comparable
from chartproof.chart.derive.dated_columns import dated_columns
from chartproof.chart.derive.doubts import settle
from chartproof.chart.derive.misfiled import Finder, copied, misfiled
from chartproof.chart.derive.one_each import one_each
from chartproof.chart.derive.own_values import WHY, told_by_own_papers
from chartproof.chart.derive.settled import never_given
from chartproof.chart.derive.still_open import disputed
from chartproof.chart.derive.taken_back import standing_judgements
from chartproof.chart.derive.treatment import lines as therapy
from chartproof.chart.derive.withdrawn import withdrawn
from chartproof.chart.derive.written import as_written
from chartproof.chart.find import mentions, place, psychosocial, received, setting, statements, weighing
from chartproof.chart.find.comorbid import facts as condition_facts
from chartproof.chart.find.comorbid import states as comorbidity
from chartproof.chart.find.consults import opinions as consults
from chartproof.chart.find.disease import disease, mutations, radiation
from chartproof.chart.find.form_lines import answered_lines
from chartproof.chart.find.heart import cardiac
from chartproof.chart.find.infection import infections
from chartproof.chart.find.labs import values as labs
from chartproof.chart.find.led_in import led_in
from chartproof.chart.find.lungs import risk as respiratory
from chartproof.chart.find.lungs import tests as lung
from chartproof.chart.find.organs import statement as organs
from chartproof.chart.find.others import handed_over
from chartproof.chart.find.performance import scales as performance
from chartproof.chart.find.pharmacy import decided as pharmacy
from chartproof.chart.find.screening import whole as screening
from chartproof.chart.find.team import committee
from chartproof.chart.find.transplant import given as transplant
from chartproof.chart.find.viral import serology
from chartproof.chart.find.whose_word import in_own_words
from chartproof.chart.side_by_side import side_by_side
from chartproof.chart.sort import reading as sort_files
from chartproof.chart.view import Reading
from chartproof.model import Case, Chart, Conflict, Fact, SourceFile, TherapyLine

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
    mutations.find,
    radiation.find,
    received.find,
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

#: What a form or a draft may claim of the patient's state: its numbers, diseases, transplants and habits.
CLAIMED: tuple[Finder, ...] = (disease.find, transplant.find, comorbidity.find, condition_facts.find, respiratory.find)


#: Pages below which a second process would take longer to start than it saves.
LARGE = 60
Progress = Callable[[str, int, int], None]


def read_chart(
    files: Sequence[SourceFile], case: Case, letters: frozenset[tuple[str, int]] = frozenset(), *, workers: int = 1,
    progress: Progress | None = None,
) -> Chart:  # fmt: skip
    """Documents, facts, lines of therapy and conflicts of one patient's files. Same input, same answer.

    letters   the pages, as file and number, that were read as a plan's denial: whatever their title, they are no
              evidence of what they claim
    workers   how many processes sort a large chart and look for facts in it; the answer is the same for any number
    progress  called as progress("", searches done, searches in all)
    """
    workers = workers if sum(len(file.pages) for file in files) > LARGE else 1
    reading = sort_files(files, case, letters, workers=workers)
    # the longest first: what is begun last is waited for
    jobs: list[Callable[[], Any]] = [partial(others_facts, reading, case), partial(therapy.derive, reading, case)]
    jobs += [partial(claimed, reading, case), partial(told_numbers, reading, case)]
    jobs += [partial(finder, reading, case) for finder in FINDERS]
    answers = side_by_side(jobs, workers=workers, progress=progress)
    theirs, derived, beside, numbers, *ours = answers
    mine = answered_lines(handed_over(chain.from_iterable(ours), reading, case.patient.name), reading)
    own = list(in_own_words(led_in(mine, reading), reading))
    known = told_by_own_papers(reading.documents, [*own, *theirs])
    if known:
        case = replace(case, nameless=(*case.nameless, *known))
        chart = read_chart(files, case, letters, workers=workers, progress=progress)
        noted = (replace(one, note=one.note or WHY) if one.file in known else one for one in chart.documents)
        return replace(chart, documents=tuple(noted))
    found = list(copied(chain(own, theirs), reading.documents))
    chart = _chart(files, reading, case, found, derived)
    chart = replace(chart, conflicts=shown(reading, chart.facts, chart.lines, case, beside, numbers))
    nevers = never_given(chart.conflicts)
    if not nevers:
        return chart
    anew = _chart(files, reading, case, found, therapy.derive(reading, case, nevers))
    return replace(anew, conflicts=chart.conflicts)


def _chart(
    files: Sequence[SourceFile],
    reading: Reading,
    case: Case,
    found: Sequence[Fact],
    derived: tuple[Sequence[TherapyLine], Sequence[Fact]],
) -> Chart:
    """The chart of these facts and lines, without the conflicts among them."""
    doubts = doubted(reading)
    read = settle([as_written(fact) for fact in (*found, *derived[1])], files, reading.documents)
    open_still = disputed(reading, withdrawn(reading, facts_of_either(read, doubts), case), case)
    facts = numbered(standing_judgements(reading, open_still))
    lines = lines_of_either(derived[0], doubts)
    return Chart(
        files=tuple(files),
        documents=reading.documents,
        facts=facts,
        coverage=(*respiratory.coverage(reading, facts), *history.coverage(facts, reading.documents)),
        lines=tuple(lines),
        conflicts=(),
        others=reading.others,
    )


def claimed(reading: Reading, case: Case) -> list[Fact]:
    """What our own papers claim, and what is told beside the chart."""
    logged = log_facts(reading, case, (*MEASURED, *CLAIMED, infections.find, place.find))
    beside = handed_over(logged, reading, case.patient.name)
    return [*paper_facts(reading, case, (*CLAIMED, place.find, committee.find)), *beside, *dated_columns(reading)]


def told_numbers(reading: Reading, case: Case) -> list[Fact]:
    """What papers and the plan's letter tell that is measured."""
    finders = (*MEASURED, disease.find)
    return [*paper_facts(reading, case, finders), *plan_facts(reading, case, finders)]


def shown(
    reading: Reading,
    facts: Sequence[Fact],
    lines: Sequence[TherapyLine],
    case: Case,
    beside: Sequence[Fact],
    numbers: Sequence[Fact],
) -> tuple[Conflict, ...]:
    """What the papers tell otherwise of one matter, each disagreement once (`one_each`).

    beside   what `claimed` gave
    numbers  what `told_numbers` gave
    """
    facts, beside, numbers = (comparable(reading, told) for told in (facts, beside, numbers))
    found = [
        *conflict.conflicts(reading, facts, lines, case, beside, numbers),
        *disagreements(facts, case, {one.id: one.kind for one in reading.documents}),
    ]
    return one_each(reading, found, compared(reading, [*facts, *beside, *numbers], case.as_of))


def others_facts(reading: Reading, case: Case) -> list[Fact]:
    return list(misfiled(reading, case, MEASURED))


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
