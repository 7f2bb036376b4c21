"""Titles by their form: those of numbered parts, and those in words of their own that stand apart above what they head."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chartproof.rights.lines import BULLET, Line
from chartproof.rights.sections import FINITE, is_heading, section_of

#: "3. How the panel applied the terms": a title with its number.
_TITLE = re.compile(r"(?P<number>\d{1,2})\.\s+(?P<title>[A-Z][^.:;?!]{2,70})$")


def numbered_titles(lines: Sequence[Line]) -> dict[tuple[int, int], str]:
    """The titles of a letter in numbered parts, by their places: three or more from 1 on, apart, one of no reasons."""
    found: list[tuple[int, Line, str]] = []
    for order, line in enumerate(lines):
        match = _TITLE.match(line.text)
        apart = not found or order - found[-1][0] > 1
        if match and int(match["number"]) == len(found) + 1 and apart and not FINITE.search(match["title"]):
            found.append((order, line, match["title"]))
    known = any(section_of(title) not in ("", "reasons") for _order, _line, title in found)
    return {(line.page, line.start): title for _order, line, title in found} if known and len(found) >= 3 else {}


#: The number or letter of a part before its title: "III. ", "2) ", "Q. ".
PART_NUMBER = re.compile(r"(?:[IVX]{1,4}|\d{1,2}|[A-HQ])[.):]\s+(?=[A-Z])")
#: What opens a letter's last words, which head nothing.
_LAST_WORDS = re.compile(r"(?:sincerely|respectfully|yours|regards|cordially|in \w+$|enclos|cc\b|encl)", re.I)


def titled_by_form(lines: Sequence[Line], speaks: int, widths: Sequence[int]) -> set[tuple[int, int]]:
    """The places of titles in any words, below the letter's head: what stands apart above a paragraph or a list."""
    found: set[tuple[int, int]] = set()
    for order, (before, line, after) in enumerate(zip(lines, lines[1:], lines[2:], strict=False), start=1):
        title = PART_NUMBER.sub("", line.text)
        begun = order > speaks or title.endswith("?")
        apart = line.gap or re.search(r"[.:?!”)]$", before.text)
        short = len(line.text) < 0.6 * widths[line.page] and len(line.cells) < 2
        if begun and apart and short and _heads(title) and _is_headed(after, widths[after.page]):
            found.add((line.page, line.start))
    return found


def _heads(title: str) -> bool:
    """Whether a line may be a title: a few words, no number, no end, not the letter's last words."""
    plain = not re.search(r"[\d|@]|:|,$", title) and len(title.split()) <= 9
    return plain and is_heading(title) and not _LAST_WORDS.match(title)


def _is_headed(line: Line, width: int) -> bool:
    """Whether a paragraph or a list begins with a line."""
    if BULLET.match(line.text):
        return True
    whole = len(line.text) > 0.6 * width or line.text.endswith(".")
    return whole and (line.text[:1].isupper() or line.text[:1] in '“"')
