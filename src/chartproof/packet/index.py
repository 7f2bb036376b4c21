"""The index of exhibits and what each tab sheet says: data for packet.typ."""

from __future__ import annotations

from typing import Any

from chartproof.model import Finding, Review
from chartproof.packet.exhibits import LINK, Book, Exhibit, heading_of
from chartproof.packet.look import breakable, in_order, marks, prose_range, sentence


def index(review: Review, book: Book) -> list[dict[str, Any]]:
    """The index of exhibits, and what each tab sheet says."""
    says = {marks(review)[f.layer, f.id]: f for f in in_order(review)}
    return [_tab(exhibit, says) for exhibit in book.exhibits]


def _tab(exhibit: Exhibit, says: dict[str, Finding]) -> dict[str, Any]:
    document = exhibit.document
    sources = sorted({page.source for page in exhibit.pages})
    proves = [
        {"id": row, "says": sentence(says[row].says) if row in says else _other(row), "status": _status(says, row)}
        for row in exhibit.rows
    ]
    return {
        "letter": exhibit.letter,
        "page": 1,
        "title": exhibit.title,
        "date": prose_range(document.when) if document else "",
        "day": str(document.when) if document and document.when else "",
        "heading": heading_of(document) if heading_of(document) != exhibit.title else "",
        "file": breakable(exhibit.file),
        "count": len(exhibit.pages),
        "pages": "text, no page layout" if exhibit.typeset else "p. " + runs(sources) + f" of {exhibit.source_pages}",
        "covers": exhibit.covers,
        "proves": [row for row in proves if row["status"] != "missing"],
        "open": [row for row in proves if row["status"] == "missing"],
        "rows": short_rows(exhibit.rows),
        "link": f"{LINK}{exhibit.letter}/0",
    }


def short_rows(rows: tuple[str, ...]) -> str:
    """The rows in few words: 'DOC.D, L3, lines 1, 2, reasons 1-5'."""
    plain = [row for row in rows if " " not in row and row != "center"]
    for word in ("line", "reason"):
        numbers = sorted(int(row.split()[1]) for row in rows if row.startswith(word + " "))
        if numbers:
            plain.append(f"{word}{'s' if len(numbers) > 1 else ''}\u00a0{runs(numbers)}")
    if "center" in rows:
        plain.append("treating center")
    return ", ".join(plain)


def _status(says: dict[str, Finding], row: str) -> str | None:
    return says[row].status if row in says else None


def _other(row: str) -> str:
    kind, _, number = row.partition(" ")
    words = {
        "line": f"Line {number} of the treatment history",
        "reason": f"Reason {number} of the denial, as printed",
        "center": "The treating center's own statement",
    }
    return words.get(kind, row)


def runs(numbers: list[int]) -> str:
    """[1, 2, 3, 7] as '1-3, 7'."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)
