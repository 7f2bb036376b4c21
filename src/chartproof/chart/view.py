"""How finders see a chart: documents cut into segments of one date, and those into sentences that know their heading.

A sentence's `text` is its slice of the page with line ends turned to spaces, so that offsets hold: the character i of
`text` is `page.text[start + i]`. A table row, a bullet and a heading line are sentences of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from chartproof.chart import answer_columns as columns
from chartproof.chart.upright import upright
from chartproof.chart.vocabulary import load
from chartproof.model import DayRange, Document, Page, SourceFile, Span

BULLET = re.compile(r"\s*(?:[-•*‣●▪◦–]|\(?[a-z0-9]{1,2}[.)]|[IVX]{1,4}\.|\[[ xX]?\]|\[ [1lIJj|)]|\([ xX]\)|[☐☑☒])\s+")
LABEL = re.compile(
    r"\s*(?:[-•*]\s*|\(?[a-z0-9]{1,2}[.)]\s*|[IVX]{1,4}\.\s*)?([A-Z][A-Za-z0-9/&,'()\- ]{1,60}?)\s*[:.](?=\s|$)"
)
#: A caption at the left edge, and the end of a line that goes on whatever stands below it.
CAPTION = re.compile(r"\s*([A-Z][A-Za-z/ -]{1,30}?) ?: +\S")
UNFINISHED = re.compile(r"(?:[,/(&-]|\b(?:and|or|of|the|with|for|to|by|in|on|at|is|was|were))\s*$")
HEADING_NUMBER = re.compile(r"\s*(?:#+|\d{1,2}\.|[IVX]{1,4}\.|SECTION \d+\.?)\s*")
#: The line that says whose page it is ends there: "Patient: ...  DOB ...  MRN ...".
DEMOGRAPHICS = re.compile(
    r"\b(?:DOB|D\.O\.B\.|date of birth)\b.*\d|\bb\. ?\d{1,2}[/-]\d|\bborn\W{1,3}\d|\bMRN\b\W{0,3}\d+\s*$", re.IGNORECASE
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


#: A line drawn across a typed page.
RULE = re.compile(r"[-=_*~ ]{6,}")
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


#: "Colorectal screen ......... colonoscopy 2019": dots that lead the eye to the value.
LEADER = re.compile(r"\w\W?\.{4,} ?\S")


INDENTED = re.compile(r"[ \t]{2,}\S")
EMPTY_LINE = re.compile(r"\n[ \t]*\n")


def sentences(segment: Segment) -> Iterator[Sentence]:
    """Cut a segment into sentences, rows and headings, each knowing what it stands under."""
    return (Sentence(segment, *piece) for piece in pieces(segment.page, segment.start, segment.end))


@lru_cache(maxsize=1 << 13)
def pieces(page: Page, start: int, end: int) -> tuple[tuple[int, int, str, str, str, bool, columns.Answer], ...]:
    """What each sentence is beside its segment, in the order of its fields. Several finders ask: kept."""
    return tuple(cut(page, start, end))


def cut(page: Page, first: int, last: int) -> Iterator[tuple[int, int, str, str, str, bool, columns.Answer]]:
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


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its characters, its right edge, and the width of its first word (points, or characters without boxes)."""

    start: int
    end: int
    text: str
    left: float
    right: float
    first_word: float
    gapped: bool = False


#: A mark alone at a row's end, and words of a row whose other cell is empty.
MARKED = re.compile(r"[\s|][\[(]?[xX\u2713\u2714\u2612\u2611][\])]?[\s|]*$")
SHORT_ROW = 4
#: "Daratumumab/isatuximab: never given": a label and what is said of it.
#: "<Electronically signed by ROE,ADA MD> 09/08/26": a signature begins no part of the sentence above it.
SIGNATURE_LINE = re.compile(
    r"\W{0,12}(?:(?:electronically|digitally|e-?) ?(?:signed|authenticated|verified)|(?:signed|authenticated|attested|dictated) by)\b",
    re.IGNORECASE,
)
LABELLED_LINE = re.compile(r"\s*[A-Z][^:|.]{2,40}:\s")
#: Points between two words of a line that part two columns of a table.
COLUMN_GAP = 24.0


def paragraphs(page: Page, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Join wrapped lines: a line goes on where the next line's first word would not have fitted behind it."""
    lines = list(lines_of(page, start, end))
    wide = page.width or float(max((len(line.text) for line in lines), default=80))
    open_at: int | None = None
    for index, line in enumerate(lines):
        if open_at is None:
            open_at = line.start
        following = lines[index + 1] if index + 1 < len(lines) else None
        blank = following is not None and "\n\n" in page.text[line.end : following.start]
        if (
            following is None
            or blank
            or page.read == "structured"
            or not continues(line, following, margin(line, lines, wide), wide)
        ):
            yield open_at, line.end
            open_at = None


def lines_of(page: Page, start: int, end: int) -> Iterator[Line]:
    words = upright(page).words
    cursor = 0
    for match in re.finditer(r"[^\n]+", page.text[start:end]):
        left, right = start + match.start(), start + match.end()
        text = page.text[left:right]
        if not text.strip():
            continue
        while cursor < len(words) and words[cursor].end <= left:
            cursor += 1
        last = cursor
        while last + 1 < len(words) and words[last + 1].start < right:
            last += 1
        if cursor < len(words) and words[cursor].start < right:
            first, final = words[cursor], words[last]
            gap = max((b.box.left - a.box.right for a, b in pairwise(words[cursor : last + 1])), default=0.0)
            tall = first.box.bottom - first.box.top
            wide = first.box.right - first.box.left
            yield Line(left, right, text, first.box.left, final.box.right, wide, gap > max(COLUMN_GAP, 2.5 * tall))
        else:
            indent = len(text) - len(text.lstrip())
            yield Line(left, right, text, float(indent), float(len(text.rstrip())), float(len(text.split()[0])))


def margin(line: Line, lines: list[Line], wide: float) -> float:
    """The right edge that lines of this column reach."""
    return max(other.right for other in lines if abs(other.left - line.left) < 0.12 * wide)


def continues(line: Line, following: Line, edge: float, wide: float) -> bool:
    """Whether `following` goes on with the paragraph of `line`."""
    text, after = line.text, following.text
    if RULE.fullmatch(text) or RULE.fullmatch(after):
        return False
    if (line.gapped and following.gapped) or rows_of_marks(line, following):  # two rows of a table
        return False
    if line.gapped and opens_row(line, following):
        return False
    if is_row(text) and LABELLED_LINE.match(after) and opens_row(line, following):
        return False
    if following.gapped and ends(line) and following.left - line.left > 0.1 * wide:
        return False  # a table set in under the text
    if is_heading(text) or is_heading(after) or BULLET.match(after) or is_row(after):
        return False
    if SIGNATURE_LINE.match(after) or DEMOGRAPHICS.search(text) or (captioned(after) and not UNFINISHED.search(text)):
        return False
    if re.match(r"\s*[a-z(]", after) and not text.rstrip().endswith((".", ":")) and line.right > 0.4 * edge:
        return True
    indented = after.startswith("   ") and not after.startswith(" " * 24) and not text.rstrip().endswith((".", ":"))
    if indented and not is_row(text):
        return True
    return line.right + following.first_word + 0.012 * wide > edge


def captioned(text: str) -> bool:
    """Whether a line opens with one of the captions of notes and what it tells: "Infection: none active"."""
    caption = CAPTION.match(text)
    return caption is not None and caption[1].lower() in load("context.yaml")["captions"]


def rows_of_marks(line: Line, following: Line) -> bool:
    """Whether two lines of one left edge are rows of a form, of which one is marked or has its cells apart.

    "Recommended X" over "Deferred": the second cell of the next row is empty, so nothing else shows that it is a row.
    """
    told = [one.gapped or bool(MARKED.search(one.text)) for one in (line, following)]
    short = [bool(re.match(r"\s*[A-Z]", one.text)) and len(one.text.split()) <= SHORT_ROW for one in (line, following)]
    return abs(line.left - following.left) < 3 and any(told) and all(a or b for a, b in zip(told, short, strict=True))


def opens_row(line: Line, following: Line) -> bool:
    """Whether the line under a row begins the next one, whose other cells are empty or wrap: its own first cell.

    A cell that goes on begins in the midst of a sentence, in small letters or with a word or two.
    """
    text = following.text.strip()
    begins = text[:1].isupper() and len(text.split()) > SHORT_ROW and not line.text.rstrip().endswith((",", "-", "/"))
    return begins and abs(line.left - following.left) < 3


def ends(line: Line) -> bool:
    """Whether the line ends as a sentence does, so that what is set in below it begins something else."""
    return line.text.rstrip().endswith((".", ":", ";"))


def is_heading(text: str) -> bool:
    """A short line that titles what follows: capitals, a markdown mark, a numbered title, a title with a colon."""
    line = text.strip()
    line = re.sub(r"\s*\((?:[^()]*)\)$", "", line)  # "Past history (imported from note of 14-OCT-2025)"
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
    known = bare.rstrip(":").lower() in load("context.yaml")["headings"] or cues_to_reader().match(bare)
    return bool(known) or (line.endswith(":") and len(words) <= 6)


@cache
def cues_to_reader() -> re.Pattern[str]:
    """The titles under which a paper explains something to its reader."""
    return re.compile("|".join(load("context.yaml")["headings_to_reader"]), re.IGNORECASE)


def is_row(text: str) -> bool:
    """A table row: cells kept apart by bars, tabs, wide gaps or a leader of dots."""
    line = text.strip()
    barred = " | " in line or line.endswith(" |") or line.startswith("| ")
    led = "...." in line and bool(LEADER.search(line))
    return barred or led or "\t" in line or ("   " in line and len(re.findall(r"\S {3,}\S", line)) >= 2)


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
ITEM = re.compile(rf"{ANSWERS}(?P<gap>[.,;]?\s+)(?=[A-Z])")


def split(text: str) -> list[tuple[int, int]]:
    """Sentence bounds within a paragraph; abbreviations, initials and list numbers do not end one, the answers of a form's
    item do."""
    ends = [match.span() for match in SENTENCE_END.finditer(text) if not VOIDED.match(text, match.end())]
    items = [match.span("gap") for match in ITEM.finditer(text)]
    bounds: list[tuple[int, int]] = []
    left = 0
    for start, end in sorted({*ends, *items}):
        if (start, end) not in items and ABBREVIATION.search(text[left:end]):
            continue
        bounds.append((left, start))
        left = end
    bounds.append((left, len(text)))
    return [(a, b) for a, b in bounds if text[a:b].strip()]
