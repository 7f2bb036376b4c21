"""Forms that ask by columns ("Area | OK | Concern | Note"): the rows whose mark stands under "Concern".

The text of such a row ("Money X behind on the power bill") does not tell the column; the place of the mark does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chartproof.chart.find.deferral import words
from chartproof.chart.find.statements import fact_of
from chartproof.chart.upright import upright
from chartproof.chart.view import Segment, Sentence
from chartproof.model import Fact, Page

CONCERN = re.compile(
    r"(?:(?:a |of )?concerns?|problems?|stress(?:or)?s?|issues?|worr(?:y|ies)|difficult(?:y|ies)|barriers?)", re.I
)
FINE = re.compile(
    r"(?:ok|okay|fine|no|none|no concerns?|not a concern|within normal|wnl|denied|good|stable|adequate|denies|n/?a)",
    re.IGNORECASE,
)
MARK = re.compile(r"[\[(]?[xX✓✔☒☑][\])]?")
#: Rows that a form may have under its head.
ROWS = 25


@dataclass(frozen=True, slots=True)
class Word:
    """`place` is the middle of the word: points on a page with geometry, else characters from the line's start."""

    text: str
    place: float


def concerns(segment: Segment) -> Iterator[Fact]:
    """One fact for each row that is marked as a concern and says what it is."""
    lines = list(lines_of(segment))
    for index, (start, end) in enumerate(lines):
        head = row_of(segment.page, start, end)
        if not is_head(head):
            continue
        for left, right in lines[index + 1 : index + 1 + ROWS]:
            row = row_of(segment.page, left, right)
            if is_head(row):
                break
            text = segment.page.text[left:right]
            if under_concern(head, row) and not words("behind").search(text) and not words("choices").search(text):
                sentence = Sentence(segment, left, right, text, row=True)
                yield fact_of(sentence, 0, len(text), concept="psychosocial_stressors", says="present")


def lines_of(segment: Segment) -> Iterator[tuple[int, int]]:
    at = segment.start
    for line in segment.page.text[segment.start : segment.end].split("\n"):
        if line.strip():
            yield at, at + len(line)
        at += len(line) + 1


def row_of(page: Page, start: int, end: int) -> list[Word]:
    """The words of one line with their places; cells of a table with bars stand by their number."""
    text = page.text[start:end]
    if "|" in text or "\t" in text:
        cells = re.split(r"[|\t]", text.strip().strip("|"))
        return [Word(cell.strip(), float(number)) for number, cell in enumerate(cells) if cell.strip()]
    boxes = [word for word in upright(page).words if start <= word.start < end]
    if boxes:
        return [Word(page.text[word.start : word.end], (word.box.left + word.box.right) / 2) for word in boxes]
    shape = r"\S+(?: \S+)*" if len(re.findall(r"\S {2,}\S", text)) > 1 else r"\S+"
    return [Word(match[0], (match.start() + match.end()) / 2) for match in re.finditer(shape, text)]


def is_head(row: list[Word]) -> bool:
    """A short line with a column for what is well and one for what is not, and no mark."""
    named = [word for word in row if CONCERN.fullmatch(word.text)]
    well = [word for word in row if FINE.fullmatch(word.text)]
    return len(named) == 1 and bool(well) and len(row) <= 8 and not any(MARK.fullmatch(word.text) for word in row)


def under_concern(head: list[Word], row: list[Word]) -> bool:
    """Whether the row's only mark is nearest to the column of concerns, and the row names an area."""
    marks = [word for word in row if MARK.fullmatch(word.text)]
    if len(marks) != 1 or row[0] is marks[0] or not re.search(r"[A-Za-z]{3,}", row[0].text):
        return False
    nearest = min(head, key=lambda word: abs(word.place - marks[0].place))
    return bool(CONCERN.fullmatch(nearest.text))
