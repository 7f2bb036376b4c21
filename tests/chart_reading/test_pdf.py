"""Words of a PDF and their places on the page as it is displayed; what cannot be seen is not text."""

from __future__ import annotations

import io
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from chartproof.chart.files import read_folder
from chartproof.chart.visible import CONTRAST, differs
from chartproof.model.page import Box, Page, ReadHow, Word


def make_pdf(
    content: str, *, rotate: int = 0, crop: tuple[int, int, int, int] | None = None, fields: bool = False
) -> bytes:
    """One letter page with this content stream; /F1 is Helvetica, /I a black picture of one pixel."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(612, 792)).obj
    font = document.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    picture = Stream(document, b"\x00")
    picture.update(
        Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, ColorSpace=Name.DeviceGray, BitsPerComponent=8
        )
    )
    page.Resources = Dictionary(Font=Dictionary(F1=font), XObject=Dictionary(I=document.make_indirect(picture)))
    page.Contents = Stream(document, content.encode())
    if rotate:
        page.Rotate = rotate
    if crop:
        page.CropBox = Array(list(crop))
    if fields:
        _add_fields(document, page, font)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_fields(document: pikepdf.Pdf, page: pikepdf.Object, font: pikepdf.Object) -> None:
    def widget(**more: object) -> pikepdf.Object:
        return document.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Widget, F=4, **more))

    typed = widget(FT=Name.Tx, T=String("ECOG"), V=String("1"), Rect=Array([100, 500, 200, 520]))
    ticked = widget(FT=Name.Btn, T=String("Outpatient"), V=Name.Yes, AS=Name.Yes, Rect=Array([100, 400, 110, 410]))
    empty = widget(FT=Name.Btn, T=String("Inpatient"), V=Name.Off, AS=Name.Off, Rect=Array([100, 380, 110, 390]))
    look = Stream(document, b"")
    look.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 10, 10])))
    for box in (ticked, empty):
        box.AP = Dictionary(N=Dictionary(Yes=document.make_indirect(look)))
    page.Annots = Array([empty, ticked, typed])
    document.Root.AcroForm = Dictionary(
        Fields=Array([typed, ticked, empty]), DR=Dictionary(Font=Dictionary(F1=font)), DA=String("/F1 10 Tf")
    )


def text(words: str, *, x: float = 100, y: int = 700, size: float = 12, more: str = "") -> str:
    return f"BT {more} /F1 {size} Tf {x} {y} Td ({words}) Tj ET\n"


def only_page(tmp_path: Path, data: bytes) -> Page:
    (tmp_path / "a.pdf").write_bytes(data)
    return read_folder(tmp_path, workers=1)[0].pages[0]


FILLER = "".join(text(f"filler line {n} of this page", y=300 - 20 * n) for n in range(4))


def test_words_carry_their_characters_and_boxes(tmp_path: Path) -> None:
    page = only_page(tmp_path, make_pdf(text("ECOG 1 today") + FILLER))
    assert page.text.startswith("ECOG 1 today\n") and page.read == "text"
    assert all(page.text[word.start : word.end] == word.text for word in page.words)
    box = page.words[0].box
    assert box.left == pytest.approx(100, abs=2)
    assert box.top < 92 < box.bottom + 1


@pytest.mark.parametrize(
    ("rotate", "left", "top", "size"),
    [(0, 100, 92, (612, 792)), (90, 700, 100, (792, 612)), (180, 512, 700, (612, 792)), (270, 92, 512, (792, 612))],
)
def test_boxes_are_on_the_page_as_displayed(
    tmp_path: Path, rotate: int, left: int, top: int, size: tuple[int, int]
) -> None:
    page = only_page(tmp_path, make_pdf(text("I" * 3) + FILLER, rotate=rotate))
    assert (page.width, page.height) == size
    box = next(word.box for word in page.words if word.text == "III")
    corners = {(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)}
    assert min(abs(x - left) + abs(y - top) for x, y in corners) < 8


def test_a_crop_box_away_from_the_origin_moves_the_boxes_and_cuts_the_text(tmp_path: Path) -> None:
    data = make_pdf(text("inside") + text("outside", x=10) + FILLER, crop=(90, 100, 500, 750))
    page = only_page(tmp_path, data)
    assert "outside" not in page.text and "inside" in page.text
    assert page.words[0].box.left == pytest.approx(10, abs=2)
    assert (page.width, page.height) == (410, 650)


@pytest.mark.parametrize(
    "hidden",
    [
        text("SECRET", more="3 Tr"),
        text("SECRET", more="1 1 1 rg"),
        text("SECRET", size=0.8),
        text("SECRET", x=900),
        text("SECRET") + "0 0 0 rg 90 690 200 30 re f\n",
        text("SECRET", more="0.99 0.99 0.99 rg"),
    ],
    ids=["invisible", "white", "tiny", "off page", "blacked out", "nearly white"],
)
def test_text_that_cannot_be_seen_is_left_out_and_noted(tmp_path: Path, hidden: str) -> None:
    page = only_page(tmp_path, make_pdf(hidden + "0 g 0 Tr\n" + FILLER))
    assert "SECRET" not in page.text and "filler line 3" in page.text
    assert "text that cannot be seen on the page left out: 6 characters" in page.note


@pytest.mark.parametrize(
    "hidden",
    [
        text("visible words") + text("SECRET", more="1 1 1 rg"),
        text("SECRET") + "1 1 1 rg 90 690 200 30 re f 0 g\n" + text("visible words"),
        "q 0 0 10 10 re W n\n" + text("SECRET") + "Q\n" + text("visible words"),
        text("SECRET") + "q 200 0 0 40 90 690 cm /I Do Q\n" + text("visible words", more="1 1 1 rg"),
    ],
    ids=["white over letters", "whited out and overwritten", "clipped under letters", "under a picture"],
)
def test_other_letters_in_its_place_do_not_make_hidden_text_seen(tmp_path: Path, hidden: str) -> None:
    page = only_page(tmp_path, make_pdf(hidden + "0 g\n" + FILLER))
    assert "SECRET" not in page.text and "visible words" in page.text
    assert "text that cannot be seen on the page left out: 6 characters" in page.note


def test_letters_drawn_twice_to_look_bold_are_text(tmp_path: Path) -> None:
    page = only_page(tmp_path, make_pdf(text("BOLD") + text("BOLD", x=100.3) + FILLER))
    assert "BOLD" in page.text and not page.note


def test_white_text_on_a_dark_ground_is_text(tmp_path: Path) -> None:
    page = only_page(
        tmp_path, make_pdf("0.1 0.2 0.4 rg 90 690 300 30 re f\n" + text("HEADER", more="1 1 1 rg") + "0 g\n" + FILLER)
    )
    assert "HEADER" in page.text and not page.note


def test_text_under_a_picture_of_the_page_is_not_evidence(tmp_path: Path) -> None:
    page = only_page(tmp_path, make_pdf(text("SECRET " * 40, size=3) + "q 612 0 0 792 0 0 cm /I Do Q"))
    assert "SECRET" not in page.text and page.read == "unread"


def test_form_fields_are_read(tmp_path: Path) -> None:
    page = only_page(tmp_path, make_pdf(FILLER, fields=True))
    assert page.text.endswith("ECOG: 1\n[x] Outpatient\n[ ] Inpatient\n")
    assert page.boxes(page.text.index("ECOG"), page.text.index("ECOG") + 4)[0].top == pytest.approx(272, abs=1)


def test_a_pdf_by_another_name_is_known_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(make_pdf(FILLER))
    (only,) = read_folder(tmp_path)
    assert only.media == "pdf" and "filler" in only.pages[0].text


def test_a_blank_page_stays_in_the_ledger(tmp_path: Path) -> None:
    page = only_page(tmp_path, make_pdf(""))
    assert (page.number, page.text, page.note) == (1, "", "blank page")


def test_a_large_pdf_is_the_same_whoever_reads_which_pages_and_progress_tells_them(tmp_path: Path) -> None:
    document = pikepdf.new()
    for number in range(110):
        with pikepdf.open(io.BytesIO(make_pdf(text(f"Hemoglobin {number} well-known") + FILLER))) as one:
            document.pages.append(one.pages[0])
    document.save(tmp_path / "a.pdf")
    told: list[tuple[str, int, int]] = []
    (several,) = read_folder(tmp_path, workers=2, progress=lambda *row: told.append(row))
    assert (several,) == read_folder(tmp_path, workers=1)
    assert [page.words[1].text for page in several.pages] == [str(number) for number in range(110)]
    assert [done for _name, done, _total in told] == sorted(done for _name, done, _total in told)
    assert told[-1] == ("a.pdf", 110, 110) and len(told) > 1


@pytest.mark.parametrize("read", ["text", "ocr"])
def test_a_page_goes_to_another_process_and_back_as_it_is(read: ReadHow) -> None:
    sure = (None, "") if read == "text" else (87.5, "ECOG 7")
    words = tuple(
        Word(word, at, at + len(word), Box(at / 3, 1.25, at + 9.1, 2e-7), *sure)
        for at, word in ((0, "ECOG"), (5, "1"), (7, "\u00b5g\U0001f600"))
    )
    page = Page("a.pdf", 3, "ECOG 1 \u00b5g\U0001f600\n", words, 612.5, 792, read, 90, "a note")
    assert pickle.loads(pickle.dumps(page)) == page
    assert pickle.loads(pickle.dumps(replace(page, words=()))) == replace(page, words=())


def test_a_box_has_changed_where_any_of_its_pixels_has() -> None:
    random = np.random.default_rng(4)
    proof = random.integers(0, 256, (60, 70), dtype=np.uint8)
    ground = np.where(random.random(proof.shape) < 0.01, 255 - proof, proof).astype(np.uint8)
    corners = random.integers(-8, 80, (400, 2))
    edges = np.hstack([corners, corners + random.integers(-3, 30, (400, 2))]).astype(float)
    changed = np.abs(proof.astype(int) - ground) >= CONTRAST
    slow = [
        changed[max(0, int(top) - 1) : max(0, int(bottom) + 2), max(0, int(left) - 1) : max(0, int(right) + 2)].any()
        for left, top, right, bottom in edges
    ]
    assert differs(proof, ground, edges).tolist() == slow
    assert 0 < sum(slow) < len(slow)


def test_a_long_run_of_blanks_within_a_line_is_cut_and_words_keep_their_boxes(tmp_path: Path) -> None:
    gaps = " " * 4000
    (tmp_path / "note.pdf").write_bytes(
        make_pdf(f"BT /F1 12 Tf 72 700 Td (Marrow is clear{gaps}) Tj 0 -20 Td (of plasma cells, as seen before) Tj ET")
    )
    page = read_folder(tmp_path)[0].pages[0]
    assert (
        page.text.split()
        == [word.text for word in page.words]
        == ["Marrow", "is", "clear", "of", "plasma", "cells,", "as", "seen", "before"]
    )
    assert all(page.text[word.start : word.end] == word.text for word in page.words)
    assert len(page.text) < 500
