"""Psychosocial evaluations: that one was done, what it concludes, and the stressors it names (or that there are none).

Within an evaluation any of the ways of naming a burden counts; in another note only the word "stressors", and a passage
that tells of an evaluation. A blank, undone or other person's evaluation names none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

from chartproof.chart.context import of_another
from chartproof.chart.dates import find_dates
from chartproof.chart.find import marked
from chartproof.chart.find.deferral import chosen, put_off, recorded
from chartproof.chart.find.organs.words import plain
from chartproof.chart.find.statements import either, fact_of, place, says_nothing
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, Case, DayRange, Fact

EVALUATION, MEETING = "psychosocial", "committee"
#: Notes in which an evaluation may be told of.
WHERE = ("clinic_note", "consult_note", "nursing_note", "discharge_summary", "provider_letter")
#: Lines at the head and the foot of a paper that say whose it is.
HEAD, FOOT = 2, 2
#: Words of a title at the most.
TITLE = 8
#: Lines that may belong to a topic, and quotes of one evaluation.
UNDER, QUOTES = 7, 6
#: What stands before a paper's own day.
CAPTION = re.compile(
    r"\b(?:date|day|seen|visit|assess\w*|evaluat\w*|interview\w*|service)\b[\w ]{0,20}\W{0,3}$", re.IGNORECASE
)
#: How far ahead an appointment is made, and characters between what it is for and its day.
AHEAD, REACH = timedelta(days=120), 60


@cache
def words(name: str) -> Expression:
    data = load("psychosocial.yaml")
    return either(data[name], data["words"])


def find(reading: Reading, case: Case) -> list[Fact]:
    papers: dict[str, list[Sentence]] = {}
    for sentence in reading.sentences:
        papers.setdefault(sentence.document.id, []).append(sentence)
    return [fact for said in papers.values() for fact in of_paper(said)]


def of_paper(said: list[Sentence]) -> Iterator[Fact]:
    text = "\n".join(plain(one.text) for one in said)
    head = "\n".join(plain(one.text) for one in said[:HEAD])
    if words("head_not_hers").search(head) or words("not_hers").search(text):
        return
    if not is_evaluation(said):
        if said[0].document.kind in WHERE:
            yield from stressors(said, own=False)
        elif said[0].document.kind == MEETING:
            yield from stressors([one for one in said if names_a_day(one)], own=False)
        yield from still_to_come(said)
        yield from appointment(said, own=False)
        return
    yield from appointment(said, own=True)
    if words("undone").search(text):
        yield from still_to_come(said)
        return
    named = list(stressors(said, own=True))
    yield from named
    for segment in dict.fromkeys(one.segment for one in said):
        yield from marked.concerns(segment)
    yield from evaluation(said, named)


def names_a_day(sentence: Sentence) -> bool:
    """Whether a line of a meeting's record gives the day of the assessment that it passes on: "SW report, 7/31: ..."."""
    written = sentence.segment.when
    text = f"{sentence.label} {sentence.text}"
    return any(day.exact for _, _, day in find_dates(text, year_hint=written.last if written else None))


def is_evaluation(said: Sequence[Sentence]) -> bool:
    """By its kind, or by its title together with who signed it."""
    document = said[0].document
    if document.kind == EVALUATION:
        return True
    if document.kind not in (*WHERE, MEETING):
        return False
    head = " ".join(plain(one.text) for one in said[:HEAD])
    if len(said[0].text.split()) <= TITLE and words("title").search(said[0].text):
        return True
    foot = " ".join(one.text for one in said[-FOOT:])
    if not words("signed_by").search(foot):
        return False
    return bool(
        words("paper").search(head)
        or words("signed_by").search(head)
        or any(words("met").search(plain(one.text)) for one in said)
    )


def stressors(said: Sequence[Sentence], *, own: bool) -> Iterator[Fact]:
    """`own` where the whole paper is an evaluation; else only what is told of one, and the word itself."""
    within = ""
    for index, whole in enumerate(said):
        sentence = replace(whole, text=plain(chosen(whole.text)))
        if says_nothing(whole) or words("unless").search(sentence.text):
            continue
        lead = f"{sentence.label}: {sentence.text}" if sentence.label not in sentence.text else sentence.text
        if words("reported").search(lead):
            within = sentence.label or sentence.heading
        reported = bool(words("reported").search(lead)) or bool(within and within in (sentence.label, sentence.heading))
        found = burden(sentence, said[index + 1 : index + UNDER], own=own or reported)
        if found:
            says: Assertion = "family" if of_another(sentence, found[0]) else "present"
            day = None if own and not words("row").match(sentence.text) else told_day(whole, found[0])
            yield fact_of(whole, *found, concept="psychosocial_stressors", says=says, when=day)


def told_day(sentence: Sentence, before: int) -> DayRange | None:
    """The day of an evaluation of which another paper tells, where it stands before what was found ("assessment 03/30/2026")."""
    written = sentence.segment.when
    days = [day for _start, end, day in find_dates(sentence.text) if end <= before and day.exact]
    return days[-1] if days and (written is None or days[-1].last <= written.last) else None


def burden(sentence: Sentence, following: Sequence[Sentence], *, own: bool) -> tuple[int, int] | None:
    """Characters that name a burden, or say that there is none."""
    for name in ("topics", "own_topics") if own else ("topics",):
        found = place(words(name), sentence)
        if found and recorded(sentence, *found, following):
            return found
    if own:
        none = words("none").search(sentence.text)
        if none:
            return none.span()
        for told in words("told").finditer(sentence.text):
            denied = words("denied").search(sentence.text[: told.end()].removesuffix(told[0].split()[-1]))
            if not denied and not put_off(sentence.text, *told.span()):
                return told.span()
    return None


def evaluation(said: Sequence[Sentence], named: Sequence[Fact]) -> Iterator[Fact]:
    """The evaluation itself by the line of its signature or state, and by its scores, conclusion and stressors."""
    document = said[0].document
    done: Assertion = "present" if document.signed is not False else "planned"
    signature = [
        one
        for one in said
        if re.match(
            r"\W*(?:electronically |e-?)?sign|.*\bsigned\b\W+(?:by|\w+ \d|\d|on)|(?:completed and )?signed\s*:",
            one.text,
            re.IGNORECASE,
        )
    ]
    pended = [one for one in said if re.search(r"pended|incomplete|not signed|\bdraft\b", one.text, re.IGNORECASE)]
    status = ((pended[:1] if document.signed is False else signature[-1:]) or said[:1])[0]
    yield fact_of(status, 0, len(status.text), concept="psychosocial_evaluation", says=done)
    yield from (fact_of(*place, concept="psychosocial_evaluation", says=done) for place in day_line(said))
    quoted = 0
    for one in said:
        match = words("scores").search(one.text) or words("conclusion").search(one.text)
        if match and one is not status and not says_nothing(one) and quoted < QUOTES:
            quoted += 1
            yield fact_of(one, *match.span(), concept="psychosocial_evaluation", says=done)
    for fact in named[:QUOTES]:
        if fact.assertion == "present":
            yield replace(fact, concept="psychosocial_evaluation", assertion=done)


def day_line(said: Sequence[Sentence]) -> Iterator[tuple[Sentence, int, int]]:
    """Where the paper prints the day on which the patient was seen, with its caption: "Date seen: 05/12/2026"."""
    for one in said:
        for start, end, day in find_dates(one.text):
            caption = CAPTION.search(one.text[:start])
            if caption and day.exact and day == one.segment.when:
                yield one, caption.start(), end
                return


#: "New assessment for CAR-T. Booked for 09/25/2026": the day stands in the next sentence.
BOOKED = re.compile(
    r"\W*(?:(?:it|this|that|she|he|pt|patient) (?:is|was|has been) |now |already )?(?:re-?)?(?:booked|scheduled|arranged|set|appointment|appt|slot|visit)"
    r"(?: (?:is|was|made|set|given|booked))?(?: (?:for|on|to))?(?: (?:mon|tue|wed|thu|fri)\w*,?)?\s*:?\s*",
    re.IGNORECASE,
)


def appointment(said: Sequence[Sentence], *, own: bool) -> Iterator[Fact]:
    """A day after the paper's own for which the evaluation is booked; `own` where the paper is social work's itself."""
    for one, below in zip(said, [*said[1:], None], strict=True):
        written = one.segment.when
        match = words("appointment" if own else "paper").search(one.text)
        if not match or written is None or not written.exact or of_another(one, match.start()):
            continue
        next_one = below if below and below.segment is one.segment else None
        booked = BOOKED.match(next_one.text) if next_one else None
        if next_one and booked:
            for start, end, days in find_dates(next_one.text, year_hint=written.last + AHEAD):
                if days.exact and days.first > written.last and start - booked.end() <= 3:
                    yield fact_of(next_one, 0, end, concept="psychosocial_evaluation", says="planned", when=days)
                    return
        for start, end, days in find_dates(one.text, year_hint=written.last + AHEAD):
            if days.exact and days.first > written.last and match.end() <= start <= match.end() + REACH:
                yield fact_of(one, match.start(), end, concept="psychosocial_evaluation", says="planned", when=days)
                return


def still_to_come(said: Sequence[Sentence]) -> Iterator[Fact]:
    for one in said:
        text = plain(one.text)
        match = words("planned").search(text)
        if match and not of_another(one, match.start()):
            yield fact_of(one, *match.span(), concept="psychosocial_evaluation", says="planned")
            return
