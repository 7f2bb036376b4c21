"""Lines that wrap joined to paragraphs: where a line of a page goes on with the one above it, and where something begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from chartproof.chart.line_looks import BULLET, captioned, is_heading, is_row
from chartproof.chart.upright import upright
from chartproof.model import Page

#: A line drawn across a typed page.
RULE = re.compile(r"[-=_*~ ]{6,}")
#: A mark alone at a row's end, and words of a row whose other cell is empty.
MARKED = re.compile(r"[\s|][\[(]?[xX\u2713\u2714\u2612\u2611][\])]?[\s|]*$")
SHORT_ROW = 4
#: The end of a line that goes on whatever stands below it.
UNFINISHED = re.compile(r"(?:[,/(&-]|\b(?:and|or|of|the|with|for|to|by|in|on|at|is|was|were))\s*$")
#: A day whose year stands on the next line: "from 20 FEB" over "2024. Best response ...".
MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
YEARLESS = re.compile(
    rf"\b(?:(?:\d{{1,2}} |in |since |until |from |of |to ){MONTH}|{MONTH} \d{{1,2}},?)\s*$", re.IGNORECASE
)
YEAR = re.compile(r"\s*(?:19|20)\d\d(?![\w/-])(?!\.\d)")
#: The line that says whose page it is ends there: "Patient: ...  DOB ...  MRN ...".
DEMOGRAPHICS = re.compile(
    r"\b(?:DOB|D\.O\.B\.|date of birth)\b.*\d|\bb\. ?\d{1,2}[/-]\d|\bborn\W{1,3}\d|\bMRN\b\W{0,3}\d+\s*$", re.IGNORECASE
)
#: "<Electronically signed by ROE,ADA MD> 09/08/26": a signature begins no part of the sentence above it.
SIGNATURE_LINE = re.compile(
    r"\W{0,12}(?:(?:electronically|digitally|e-?) ?(?:signed|authenticated|verified)|(?:signed|authenticated|attested|dictated) by)\b",
    re.IGNORECASE,
)
#: "Daratumumab/isatuximab: never given": a label and what is said of it.
LABELLED_LINE = re.compile(r"\s*[A-Z][^:|.]{2,40}:\s")
#: "06/22/2023 Autograft" over "08/14/2023 - 09/25/2023 Consolidation": each row begins with its day.
DAY_FIRST = re.compile(r"\s*\d{1,2}/\d{1,2}/(?:\d\d){1,2}\s*(?:[-\u2013|:.]\s*)?(?=[A-Z\d])")
#: "12-MAY-2021 03-JUN-2023": the first and the last day of a row side by side, as no sentence has them.
_DAY = r"(?:\d{1,2}[-/ ][A-Za-z]{3}[-/ ]\d{2,4}|\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d\d-\d\d)"
FIRST_AND_LAST = re.compile(rf"(?<![\d/-]){_DAY}\s+{_DAY}(?![\d/-])")
#: "Have you had any of these?   Yes   No": the head of a form's columns.
ANSWER_COLUMNS = re.compile(r"\b(?:yes|y)\b[ \t|]+\bno?\b[ \t|]*$", re.IGNORECASE)
#: "IMPRESSION: ..." or "FISH ON SELECTED CELLS:" in a record in capitals.
CAPITAL_LABEL = re.compile(r"\s*[A-Z][^:|.]{1,40}:(?:\s|$)")
#: "Recommendation: [x] CAR-T [ ] Trial": a form's question with its boxes.
BOXED_LINE = re.compile(r"\s*[A-Z][^:|.]{2,40}:\s*(?:[\[(] ?[xX\u2713\u2714]? ?[\])]|[\u2610-\u2612\u25a1])")
#: Points between two words of a line that part two columns of a table.
COLUMN_GAP = 24.0


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


@lru_cache(maxsize=1 << 12)
def paragraphs(page: Page, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Join wrapped lines: a line goes on where the next line's first word would not have fitted behind it.

    Asked to find the days of a page and again to cut it into sentences: kept.
    """
    return tuple(_joined(page, start, end))


def _joined(page: Page, start: int, end: int) -> Iterator[tuple[int, int]]:
    lines = list(lines_of(page, start, end))
    wide = page.width or float(max((len(line.text) for line in lines), default=80))
    edges, typed = margins(lines, wide), margins([line for line in lines if in_capitals(line)], wide)
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
            or not continues(line, following, edge_of(line, following, edges, typed), wide)
        ):
            yield open_at, line.end
            open_at = None


def lines_of(page: Page, start: int, end: int) -> Iterator[Line]:
    """The lines that are not empty, placed by the boxes of their words as the sheet is held upright."""
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


def margins(lines: list[Line], wide: float) -> dict[float, float]:
    """The right edge that the lines of a column reach, by the left edge of each line."""
    return {
        left: max(other.right for other in lines if abs(other.left - left) < 0.12 * wide)
        for left in {line.left for line in lines}
    }


def in_capitals(line: Line) -> bool:
    """Whether a line is of running text in capitals, as typed records have it: no row, title or footer."""
    return not line.gapped and line.text.isupper() and len(line.text.split()) > SHORT_ROW and not is_row(line.text)


def edge_of(line: Line, following: Line, edges: dict[float, float], typed: dict[float, float]) -> float:
    """The right edge of the line's column. No small letter shows that a line in capitals goes on: its text's own edge counts,
    not that of the heads and footers around it."""
    capitals = in_capitals(line) and following.text.isupper() and not CAPITAL_LABEL.match(following.text)
    return min(edges[line.left], typed.get(line.left, edges[line.left])) if capitals else edges[line.left]


def continues(line: Line, following: Line, edge: float, wide: float) -> bool:
    """Whether `following` goes on with the paragraph of `line`."""
    text, after = line.text, following.text
    if RULE.fullmatch(text) or RULE.fullmatch(after) or ANSWER_COLUMNS.search(text):
        return False
    if (DAY_FIRST.match(text) and DAY_FIRST.match(after)) or (
        FIRST_AND_LAST.search(text) and FIRST_AND_LAST.search(after)
    ):
        return False
    if YEAR.match(after) and YEARLESS.search(text) and not (line.gapped or following.gapped):
        return True
    if (line.gapped and following.gapped) or rows_of_marks(line, following):  # two rows of a table
        return False
    if line.gapped and opens_row(line, following):
        return False
    if is_row(text) and LABELLED_LINE.match(after) and opens_row(line, following):
        return False
    if line.gapped and LABELLED_LINE.match(after) and not UNFINISHED.search(text):
        return False  # "Interpretation: ..." under a table's last row
    if following.gapped and ends(line) and following.left - line.left > 0.1 * wide:
        return False  # a table set in under the text
    if is_heading(text) or is_heading(after) or BULLET.match(after) or is_row(after) or BOXED_LINE.match(after):
        return False
    if SIGNATURE_LINE.match(after) or DEMOGRAPHICS.search(text) or (captioned(after) and not UNFINISHED.search(text)):
        return False
    if re.match(r"\s*[a-z(]", after) and not text.rstrip().endswith((".", ":")) and line.right > 0.4 * edge:
        return True
    indented = after.startswith("   ") and not after.startswith(" " * 24) and not text.rstrip().endswith((".", ":"))
    if indented and not is_row(text):
        return True
    return line.right + following.first_word + 0.012 * wide > edge


def rows_of_marks(line: Line, following: Line) -> bool:
    """Whether two lines of one left edge are rows of a form, of which one is marked or has its cells apart.

    "Recommended X" over "Deferred": the second cell of the next row is empty, so nothing else shows that it is a row.
    """
    told = [one.gapped or bool(MARKED.search(one.text)) for one in (line, following)]
    short = [bool(re.match(r"\s*[A-Z]", one.text)) and len(one.text.split()) <= SHORT_ROW for one in (line, following)]
    return abs(line.left - following.left) < 3 and any(told) and all(a or b for a, b in zip(told, short, strict=True))


def opens_row(line: Line, following: Line) -> bool:
    """Whether the line under a row begins the next one, whose other cells are empty or wrap, or what stands below the table.

    A cell that goes on begins in the midst of a sentence, in small letters or with a word or two.
    """
    text = following.text.strip()
    begins = text[:1].isupper() and len(text.split()) > SHORT_ROW and not line.text.rstrip().endswith((",", "-", "/"))
    return begins and following.left < line.left + 3


def ends(line: Line) -> bool:
    """Whether the line ends as a sentence does, so that what is set in below it begins something else."""
    return line.text.rstrip().endswith((".", ":", ";"))
