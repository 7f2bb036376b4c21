"""How finders see a chart: documents cut into segments of one date, and those into sentences that know their heading.

A sentence's `text` is its slice of the page with line ends, and the dots that lead to a row's value, turned to spaces, so
that offsets hold: the character i of `text` is `page.text[start + i]`. A table row, a bullet and a heading line are sentences of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from chartproof.chart import answer_columns as columns
from chartproof.chart.line_looks import HEADING_NUMBER, is_heading, is_row
from chartproof.chart.paragraphs import paragraphs
from chartproof.chart.vocabulary import load
from chartproof.model import DayRange, Document, Page, SourceFile, Span

LABEL = re.compile(
    r"\s*(?:[-•*]\s*|\(?[a-z0-9]{1,2}[.)]\s*|[IVX]{1,4}\.\s*)?([A-Z][A-Za-z0-9/&,'()\- ]{1,60}?)\s*[:.](?=\s|$)"
)
SENTENCE_END = re.compile(
    r"(?<=[.!?])(?!(?<=\?)\s+(?:\[\s*[xX\u2713\u2714]?\s*\]|[\u2610\u2611\u2612]))[\"')\]\u201d\u2019]*\s+(?=[A-Z0-9\"'(\[*\u201c])"
)
ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|St|vs|No|approx|Jr|Sr|Prof|Fig|e\.g|i\.e|incl|ref|wk|mo|yr|temp|pt|Pt|inc|Inc|Ph|Fx|tel|cc"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)|(?<![\w-])[A-Z]|^\s*\d{1,2}|[\s(][a-z])\.[\"')\]]*\s+$"
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
    """`heading` is the section's heading line, `label` the lead-in of the paragraph ("Family:", "Balance.").

    `answer` is "yes" or "no" for a row whose mark stands under that column of a form, else "".
    """

    segment: Segment
    start: int
    end: int
    text: str
    heading: str = ""
    label: str = ""
    row: bool = False
    answer: columns.Answer = ""

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


#: Readings of which is kept what several finders ask: the patient's pages, another person's, papers of the desk.
READINGS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """All that finders may use: the files, their documents, and the sentences of documents that are this patient's.

    `others` are passages of the patient's pages that speak of another person. One reading is no other, whatever they
    hold: so that what was found of one can be kept.
    """

    files: tuple[SourceFile, ...]
    documents: tuple[Document, ...]
    segments: tuple[Segment, ...]
    sentences: tuple[Sentence, ...]
    others: tuple[Span, ...] = ()

    def of_kind(self, *kinds: str) -> Iterator[Sentence]:
        return (sentence for sentence in self.sentences if sentence.document.kind in kinds)


def span(page: Page, start: int, end: int) -> Span:
    """A span of the page's own characters, trimmed; `quote` keeps them verbatim."""
    raw = page.text[start:end]
    start += len(raw) - len(raw.lstrip())
    end = start + len(raw.strip())
    return Span(page.file, page.number, start, end, page.text[start:end], page.boxes(start, end))


DOTS = re.compile(r"(?<=[^.])\.{4,}(?= ?\S)")
#: What a sentence is beside its segment: the fields of Sentence behind it, in their order.
Piece = tuple[int, int, str, str, str, bool, columns.Answer]
INDENTED = re.compile(r"[ \t]{2,}\S")
EMPTY_LINE = re.compile(r"\n[ \t]*\n")


def sentences(segment: Segment) -> Iterator[Sentence]:
    """Cut a segment into sentences, rows and headings, each knowing what it stands under."""
    return (Sentence(segment, *piece) for piece in pieces(segment.page, segment.start, segment.end))


@lru_cache(maxsize=1 << 13)
def pieces(page: Page, start: int, end: int) -> tuple[Piece, ...]:
    """The pieces of a stretch of the page. Several finders ask: kept."""
    return tuple(cut(page, start, end))


def cut(page: Page, first: int, last: int) -> Iterator[Piece]:
    """Paragraph by paragraph: a heading holds for what follows it, a label for the rest of its paragraph."""
    heading, inside, before = "", False, first
    marked = columns.answers(page, bounds(page, first, last)) if columns.WORTH.search(page.text, first, last) else {}
    for start, end in paragraphs(page, first, last):
        text = page.text[start:end].replace("\n", " ")
        if is_heading(text):
            heading, inside, before = HEADING_NUMBER.sub("", text, count=1).strip(" #*:"), False, end
            yield start, end, text, heading, heading, False, ""
            continue
        # What is set in below a title ends with the empty line after which the margin is reached again.
        inside, closed = INDENTED.match(text) is not None, inside and not INDENTED.match(text)
        if closed and EMPTY_LINE.search(page.text[before:start]):
            heading = ""
        before = end
        row = is_row(text)
        text = DOTS.sub(lambda dots: " " * len(dots[0]), text) if row else text
        label = ""
        for left, right in [(0, len(text))] if row else split(text):
            piece = text[left:right]
            own = LABEL.match(piece)
            whole = own and own[1].count("(") <= own[1].count(")")  # "(melena in July: ...)" names nothing
            if own and whole and len(own[1].split()) <= 8 and (left == 0 or piece[own.end() - 1] == ":"):
                label = own[1].strip()
            yield start + left, start + right, piece, heading, label, row, marked.get(start, "") if not left else ""


def bounds(page: Page, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each line that is not empty."""
    for match in re.finditer(r"[^\n]+", page.text[start:end]):
        if match[0].strip():
            yield start + match.start(), start + match.end()


#: A status behind the entry that it takes back: "COPD (J44.9). Verification: entered-in-error."
VOIDED = re.compile(
    r"(?:(?:(?:clinical|verification|problem|record|result|entry|order) ?)+(?:status)?\s*[:=-]?|(?:status)?\s*[:=-])\s*"
    r"(?:entered[ -]in[ -]error|refuted|void(?:ed)?|wrong (?:patient|chart))\b",
    re.IGNORECASE,
)


@cache
def _unreconciled() -> re.Pattern[str]:
    return re.compile("|".join(load("documents.yaml")["unreconciled"]), re.IGNORECASE)


def is_void(sentence: Sentence) -> bool:
    """Whether it prints an entry of an export that its own status takes back, or one that nobody has taken over.

    An entry is one line.
    """
    if _unreconciled().search(sentence.text) and not sentence.text.rstrip().endswith(":"):
        return True
    if sentence.page.read != "structured":
        return False
    text = sentence.page.text
    first, last = text.rfind("\n", 0, sentence.start) + 1, text.find("\n", sentence.end)
    return bool(VOIDED.search(text, first, last if last >= 0 else len(text)))


#: "Stroke [ ] Yes [X] No" of a form, its boxes before the answers or behind them, and the gap before the item that follows.
_BOX, _WORD = r"(?:[\[(] {0,3}[xX\u2713\u2714]? {0,3}[\])]|[\u2610-\u2612])", r"(?i:yes|no|unknown|unsure|n/?a|[yn])"
_BEFORE, _BEHIND = rf"{_BOX} ?{_WORD}\b", rf"\b{_WORD} ?{_BOX}"
ANSWERS = (
    rf"(?:{_BEFORE}(?:[ ,/]*{_BEFORE})+|(?<![\])\u2610-\u2612] )(?<![\])\u2610-\u2612]){_BEHIND}(?:[ ,/]*{_BEHIND})+)"
)
BOX = re.compile(_BOX)
ITEM = re.compile(rf"{ANSWERS}(?P<gap>[.,;]?\s+)(?=[A-Z])")


def split(text: str) -> list[tuple[int, int]]:
    """Sentence bounds within a paragraph; abbreviations, initials and list numbers do not end one, the answers of a form's
    item do."""
    ends = [match.span() for match in SENTENCE_END.finditer(text) if not VOIDED.match(text, match.end())]
    items = [match.span("gap") for match in ITEM.finditer(text)] if BOX.search(text) else []
    bounds: list[tuple[int, int]] = []
    left = 0
    for start, end in sorted({*ends, *items}):
        if (start, end) not in items and ABBREVIATION.search(text[left:end]):
            continue
        bounds.append((left, start))
        left = end
    bounds.append((left, len(text)))
    return [(a, b) for a, b in bounds if text[a:b].strip()]
