"""What a single line is by its looks: a heading, a caption, an item, a row of a table."""

from __future__ import annotations

import re
from functools import cache

from chartproof.chart.vocabulary import load

BULLET = re.compile(r"\s*(?:[-•*‣●▪◦–]|\(?[a-z0-9]{1,2}[.)]|[IVX]{1,4}\.|\[[ xX]?\]|\[ [1lIJj|)]|\([ xX]\)|[☐☑☒])\s+")
HEADING_NUMBER = re.compile(r"\s*(?:#+|\d{1,2}\.|[IVX]{1,4}\.|SECTION \d+\.?)\s*")
#: A caption at the left edge: "Infection: none active".
CAPTION = re.compile(r"\s*([A-Z][A-Za-z/ -]{1,30}?) ?: +\S")
#: What joins the names of two sections into one title.
JOINED = re.compile(r" and | ?[&/] ?|, ")
#: "Colorectal screen ......... colonoscopy 2019": dots that lead the eye to the value.
LEADER = re.compile(r"\w\W{0,2}?\.{4,} ?\S")


def is_heading(text: str) -> bool:
    """A short line that titles what follows: capitals, a markdown mark, a numbered title, a title with a colon."""
    line = text.strip()
    if line.endswith(")"):
        line = re.sub(r"\s*\((?:[^()]*)\)$", "", line)  # "Past history (imported from note of 14-OCT-2025)"
    if (
        led(line)
        or not 3 <= len(line) <= 80
        or line.endswith((".", ",", ";"))
        or re.search(r"\d{1,2}/\d{1,2}/\d{2,4}", line)
    ):
        return False
    if line.startswith("#"):
        return True
    numbered = "." in line or "#" in line or "SECTION" in line
    bare = HEADING_NUMBER.sub("", line) if numbered else line
    letters = [c for c in bare if c.isalpha()]
    if (
        len(letters) >= 4
        and all(c.isupper() for c in letters)
        and not re.search(r"\d", bare)
        and len(bare.split()) <= 8
    ):
        return ":" not in bare[:-1]
    words = bare.rstrip(":").split()
    plain = bool(words) and len(words) <= 9 and words[0][0].isupper() and not re.search(r"[.;=%\d|]", bare.rstrip(":"))
    if not plain:
        return False
    if numbered and HEADING_NUMBER.match(line) and len(words) <= 8:
        return True
    known = names_sections(bare.rstrip(":").lower()) or cues_to_reader().match(bare)
    return bool(known) or (line.endswith(":") and len(words) <= 6)


def names_sections(title: str) -> bool:
    """Whether the words are the title of a section, or of two: "vitals and exam"."""
    known = load("context.yaml")["headings"]
    return title in known or all(part in known for part in JOINED.split(title))


@cache
def cues_to_reader() -> re.Pattern[str]:
    """The titles under which a paper explains something to its reader."""
    return re.compile("|".join(load("context.yaml")["headings_to_reader"]), re.IGNORECASE)


def captioned(text: str) -> bool:
    """Whether a line opens with one of the captions of notes and what it tells: "Infection: none active"."""
    caption = CAPTION.match(text)
    return caption is not None and caption[1].lower() in load("context.yaml")["captions"]


def led(line: str) -> bool:
    """Whether dots lead from a name in the line to its value."""
    return "...." in line and bool(LEADER.search(line))


def is_row(text: str) -> bool:
    """A table row: cells kept apart by bars, tabs, wide gaps or a leader of dots."""
    line = text.strip()
    barred = " | " in line or line.endswith(" |") or line.startswith("| ")
    return barred or led(line) or "\t" in line or ("   " in line and len(re.findall(r"\S {3,}\S", line)) >= 2)
