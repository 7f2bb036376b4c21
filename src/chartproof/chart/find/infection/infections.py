"""An infection that is going on: a name of one and, in its clause, a course under way or a finding that is live.

A mere name says nothing: it may be of the past, feared, prevented or another's. What denies one is statements.yaml's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache

from chartproof.chart.context import about_another, before, conditional
from chartproof.chart.dates import find_dates
from chartproof.chart.entry_owner import is_anothers
from chartproof.chart.find.entries import entries, entry_above
from chartproof.chart.find.infection import answers as infection_answers
from chartproof.chart.find.statements import either, fact_of, says_nothing
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Case, Fact

#: Days that a course or a finding may lie before the day of writing and still be told as going on.
RECENT = 14
#: A day without its year may lie so far ahead: the end of a course.
AHEAD = timedelta(days=60)
#: "Blood cx 2/2" counts bottles and is no day.
BOTTLES = re.compile(r"\b(?:cx|cultures?)\W{1,3}[1-4] ?(?:/|of) ?[1-4]\b", re.IGNORECASE)


@cache
def words(name: str) -> Expression:
    data = load("infections.yaml")
    rule = data[name] if isinstance(data[name], list) else [data[name]]
    return either(rule, {"drug": data["drug"]})


UNNAMED = re.compile(r"(?:(?:an? )?(?:active|ongoing|current|uncontrolled) )?(?:infections?)?", re.IGNORECASE)


@cache
def names() -> Expression:
    return Expression(rf"(?<![\w-])(?:{words('names').source})(?![\w])", re.IGNORECASE)


def find(reading: Reading, case: Case) -> list[Fact]:
    """active_infection facts, present only, on the day of the entry that tells of it.

    One that is named and called active outranks a review of systems or a copied line of the same day that denies any.
    """
    where = load("infections.yaml")["where"]
    quiet = {one.document.id for one in reading.sentences if words("none_active").search(one.text)}
    return [
        *cultured(reading),
        *of_messages(reading, case),
        *(fact for one in reading.sentences if one.document.kind in where for fact in infection_answers.find_in(one)),
        *named_first(
            (index, fact)
            for index, sentence in enumerate(reading.sentences)
            if sentence.document.kind in where and not (sentence.document.id in quiet and long_treated(sentence.text))
            for fact in going_on(sentence, next_of(reading, index), case)
        ),
    ]


def named_first(found: Iterable[tuple[int, Fact]]) -> Iterator[Fact]:
    """An infection's name is told as firmly as the bare words behind it, and before them: "Acute sinusitis. Active infection."."""
    last: tuple[int, Fact] | None = None
    for index, fact in found:
        if last and last[0] == index - 1 and not unnamed(last[1]) and unnamed(fact) and fact.when == last[1].when:
            last = (last[0], replace(last[1], rank=max(last[1].rank, fact.rank)))
        if last:
            yield last[1]
        last = (index, fact)
    if last:
        yield last[1]


def unnamed(fact: Fact) -> bool:
    """Whether it is called an infection and no more."""
    return bool(UNNAMED.fullmatch(fact.extra.get("words", "")))


def cultured(reading: Reading) -> Iterator[Fact]:
    """A culture's entry whose result names what grew."""
    for one in entries(reading, "observation"):
        asked = f"{one.entry.label} {one.entry.extra.get('panel', '')}"
        value = one.entry.value if isinstance(one.entry.value, str) else ""
        grew = words("grew").search(value) if words("culture").search(asked) else None
        if grew and one.standing == "final" and not words("not_grown").search(value):
            yield Fact(
                id="", concept="active_infection", assertion="present", evidence=(one.span(),), when=one.entry.when,
                known=one.entry.when, document=one.document.id, extra={"words": grew[0]},
            )  # fmt: skip


def of_messages(reading: Reading, case: Case) -> Iterator[Fact]:
    """What a laboratory's message notes below its results, on the day of the result above."""
    for sentence in reading.sentences:
        line = sentence.page.text[sentence.page.text.rfind("\n", 0, sentence.start) + 1 : sentence.end]
        above = entry_above(reading, sentence) if line.startswith("NTE|") else None
        if above and above.when and not is_anothers(above):
            yield from (replace(fact, when=above.when, known=above.when) for fact in going_on(sentence, "", case))


def long_treated(text: str) -> bool:
    """Whether the words name an infection that is treated on after it is controlled, and none that began or is live."""
    name = words("long_treated").search(text)
    return bool(name and not words("active").search(text) and not words("course_said").search(text))


def next_of(reading: Reading, index: int) -> str:
    """The text of the sentence behind, in the same segment."""
    following = reading.sentences[index + 1] if index + 1 < len(reading.sentences) else None
    return following.text if following and following.segment is reading.sentences[index].segment else ""


def going_on(sentence: Sentence, following: str, case: Case) -> Iterator[Fact]:
    if says_nothing(sentence) or words("not_under").search(f"{sentence.heading} | {sentence.label}"):
        return
    parts = list(clauses(sentence.text))
    for number, (start, end) in enumerate(parts):
        clause = sentence.text[start:end]
        turned = sentence.text[slice(*parts[number + 1])] if number + 1 < len(parts) else ""
        told = words("said").search(sentence.text, start, end)
        name = told or names().search(sentence.text, start, end)
        if name is None or older(sentence, clause):
            continue
        part = semicolons(clause, name.start() - start)
        if not (told or live(clause, part, following) or goes_on(turned)):
            continue
        left = before(sentence.text, name.start())
        if about_another(sentence, name.start(), left) or conditional(sentence, name.start()):
            continue
        when = sentence.segment.when
        fact = fact_of(sentence, start, end, concept="active_infection", says="present", when=when)
        firm = words("called_active").search(clause) and not words("hedged").search(clause)
        called = {} if told else {"words": name[0].strip()}
        rank = max(fact.rank, 2) if firm else fact.rank
        # That there is one needs nobody's signature: an unsigned note or a message that tells of it is heeded.
        yield replace(fact, known=fact.known or when, rank=rank, extra=called, signed=True)
        return


def live(clause: str, part: str, following: str) -> bool:
    """Whether the clause that names an infection, or the sentence behind it, shows that it is going on.

    `part` is the clause between semicolons: what is feared or supposed there reaches no further.
    """
    if words("over").search(of_itself(clause)) or words("denied_or_supposed").search(of_itself(part)):
        return False
    if words("ended_behind").search(following):
        return False
    treated = words("course").search(clause) or course_follows(following)
    goes = words("active_behind").match(following) and goes_on(following)
    active = words("active").search(words("none_live").sub(" ", clause))
    return bool(treated or goes or (active and not words("hedged").search(clause)))


def goes_on(turned: str) -> bool:
    """ "Cellulitis is better but still active": whether what stands behind the turn says so of the name before it."""
    told = bool(words("active").match(turned.lstrip())) and not names().search(turned)
    return told and not words("over").search(turned) and not words("denied_or_supposed").search(turned)


def course_follows(text: str) -> bool:
    """ "On micafungin", behind the name: a drug that is mostly preventive must have been started, or have its day."""
    if (
        not words("course_follows").search(text)
        or words("over").search(text)
        or words("denied_or_supposed").search(text)
    ):
        return False
    return not words("preventive").search(text) or bool(words("course_said").search(text))


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """[start, end) of what one statement reaches: the sentence, cut where "but" turns it."""
    start = 0
    for turn in re.finditer(r"\b(?:but|however|although|though|whereas|otherwise)\b", text, re.IGNORECASE):
        yield start, turn.start()
        start = turn.end()
    yield start, len(text)


def of_itself(clause: str) -> str:
    """The clause without what else it finds negative beside the infection."""
    return words("without_else").sub(" ", words("others_negative").sub(" ", clause))


def semicolons(clause: str, at: int) -> str:
    """What stands between semicolons around the character `at`."""
    return clause[clause.rfind(";", 0, at) + 1 :].split(";", 1)[0]


def older(sentence: Sentence, clause: str) -> bool:
    """Whether the clause dates what it tells long before it was written; a course may end after it."""
    written = sentence.segment.when
    if written is None:
        return False
    counted = BOTTLES.sub(" ", clause)
    days = [day for _start, _end, day in find_dates(counted, year_hint=written.last + AHEAD, years=True)]
    return bool(days) and all((written.last - day.last).days > RECENT for day in days)
