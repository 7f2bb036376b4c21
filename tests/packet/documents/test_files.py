"""The files: Word and PDF carry the same words, tagged and titled, with bytes that repeat."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pypdfium2 as pdfium
import pytest
from docx.table import Table

from chartproof.packet.documents import file_request, registry
from chartproof.packet.documents.registry import PREFIX
from chartproof.packet.package import make_package, write_packet
from chartproof.packet.tree import Letter, para
from packet.documents.conftest import letters, plan_review
from packet.invented import Made


@pytest.fixture(scope="module", params=[("commercial_insured", "NY"), ("medicare_advantage", "NY"), ("medicaid_mco", "OH")],
                ids=lambda plan: plan[0])  # fmt: skip
def files(request: pytest.FixtureRequest, made: Made) -> Any:
    review = plan_review(made.review, *request.param, child=request.param[0] == "medicaid_mco")
    return review, make_package(review, folder=made.folder).files


def _words(told: str) -> str:
    """Letters and figures only: media differ in bullets, in quotation of lines to write on, and in where lines break."""
    return re.sub(r"[\W_]+", "", told)


def _docx(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    told: list[str] = []
    for part in document.iter_inner_content():
        cells = [cell.text for line in part.rows for cell in line.cells] if isinstance(part, Table) else [part.text]
        told += cells
    return "\n".join(told)


def _pdf(content: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(content))


def test_each_document_is_written_in_both_and_says_the_same(files: Any) -> None:
    review, written = files
    for name, letter in letters(review).items():
        word, page = (
            _words(_read(written[f"{PREFIX}{name}.{kind}"])) for kind, _read in (("docx", _docx), ("pdf", _pdf))
        )
        wanted = [letter.title, *letter.addressee, *letter.before, letter.salutation, letter.enclosures]
        wanted += [part for pair in letter.reference for part in pair]
        wanted += [str(run) for block in letter.blocks for run in block.runs]
        for words in filter(None, map(_words, wanted)):
            assert words in word, name
            assert words in page.replace(_words("prepared with chartproof; a clinician must review and sign"), ""), name


def test_pages_are_tagged_titled_and_in_english(files: Any) -> None:
    _, written = files
    for name, content in written.items():
        if name.endswith(".pdf"):
            pdf = pikepdf.open(io.BytesIO(content))
            assert "/StructTreeRoot" in pdf.Root, name
            assert str(pdf.Root.Lang) == "en-US", name
            assert str(pdf.docinfo["/Title"]).strip(), name
        elif name.endswith(".docx"):
            core = docx.Document(io.BytesIO(content)).core_properties
            assert core.title and core.language == "en-US", name


def test_no_word_file_reaches_out_or_runs_anything(files: Any) -> None:
    _, written = files
    looked_at = 0
    for name, content in written.items():
        if not name.endswith(".docx"):
            continue
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {part: archive.read(part) for part in archive.namelist()}
        looked_at += 1
        assert not [
            part for part in parts if "vba" in part.lower() or "embeddings" in part or part.startswith(("/", ".."))
        ]
        for part, data in parts.items():
            if part.endswith(".rels"):
                assert b"External" not in data, (name, part)
            fields = {b"".join(one) for one in re.findall(rb"<w:instrText[^>]*>([^<]*)<|w:instr=\"([^\"]*)\"", data)}
            assert fields <= {b"PAGE"}, (name, part)
            assert b"altChunk" not in data and b"attachedTemplate" not in data, (name, part)
    assert looked_at > 3


def test_the_same_review_and_moment_give_the_same_bytes(made: Made) -> None:
    review = plan_review(made.review, "self_funded_erisa", "OH")
    stamp = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    first, second = (make_package(review, folder=made.folder, stamp=stamp).files for _ in range(2))
    assert first == second


def test_a_document_that_nothing_calls_for_is_written_when_it_is_asked_for(made: Made) -> None:
    review = plan_review(made.review, "commercial_insured", "NY")
    plain = make_package(review, folder=made.folder).files
    asked = make_package(review, folder=made.folder, asked=("network-exception",)).files
    assert set(asked) - set(plain) == {f"{PREFIX}network-exception.docx", f"{PREFIX}network-exception.pdf"}


def test_no_page_is_empty_and_the_patients_page_is_one_sheet(files: Any) -> None:
    _, written = files
    for name, content in written.items():
        if name.startswith(PREFIX) and name.endswith(".pdf"):
            pages = [page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(content)]
            assert all(len(_words(page)) > 120 for page in pages), (name, pages[-1])
            assert len(pages) <= 3
    assert len(pdfium.PdfDocument(written[f"{PREFIX}patient-page.pdf"])) <= 2
    assert len(pdfium.PdfDocument(written[f"{PREFIX}representative.pdf"])) == 1


def test_the_call_sheet_is_in_word_too(files: Any) -> None:
    _, written = files
    word, page = _words(_docx(written["call-sheet.docx"])), _pdf(written["call-sheet.pdf"])
    for heading in ("Three points", "Likely questions", "Do not claim"):
        assert _words(heading) in word and heading in page
    for exhibit in set(re.findall(r"Exhibit [A-Z]+, p\. \d+", " ".join(page.split()))):
        assert _words(exhibit) in word


def test_a_document_with_an_unproven_sentence_is_left_out_and_the_rest_is_written(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = plan_review(made.review, "commercial_insured", "NY")
    build = file_request.build

    def invented(*given: Any) -> Letter:
        letter = build(*given)
        return replace(letter, blocks=(*letter.blocks, para("The plan owes 12 weeks.", source=("case:",))))

    changed = tuple(replace(one, build=invented) if one.name == "file-request" else one for one in registry.DOCUMENTS)
    whole = set(make_package(review, folder=made.folder).files)
    monkeypatch.setattr(registry, "DOCUMENTS", changed)
    told: list[str] = []
    written = write_packet(review, folder=made.folder, out=tmp_path / "out", tell=told.append)
    lost = {f"{PREFIX}file-request.{kind}" for kind in ("docx", "pdf")}
    assert {path.name for path in written} == whole - lost
    assert len(told) == 1 and "claim file" in told[0] and "12" not in told[0]
    cover = _pdf((tmp_path / "out" / "packet.pdf").read_bytes())
    assert "Left out of this folder: Request for the claim file" in " ".join(cover.split())
