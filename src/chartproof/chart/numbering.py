"""How printers, fax machines and records number their pages, and what that says about where a document ends."""

from __future__ import annotations

import re
from functools import lru_cache

from chartproof.chart.upright import upright
from chartproof.model import Page

#: "Page 2 of 3", "2 of 3", "1 / 2"; without its spaces a slash makes a date. Scans give "0f" for "of".
COUNTER = re.compile(
    r"(?:\bpage\s*(\d{1,3}?)\s*(?:[o0]f|/)\s*|(?:^|\s)(\d{1,3})(?:\s*of\s*|\s+/\s+)|^\W*(\d{1,3})/)(\d{1,3})\W*$",
    re.IGNORECASE,
)
#: A footer that goes on behind its page number: "Cell Therapy Consult 1 of 2   Printed by: Groff, T".
LOOSE_COUNTER = re.compile(r"\s()(\d{1,3})()\s*(?:of|/)\s*(\d{1,3})\s+(?=printed\b|generated\b|page\b)", re.IGNORECASE)
FAX_LINE = re.compile(
    r"(?=.*(?:\d{1,2}\W{0,2}:\W{0,2}\d{2}|\d{2}[-/]\d{2}[-/]\d{4}))"
    r"(?=.*(?:\d{7,}|\bFROM\b|\b0\d{2}/\d{3}\b|\bPG?\b\.?\s*\d|\bfax\b))",
    re.IGNORECASE,
)
FAX_COUNTER = re.compile(r"(\d{3})/(\d{3})\W*$")
#: "Visit note page 1", "Printed by M. Quill at 8:12 AM 2", or the number by itself.
FOOT = re.compile(r"(?:^|\s)(\d{1,3})\W*$")
#: Footers, at most, below the text of a page; and where on the page its text ends if more would not have fitted.
FOOT_LINES = 2
FULL = 0.72


@lru_cache(maxsize=1 << 16)
def plain(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()))


def body_start(page: Page) -> int:
    """Where the page's own text begins: behind the line that a fax machine printed at the top."""
    offset = 0
    for line in page.text.split("\n")[:3]:
        if page.read == "ocr" and len(line) < 130 and FAX_LINE.search(line):
            return offset + len(line) + 1
        offset += len(line) + 1
    return 0


def counter(page: Page) -> tuple[int, int]:
    """ "Page 2 of 3" in the page's margins, else (0, 0)."""
    lines = page.text[body_start(page) :].strip().split("\n")
    for line in (*reversed(lines[-3:]), *lines[:2]):
        match = COUNTER.search(line) or (
            LOOSE_COUNTER.search(line) if len(line) < 160 and not line.rstrip().endswith(".") else None
        )
        if match:
            number, total = int(match[1] or match[2] or match[3]), int(match[4])
            if 1 <= number <= total <= 400:
                return number, total
    return 0, 0


def fax_counter(page: Page) -> tuple[int, int]:
    """ "002/003" at the end of the fax machine's line, else (0, 0). A transmission may hold several documents."""
    for line in page.text.split("\n")[:3]:
        match = FAX_COUNTER.search(line) if len(line) < 130 else None
        if match and FAX_LINE.search(line) and 1 <= int(match[1]) <= int(match[2]):
            return int(match[1]), int(match[2])
    return 0, 0


def foot(page: Page) -> tuple[str, int]:
    """The page's last line with its number left out, and that number; ("", 0) where it ends in none."""
    last = page.text.strip().rpartition("\n")[2].strip()
    match = FOOT.search(last)
    return (plain(last[: match.start(1)]) + "#", int(match[1])) if match and len(last) < 130 else ("", 0)


def begins_by_number(page: Page, before: Page) -> bool | None:
    """Whether the numbers of two pages say that another document begins (True) or the same goes on; None: neither."""
    number, total = counter(page)
    last, last_total = counter(before)
    if number and last and total == last_total and number == last + 1:
        return False
    if number == 1 or fax_counter(page)[0] == 1:
        return True
    if last and (number or last == last_total):
        return True  # another count, or the last one is full
    line, here = foot(page)
    if line and here == 1 and line == foot(before)[0]:
        return True
    sent, sent_before = fax_counter(page), fax_counter(before)
    if sent_before[0] and sent_before[0] == sent_before[1] and not sent[0] and page.read != "ocr":
        return True
    return None


def runs_on(page: Page, before: Page) -> bool:
    """Whether a fax machine or a print job counts on from the page before; either may hold several documents."""
    sent, sent_before = fax_counter(page), fax_counter(before)
    line, here = foot(page)
    line_before, there = foot(before)
    faxed = bool(sent[0]) and sent == (sent_before[0] + 1, sent_before[1])
    return faxed or (bool(line) and line == line_before and here == there + 1)


def filled(page: Page) -> bool:
    """Whether the page's text goes down to where the next line would not have fitted; so, too, where nothing tells."""
    lines = page.text.rstrip().split("\n")
    body = sum(len(line) + 1 for line in lines[:-FOOT_LINES]) if len(lines) > 2 * FOOT_LINES else len(page.text)
    page = upright(page)
    bottoms = [word.box.bottom for word in page.words if word.start < body]
    if not bottoms or not page.height:
        return True
    return max(bottoms) > FULL * page.height
