"""Bad input: one coded line that names the file, and nothing else. Each file is built here."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import pikepdf
import pytest
from PIL import Image

from chartproof.chart.files import read_folder
from chartproof.errors import InputError


def pdf(*, password: str = "", side: float = 612) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(612, 792)).obj.MediaBox = pikepdf.Array([0, 0, side, 792])
        encryption = pikepdf.Encryption(owner=password, user=password) if password else False
        document.save(out, encryption=encryption)
    return out.getvalue()


def png(columns: int, rows: int) -> bytes:
    """A picture whose header claims a size; no pixel of it is ever to be decoded."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 64))
        + chunk(b"IEND", b"")
    )


def huge_image_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(612, 792))
        picture = pikepdf.Stream(document, zlib.compress(b"\xff" * 1000))
        picture.update(
            {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image, "/Width": 20000, "/Height": 10000,
             "/ColorSpace": pikepdf.Name.DeviceGray, "/BitsPerComponent": 8, "/Filter": pikepdf.Name.FlateDecode}
        )  # fmt: skip
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
        page.obj.Contents = pikepdf.Stream(document, b"q 612 0 0 792 0 0 cm /I Do Q")
        document.save(out)
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def bomb() -> bytes:
    return zipped({"word/document.xml": b" " * 50_000_000})


def lying_bomb() -> bytes:
    """A zip whose directory claims a small size for a member that unpacks to a large one."""
    data = bytearray(zipped({"word/document.xml": b"<w>" + b" " * 30_000_000}))
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 1000)
    return bytes(data)


def two_of_one_name() -> bytes:
    return zipped({"word/document.xml": b"<a/>", "word/documenT.xml": b"<b/>"}).replace(b"documenT", b"document")


def undecodable_scan() -> bytes:
    """A page under one picture of which nothing but the first bytes came."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(612, 792))
        picture = pikepdf.Stream(document, b"\xff\xd8\xff\xe0\x00\x10JFIF")
        picture.update(
            {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image, "/Width": 800, "/Height": 800,
             "/ColorSpace": pikepdf.Name.DeviceGray, "/BitsPerComponent": 8, "/Filter": pikepdf.Name.DCTDecode}
        )  # fmt: skip
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
        page.obj.Contents = pikepdf.Stream(document, b"q 612 0 0 792 0 0 cm /I Do Q")
        document.save(out)
    return out.getvalue()


XXE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><ClinicalDocument>&x;</ClinicalDocument>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><ClinicalDocument>&b;</ClinicalDocument>'

FILES: list[tuple[str, str, Callable[[], bytes]]] = [
    ("empty.pdf", "CP-READ-04", lambda: b""),
    ("locked.pdf", "CP-READ-05", lambda: pdf(password="secret")),
    ("cut.pdf", "CP-READ-06", lambda: pdf()[:60]),
    ("notes.pdf", "CP-READ-06", lambda: b"%PDF-1.7\n" + b"\x00\x01\x02" * 500),
    ("poster.pdf", "CP-READ-08", lambda: pdf(side=200_000)),
    ("scan.pdf", "CP-READ-08", huge_image_pdf),
    ("photo.png", "CP-READ-08", lambda: png(20_000, 10_000)),
    ("photo2.jpg", "CP-READ-07", lambda: b"\xff\xd8\xff\xe0" + b"\x00" * 40),
    ("photo3.png", "CP-READ-07", lambda: png(300, 300)[:50]),
    ("letter.docx", "CP-READ-09", lambda: b"this is no zip at all"),
    ("half.docx", "CP-READ-09", lambda: zipped({"word/document.xml": b"<a/>"})[:60]),
    ("other.docx", "CP-READ-09", lambda: zipped({"nothing.txt": b"x"})),
    ("bomb.docx", "CP-READ-10", bomb),
    ("liar.docx", "CP-READ-09", lying_bomb),
    ("xxe.xml", "CP-READ-11", lambda: XXE),
    ("laughs.xml", "CP-READ-11", lambda: LAUGHS),
    ("wide.xml", "CP-READ-11", lambda: XXE.decode().replace("<?xml version=\"1.0\"?>", "").encode("utf-16")),
    ("xxe.docx", "CP-READ-11", lambda: zipped({"word/document.xml": XXE})),
    ("cut.xml", "CP-READ-12", lambda: b"<ClinicalDocument><title>x</title>"),
    ("cut.json", "CP-READ-20", lambda: b'{"resourceType": "Bundle", "entry": ['),
    ("twice.json", "CP-READ-20", lambda: b'{"resourceType": "Patient", "id": "a", "id": "b"}'),
    ("nan.json", "CP-READ-20", lambda: b'{"resourceType": "Observation", "valueDecimal": NaN}'),
    ("endless.json", "CP-READ-20", lambda: b'{"resourceType": "Observation", "valueDecimal": 1e999999}'),
    ("digits.json", "CP-READ-20", lambda: b'{"resourceType": "Observation", "valueInteger": ' + b"9" * 400 + b"}"),
    ("parts.docx", "CP-READ-09", two_of_one_name),
    ("deep.json", "CP-READ-20", lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    ("plain.json", "CP-READ-21", lambda: b'{"name": "not FHIR"}'),
    ("list.json", "CP-READ-21", lambda: b"[1, 2, 3]"),
    ("shape.json", "CP-READ-21", lambda: b'{"resourceType": "Bundle", "entry": "none"}'),
    ("status.json", "CP-READ-21", lambda: b'{"resourceType": "Observation", "status": "bogus", "code": {"text": "x"}}'),
    ("code.json", "CP-READ-21", lambda: b'{"resourceType": "Observation", "status": "final"}'),
    ("sub/lines.ndjson", "CP-READ-20", lambda: b'{"resourceType": "Patient"}\n{"resourceType": \n'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code", "make"), FILES, ids=[row[0] for row in FILES])
def test_a_bad_file_is_refused_with_one_line_that_names_it(
    tmp_path: Path, name: str, code: str, make: Callable[[], bytes]
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(make())
    (tmp_path / "zz.txt").write_text("a good note")
    with pytest.raises(InputError) as caught:
        read_folder(tmp_path)
    assert caught.value.code == code
    assert name in str(caught.value) and "\n" not in str(caught.value)
    assert caught.value.then


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="CP-READ-01"):
        read_folder(tmp_path / "none")


def test_a_file_instead_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(InputError, match="CP-READ-02"):
        read_folder(tmp_path / "a.txt")


def test_an_empty_folder_and_one_with_only_case_yaml(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="CP-READ-03"):
        read_folder(tmp_path)
    (tmp_path / "case.yaml").write_text("drug: x")
    (tmp_path / ".hidden").write_text("x")
    with pytest.raises(InputError, match="CP-READ-03"):
        read_folder(tmp_path)


@pytest.mark.parametrize("target", ["/etc/hostname", "nowhere", ".."])
def test_a_link_that_leaves_the_folder(tmp_path: Path, target: str) -> None:
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "a.txt").write_text("x")
    (tmp_path / "chart" / "link").symlink_to(target)
    with pytest.raises(InputError, match="CP-READ-13"):
        read_folder(tmp_path / "chart")


def test_a_page_whose_picture_cannot_be_decoded_is_not_called_blank(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(undecodable_scan())
    (page,) = read_folder(tmp_path)[0].pages
    assert page.read == "unread"
    assert "damaged" in page.note and "blank" not in page.note


def test_half_a_letter_written_out_in_json_is_no_text(tmp_path: Path) -> None:
    one = b'{"resourceType": "Condition", "code": {"text": "Fever \\ud83e\\udd12 and \\ud800 cough"}, "subject": {}}'
    (tmp_path / "a.json").write_bytes(one)
    text = read_folder(tmp_path)[0].pages[0].text
    assert "Fever \U0001f912 and \ufffd cough" in text


def test_a_number_of_more_digits_than_any_is_a_word(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Date,Test,Value\n2026-04-21,EF," + "9" * 400 + "\n")
    (entry,) = read_folder(tmp_path)[0].entries
    assert (entry.low, entry.high) == (None, None)


def test_a_cell_longer_than_any_leaves_the_other_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Date,Test,Value\n2026-04-21," + "x" * 200_000 + ",1\n2026-04-22,EF,60\n")
    assert [entry.value for entry in read_folder(tmp_path)[0].entries] == [1.0, 60.0]


def test_a_pipe_is_listed_and_never_opened(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    os.mkfifo(tmp_path / "pipe.txt")
    files = read_folder(tmp_path)
    assert [(f.name, f.read) for f in files] == [("a.txt", "text"), ("pipe.txt", "unread")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("scan.dcm", b"\x00" * 128 + b"DICM" + b"\x00" * 20),
        ("photo.heic", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40),
        ("all.zip", zipped({"a.txt": b"x"})),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
        ("sheet.xlsx", zipped({"xl/workbook.xml": b"<a/>"})),
        ("voice.mp3", b"ID3\x04" + bytes(range(256))),
        ("unknown.bin", bytes(range(256)) * 10),
    ],
)
def test_a_kind_that_is_not_read_stays_in_the_ledger_with_the_reason(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    (only,) = read_folder(tmp_path)
    assert (only.name, only.read, only.media) == (name, "unread", "other")
    assert only.note and only.sha256


def test_no_message_repeats_what_the_record_says(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"resourceType": "Observation", "status": "Jane Roe is HIV positive"}')
    with pytest.raises(InputError) as caught:
        read_folder(tmp_path)
    assert "Roe" not in str(caught.value)


def test_a_picture_without_letters_is_unread_with_a_note_and_a_white_one_is_blank(tmp_path: Path) -> None:
    drawing = Image.new("L", (850, 1100), 255)
    drawing.paste(0, (300, 300, 520, 520))
    drawing.save(tmp_path / "drawing.png")
    Image.new("L", (850, 1100), 255).save(tmp_path / "white.png")
    drawn, white = read_folder(tmp_path, workers=1)
    assert drawn.read == "unread" and "no legible text" in drawn.note
    assert white.read == "ocr" and white.note == "p. 1: blank page"
    assert drawn.pages[0].number == white.pages[0].number == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"Progress note of the clinic\x1b[2J with ECOG\x07 1 \x9b and\x0cthe next page\n" + b"Seen and examined.\n" * 50),
        ("a.csv", b"Date,Test,Value\n2026-04-21,E\x1bCOG,1\n" * 9),
        ("a.json", b'{"resourceType": "Condition", "code": {"text": "Fe\\u0007ver \\u001b[2J\\u0000 \\b\\uffff"}, "subject": {}}'),
    ],
)  # fmt: skip
def test_what_steers_a_screen_is_no_text(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    (file,) = read_folder(tmp_path)
    words = [file.pages[0].text, *(word for entry in file.entries for word in (entry.label, str(entry.value)))]
    assert any(word.strip() for word in words)
    assert all(letter.isprintable() or letter in "\n\t" for word in words for letter in word)
    docx.Document().add_paragraph(file.pages[0].text)  # no Word file can hold them
