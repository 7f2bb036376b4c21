"""Lines of therapy from every document, and the facts that follow from them.

A count is never taken from one sentence: it is derived from the courses, and what a clinician states is set beside it. Where
the two differ and no clinician agrees with the derived count, the fact is an interval, so that neither number decides alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from chartproof.chart.derive.settled import Never, still_told
from chartproof.chart.derive.treatment.blocks import in_one_remission
from chartproof.chart.derive.treatment.counts import is_of_others, labelled_counts, prior_lines, stated_counts
from chartproof.chart.derive.treatment.course import (
    DAY,
    FAILED,
    Course,
    drugs_of,
    end_of,
    failure_after,
    response_of,
    start_of,
    stop_of,
)
from chartproof.chart.derive.treatment.courses import merge
from chartproof.chart.derive.treatment.denied import denied_classes, denied_exposures, exported
from chartproof.chart.derive.treatment.event import Event
from chartproof.chart.derive.treatment.events import narrative
from chartproof.chart.derive.treatment.labelled import labelled
from chartproof.chart.derive.treatment.phases import phases
from chartproof.chart.derive.treatment.records import structured, tables, void
from chartproof.chart.find.drugs import classes_of, core, mentions
from chartproof.chart.find.said import loosen
from chartproof.chart.find.undated import with_own_days
from chartproof.chart.view import Reading, span
from chartproof.chart.vocabulary import load
from chartproof.model import Case, DayRange, Fact, Span, TherapyLine

EARLY_DAYS = 366
#: The note of a fact that another document contradicts and that does not stand.
AT_ODDS = "at odds with the record nearest to the last dose"


def derive(reading: Reading, case: Case, nevers: Sequence[Never] = ()) -> tuple[list[TherapyLine], list[Fact]]:
    """Lines of therapy in order, and the facts of prior_lines, class_exposure, lineN_* and of drugs never given.

    `nevers`: givings that the chart's conflicts have settled as never done; no line and no class rests on them.
    """
    reading = with_own_days(reading)
    forms = [*tables(reading, case), *phases(reading, case), *labelled(reading, case)]
    told = [*structured(reading, case), *forms, *narrative(reading, case)]
    events = borne_out(still_told(told, nevers))
    courses = in_one_remission(merge(events), reading, case)
    lines = [_line(number, course, _next_start(courses, number)) for number, course in enumerate(courses, 1)]
    # a form's own count tells of lines that the papers do not show; one that is lower is that of an earlier day
    told_of = (one for one in labelled_counts(reading) if one.weight and not is_of_others(one))
    stated = [*stated_counts(reading), *(one for one in told_of if one.number > len(lines))]
    facts: list[Fact] = []
    for number, course in enumerate(courses, 1):
        facts.extend(_line_facts(number, course, _next_start(courses, number)))
    facts.extend(prior_lines(lines, stated))
    facts.extend(_exposures(courses, events))
    facts.extend(_never_given(reading, events, courses))
    facts.extend([*denied_exposures(facts, exported(reading)), *denied_classes(reading, facts)])
    facts.extend(_first_line_outcome(courses))
    return lines, facts


def _next_start(courses: Sequence[Course], number: int) -> date | None:
    """The first day of the next course that has one."""
    return next((day.first for course in courses[number:] if (day := start_of(course))), None)


def _line(number: int, course: Course, until: date | None) -> TherapyLine:
    drugs = drugs_of(course)
    response = response_of(course, until)
    return TherapyLine(
        line=number,
        regimen=regimen_name(course),
        drugs=drugs,
        classes=classes_of(drugs),
        start=start_of(course),
        end=end_of(course, until),
        best_response=_words(response),
        stop_reason=_stop_words(course, until),
        evidence=_evidence(course, until),
    )


def _words(response: Event | None) -> str | None:
    if response is None:
        return None
    if response.response == "PD":
        return "no response"
    return f"{response.response}, MRD negative" if response.deep else response.response


def _stop_words(course: Course, until: date | None) -> str | None:
    """The reason in words; a relapse soon after planned completion is added with its day."""
    stop = stop_of(course, until)
    if stop is None:
        return None
    end, failed = end_of(course, until), failure_after(course, until)
    if stop.stop == "completed" and end and failed and failed.exact and 0 <= (failed.first - end.last).days <= 183:
        return f"completed; progression {failed}"
    return stop.stop


def regimen_name(course: Course) -> str:
    """The name most used for the full induction, with its maintenance: "BR + rituximab maintenance"."""
    main = [event for event in course.events if event.role == "" and core(event.drugs) == course.core]
    # What the papers call it goes before what its drugs are called most often: R-CHOEP has the drugs of DA-EPOCH-R.
    printed = [one.regimen for event in main for one in mentions(event.span.quote) if core(one.drugs) == course.core]
    names = [name for name in printed if name] or [event.regimen for event in main if event.regimen]
    if len(drugs_of(course)) == 2 and not any(
        _short(event.span.quote, course) for event in main
    ):  # "R2" tells less than the two names, where no paper calls it so
        names = []
    base = max(set(names), key=lambda name: (names.count(name), name)) if names else _joined(course)
    kept = [event for event in course.events if event.role == "maintenance"]
    if not kept:
        return base
    drugs = sorted(
        {
            drug
            for event in kept
            if core(event.drugs) < course.core or len(course.core) == 1
            for drug in core(event.drugs)
        }
    )
    return f"{base} + {' + '.join(drugs)} maintenance" if drugs else f"{base} + maintenance"


def _short(quote: str, course: Course) -> bool:
    """Whether a quote calls the course by a name of its own, and not by those of its drugs."""
    return any(
        one.regimen and core(one.drugs) == course.core
        and (one.regimen in quote or not any(drug in quote[one.start : one.end].lower() for drug in course.core))
        for one in mentions(quote)
    )  # fmt: skip


def _joined(course: Course) -> str:
    """The names of the drugs in the order of the papers: "lenalidomide and rituximab"."""
    order = [drug for drug in drugs_of(course) if drug in course.core]
    return " and ".join(order) if len(order) == 2 else " + ".join(sorted(course.core))


def _evidence(course: Course, until: date | None) -> tuple[Span, ...]:
    """The quotes that carry the start, the end, the response and the stop, each once."""
    picked = [
        *_starting(course)[:1],
        *[event for event in course.events if event.end and event.end == end_of(course, until)][:1],
        *[event for event in (response_of(course, until), stop_of(course, until)) if event],
    ]
    return _spans(picked or course.events[:1])


def _spans(events: Iterable[Event]) -> tuple[Span, ...]:
    return tuple({(event.span.file, event.span.page, event.span.start): event.span for event in events}.values())


def _starting(course: Course) -> list[Event]:
    """Statements of the start that stands, those that name the whole regimen first."""
    start = start_of(course)
    rows = [event for event in course.events if event.start and start and event.start == start and event.role == ""]
    return sorted(rows, key=lambda event: (-len(core(event.drugs)), -event.rank))


#: Days by which two papers that tell of one first dose, or of one last dose and stop, may differ.
SAME_START, SAME_END = 6, 31


def _starts_told(course: Course) -> list[Event]:
    """What every paper tells of the start: the day that stands first, then others of the same week."""
    start = start_of(course)
    rows = [one for one in course.events if start and one.start and one.role == "" and one.start.last - one.start.first <= MONTH * DAY and _apart(one.start, start) <= SAME_START]  # fmt: skip
    return sorted(rows, key=lambda one: (one.start != start, one.start.first if one.start else 0, -len(core(one.drugs)), -one.rank))  # fmt: skip


def _ends_told(course: Course, until: date | None) -> list[Event]:
    """What every paper tells of the end: the day that stands first, then others of the same weeks."""
    start, end = start_of(course), end_of(course, until)
    rows = [one for one in course.events if end and one.end and one.end != start and _apart(one.end, end) <= SAME_END]
    return sorted(rows, key=lambda one: (one.end != end, -one.end.last.toordinal() if one.end else 0))


def _apart(one: DayRange, other: DayRange) -> int:
    """The days between two ranges, 0 where they share one."""
    return max(0, (one.first - other.last).days, (other.first - one.last).days)


def _fact(
    concept: str, event: Event, *, value: str | None, when: DayRange | None, note: str = "", quote: Span | None = None
) -> Fact:  # fmt: skip
    return Fact(
        "",
        concept,
        "present",
        (quote or event.span,),
        value=value,
        when=when,
        known=event.said,
        document=event.document,
        note=note,
    )


def _line_facts(number: int, course: Course, until: date | None) -> Iterator[Fact]:
    """lineN_start, lineN_end, lineN_best_response and lineN_stop_reason, each from up to three documents."""
    end = end_of(course, until)
    name = regimen_name(course).split(" + ")[0] if len(course.core) > 1 else next(iter(course.core))
    for event in _one_a_document(_starts_told(course)):
        yield _fact(f"line{number}_start", event, value=name, when=event.start, quote=event.days)
    for event in _one_a_document(_ends_told(course, until)):
        yield _fact(f"line{number}_end", event, value=name, when=event.end, quote=event.days)
    best, stop = response_of(course, until), stop_of(course, until)
    if best:
        same = [event for event in course.events if event.response == best.response and event.deep == best.deep]
        for event in _one_a_document([best, *same]):
            yield _fact(f"line{number}_best_response", event, value=best.response, when=_result_day(event))
    if stop:
        same = [event for event in course.events if event.stop == stop.stop and event.firm >= 2]
        for event in _one_a_document([stop, *same]):
            yield _fact(f"line{number}_stop_reason", event, value=stop.stop, when=_stop_day(event, end))
        for event in _one_a_document(_dissent(course, stop)):
            fact = _fact(f"line{number}_stop_reason", event, value=event.stop, when=_stop_day(event, end), note=AT_ODDS)
            yield replace(fact, rank=0)


def _dissent(course: Course, stop: Event) -> list[Event]:
    """Other documents' stop verbs with a reason of the other sort: the drug was not tolerated, or the disease grew."""
    firm = [event for event in course.events if event.firm == 3 and event.document != stop.document]
    return [
        event for event in firm
        if event.stop != stop.stop and {"toxicity"} & {event.stop, stop.stop} and {*FAILED} & {event.stop, stop.stop}
    ]  # fmt: skip


def _stop_day(event: Event, end: DayRange | None) -> DayRange | None:
    """The day in the words, else the day of a note written within two months of the end, else the end itself."""
    if event.stop_when:
        return event.stop_when
    near = end is None or (event.said is not None and -62 <= (event.said.first - end.last).days <= 62)
    return event.said if near else end


def _result_day(event: Event) -> DayRange | None:
    """The day of the scan, else the end of the treatment where the row prints it, else the day of writing."""
    return event.response_when or (event.end if event.start and event.end else None) or event.said


def _one_a_document(events: Iterable[Event]) -> list[Event]:
    """The first statement of each document, three at most."""
    kept: dict[str, Event] = {}
    for event in events:
        kept.setdefault(event.document, event)
    return list(kept.values())[:3]


def _exposures(courses: Sequence[Course], events: Sequence[Event]) -> Iterator[Fact]:
    """One class_exposure fact a class and line, and for exposures that a clinician lists by drug."""
    known = set(load("concepts.yaml")["concepts"]["class_exposure"]["values"])
    seen: set[str] = set()
    for course in courses:
        for event in _starting(course)[:1] or course.events[:1]:
            for name in classes_of(drugs_of(course)):
                if name in known:
                    seen.add(name)
                    yield _fact(
                        "class_exposure", event, value=name, when=start_of(course), note=", ".join(drugs_of(course))
                    )
    for event in events:
        if event.status in ("listed", "given") and event.role in ("", "maintenance") and event.rank >= 2:
            for name in classes_of(event.drugs):
                if name in known and name not in seen and event.status == "given":
                    seen.add(name)
                    yield _fact("class_exposure", event, value=name, when=event.start)


#: A row of what was supplied: it stands in a cupboard until somebody takes it.
SUPPLIED = re.compile(
    r"\b(?:re)?fill(?:ed|s)?\b|dispens|surescripts|prescri|\be-?rx\b|\brx\b|deliver|shipped|suppl(?:y|ied)",
    re.IGNORECASE,
)
#: What says of a drug that nobody took it, and the days within which a start is told to its month.
NEVER_TAKEN = re.compile(
    r"\bnever\b|\bno (?:dose|tablet|capsule|pill|cycle|infusion)s?\b|\breturned to stock\b", re.IGNORECASE
)
MONTH = 31


def borne_out(events: Sequence[Event]) -> list[Event]:
    """The events without what a paper only names and denies by itself ("Here about venetoclax. She has taken none"), and
    without what was only supplied, or told without its month, where a clinician writes later that no dose was ever taken."""
    denials = [event for event in events if event.status == "absent" and denies_giving(event)]
    denied = {(event.document, core(event.drugs)) for event in denials}
    never: dict[frozenset[str], DayRange] = {}
    for event in denials:
        if event.said and NEVER_TAKEN.search(event.span.quote):
            key = core(event.drugs)
            never[key] = max(event.said, never.get(key, event.said), key=lambda day: day.last)

    def only_supplied(event: Event) -> bool:
        said = never.get(core(event.drugs))
        started = event.start
        if not said:
            return False
        if not started or (started.last - started.first).days > MONTH:
            return bool(event.said and said.last > event.said.last)
        return started.first <= said.last and bool(SUPPLIED.search(event.span.quote))

    return [
        event
        for event in events
        if event.status != "given"
        or not (only_supplied(event) or (not event.start and (event.document, core(event.drugs)) in denied))
    ]


def denies_giving(event: Event) -> bool:
    """Whether the words deny that it was given, and not only that it may be given ("no bendamustine before collection")."""
    cues = loosen("|".join(load("treatment.yaml")["not_given"]))
    return bool(re.search(rf"{cues}|\bNOT GIVEN\b|\b(?:had|received|given)\b", event.span.quote, re.IGNORECASE))


def _never_given(reading: Reading, events: Sequence[Event], courses: Sequence[Course]) -> Iterator[Fact]:
    """Drugs that were ordered, discussed or refused, and never given: they explain why they are no line."""
    lists = exported(reading)
    given = frozenset().union(
        *(one.core for one in courses if any(event.document not in lists for event in one.events))
    )
    done: set[tuple[str, str]] = set()
    for event in events:
        drug = event.regimen or " + ".join(sorted(core(event.drugs)))
        if (
            event.status == "absent"
            and event.role == ""
            and denies_giving(event)
            and not core(event.drugs) <= given
            and (drug, event.document) not in done
        ):
            done.add((drug, event.document))
            yield Fact(
                "", "treatment_not_given", "absent", (event.span,), value=drug, when=event.said, known=event.said,
                document=event.document,
            )  # fmt: skip
    for document, page, entry, drugs in void(reading):
        name = " + ".join(sorted(core(drugs)))
        if not core(drugs) <= given and (name, document.id) not in done:
            done.add((name, document.id))
            yield Fact(
                "", "treatment_not_given", "absent", (span(page, entry.start, entry.end),), value=name, when=entry.when,
                document=document.id, note=entry.status,
            )  # fmt: skip


def _first_line_outcome(courses: Sequence[Course]) -> Iterator[Fact]:
    """Refractory to first-line chemoimmunotherapy, or relapse within twelve months of it, from the first course."""
    if not courses or not _chemoimmunotherapy(courses[0]):
        return
    first = courses[0]
    until = _next_start(courses, 1)
    # the label counts from the chemoimmunotherapy, not from the maintenance that may follow it
    induction = Course(tuple(event for event in first.events if event.role == ""))
    end, failed, best = end_of(induction), failure_after(first, until), response_of(first, until)
    stop = stop_of(first, until)
    rows = [event for event in first.events if event.stop in FAILED]
    refractory = [event for event in rows if event.stop == "refractory"]
    evidence = _spans([event for event in (best, *(e for e in rows if e.stop_when == failed)) if event])
    if refractory or (best and best.response in ("SD", "PD") and stop and stop.stop in FAILED):
        quotes = _spans([*refractory, *([best] if best else [])])
        when = failed or (refractory[0].said if refractory else None)
        yield Fact(
            "",
            "first_line_refractory_or_early_relapse",
            "present",
            quotes,
            when=when,
            note="refractory to the first line",
        )
    elif end and failed and failed.first >= end.first:
        days = (failed.last - end.first).days
        quotes = (*evidence, *_spans([event for event in first.events if event.end == end][:1]))
        if days <= EARLY_DAYS:
            note = f"relapse or progression {failed}, last treatment {end}"
            yield Fact("", "first_line_refractory_or_early_relapse", "present", quotes, when=failed, note=note)
        elif (failed.first - end.last).days > EARLY_DAYS:
            note = f"relapse {failed} more than twelve months after {end}"
            yield Fact("", "first_line_refractory_or_early_relapse", "absent", quotes, when=failed, note=note)


def _chemoimmunotherapy(course: Course) -> bool:
    """An antibody against CD20 with an anthracycline or an alkylator."""
    classes = set(classes_of(drugs_of(course)))
    return "anti_cd20" in classes and bool(classes & {"anthracycline", "alkylator"})
