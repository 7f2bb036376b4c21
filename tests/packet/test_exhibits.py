"""Which pages are shown, under which letter, and where a source page stands on its sheet."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from chartproof.packet.bind import LEFT, exhibit_pages, sheet_for
from chartproof.packet.citations import citations
from chartproof.packet.exhibits import Exhibit, ExhibitPage, build_book, exhibit_letter, heading_of, named
from chartproof.packet.index import runs, short_rows
from packet.invented import Made


def test_letters_run_on_after_z() -> None:
    assert [exhibit_letter(n) for n in (0, 25, 26, 27, 52)] == ["A", "Z", "AA", "AB", "BA"]


def test_exhibits_are_lettered_in_the_order_of_first_citation(made: Made) -> None:
    book = build_book(made.review, citations(made.review, with_denial=True))
    assert [exhibit.letter for exhibit in book.exhibits] == ["A", "B", "C", "D"]
    assert [exhibit.file for exhibit in book.exhibits] == ["note.pdf", "pharmacy.txt", "fax.tif", "denial.pdf"]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("# Continuity document: referral,,,,", "Continuity document: referral"),
        ("*** HEART STATION *** printed at noon", "HEART STATION"),
        ("LOCAL TITLE: RENAL CONSULT", "RENAL CONSULT"),
        ("NOBODY, ANN Q", ""),
        ("Nobody, Ann 12-345-6789 INFUSION SHEET", ""),
        ("Imaging Group, 14 Mill Road", "Imaging Group, 14 Mill Road"),
    ],
)
def test_a_heading_is_without_marks_and_never_who_the_patient_is(made: Made, line: str, heading: str) -> None:
    assert heading_of(replace(made.review.chart.documents[0], title=line)) == heading


@pytest.mark.parametrize(
    ("kind", "line", "words"),
    [
        ("pathology", "Lakeside Group", "Pathology report, Lakeside Group"),
        ("ecg", "ECG", "ECG"),
        ("other", "Lakeside Group", "Lakeside Group"),
        ("ecg", "Nobody, Ann 1234567", "ECG"),
    ],
)
def test_a_document_is_named_by_what_it_is_and_by_its_heading(made: Made, kind: str, line: str, words: str) -> None:
    assert named(replace(made.review.chart.documents[0], kind=kind, title=line)) == words


def test_a_prior_authorization_does_not_show_a_denial(made: Made) -> None:
    book = build_book(made.review, citations(made.review, with_denial=False))
    assert "denial.pdf" not in [exhibit.file for exhibit in book.exhibits]


def test_working_papers_of_the_center_stay_at_home(made: Made) -> None:
    documents = tuple(
        replace(d, kind="coordinator_log") if d.file == "note.pdf" and d.first == 1 else d
        for d in made.review.chart.documents
    )
    rows = tuple(f for f in made.review.criteria if f.status == "missing")
    chart = replace(made.review.chart, documents=documents, lines=())
    review = replace(made.review, chart=chart, criteria=rows, label=(), denial=None)
    assert citations(review, with_denial=False) == ()


@pytest.mark.parametrize("size", [(612, 792), (792, 612), (595, 842), (1700, 2200), (300, 200)])
def test_a_source_page_fits_its_sheet_and_is_never_enlarged(size: tuple[float, float]) -> None:
    sheet = sheet_for(*size)
    assert sheet.scale <= 1
    assert (sheet.width > sheet.height) == (size[0] > size[1])
    assert sheet.left >= LEFT - 0.01
    assert sheet.left + size[0] * sheet.scale <= sheet.width
    assert sheet.top + size[1] * sheet.scale <= sheet.height - 30


def test_short_words_for_rows_and_pages() -> None:
    assert runs([1, 2, 3, 7]) == "1-3, 7"
    assert (
        short_rows(("DOC.D", "line 1", "line 2", "reason 3", "center"))
        == "DOC.D, lines\u00a01-2, reason\u00a03, treating center"
    )


def test_what_a_source_file_would_do_does_not_come_along(tmp_path: Path) -> None:
    """Its page is shown; its actions, scripts, attachments and links to elsewhere stay behind."""
    with pikepdf.new() as source:
        page = source.add_blank_page(page_size=(612, 792))
        page.obj.Contents = source.make_stream(b"0 0 612 792 re f")
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://planted.example/")
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
        link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 600, 700], A=action)
        page.obj.Annots = source.make_indirect(pikepdf.Array([source.make_indirect(link)]))
        page.obj.AA = pikepdf.Dictionary(O=script)
        source.Root.OpenAction = launch
        source.attachments["run.exe"] = b"MZ"
        source.save(tmp_path / "a.pdf")
    exhibit = Exhibit("A", "a.pdf", "A paper", None, (), (ExhibitPage(1, 1, 612, 792),), 1)
    written = io.BytesIO()
    exhibit_pages(exhibit, tmp_path).save(written, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    data = written.getvalue()
    assert b"/Form" in data
    for word in (
        b"planted",
        b"/URI",
        b"/JavaScript",
        b"/JS",
        b"/Launch",
        b"/AA",
        b"/OpenAction",
        b"run.exe",
        b"/Annots",
    ):
        assert word not in data
