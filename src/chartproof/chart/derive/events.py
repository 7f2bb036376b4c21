"""What each sentence says of a treatment: which drugs, given or only thought of, from when to when, with what result.

A sentence without a drug ("best response was a partial response", "last cycle 5/20/26") speaks of the treatment named last
in the same entry. Nothing is merged here; see courses.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, pairwise

from chartproof.chart.context import assertion
from chartproof.chart.derive.event import CELLS, Event, by_days
from chartproof.chart.derive.outcomes import (
    any_of,
    intrathecal,
    joins,
    lead_in,
    line_number,
    never_had,
    one_dose,
    only_ordered,
    reason_after_dates,
    response_in,
    responses_by_days,
    role_near,
    stop_reason,
    table_header,
)
from chartproof.chart.derive.timing import Times, territory, times_in, turning_point
from chartproof.chart.find.drugs import Mention, mentions, role_of
from chartproof.chart.find.others import disowned
from chartproof.chart.find.past_words import named as named_cells
from chartproof.chart.find.said import near_quote, section_is, written_by
from chartproof.chart.find.transplant import cells
from chartproof.chart.view import Reading, Segment, Sentence
from chartproof.model import Case

RANKS = {
    "treatment_summary": 3, "mar_export": 3, "medication_record": 3, "clinic_note": 2, "consult_note": 2,
    "provider_letter": 2, "ccda": 2, "committee": 2, "discharge_summary": 2,
}  # fmt: skip
#: A line of a list: "2021-01 ibrutinib", "3/2019 -", "4L:", "Line 2".
OPENS_LINE = re.compile(
    r"\n(?=[ \t]*(?:[-*\u2022] ?)?(?:(?:19|20)\d\d-\d\d\b|\d{1,2}/(?:\d{1,2}/)?(?:19|20)?\d\d\b|\dL\b|[Ll]ine \d|[A-Z][a-z]{2} (?:19|20)\d\d\b))"
)
#: In one cell a treatment and behind a semicolon what followed it; in the next two its first and its last day.
_DAY = r"\s*(?:\d{1,2}/(?:\d{1,2}/)?(?:19|20)?\d\d|(?:19|20)\d\d(?:-\d\d){0,2}|[A-Z][a-z]{2,8} (?:19|20)\d\d)\s*"
ONE_LINE = re.compile(rf"(?:^|\|)[^|;]+(?P<rest>;[^|]+)\|{_DAY}\|{_DAY}(?:\||$)")
CYCLES = re.compile(
    r"\bx ?\d{1,2}\b|\b(?:\d{1,2}|one|two|three|four|five|six|seven|eight|twelve) (?:full )?(?:cycles|courses|months)\b",
    re.IGNORECASE,
)
DATED_ROW = re.compile(r"\W*\d{1,4}[-/]\d")
NO_DOSE = re.compile(r"\b(?:cancel\w*|not (?:given|done|infused)|omitted|withheld)\b", re.IGNORECASE)
#: Words of the first dose, in a sentence that names no drug.
FIRST_DOSE = re.compile(
    r"\bC1 ?D1\b|\bcycle (?:1|one),? day (?:1|one)\b|\bfirst (?:cycle|dose|infusion)\b", re.IGNORECASE
)
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
    cuts = [match.start() + 1 for match in OPENS_LINE.finditer(raw)]
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
    for sentence in group:
        age += 1
        lead = lead_in(sentence.text) or lead
        every = mentions(sentence.text)
        marks = _marks(sentence.text, every)
        named = [mention for mention in marks if not _cells_or_steroid(mention)]
        if _about_something_else(sentence) or table_header(sentence.text, named):
            continue
        infused = _infused(sentence, marks, case) if len(marks) > len(named) else None
        if infused:
            yield infused
            current, age = (current, age) if named else (infused, 0)
        elif current and age <= REACH and not named:
            yield from _goes_on(sentence, current, age, bool(every), case)
        turn = turning_point(sentence.text, named[0].start) if named else 0
        if turn and current and age <= REACH:
            before = replace(sentence, text=sentence.text[:turn], end=sentence.start + turn)
            yield from _unnamed(before, current, case)
        for event in _of_names(sentence, marks, lead, case):
            if event.role == "conditioning" and current and event.response and event.status == "given":
                yield _of_the_line(event, current)
            yield event
            if event.status == "given" or (event.status == "named" and re.search(r"regimen", sentence.text, re.I)):
                if event.role in ("", "maintenance") and not _part_of(event, current):
                    current = event
                age = 0


def _goes_on(sentence: Sentence, current: Event, age: int, named: bool, case: Case) -> Iterator[Event]:
    """What a sentence that names no treatment says of the one before it; `named` where it names a drug beside."""
    if age == 1 and not named and never_had(sentence.text):
        yield replace(current, status="absent", span=sentence.span(), start=None, end=None, named=False)
        return
    own_row = sentence.row and named_cells("autologous_transplant").search(sentence.text)
    if not named and not _general(sentence) and not own_row:
        yield from _unnamed(sentence, current, case)


def _of_names(sentence: Sentence, marks: list[Mention], lead: int | None, case: Case) -> Iterator[Event]:
    """The events of the named treatments; two that were given together are one."""
    given_before: Event | None = None
    for index, mention in enumerate(marks):
        event = None if _cells_or_steroid(mention) else _named(sentence, marks, index, case)
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
    if not any(_cells_or_steroid(mention) for mention in kept):
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


def _infused(sentence: Sentence, marks: list[Mention], case: Case) -> Event | None:
    """An earlier infusion of engineered cells on a known day; it is a line of its own."""
    fact = next(cells(sentence, case), None)
    if fact is None or fact.assertion != "present" or fact.when is None or fact.extra.get("told") == "list":
        return None
    cell = next((index for index, one in enumerate(marks) if _cells_or_steroid(one)), 0)
    product = marks[cell]
    low, high = territory(sentence.text, marks, cell)
    event = Event(
        drugs=product.drugs,
        status="given",
        place=sentence.start + product.start,
        span=fact.evidence[0],
        start=fact.when,
        end=fact.when,
        said=sentence.segment.when,
        rank=max(rank_of(sentence), 1),
        kind=sentence.document.kind,
        document=sentence.document.id,
    )
    times = times_in(sentence, low, high, product.start, product.end, case)
    told = _with_results(event, sentence, max(low, product.start), high, times)
    return replace(told, start=fact.when, end=fact.when)


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


def _cells_or_steroid(mention: Mention) -> bool:
    kinds = {role_of(drug) for drug in mention.drugs}
    return kinds <= {"steroid", "supportive", "cell_therapy"} or mention.drugs == (CELLS,)


def _named(sentence: Sentence, named: list[Mention], index: int, case: Case) -> Event | None:
    """The event of mention `index` of the sentence; None where it speaks of another person."""
    mention = named[index]
    about = assertion(sentence, mention.start, mention.end)
    if about == "family":
        return None
    low, high = territory(sentence.text, named, index)
    times = times_in(sentence, low, high, mention.start, mention.end, case)
    words = sentence.text[low:high]
    status = _status(sentence, mention, words, about, times, case)
    role = role_near(sentence.text, mention, low, high)
    event = Event(
        drugs=mention.drugs,
        regimen=mention.regimen,
        status=status,
        role=role,
        span=near_quote(sentence, mention.start, mention.end),
        said=sentence.segment.when,
        rank=rank_of(sentence),
        kind=sentence.document.kind,
        document=sentence.document.id,
        line=line_number(sentence, mention, named[index - 1].end if index else 0),
        place=sentence.start + mention.start,
        counted=bool(CYCLES.search(_clause(sentence.text, mention))),
    )
    if status != "given" or mention.listed:
        return event if not mention.listed else replace(event, status="listed" if status == "given" else status)
    if event.rank > 1 or sentence.document.kind in ("pathology", "primary_care", "nursing_note"):
        lone = times.end if times.start is None and one_dose(words) else None
        event = replace(event, start=times.start or lone, end=times.end)
    return _with_results(event, sentence, low, high, times)


def _unnamed(sentence: Sentence, current: Event, case: Case) -> Iterator[Event]:
    """A sentence that names no drug but says when it began, ended, why, or with what result."""
    text = sentence.text
    if section_is(sentence, "plan") or section_is(sentence, "risk"):
        return
    if re.search(any_of("other_drugs"), text, re.IGNORECASE):
        return
    series = responses_by_days(text)
    if series:
        yield from by_days(replace(current, span=sentence.span(), rank=rank_of(sentence)), series)
        return
    times = times_in(sentence, 0, len(text), None, None, case)
    ended = re.search(
        r"\blast\b.{0,20}\b(?:cycle|dose|infusion|bag|course)|finish|stopp|discontinu|complet(?:ed|ion|ing)",
        text,
        re.IGNORECASE,
    )
    base = replace(
        current, status="given", span=sentence.span(), start=None, end=times.end if ended else None, response="", deep=False, line=None,
        stop="", stop_when=None, response_when=None, stated_best=False, named=False, rank=rank_of(sentence),
    )  # fmt: skip
    if re.search(r"\bmaintenance\b", text, re.IGNORECASE):
        base = replace(base, role="maintenance", start=times.start)
    elif FIRST_DOSE.search(text):
        base = replace(base, start=times.start)
    event = _with_results(base, sentence, 0, len(text), times)
    if event.end or event.response or event.stop or event.start:
        quote = near_quote(sentence, *_anchor(text))
        yield replace(event, span=quote)


def _anchor(text: str) -> tuple[int, int]:
    match = re.search(any_of("stop_verbs"), text, re.I) or re.search(
        r"respon|remission|relaps|progress|last|complet", text, re.I
    )
    return match.span() if match else (0, len(text))


def _status(
    sentence: Sentence, mention: Mention, words: str, about: str, times: Times, case: Case
) -> str:  # fmt: skip
    if re.search(any_of("not_given"), sentence.text, re.IGNORECASE):
        denied = re.search(any_of("not_given"), words, re.IGNORECASE)
        return "absent" if denied or about == "absent" else "planned"
    if re.search(any_of("carried"), sentence.text, re.IGNORECASE):
        return "listed"
    table = sentence.document.kind == "treatment_summary" or (sentence.row and times.start and times.end)
    limit = case.as_of if table else written_by(sentence, case)
    if times.start and times.start.first > limit:
        return "planned"
    words = _clause(sentence.text, mention)
    given = re.search(any_of("given"), words, re.IGNORECASE) or re.search(
        any_of("given"), f"{sentence.heading} {sentence.label}", re.IGNORECASE
    )
    if about == "absent" and not times.stopped:
        return "absent"
    if about == "planned" and not (sentence.row and times.start):
        strong = times.end or (times.start and times.start.last < limit)
        return "given" if strong and given and not _wish(words) else "planned"
    if times.stopped:
        return "given"
    if not times.end and only_ordered(words):
        return "named"
    if section_is(sentence, "plan") and not sentence.row and not times.past:
        return "planned"
    resulted = bool(mention.regimen) and bool(response_in(words)[0])
    if given or ((times.start or resulted) and not _general(sentence)):
        return "planned" if _wish(words) else "given"
    return "named"


def _wish(words: str) -> bool:
    return bool(re.search(any_of("wishes"), words, re.IGNORECASE))


def _clause(text: str, mention: Mention) -> str:
    """The words between the nearest semicolons or sentence breaks on both sides of the mention."""
    left = re.split(r";|[.?!]\s", text[: mention.start])[-1]
    right = re.split(r";|[.?!]\s", text[mention.end :])[0]
    return f"{left}{text[mention.start : mention.end]}{right}"


def _with_results(event: Event, sentence: Sentence, low: int, high: int, times: Times) -> Event:
    words = sentence.text[low:high]
    told = re.split(r";", words)[0] if event.named else words
    if (
        re.search(any_of("general"), told, re.IGNORECASE)
        or section_is(sentence, "risk")
        or re.search(r"\boffered\b|\bdeclined\b", words, re.IGNORECASE)
    ):
        return event
    if re.search(any_of("general"), words, re.IGNORECASE):
        words = told
    best, deep, at = response_in(words)
    stop, by_verb = stop_reason(words)
    if not stop and event.named and re.search(r"\b(?:complet|finish)\w*", words, re.IGNORECASE):
        stop = "completed"
    if not stop and event.start and event.end:
        stop = reason_after_dates(sentence.text, low, high)
    when = times.nearest_observation(low + at) if best else None
    if stop in ("relapse", "progression") and not times.stop:
        stop_when = times.observed
    else:
        stop_when = times.stop or (times.end if stop else None)
    dosed = not (DATED_ROW.match(sentence.text) and NO_DOSE.search(words))  # its day is that of no dose
    end = event.end or (times.stop if dosed else None)
    return replace(
        event, response=best, deep=deep, response_when=when or (times.observed if best else None),
        stated_best=bool(best and re.search(r"\bbest\b|deepest", words, re.IGNORECASE)),
        stop=stop, stop_when=stop_when, end=end, firm=3 if by_verb else (2 if event.named else 1) if stop else 0,
    )  # fmt: skip


def _general(sentence: Sentence) -> bool:
    """Talk of other people's results: "in the trial most patients reached ..."."""
    return bool(re.search(any_of("general"), sentence.text, re.IGNORECASE)) or section_is(sentence, "risk")


def rank_of(sentence: Sentence) -> int:
    """By the document's kind; a visit or note within a packet of another kind is a clinician's note."""
    rank = RANKS.get(sentence.document.kind, 1)
    note = re.search(r"\b(?:office|progress|clinic|consult\w*|visit)\b", sentence.segment.title, re.IGNORECASE)
    return max(rank, 2) if note else rank
