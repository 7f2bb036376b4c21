"""What each sentence says of a treatment: which drugs, given or only thought of, from when to when, with what result.

A sentence without a drug ("best response was a partial response", "last cycle 5/20/26") speaks of the treatment named last
in the same entry. Nothing is merged here; see courses.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, pairwise

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.treatment.course import FAILED
from chartproof.chart.derive.treatment.event import CELLS, Event
from chartproof.chart.derive.treatment.outcomes import (
    any_of,
    intrathecal,
    joins,
    lead_in,
    never_had,
    role_near,
    table_header,
)
from chartproof.chart.derive.treatment.sentence_events import (
    infusion,
    is_cells_or_steroid,
    is_general,
    named_event,
    unnamed_events,
)
from chartproof.chart.derive.treatment.stacked import is_rest_of_row
from chartproof.chart.derive.treatment.timing import turning_point
from chartproof.chart.find.drugs import Mention, mentions, role_of
from chartproof.chart.find.others import disowned
from chartproof.chart.find.transplant.words import named as named_cells
from chartproof.chart.view import Reading, Segment, Sentence
from chartproof.model import Case, DayRange

#: A line of a list: "2021-01 ibrutinib", "3/2019 -", "4L:", "Line 2".
OPENS_LINE = re.compile(
    r"\n(?=[ \t]*(?:[-*\u2022] ?)?(?:(?:19|20)\d\d-\d\d\b|\d{1,2}/(?:\d{1,2}/)?(?:19|20)?\d\d\b|\dL\b|[Ll]ine \d|[A-Z][a-z]{2} (?:19|20)\d\d\b))"
)
#: A row of a table without bars: a name in capitals, then its first and its last day side by side.
OPENS_ROW = re.compile(r"\n(?=[ \t]*[A-Z][^\n|;:.]{2,60}?[ \t]+(?:\d{1,2}/\d{1,2}/(?:19|20)?\d\d[ \t]+){2}[A-Z])")
#: In one cell a treatment and behind a semicolon what followed it; in the next two its first and its last day.
_DAY = r"\s*(?:\d{1,2}/(?:\d{1,2}/)?(?:19|20)?\d\d|(?:19|20)\d\d(?:-\d\d){0,2}|[A-Z][a-z]{2,8} (?:19|20)\d\d)\s*"
ONE_LINE = re.compile(rf"(?:^|\|)[^|;]+(?P<rest>;[^|]+)\|{_DAY}\|{_DAY}(?:\||$)")
#: How many sentences later "it" can still mean the treatment named last.
REACH = 16


def narrative(reading: Reading, case: Case) -> list[Event]:
    """Events of every entry in order."""
    events: list[Event] = []
    ours = (sentence for sentence in reading.sentences if not disowned(sentence))
    for segment, group in groupby(ours, key=lambda sentence: sentence.segment):
        events.extend(_entry(segment, [part for one in group for part in unfolded(induction(one))], case))
    return events


def induction(sentence: Sentence) -> Sentence:
    """A row whose days stand in cells of their own, without what followed the first treatment within its cell.

    Of "VRd; melphalan autograft 9/2018; lenalidomide maintenance | 03/2018 | 05/2021" the days are those of the whole line.
    """
    match = ONE_LINE.search(sentence.text) if sentence.row else None
    rest = mentions(match["rest"]) if match else []
    if match is None or not rest or any(not role_near(match["rest"], one, 0, len(match["rest"])) for one in rest):
        return sentence
    start, end = match.span("rest")
    return replace(sentence, text=f"{sentence.text[:start]}{' ' * (end - start)}{sentence.text[end:]}")


def unfolded(sentence: Sentence) -> Iterator[Sentence]:
    """A list of courses, one a line, that looks like a paragraph: each line that opens with a date or a number by itself."""
    raw = sentence.page.text[sentence.start : sentence.end]
    cuts = sorted({match.start() + 1 for opens in (OPENS_LINE, OPENS_ROW) for match in opens.finditer(raw)})
    open_end = r"(?:\b(?:from|on|to|since|until|through|in|and|of|the|after|by|stopped|started|began|discontinued)|[-\u2013(,/&+])\s*$"
    cuts = [cut for cut in cuts if not re.search(open_end, raw[:cut], re.IGNORECASE)]
    for left, right in pairwise([0, *cuts, len(raw)]):
        text = sentence.text[left:right]
        if text.strip():
            yield (
                replace(sentence, start=sentence.start + left, end=sentence.start + right, text=text)
                if cuts
                else sentence
            )


def _entry(segment: Segment, group: list[Sentence], case: Case) -> Iterator[Event]:
    """The events of one dated entry; `current` is what an unnamed treatment means."""
    current: Event | None = None
    age, lead = 0, None
    day_before: DayRange | None = None
    for index, sentence in enumerate(group):
        age += 1
        aside = any(
            NO_LINE.search(one.text) for one in group[index : index + 2] if one is sentence or THIS_IS.match(one.text)
        )
        lead = lead_in(sentence.text) or lead
        every = mentions(sentence.text)
        marks = _marks(sentence.text, every)
        named = [mention for mention in marks if not is_cells_or_steroid(mention)]
        if _about_something_else(sentence) or table_header(sentence.text, named):
            continue
        infused = infusion(sentence, marks, case) if len(marks) > len(named) else None
        if infused:
            yield infused
            current, age = (current, age) if named else (infused, 0)
        elif current and age <= REACH and not named:
            for event in _goes_on(sentence, current, age, bool(every), case):
                yield event
                if event.start and current.start is None and event.role == "":
                    current = replace(current, start=event.start)
        turn = turning_point(sentence.text, named[0].start) if named else 0
        if turn and current and age <= REACH:
            before = replace(sentence, text=sentence.text[:turn], end=sentence.start + turn)
            yield from unnamed_events(before, current, case)
        for event in _of_names(sentence, marks, lead, case):
            if event.stop in FAILED and event.stop_when is None and THIS.match(sentence.text):
                event = replace(event, stop_when=day_before)
            if event.role == "conditioning" and current and event.response and event.status == "given":
                yield _of_the_line(event, current)
            if aside and event.role == "":
                event = replace(event, role="bridging")
            yield event
            if event.status == "given" or (event.status == "named" and _heads_a_course(sentence.text, marks)):
                if event.role in ("", "maintenance") and not _part_of(event, current):
                    current = event
                age = 0
        day_before = _last_day(sentence, case)


#: "I regard this as holding therapy and not as a line", of the treatment in the sentence before or in its own.
NO_LINE = re.compile(
    r"\b(?:not|never|n['’]t|neither|no)\b[^.;]{0,24}?\b(?:as )?(?:an? |another )?(?:treatment )?line\b(?! (?:placement|infection|change|was|is))(?: of (?:treatment|therapy))?\W*$"
    r"|\b(?:as|is|was|were|only|purely|just) (?:a )?(?:holding|temporizing|stop-?gap)(?: (?:therapy|treatment|measure|dose|chemo\w*))?\b",
    re.IGNORECASE,
)
THIS_IS = re.compile(r"[^.;]{0,40}\b(?:this|that|it|these|those|which)\b", re.IGNORECASE)


#: "This is progression on lenalidomide": the day of what it points at stands in the sentence before.
THIS = re.compile(r"\W*(?:this|that|it|these|which)\b", re.IGNORECASE)


def _last_day(sentence: Sentence, case: Case) -> DayRange | None:
    """The last day that a sentence tells, none after the day for which is asked."""
    hint = sentence.segment.when.last if sentence.segment.when else None
    days = [day for _a, _b, day in find_dates(sentence.text, year_hint=hint) if day.first <= case.as_of]
    return days[-1] if days else None


def _heads_a_course(text: str, marks: list[Mention]) -> bool:
    """Whether what follows speaks of the treatments named: of a "regimen", or of a line that names them and nothing else."""
    if re.search(r"regimen", text, re.IGNORECASE):
        return True
    between = zip([0, *(one.end for one in marks)], [*(one.start for one in marks), len(text)], strict=True)
    return not re.search(r"(?!(?:and|with|plus)\b)[^\W\d_]{2,}", " ".join(text[a:b] for a, b in between), re.IGNORECASE)


def _goes_on(sentence: Sentence, current: Event, age: int, named: bool, case: Case) -> Iterator[Event]:
    """What a sentence that names no treatment says of the one before it; `named` where it names a drug beside."""
    if age == 1 and not named and never_had(sentence.text):
        yield replace(current, status="absent", span=sentence.span(), start=None, end=None, named=False)
        return
    if not named and is_rest_of_row(sentence):
        return
    own_row = sentence.row and named_cells("autologous_transplant").search(sentence.text)
    if not named and not is_general(sentence) and not own_row:
        yield from unnamed_events(sentence, current, case)


def _of_names(sentence: Sentence, marks: list[Mention], lead: int | None, case: Case) -> Iterator[Event]:
    """The events of the named treatments; two that were given together are one."""
    given_before: Event | None = None
    for index, mention in enumerate(marks):
        event = None if is_cells_or_steroid(mention) else named_event(sentence, marks, index, case)
        if event is None:
            continue
        if lead and event.line is not None and not re.search(r"\bline\b", sentence.text, re.IGNORECASE):
            event = replace(event, line=lead)
        earlier, given_before = given_before, event if event.status == "given" and event.role == "" else None
        together = earlier and given_before and _goes_with(earlier, event)
        if earlier and together and joins(sentence.text, marks[index - 1], mention):
            both = tuple(dict.fromkeys((*earlier.drugs, *event.drugs)))
            event = replace(event, drugs=both, regimen="", start=earlier.start, end=earlier.end)
        yield event


def _of_the_line(event: Event, current: Event) -> Event:
    """The response to a transplant is the response of the line that it belongs to."""
    return replace(
        event, drugs=current.drugs, regimen=current.regimen, role="", start=None, end=None, stop="", named=False
    )


def _marks(text: str, every: list[Mention]) -> list[Mention]:
    """Treatments that share out a sentence's dates: drugs, cell products, and "CAR-T" where no product is named there."""
    kept = [
        mention for mention in every
        if not {role_of(drug) for drug in mention.drugs} <= {"steroid", "supportive"} and not intrathecal(text, mention)
    ]  # fmt: skip
    if not any(is_cells_or_steroid(mention) for mention in kept):
        for match in named_cells("cells").finditer(text):
            if not any(one.start < match.end() and match.start() < one.end for one in kept):
                kept.append(Mention(match.start(), match.end(), (CELLS,)))
    kept.sort(key=lambda mention: mention.start)
    return [
        one for before, one in zip([None, *kept], kept, strict=False) if not before or not _again(text, before, one)
    ]


def _again(text: str, before: Mention, one: Mention) -> bool:
    """Whether the next cell of a row names the same drugs once more: "Lenalidomide maintenance,lenalidomide"."""
    return before.drugs == one.drugs and bool(re.fullmatch(r" ?[a-z ]{0,24}[,|] ?", text[before.end : one.start], re.I))


def _goes_with(earlier: Event, event: Event) -> bool:
    """Whether a treatment without a start of its own may be of the dated course named before it."""
    dated = earlier.start and earlier.end and event.start is None
    return bool(dated and (event.end is None or event.end == earlier.end) and not earlier.stop)


def _part_of(event: Event, current: Event | None) -> bool:
    """One drug of the regimen that is spoken of (a dose held, a dose cut) does not change the subject."""
    return bool(current) and event.role == "" and set(event.drugs) < set(current.drugs if current else ())


def _about_something_else(sentence: Sentence) -> bool:
    """Allergies, statements repeated to be corrected, and exports that structured entries tell better."""
    titles = f"{sentence.heading} {sentence.label}"
    return (
        bool(re.search(any_of("allergy"), titles, re.IGNORECASE))
        or bool(re.search(any_of("disputed"), sentence.text, re.IGNORECASE))
        or sentence.document.kind in ("fhir_bundle", "mar_export", "lab_export", "lab_report")
    )
