"""The disease's code as one paper gives it, beside another code of the same disease: its last character tells its state.

C90.01 is a myeloma in remission and C90.02 one in relapse; a code with fewer characters says less and contradicts none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from chartproof.chart.derive.claimed.papers import of_logs, of_papers
from chartproof.chart.derive.told.telling import source_of
from chartproof.chart.derive.told.tellings import of_the_plan
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Span

CLINICIANS = ("clinician", "committee")
#: Papers whose older code was that of its day.
STRONG = ("report", "record", *CLINICIANS)
#: Words before a code that take it back.
WRONG = re.compile(
    r"\b(?:wrong|incorrect\w*|mistak\w+|in error|erroneous\w*|mis-?typed|not)\b[^.;]{0,30}$", re.IGNORECASE
)
#: Codes of lymphomas, myelomas and leukemias; a scan reads 0 as O.
CODE = re.compile(r"\b(?P<disease>C(?:8[1-8]|9[0-6]))\.(?P<rest>[\dOA][\dO]?)(?!\w|\.\d)")


@dataclass(frozen=True, slots=True)
class Coded:
    disease: str
    rest: str
    quote: Span
    source: str
    day: date
    document: str


def codes_apart(reading: Reading, asked: date) -> Iterator[Conflict]:
    """The newest clinician's code, else the newest one, against each paper with another code of that disease."""
    told: dict[str, list[Coded]] = {}
    for one in coded(reading, asked):
        told.setdefault(one.disease, []).append(one)
    order = load("contradictions.yaml")["order"]
    for known in told.values():
        best = max(known, key=lambda one: (one.source in CLINICIANS, one.day, -order.index(one.source)))
        knows = {one.document for one in known if agree(one.rest, best.rest)}
        shown: set[str] = set()
        for other in known:
            if other.source not in STRONG and other.document not in knows | shown and not agree(other.rest, best.rest):
                shown.add(other.document)
                yield Conflict("diagnosis code", other.quote, best.quote, right(best, other))


def right(best: Coded, other: Coded) -> str:
    if best.source in CLINICIANS:
        return (
            f"{best.disease}.{best.rest}: the treating clinician's code of {best.day}; correct the paper with the other"
        )
    return f"not settled: {best.disease}.{best.rest} or {other.disease}.{other.rest}; ask the treating clinician"


def agree(one: str, other: str) -> bool:
    """Whether one code is the other, or says less of the same."""
    return one.startswith(other) or other.startswith(one) or unspecified(one) or unspecified(other)


def unspecified(rest: str) -> bool:
    """Whether the code leaves the kind of the disease open."""
    return rest[0] == "9"


def coded(reading: Reading, asked: date) -> Iterator[Coded]:
    for sentence in chain(reading.sentences, of_papers(reading), of_logs(reading), of_the_plan(reading)):
        when = sentence.segment.when
        if when and when.first > asked:
            continue
        for match in CODE.finditer(sentence.text):
            if WRONG.search(sentence.text[: match.start()]):
                continue
            source = source_of(sentence.document, sentence.segment.signed)
            quote = near_quote(sentence, *match.span())
            rest = match["rest"].replace("O", "0")
            day = when.last if when else date.min
            yield Coded(match["disease"], rest, quote, source, day, sentence.document.id)
