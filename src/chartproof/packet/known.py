"""What a letter may name: the review's rows, facts, days, names and codes, and the checked references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Any

from chartproof.model import Box, DayRange, Fact, Finding, Page, Review, SourceFile, Span, TherapyLine, Word
from chartproof.packet.citations import sharpened
from chartproof.packet.coded import citable, confirmed
from chartproof.packet.doubtful import doubtful
from chartproof.packet.forms import forms
from chartproof.packet.library import references
from chartproof.packet.look import MONTHS, counts, prose, tidy
from chartproof.packet.subjects import silent
from chartproof.packet.table import patient_name
from chartproof.packet.tree import of_row
from chartproof.packet.wording import ago, amount, companions, concept_words, value_words, words

_MONTH = "|".join(MONTHS)
_PROSE = re.compile(rf"\b(?:(?P<day>\d{{1,2}}) )?(?P<month>{_MONTH}) (?P<year>(?:19|20)\d\d)\b")
_AMERICAN = re.compile(rf"\b(?P<month>{_MONTH}) (?P<day>\d{{1,2}}), (?P<year>(?:19|20)\d\d)\b")
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)(?:-(\d\d))?\b")
#: Kinds of sources that name the review as a whole and no part of it.
_WHOLE = frozenset(("case:", "denial:", "counts:", "centre:", "policy:", "chart:"))

#: A number that stands by itself: no part of a name (CD38), of a row's id (E.3) or of a word with a hyphen.
_NUMBER = re.compile(r"(?<![\w.-])\d+(?:[.,]\d+)*(?![\w])")

#: What stands in a text for words that were taken out of it.
_TAKEN = "\u25ae"

Day = tuple[int, int, int | None]


def numbers_in(text: str) -> list[str]:
    """The numbers that a text prints, but those of its days."""
    return _NUMBER.findall(_ISO.sub(" ", _PROSE.sub(" ", _AMERICAN.sub(" ", text))))


def days_in(text: str) -> Iterator[Day]:
    """(year, month, day or None) for each day or month that the text names, written out or in ISO form."""
    rest = text
    for match in _AMERICAN.finditer(text):
        rest = rest.replace(match.group(), "")
        yield int(match["year"]), MONTHS.index(match["month"]) + 1, int(match["day"])
    for match in _PROSE.finditer(rest):
        yield int(match["year"]), MONTHS.index(match["month"]) + 1, int(match["day"]) if match["day"] else None
    for match in _ISO.finditer(text):
        yield int(match[1]), int(match[2]), int(match[3]) if match[3] else None


@dataclass(frozen=True)
class Proofs:
    """The review as a letter may use it."""

    review: Review

    @cached_property
    def rows(self) -> Mapping[str, Finding]:
        return {of_row(finding): finding for finding in (*self.review.criteria, *self.review.label)}

    @cached_property
    def _names(self) -> frozenset[str]:
        review = self.review
        lines = (f"line:{line.line}" for line in review.chart.lines)
        facts = (
            f"fact:{fact.id}" for fact in (*review.chart.facts, *(f for row in self.rows.values() for f in row.facts))
        )
        reasons = (f"reason:{n}" for n, _ in enumerate(review.denial.reasons if review.denial else (), 1))
        rules = (f"rule:{name}" for name in self._laws)
        return frozenset((*self.rows, *lines, *facts, *reasons, *rules, *_WHOLE))

    @cached_property
    def _laws(self) -> Mapping[str, str]:
        """Rule -> citation, of the rules that the review carries."""
        review = self.review
        found = {right.rule: right.citation for right in review.rights}
        found |= {due.rule: due.citation for due in review.deadlines}
        found |= {fault.rule: fault.citation for fault in (review.denial.notice_defects if review.denial else ())}
        return found

    def holds(self, source: str) -> bool:
        """True where the review, the checked library or the closed list has this source."""
        kind, _, name = source.partition(":")
        if kind == "evidence":
            return name in references() and references()[name].verified
        if kind == "code":
            return confirmed(name) is not None
        if kind == "silence":
            return silent(self.review, name)
        return source in self._names or kind == "form"

    @cached_property
    def _days(self) -> frozenset[Day]:
        found: set[Day] = set()
        for value in _values(self.review):
            if isinstance(value, str):
                found.update(days_in(value))
            elif isinstance(value, DayRange):
                found |= {_day(value.first), _day(value.last)}
            elif isinstance(value, date):
                found.add(_day(value))
        return frozenset(found | {(year, month, None) for year, month, _ in found})

    def day(self, day: Day, sources: tuple[str, ...]) -> bool:
        """True where the review or one of these sources names the day."""
        return day in self._days or any(day in days_in(text) for text in self._citations(sources))

    @cached_property
    def _pages(self) -> tuple[str, ...]:
        return tuple(_folded(page.text) for source in self.review.chart.files for page in source.pages)

    def on_a_page(self, words: str) -> bool:
        """True where a page of the chart or of the letter holds these words; '...' at their end is a cut of ours."""
        wanted = _folded(words.removesuffix("..."))
        spoken = (_folded(reason.quote) for reason in (self.review.denial.reasons if self.review.denial else ()))
        return not wanted or any(wanted in text for text in (*spoken, *self._pages))

    def person(self, name: str) -> bool:
        """True where every name of 'Dr. Ada Nonesuch' is one of the case, of a document or of the letter."""
        found = " ".join(
            [patient_name(self.review), (self.review.denial.reviewer or "") if self.review.denial else ""]
            + [document.author for document in self.review.chart.documents]
        )
        return all(word in found for word in re.findall(r"[A-Z][\w’'-]+", name)[1:])

    def codes(self, sources: tuple[str, ...]) -> frozenset[str]:
        """The codes that a sentence with these sources may print: the letter's, those of its table rows, the rows' ids."""
        denial = self.review.denial
        found = {*(denial.service_codes if denial else ()), *(denial.diagnosis_codes if denial else ())}
        found |= {finding.id for finding in self.rows.values()}
        for source in sources:
            if source.startswith("code:"):
                found.update(self._of_code(source.removeprefix("code:")))
        return frozenset(found)

    def _of_code(self, code: str) -> tuple[str, ...]:
        denial = self.review.denial
        return citable(code, (denial.letter_date if denial else None) or self.review.case.as_of)

    def numbers(self, sources: tuple[str, ...]) -> frozenset[str]:
        """The numbers that a sentence with these sources may print, as they are printed."""
        return frozenset(number for source in sources for text in self._said(source) for number in numbers_in(text))

    def _said(self, source: str) -> Iterator[str]:
        """The words of a source, numbers of its facts included, in which a number of its sentence must stand."""
        kind, _, name = source.partition(":")
        review = self.review
        if source in self.rows:
            row = self.rows[source]
            yield from (row.id, row.says, row.shows, row.remedy, row.because, *row.notes)
            for fact in row.facts:
                yield from self._measured(fact)
            # The two readings of a scanned number, and where it stands, which the worklist prints beside its crop.
            for place in doubtful(review, row):
                yield from (place.says, f"{place.file}, p. {place.page}")
        elif kind == "fact":
            yield from (text for fact in review.chart.facts if fact.id == name for text in self._measured(fact))
        elif kind == "line":
            lines = (line for line in review.chart.lines if str(line.line) == name)
            yield from (
                text
                for line in lines
                for text in (
                    name,
                    line.regimen,
                    *line.drugs,
                    line.best_response or "",
                    line.stop_reason or "",
                    *_days(line),
                )
            )
        elif kind == "counts":
            number = counts(review.criteria)
            papers = [f for f in review.criteria if f.kind == "documentation"]
            of_papers = counts(tuple(papers))
            yield from map(
                str,
                (*number.values(), len(review.criteria), of_papers["met"], len(papers) - of_papers["not_applicable"]),
            )
        elif kind == "rule":
            yield from (right.says for right in review.rights if right.rule == name)
        elif kind == "form":
            yield forms().get(name, "")
            yield from (str(n) for n, _ in enumerate(review.denial.reasons if review.denial else (), 1))
            yield str(sum(finding.status == "missing" for finding in self.rows.values()))
        if kind in ("case", "policy", "silence", "counts", "code"):
            yield from (str(value) for value in _values(review.case))
            yield from (review.policy_id, review.policy_title, *review.extra.values())
            yield from (text for row in review.criteria for text in (row.id, row.says, row.because))
        yield from (str(value) for value in _values(review.denial) if kind in ("denial", "case", "reason", "form"))
        yield from self._citations((source,))

    def _measured(self, fact: Fact) -> Iterator[str]:
        """A fact's number and those beside it, the words of its sentences, and how long ago it was."""
        numbers = (one.quantity for one in (fact, *companions(self.review, fact)))
        yield from (amount(quantity) for quantity in numbers if quantity)
        yield from words("sentences").get(fact.concept, {}).values()
        yield from (value_words(fact.value or ""), concept_words(fact.concept))
        yield from (ago(one.when, self.review.case.as_of) for one in (fact, sharpened(self.review, fact)))

    def without_citations(self, text: str, sources: tuple[str, ...]) -> str:
        """The text without the citations of these sources: what is left is cited by nobody."""
        for citation in sorted(self._citations(sources), key=len, reverse=True):
            text = text.replace(citation, _TAKEN) if citation else text
        return text

    @cached_property
    def _typed(self) -> tuple[re.Pattern[str], ...]:
        """The names and numbers of the case, the letter and the documents' authors: how they are written is not ours."""
        case, denial = self.review.case, self.review.denial
        patient = (patient_name(self.review), case.patient.mrn, case.patient.member_id, case.patient.group_number)
        of_letter = (denial.payer, denial.reviewer, denial.member_id, denial.reference) if denial else ()
        authors = (document.author for document in self.review.chart.documents)
        names = {name for name in (*patient, case.payer, *of_letter, *authors) if name}
        return tuple(re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in sorted(names, key=len, reverse=True))

    def without_names(self, text: str) -> str:
        """The text without the names and numbers that were typed in or that the letter and the chart print."""
        for name in self._typed:
            text = name.sub(_TAKEN, text)
        return text

    def without_row_words(self, text: str, sources: tuple[str, ...]) -> str:
        """The text without the words of its rows and lines: those are the policy's and the chart's to choose."""
        lines = {f"line:{line.line}": line for line in self.review.chart.lines}
        for source in sources:
            row, line = self.rows.get(source), lines.get(source)
            said = [row.says, row.shows, row.remedy] if row else []
            said += [line.regimen, *line.drugs, line.stop_reason or "", line.best_response or ""] if line else []
            for told in filter(None, (prose(tidy(one)).rstrip(".") for one in said)):
                text = re.sub(re.escape(told), _TAKEN, text, flags=re.IGNORECASE)
        return text

    def _citations(self, sources: tuple[str, ...]) -> list[str]:
        """What these sources may cite: a rule's citation; a reference's, with the trial that its sentence names."""
        found = []
        for source in sources:
            kind, _, name = source.partition(":")
            if kind == "rule" and name in self._laws:
                found.append(self._laws[name])
            elif kind == "evidence" and name in references():
                found += [references()[name].citation, prose(references()[name].citation), references()[name].shows]
            elif kind == "code":
                found += self._of_code(name)
            elif source == "denial:" and self.review.denial:
                found += [fault.what for fault in self.review.denial.notice_defects]
                found += [prose(tidy(what)) for what in self.review.denial.letter_defects]
        return found


def proofs(review: Review) -> Proofs:
    """What a letter on this review may name."""
    return Proofs(review)


def _day(day: date) -> Day:
    return day.year, day.month, day.day


def _folded(text: str) -> str:
    return "".join(re.findall(r"\w+", text.lower()))


def _values(value: Any) -> Iterator[Any]:
    """Every plain value inside of the review but the pages and their words."""
    if isinstance(value, (Span, SourceFile, Page, Word, Box)):
        return
    if isinstance(value, DayRange) or not is_dataclass(value):
        if isinstance(value, Mapping):
            value = tuple(value.values())
        if isinstance(value, tuple):
            for one in value:
                yield from _values(one)
        else:
            yield value
        return
    for field in fields(value):
        yield from _values(getattr(value, field.name))


def _days(line: TherapyLine) -> tuple[str, ...]:
    """The first and the last day of a line as they are told: a year that stands alone is printed as a number."""
    return tuple(str(day) for day in (line.start, line.end) if day)
