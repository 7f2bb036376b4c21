"""How many lines of therapy the chart states, and the fact that comes of that count beside the derived one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain

from chartproof.chart.derive.claimed.papers import is_paper, of_papers
from chartproof.chart.derive.standing import CLINICIANS
from chartproof.chart.find.said import loosen, near_quote
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Conflict, DayRange, Fact, Quantity, Span, TherapyLine

#: Characters on either side of a count that tell how it was made.
AROUND = 80
#: Characters behind a count in which "are not part of that indication" makes it another's.
BEHIND = 40
_NUMBER = r"(?P<n>\d|one|two|three|four|five|six|seven|eight)"
_COUNT = re.compile(
    loosen(
        rf"\b{_NUMBER} (?:(?:prior|previous|earlier|systemic|separate|full|therapy|treatment|different) ){{0,3}}lines?\b"
        rf"(?! or more)|\bs/p {_NUMBER.replace('<n>', '<m>')} (?:prior )?lines?\b|\b(?:prior lines(?: of therapy)?|number of (?:prior )?lines)\W{{1,3}}{_NUMBER.replace('<n>', '<k>')}\b"
    ),
    re.IGNORECASE,
)
_NOT_A_COUNT = re.compile(
    r"(?:people|patients|persons|members|adults|individuals|those)\s+(?:with|who)\b|one\s+to\s+\w+|or\s+more|at\s+least|label|indicat|requires?|criteri|fewer|eligib|asks?\s+for|minimum|policy|needs?\b|if\b|study|trial|approved|"
    r"\b(?:median|mean|average|range|cohort|pivotal|registry|published|historical)\b|\b(?:PICC|central|venous|IV|access)\b|fourth|expected|would"
    r"|\bletter\b[^.;]{0,20}\b(?:says?|states?|claims?|writes)\b|\b(?:probably|presumably|perhaps|maybe|supposedly|possibly)\b|\blines?\b[^.;]{0,12}\?|\b(?:reviewer|denial|insurer|payer)\b[^.;]{0,20}$|\bmost (?:of (?:the |our )?)?(?:patients|people|women|men|adults|candidates)\b|\b(?:reviewer|insurer|payer)\b|\blines? (?:is|are) (?:usual|typical|common)\b",
    re.IGNORECASE,
)
#: What right before a count makes it a rule.
_AT_LEAST = re.compile(
    r"\b(?:at least|no fewer than|fewer than|more than|minimum(?: of)?|requires?|needs?|asks? for)\s+$",
    re.IGNORECASE,
)
_SOME_OF = re.compile(r"\b(?:the\s+)?(?:first|last|next|other|of\s+the|both)\s+$", re.IGNORECASE)
#: "1-3 lines", "two to four prior lines": of a trial or a label, and nobody's own count.
_RANGE_OF = re.compile(r"\b(?:\d|one|two|three|four|five)\s?(?:[-\u2013\u2014]|to\s|or\s)\s?$", re.IGNORECASE)
#: Before a count: it is of those who were studied.
_OF_A_STUDY = re.compile(
    r"\b(?:patients|people|persons|adults|participants|subjects)\s+(?:with|who|after|having|whose)\b[^.;]{0,40}$"
    r"|\b(?:randomi[sz]ed|trial|cohort)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
#: What stands between the parts of a course and the line that they make.
_COUNTED_AS = re.compile(
    loosen(
        r"\b(?:transplant\w*|autograft|graft|ASCT|maintenance|consolidation|induction|together|(?:all|both)(?: of)? (?:this|these|that|them|it)|bridging|rescue)\b"
        r"[^.;]{0,40}\b(?:is|are|was|were|as|make|makes|made|form|forms|within|inside|part of)(?: (?:all|together|only|up|counted|counts|still|of))*\s+$"
    ),
    re.IGNORECASE,
)
_NURSING = (
    "nursing_note",
    "flowsheet",
    "psychosocial",
    "nutrition",
    "rehab",
    "medication_record",
    "preventive_care",
    "face_sheet",
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A count that the chart states. `weight` 1 for a clinician's own count, 0 for a banner or a nurse's entry; `said` are
    the words around it."""

    number: int
    span: Span
    when: DayRange | None
    weight: int
    document: str
    said: str = ""


def stated_counts(reading: Reading) -> Iterator[Stated]:
    """Counts of lines that the chart states of this patient."""
    ordinals = load("treatment.yaml")["ordinals"]
    for sentence in reading.sentences:
        for match in _COUNT.finditer(sentence.text):
            around = sentence.text[max(0, match.start() - 60) : match.end() + 30]
            left = sentence.text[: match.start()]
            part = _SOME_OF.search(left) or _RANGE_OF.search(left)
            if (
                part
                or of_a_course(sentence.text, match)
                or _NOT_A_COUNT.search(around)
                or sentence.document.kind == "prior_auth_form"
            ):
                continue
            word = next(part for part in match.groups() if part).lower()
            number = int(word) if word.isdigit() else int(ordinals.get(word, 0))
            if number:
                yield Stated(
                    number, near_quote(sentence, match.start(), match.end()), sentence.segment.when, _weight(sentence),
                    sentence.document.id, around_of(sentence, match),
                )  # fmt: skip


def of_a_course(text: str, count: re.Match[str]) -> bool:
    """Whether it says how a course is counted ("BEAM and rescue (one plan, one line)", "induction and graft are one line")."""
    before = text[: count.start()]
    bare = len(count[0].split()) == 2
    return bare and (before.rfind("(") > before.rfind(")") or bool(_COUNTED_AS.search(before)))


def _weight(sentence: Sentence) -> int:
    carried = re.search(r"carried|copied|banner|imported|template", f"{sentence.text} {sentence.label}", re.IGNORECASE)
    draft = sentence.segment.signed is False
    return 0 if carried or draft or sentence.document.kind in _NURSING else 1


def prior_lines(lines: Sequence[TherapyLine], stated: Sequence[Stated]) -> Iterator[Fact]:
    """The derived count; an interval where every clinician who counts gets another number."""
    derived = len(lines)
    counted = [one for one in stated if one.weight]
    if not derived and not counted:
        return
    agreeing = [one for one in counted if one.number == derived]
    numbers = {one.number for one in counted}
    low = high = float(derived)
    note = "derived from every document"
    if counted and not agreeing:
        latest = max(counted, key=lambda one: one.when.last if one.when else date.min).number
        low, high = float(min(derived, latest)), float(max(derived, latest))
        note = f"the documents give {derived}, a clinician counts {latest}"
        if not derived:
            low = high = float(latest)
            note = "as stated; the documents do not show each line"
    spans = [
        *(one.span for one in (agreeing or counted)[:2]),
        *(quote for line in lines for quote in line.evidence[:1]),
    ]
    days = [line.end or line.start for line in lines if line.end or line.start] + [
        one.when for one in agreeing if one.when
    ]
    when = max((day for day in days if day), key=lambda day: day.last, default=None)
    yield Fact(
        "", "prior_lines", "present", tuple(spans), quantity=Quantity(low, high, "lines"), when=when,
        document=(agreeing or counted)[0].document if (agreeing or counted) else "", note=note,
        extra={"stated": ", ".join(map(str, sorted(numbers)))} if numbers else {},
    )  # fmt: skip


def counted_apart(reading: Reading, lines: Sequence[TherapyLine], twice: int) -> Iterator[Conflict]:
    """A stated count that differs from the derived one, against a statement that agrees or the first line's evidence.
    `twice` lines are another's course under a second name."""
    derived = max(len(lines) - twice, 0)
    stated = [*stated_counts(reading), *labelled_counts(reading)]
    explained = [one for one in stated if one.weight and how_counted().search(one.said)]
    number = explained[0].number if explained else derived
    # A line of which no paper gives a day may be one that was only spoken of: whoever counts without it is borne out.
    sure = {number, *([] if explained else [sum(bool(line.start or line.end) for line in lines)])}
    wrong = [one for one in stated if one.number not in sure]
    if not wrong or not derived:
        return
    right = explained or [one for one in stated if one.number == number and one.weight]
    weakest = min(wrong, key=lambda one: one.weight)
    right.sort(key=lambda one: one.span.file != weakest.span.file)
    beside = right[0].span if right else next((quote for line in lines for quote in line.evidence), None)
    if beside is None or (not right and (beside.file, beside.page) == (weakest.span.file, weakest.span.page)):
        return  # whoever counts on the page that tells the courses counted those: nobody says otherwise
    says = f"{number}: the treatments documented, one by one; a transplant within a line and maintenance are not counted apart"
    if explained and number != derived:
        says = f"{number}: the clinician says how the lines are counted; the documents name {derived} treatments"
    if not right and weakest.weight:
        says = f"not settled: the documents show {derived}, a clinician counts {weakest.number}; ask the treating clinician"
    yield Conflict("number of prior lines", weakest.span, beside, says)


def labelled_counts(reading: Reading) -> Iterator[Stated]:
    """ "Lines of therapy: 3 (...)", "s/p 3 regimens": a count behind or before its label, on forms and lists too."""
    for sentence in chain(reading.sentences, of_papers(reading)):
        for match in labels().finditer(sentence.text):
            word = next(part for part in match.groups() if part).lower()
            number = int(word) if word.isdigit() else int(load("treatment.yaml")["ordinals"].get(word, 0))
            clinician = sentence.document.kind in CLINICIANS and sentence.segment.signed is not False
            if number and not (
                _NOT_A_COUNT.search(sentence.text[match.start() : match.end() + BEHIND])
                or any(one.search(sentence.text[: match.start()]) for one in (_AT_LEAST, _RANGE_OF, _OF_A_STUDY))
                or goes_on(word, sentence.page.text[sentence.start + match.end() :][:4])
            ):
                quote = near_quote(sentence, match.start(), match.end())
                weight = _weight(sentence) if clinician and not is_paper(sentence.segment) else 0
                yield Stated(
                    number, quote, sentence.segment.when, weight, sentence.document.id, around_of(sentence, match)
                )


def is_of_others(stated: Stated) -> bool:
    """Whether the words around a count tell how many lines people have, or may have: a study, a label, a policy."""
    return bool(_NOT_A_COUNT.search(stated.said))


def around_of(sentence: Sentence, match: re.Match[str]) -> str:
    return sentence.text[max(0, match.start() - AROUND) : match.end() + AROUND]


def goes_on(word: str, behind: str) -> bool:
    """Whether the number is a range, a date or a dose, or the first one of a list."""
    return bool(re.match(r"\s?(?:[-/.]\d|\d|or\b|\+|mg|%)", behind) or (word == "1" and re.match(r"[.)] ?\w", behind)))


@cache
def labels() -> Expression:
    return Expression(loosen("|".join(load("claims.yaml")["counts"])), re.IGNORECASE)


@cache
def how_counted() -> Expression:
    return Expression(loosen("|".join(load("claims.yaml")["how_counted"])), re.IGNORECASE)
