"""A whole folder: every file and page in the ledger, in order, the same each time."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from chartproof.chart.files import read_folder
from chartproof.chart.sniff import MANIFEST
from chartproof.desk.worker import read_apart
from chartproof.errors import InputError
from chartproof.model import SourceFile
from chartproof.model.page import LEFT_OUT


def flat(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).replace("\x02", "-").replace("\ufffe", "-")
    return re.sub(r"[\s|*#_-]+", "", text).lower()


def test_the_demo_case_is_read_whole_and_twice_the_same(demo_case: Path) -> None:
    told: list[tuple[str, int, int]] = []
    files = read_folder(demo_case, progress=lambda name, done, total: told.append((name, done, total)))
    names = sorted(p.name for p in demo_case.iterdir() if p.name != "case.yaml")
    assert [file.name for file in files] == names
    assert all(file.read != "unread" for file in files)
    assert {name for name, done, total in told if done == total} == set(names)
    for file in files:
        assert [page.number for page in file.pages] == list(range(1, len(file.pages) + 1))
        for page in file.pages:
            assert all(page.text[word.start : word.end] == word.text for word in page.words)
    assert read_folder(demo_case, workers=1) == files


def test_text_pages_keep_the_order_of_the_pdf_itself(demo_case: Path) -> None:
    for file in read_folder_text(demo_case):
        document = pdfium.PdfDocument(demo_case / file[0])
        for number, text in file[1]:
            assert flat(document[number - 1].get_textpage().get_text_bounded()) == flat(text)


def read_folder_text(folder: Path) -> list[tuple[str, list[tuple[int, str]]]]:
    from chartproof.chart.pdf import Scan, count_pages, read_pages

    found = []
    for path in sorted(folder.glob("*.pdf")):
        data = path.read_bytes()
        pages = read_pages(path.name, data, range(count_pages(path.name, data)))
        found.append((path.name, [(page.number, page.text) for page in pages if not isinstance(page, Scan)]))
    return found


def test_subfolders_are_walked_and_hidden_and_own_files_are_not(tmp_path: Path) -> None:
    (tmp_path / "labs" / "old").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text("x")
    (tmp_path / "labs" / "old" / "b.txt").write_text("b")
    (tmp_path / "labs" / "case.yaml").write_text("kept: it is not the folder's own")
    (tmp_path / "case.yaml").write_text("drug: x")
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "review.json").write_text('{"policy": {"id": "x"}, "criteria": []}')
    found = read_folder(tmp_path)
    assert [file.name for file in found] == ["a.txt", "labs/case.yaml", "labs/old/b.txt", "review.json"]
    assert [file.name for file in found if file.note == LEFT_OUT] == ["review.json"]


@pytest.mark.parametrize("read", [read_folder, read_apart])
def test_a_package_written_into_the_folder_is_left_out_and_said_so(
    tmp_path: Path, read: Callable[[Path], tuple[SourceFile, ...]]
) -> None:
    """A file that its list gives another sum, or no sum, is read."""
    ours, theirs = b"%PDF-1.7 of ours", "Letter of a clinic 2026-04-01"
    package = tmp_path / "package"
    package.mkdir()
    (tmp_path / "note.txt").write_text("a note")
    (package / "call-sheet.pdf").write_bytes(ours)
    (package / "letter.txt").write_text(theirs)
    (package / "packet.pdf").write_text("chartproof found this: a page of the clinic, by the name of ours")
    (package / "added.txt").write_text("put there by hand")
    sums = {"call-sheet.pdf": hashlib.sha256(ours).hexdigest(), "letter.txt": "another file had this name"}
    (package / MANIFEST).write_text(json.dumps({"files": {**sums, "packet.pdf": ""}}))
    found = {file.name: file for file in read(tmp_path)}
    assert {name for name, file in found.items() if file.note == LEFT_OUT} == {
        f"package/{MANIFEST}", "package/call-sheet.pdf"
    }  # fmt: skip
    assert found["package/call-sheet.pdf"].read == "unread" and not found["package/call-sheet.pdf"].pages
    assert all(found[name].pages for name in ("note.txt", "package/letter.txt", "package/added.txt"))
    assert "package/packet.pdf" in found


@pytest.mark.parametrize("read", [read_folder, read_apart])
def test_a_folder_of_nothing_but_a_package_holds_no_chart(
    tmp_path: Path, read: Callable[[Path], tuple[SourceFile, ...]]
) -> None:
    (tmp_path / "call-sheet.txt").write_text("ours")
    sums = {"call-sheet.txt": hashlib.sha256(b"ours").hexdigest()}
    (tmp_path / MANIFEST).write_text(json.dumps({"files": sums}))
    with pytest.raises(InputError, match="CP-READ-03"):
        read(tmp_path)


@pytest.mark.parametrize("text", ["BMT coordinator log\n09/14 faxed\n", "ID3 clinic list\n", "RIFFLE AVE CLINIC\n"])
def test_a_text_that_begins_as_a_picture_or_sound_does_is_text(tmp_path: Path, text: str) -> None:
    (tmp_path / "log.txt").write_text(text, encoding="utf-8")
    (read,) = read_folder(tmp_path)
    assert (read.media, read.pages[0].text.split("\n")[0]) == ("text", text.split("\n")[0])
