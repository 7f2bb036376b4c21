"""A patient's chart as read: documents, facts, coverage, lines of therapy, conflicts."""

from __future__ import annotations

from dataclasses import dataclass

from chartproof.model.day import DayRange
from chartproof.model.fact import Fact, Span
from chartproof.model.page import SourceFile


@dataclass(frozen=True, slots=True)
class Document:
    """A run of pages of one file that is one document.

    `kind` is an id of knowledge/vocabulary/documents.yaml. `belongs` is False for another person's pages and None where
    no identity is printed. `signed` is None where the kind is not one that is signed. `wrote` is payer, provider,
    patient or laboratory: what a payer wrote is not a chart fact. `set_aside` says why its words are no evidence of the
    patient's state; "" where they were searched.
    """

    id: str
    file: str
    first: int
    last: int
    kind: str
    title: str = ""
    when: DayRange | None = None
    author: str = ""
    signed: bool | None = None
    belongs: bool | None = None
    wrote: str = "provider"
    supersedes: str = ""
    set_aside: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The record says that it is complete for these concepts, so that silence about one of them is an answer."""

    concepts: tuple[str, ...]
    evidence: tuple[Span, ...]
    when: DayRange | None = None


@dataclass(frozen=True, slots=True)
class TherapyLine:
    line: int
    regimen: str
    drugs: tuple[str, ...]
    classes: tuple[str, ...] = ()
    start: DayRange | None = None
    end: DayRange | None = None
    best_response: str | None = None
    stop_reason: str | None = None
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two statements that a reviewer must see side by side; `right` says which one stands and why."""

    what: str
    a: Span
    b: Span
    right: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`others` are passages of the patient's own pages that speak of another person: covered wherever a page is sent."""

    files: tuple[SourceFile, ...]
    documents: tuple[Document, ...]
    facts: tuple[Fact, ...]
    coverage: tuple[Coverage, ...]
    lines: tuple[TherapyLine, ...]
    conflicts: tuple[Conflict, ...]
    others: tuple[Span, ...] = ()
