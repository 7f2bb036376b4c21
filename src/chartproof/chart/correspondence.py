"""Messages between people, printed one under another: a portal's thread, an e-mail with what it answers, a staff's chat.

Nobody signs them. What they tell of a test, an evaluation or a state is hearsay of the paper that holds it; that an
infection goes on or that a plan has not answered may be told there first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chartproof.chart.dates import find_dates

KIND = "message_thread"
#: Heads of messages that make a thread.
FEWEST = 2
#: "FROM: Ada Roe RN", "> From: Roe, Ada": a name behind it, no number of a telephone as a fax line has.
_FROM = re.compile(
    r"(?:^|[\s>#\]])from:?[ \t]+(?P<name>[A-Z][^\n\d]{2,60}?)(?=\s{2,}|\s*\bto\b|\s*$|\s+\d|\s*[(<])", re.IGNORECASE
)
#: Behind the day and hour: "Ada R. to Care Team" before them, or "ROE RN -> FILE".
_TO = re.compile(r"^\W*[A-Z][\w.'’ ,()-]{1,50} to [A-Z][\w.'’ ,()-]{1,50}$")
_ARROW = re.compile(r"[A-Z][\w.'’ ,()/-]{0,40} ?(?:->|→|⟶|>>) ?[A-Z]")
#: A fax prints its sender, his number and the hour at the head of every page.
_TELEPHONE = re.compile(r"\bfax\b|\b\d{3}[-. ]?\d{4}\b(?![/-])", re.IGNORECASE)
_STAMPED = re.compile(r"^\W*(?:date|sent)\W+\S[^\n]*\d", re.IGNORECASE)
_CLOCK = re.compile(r"\b\d{1,2}:\d\d\b")
#: What a print of messages calls itself, in its first lines.
_TITLE = re.compile(
    r"\b(?:(?:secure|portal|patient|my\w*|inbox|staff|team|practice)[ -](?:\w+ )?(?:messages?|messaging|chat|thread)|message (?:thread|log|history)|messages? (?:export|thread)"
    r"|e-?mail (?:thread|chain|correspondence)|chat (?:export|thread|transcript|log|history)|portal thread)\b",
    re.IGNORECASE,
)
#: Lines in which a print says what it is; lines below "From" in which an e-mail says of what day it is.
TITLE_LINES, HEAD_LINES = 3, 4
#: How a letter opens and closes.
SALUTATION = re.compile(r"^\W*(?:dear|to whom it may concern)\b[^.]{0,60}$", re.IGNORECASE)
CLOSE = re.compile(
    r"^\W*(?:(?:with |my )?(?:kind|best|warm|kindest|many)(?: (?:regards|wishes|thanks))?|regards|sincerely|yours|respectfully|cordially)\b[^.]{0,40}$",
    re.IGNORECASE,
)


def is_thread(text: str) -> bool:
    """Whether the text is messages under one another, by their heads; a title that says so makes one of dated lines."""
    lines = [line for line in text.split("\n") if line.strip()]
    heads = sum(1 for at in range(len(lines)) if opens_message(lines, at))
    if heads >= FEWEST:
        return True
    titled = any(_TITLE.search(line) for line in lines[:TITLE_LINES])
    return titled and heads + sum(1 for line in lines[1:] if _stamped(line)) >= FEWEST


def opens_message(lines: Sequence[str], at: int) -> bool:
    """Whether the line is the head of a message: who writes to whom, with day and hour on it or in the lines beneath."""
    line = lines[at][:160]
    named = _FROM.search(line)
    if named and not _TELEPHONE.search(line):
        return _stamped(line) or any(
            _STAMPED.match(below.lstrip("> ")) and find_dates(below) for below in lines[at + 1 : at + HEAD_LINES]
        )
    days = find_dates(line)
    if not days or not _CLOCK.search(line):
        return False
    return bool(
        _TO.match(line[: days[0][0]].rstrip(" ,")) or _ARROW.match(_CLOCK.sub("", line[days[0][1] :]).lstrip(" ,"))
    )


def _stamped(line: str) -> bool:
    """Whether day and hour stand on the line, at its head or at its end."""
    found = find_dates(line[:160])
    return any(_CLOCK.match(line[end:].lstrip(" ,T@at|")) for _start, end, _day in found)


def letter_body(lines: Sequence[str]) -> range:
    """The lines between a letter's salutation and its close; empty where the page has not both."""
    opened = next((number for number, line in enumerate(lines) if SALUTATION.match(line)), None)
    if opened is None:
        return range(0)
    closed = next((number for number, line in enumerate(lines) if number > opened and CLOSE.match(line)), opened)
    return range(opened, closed)
