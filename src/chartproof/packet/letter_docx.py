"""letter.docx: the same content tree with real Word styles, for the physician to edit."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby

import docx
from docx.document import Document as Docx
from docx.enum.text import WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Inches, Pt, RGBColor

from chartproof.packet.doubtful import Doubtful
from chartproof.packet.tree import Block, Letter, ends, foot_of
from chartproof.packet.typeset import EPOCH

_RED = RGBColor(0x8F, 0x1D, 0x21)
_GREY = RGBColor(0x5B, 0x64, 0x70)
_MARGIN = {"letter": 1.0, "form": 1.0, "sheet": 0.8, "page": 1.0}
#: A day in a table's cell, kept on one line.
_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
#: A line to fill in, which is made long enough to write on.
_BLANK = "____"
_STYLES = {"heading": "Heading 1", "item": "List Bullet", "quote": "Quote", "para": "Normal", "box": "Normal"}


def letter_docx(
    letter: Letter, *, stamp: datetime | None = None, pictures: Mapping[Doubtful, bytes] | None = None
) -> bytes:
    """The bytes of the Word file; `pictures` holds the crops that it shows. The same of all give the same bytes."""
    document = docx.Document()
    _styles(document, letter)
    _properties(document, letter, stamp or EPOCH)
    _page(document, letter)
    _box(document, letter)
    signed = letter.form in ("letter", "form")
    if letter.form == "letter":
        document.add_paragraph("[Letterhead]", style="Quiet").paragraph_format.space_after = Pt(48)
        document.add_paragraph(f"Date: {letter.dated or '____________________'}")
    if signed:
        _address(document, letter)
    document.add_paragraph(letter.title, style="Title")
    if not signed:
        _address(document, letter)
    if letter.salutation:
        document.add_paragraph(letter.salutation)
    for kind, group in groupby(letter.blocks, key=lambda block: block.kind):
        if kind == "row":
            _rows(document, tuple(group), letter)
        else:
            for block in group:
                _pictures(document, block, pictures or {})
                _block(document, block, keep=block in ends(letter))
    _end(document, letter)
    return _settled(document)


def _box(document: Docx, letter: Letter) -> None:
    """The lines for whoever sends it, to be deleted before sending."""
    if letter.draft:
        alone = letter.form == "letter" and not letter.before
        notice = document.add_paragraph(style="Draft notice")
        notice.add_run("DRAFT").bold = True
        notice.add_run(
            " for the physician to read, edit and sign. Delete this line when the letter is signed."
            if alone
            else " for the one who signs to read, complete and sign. Delete this box before it is sent."
        )
    for line in letter.before:
        document.add_paragraph(line, style="Draft notice" if letter.draft else "Quiet")


def _styles(document: Docx, letter: Letter) -> None:
    large, sheet = letter.form == "page", letter.form == "sheet"
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(13.5 if large else 10 if sheet else 11)
    normal.paragraph_format.space_after = Pt(4 if sheet else 6)
    for name, size in (("Title", 19 if large else 15), ("Heading 1", 15 if large else 12)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = "Calibri", Pt(size), True
        style.font.color.rgb = RGBColor(0x1B, 0x1F, 0x24)
        style.paragraph_format.space_before, style.paragraph_format.space_after = (
            Pt(8 if sheet else 12),
            Pt(3 if sheet else 4),
        )
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
    quote = document.styles["Quote"]
    quote.font.italic, quote.font.color.rgb = False, RGBColor(0x1B, 0x1F, 0x24)
    quote.paragraph_format.left_indent = Inches(0.2)
    quote.element.get_or_add_pPr().append(_left_rule())
    for name, colour in (("Draft notice", _RED), ("Quiet", _GREY)):
        style = document.styles.add_style(name, 1)
        style.base_style = normal
        style.font.color.rgb, style.font.size = colour, Pt(12 if large else 9.5)
        style.paragraph_format.space_after = Pt(3)


def _left_rule() -> BaseOxmlElement:
    """A thin rule at the left: what sets another's words apart."""
    borders, left = OxmlElement("w:pBdr"), OxmlElement("w:left")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "8"), ("color", "B9C0C8")):
        left.set(qn(f"w:{key}"), value)
    borders.append(left)
    return borders


def _properties(document: Docx, letter: Letter, moment: datetime) -> None:
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = letter.title, "chartproof", "chartproof", ""
    core.created = core.modified = moment.replace(tzinfo=None)
    core.revision = 1
    core.language = "en-US"


def _page(document: Docx, letter: Letter) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(_MARGIN[letter.form])
    section.top_margin = section.bottom_margin = Inches(0.6 if letter.form == "sheet" else 0.9)
    footer = section.footer.paragraphs[0]
    footer.style = document.styles["Quiet"]
    footer.add_run(foot_of(letter) + "    Page ")
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
            paragraph.add_run(line.replace(_BLANK, _BLANK * 6))
    if letter.form in ("sheet", "page"):
        together = document.add_paragraph()
        for name, value in letter.reference:
            together.add_run(f"{name}\u00a0").font.color.rgb = _GREY
            together.add_run(f"{value}     ")
        return
    table = document.add_table(rows=0, cols=2)
    table.autofit = False
    table.columns[0].width, table.columns[1].width = Inches(1.45), Inches(5.05)
    for name, value in letter.reference:
        left, right = table.add_row().cells
        left.width, right.width = Inches(1.45), Inches(5.05)
        left.paragraphs[0].add_run(name).font.color.rgb = _GREY
        right.paragraphs[0].add_run(value.replace(_BLANK, _BLANK * 6))
        for cell in (left, right):
            cell.paragraphs[0].paragraph_format.space_after = Pt(1)


def _pictures(document: Docx, block: Block, pictures: Mapping[Doubtful, bytes]) -> None:
    """The crops that the block's runs show, each above it."""
    for run in block.runs:
        if run.look and run.look in pictures:
            document.add_picture(io.BytesIO(pictures[run.look]), width=Inches(3))
            document.paragraphs[-1].paragraph_format.keep_with_next = True


def _block(document: Docx, block: Block, *, keep: bool) -> None:
    if block.kind == "sign":
        _signature(document, *(run.text for run in block.runs))
        return
    if block.kind == "line":
        for _ in block.runs:
            paragraph = document.add_paragraph("\t")
            paragraph.paragraph_format.tab_stops.add_tab_stop(Inches(6.5), leader=WD_TAB_LEADER.LINES)
        return
    paragraph = document.add_paragraph(style=_STYLES[block.kind])
    if block.kind == "box":
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = (
            Inches(0.25),
            Inches(-0.25),
        )
        paragraph.add_run("☐ ")
    if keep or (block.kind == "para" and block.text.endswith(":")):
        paragraph.paragraph_format.keep_with_next = True
    for run in block.runs:
        text = _held(str(run)) if run.places else run.text.replace(_BLANK, _BLANK * 6)
        paragraph.add_run(text).bold = True if run.strong else None


def _held(reference: str) -> str:
    """'[Exhibit C, p. 3]' that no line breaks within."""
    return (
        reference.replace("Exhibit ", "Exhibit\u00a0").replace(", p. ", ",\u00a0p.\u00a0").replace(" p. ", " p.\u00a0")
    )


def _rows(document: Docx, rows: tuple[Block, ...], letter: Letter) -> None:
    """A table with a head that repeats; no row breaks over two pages."""
    widths, whole = letter.columns, 8.5 - 2 * _MARGIN[letter.form]
    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.autofit = False
    inches = [Inches(whole * width / sum(widths)) for width in widths]
    for column, width in zip(table.columns, inches, strict=True):
        column.width = width
    for n, block in enumerate(rows):
        line = table.add_row()
        properties = line._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if n == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, run, width in zip(line.cells, block.runs, inches, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            text = _held(str(run)) if run.places else _DAY.sub("\\1\u2011\\2\u2011\\3", run.text)
            paragraph.add_run(text).bold = True if run.strong else None
            paragraph.paragraph_format.space_after = Pt(2)
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _end(document: Docx, letter: Letter) -> None:
    if letter.closing:
        closing = document.add_paragraph(letter.closing)
        closing.paragraph_format.space_before, closing.paragraph_format.keep_with_next = Pt(14), True
        _signature(document, "Signature of the treating physician", "Name, credentials, NPI")
    if letter.enclosures:
        document.add_paragraph(letter.enclosures, style="Quiet")


def _signature(document: Docx, caption: str, name: str) -> None:
    """A line to sign and date, then one for the name and the telephone, each with what it is for below it."""
    for n, below in enumerate((f"{caption}\tDate", f"{name}\tTelephone")):
        line, words = document.add_paragraph("\t\t\t"), document.add_paragraph(below, style="Quiet")
        line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(26 if n == 0 else 10), Pt(0)
        line.paragraph_format.keep_with_next, words.paragraph_format.keep_with_next = True, n == 0
        stops = line.paragraph_format.tab_stops
        stops.add_tab_stop(Inches(3.4), leader=WD_TAB_LEADER.LINES)
        stops.add_tab_stop(Inches(3.7))
        stops.add_tab_stop(Inches(5.4), leader=WD_TAB_LEADER.LINES)
        words.paragraph_format.tab_stops.add_tab_stop(Inches(3.7))


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
