"""Whether every sentence of a request's documents is understood (knowledge/exchange/understood.yaml).

What a note may say against a treatment has no end, and a list of it never holds. What a sound note says over and over has: heads, scores,
normal findings, things denied, old illnesses, common drugs, who is at home. A sentence that is none of these is shown to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from chartproof.exchange.grammar import Grammar, Terminal, Token, tokens_of
from chartproof.exchange.words import disease_of_label, is_disease, is_product, letters, tokens
from chartproof.model import Case
from chartproof.policy.load import knowledge, read_yaml

#: A line as wide as this may go on in the next ones, and in how many.
WIDE, FARTHEST = 60, 4
#: The most words of a name of a disease or product.
NAMED = 7


@cache
def _known() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(knowledge("exchange", "understood.yaml"))
    return found


@cache
def grammar() -> Grammar:
    known = _known()
    sections = {f"label_{name}": one["labels"] for name, one in known["sections"].items()}
    return Grammar({**known["classes"], **sections}, known["numbers"], known["rules"])


class Reading:
    """Reads for one case: whose name, birth date, sex, disease and product are understood, and up to which day."""

    def __init__(self, case: Case, label: str) -> None:
        self.terminals = _terminals(case, label)

    def page(self, text: str) -> Iterator[str]:
        """The sentences of a page that are not understood."""
        lines, at, section = text.split("\n"), 0, ""
        while at < len(lines):
            if not lines[at].strip():
                at, section = at + 1, ""
                continue
            step, section, lost = self._lines(lines, at, section)
            yield from lost
            at += step

    def alone(self, words: str) -> bool:
        """Whether words that stand by themselves, in an element of a resource, are understood."""
        sentences = _sentences(" ".join(words.split()), False)
        return bool(sentences) and all(self._is("worded", one) or self._is("anywhere", one) for one in sentences)

    def _lines(self, lines: Sequence[str], at: int, section: str) -> tuple[int, str, list[str]]:
        """How many lines were read as one, the section after them, and what was not understood."""
        joined = ""
        for number, line in enumerate(lines[at : at + FARTHEST], 1):
            if not line.strip():
                break
            joined = f"{joined} {line.strip()}".strip()
            goes_on = _goes_on(line, lines[at + number] if at + number < len(lines) else "")
            if not goes_on and (after := self._line(joined, section)) is not None:
                return number, after, []
            if not goes_on and len(line.rstrip()) < WIDE:
                break
        return 1, "", self._lost(lines[at], section)

    def _line(self, line: str, section: str) -> str | None:
        """The section in which the next line stands; None where a sentence of this one is not understood."""
        for initials in (False, True):
            last = self._sentences(_sentences(line, initials), section)
            if last is not None:
                name, alone = last
                return name if alone else section
        return None

    def _sentences(self, sentences: list[list[Token]], section: str) -> tuple[str, bool] | None:
        """The section of the last one, and whether that is its label alone: what it labels then follows below."""
        now = (section, False)
        for sentence in sentences:
            after = self._sentence(sentence, now[0])
            if after is None:
                return None
            now = after
        return now

    def _lost(self, line: str, section: str) -> list[str]:
        found = []
        for sentence in _sentences(line, False):
            after = self._sentence(sentence, section)
            if after is None:
                found.append(line[sentence[0].start : sentence[-1].end])
                section = next((name for name, _ in _labelled(sentence)), section)
            else:
                section = after[0]
        return found or [line.strip()]

    def _sentence(self, sentence: list[Token], section: str) -> tuple[str, bool] | None:
        """Its section, and whether it is the label alone; None where it is not understood."""
        sections = _known()["sections"]
        if not self._may_be(sentence):
            return None
        for name, rest in _labelled(sentence):
            if not rest:
                return name, True
            if self._is(sections[name]["rule"], rest):
                return name, False
        if section and self._is(sections[section]["rule"], sentence):
            return section, False
        return (section, False) if self._is("anywhere", sentence) else None

    def _may_be(self, sentence: Sequence[Token]) -> bool:
        """Whether every word of it stands in the grammar or may be a name; most sentences that are not understood end here."""
        lost = {
            at
            for at, one in enumerate(sentence)
            if one.text.isalpha() and one.raw.islower() and not grammar().knows(one.text)
        }
        for at in range(len(sentence)) if lost else ():
            for name in ("DISEASE", "PRODUCT", "PAYER", "PERSON", "SHE", "SEX", "DAY", "LATER"):
                lost -= {place for end in self.terminals[name](sentence, at) for place in range(at, end)}
        return not lost

    def _is(self, rule: str, sentence: Sequence[Token]) -> bool:
        return grammar().matches(rule, sentence, self.terminals)


def _goes_on(line: str, following: str) -> bool:
    """Whether a line has no end and the next one begins like the middle of a sentence: by itself it says something else."""
    return following.lstrip()[:1].islower() and line.rstrip()[-1:] not in (".", ";", ":")


def _labelled(sentence: list[Token]) -> Iterator[tuple[str, list[Token]]]:
    """(section, what follows its label) of each label with which the sentence may begin."""
    for name in _known()["sections"]:
        for end in sorted(grammar().ends(f"label_{name}", sentence), reverse=True):
            rest = sentence[end:]
            marked = bool(rest) and rest[0].text in (":", ",", "-")
            if marked or len(sentence[0].text) > 1:
                yield name, rest[1:] if marked else rest


def _sentences(line: str, initials: bool) -> list[list[Token]]:
    """The sentences of a line without its bullet; with `initials`, a point after a single letter ends none."""
    found: list[list[Token]] = [[]]
    pieces = tokens_of(line)
    while pieces and pieces[0].text in _known()["bullets"]:
        pieces = pieces[1:]
    for at, one in enumerate(pieces):
        before = pieces[at - 1].text if at else ""
        title = before in _known()["titles"] and (at < 2 or pieces[at - 2].number is None)
        if one.text == "." and (title or (initials and len(before) == 1)):
            continue
        if one.text in (".", ";"):
            found.append([])
        else:
            found[-1].append(one)
    return [one for one in found if one]


def _terminals(case: Case, label: str) -> dict[str, Terminal]:
    """What a place of a sentence may be in this case (understood.yaml names them)."""
    who, today = case.patient, case.as_of
    disease, names = disease_of_label(label), set(tokens(who.name))
    sexes = _known()["sexes"]
    own = [sexes[who.sex]] if who.sex in sexes else list(sexes.values())
    of, sort = ({word for one in own for word in one[key]} for key in ("of", "as"))
    age = today.year - who.born.year if who.born else -9

    def one(test: Any) -> Terminal:
        return lambda sentence, at: (at + 1,) if test(sentence[at]) else ()

    def dated(test: Any) -> Terminal:
        return lambda sentence, at: [end for end, day in _days(sentence, at, today) if test((day - today).days)]

    def span(test: Any) -> Terminal:
        def ends(sentence: Sequence[Token], at: int) -> Iterable[int]:
            for end in range(at + 1, min(at + NAMED, len(sentence)) + 1):
                words = " ".join(token.raw for token in sentence[at:end])
                if test(words):
                    yield end

        return ends

    return {
        "DAY": dated(lambda days: days <= 0),
        "PAST": dated(lambda days: days <= -_known()["recent_days"]),
        "LATER": dated(lambda days: 0 <= days <= _known()["latest_days"]),
        "YEAR": one(lambda token: _is_year(token, today.year - 80, today.year)),
        "OLD": one(lambda token: _is_year(token, today.year - 80, today.year - 2)),
        "TIME": one(lambda token: re.fullmatch(r"\d\d?:\d\d", token.text)),
        "NUMBER": one(lambda token: token.number is not None),
        "AGE": one(lambda token: token.number in (age, age - 1)),
        "BORN": one(lambda token: token.day is not None and token.day == who.born),
        "PERSON": one(lambda token: token.text in names or token.text in {name[0] for name in names}),
        "NAME": one(lambda token: token.raw.istitle() and token.raw.isalpha() and token.text not in _unnamed()),
        "CAPITAL": one(lambda token: token.raw[0].isupper() and token.raw.isalpha() and token.text not in _unnamed()),
        "SHE": one(lambda token: token.text in of),
        "SEX": one(lambda token: token.text in sort),
        "PAYER": span(lambda words: bool(case.payer) and letters(words) == letters(case.payer)),
        "DISEASE": span(lambda words: is_disease(words, disease)),
        "PRODUCT": span(lambda words: is_product(words, case.product)),
    }


def _days(sentence: Sequence[Token], at: int, today: date) -> Iterator[tuple[int, date]]:
    """(where it ends, the day) of each date that begins at a place: 03/04/2026, March 4, 2026, 4 March 2026; of a month its first
    day; 5/11 is of this year."""
    if (day := sentence[at].day) is not None:
        yield at + 1, day
    words = [one.text for one in sentence[at : at + 5] if one.text != ","]
    months = {name: number for number, names in enumerate(_known()["months"], 1) for name in names}
    for pattern in _known()["written"]:
        parts = pattern.split()
        if len(words) < len(parts):
            continue
        found = dict(zip(parts, words, strict=False))
        month = months.get(found["month"]) if "month" in found else _number(found["m"])
        try:
            day = date(_number(found.get("year", str(today.year))), month or 0, _number(found.get("day", "1")))
        except ValueError:
            continue
        if found.get("/", "/") == "/" and ("year" not in found or len(found["year"]) == 4):
            yield _after(sentence, at, len(parts)), day


def _number(word: str) -> int:
    return int(word) if word.isdecimal() and len(word) <= 4 else 0


def _after(sentence: Sequence[Token], at: int, count: int) -> int:
    """Where as many tokens end, commas not counted."""
    while count:
        count -= sentence[at].text != ","
        at += 1
    return at


def _is_year(token: Token, first: int, last: int) -> bool:
    return token.number is not None and len(token.raw) == 4 and first <= token.number <= last


@cache
def _unnamed() -> frozenset[str]:
    return frozenset(one.strip() for one in _known()["no_names"].split(","))
