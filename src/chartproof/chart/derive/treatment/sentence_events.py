"""The event that one sentence tells: of a treatment that it names, of cells infused, or of the treatment named before it."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterator
from dataclasses import replace

from chartproof.chart.context import assertion
from chartproof.chart.dates import find_dates
from chartproof.chart.derive.treatment.event import CELLS, Event, by_days
from chartproof.chart.derive.treatment.outcomes import (
    any_of,
    line_number,
    one_dose,
    only_ordered,
    reason_after_dates,
    response_in,
    responses_by_days,
    role_near,
    stop_reason,
)
from chartproof.chart.derive.treatment.timing import Times, territory, times_in
from chartproof.chart.find.drugs import Mention, role_of
from chartproof.chart.find.said import near_quote, section_is, written_by
from chartproof.chart.find.transplant.given import cells
from chartproof.chart.view import Sentence
from chartproof.model import Case, DayRange, Span

RANKS = {
    "treatment_summary": 3, "mar_export": 3, "medication_record": 3, "clinic_note": 2, "consult_note": 2,
    "provider_letter": 2, "ccda": 2, "committee": 2, "discharge_summary": 2,
}  # fmt: skip
CYCLES = re.compile(
    r"\bx ?\d{1,2}\b|\b(?:\d{1,2}|one|two|three|four|five|six|seven|eight|twelve) (?:full )?(?:cycles|courses|months)\b",
    re.IGNORECASE,
)
#: "A partial remission and not a complete one": it sets another statement right.
NOT_THE_OTHER = re.compile(
    r"\b(?:and not|not|rather than|instead of) (?:as |in )?(?:an? |the )?(?:complete|partial|very good|CR|VGPR|PR|stable|full)\b",
    re.IGNORECASE,
)
#: Of many people is told what happened to them, and not to this one.
MANY = re.compile(r"\b(?:patients|participants|subjects|people|persons|adults) (?!['\u2019])", re.IGNORECASE)
DATED_ROW = re.compile(r"\W*\d{1,4}[-/]\d")
NO_DOSE = re.compile(r"\b(?:cancel\w*|not (?:given|done|infused)|omitted|withheld)\b", re.IGNORECASE)
#: "On entecavir during R-CHOP, stopped 2024": what else the sentence tells is of another medicine, but for a bracket.
AT_THE_TIME = re.compile(
    r"\bon [\w-]+(?: \w+)? (?:during|through|throughout|while on|along with)\W+(?:the |her |his )?$", re.I
)
BRACKET = re.compile(r"\s?\([^()]{3,60}\)")
#: "While taking it and had not missed a dose": no dose was denied.
NONE_MISSED = re.compile(
    r"(?:\b(?:not|never|no|without|nor)|n.t) (?:\w+ ){0,2}(?:miss|skip)\w*(?: an?\b)?", re.IGNORECASE
)
#: Words of the first dose, in a sentence that names no drug.
FIRST_DOSE = re.compile(
    r"^\W*(?:(?:this|it|treatment|therapy) (?:was )?)?(?:started|begun|began|initiated|commenced)\b|\bC1 ?D1\b|\bcycle (?:1|one),? day (?:1|one)\b|\bfirst (?:cycle|dose|infusion|bag|pump|injection|course)\b",
    re.IGNORECASE,
)


def named_event(sentence: Sentence, named: list[Mention], index: int, case: Case) -> Event | None:
    """The event of mention `index` of the sentence; None where it speaks of another person."""
    mention = named[index]
    about = assertion(sentence, mention.start, mention.end)
    if about == "absent" and NONE_MISSED.search(sentence.text):
        about = "present"
    if about == "family":
        return None
    low, high = territory(sentence.text, named, index)
    if AT_THE_TIME.search(sentence.text[: mention.start]):
        own = BRACKET.match(sentence.text, mention.end)
        low, high = mention.start, own.end() if own else mention.end
    times = times_in(sentence, low, high, mention.start, mention.end, case)
    words = sentence.text[low:high]
    status = _status(sentence, mention, words, about, times, case)
    if status == "given" and not (times.start or times.end) and MANY.search(sentence.text):
        status = "named"
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
        event = replace(event, days=_days_told(sentence, low, high, event))
    return _with_results(event, sentence, low, high, times)


def _days_told(sentence: Sentence, low: int, high: int, event: Event) -> Span | None:
    """The words with the event's first and last day; None where its quote has them."""
    sought = [day for day in (event.start, event.end) if day]
    found = [(low + a, low + b) for a, b, day in find_dates(sentence.text[low:high]) if day in sought]
    if not found:
        return None
    quote = near_quote(sentence, found[0][0], found[-1][1])
    inside = all(event.span.start <= sentence.start + at < event.span.end for at, _end in found)
    return None if inside else quote


def infusion(sentence: Sentence, marks: list[Mention], case: Case) -> Event | None:
    """An earlier infusion of engineered cells on a known day; it is a line of its own."""
    fact = next(cells(sentence, case), None)
    if fact is None or fact.assertion != "present" or fact.when is None or fact.extra.get("told") == "list":
        return None
    cell = next((index for index, one in enumerate(marks) if is_cells_or_steroid(one)), 0)
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


def unnamed_events(sentence: Sentence, current: Event, case: Case) -> Iterator[Event]:
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
        stop="", stop_when=None, response_when=None, stated_best=False, corrects=False, named=False, rank=rank_of(sentence),
    )  # fmt: skip
    if re.search(r"\bmaintenance\b", text, re.IGNORECASE):
        base = replace(base, role="maintenance", start=times.start)
    elif FIRST_DOSE.search(text):
        base = replace(base, start=times.start)
    event = _with_results(base, sentence, 0, len(text), times)
    if event.response and event.response_when is None and current.start:
        event = replace(event, response_when=_month_told(text, current.start, case))
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
    """given, planned, listed (carried along in a list), named (no more than that) or absent."""
    if re.search(any_of("not_given"), NONE_MISSED.sub("", sentence.text), re.IGNORECASE):
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
        return "given" if strong and given and not (_wish(words) or only_ordered(words)) else "planned"
    if times.stopped:
        return "given"
    if not times.end and only_ordered(words):
        return "named"
    if section_is(sentence, "plan") and not sentence.row and not times.past:
        return "planned"
    resulted = bool(mention.regimen) and bool(response_in(words)[0])
    if given or ((times.start or resulted) and not is_general(sentence)):
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
    """The event with the response, the reason and the day of its end that the words from `low` to `high` tell."""
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
    when = _day_of_response(sentence.text, low + at, times) if best else None
    if stop in ("relapse", "progression") and not times.stop:
        # "The last dose was given on November 18, stopped for progression": that day, whenever it was seen
        stop_when = times.end if by_verb and times.end else times.observed
    else:
        stop_when = times.stop or (times.end if stop else None)
    dosed = not (DATED_ROW.match(sentence.text) and NO_DOSE.search(words))  # its day is that of no dose
    end = event.end or (times.stop if dosed else None)
    return replace(
        event, response=best, deep=deep, response_when=when,
        stated_best=bool(best and re.search(r"\bbest\b|deepest", words, re.IGNORECASE)),
        corrects=bool(best and NOT_THE_OTHER.search(words)),
        stop=stop, stop_when=stop_when, end=end, firm=3 if by_verb else (2 if event.named else 1) if stop else 0,
    )  # fmt: skip


#: "on the scan in June": the first June after the treatment began.
IN_MONTH = re.compile(
    rf"\b(?:in|of|(?:early|mid|late)[ -])\s?(?P<month>{'|'.join(month_name[1:])})\b(?!,? ?\d)(?!,? (?:of )?(?:last|that|the) )",
    re.IGNORECASE,
)


def _month_told(text: str, start: DayRange, case: Case) -> DayRange | None:
    """The month without a year of a sentence on a treatment whose first day is known."""
    match = IN_MONTH.search(text)
    if match is None or (start.last - start.first).days > 31:
        return None
    number = [name.lower() for name in month_name].index(match["month"].lower())
    day = DayRange.month(start.first.year + (number < start.first.month), number)
    return day if day.last <= case.as_of else None


#: Words of a later event than the response: the days beside them are not its own.
LATER = re.compile(
    r"\b(?:progress\w*|relaps\w*|recur\w*|(?-i:PD)|grew|returned|came back|stopp\w*|discontinu\w*|until|through)\b",
    re.IGNORECASE,
)


def _day_of_response(text: str, place: int, times: Times) -> DayRange | None:
    """The observation nearest to the response that is no progression's: "(PR, progressed 2/2023)" gives the PR no day."""
    own = [
        (abs(at - place), day)
        for at, day in times.observations
        if not LATER.search(text[place:at] if at > place else text[max(0, at - 24) : place])
    ]
    return min(own)[1] if own else None


def is_general(sentence: Sentence) -> bool:
    """Talk of other people's results: "in the trial most patients reached ..."."""
    return bool(re.search(any_of("general"), sentence.text, re.IGNORECASE)) or section_is(sentence, "risk")


def is_cells_or_steroid(mention: Mention) -> bool:
    """Whether it is no line of drugs by itself: engineered cells, a steroid or supportive care."""
    kinds = {role_of(drug) for drug in mention.drugs}
    return kinds <= {"steroid", "supportive", "cell_therapy"} or mention.drugs == (CELLS,)


def rank_of(sentence: Sentence) -> int:
    """By the document's kind; a visit or note within a packet of another kind is a clinician's note."""
    rank = RANKS.get(sentence.document.kind, 1)
    note = re.search(r"\b(?:office|progress|clinic|consult\w*|visit)\b", sentence.segment.title, re.IGNORECASE)
    return max(rank, 2) if note else rank
