"""letter.docx: the same content tree with real Word styles, for the physician to edit."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import docx
from docx.document import Document as Docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor

from chartproof.packet.look import FOOTER
from chartproof.packet.tree import Block, Letter, ends
from chartproof.packet.typeset import EPOCH

_RED = RGBColor(0x8F, 0x1D, 0x21)
_GREY = RGBColor(0x5B, 0x64, 0x70)


def letter_docx(letter: Letter, *, stamp: datetime | None = None) -> bytes:
    """The bytes of the Word file. The same letter and stamp give the same bytes."""
    document = docx.Document()
    _styles(document)
    _properties(document, letter, stamp or EPOCH)
    _page(document)
    if letter.draft:
        notice = document.add_paragraph(style="Draft notice")
        notice.add_run("DRAFT").bold = True
        notice.add_run(" for the physician to read, edit and sign. Delete this line when the letter is signed.")
    document.add_paragraph("[Letterhead]", style="Quiet").paragraph_format.space_after = Pt(48)
    document.add_paragraph("Date: ____________________")
    _address(document, letter)
    document.add_paragraph(letter.title, style="Title")
    document.add_paragraph(letter.salutation)
    for block in letter.blocks:
        _block(document, block, keep=block in ends(letter))
    _signature(document, letter)
    return _settled(document)


def _styles(document: Docx) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    for name, size in (("Title", 15), ("Heading 1", 12)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = "Calibri", Pt(size), True
        style.font.color.rgb = RGBColor(0x1B, 0x1F, 0x24)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(12), Pt(4)
        style.paragraph_format.keep_with_next = True
        fonts = style.element.rPr.rFonts
        for key in list(fonts.attrib):
            if "Theme" in key:
                del fonts.attrib[key]
        fonts.set(qn("w:ascii"), "Calibri")
        fonts.set(qn("w:hAnsi"), "Calibri")
        border = style.element.pPr.find(qn("w:pBdr"))
        if border is not None:
            style.element.pPr.remove(border)
    for name, colour in (("Draft notice", _RED), ("Quiet", _GREY)):
        style = document.styles.add_style(name, 1)
        style.base_style = normal
        style.font.color.rgb, style.font.size = colour, Pt(9.5)


def _properties(document: Docx, letter: Letter, moment: datetime) -> None:
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = letter.title, "chartproof", "chartproof", ""
    core.created = core.modified = moment.replace(tzinfo=None)
    core.revision = 1
    core.language = "en-US"


def _page(document: Docx) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(1)
    section.top_margin = section.bottom_margin = Inches(0.9)
    footer = section.footer.paragraphs[0]
    footer.style = document.styles["Quiet"]
    footer.add_run(FOOTER + "    Page ")
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = footer.add_run()
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _address(document: Docx, letter: Letter) -> None:
    if letter.addressee:
        paragraph = document.add_paragraph()
        for n, line in enumerate(letter.addressee):
            if n:
                paragraph.add_run().add_break()
            paragraph.add_run(line)
    table = document.add_table(rows=0, cols=2)
    table.autofit = False
    table.columns[0].width, table.columns[1].width = Inches(1.45), Inches(5.05)
    for name, value in letter.reference:
        left, right = table.add_row().cells
        left.width, right.width = Inches(1.45), Inches(5.05)
        left.paragraphs[0].add_run(name).font.color.rgb = _GREY
        right.paragraphs[0].add_run(value)
        for cell in (left, right):
            cell.paragraphs[0].paragraph_format.space_after = Pt(1)


def _block(document: Docx, block: Block, *, keep: bool) -> None:
    style = {"heading": "Heading 1", "item": "List Bullet", "quote": "Quote", "para": "Normal"}[block.kind]
    paragraph = document.add_paragraph(style=style)
    paragraph.paragraph_format.keep_with_next = True if keep else None
    for run in block.runs:
        text = _held(str(run)) if run.places else run.text
        paragraph.add_run(text).bold = True if run.strong else None


def _held(reference: str) -> str:
    """'[Exhibit C, p. 3]' that no line breaks within."""
    return (
        reference.replace("Exhibit ", "Exhibit\u00a0").replace(", p. ", ",\u00a0p.\u00a0").replace(" p. ", " p.\u00a0")
    )


def _signature(document: Docx, letter: Letter) -> None:
    closing = document.add_paragraph(letter.closing)
    closing.paragraph_format.space_before, closing.paragraph_format.keep_with_next = Pt(14), True
    lines = (
        "______________________________        Date ______________",
        "Name, credentials, NPI: ______________________________",
        "Telephone: ______________________________",
    )
    for n, line in enumerate(lines):
        paragraph = document.add_paragraph(line)
        paragraph.paragraph_format.space_before = Pt(28 if n == 0 else 6)
        paragraph.paragraph_format.keep_with_next = True
    document.add_paragraph(letter.enclosures, style="Quiet")


def _settled(document: Docx) -> bytes:
    """Saves with fixed times inside the zip, so that bytes do not depend on the clock."""
    held = io.BytesIO()
    document.save(held)
    settled = io.BytesIO()
    with zipfile.ZipFile(held) as source, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(info, source.read(name))
    return settled.getvalue()
