"""The multidisciplinary body's outcome: recommended, conditional, deferred or against.

It may stand in the record of the meeting or be reported in anybody's signed note; verdict.py reads the sentence, this
module knows where in the document it stands: which body met, on which day, and what the next lines make of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby, takewhile

from chartproof.chart.dates import find_dates
from chartproof.chart.find.deferral import chosen
from chartproof.chart.find.statements import (
    CHECKED,
    about_treatment,
    document_texts,
    fact_of,
    not_conditions,
    says_nothing,
)
from chartproof.chart.find.team.verdict import Verdict, named_body, speaks, verdicts, word, words
from chartproof.chart.find.team.whose import about_others, in_wrong_chart, of_patients_in_general
from chartproof.chart.line_looks import BULLET
from chartproof.chart.minutes import is_minutes
from chartproof.chart.paragraphs import MARKED
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Case, DayRange, Fact

SIGNED = re.compile(r"\W*(?:electronically |digitally |e-?)?signed\b", re.IGNORECASE)
#: Sentences after the recommendation that may still make it conditional, and after the body's name that speak for it.
LOOK_AHEAD = 5
REACH = 4
TITLE_WORDS = 6
#: Rows before and behind an option among which the marked one may stand, and words that an option has at the most.
OPTIONS, OPTION_WORDS = 3, 12
#: Characters between a day and the words to which it belongs.
NEAR = 70
#: A report without a day is of a meeting in the days before its note.
LATELY = timedelta(days=14)
#: A day without a year is of the months before the note; one behind such a word is not the meeting's.
RECENT = timedelta(days=200)
YEAR = re.compile(r"\d{4}|[/-]\d{1,2}[/-]\d{2}$")
OTHER_DAY = re.compile(
    r"\b(?:slot|collection|(?:leuk)?apheresis|infusion|scheduled|booked|pet|scans?|ct|mri|biopsy|echo|visit|rtc|labs?|seen|due)\b\W{0,3}(?:\w+ )?$",
    re.IGNORECASE,
)
BESIDE = re.compile(
    r"[\s(,]*(?:(?:meeting|conference|review|discussion|presentation|held|met|back)\s+){0,2}(?:(?:in|of|from)\s+)?",
    re.IGNORECASE,
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY = re.compile(
    r"\b(?:last |this |on )?(mon|tue|wed|thu|fri)(?:s|nes|rs?|ur|urs)?(?:day)?(?:['’]s)?\b", re.IGNORECASE
)
TODAY = re.compile(r"\b(?:today|this (?:morning|afternoon|am|noon|evening)|earlier today|tonight)\b", re.IGNORECASE)


def find(reading: Reading, case: Case) -> list[Fact]:
    """One fact for each sentence that gives the body's verdict on this patient's treatment."""
    about = about_treatment()
    texts = document_texts(reading)
    facts: list[Fact] = []
    for document, group in groupby(reading.sentences, key=lambda sentence: sentence.document):
        said = list(takewhile(lambda sentence: not in_wrong_chart(sentence.text), group))
        general = of_patients_in_general(document.title) or words("agenda").search(document.title)
        if about.search(texts[document.id]) and not general:
            facts += decisions(said, case, minutes=is_minutes(document))
    return facts


def decisions(said: Sequence[Sentence], case: Case, *, minutes: bool) -> list[Fact]:
    facts: list[Fact] = []
    named: int | None = None
    for index, whole in enumerate(said):
        sentence = replace(whole, text=readable(whole.text))
        text = sentence.text
        if (
            says_nothing(sentence)
            or words("not_this").search(text)
            or about_others(text, case.patient, words("general"))
            or passed_over(said, index)
            or taken_back(said, index)
            or motion_lost(said, index)
        ):
            continue
        if named is not None and (said[named].segment is not whole.segment or index - named > REACH):
            named = None
        known = minutes or named is not None
        met = said[named] if named is not None else None
        if named_body(text):
            named, met = index, sentence
        when = None if minutes else meeting_day(sentence, met)
        if settles(text, known=known or named == index):
            facts = [one for one in facts if one.value != "conditional" or one.when != sentence.segment.when]
            facts.append(fact(sentence, Verdict("recommended", 0, len(text)), when, minutes=minutes))
            continue
        for verdict in given(said, index, sentence, known=known, minutes=minutes):
            facts.append(fact(sentence, verdict, when, minutes=minutes))
    return plainest(without_side_matters(facts))


def without_side_matters(facts: Sequence[Fact]) -> list[Fact]:
    """What a paper puts off beside its plain recommendation, and that is not the recommendation, delays nothing."""
    plain = {one.when for one in facts if one.value == "recommended"}
    return [
        one
        for one in facts
        if one.value != "deferred" or one.when not in plain or words("put_off").search(one.evidence[0].quote)
    ]


def plainest(facts: Sequence[Fact]) -> list[Fact]:
    """Of a day's recommendations in one paper those that say so: "product A preferred over B" beside them is no verdict."""
    plain = {one.when for one in facts if one.value == "recommended" and words("plainly").search(one.evidence[0].quote)}
    return [
        one
        for one in facts
        if one.value != "recommended" or one.when not in plain or words("plainly").search(one.evidence[0].quote)
    ]


def fact(sentence: Sentence, verdict: Verdict, when: DayRange | None, *, minutes: bool) -> Fact:
    """A report in another note is weaker than the minutes of the same day (rank 0)."""
    found = fact_of(
        sentence, verdict.start, verdict.end, concept="mdt_recommendation", says="present", value=verdict.value, when=when
    )  # fmt: skip
    return found if minutes else replace(found, rank=0)


def given(said: Sequence[Sentence], index: int, sentence: Sentence, *, known: bool, minutes: bool) -> Iterator[Verdict]:
    """The verdict that the sentence gives, as the body's: the gravest where it gives several."""
    lead, bare = led(said, index)
    text = lead + bare
    offset = len(sentence.text) - len(text)
    found = [
        one
        for one in verdicts(text, row=sentence.row)
        if CHECKED.match(sentence.text) or speaks(text, one, known=known, minutes=minutes)
    ]
    if words("other_question").search(sentence.label or sentence.heading):
        found = [one for one in found if one.value != "deferred"]
    for value in ("against", "deferred", "conditional", "recommended"):
        for one in found:
            if one.value != value:
                continue
            if value == "recommended" and left_open(said, index):
                value = "conditional"
            yield Verdict(value, max(0, one.start + offset), max(1, one.end + offset))
            return


def readable(text: str) -> str:
    """The text with the options that are not ticked blanked, and "TB_REC=" as words; offsets hold."""
    return re.sub(r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])", " ", chosen(text))


def led(said: Sequence[Sentence], index: int) -> tuple[str, str]:
    """What leads into the sentence ("recs:" over a list), where it is an outcome's title; and the sentence without its bullet."""
    sentence = said[index]
    text = readable(sentence.text)
    above = next((one for one in reversed(said[:index]) if not BULLET.match(one.text)), None)
    listed = above.text if above and BULLET.match(text) and above.segment is sentence.segment else ""
    listed = listed if re.search(rf"(?:{word('verdict_noun').source})\W*$", listed, re.IGNORECASE) else ""
    if SIGNED.match(text):
        return "", text
    for title in (sentence.label, sentence.heading, listed):
        if title and title not in text and (title is listed or outcome_title(title)):
            return f"{title.strip(' :')}: ", BULLET.sub("", text, count=1)
    return "", text


def outcome_title(title: str) -> bool:
    return bool(word("verdict_noun").match(title)) and len(title.split()) <= TITLE_WORDS


def left_open(said: Sequence[Sentence], index: int) -> bool:
    """Whether a line near it makes the recommendation conditional; a "Conditions: none" settles that it does not."""
    here = said[index].segment
    for later in said[index + 1 : index + 1 + LOOK_AHEAD]:
        if later.segment.start != here.start or later.segment.page is not here.page:
            break
        own = readable(later.text)
        under = f"{later.label}: {own}"
        if not_conditions().search(under) or words("nothing_open").search(own):
            return False
        titled = words("condition_heading").match(own) and len(re.findall(r"\w+", own)) > 1
        below = words("condition_heading").match(under) and later.label not in later.text
        if titled or below or words("open_after").search(own):
            return True
    return False


def passed_over(said: Sequence[Sentence], index: int) -> bool:
    """Whether the sentence is an option of a list of which another is marked: "Recommended X / Deferred / Declined"."""
    here = said[index]
    if MARKED.search(here.text) or len(here.text.split()) > OPTION_WORDS:
        return False
    near = said[max(0, index - OPTIONS) : index + 1 + OPTIONS]
    return any(one.segment is here.segment and MARKED.search(one.text) for one in near)


def taken_back(said: Sequence[Sentence], index: int) -> bool:
    """Whether the next sentence says that what this one reports was a draft, an error or void."""
    behind = said[index + 1] if index + 1 < len(said) else None
    return bool(behind and behind.segment is said[index].segment and words("taken_back").search(behind.text))


def motion_lost(said: Sequence[Sentence], index: int) -> bool:
    """Whether the sentence only moves what a line below it says was voted down."""
    here = said[index]
    if not words("motion").search(here.text):
        return False
    below = said[index : index + 1 + REACH]
    return any(one.segment is here.segment and words("motion_lost").search(one.text) for one in below)


def settles(text: str, *, known: bool) -> bool:
    """Whether the sentence says that the condition is met and the recommendation stands."""
    found = words("settled").search(text)
    return bool(known and found and not words("not_settled").search(text[: found.end() + 12]))


def past_meeting(text: str, end: int, noted: DayRange) -> DayRange | None:
    """The month or year right behind the body's name, where it lies before the note: "tumor board in 2024"."""
    for start, _end, days in find_dates(text, years=True):
        if start >= end and not days.exact and days.last < noted.first and BESIDE.fullmatch(text[end:start]):
            return days
    return None


def meeting_day(sentence: Sentence, met: Sentence | None) -> DayRange | None:
    """The day of a meeting that a note reports: printed near the body's name, a weekday before the note, or lately."""
    noted = sentence.segment.when
    if noted is None:
        return None
    for one in (sentence, met):
        if one is None:
            continue
        body = word("body").search(one.text)
        near = body.start() if body else 0
        days = [
            (abs(start - near), found)
            for start, end, found in find_dates(one.text, year_hint=noted.last)
            if found.exact
            and found.first <= noted.last
            and abs(start - near) <= NEAR
            and not OTHER_DAY.search(one.text[:start])
            and (YEAR.search(one.text[start:end]) or noted.last - found.last <= RECENT)
        ]
        if days:
            return min(days, key=lambda pair: pair[0])[1]
        long_ago = body and past_meeting(one.text, body.end(), noted)
        if long_ago:
            return long_ago
        if TODAY.search(one.text):
            return noted
        weekday = WEEKDAY.search(one.text)
        if weekday and noted.exact:
            number = next(at for at, name in enumerate(WEEKDAYS) if name.startswith(weekday[1].lower()))
            return DayRange.day(noted.last - timedelta(days=(noted.last.weekday() - number - 1) % 7 + 1))
    return DayRange(noted.first - LATELY, noted.last)
