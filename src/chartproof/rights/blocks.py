"""The lines of a letter's body gathered into paragraphs and list items, and cut into sentences that know their section."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from chartproof.rights.grids import Grid
from chartproof.rights.lines import (
    BULLET,
    CAPITAL,
    CODED,
    FIELD,
    LABELS,
    NUMBERED,
    REASON_NUMBER,
    Line,
    Sentence,
    decided_rows,
    is_title,
    width,
)  # fmt: skip
from chartproof.rights.parts import in_parts
from chartproof.rights.printed import Printed
from chartproof.rights.sections import FINITE, SPOKEN, in_capitals, in_sections, is_heading, section_of
from chartproof.rights.titles import PART_NUMBER, numbered_titles, titled_by_form

_ABBREVIATIONS = {
    "dr", "mr", "ms", "mrs", "st", "no", "vs", "inc", "co", "ltd", "p.o", "m.d", "d.o", "u.s", "e.g", "i.e", "ext", "sec",
    "art", "jr", "sr", "rev", "approx", "dept", "ref", "n.y",
}  # fmt: skip


def blocks(letter: Printed, grids: Sequence[Grid]) -> list[list[Sentence]]:
    """Paragraphs and list items, each as its sentences, with the section that stands above them; a table's row is one."""
    builder = _Builder(letter, grids)
    for position, line in enumerate(letter.body):
        following = letter.body[position + 1].text if position + 1 < len(letter.body) else ""
        builder.take(line, following)
    builder.flush()
    return in_parts(in_sections(_unnumbered(builder.blocks, lambda one: letter.texts[one.page][: one.start])))


#: The section of a table's rows, wherever they stand.
TABLE = "table"
_DECIDED = re.compile(
    r"\b(?:request|authori[sz]ation|service|claim|coverage)\b[^.]{0,40}\b(?:is|was|has been|are|were)\b[^.]{0,12}"
    r"\b(?:denied|declined|not (?:approved|certified|authori[sz]ed))\b",
    re.I,
)


def _unnumbered(blocks: list[list[Sentence]], ahead: Callable[[Sentence], str]) -> list[list[Sentence]]:
    """The blocks, as prose where the letter numbers all of its paragraphs: one holds the decision itself, or tells rights."""
    numbered = [block for block in blocks if block[:1] and block[0].item and _FIGURE.search(ahead(block[0]))]
    decides = any(_DECIDED.search(block[0].text) for block in numbered)
    sections = {block[0].section for block in numbered}
    if len(numbered) < 6 or not (decides or ("rights" in sections and len(sections) > 1)):
        return blocks
    places = {block[0].block for block in numbered}
    return [
        [replace(one, item=0, bullet=False) for one in block] if block[:1] and block[0].block in places else block
        for block in blocks
    ]


#: The figure that numbers a paragraph, right before its words.
_FIGURE = re.compile(r"(?:^|\n)\s*\(?\d{1,2}[.)]\s*$")


#: A figure that may number an item.
_FIGURED = re.compile(r"(\d{1,2})\. ")


class _Builder:
    """Gathers lines into blocks; knows the section and the list item that it is in."""

    def __init__(self, letter: Printed, grids: Sequence[Grid]) -> None:
        self.letter = letter
        self.blocks: list[list[Sentence]] = []
        self.pending: list[Line] = []
        self.section = self.heading = ""
        #: The number of the last item that has a figure.
        self.figure = 0
        self.read, self.speaks = 0, _first_prose(letter.body)
        self.item, self.items, self.bullet, self.after_list, self.after_lost = 0, 0, False, False, False
        series = Counter(match["series"] for line in letter.body if (match := CODED.match(letter.raw(line))))
        #: Whether the letter is told in questions and answers, of which "A." is no item.
        self.answers = sum(line.text.startswith("Q.") for line in letter.body) > 1
        #: Letters of codes that two lines or more open with.
        self.series = {name for name, lines in series.items() if lines > 1}
        self.titles = numbered_titles(letter.body)
        self.decided = {(line.page, line.start) for line, _no, _why in decided_rows(letter.body)}
        tabled = [list(grid.over) for grid in grids] + [row.lines for grid in grids for row in grid.rows]
        #: The row of a table of each of its lines, by the place of the row's first.
        self.tabled = {(line.page, line.start): row[0].start for row in tabled for line in row}
        # In a letter that is all in capitals, those make no heading.
        self.shouted = sum(line.text.isupper() for line in letter.body) > 0.7 * len(letter.body)
        self.widths = [width([line for line in letter.body if line.page == page]) for page in range(len(letter.pages))]
        self.titled = titled_by_form(letter.body, self.speaks, self.widths)

    def take(self, line: Line, following: str) -> None:
        self.read += 1
        if (line.page, line.start) in self.tabled:
            self._take_row(line)
            return
        if self.pending and self._row_of(self.pending[-1]) is not None:
            self.flush()
        if REASON_NUMBER.match(line.text) and self.section != "rights":
            self.section, self.heading = "reasons", line.text
        if _SALUTATION.match(line.text) and self.section == "rights":
            self.flush()
            self.section = self.heading = ""
        numbered = bool(NUMBERED.match(line.text)) or (line.page, line.start) in self.letter.items
        numbered = numbered and not (self.answers and line.text.startswith("A."))
        last = self.pending[-1].text if self.pending else ""
        if re.match(r"\s*\d{1,2}\)", line.text) and last.count("(") > last.count(")"):
            numbered = False  # the end of "(version 14)", not an item
        figure = _FIGURED.match(line.text)
        if figure and not self._follows(int(figure[1]), last, line):
            numbered = False  # the end of "the score is 3."
        title = self.titles.get((line.page, line.start))
        if title:
            self.flush()
            self.section, self.heading, self.bullet, self.item = section_of(title), title, False, 0
            self.pending.append(line)
            self.flush()
            return
        listed = numbered or (bool(BULLET.match(line.text)) and not (NUMBERED.match(line.text) and not numbered))
        row = (line.page, line.start) in self.letter.rows or (line.page, line.start) in self.decided
        titled = (line.page, line.start) in self.titled
        alone = not row and (titled or self._stands_alone(line, following, listed=listed))
        if listed or alone or row or self._breaks(line):
            self.flush()
            self.bullet = listed
            self.items += numbered
            self.item = self.items if numbered else 0
        if alone:
            opened = section_of(PART_NUMBER.sub("", line.text)) if titled else section_of(line.text)
            # A title in words of its own ends what only tells of the case, and goes on with reasons and rights.
            if titled and not opened and self.section not in _GOES_ON:
                self.section, self.heading = "", line.text
            # A department's name in the letterhead is no heading of rights, and a reviewer's line speaks for itself.
            department = opened == "rights" and not line.text.endswith("?") and self.read < self.speaks
            named = opened == "reviewer" and re.search(r":\s*\S", line.text)
            if not department and not named and (opened or in_capitals(line.text)):
                self.section, self.heading = opened, line.text
        self.pending.append(line)
        if alone or row:
            self.flush()
            self.bullet, self.item = False, 0

    def _follows(self, figure: int, last: str, line: Line) -> bool:
        """Whether a figure that opens a line numbers an item: the next one, or one after words that had ended."""
        follows = (
            figure in (1, self.figure + 1) or line.gap or not last or last.endswith((".", ":", ";", "?", ")", ","))
        )
        self.figure = figure if follows else self.figure
        return follows

    def _row_of(self, line: Line) -> int | None:
        return self.tabled.get((line.page, line.start))

    def _take_row(self, line: Line) -> None:
        """A line of a table: the lines of one row belong together, and to nothing around them."""
        if self.pending and self._row_of(self.pending[-1]) != self._row_of(line):
            self.flush()
        self.bullet, self.item = False, 0
        self.pending.append(line)

    def flush(self) -> None:
        if self.pending:
            self.after_list = self.bullet
            block = _split(self.letter, self.pending, self)
            in_table = self._row_of(self.pending[0]) is not None
            self.blocks.append([replace(one, section=TABLE) for one in block] if in_table else block)
        self.pending = []

    def _stands_alone(self, line: Line, following: str, *, listed: bool) -> bool:
        """A heading: short, after text that had ended, before text that begins."""
        if not is_heading(line.text) or listed or following[:1].islower():
            return False
        before = self.pending[-1].text if self.pending else ""
        ended = (
            not before or line.gap or re.search(r"[.:?!”\")]$", before) or len(before) < 0.75 * self.widths[line.page]
        )
        if self.shouted and following and not self.letter.body[self.read].gap and not _is_short(line, self.widths):
            return False  # in such a letter a line of a paragraph looks like a heading
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

    def _is_set_in(self, line: Line) -> bool:
        """Whether a line of a plain text begins right below the words of the item's first line, past its mark."""
        first = self.pending[0]
        columns = [one.start - self.letter.texts[one.page].rfind("\n", 0, one.start) - 1 for one in (first, line)]
        mark = BULLET.match(first.text)
        return mark is not None and columns[1] - columns[0] == mark.end()

    def _breaks(self, line: Line) -> bool:
        """Whether a paragraph or list item ends before this line."""
        if not self.pending:
            return False
        last = self.pending[-1]
        if line.page != last.page or self.widths[line.page] > 160:
            return True
        coded = CODED.match(self.letter.raw(line))
        if coded and coded["series"] in self.series:
            return True
        stopped = bool(re.search(r"(?:[.:;?!”\"]|(?<!\d)\))$", last.text))
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
        if self.bullet and not line.gap and self._is_set_in(line):
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


def _is_short(line: Line, widths: Sequence[int]) -> bool:
    return len(line.text) < 0.5 * widths[line.page] and not re.search(r"[.?!] ", line.text)


#: What opens a sentence after an item that is none.
_NEW_SENTENCE = re.compile(r"(?:Your|The|So|We|But|This|These|For|It|You|In|As|Neither|None|Both|Because|Please)\b")
_SALUTATION = re.compile(r"\W*(?:Dear|To whom|Hello)\b")


def _first_prose(lines: Sequence[Line]) -> int:
    """How many lines stand before the letter speaks: before "Dear ...", else before its first long or ended sentence."""
    greeted = next((order for order, line in enumerate(lines[:45]) if _SALUTATION.match(line.text)), None)
    if greeted is not None:
        return greeted
    spoken = (order for order, line in enumerate(lines[:25]) if len(line.text.split()) >= 7 and SPOKEN.match(line.text))
    long = (order for order, line in enumerate(lines[:25]) if len(line.text.split()) >= 12)
    return next(spoken, next(long, 0))


#: Parts that a title of unknown words may divide.
_GOES_ON = ("reasons", "rights")


def _opens_run_in(text: str) -> bool:
    """Whether the line opens a paragraph with a heading of its own: "External review. Within four months ..."."""
    lead = re.match(r"(?:\d\.\s+)?([A-Z][^.:?]{2,60})[.:?]\s+\S", text)
    return lead is not None and not FINITE.search(lead.group(1)) and bool(section_of(lead.group(1)))


def _split(letter: Printed, lines: list[Line], state: _Builder) -> list[Sentence]:
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


#: What stands before the figure that opens a part: its own name, or the end of what came before.
_NAMES_PART = re.compile(
    r"(?:Section|Sec|Part|Item|No|Step|Level|Reason|Chapter|Article|Ch|Criterion|Paragraph|Finding|Ground)\.?|.*[.:;,!?)]",
    re.I,
)
#: "5 p.m. Mountain time" goes on.
_ZONE = re.compile(r"\s+(?:Eastern|Central|Mountain|Pacific|Local|[ECMP][SD]?T)\b")


def _stops(raw: str, begin: int) -> list[int]:
    """Where sentences end: . ? ! before a capital, and a colon or semicolon after a run-in or clause."""
    stops: list[int] = []
    label = re.match(r"[A-Z][A-Za-z’' ]{2,40}:(?=\s+[a-z“\"])", raw[begin:])
    if label and section_of(label.group()):
        stops.append(begin + label.end())
    for match in re.finditer(r"[.?!][”\")]?(?=\s+[\"“(]?[A-Z0-9“])|;(?=\s)|:(?=\s+[A-Z])", raw[begin:]):
        before = raw[begin : begin + match.start()].split()
        word = before[-1].lower().strip('(“"') if before else ""
        # "number 1.", "ECOG 3." and "June 5." end, "1." opens, and "Part 1." names.
        counts = len(before) > 1 and word.isdigit() and not _NAMES_PART.fullmatch(before[-2])
        if match.group()[0] == "." and (word in _ABBREVIATIONS or re.fullmatch(r"[a-z]|\d", word)) and not counts:
            continue
        if word in ("a.m", "p.m") and _ZONE.match(raw, begin + match.end()):
            continue
        stops.append(begin + match.end())
    return stops
