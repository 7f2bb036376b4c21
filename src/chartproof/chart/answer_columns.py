"""Columns that hold a form's answers: under "YES   NO" the place of a row's mark says which of them was given.

The words of such a row ("Active infection now   [ ]   [X]") do not tell the answer; only the place does: points on a page
with geometry, the cell's number where bars or tabs keep cells apart, characters otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from chartproof.chart.upright import upright
from chartproof.model import Page

Answer = Literal["", "yes", "no"]
#: A box or a bare mark; ticked where it holds a cross, a check or a filled circle.
MARK = re.compile(
    r"[\[(] ?(?P<in>[xX✓✔*•●])? ?[\])]|(?P<filled>[☒☑✓✔●◉⦿])|[☐□○◯]|_+(?P<line>[xX])?_+|(?<!\S)(?P<bare>[xX])(?!\S)"
)
HEAD = {
    "yes": re.compile(r"yes|y|present|true|pos(?:itive)?", re.IGNORECASE),
    "no": re.compile(r"no|n|absent|none|denies|denied|false|neg(?:ative)?", re.IGNORECASE),
    "other": re.compile(r"unk(?:nown)?|unsure|n/?a|\?|comments?|details?|notes?|dates?|remarks?|explain|specify|when|if", re.IGNORECASE),
}  # fmt: skip
#: Rows that a form may have under its head, and the part of the columns' distance by which a mark may miss its own.
ROWS, MISS = 40, 0.6
WORTH = re.compile(
    r"(?i:\b(?:yes|y)\b[^\n]{1,40}\bno?\b|\bno?\b[^\n]{1,40}\b(?:yes|y)\b|\bpresent\b[^\n]{1,40}\b(?:absent|denie[sd])\b)"
)


@dataclass(frozen=True, slots=True)
class Head:
    """The places of the columns, each with what it stands for."""

    columns: tuple[tuple[float, str], ...]

    def answer(self, page: Page, start: int, end: int) -> Answer:
        """What the row's one ticked mark under these columns says; "" where there is none, or more than one."""
        yes, no = (next(place for place, name in self.columns if name == one) for one in ("yes", "no"))
        ticked = [
            place_of(page, start, *match.span()) for match in MARK.finditer(page.text[start:end]) if is_ticked(match)
        ]
        near = [
            name
            for mark in ticked
            for distance, name in [min((abs(place - mark), name) for place, name in self.columns)]
            if name in ("yes", "no") and distance <= MISS * abs(yes - no)
        ]
        if len(near) != 1 or not re.search(r"[A-Za-z]{3,}", page.text[start:end]):
            return ""
        return "yes" if near[0] == "yes" else "no"


def is_ticked(mark: re.Match[str]) -> bool:
    return any(mark[name] for name in ("in", "filled", "line", "bare"))


def answers(page: Page, lines: Iterator[tuple[int, int]]) -> dict[int, Answer]:
    """By the start of each line that is a row of such a form: its answer. `lines` are the lines of a segment in order."""
    found: dict[int, Answer] = {}
    head, rows = None, 0
    for start, end in lines:
        own = head_of(page, start, end)
        if own:
            head, rows = own, 0
        elif head and rows < ROWS:
            rows += 1
            told = head.answer(page, start, end)
            if told:
                found[start] = told
    return found


def head_of(page: Page, start: int, end: int) -> Head | None:
    """A line that ends in a column for yes and one for no, with no mark in it; None for any other."""
    text = page.text[start:end]
    if not WORTH.search(text) or MARK.search(text):
        return None
    columns: list[tuple[float, str]] = []
    for match in reversed(list(re.finditer(r"[^\s|]+", text))):
        name = next((name for name, words in HEAD.items() if words.fullmatch(match[0].strip("()/:."))), "")
        if not name:
            break
        columns.append((place_of(page, start, *match.span()), name))
    names = [name for _place, name in columns]
    apart = not re.search(r"\b(?:yes|y)\s?[/|]\s?no?\b(?!\s*\|)", text, re.IGNORECASE)
    if names.count("yes") != 1 or names.count("no") != 1 or not apart:
        return None
    return Head(tuple(columns))


def place_of(page: Page, line: int, left: int, right: int) -> float:
    """Where the characters [left, right) of the line that begins at `line` stand."""
    before = page.text[line : line + left]
    if "|" in page.text[line : line + right] or "\t" in before:
        return float(len(re.findall(r"[|\t]", before.lstrip("| \t"))))
    boxes = [word.box for word in upright(page).words if word.start < line + right and line + left < word.end]
    if boxes:
        return (min(box.left for box in boxes) + max(box.right for box in boxes)) / 2
    return (left + right) / 2
