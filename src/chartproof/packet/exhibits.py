"""Chooses the pages that the package shows and names them: Exhibit A, B, C ... one for each source document.

Only cited pages, and their context: the document's first page where it carries identity or a date, and the page that
carries the signature. The place of a quote ("Exhibit C, p. 3") comes from here and from nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chartproof.model import Box, Document, Page, Review, SourceFile, Span
from chartproof.packet import textpages
from chartproof.packet.citations import Citation
from chartproof.packet.look import document_at

_SIGNED = re.compile(r"(?i)\b(electronically\s+)?(signed|authenticated|verified|attested)\b|\bsignature\b")
_DATE = re.compile(r"\b\d{1,4}[/-]\d{1,2}[/-]\d{2,4}\b|\b(19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Mark:
    """A row's id beside a highlighted quote; `boxes` in points from the top left of the source page as displayed."""

    row: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class ExhibitPage:
    """One page of an exhibit. `source` is the page of the source file; `number` its place in the exhibit, from 1.

    `covered` are the places, in points from the top left, at which the page speaks of another person.
    """

    number: int
    source: int
    width: float
    height: float
    marks: tuple[Mark, ...] = ()
    covered: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Exhibit:
    """`rows` are the short ids it serves, in order of first citation. `typeset` holds the PDF of a file without pages.

    `covers` is True where words on another person are not shown.
    """

    letter: str
    file: str
    title: str
    document: Document | None
    rows: tuple[str, ...]
    pages: tuple[ExhibitPage, ...]
    source_pages: int
    typeset: bytes = b""
    covers: bool = False

    @property
    def name(self) -> str:
        return f"Exhibit {self.letter}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stands in the package."""

    letter: str
    page: int

    def __str__(self) -> str:
        return f"Exhibit {self.letter}, p. {self.page}"

    @property
    def order(self) -> tuple[int, str, int]:
        """Sorts A before B, Z before AA, then by page."""
        return len(self.letter), self.letter, self.page

    @property
    def link(self) -> str:
        """The address that stands for this page until the package is put together."""
        return f"{LINK}{self.letter}/{self.page}"


#: Links inside the package are written as addresses under this one and turned into page links when it is assembled.
LINK = "https://packet.invalid/"


@dataclass(frozen=True, slots=True)
class Book:
    exhibits: tuple[Exhibit, ...]
    places: Mapping[Span, Place] = field(default_factory=dict)

    def place(self, span: Span) -> Place | None:
        return self.places.get(span)

    def shows(self, span: Span) -> Place | None:
        """Where the package shows these words: cited there, or on a page that stands in it for something else."""
        pages = (
            Place(one.letter, page.number)
            for one in self.exhibits
            if one.file == span.file and not one.typeset
            for page in one.pages
            if page.source == span.page
        )
        return self.places.get(span) or next(pages, None)


def build_book(review: Review, cited: tuple[Citation, ...]) -> Book:
    """Exhibits for all citations, lettered in the order in which their documents are first cited."""
    by_document: dict[tuple[str, int, int], list[Citation]] = {}
    for citation in cited:
        by_document.setdefault(_range(review, citation.span), []).append(citation)
    sources = {source.name: source for source in review.chart.files}
    exhibits: list[Exhibit] = []
    places: dict[Span, Place] = {}
    for n, ((file, first, last), group) in enumerate(by_document.items()):
        source, letter = sources[file], exhibit_letter(n)
        build = _typeset if textpages.without_pages(source) else _paged
        others = [one for one in review.chart.others if one.file == file]
        exhibit, found = build(source, letter, (first, last), group, document_at(review, file, first), others)
        exhibits.append(exhibit)
        places |= found
    return Book(tuple(exhibits), places)


def exhibit_letter(n: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    return (exhibit_letter(n // 26 - 1) if n >= 26 else "") + chr(ord("A") + n % 26)


#: Kinds whose ids do not read as a title.
_KINDS = {
    "committee": "Multidisciplinary team record",
    "psychosocial": "Psychosocial evaluation",
    "attestation": "Physician's statement",
    "pharmacy_determination": "Pharmacy's determination",
    "fhir_bundle": "Structured record export",
    "ccda": "Continuity of care document",
    "mar_export": "Medication export",
    "pet_ct": "PET/CT report",
    "chest_xray": "Chest x-ray report",
    "muga": "MUGA scan",
    "cardiac_mri": "Cardiac MRI",
    "ct": "CT report",
    "mri": "MRI report",
    "pathology": "Pathology report",
    "primary_care": "Primary care record",
    "preventive_care": "Preventive care record",
    "program_letter": "Treating center's letter",
    "nutrition": "Nutrition note",
    "rehab": "Rehabilitation note",
    "ecg": "ECG",
    "echo": "Echocardiogram",
    "pft": "Lung function test",
}

_IDENTITY = re.compile(r"\d{5,}|\b(?:MRN|DOB|born)\b|\b\d{2,3}-\d{3}-\d{3,}")

#: What stands around a heading and is none of it: marks of a list or a banner, the empty cells of a table.
_AROUND = " #*=_~|,;-"
_BANNER = re.compile(r"[*=_#~]{2,}")
_CAPTION = re.compile(r"(?i)^(?:(?:local|note|standard|document|report) )?title\s*:\s*")

#: A heading that is a person's name and nothing else.
_PERSON = re.compile(r"[A-Z][A-Z'’-]+, ?[A-Z'’-]+(?: [A-Z]\.?)?")

#: Kinds that say nothing of what a document is.
_VAGUE = frozenset(("", "other", "unknown", "document", "chart"))


def title_of(document: Document | None, source: SourceFile) -> str:
    """What the exhibit is, in words: the document's kind, else its own heading, else the file's name."""
    if document is not None and document.kind not in _VAGUE:
        return _kind_words(document)
    if source.media in ("json", "xml"):
        return "Structured record export"
    return heading_of(document) or source.name


def named(document: Document) -> str:
    """What a document is and whose heading it bears: 'Pathology report, Lakeside Pathology Group'."""
    kind = "" if document.kind in _VAGUE else _kind_words(document)
    heading = heading_of(document)
    return ", ".join(filter(None, (kind, "" if heading.lower() == kind.lower() else heading))) or "Paper"


def _kind_words(document: Document) -> str:
    return _KINDS.get(document.kind, document.kind.replace("_", " ").capitalize())


def heading_of(document: Document | None) -> str:
    """The document's own first line, short; empty where it has none or where that line is who the patient is."""
    parts = (" ".join(part.split()).strip(_AROUND) for part in _BANNER.split(document.title if document else ""))
    words = _CAPTION.sub("", next(filter(None, parts), ""))
    if _IDENTITY.search(words) or _PERSON.fullmatch(words):
        return ""
    return words if len(words) <= 70 else words[:66].rsplit(" ", 1)[0] + " ..."


def _range(review: Review, span: Span) -> tuple[str, int, int]:
    document = document_at(review, span.file, span.page)
    if document:
        return span.file, document.first, document.last
    pages = [page.number for source in review.chart.files if source.name == span.file for page in source.pages]
    return span.file, min(pages, default=1), max(pages, default=1)


def _paged(
    source: SourceFile, letter: str, pages: tuple[int, int], group: list[Citation], document: Document | None,
    others: Sequence[Span],
) -> tuple[Exhibit, dict[Span, Place]]:  # fmt: skip
    run = [page for page in source.pages if pages[0] <= page.number <= pages[1]]
    cited = {citation.span.page for citation in group}
    chosen = [page for page in run if page.number in cited | _context(run)]
    made = tuple(_page(n, page, group, others) for n, page in enumerate(chosen, 1))
    number = {page.source: page.number for page in made}
    exhibit = Exhibit(
        letter, source.name, title_of(document, source), document, _rows(group), made, len(source.pages),
        covers=any(page.covered for page in made),
    )  # fmt: skip
    return exhibit, {c.span: Place(letter, number[c.span.page]) for c in group}


def _typeset(
    source: SourceFile, letter: str, pages: tuple[int, int], group: list[Citation], document: Document | None,
    others: Sequence[Span],
) -> tuple[Exhibit, dict[Span, Place]]:  # fmt: skip
    pdf, where, count = textpages.typeset(source, [(c.mark, c.span) for c in group], others)
    made = tuple(ExhibitPage(n, 1, textpages.WIDTH, textpages.HEIGHT) for n in range(1, count + 1))
    exhibit = Exhibit(
        letter, source.name, title_of(document, source), document, _rows(group), made, 1, pdf, covers=bool(others)
    )
    return exhibit, {span: Place(letter, page) for span, page in where.items()}


def _context(run: list[Page]) -> set[int]:
    """The first page if it says whose and of when it is; the last page of the run on which a signature stands."""
    context = {run[0].number} if run and _DATE.search(run[0].text) else set()
    signed = [page.number for page in run if _SIGNED.search(page.text)]
    return context | set(signed[-1:])


def _page(number: int, page: Page, group: list[Citation], others: Sequence[Span]) -> ExhibitPage:
    rows: dict[tuple[Box, ...], list[str]] = {}
    for citation in group:
        if citation.span.page == page.number:
            boxes = citation.span.boxes or page.boxes(citation.span.start, citation.span.end)
            rows.setdefault(boxes, []).append(citation.mark)
    marks = tuple(Mark(row, boxes) for boxes, found in rows.items() for row in dict.fromkeys(found))
    lit = [box for mark in marks for box in mark.boxes]
    theirs = (box for span in others if span.page == page.number for box in page.boxes(span.start, span.end))
    covered = tuple(box for box in theirs if not any(_meet(box, one) for one in lit))
    return ExhibitPage(number, page.number, page.width, page.height, marks, covered)


def _meet(one: Box, other: Box) -> bool:
    """Whether two boxes share more than an edge."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > 1 and down > 0.3 * (other.bottom - other.top)


def _rows(group: list[Citation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(citation.mark for citation in group))
