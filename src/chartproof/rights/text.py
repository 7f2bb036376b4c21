"""A letter as lines and sentences that know their page, place and section. Nothing is decided here.

Page furniture (fax headers, "Page 1 of 3") is set aside; a sentence never crosses a page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from chartproof.model import Page, Span
from chartproof.rights.lines import (
    BULLET,
    CAPITAL,
    FAX_HEADER,
    FIELD,
    FURNITURE,
    LABELS,
    NUMBERED,
    REASON_NUMBER,
    RESULT,
    TICKED,
    UNTICKED,
    Line,
    capital_items,
    cells,
    decided_rows,
    is_title,
    result_rows,
    width,
)  # fmt: skip
from chartproof.rights.pairs import Pair, pairs
from chartproof.rights.sections import FINITE, SPOKEN, in_capitals, in_sections, is_heading, section_of
from chartproof.rights.words import table

_ABBREVIATIONS = {
    "dr", "mr", "ms", "mrs", "st", "no", "vs", "inc", "co", "ltd", "p.o", "m.d", "d.o", "u.s", "e.g", "i.e", "ext", "sec",
    "art", "jr", "sr", "rev", "approx", "dept", "ref", "n.y",
}  # fmt: skip


_QUOTATION = re.compile(r"“[^“”]{20,1500}”|\"[^\"]{20,1500}\"")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` has single spaces; `start` and `end` are characters of the page's text. `item` numbers list items from 1.

    `section` is an id of words.sections (reasons, policy, rights, reviewer, notices) or empty; `heading` the words that
    opened it, `runin` those that open the paragraph itself, `block` numbers paragraphs and list items.
    """

    page: int
    start: int
    end: int
    text: str
    section: str
    item: int = 0
    bullet: bool = False
    runin: str = ""
    heading: str = ""
    block: int = 0


class Letter:
    """The pages of one letter, with the lines and sentences found once."""

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

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The body's sentences; cut when they are asked for, since most papers of a chart turn out to be no letter."""
        return [sentence for block in _blocks(self) for sentence in block]

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Labels with their values, found once."""
        return pairs(self)

    def _read_lines(self, index: int, text: str) -> None:
        offset, blank = 0, False
        for raw in text.split("\n"):
            stripped = raw.strip()
            start = offset + len(raw) - len(raw.lstrip())
            if stripped:
                line = Line(index, start, start + len(stripped), re.sub(r"\s+", " ", stripped), blank, cells(stripped))
                unticked = UNTICKED.match(line.text) and any(map(TICKED.match, text.split("\n")))
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

    def cited(self, sentence: Sentence) -> bool:
        """Whether most of a sentence stands within quotation marks after words that lead to a policy's own."""
        inside = sum(
            max(0, min(end, sentence.end) - max(start, sentence.start))
            for page, start, end in self._citations
            if page == sentence.page
        )
        return inside > 0.6 * (sentence.end - sentence.start)

    @cached_property
    def _citations(self) -> list[tuple[int, int, int]]:
        leads = re.compile(table("reasons")["cites"], re.I)
        return [
            (page, found.start(), found.end())
            for page, text in enumerate(self.texts)
            for found in _QUOTATION.finditer(text)
            if leads.search(re.sub(r"\s+", " ", text[max(0, found.start() - 220) : found.start()]))
        ]

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


def _cover_pages(letter: Letter) -> set[int]:
    """Fax cover sheets: a page that says FAX and TO/FROM and no "Dear"."""
    covers: set[int] = set()
    for index in range(len(letter.pages) - 1):
        text = " ".join(line.text for line in letter.lines if line.page == index)
        head = text[:500]
        sheet = re.match(r"\W*fax\b", text, re.I) or all(
            re.search(rf"\b{word}\b", head, re.I) for word in ("to", "from", "pages")
        )
        if sheet and not re.search(r"\bdear\b", text, re.I):
            covers.add(index)
    return covers


def _blocks(letter: Letter) -> list[list[Sentence]]:
    """Paragraphs and list items, each as its sentences, with the section that stands above them."""
    builder = _Builder(letter)
    for position, line in enumerate(letter.body):
        following = letter.body[position + 1].text if position + 1 < len(letter.body) else ""
        builder.take(line, following)
    builder.flush()
    return in_sections(_unnumbered(builder.blocks))


_DECIDED = re.compile(
    r"\b(?:request|authori[sz]ation|service|claim|coverage)\b[^.]{0,40}\b(?:is|was|has been|are|were)\b[^.]{0,12}"
    r"\b(?:denied|declined|not (?:approved|certified|authori[sz]ed))\b",
    re.I,
)


def _unnumbered(blocks: list[list[Sentence]]) -> list[list[Sentence]]:
    """The blocks, as prose where the letter numbers all of its paragraphs: one of them holds the decision itself."""
    numbered = [block for block in blocks if block[:1] and block[0].item]
    if len(numbered) < 6 or not any(_DECIDED.search(block[0].text) for block in numbered):
        return blocks
    return [
        [replace(one, item=0, bullet=False) for one in block] if block[:1] and block[0].item else block
        for block in blocks
    ]


class _Builder:
    """Gathers lines into blocks; knows the section and the list item that it is in."""

    def __init__(self, letter: Letter) -> None:
        self.letter = letter
        self.blocks: list[list[Sentence]] = []
        self.pending: list[Line] = []
        self.section = self.heading = ""
        self.read, self.speaks = 0, _first_prose(letter.body)
        self.item, self.items, self.bullet, self.after_list, self.after_lost = 0, 0, False, False, False
        self.decided = {(line.page, line.start) for line, _no, _why in decided_rows(letter.body)}
        # In a letter that is all in capitals, those make no heading.
        self.shouted = sum(line.text.isupper() for line in letter.body) > 0.7 * len(letter.body)
        self.widths = [width([line for line in letter.body if line.page == page]) for page in range(len(letter.pages))]

    def take(self, line: Line, following: str) -> None:
        self.read += 1
        if REASON_NUMBER.match(line.text) and self.section != "rights":
            self.section, self.heading = "reasons", line.text
        if _SALUTATION.match(line.text) and self.section == "rights":
            self.flush()
            self.section = self.heading = ""
        numbered = bool(NUMBERED.match(line.text)) or (line.page, line.start) in self.letter.items
        last = self.pending[-1].text if self.pending else ""
        if re.match(r"\s*\d{1,2}\)", line.text) and last.count("(") > last.count(")"):
            numbered = False  # the end of "(version 14)", not an item
        listed = numbered or (bool(BULLET.match(line.text)) and not (NUMBERED.match(line.text) and not numbered))
        row = (line.page, line.start) in self.letter.rows or (line.page, line.start) in self.decided
        alone = not row and self._stands_alone(line, following, listed=listed)
        if listed or alone or row or self._breaks(line):
            self.flush()
            self.bullet = listed
            self.items += numbered
            self.item = self.items if numbered else 0
        if alone:
            opened = section_of(line.text)
            # A department's name in the letterhead is no heading of rights, and a reviewer's line speaks for itself.
            titled = opened == "rights" and not line.text.endswith("?") and self.read < self.speaks
            named = opened == "reviewer" and re.search(r":\s*\S", line.text)
            if not titled and not named and (opened or in_capitals(line.text)):
                self.section, self.heading = opened, line.text
        self.pending.append(line)
        if alone or row:
            self.flush()
            self.bullet, self.item = False, 0

    def flush(self) -> None:
        if self.pending:
            self.after_list = self.bullet
            self.blocks.append(_split(self.letter, self.pending, self))
        self.pending = []

    def _stands_alone(self, line: Line, following: str, *, listed: bool) -> bool:
        """A heading: short, after text that had ended, before text that begins."""
        if not is_heading(line.text) or listed or following[:1].islower():
            return False
        before = self.pending[-1].text if self.pending else ""
        ended = (
            not before or line.gap or re.search(r"[.:?!”\")]$", before) or len(before) < 0.75 * self.widths[line.page]
        )
        return bool(ended) and bool(section_of(line.text) or (in_capitals(line.text) and not self.shouted))

    def _lost_item(self, line: Line) -> bool:
        """Whether this line starts an item whose bullet a scan lost: after a colon's list line that had room for more."""
        last = self.pending[-1]
        led = self.blocks[-1][-1].text if self.blocks and self.blocks[-1] else ""
        room = len(last.text) + 1 + len(line.text.split()[0]) < 0.97 * self.widths[line.page]
        scanned = self.letter.pages[line.page].read == "ocr"
        listed = led.endswith(":") or self.after_lost
        self.after_lost = (
            scanned and room and listed and last.text[:1].islower() and not re.search(r"[.:;?!]$", last.text)
        )
        return self.after_lost

    def _breaks(self, line: Line) -> bool:
        """Whether a paragraph or list item ends before this line."""
        if not self.pending:
            return False
        last = self.pending[-1]
        if line.page != last.page or self.widths[line.page] > 160:
            return True
        stopped = bool(re.search(r"[.:;?!”\")]$", last.text))
        if self._lost_item(line):
            return True
        if line.text[:1].islower() and not stopped:
            return False
        if len(LABELS.findall(last.text)) >= 2 and not stopped and re.match(r"[A-Z][a-z]* [a-z]", line.text):
            return True
        short = len(last.text) < 0.8 * self.widths[line.page]
        if line.gap and (stopped or short):
            return True
        if short and not stopped and re.match(r"(?:Signed|Reviewer|Reviewed by|Decided by)\b\W", last.text):
            return True
        if self.bullet and self.item and len(self.pending) == 1 and is_title(last.text):
            return False
        if self.bullet:
            # A line that had room for the next word was ended on purpose.
            room = len(last.text) + 1 + len(line.text.split()[0]) < 0.93 * self.widths[line.page]
            small = BULLET.sub("", self.pending[0].text)[:1].islower() and bool(_NEW_SENTENCE.match(line.text))
            return (
                stopped
                or (line.gap and line.text[:1].isupper())
                or small
                or bool(short and FIELD.match(line.text))
                or ((short or room) and line.text[:1].isupper() and not self.shouted)
            )
        if FIELD.match(line.text) and not stopped and (short or FIELD.match(last.text)):
            return True
        if self.after_list and short and len(self.pending) == 1 and not stopped and line.text[:1].isupper():
            return True
        return (stopped and short) or (stopped and _opens_run_in(line.text))


#: What opens a sentence after an item that is none.
_NEW_SENTENCE = re.compile(r"(?:Your|The|So|We|But|This|These|For|It|You|In|As|Neither|None|Both|Because|Please)\b")
_SALUTATION = re.compile(r"\W*(?:Dear|To whom|Hello)\b")


def _first_prose(lines: Sequence[Line]) -> int:
    """How many lines stand before the letter speaks: before "Dear ...", else before its first long or ended sentence."""
    greeted = next((order for order, line in enumerate(lines[:45]) if _SALUTATION.match(line.text)), None)
    if greeted is not None:
        return greeted
    spoken = (order for order, line in enumerate(lines[:25]) if len(line.text.split()) >= 7 and SPOKEN.match(line.text))
    return next(spoken, 0)


def _opens_run_in(text: str) -> bool:
    """Whether the line opens a paragraph with a heading of its own: "External review. Within four months ..."."""
    lead = re.match(r"(?:\d\.\s+)?([A-Z][^.:?]{2,60})[.:?]\s+\S", text)
    return lead is not None and not FINITE.search(lead.group(1)) and bool(section_of(lead.group(1)))


def _split(letter: Letter, lines: list[Line], state: _Builder) -> list[Sentence]:
    """Sentences of one block of lines of one page."""
    page = lines[0].page
    start, end = lines[0].start, lines[-1].end
    source = letter.texts[page]
    for line in letter.furniture:
        if line.page == page and start < line.start < end:
            source = source[: line.start] + " " * (line.end - line.start) + source[line.end :]
    raw = source[start:end]
    lead = BULLET.match(raw) or (CAPITAL.match(raw) if (page, start) in letter.items else None)
    cursor = lead.end() if lead else 0
    found: list[Sentence] = []
    runin = ""
    titled = _title_end(lines, start, width([line for line in letter.body if line.page == page])) if lead else []
    for stop in sorted({*_stops(raw, cursor), *titled, len(raw)}):
        piece = raw[cursor:stop]
        text = re.sub(r"\s+", " ", piece).strip()
        if text:
            left = cursor + len(piece) - len(piece.lstrip())
            right = cursor + len(piece.rstrip())
            if (
                not found
                and len(text.split()) <= 10
                and (text.endswith((".", ":", "?")) or stop in titled)
                and stop < len(raw)
            ):
                runin = text
            found.append(
                Sentence(
                    page,
                    start + left,
                    start + right,
                    text,
                    state.section,
                    state.item,
                    state.bullet,
                    runin,
                    state.heading,
                    len(state.blocks),
                )
            )
        cursor = stop
    return found


def _title_end(lines: Sequence[Line], start: int, width: int) -> list[int]:
    """Where an item's title ends that has a line of its own, without a full stop."""
    first = lines[0]
    alone = len(lines) > 1 and len(first.text) < 0.6 * width and not re.search(r"[.:;,?!]$", first.text)
    return [first.end - start] if alone and lines[1].text[:1].isupper() else []


def _stops(raw: str, begin: int) -> list[int]:
    """Where sentences end: . ? ! before a capital, and a colon or semicolon after a run-in or clause."""
    stops: list[int] = []
    label = re.match(r"[A-Z][A-Za-z’' ]{2,40}:(?=\s+[a-z“\"])", raw[begin:])
    if label and section_of(label.group()):
        stops.append(begin + label.end())
    for match in re.finditer(r"[.?!][”\")]?(?=\s+[\"“(]?[A-Z0-9“])|;(?=\s)|:(?=\s+[A-Z])", raw[begin:]):
        before = raw[begin : begin + match.start()].split()
        word = before[-1].lower().strip('(“"') if before else ""
        if match.group()[0] == "." and (word in _ABBREVIATIONS or re.fullmatch(r"[a-z]|\d", word)):
            continue
        stops.append(begin + match.end())
    return stops
