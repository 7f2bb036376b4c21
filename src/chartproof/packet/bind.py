"""Puts exhibit pages behind their tab sheets: scaled onto letter paper, stamped, highlighted, linked, bookmarked.

Each source page becomes a form of its displayed appearance (rotation and crop applied), so that stamps stand upright
on turned pages and nothing of the source is hidden by them: the page is scaled into a frame, stamps stand outside of
it. A page that speaks of another person too becomes a picture with those places painted over: what is covered is gone.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from PIL import Image

from chartproof.packet.covers import framed, painted
from chartproof.packet.exhibits import LINK, Book, Exhibit, ExhibitPage
from chartproof.packet.look import shortened
from chartproof.packet.typeset import compile_pdf

#: Letter paper, and the margins in points that are kept free for marks and the stamp.
SHORT, LONG = 612.0, 792.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 8.0, 8.0, 34.0

#: The most characters of a file's name in the stamp.
_STAMPED = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed page and where the source page stands on it: `scale`, and its top left corner, in points."""

    width: float
    height: float
    scale: float
    left: float
    top: float


def sheet_for(width: float, height: float) -> Sheet:
    """Letter paper, upright or on its side as the source page is, with the source page scaled down into the frame."""
    paper = (LONG, SHORT) if width > height else (SHORT, LONG)
    room = (paper[0] - LEFT - RIGHT, paper[1] - TOP - BOTTOM)
    scale = min(room[0] / width, room[1] / height, 1.0)
    return Sheet(*paper, scale, LEFT + (room[0] - width * scale) / 2, TOP + (room[1] - height * scale) / 2)


def exhibit_pages(exhibit: Exhibit, folder: Path) -> pikepdf.Pdf:
    """The exhibit's pages, stamped and highlighted, as a document of their own."""
    source = _open(exhibit, folder)
    stamps = pikepdf.open(io.BytesIO(compile_pdf("stamp.typ", _stamps(exhibit), tagged=False)))
    done = pikepdf.new()
    for page, stamp in zip(exhibit.pages, stamps.pages, strict=True):
        number = page.number if exhibit.typeset else page.source
        covered = painted(source, number, page.covered) if page.covered else None
        _add(done, covered.pages[0] if covered else source.pages[number - 1], page, stamp)
    return done


def _open(exhibit: Exhibit, folder: Path) -> pikepdf.Pdf:
    if exhibit.typeset:
        return pikepdf.open(io.BytesIO(exhibit.typeset))
    path = folder / exhibit.file
    if path.suffix.lower() != ".pdf":
        return _pictures(path, exhibit)
    pdf = pikepdf.open(path)
    if "/AcroForm" in pdf.Root or any("/Annots" in page for page in pdf.pages):
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("print")
    return pdf


def _pictures(path: Path, exhibit: Exhibit) -> pikepdf.Pdf:
    """An image file as a PDF whose pages have the size that the reader gave them; frames are pages."""
    sizes = {page.source: (page.width, page.height) for page in exhibit.pages}
    joined = pikepdf.new()
    with Image.open(path) as image:
        for n in range(getattr(image, "n_frames", 1)):
            image.seek(n)
            width = sizes.get(n + 1, (SHORT, LONG))[0] or SHORT
            frame = image if image.mode in ("1", "L", "RGB") else image.convert("RGB")
            joined.pages.extend(framed(frame, width).pages)
    return joined


def _add(done: pikepdf.Pdf, source: pikepdf.Page, page: ExhibitPage, stamp: pikepdf.Page) -> None:
    visible = _visible(source)
    for box in ("/TrimBox", "/ArtBox", "/BleedBox"):
        if box in source.obj:
            del source.obj[box]
    source.obj.CropBox = pikepdf.Array([_number(value) for value in visible])
    turned = int(source.obj.get("/Rotate", 0) or _inherited(source, "/Rotate") or 0) % 180 == 90
    across, down = visible[2] - visible[0], visible[3] - visible[1]
    width, height = (down, across) if turned else (across, down)
    sheet = sheet_for(width, height)
    form = done.copy_foreign(source.as_form_xobject())
    bottom = sheet.height - sheet.top - height * sheet.scale
    lit = pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, BM=pikepdf.Name.Multiply)
    resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Source=form, Stamp=done.copy_foreign(stamp.as_form_xobject())),
        ExtGState=pikepdf.Dictionary(Lit=done.make_indirect(lit)),
    )
    # The form's own matrix puts the displayed page's lower left corner where its bounding box says: move it to 0, 0.
    corner = _corner(form)
    content = (
        f"q {sheet.scale:.5f} 0 0 {sheet.scale:.5f} {sheet.left - corner[0] * sheet.scale:.3f} "
        f"{bottom - corner[1] * sheet.scale:.3f} cm /Source Do Q\n{_highlights(page, sheet)}\nq /Stamp Do Q"
    )
    done.add_blank_page(page_size=(sheet.width, sheet.height))
    added = done.pages[-1]
    added.obj.Resources = resources
    added.obj.Contents = done.make_stream(content.encode())


def _visible(source: pikepdf.Page) -> tuple[float, float, float, float]:
    """The crop box within the media box, as every viewer shows it."""
    media = [float(value) for value in source.mediabox]
    crop = [float(value) for value in source.cropbox]
    left, bottom = (
        max(min(media[0], media[2]), min(crop[0], crop[2])),
        max(min(media[1], media[3]), min(crop[1], crop[3])),
    )
    right, top = (
        min(max(media[0], media[2]), max(crop[0], crop[2])),
        min(max(media[1], media[3]), max(crop[1], crop[3])),
    )
    return left, bottom, right, top


def _inherited(source: pikepdf.Page, key: str) -> int:
    node: pikepdf.Object | None = source.obj
    while node is not None:
        if key in node:
            return int(node[key])
        node = node.get("/Parent")
    return 0


def _corner(form: pikepdf.Object) -> tuple[float, float]:
    """The lower left corner of the form's bounding box after its own matrix."""
    box = [float(value) for value in form.BBox]
    a, b, c, d, e, f = (float(value) for value in form.get("/Matrix", pikepdf.Array([1, 0, 0, 1, 0, 0])))
    points = [(a * x + c * y + e, b * x + d * y + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    return min(x for x, _ in points), min(y for _, y in points)


def _highlights(page: ExhibitPage, sheet: Sheet) -> str:
    boxes = dict.fromkeys(box for mark in page.marks for box in mark.boxes)
    if not boxes:
        return ""
    drawn = ["q /Lit gs 1 0.93 0.45 rg"]
    for box in boxes:
        x, width = sheet.left + (box.left - 1) * sheet.scale, (box.right - box.left + 2) * sheet.scale
        y = sheet.height - sheet.top - (box.bottom + 1) * sheet.scale
        drawn.append(f"{x:.2f} {y:.2f} {width:.2f} {(box.bottom - box.top + 2) * sheet.scale:.2f} re f")
    return "\n".join([*drawn, "Q"])


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else round(value, 4)


def _stamps(exhibit: Exhibit) -> dict[str, object]:
    """What stamp.typ draws on each sheet: the stamp, and the row ids beside their highlights."""
    sheets = []
    for page in exhibit.pages:
        sheet = sheet_for(page.width, page.height)
        where = "no page layout" if exhibit.typeset else f"source file p. {page.source}"
        where += "; words on other persons are covered" if page.covered else ""
        sheets.append(
            {
                "width": sheet.width,
                "height": sheet.height,
                "stamp": f"{exhibit.name}, p. {page.number} of {len(exhibit.pages)} - {where}",
                "file": shortened(exhibit.file, _STAMPED),
                "marks": _margin(page, sheet),
            }
        )
    return {"sheets": sheets}


def _margin(page: ExhibitPage, sheet: Sheet) -> list[dict[str, object]]:
    """Marks from top to bottom, pushed apart where they would overlap; rows on the same line share it."""
    wanted = sorted(
        (sheet.top + mark.boxes[0].top * sheet.scale, sheet.top + mark.boxes[-1].bottom * sheet.scale, mark.row)
        for mark in page.marks
        if mark.boxes
    )
    placed: list[dict[str, object]] = []
    free = 0.0
    for top, bottom, row in wanted:
        y = max(top, free)
        placed.append({"row": row, "y": round(y, 2), "top": round(top, 2), "bottom": round(bottom, 2)})
        free = y + 8.2
    return placed


def join(front: bytes, tabs: int, book: Book, folder: Path) -> tuple[pikepdf.Pdf, dict[str, int]]:
    """The package: the tagged front with each exhibit's pages put behind its tab sheet (the front's last `tabs` pages).

    Returns it with the page index (from 0) of each tab: {"C": 17}. The front document is kept, so that its tags live.
    """
    packet = pikepdf.open(io.BytesIO(front))
    first_tab = len(packet.pages) - tabs
    starts: dict[str, int] = {}
    at = first_tab
    for exhibit in book.exhibits:
        starts[exhibit.letter] = at
        pages = exhibit_pages(exhibit, folder)
        for n, page in enumerate(pages.pages):
            packet.pages.insert(at + 1 + n, page)
        at += 1 + len(exhibit.pages)
    _resolve_links(packet, starts)
    return packet, starts


def _resolve_links(packet: pikepdf.Pdf, starts: Mapping[str, int]) -> None:
    """Turns each placeholder address into a link to its page; page 0 of an exhibit is its tab sheet."""
    for page in packet.pages:
        for annotation in page.obj.get("/Annots", []):
            action = annotation.get("/A")
            address = str(action.get("/URI", "")) if action is not None else ""
            if not address.startswith(LINK):
                continue
            letter, _, number = address.removeprefix(LINK).partition("/")
            target = packet.pages[starts[letter] + int(number)]
            del annotation["/A"]
            annotation.Dest = pikepdf.Array([target.obj, pikepdf.Name.Fit])


def outline(packet: pikepdf.Pdf, entries: list[tuple[str, int, list[tuple[str, int]]]]) -> None:
    """Bookmarks: (title, page index, children), in place of any that the front carried."""
    with packet.open_outline() as tree:
        tree.root.clear()
        for title, page, children in entries:
            item = pikepdf.OutlineItem(title, page)
            item.children.extend(pikepdf.OutlineItem(text, at) for text, at in children)
            tree.root.append(item)
