"""Builders: a note, a printed table with places, or entries, as the Reading that finders get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from chartproof.chart.sort import reading
from chartproof.chart.tables import read_table
from chartproof.chart.view import Reading, Segment, sentences
from chartproof.model import Box, Case, Code, DayRange, Document, Entry, Page, Patient, SourceFile, Word

CASE = Case(as_of=date(2026, 6, 15), patient=Patient(name="Aurelia Finch", born=date(1961, 4, 2), mrn="A-100"))
WIDE = 6.0


def note(text: str, *, kind: str = "clinic_note", day: str | None = "2026-06-10", signed: bool = True) -> Reading:
    """One page without places, all of one day."""
    return of_page(Page("note.txt", 1, text), kind=kind, day=day, signed=signed)


def printed(text: str, *, kind: str = "lab_report", day: str | None = "2026-06-10") -> Reading:
    """One page whose words have boxes as in a typewriter's print; runs of blanks are gaps on the paper, not in the text."""
    words: list[Word] = []
    out = ""
    for row, line in enumerate(text.split("\n")):
        column = 0
        for piece in line.split(" "):
            if piece:
                out += " " if out and not out.endswith("\n") else ""
                box = Box(column * WIDE, row * 12.0, (column + len(piece)) * WIDE, row * 12.0 + 10)
                words.append(Word(piece, len(out), len(out) + len(piece), box))
                out += piece
            column += len(piece) + 1
        out += "\n"
    return of_page(Page("print.pdf", 1, out, tuple(words), 612, 792), kind=kind, day=day)


def of_page(page: Page, *, kind: str, day: str | None, signed: bool = True) -> Reading:
    when = DayRange.day(date.fromisoformat(day)) if day else None
    document = Document("D001", page.file, 1, 1, kind, when=when, signed=signed)
    segment = Segment(document, page, 0, len(page.text), when, signed)
    file = SourceFile(page.file, "0" * 64, "pdf" if page.words else "text", (page,))
    return Reading((file,), (document,), (segment,), tuple(sentences(segment)))


def coded(rows: Sequence[dict[str, object]]) -> Reading:
    """A FHIR-like file of one entry a row: label, value, unit, when, status, kind, loinc, note."""
    text, entries = "", []
    for row in rows:
        line = f"{row['label']}: {row.get('value', '')} {row.get('unit', '')}".strip()
        start = len(text)
        text += line + "\n"
        value = row.get("value")
        number = float(value) if isinstance(value, int | float) else None
        entries.append(
            Entry(
                row.get("kind", "observation"),  # type: ignore[arg-type]
                str(row["label"]),
                start,
                start + len(line),
                codes=(Code("loinc", str(row["loinc"])),) if "loinc" in row else (),
                value=number if number is not None else (str(value) if value is not None else None),
                low=number,
                high=number,
                unit=str(row.get("unit", "")),
                when=DayRange.day(date.fromisoformat(str(row["when"]))) if "when" in row else None,
                status=str(row.get("status", "final")),
                extra={"note": str(row["note"])} if "note" in row else {},
            )
        )
    page = Page("export.json", 1, text, read="structured")
    file = SourceFile("export.json", "0" * 64, "json", (page,), tuple(entries), "structured")
    found = reading([file], CASE)
    return replace(found, documents=tuple(replace(document, belongs=True) for document in found.documents))


def exported(text: str) -> Reading:
    """A delimited export of this patient's, read as the folder's reader does."""
    found = reading([read_table("export.csv", text.encode(), "0" * 64)], CASE)
    return replace(found, documents=tuple(replace(document, belongs=True) for document in found.documents))
