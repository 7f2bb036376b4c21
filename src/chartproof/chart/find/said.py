"""Small helpers that the disease and treatment finders share: quotes, sections, days that have passed, facts."""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache

from chartproof.chart.dates import find_dates
from chartproof.chart.find.ago import relative_dates
from chartproof.chart.find.dating import said_on
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, Case, DayRange, Fact, Quantity, Span

_RISK = re.compile(r"\brisk|\bbenefit|\bhazard|why treat|education|background reading|literature", re.IGNORECASE)
WORDS_IN_QUOTE = 20


@cache
def loosen(pattern: str) -> str:
    """The pattern with each blank matching any run of white space, as lines break anywhere; look-behinds stay as they are."""
    parts = re.split(r"(\(\?<[!=][^)]*\)|\[[^\]]*\])", pattern)
    out = []
    for index, part in enumerate(parts):
        out.append(part if index % 2 else part.replace(" ?", r"\s*").replace(" ", r"\s+"))
    return "".join(out)


@cache
def plan_sections() -> Expression:
    return Expression("|".join(rf"(?:{cue})" for cue in load("treatment.yaml")["plan_sections"]), re.IGNORECASE)


#: Words that a lead-in has at the most.
TITLE_WORDS = 5


def section_is(sentence: Sentence, what: str) -> bool:
    """Whether the sentence stands under a heading or lead-in of that sort: "plan" (wishes, choices) or "risk"."""
    pattern = _RISK if what == "risk" else plan_sections()
    told = len(sentence.label.split()) > TITLE_WORDS or re.search(r"\d/\d", sentence.label)
    own = "" if told else sentence.label.strip()  # "Drug turned down by plan pharmacy on 6/2." is a sentence, no title
    return bool(pattern.search(own) or (pattern.search(sentence.heading.strip())))


#: At the end of a row of a checklist: its mark, with the initials and the day of whoever checked it; not the row's words.
CHECKED_OFF = re.compile(
    r"\s+[\[(]?[xX\u2713\u2714\u2612\u2611][\])]?(?=\s+\S)(?:\s+[A-Z]{2,3})?(?:\s+\d{1,2}/\d{1,2}(?:/(?:20)?\d\d)?)?\s*$"
)


#: Words of a sentence's beginning for which a quote may be that much longer.
FEW = 2


def near_quote(sentence: Sentence, start: int, end: int, *, words: int = WORDS_IN_QUOTE) -> Span:
    """A quote of about `words` words around [start, end): the clause if it fits, else words around the mention.

    It is longer by up to `FEW` where only so many stand before it in its clause.
    """
    text = sentence.text
    tokens = [match.span() for match in re.finditer(r"\S+", text)]
    inside = [index for index, (a, b) in enumerate(tokens) if a < end and start < b]
    if not inside or len(tokens) <= words:
        checked = CHECKED_OFF.search(text, end)
        return sentence.span(0, checked.start() if checked else None)
    first, last = inside[0], inside[-1]
    turn = 0
    while last - first + 1 < words:
        more_left = first > 0 and text[tokens[first - 1][1] - 1] not in ".;"
        more_right = last < len(tokens) - 1 and text[tokens[last][1] - 1] not in ".;"
        if not more_left and not more_right:
            break
        if more_right and (turn % 2 == 0 or not more_left):
            last += 1
        else:
            first -= 1
        turn += 1
    last = min(last, first + words - 1)
    if 0 < first <= FEW and not re.search(r"[.;]", text[: tokens[first][0]]):
        first = 0  # a clause that lacks its first words reads as torn
    return sentence.span(tokens[first][0], tokens[last][1])


#: A result beside a date, or a signature's date, shows that the words were written no earlier.
_RESULT = re.compile(
    r"\b(?:[Rr]elapsed?|[Rr]ecurr(?:ed|ence)|[Pp]rogress(?:ed|ion)|(?:[Cc]omplete|[Pp]artial) (?:metabolic )?(?:remission|response)|s?CR|VGPR|PR|CMR|PMR|PD"
    r"|stopped|discontinued|completed|died)\b"
)
_AHEAD = re.compile(r"\b(?:plan\w*|schedul\w*|expect\w*|next|due|will|would|should|if|until|before|by|target\w*|to be)\b", re.IGNORECASE)  # fmt: skip
_SIGNED = re.compile(r"\b(?:MD|M\.D\.|DO|NP|PA-C|APRN|MBBS)\b,?\s+(?:electronically )?(?:signed )?(?:on )?$")


@lru_cache(maxsize=4096)
def _told_until(text: str) -> date | None:
    """The last day of which the words tell a result, or on which they were signed."""
    days = []
    for left, right, day in find_dates(text):
        line = max(text.rfind("\n", 0, left), text.rfind(". ", 0, left), text.rfind(";", 0, left)) + 1
        before, after = text[max(line, left - 40) : left], re.split(r"[\n.;]", text[right : right + 20])[0]
        around = f"{before} {after}"
        if day.exact and (_SIGNED.search(before) or (_RESULT.search(around) and not _AHEAD.search(around))):
            days.append(day.first)
    return max(days, default=None)


def written_by(sentence: Sentence, case: Case) -> date:
    """The last day on which the words can have been written: what lies behind it was still to come.

    The day of a page may be misread, or be that of an admission: results and the signature tell of a later one.
    """
    segment = sentence.segment
    if segment.when is None or sentence.document.kind == "discharge_summary":
        return case.as_of
    told = _told_until(segment.page.text[segment.start : segment.end])
    return min(max(segment.when.last, told or date.min), case.as_of)


def past_day(sentence: Sentence, case: Case, start: int, end: int) -> DayRange | None:
    """The mention's own day, before the day of writing (or the as-of day): right behind it, right before it ("1/14/2020
    Autologous transplant"), or within 45 characters behind it."""
    limit = written_by(sentence, case)
    told = relative_dates(sentence.text, said_on(sentence.segment))
    dates = sorted([*find_dates(sentence.text, years=True), *told], key=lambda one: one[:2])
    dates = [one for one in dates if one[2].first <= limit]
    behind = [one for one in dates if 0 <= one[0] - end <= 45 and "." not in sentence.text[end : one[0]]]
    ahead = [
        one for one in dates if 0 <= start - one[1] <= 3 and not re.search(r"[\w.,;]", sentence.text[one[1] : start])
    ]
    if ahead and not (behind and behind[0][0] - end <= 2):
        return ahead[-1][2]
    return behind[0][2] if behind else None


def fact_of(
    sentence: Sentence,
    concept: str,
    said: Assertion,
    quote: Span,
    *,
    when: DayRange | None = None,
    value: str | None = None,
    quantity: Quantity | None = None,
    note: str = "",
    extra: dict[str, str] | None = None,
) -> Fact:
    """A fact that a sentence states, with what its segment says of signature and authorship."""
    segment = sentence.segment
    return Fact(
        id="",
        concept=concept,
        assertion=said,
        evidence=(quote,),
        value=value,
        quantity=quantity,
        when=when,
        known=segment.when,
        signed=segment.signed is not False,
        rank=2 if segment.addendum else 1,
        document=segment.document.id,
        note=note,
        extra=extra or {},
    )
