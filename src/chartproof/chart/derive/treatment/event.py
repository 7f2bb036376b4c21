"""One statement on a course of treatment, as it is read and before anything is merged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from chartproof.model import DayRange, Span

#: The drug of a line whose cell product is not named.
CELLS = "CAR-T cells"


@dataclass(frozen=True, slots=True)
class Event:
    """One statement on a course of treatment.

    status    given, planned, absent (denied or never started), named (said without a word on giving)
    role      "", maintenance, or what keeps it from being a line (bridging, conditioning, ...)
    response  CR, CRi, VGPR, PR, MR, SD or PD; `deep` True where MRD was negative
    corrects  True where the words say that the response was this one and not another
    stop      progression, relapse, refractory, toxicity, completed or choice
    firm      3 where a stop verb carries the reason, 2 where it is said of the named treatment, 1 of the one meant
    line      the number that the text itself gives the line
    counted   True where its cycles are counted ("x6", "six cycles")
    days      the words with its first and last day, where `span` is too short for them
    place     where on its page the treatment is named
    rank      3 a record of what was given, 2 a clinician's note, 1 other, 0 a form for the payer
    """

    drugs: tuple[str, ...]
    status: str
    span: Span
    regimen: str = ""
    role: str = ""
    start: DayRange | None = None
    end: DayRange | None = None
    response: str = ""
    deep: bool = False
    response_when: DayRange | None = None
    stated_best: bool = False
    corrects: bool = False
    stop: str = ""
    stop_when: DayRange | None = None
    firm: int = 0
    line: int | None = None
    said: DayRange | None = None
    rank: int = 2
    kind: str = ""
    document: str = ""
    named: bool = True
    counted: bool = False
    place: int = 0
    days: Span | None = None


def by_days(current: Event, series: list[tuple[DayRange, str]]) -> Iterator[Event]:
    """One event for each response of a series; a progression among them is why the treatment ended."""
    bare = replace(current, status="given", start=None, end=None, stated_best=False, named=False, line=None)
    for day, name in series:
        if name == "PD":
            yield replace(bare, response="", response_when=None, stop="progression", stop_when=day, firm=1)
        else:
            yield replace(bare, response=name, deep=False, response_when=day, stop="", stop_when=None, firm=0)
