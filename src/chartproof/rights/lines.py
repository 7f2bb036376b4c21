"""Printed lines of a letter and the forms they take: list items, form fields, rows of a table, page furniture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

FURNITURE = re.compile(
    r"^(?:.{0,80}\bp(?:age|g|\.)?\s*\.?\s*\d{1,3}\s*(?:of|/|0f|ot)\s*\d{1,3}\W*$|\W*page\s*\d+\s*[o0]\s*[ft]\s*\d+\W*$)",
    re.I,
)
#: A day and a time with the sender after them; alone they are the letter's own.
FAX_HEADER = re.compile(r"^\W*\d{1,2}[-/]\d{1,2}[-/]\d{2,4}\s+\d{1,2}:\S+\s+(?![AaPp]\.?[Mm]\.?\W*$)\S")
NUMBERED = re.compile(
    # "thirty-six" at a line's end goes on with "(36) months", which is no item.
    r"^\s*(?:\((?:[A-Za-z]|[ivxIVX]{1,4}|\d{1,3})\)(?!\s+(?:calendar |business |working )?(?:days?|months?|years?|hours?|weeks?)\b)|\d{1,2}[.)]|\d,(?=\s+[A-Z][a-z]+(?: [a-z]+)?[.:])|[a-z][.)]|[ivx]{1,4}[.)]|[A-Z]\)|[A-H]\.(?=\s+[A-Z][a-z]+(?::| [a-z]))"
    r"|(?:Reason|Finding|Ground|REASON|FINDING|GROUND)\s+(?:\d{1,2}|[A-H])\s*[.:)])\s+(?=\S)"
)
#: A capital with a full stop may be an initial ("A. Lindqvist"); in a run that starts at A it is an item.
CAPITAL = re.compile(r"^\s*(?P<letter>[A-K])\.\s+(?=[A-Z“\"(])")
#: A form's field ("DECISION: DENIED"), which is no part of the line above it.
FIELD = re.compile(r"^[A-Z][\w/&.'’() -]{0,34}(?:[:#]|\.{3,})\s*\S")
#: A box of a form, ticked and not.
TICKED = re.compile(r"^\s*(?:\[\s?[xX✓✔]\s?\]|\([xX]\)|[☒☑])\s*(?=\S)")
UNTICKED = re.compile(r"^\s*(?:\[\s{0,2}\]|\(\s{1,2}\)|☐)\s*(?=\S)")
BULLET = re.compile(
    rf"^\s*(?:[✓✔✗✘]\s+(?=\S)|\[\s{{0,2}}\]\s*(?=\S)|\[\s?[xX✓✔]\s?\]\s*(?=\S)|\([xX]\)\s*(?=\S)|[☒☑]\s*(?=\S)|[•◦▪·*>«»●■□➢‣–—-]\s+(?=\S)|{NUMBERED.pattern[4:]})"
)
#: The last cell of a table's row that gives a result, as it is printed at the row's end.
RESULT = re.compile(
    r"(?:^|[|\s])(?P<result>Not [Mm]et|NOT MET|Not [Ss]atisfied|Not [Ss]hown|Unmet|UNMET|Not [Aa]pproved|NOT APPROVED|Not [Cc]overed|NOT COVERED|Not [Cc]ertified|NOT CERTIFIED|Denied|DENIED|Non-?[Cc]ertified"
    r"|Met|MET|Satisfied|Approved|APPROVED|Certified|(?<=[-–—|:] )(?:not (?:met|satisfied|shown)|unmet|met|satisfied))\W*$"
)
#: A cell of a table that is a decision by itself; the cells after it tell why.
DECISION = re.compile(
    r"(?i:(?:(?:payment|claim|line|coverage) )?(?:(?P<no>denied|not (?:approved|certified|authorized|covered)|non-?certified)|approved|certified|authorized))(?:,.*|\s*\(.*\))?"
)
LABELS = re.compile(r"(?:^|\s)[A-Z][\w/.# ]{1,24}[:#]\s")
#: A payer's own code before what it stands for: "R14 The hospital ...", "RSN 04 - LIVER TESTS ...", "D-114   This laboratory".
CODED = re.compile(r"^\s*(?P<series>(?!(?:CO|PR|OA|PI)\b)[A-Z]{1,4})[- ]?\d{1,4}(?: [-–—] |:? {1,})(?=[A-Z])")
REASON_NUMBER = re.compile(r"(?:Reason|Finding|Ground|REASON|FINDING|GROUND)\s+(?:\d{1,2}|[A-H])\b")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; `start` and `end` are characters of its page's text; `gap`: a blank line stands before it.

    `cells` are its parts where bars, tabs or runs of blanks part it; one cell where nothing does.
    """

    page: int
    start: int
    end: int
    text: str
    gap: bool = False
    cells: tuple[str, ...] = ()


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


def cells(text: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in re.split(r"\s*\|\s*|\s{3,}|\t", text) if cell.strip())


def capital_items(lines: Sequence[Line]) -> set[tuple[int, int]]:
    """Places of the lines "A. ...", "B. ..." that follow one another from A, at most 14 lines apart."""
    found: set[tuple[int, int]] = set()
    run: list[tuple[int, Line]] = []
    for order, line in enumerate(lines):
        match = CAPITAL.match(line.text)
        if not match:
            continue
        wanted = chr(ord("A") + len(run))
        if run and match.group("letter") == wanted and order - run[-1][0] <= 14:
            run.append((order, line))
        elif match.group("letter") == "A":
            run = [(order, line)]
        if len(run) >= 2:
            found |= {(one.page, one.start) for _, one in run}
    return found


def result_rows(lines: Sequence[Line]) -> list[Line]:
    """Lines that end in a result such as "Not met" or "Approved", where at least two do."""
    rows = [line for line in lines if RESULT.search(line.text) and len(line.text.split()) >= 3]
    return rows if len(rows) >= 2 else []


def decided_rows(lines: Sequence[Line]) -> list[tuple[Line, bool, str]]:
    """(row, refused, the words after the decision) of each row of a table of services, of which a cell is a decision."""
    found: list[tuple[Line, bool, str]] = []
    for line in lines:
        at = next((order for order, cell in enumerate(line.cells) if DECISION.fullmatch(cell)), 0)
        match = DECISION.fullmatch(line.cells[at]) if len(line.cells) >= 3 else None
        if match:
            found.append((line, match["no"] is not None, " ".join(line.cells[at + 1 :])))
    return found


def is_title(text: str) -> bool:
    """A numbered line of a few words, the first with a capital, without a verb or a stop: the title of the item below it."""
    words = BULLET.sub("", text)
    verb = re.search(r"\b(?:is|are|was|were|has|have|had|not|no|does|did|please)\b", words, re.I)
    return len(words.split()) <= 7 and not words[:1].islower() and not verb and not re.search(r"[.:;,?!]$", words)


def width(lines: list[Line]) -> int:
    """How long a full line of a page is: near its longest lines, but not led by one odd line."""
    lengths = sorted(len(line.text) for line in lines)
    return lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0
