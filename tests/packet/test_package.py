"""The package as a whole: what is in it, that links work, that nothing is half-written, that bytes repeat."""

from __future__ import annotations

import html
import io
import os
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pikepdf
import pypdfium2 as pdfium
import pytest
from docx.oxml.ns import qn

from chartproof.decide.judged import rows_as_judged
from chartproof.errors import EvidenceError, InputError
from chartproof.model import Review, Span
from chartproof.model.judgement import Judgement
from chartproof.packet import gaps, look
from chartproof.packet.package import MANIFEST, make_package, purpose_of, refuse_foreign, write_packet
from chartproof.packet.page import review_html
from packet.invented import Made


@pytest.fixture(scope="module")
def package(made: Made):
    return make_package(made.review, folder=made.folder)


@pytest.fixture(scope="module")
def texts(package) -> list[str]:
    pdf = pdfium.PdfDocument(package.files["packet.pdf"])
    return [page.get_textpage().get_text_bounded() for page in pdf]


def _flat(text: str) -> str:
    return " ".join(text.split())


def test_first_page_bears_deadline_reference_and_counts(texts: list[str]) -> None:
    first = _flat(texts[0])
    assert "77-XYZ" in first
    assert "2026-10-23" in first and "2026-10-25" in first
    assert "4 met, 2 missing, 0 not met, 1 not applicable" in first
    assert "DRAFT" in first


def test_a_package_to_be_signed_is_no_draft_and_says_who_decided_a_row(made: Made) -> None:
    """The table names the person, the day, the reason and what the reading alone gave; no page calls itself a draft."""
    said = Judgement("J1", "override", "Omar Invented, MD", date(2026, 5, 3), "seen on paper", "policy", "DOC.2", "met")
    rows = rows_as_judged(made.review.criteria, [said])
    review = replace(made.review, criteria=rows, extra={**made.review.extra, "signed_by": "the signature sheet"})
    files = make_package(review, folder=made.folder).files
    for name in (one for one in files if one.endswith(".pdf")):
        pages = [_flat(page.get_textpage().get_text_bounded()) for page in pdfium.PdfDocument(files[name])]
        assert not any("DRAFT" in page or "must review and sign" in page for page in pages), name
        if name == "packet.pdf":
            told = " ".join(pages)
            assert "judged met by omar invented, md on 2026-05-03: seen on paper" in told.lower()
            assert "Judged by Omar Invented, MD, 3 May 2026; the reading alone gave missing (" in told
    footer = "".join(
        p.text for s in docx.Document(io.BytesIO(files["letter.docx"])).sections for p in s.footer.paragraphs
    )
    assert "signed on the signature sheet" in footer


def test_necessity_stands_before_documentation_and_label_is_its_own_table(texts: list[str]) -> None:
    front = _flat(" ".join(texts))
    assert (
        front.index("What the policy requires")
        < front.index("What must be documented")
        < front.index("What the FDA approved")
    )


def test_every_link_goes_to_the_page_that_it_names(package, texts: list[str]) -> None:
    pdf = pikepdf.open(io.BytesIO(package.files["packet.pdf"]))
    shown = pdfium.PdfDocument(package.files["packet.pdf"])
    index = {page.obj.objgen: n for n, page in enumerate(pdf.pages)}
    checked = 0
    for n, page in enumerate(pdf.pages):
        for annotation in page.obj.get("/Annots", []):
            assert "/A" not in annotation or "/URI" not in annotation.A, "a link leaves the package"
            target = index[annotation.Dest[0].objgen]
            words = _flat(shown[n].get_textpage().get_text_bounded(*(float(v) for v in annotation.Rect)))
            named = re.search(r"Exhibit ([A-Z]+), p. (\d+)", words)
            if named:
                assert f"Exhibit {named[1]}, p. {named[2]} of" in _flat(texts[target])
                checked += 1
    assert checked > 8


def made_span(package, quote: str) -> Span:
    return next(span for span in package.book.places if span.quote == quote)


def test_each_cited_quote_is_on_the_stamped_page_it_is_cited_to(package, texts: list[str]) -> None:
    for span, place in package.book.places.items():
        stamp = f"Exhibit {place.letter}, p. {place.page} of"
        pages = [text for text in texts if stamp in _flat(text)]
        assert len(pages) == 1
        if span.file != "fax.tif":
            assert _flat(span.quote).replace(" ", "") in _flat(pages[0]).replace(" ", "")


def test_exhibits_hold_cited_pages_and_context_only(package) -> None:
    notes = [e for e in package.book.exhibits if e.file == "note.pdf"]
    assert [[page.source for page in exhibit.pages] for exhibit in notes] == [[1, 2]]
    assert not [e for e in package.book.exhibits if e.file == "draft.txt"], "an unsigned draft is never sent"


def test_a_long_text_file_is_shown_around_its_quote(package, texts: list[str]) -> None:
    page = next(text for text in texts if "Text of pharmacy.txt" in text)
    assert "The plan pharmacy approved the drug" in _flat(page)
    assert "not shown" in page and "line 100" not in page


def test_bookmarks_name_the_exhibits_and_their_rows(package) -> None:
    pdf = pikepdf.open(io.BytesIO(package.files["packet.pdf"]))
    with pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert titles[:4] == ["Criteria table", "What is missing", "Letter", "Index of exhibits"]
    assert any(title.startswith("Exhibit") and "DOC.1" in title for title in titles)


def test_front_matter_keeps_its_tags(package) -> None:
    pdf = pikepdf.open(io.BytesIO(package.files["packet.pdf"]))
    assert "/StructTreeRoot" in pdf.Root
    assert str(pdf.Root.Lang) == "en-US"


def test_a_turned_page_is_upright_and_its_highlight_covers_the_quote(package, made: Made) -> None:
    place = package.book.place(made_span(package, "No earlier CAR-T."))
    stamp = f"Exhibit {place.letter}, p. {place.page} of"
    pdf = pdfium.PdfDocument(package.files["packet.pdf"])
    page = next(p for p in pdf if stamp in _flat(p.get_textpage().get_text_bounded()))
    text = page.get_textpage()
    at = text.search("No earlier CAR-T").get_next()
    left, bottom, right, top = text.get_charbox(at[0])
    assert right - left < 20 and top - bottom < 20
    image = page.render(scale=1).to_pil().convert("RGB")
    _red, green, blue = image.getpixel((int(left) - 0, int(page.get_height() - top) - 1))
    assert blue < 170 < green, "the words are not on a yellow ground"


def test_two_runs_give_the_same_bytes(made: Made, package) -> None:
    again = make_package(made.review, folder=made.folder)
    assert again.files == package.files


def test_a_quote_that_is_not_on_its_page_stops_everything(made: Made, tmp_path: Path) -> None:
    finding = made.review.criteria[0]
    wrong = replace(finding.evidence[0], quote="ECOG PS 0.")
    review = replace(made.review, criteria=(replace(finding, evidence=(wrong,)), *made.review.criteria[1:]))
    with pytest.raises(EvidenceError) as caught:
        write_packet(review, folder=made.folder, out=tmp_path / "out")
    assert caught.value.code == "CP-EVID-01"
    assert "ECOG" not in str(caught.value), "an error carries no patient text"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_changed_since_it_was_read_stops_everything(made: Made, tmp_path: Path) -> None:
    files = tuple(replace(f, sha256="0" * 64) if f.name == "note.pdf" else f for f in made.review.chart.files)
    review = replace(made.review, chart=replace(made.review.chart, files=files))
    with pytest.raises(EvidenceError, match="CP-EVID-04"):
        write_packet(review, folder=made.folder, out=tmp_path / "out")


def test_a_met_row_whose_only_page_is_a_draft_is_refused(made: Made) -> None:
    rows = tuple(replace(f, status="met") if f.id == "DOC.3" else f for f in made.review.criteria)
    with pytest.raises(EvidenceError, match="CP-EVID-02"):
        make_package(replace(made.review, criteria=rows), folder=made.folder)


def test_writes_all_and_replaces_its_own_but_nothing_else(made: Made, tmp_path: Path) -> None:
    out = tmp_path / "out"
    paths = write_packet(made.review, folder=made.folder, out=out, beside={"deadlines.ics": b"BEGIN"})
    names = {"call-sheet.docx", "call-sheet.pdf", "deadlines.ics", "letter.docx", "letter.pdf", "packet.pdf"}
    assert {path.name for path in paths if not path.name.startswith("document-")} == names
    names = {path.name for path in paths}
    assert {path.name for path in out.iterdir()} == names | {MANIFEST}
    write_packet(made.review, folder=made.folder, out=out)
    assert not (out / "deadlines.ics").exists()
    (out / "mine.txt").write_text("keep me")
    with pytest.raises(InputError, match="CP-OUT-01"):
        write_packet(made.review, folder=made.folder, out=out)
    assert (out / "mine.txt").read_text() == "keep me"
    assert [path.name for path in tmp_path.iterdir()] == ["out"], "a temporary folder was left behind"


def test_an_edited_letter_is_never_overwritten(made: Made, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_packet(made.review, folder=made.folder, out=out)
    (out / "letter.docx").write_bytes(b"edited by the physician")
    with pytest.raises(InputError, match="CP-OUT-01"):
        write_packet(made.review, folder=made.folder, out=out)


ODD_NAMES = ("Wei <b>He</b> [red] {x} #y *z* $1", "Nan None", "Rosa  Two-Spaces")


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_is_printed_as_it_was_typed(made: Made, name: str) -> None:
    """What stands in it as markup, as a pronoun or as a gap is the patient's name, in every paper and on the page."""
    patient = replace(made.review.case.patient, name=name)
    review = replace(made.review, case=replace(made.review.case, patient=patient))
    files = make_package(review, folder=made.folder).files
    shown = {"review.html": html.unescape(review_html(review, folder=made.folder))}
    for file, data in files.items():
        if file.endswith(".pdf"):
            shown[file] = " ".join(page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(data))
        elif file.endswith(".docx"):
            body = docx.Document(io.BytesIO(data)).element.body
            shown[file] = "".join(one.text or "" for one in body.iter(qn("w:t")))
    assert [file for file, text in shown.items() if _flat(name) not in _flat(text)] == []


def test_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(InputError, match="CP-OUT-02"):
        purpose_of("complaint")


def test_the_call_sheet_is_one_page(package) -> None:
    assert len(pdfium.PdfDocument(package.files["call-sheet.pdf"])) == 1


def test_no_document_speaks_of_a_probability(package, texts: list[str]) -> None:
    letter = docx.Document(io.BytesIO(package.files["letter.docx"]))
    everything = " ".join([*texts, *(p.text for p in letter.paragraphs)]).lower()
    for word in ("probability", "likelihood", "% chance", "score of approval"):
        assert word not in everything


def test_the_word_file_has_real_styles_and_no_clock(package) -> None:
    document = docx.Document(io.BytesIO(package.files["letter.docx"]))
    assert {"Heading 1", "Title", "List Bullet"} <= {p.style.name for p in document.paragraphs}
    with zipfile.ZipFile(io.BytesIO(package.files["letter.docx"])) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {2000}


@pytest.mark.parametrize("purpose", ["prior-auth", "external-review"])
def test_other_purposes_make_a_package_too(made: Made, purpose: str, tmp_path: Path) -> None:
    review: Review = made.review if purpose == "external-review" else replace(made.review, denial=None, deadlines=())
    write_packet(review, folder=made.folder, out=tmp_path / purpose, purpose=purpose)
    assert (tmp_path / purpose / "packet.pdf").stat().st_size > 10_000


def test_tab_sheets_count_the_pages_of_the_whole_package(texts: list[str]) -> None:
    for n, text in enumerate(texts, 1):
        if "Pages here" in text:
            assert f"Page {n} of {len(texts)}" in _flat(text)


def test_a_letter_of_many_rows_stays_within_four_pages_and_names_each_open_row(made: Made) -> None:
    gap = next(f for f in made.review.criteria if f.id == "DOC.2")
    many = tuple(replace(gap, id=f"X.{n}", shows="ordered, not done, " * 12) for n in range(40))
    package = make_package(replace(made.review, criteria=(*made.review.criteria, *many)), folder=made.folder)
    letter = pdfium.PdfDocument(package.files["letter.pdf"])
    assert len(letter) <= 4
    text = _flat(" ".join(page.get_textpage().get_text_bounded() for page in letter))
    assert all(f"X.{n}: the report" in text for n in range(40))


def test_what_is_missing_is_a_checklist_by_the_one_who_is_asked(made: Made) -> None:
    groups = gaps.missing(made.review, "appeal")
    assert [(group["who"], group["by"]) for group in groups] == [
        ("Radiology", "2026-05-18"),
        ("Social work", "2026-05-18"),
    ]
    film, draft = (group["rows"][0] for group in groups)
    assert film["remedy"] == "The report of a chest x-ray."
    assert film["seen"] == ["“Chest film ordered for May” (note.pdf, p.\u00a02)"]
    assert draft["seen"] == ["draft.txt, p.\u00a01: not signed, not sent"], "words of a draft are never quoted"
    assert [span.quote for span in gaps.seen(made.review)] == ["Chest film ordered for May."]


def test_the_first_page_says_what_is_asked_how_it_stands_and_by_when(texts: list[str]) -> None:
    page = _flat(texts[0])
    order = ["Reversal of the denial and approval of Madeupcel", "Missing", "File by", "Case reference", "N.1"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "DOC.2, DOC.3" in page


def test_names_that_no_line_holds_are_broken_and_stamps_keep_to_one_line() -> None:
    assert look.breakable("a_b-c.txt") == "a_\u200bb-\u200bc.txt"
    assert look.shortened("x" * 80 + ".pdf", 60).endswith(".pdf")
    assert len(look.shortened("x" * 80 + ".pdf", 60)) <= 60


def test_dates_and_ages_in_prose() -> None:
    assert look.prose("LVEF 58% (2026-03-17, 48 days before)") == "LVEF 58% (17 March 2026)"
    assert look.prose("the last is of 2026-01 (135 days before), older") == "the last is of January 2026, older"
    assert look.prose("case 26-MED-0418837, 2026-13") == "case 26-MED-0418837, 2026-13"


def test_a_place_that_takes_no_files_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(InputError, match="CP-OUT-03"):
        refuse_foreign(tmp_path / "shelf" / "package")
