"""Word files: paragraphs and tables as lines, headers and footers, text boxes; deleted text is not text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from lxml import etree

from chartproof.chart.bounds import open_zip, read_member
from chartproof.chart.markup import parse_xml
from chartproof.chart.plain import shortened
from chartproof.chart.word_lists import label_lists
from chartproof.model.page import Page, SourceFile

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: Never shown to a reader of the document as it stands.
_GONE = {f"{_W}del", f"{_W}moveFrom", f"{_W}delText", f"{_W}instrText", _FALLBACK, f"{_W}pPr", f"{_W}sectPr"}


def read_docx(name: str, data: bytes, sha256: str, *, labels: bool = False) -> SourceFile:
    """One page of text. Headers come first and footers last; comments stay out and are noted.

    `labels` puts before a list's paragraphs what Word prints there ("1.", "a)", a bullet), which is not in their text.
    """
    with open_zip(name, data, what="Word") as archive:
        members = sorted(archive.namelist())
        body = _part(name, archive, "word/document.xml")
        headers = [_part(name, archive, m) for m in members if m.startswith("word/header")]
        footers = [_part(name, archive, m) for m in members if m.startswith("word/footer")]
        notes = [_part(name, archive, m) for m in ("word/footnotes.xml", "word/endnotes.xml") if m in members]
        lists = [_part(name, archive, m) if m in members else None for m in ("word/numbering.xml", "word/styles.xml")]
        commented = "word/comments.xml" in members and bool(list(_blocks(_part(name, archive, "word/comments.xml"))))
        pictures = sum(m.startswith("word/media/") for m in members)
    if labels:
        label_lists(body, *lists)
    lines: list[str] = []
    seen: set[str] = set()
    for root in (*headers, body, *notes, *footers):
        own = [line for line in _blocks(root) if line.strip()]
        # The same header stands in the file once a section kind; one is enough.
        key = "\n".join(own)
        if root is not body and key in seen:
            continue
        seen.add(key)
        lines.extend(own)
    remarks = []
    if commented:
        remarks.append("reviewers' comments left out")
    if pictures:
        remarks.append(f"{pictures} picture{'s' if pictures > 1 else ''} in it not read")
    if any(True for _ in body.iter(f"{_W}del", f"{_W}ins")):
        remarks.append("has tracked changes: inserted text read, deleted text left out")
    note = "; ".join(remarks)
    text = shortened("\n".join(lines) + "\n") if lines else ""
    page = Page(name, 1, text, read="text", note=note)
    return SourceFile(name, sha256, "docx", (page,), read="text", note=note)


def _part(name: str, archive: zipfile.ZipFile, member: str) -> etree._Element:
    return parse_xml(name, read_member(name, archive, member, what="Word"))


def _blocks(parent: etree._Element) -> Iterator[str]:
    """Lines of the paragraphs and table rows under `parent`, in order."""
    for child in parent:
        if child.tag in _GONE or not isinstance(child.tag, str):
            continue
        if child.tag == f"{_W}p":
            yield from _paragraph(child)
        elif child.tag == f"{_W}tbl":
            yield from _table(child)
        else:
            yield from _blocks(child)


def _table(table: etree._Element) -> Iterator[str]:
    for row in table.iter(f"{_W}tr"):
        # A table inside a cell is read within that cell, so its rows are passed over here.
        if next(row.iterancestors(f"{_W}tbl")) is not table or _deleted_row(row):
            continue
        cells = [
            " ".join(" ".join(_blocks(cell)).split())
            for cell in row.iter(f"{_W}tc")
            if next(cell.iterancestors(f"{_W}tr")) is row
        ]
        yield " | ".join(cells)


def _deleted_row(row: etree._Element) -> bool:
    properties = row.find(f"{_W}trPr")
    return properties is not None and properties.find(f"{_W}del") is not None


def _paragraph(paragraph: etree._Element) -> Iterator[str]:
    """The paragraph's own line or lines, then those of text boxes anchored in it."""
    pieces: list[str] = []
    boxes: list[etree._Element] = []
    _runs(paragraph, pieces, boxes)
    yield from "".join(pieces).split("\n")
    for box in boxes:
        yield from _blocks(box)


def _runs(element: etree._Element, pieces: list[str], boxes: list[etree._Element]) -> None:
    for child in element:
        tag = child.tag
        if tag in _GONE or not isinstance(tag, str):
            continue
        if tag == f"{_W}t":
            pieces.append((child.text or "").replace("\u00a0", " "))
        elif tag in (f"{_W}br", f"{_W}cr"):
            pieces.append("\n")
        elif tag == f"{_W}tab":
            pieces.append("\t")
        elif tag == f"{_W}noBreakHyphen":
            pieces.append("-")
        elif tag == f"{_W}sym":
            pieces.append(_symbol(child))
        elif tag == f"{_W}txbxContent":
            boxes.append(child)
        elif tag == f"{_W}r" and _vanished(child):
            continue
        else:
            _runs(child, pieces, boxes)


def _vanished(run: etree._Element) -> bool:
    properties = run.find(f"{_W}rPr")
    mark = properties.find(f"{_W}vanish") if properties is not None else None
    return mark is not None and mark.get(f"{_W}val", "true") not in ("0", "false", "off")


def _symbol(element: etree._Element) -> str:
    """Check boxes of the Wingdings fonts, the one use that carries meaning in a chart."""
    marks = {"F0FE": "☒", "F0FD": "☒", "F052": "☑", "F0A8": "☐", "F06F": "☐", "F0FC": "✓"}
    return marks.get(element.get(f"{_W}char", "").upper(), "")
