"""The day of a transplant where it is not printed beside its name: a count of days since, a field beside its type.

A count is of the day on which it was written, give or take a few days ("the day-60 visit" is seldom on day 60). It never
makes a transplant look long past on the strength of one document's date, which may be misread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from chartproof.chart.context import about_another, conditional
from chartproof.chart.dates import find_dates
from chartproof.chart.find.said import loosen, written_by
from chartproof.chart.find.transplant.words import clause_before, cue, named
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Case, DayRange

KINDS = ("allogeneic_transplant", "autologous_transplant")
#: By how many days a count may miss the day, by its unit.
SPREAD = {"day": 3, "week": 7, "month": 31}
LENGTH = {"day": 1, "week": 7, "month": 30}
#: A count lower than this that leads further back than this says only that it was done.
LONG_PAST = 180
#: Without one of these there is no count; the expression of counts is slow.
_WORTH = re.compile(r"\b(?:day|D|T) ?\+? ?\d|\d (?:days?|weeks?|months?)\b", re.IGNORECASE)
_DAY_ZERO = re.compile(
    r"\b(?:day 0|day zero|D-?0|date of (?:transplant|HCT|HSCT|SCT|BMT|infusion)|(?:transplant|HCT|HSCT|SCT|BMT) date|transplanted on)\b[^\w\n]*",
    re.IGNORECASE,
)
_TO_COME = re.compile(r"\b(?:plan\w*|propos\w*|target\w*|tentative\w*|schedul\w*|expect\w*|anticipat\w*|cancel\w*|postpon\w*|donor's)\b", re.I)  # fmt: skip
_ORGAN = re.compile(r"\b(?:kidney|renal|liver|heart|lung|organ|corneal?|f(?:a)?ecal|hair|skin|islet)\b\W*(?:transplant\w*)?$", re.I)  # fmt: skip
_EVENT = re.compile(r"\b(?:until|through|from|to)\b", re.IGNORECASE)
_DONOR_FIELD = re.compile(
    r"^\W*(?:stem cell )?donor(?: type| source)?\b\W{1,4}(?P<who>[^\n]{2,80})$|^\W*(?:(?:transplant|HS?CT|SCT|BMT|graft)[ -])?(?:type|kind|graft|source)(?: of (?:transplant|graft|HCT))?\b[^\w\n]+(?P<type>(?:allo|auto)\w*)",
    re.IGNORECASE,
)
_NO_DONOR = re.compile(r"\b(?:none|no\b|search\w*|pending|identified|potential|possible|available|typed|typing|backup|candidate|n/?a)\b", re.I)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """ "Day 87 after transplant": [start, end) of the words, `kind` "" where the transplant's is not named, and its day."""

    start: int
    end: int
    kind: str
    day: DayRange | None


def counts(sentence: Sentence, case: Case) -> Iterator[Count]:
    """Counts since a transplant of this patient's that the sentence gives for its own day; never day 0 or below."""
    text = sentence.text
    for match in _since().finditer(text) if _WORTH.search(text) else ():
        yield from _count(sentence, match, case)


def _count(sentence: Sentence, match: re.Match[str], case: Case) -> Iterator[Count]:
    text = sentence.text
    left = clause_before(text, match.start())
    number = int(match["n"] or match["p"] or match["m"] or match["k"])
    if _ORGAN.search(text[: match.start()]) or _ORGAN.search(match[0]):
        return
    another = about_another(sentence, match.start(), left) or conditional(sentence, match.start())
    if (
        another
        or not number
        or _TO_COME.search(left)
        or _TO_COME.match(text[match.end() :].lstrip())
        or cue("to_wait").search(text[: match.start()])
    ):
        return
    if cue("others").search(left) or not _of_the_writing(left, text[match.end() :]):
        return
    unit = match["unit"].lower().rstrip("s") if match["out"] else "day"
    yield Count(match.start(), match.end(), _kind_in(match[0]), _back(sentence.segment.when, number, unit, case))


def _of_the_writing(left: str, right: str) -> bool:
    """Whether the count is of the day of writing: it opens the clause or follows "now"; no event is told beside it."""
    if cue("count_of_event", shape=r"^\W{0,3}{}").match(right):
        return False
    if cue("count_opens", shape=r"{}\W*$").search(left) or not left.strip(" -+\u2022*#"):
        return True
    return bool(re.search(r"[:|(,]\W*$", left)) and not _EVENT.search(left) and not cue("count_of_event").search(left)


@cache
def _since() -> Expression:
    """ "day 60 after ...", "D+80 of ...", "transplant day 87", "3 months out from ..."."""
    words = load("transplants.yaml")
    graft = f"(?:{'|'.join([*words['allogeneic_transplant'], *words['autologous_transplant'], words['graft'], *words['counted']])})"
    graft = graft.replace("{graft}", f"(?:{words['graft']})")
    gap = r"(?:his |her |the |an? )?(?:(?!\w*'s\b)[\w/%-]+ ){0,4}?"
    return Expression(
        loosen(
            rf"(?P<after>(?<![\w-])(?:(?:day|D|T) ?\+? ?(?P<n>\d{{1,3}}),? (?:after|post|from|since|following|of|s/p|status post|out from)[- ]{gap}|(?:day|D|T) ?\+ ?(?P<p>\d{{1,3}}),? ){graft}(?!\w))"
            rf"|(?P<before>(?<![\w-])(?:post[- ])?{graft}[:,]? (?:is |at |now )?(?:day|D):? ?\+? ?(?P<m>\d{{1,3}})\b(?![/-]| (?:summary|report|records?|letter|note)\b))"
            rf"|(?P<out>(?<![\w.-])(?P<k>\d{{1,3}}) (?P<unit>days?|weeks?|months?)(?: out)? (?:after|from|post|since|following|s/p)[- ]{gap}{graft}(?!\w))"
        ),
        re.IGNORECASE,
    )


def _kind_in(words: str) -> str:
    for kind in KINDS:
        weak = "|".join(load("transplants.yaml")["weak"][kind])
        if named(kind).search(words) or re.search(rf"(?<![\w-])(?:{loosen(weak)})", words, re.IGNORECASE):
            return kind
    return ""


def _back(written: DayRange | None, number: int, unit: str, case: Case) -> DayRange | None:
    """The day that lies `number` units before the day of writing; None where that is not known or not to be trusted."""
    if written is None or not written.exact:
        return None
    past = number * LENGTH[unit]
    day = written.first - timedelta(days=past)
    spread = timedelta(days=SPREAD[unit])
    if past < LONG_PAST < (case.as_of - day).days:
        return None
    return DayRange(day - spread, min(day + spread, written.first))


class Fields:
    """Day 0 in a row or field of its own; the kind is told in it, in a row beside it, or earlier on the page."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, int], str] = {}

    def day_zero(self, sentence: Sentence, case: Case) -> tuple[str, int, int, DayRange] | None:
        """Kind, [start, end) and day of a transplant that was done; None where the sentence gives none."""
        where = (sentence.document.id, sentence.page.number)
        for kind in KINDS:
            if named(kind).search(sentence.text):
                self._kinds.setdefault(where, kind)
        donor = _donor_kind(sentence)
        if donor:
            self._kinds.setdefault(where, donor)
        match = _DAY_ZERO.search(sentence.text)
        if not match or _TO_COME.search(clause_before(sentence.text, match.start())):
            return None
        for left, right, day in find_dates(sentence.text):
            if not 0 <= left - match.end() <= 4 or day.first > written_by(sentence, case):
                continue
            beside = re.match(r"\W{0,3}(?P<kind>(?:allo|auto)\w*)\W{0,2}(?P<rest>[^.;]{0,30})", sentence.text[right:], re.IGNORECASE)  # fmt: skip
            if _TO_COME.search(sentence.text[right : right + 30]):
                return None
            kind = self._kinds.get(where, "")
            source = re.match(
                r"\W{0,3}(?:cord(?: blood)?|haplo\w*|MUD|MMUD|MSD|MRD donor|(?:un)?related donor|sibling)\b",
                sentence.text[right:],
                re.IGNORECASE,
            )
            kind = KINDS[0] if source else kind
            if beside:
                kind = KINDS[0] if beside["kind"].lower().startswith("allo") else KINDS[1]
                right += beside.end("kind") + (sentence.text[right + beside.end("kind") :][:1] == ")")
            return (kind, match.start(), right, day) if kind else None
        return None


def _donor_kind(sentence: Sentence) -> str:
    """The kind that a row "Donor: brother" or "Type: autologous" of a transplant's own record tells."""
    match = _DONOR_FIELD.match(sentence.text)
    if not match or not re.search(r"transplant|\bBMT\b|\bHS?CT\b", sentence.page.text[:600], re.IGNORECASE):
        return ""
    if match["type"]:
        return KINDS[0] if match["type"].lower().startswith("allo") else KINDS[1]
    if _NO_DONOR.search(match["who"]):
        return ""
    if re.search(r"\bself\b|\bauto\w*|\bown\b", match["who"], re.IGNORECASE):
        return KINDS[1]
    return KINDS[0] if re.search(r"brother|sister|sibling|related|haplo|MUD\b|MSD\b|cord|HLA|\bson\b|daughter|mother|father|matched", match["who"], re.IGNORECASE) else ""  # fmt: skip
