"""A document that would spill a few lines onto another page is set closer; one that fits, or needs the page, is not."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
import pytest

from chartproof.packet import tree
from chartproof.packet.documents.files import on_few_pages
from chartproof.packet.tree import Letter, heading, item
from chartproof.packet.typeset import compile_pdf


def _data(rights: int) -> dict[str, object]:
    """A sheet in large type with that many lines below its heading."""
    blocks = (heading("Your rights"), *(item(f"You may ask for paper number {number}.") for number in range(rights)))
    letter = Letter("The plan said no", (), (("For", "Ann Lee"),), "", blocks, "", "", draft=False, form="page")
    return {"letter": tree.data(letter), "patient": "Ann Lee", "footer": "Page"}


def _pages(pdf: bytes) -> int:
    return len(pdfium.PdfDocument(io.BytesIO(pdf)))


@pytest.mark.parametrize(("rights", "usual", "closer"), [(10, 1, 1), (34, 2, 1), (44, 2, 1)])
def test_pages_that_closer_setting_saves(rights: int, usual: int, closer: int) -> None:
    data = _data(rights)
    assert _pages(compile_pdf("letter_alone.typ", data)) == usual
    assert _pages(on_few_pages(data, None)) == closer


def test_a_document_that_needs_its_pages_keeps_the_usual_setting() -> None:
    data = _data(52)
    assert on_few_pages(data, None) == compile_pdf("letter_alone.typ", data)
