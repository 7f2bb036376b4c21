"""Requests for a specialist's opinion, as notes of the treating team word them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chartproof.chart.context import about_another, conditional
from chartproof.chart.dates import find_dates
from chartproof.chart.find.consults.waived import waivers
from chartproof.chart.find.consults.words import cue, names, rules
from chartproof.chart.find.deferral import chosen, unanswered
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Case, DayRange

ASKERS = frozenset(["clinic_note", "consult_note", "committee", "nursing_note", "provider_letter", "attestation"])
#: The specialty of a request that names none.
ANYONE = "specialist"
#: A day without a year that would lie further ahead than this is of the year before.
AHEAD = 120
#: Behind an organ's bare name, what makes it a specialty: "EP CONSULT", "renal opinion".
OPINION = re.compile(
    r"\W{0,2}(?:(?:e-?)?(?:consult(?:ation)?|opinion|clearance)|(?:is|was|are|were|has been|have been) (?:asked|consulted))\b",
    re.I,
)
#: The end of a clause; the stop behind a title ("Neurology (Dr. Castellane) is asked") ends none.
CLAUSE = re.compile(r"(?<!\b[DM][rs])(?<!\bMrs)(?<!\bProf)[.](?:\s|$)|;(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Request:
    specialty: str
    sentence: Sentence
    start: int
    end: int
    visit: DayRange | None = None

    @property
    def when(self) -> DayRange | None:
        return self.sentence.segment.when


def requests(
    reading: Reading, case: Case, *, consultants: Collection[tuple[str, int]], kinds: Collection[str] = ASKERS
) -> Iterator[Request]:
    """Every request of the treating team in the half year before the day asked.

    What the consultants write (`consultants`: document id and page) of their own clinics is no request.
    """
    rows = reading.sentences
    for index, sentence in enumerate(rows):
        when = sentence.segment.when
        if sentence.document.kind not in kinds or not in_time(when, case.as_of, int(rules()["request_days"])):
            continue
        if (sentence.document.id, sentence.page.number) in consultants or taken_back(
            sentence, rows[index + 1 : index + 2]
        ):
            continue
        yield from requests_in(sentence, case)


def taken_back(sentence: Sentence, following: Sequence[Sentence]) -> bool:
    """Asked by a payer, or called needless in the same words or the next ones: "An ID consult? None needed."."""
    if cue("not_team").search(sentence.text):
        return True
    return any(one.segment == sentence.segment and cue("retracted").search(one.text) for one in following)


def requests_in(sentence: Sentence, case: Case) -> Iterator[Request]:
    text = chosen(sentence.text)
    if unanswered(text) and not text.rstrip(' "\u201d').endswith("?"):
        return
    needless = waivers(text)
    found = False
    for specialty, pattern, called in names():
        for match in pattern.finditer(text):
            if called and not cue("bare_after").search(text[: match.start()]) and not OPINION.match(text, match.end()):
                continue
            if any(start <= match.start() < end for start, end in needless):
                continue
            if asks(sentence, specialty, match.start(), match.end()) and not of_the_past(sentence, match.end()):
                found = True
                visit = visit_of(sentence, match.end(), case.as_of)
                yield Request(specialty, sentence, match.start(), match.end(), visit)
                break
    begged = cue("beseech").search(text)
    if begged and not found and cue("about").search(text) and not conditional(sentence, begged.start()):
        yield Request(addressed(sentence), sentence, begged.start(), begged.end())


def addressed(sentence: Sentence) -> str:
    """The specialty to whom a letter that asks is addressed, ANYONE where its page names none above."""
    above = sentence.page.text[: sentence.start].split("\n")
    for line in (line for line in reversed(above) if cue("addressee").match(line)):
        named = [(match.start(), name) for name, pattern, _bare in names() for match in pattern.finditer(line)]
        if named:
            return min(named)[1]
    return ANYONE


def visit_of(sentence: Sentence, end: int, as_of: date) -> DayRange | None:
    """The day after the day asked on which the visit is to be, where the words name it ("Scheduled Thu 20 Aug")."""
    hint = as_of + timedelta(days=AHEAD)
    for start, _end, days in find_dates(sentence.text, year_hint=hint):
        if 0 <= start - end <= 60 and days.first > as_of:
            return days
    return None


def of_the_past(sentence: Sentence, end: int) -> bool:
    """Whether the words behind the name are of a visit long before the note was written."""
    when = sentence.segment.when
    near = [days for start, _end, days in find_dates(sentence.text, years=True) if 0 <= start - end <= 40]
    return bool(when and near and (when.first - near[0].last).days > int(rules()["request_days"]))


def asks(sentence: Sentence, specialty: str, start: int, end: int) -> bool:
    """Whether the words around a specialty's name ask for its opinion."""
    text = sentence.text
    clause = CLAUSE.split(text[end:])[0]
    before = re.split(r"(?<=[a-z)])[.](?:\s|$)", text[:start])[-1]
    if about_another(sentence, start, before[-60:]):
        return False  # a relative's doctor
    if conditional(sentence, start) or cue("later_need").search(clause[:60]):
        return False
    if cue("not_asked").search(before[-32:]) or re.match(
        rf"[^,]{{0,24}}?(?:{cue('ask_after_blocks').source})", clause, re.I
    ):
        return False
    if re.search(r"(?:^|[\s(])" + f"(?:{cue('asked_before').source})" + r"(?:\w+-)?$", before[-110:], re.IGNORECASE):
        return True
    if cue("consult_list").match(sentence.label) and cue("list_item").match(text[end:]) and not text[:start].count("."):
        return True
    if re.search(r"consult|clearance", text[start:end], re.IGNORECASE) or happened(sentence, before, clause, end):
        return True
    found = cue("asked_after").search(clause)
    if specialty in rules()["routine"] and found and cue("weak").match(found[0]):
        return False
    return bool(found and found.start() <= 40 and not attends(clause[: found.start()]))


def happened(sentence: Sentence, before: str, clause: str, end: int) -> bool:
    """ "Seen by cardiology 5/20, cleared": an opinion that was given lately, and whose note must then exist."""
    told = re.search(r"\b(?:seen|cleared|evaluated|reviewed) (?:by|with)(?: dr\.? [\w-]+,?)? $", before, re.IGNORECASE)
    when = sentence.segment.when
    if not when or not (
        told or re.match(r"\W{0,3}(?:has )?(?:cleared|saw|evaluated|reviewed)\b", clause, re.IGNORECASE)
    ):
        return False
    days = [d for start, _end, d in find_dates(sentence.text, year_hint=when.last) if 0 <= start - end <= 40]
    return bool(days) and 0 <= (when.last - days[0].first).days <= int(rules()["before_request_days"])


def attends(gap: str) -> bool:
    """Another name or specialty between the two belongs to another clause: a list of those present."""
    return gap.count(",") > 1 or ("(" in gap and ")" in gap and len(gap) > 30)


def in_time(when: DayRange | None, as_of: date, days: int) -> bool:
    return when is not None and when.first <= as_of and (as_of - when.last).days <= days
