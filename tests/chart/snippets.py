"""Small readings from invented text, for tests of finders."""

from __future__ import annotations

from datetime import date

from chartproof.chart.kinds import is_evidence
from chartproof.chart.segments import segments_of
from chartproof.chart.sort import own_sentences
from chartproof.chart.split import Piece
from chartproof.chart.view import Reading
from chartproof.model import Case, DayRange, Document, Page, Patient, SourceFile

AS_OF = date(2026, 6, 15)
CASE = Case(
    as_of=AS_OF, drug="Tecartus", patient=Patient(name="Nadia Q. Ferrone", born=date(1960, 3, 9), mrn="5550123")
)


def reading_of(
    text: str,
    kind: str = "clinic_note",
    *,
    day: str = "2026-06-01",
    signed: bool | None = True,
    structured: bool = False,
) -> Reading:
    """One document of one page, of one kind, written on `day`; `structured` where it is an export of entries."""
    page = Page("note.txt", 1, text, read="structured" if structured else "text")
    source = SourceFile("note.txt", "0" * 64, "text", (page,))
    when = DayRange.day(date.fromisoformat(day)) if day else None
    document = Document("D001", "note.txt", 1, 1, kind, when=when, signed=signed, belongs=True)
    segments = tuple(segments_of(document, [Piece(page, 0, len(text))], AS_OF))
    usable = [segment for segment in segments if is_evidence(segment.document)]
    return Reading((source,), (document,), segments, tuple(own_sentences(usable, CASE.patient)))
