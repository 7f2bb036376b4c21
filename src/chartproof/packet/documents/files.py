"""The documents as files: each in Word and in PDF from one tree, and the call sheet in Word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from chartproof.errors import EvidenceError
from chartproof.model import Review
from chartproof.packet import tree
from chartproof.packet.documents.registry import PREFIX, documents_for
from chartproof.packet.documents.words import lawful
from chartproof.packet.doubtful import crops
from chartproof.packet.exhibits import Book
from chartproof.packet.letter_docx import letter_docx
from chartproof.packet.lint import check_letter
from chartproof.packet.table import Purpose, patient_name
from chartproof.packet.tree import Letter, foot_of
from chartproof.packet.typeset import compile_pdf


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a case as bytes, by file name; `left_out` has a title and the reason for each that is not there."""

    files: Mapping[str, bytes]
    left_out: tuple[str, ...] = ()


def document_files(
    review: Review,
    book: Book,
    purpose: Purpose,
    *,
    folder: Path,
    asked: tuple[str, ...] = (),
    stamp: datetime | None = None,
) -> Documents:
    """The documents that the case has; the same review and stamp give the same bytes.

    `folder` holds the case's own files, for the crops of scanned words. A document that would hold what nothing proves
    (CP-EVID-05) is left out: the letter and the others stand without it.
    """
    known = lawful(review)
    files: dict[str, bytes] = {}
    left_out = []
    for document in documents_for(review, purpose, asked):
        letter = document.build(review, book, purpose)
        try:
            check_letter(letter, known, book)
        except EvidenceError as error:
            left_out.append(f"{letter.title} ({error.what})")
            continue
        shown = crops(review, (run.look for block in letter.blocks for run in block.runs if run.look), folder)
        files[f"{PREFIX}{document.name}.docx"] = letter_docx(letter, stamp=stamp, pictures=shown)
        data = alone(review, letter) | {"letter": tree.data(letter, shown)}
        files[f"{PREFIX}{document.name}.pdf"] = on_few_pages(data, stamp)
    return Documents(files, tuple(left_out))


def on_few_pages(data: Mapping[str, Any], stamp: datetime | None) -> bytes:
    """The document as a PDF; set closer where that saves a page, so that no page holds only a few last lines."""
    usual = compile_pdf("letter_alone.typ", data, stamp=stamp)
    pages = _pages(usual)
    if pages == 1:
        return usual
    closer = compile_pdf("letter_alone.typ", {**data, "closer": True}, stamp=stamp)
    return closer if _pages(closer) < pages else usual


def _pages(pdf: bytes) -> int:
    return len(pdfium.PdfDocument(pdf))


def alone(review: Review, letter: Letter) -> dict[str, Any]:
    """What letter_alone.typ sets: one letter by itself."""
    return {"letter": tree.data(letter), "patient": patient_name(review), "footer": foot_of(letter)}
