"""Several notes, each of its own kind, day and signature, as one Reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from chartproof.chart.view import Reading, Segment, sentences
from chartproof.model import Case, DayRange, Document, Page, Patient, SourceFile


def folder(notes: Sequence[Mapping[str, object]]) -> Reading:
    """Each note: text, kind (clinic_note), day (2026-06-10 or null), signed (true).

    A form feed in the text begins the next page.
    """
    files, documents, segments = [], [], []
    for number, row in enumerate(notes, 1):
        texts = str(row["text"]).split("\f")
        pages = tuple(Page(f"note-{number}.txt", i, text) for i, text in enumerate(texts, 1))
        page = pages[0]
        day = row.get("day", "2026-06-10")
        when = DayRange.day(date.fromisoformat(str(day))) if day else None
        signed = None if row.get("signed", True) is None else bool(row.get("signed", True))
        document = Document(
            f"D{number:03d}", page.file, 1, len(pages), str(row.get("kind", "clinic_note")), when=when, signed=signed
        )
        files.append(SourceFile(page.file, "0" * 64, "text", pages))
        documents.append(document)
        segments += [Segment(document, page, 0, len(page.text), when, signed) for page in pages]
    return Reading(
        tuple(files), tuple(documents), tuple(segments), tuple(s for segment in segments for s in sentences(segment))
    )


def case(row: Mapping[str, object]) -> Case:
    """The case of a vector: born and sex where it names them, asked on 15 June 2026."""
    born = date.fromisoformat(str(row.get("born", "1961-04-02")))
    return Case(as_of=date(2026, 6, 15), patient=Patient(name="Aurelia Finch", born=born, sex=str(row.get("sex", ""))))
