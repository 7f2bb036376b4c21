"""Which dates of a row of screening tests are of tests done, and which of tests due: by the table's header or heading."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chartproof.chart.dates import find_dates
from chartproof.chart.view import Sentence

#: How far above a row its header may stand, in lines.
HEADER_LINES = 15
DUE = re.compile(r"\b(?:due|next)\b", re.IGNORECASE)
LAST = re.compile(
    r"\b(?:last|complet\w+|done|performed|received|satisfied|most recent|previous|when|year)\b|(?<!due )\bdates?\b(?! due\b)",
    re.IGNORECASE,
)
HEADER = re.compile(
    r"\W*(?:[A-Za-z]+ ){0,2}(?:topics?|tests?|screenings?|items?|procedures?|exams?|measures?|health maintenance|name)\b",
    re.IGNORECASE,
)
#: A heading under which every day is one by which something is due.
ALL_DUE = re.compile(r"\b(?:over)?due\b|\bcare gaps?\b|\bgaps? in care\b", re.IGNORECASE)

#: A row of such a list that says of itself that its gap is closed.
CLOSED = re.compile(
    r"\b(?:done|completed?|closed|satisfied|up[- ]to[- ]date|utd|performed|not due|current(?! smok))\b", re.IGNORECASE
)


def due_dates(
    sentence: Sentence, offset: int, spans: Sequence[tuple[int, int]], above: Sequence[Sentence]
) -> list[bool]:
    """For each date of a row, whether it stands in a column of due dates.

    `offset` is where the spans' text begins within the sentence; `above` are the sentences before it, in order.
    """
    own = [one for one in above[-HEADER_LINES:] if one.segment == sentence.segment]
    if ALL_DUE.search(sentence.heading) and not LAST.search(sentence.heading) and not CLOSED.search(sentence.text):
        return [True] * len(spans)
    header = next((one.text for one in reversed(own) if is_header(one)), "")
    if not header:
        return [False] * len(spans)
    if not LAST.search(header) and len(spans) == 1:
        return [True]
    if "|" in header and "|" in sentence.text:
        cells = header.split("|")
        return [due_cell(cells, sentence.text[: offset + start].count("|")) for start, _end in spans]
    due, last = DUE.search(header), LAST.search(header)
    first = bool(due and last and due.start() < last.start())
    return [first and index == 0 for index in range(len(spans))]


def due_cell(cells: Sequence[str], index: int) -> bool:
    cell = cells[index] if index < len(cells) else ""
    return bool(DUE.search(cell)) and not LAST.search(cell)


def is_header(sentence: Sentence) -> bool:
    """A short line of column names, one of them for what is due."""
    text = sentence.text
    if not DUE.search(text) or len(text.split()) > 12 or find_dates(text, years=True):
        return False
    return bool(HEADER.match(text)) and (sentence.row or len(text.split()) <= 6)
