"""How finders see a chart: documents cut into segments of one date, and those into sentences that know their heading.

A sentence's `text` is its slice of the page with line ends turned to spaces, so that offsets hold: the character i of
`text` is `page.text[start + i]`. A table row, a bullet and a heading line are sentences of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chartproof.chart.vocabulary import load
from chartproof.model import DayRange, Document, Page, SourceFile, Span

BULLET = re.compile(r"\s*(?:[-•*‣●▪◦–]|\(?[a-z0-9]{1,2}[.)]|[IVX]{1,4}\.|\[[ xX]?\]|\([ xX]\)|[☐☑☒])\s+")
LABEL = re.compile(
    r"\s*(?:[-•*]\s*|\(?[a-z0-9]{1,2}[.)]\s*|[IVX]{1,4}\.\s*)?([A-Z][A-Za-z0-9/&,'()\- ]{1,60}?)\s*[:.](?=\s|$)"
)
HEADING_NUMBER = re.compile(r"\s*(?:#+|\d{1,2}\.|[IVX]{1,4}\.|SECTION \d+\.?)\s*")
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z0-9\"'(\[*])")
ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|St|vs|No|approx|Jr|Sr|Prof|Fig|e\.g|i\.e|incl|ref|wk|mo|yr|temp|pt|Pt|inc|Inc|Ph|Fx|tel|cc"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)|\b[A-Z]|^\s*\d{1,2}|[\s(][a-z])\.[\"')\]]*\s+$"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of one page's text that was written on one day: a visit, a report, an addendum.

    `when` is the day it speaks of, `signed` as for Document, `addendum` True where it corrects or completes another.
    """

    document: Document
    page: Page
    start: int
    end: int
    when: DayRange | None
    signed: bool | None = None
    addendum: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`heading` is the section's heading line, `label` the lead-in of the paragraph ("Family:", "Balance.")."""

    segment: Segment
    start: int
    end: int
    text: str
    heading: str = ""
    label: str = ""
    row: bool = False

    @property
    def page(self) -> Page:
        return self.segment.page

    @property
    def document(self) -> Document:
        return self.segment.document

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """The span of `text[start:end]`, trimmed of white space."""
        end = len(self.text) if end is None else end
        return span(self.page, self.start + start, self.start + end)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that finders may use: the files, their documents, and the sentences of documents that are this patient's."""

    files: tuple[SourceFile, ...]
    documents: tuple[Document, ...]
    segments: tuple[Segment, ...]
    sentences: tuple[Sentence, ...]

    def of_kind(self, *kinds: str) -> Iterator[Sentence]:
        return (sentence for sentence in self.sentences if sentence.document.kind in kinds)


def span(page: Page, start: int, end: int) -> Span:
    """A span of the page's own characters, trimmed; `quote` keeps them verbatim."""
    raw = page.text[start:end]
    start += len(raw) - len(raw.lstrip())
    end = start + len(raw.strip())
    return Span(page.file, page.number, start, end, page.text[start:end], page.boxes(start, end))


def sentences(segment: Segment) -> Iterator[Sentence]:
    """Cut a segment into sentences, rows and headings, each knowing what it stands under."""
    heading = ""
    for start, end in paragraphs(segment.page.text, segment.start, segment.end):
        text = segment.page.text[start:end].replace("\n", " ")
        if is_heading(text):
            heading = HEADING_NUMBER.sub("", text, count=1).strip(" #*:")
            yield Sentence(segment, start, end, text, heading, heading)
            continue
        row = is_row(text)
        label = ""
        for left, right in [(0, len(text))] if row else split(text):
            piece = text[left:right]
            own = LABEL.match(piece)
            if own and len(own[1].split()) <= 8 and (left == 0 or piece[own.end() - 1] == ":"):
                label = own[1].strip()
            yield Sentence(segment, start + left, start + right, piece, heading, label, row)


def paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Join wrapped lines. A short line, a bullet, a blank line, a heading or a table row ends a paragraph."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text[start:end])]
    lines = [(start + a, start + b) for a, b in lines if text[start + a : start + b].strip()]
    widest = max((len(text[a:b].strip()) for a, b in lines), default=0)
    open_at: int | None = None
    last_end = start
    for index, (left, right) in enumerate(lines):
        line = text[left:right]
        if open_at is None:
            open_at = left
        last_end = right
        following = text[lines[index + 1][0] : lines[index + 1][1]] if index + 1 < len(lines) else ""
        blank = index + 1 < len(lines) and "\n\n" in text[right : lines[index + 1][0] + 1]
        if not following or blank or not continues(line, following, widest):
            yield open_at, right
            open_at = None
    if open_at is not None:
        yield open_at, last_end


def continues(line: str, following: str, widest: int) -> bool:
    """Whether `following` goes on with the paragraph of `line`."""
    if is_heading(line) or is_heading(following) or BULLET.match(following) or is_row(following):
        return False
    indented = following.startswith("   ") and not line.rstrip().endswith((".", ":")) and not is_row(line)
    starts_low = bool(re.match(r"\s*[a-z(]", following))
    full = len(line.strip()) >= 0.72 * widest
    return full or starts_low or indented or (following.startswith("   ") and len(line.strip()) >= 0.5 * widest)


def is_heading(text: str) -> bool:
    """A short line that titles what follows: capitals, a markdown mark, a numbered title, a title with a colon."""
    line = text.strip()
    if not 3 <= len(line) <= 80 or line.endswith((".", ",", ";")) or re.search(r"\d{1,2}/\d{1,2}/\d{2,4}", line):
        return False
    if line.startswith("#"):
        return True
    bare = HEADING_NUMBER.sub("", line)
    letters = [c for c in bare if c.isalpha()]
    if (
        len(letters) >= 4
        and all(c.isupper() for c in letters)
        and not re.search(r"\d", bare)
        and len(bare.split()) <= 8
    ):
        return ":" not in bare[:-1]
    words = bare.rstrip(":").split()
    plain = bool(words) and len(words) <= 9 and words[0][0].isupper() and not re.search(r"[.;=%\d|]", bare.rstrip(":"))
    if not plain:
        return False
    if HEADING_NUMBER.match(line) and len(words) <= 8:
        return True
    known = bare.rstrip(":").lower() in load("context.yaml")["headings"]
    return known or (line.endswith(":") and len(words) <= 6)


def is_row(text: str) -> bool:
    """A table row: cells kept apart by bars, tabs or wide gaps."""
    line = text.strip()
    return " | " in line or "\t" in line or len(re.findall(r"\S {3,}\S", line)) >= 2


def split(text: str) -> list[tuple[int, int]]:
    """Sentence bounds within a paragraph; abbreviations, initials and list numbers do not end one."""
    bounds: list[tuple[int, int]] = []
    left = 0
    for match in SENTENCE_END.finditer(text):
        if ABBREVIATION.search(text[left : match.end()]):
            continue
        bounds.append((left, match.start()))
        left = match.end()
    bounds.append((left, len(text)))
    return [(a, b) for a, b in bounds if text[a:b].strip()]
