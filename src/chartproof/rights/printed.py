"""A letter as it is printed: its lines with page and place, without what only furnishes the page.

Page furniture (fax headers, "Page 1 of 3") and cover sheets are set aside. Nothing is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.model import Page, Span
from chartproof.rights.lines import (
    FAX_HEADER,
    FURNITURE,
    RESULT,
    TICKED,
    UNTICKED,
    Line,
    Sentence,
    capital_items,
    cells,
    result_rows,
)  # fmt: skip
from chartproof.rights.spacing import spaced

#: More words than this stand on no cover sheet.
_COVER_WORDS = 180


#: An empty box with a requirement, and after it what was found.
_JUDGED = re.compile(
    r"(?:\[\s{0,2}\]|☐)[^\[☐☒☑]{5,240}?[.:]\s+(?:not (?:met|found|shown|satisfied)|unmet|no)\b[.:]", re.I
)


class Printed:
    """The pages of one letter, with the lines found once."""

    def __init__(self, pages: Sequence[Page], *, file: str) -> None:
        self.file = file
        self.pages = tuple(pages)
        # A run of 200 characters without a space is no word of a letter; blanked, it keeps every place where it was.
        self.texts = tuple(re.sub(r"\S{200,}", lambda run: " " * len(run.group()), page.text) for page in self.pages)
        self.furniture: list[Line] = []
        self.lines: list[Line] = []
        for index, text in enumerate(self.texts):
            self._read_lines(index, text)
        self.cover = _cover_pages(self)
        self.items = capital_items(self.lines)
        self.rows = {(line.page, line.start) for line in result_rows(self.lines)}
        self.body = [line for line in self.lines if line.page not in self.cover]
        self.flat = " ".join(line.text for line in self.body)

    def _read_lines(self, index: int, text: str) -> None:
        offset, blank, wide = 0, False, spaced(self.pages[index])
        # Boxes that a verdict follows judge criteria; of options, those that are not ticked say nothing.
        options = any(map(TICKED.match, text.split("\n"))) and not _JUDGED.search(text)
        for raw in text.split("\n"):
            stripped = raw.strip()
            start = offset + len(raw) - len(raw.lstrip())
            if stripped:
                line = Line(
                    index,
                    start,
                    start + len(stripped),
                    re.sub(r"\s+", " ", stripped),
                    blank or start in wide,
                    cells(stripped),
                )
                unticked = UNTICKED.match(line.text) and options
                if index == 0 and not self.lines and len(line.cells) > 1 and FURNITURE.match(line.cells[-1]):
                    line = _without_last(line)  # a letterhead with the page's number at its end
                aside = FAX_HEADER.match(line.text) or FURNITURE.match(line.text) or unticked
                (self.furniture if aside else self.lines).append(line)
            blank = not stripped
            offset += len(raw) + 1

    def in_row(self, sentence: Sentence) -> bool:
        """Whether a sentence is cut from a row that gives a result, or is the row."""
        rows = (line for line in self.body if line.page == sentence.page and (line.page, line.start) in self.rows)
        return any(line.start <= sentence.start < line.end for line in rows)

    def results(self) -> list[tuple[Line, re.Match[str]]]:
        """The rows of tables that give a result, with the result's match in the line's text."""
        rows = [line for line in self.body if (line.page, line.start) in self.rows]
        return [(line, match) for line in rows for match in [RESULT.search(line.text)] if match]

    def raw(self, line: Line) -> str:
        """The line as it is printed, with its runs of blanks."""
        return self.texts[line.page][line.start : line.end]

    def span(self, page: int, start: int, end: int) -> Span:
        """The quote and boxes of characters [start, end) of a page, by index."""
        source = self.pages[page]
        return Span(self.file, source.number, start, end, source.text[start:end], source.boxes(start, end))

    def locate(self, words: str) -> Span:
        """The first place of these words in the body, else its first line."""
        first = self.body[0]
        return self.place(words) or self.span(first.page, first.start, first.end)

    def place(self, words: str) -> Span | None:
        """The first place of these words in the body, whatever white space stands between them."""
        pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()))
        for index, page in enumerate(self.pages):
            found = pattern.search(page.text) if index not in self.cover else None
            if found:
                return self.span(index, *found.span())
        return None

    def within(self, span: Span, words: str) -> Span:
        """The first place of these words at or after a place on the same page; else the place itself."""
        index = next(order for order, page in enumerate(self.pages) if page.number == span.page)
        pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()))
        found = pattern.search(self.pages[index].text, span.start)
        return self.span(index, *found.span()) if found else span

    def find(self, line: Line, match: re.Match[str], group: int | str = 0) -> Span:
        """The place of a match in a line's text; exact where the printed line has single spaces."""
        raw = self.pages[line.page].text[line.start : line.end]
        words = match.group(group).split()
        found = re.compile(r"\s+".join(re.escape(word) for word in words)).search(raw) if words else None
        begin, finish = found.span() if found else (0, len(raw))
        return self.span(line.page, line.start + begin, line.start + finish)


def _without_last(line: Line) -> Line:
    """A line without its last cell."""
    kept = line.text[: line.text.rindex(line.cells[-1])].strip()
    return replace(line, end=line.start + len(kept), text=kept, cells=line.cells[:-1])


def _cover_pages(letter: Printed) -> set[int]:
    """Fax cover sheets: a page of few words that says FAX and TO/FROM, no "Dear" and no decision."""
    covers: set[int] = set()
    for index in range(len(letter.pages) - 1):
        text = " ".join(line.text for line in letter.lines if line.page == index)
        head = text[:500]
        sheet = re.match(r"\W*fax\b", text, re.I) or all(
            re.search(rf"\b{word}\b", head, re.I) for word in ("to", "from", "pages")
        )
        tells = len(text.split()) > _COVER_WORDS or any(
            RESULT.search(line.text) for line in letter.lines if line.page == index
        )
        if sheet and not (tells or re.search(r"\bdear\b", text, re.I)):
            covers.add(index)
    return covers
