"""The stamps of a log: telephone notes, a chat or a thread of messages, whose every entry opens with day, hour and writer.
Short visits set down one below the other, a paragraph or a row of a list of contacts each, open with their day alone.

"10/16/26 08:20  S. PRUETT RN   (patient called)", "[10/17 08:30] Everly RN: on her way", "Ortega (ID) 10/30 16:51: stop it".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from chartproof.chart.dates import find_dates
from chartproof.chart.paragraphs import paragraphs
from chartproof.model import DayRange, Page

#: Fewer stamps than this are no log.
FEWEST = 2
_CLOCK = re.compile(r"[\]\s,|]{1,3}(?:at |@ ?)?\d{1,2}[:.]?\d\d(?: ?[ap]\.?m\.?)?\b[\]\s]{0,3}", re.IGNORECASE)
_OPENS = re.compile(r"[\s\[*>|-]*")
#: One to five words of a name or a desk, capital letters first.
_NAME = r"(?:(?:Dr|Mrs?|Ms)\. ?)?[A-Z][\w.'’-]*(?:,? (?:of |the )?(?:[A-Z][\w.'’/-]*|\([^()\n]{1,30}\))){0,4}"
#: A writer behind the stamp, and a writer before it with the entry behind the hour.
_WRITER = re.compile(rf"[-–|,]?\s*(?:by |from )?{_NAME}\s*(?:[:(>]|\s[-–]\s|$|\s{{2,}})")
_WRITTEN_BEFORE = re.compile(rf"{_OPENS.pattern}{_NAME}[\s,|-]*")
#: A title in capitals before the stamp, with nothing or a gap behind the hour: "ACUTE CLINIC   09/12/2026 09:30   by: A. Roe".
_TITLED = re.compile(rf"{_OPENS.pattern}[A-Z][A-Z'’/&-]{{3,}}(?: [A-Z][A-Z'’/&-]+){{0,5}}[\s|-]+")


#: Who signs at the foot of what he wrote; and a line that ends with the hour, as such a foot does.
_SIGNS = re.compile(
    r"\W*(?:(?:electronically |digitally |e-?)?signed|e-?signature|authenticated|attested|verified|co-?signed|reviewed)\b",
    re.IGNORECASE,
)
_BARE = re.compile(rf"[^\n]*{_CLOCK.pattern}\W*$", re.IGNORECASE)
#: What stands below the last foot of a page: nothing, or its running foot.
_PAGE_FOOT = re.compile(r"\s*(?:[^\n]*\b(?:page \d+|\d+ of \d+|MRN|DOB)\b[^\n]*)?\s*", re.IGNORECASE)


def log_entries(text: str, year_hint: date) -> Iterator[tuple[int, DayRange, str]]:
    """Start, day and line of each entry, where a text is a log; none where it is not. A day without a year is of `year_hint`'s.

    Stamps with nothing behind the hour, the last of which has nothing below it, sign what stands above them.
    """
    found = [
        (match, *opened)
        for match in re.finditer(r"[^\n]+", text)
        if (opened := stamp(match[0], year_hint)) and not _SIGNS.match(match[0])
    ]  # fmt: skip
    if found and _BARE.match(found[-1][0][0]) and _PAGE_FOOT.fullmatch(text, found[-1][0].end()):
        found = [one for one in found if not _BARE.match(one[0][0])]
    if len(found) >= FEWEST:
        yield from ((match.start(), day, line) for match, day, line in found)


#: "BR record", "Impression: ...": a line of a few words, or a label, begins something else.
_TITLE_OR_LABEL = re.compile(r"\W*(?:[^\n.;,]{1,40}(?:\n|$)|[A-Z][^\n:.;,]{1,40}:)")
#: "17 June 2025. CT shows a response ...", "03/04/2025: seven weeks in": a day that heads its paragraph.
_HEADED = re.compile(r"[ \t]*(?:[.:]|[-–—](?=\s))[ \t]+(?=[A-Z])")


def dated_paragraphs(page: Page, start: int, end: int) -> Iterator[tuple[int, int, DayRange]]:
    """Start, end and day of each paragraph that opens with its day in full, where a text has two or more of them.

    What stands right below one, under no title or label of its own, goes on with it as far as the next.
    """
    found: list[tuple[int, int, DayRange]] = []
    more = 0
    for left, right in paragraphs(page, start, end):
        text = page.text[left:right]
        opened = next(iter(find_dates(text[:40])), None)
        if opened and opened[2].exact and _OPENS.fullmatch(text[: opened[0]]) and _HEADED.match(text, opened[1]):
            if found and more:
                found[-1] = (found[-1][0], more, found[-1][2])
            found.append((left, right, opened[2]))
            more = right
        elif more and page.text[more:left].count("\n") == 1 and not _TITLE_OR_LABEL.match(text):
            more = right
        else:
            more = 0
    if len(found) >= FEWEST:
        yield from found


#: What a list of contacts calls one, right behind its day.
_CONTACT = re.compile(
    r"[\s|,:-]{1,6}(?:office|clinic|phone|telephone|call|visit|video|telehealth|nurse|nursing|rn\b|procedure|portal|message|e-?mail|bedside|referral|text|home visit|meeting|intake|family|team|conference|update|infusion|ivig|transfusion|admi(?:tted|ssion)|discharged?|ed\b|er\b|urgent care|consult|follow-?up|fu\b|f/u|labs?\b|ct\b|pet\b|mri\b|letter|encounter|note)",
    re.IGNORECASE,
)
#: Rows of a list of contacts, and how many of them are named as such.
#: Letters of a line that fills its page's width.
FULL = 60
ROWS, CONTACTS = 3, 0.6


def contacts(text: str) -> Iterator[tuple[int, int, DayRange]]:
    """Start, end and day of each row of a list of contacts: rows one below the other that open with their day in full and
    what it was ("4/7/2026  Office visit  Feels well."), with the lines that go on with them."""
    lines = [match for match in re.finditer(r"[^\n]+", text) if match[0].strip()]
    run: list[tuple[int, int, DayRange, bool]] = []
    for number, line in enumerate([*lines, None]):
        opened = next(iter(find_dates(line[0][:40])), None) if line else None
        told = line[0] if line else ""
        if line and opened and opened[2].exact and _OPENS.fullmatch(told[: opened[0]]):
            run.append((line.start(), line.end(), opened[2], bool(_CONTACT.match(told, opened[1]))))
        elif line and run and (told.lstrip()[:1].islower() or _wrapped(lines, number)):
            run[-1] = (run[-1][0], line.end(), *run[-1][2:])
        else:
            if len(run) >= ROWS and sum(named for *_, named in run) >= CONTACTS * len(run):
                yield from ((start, end, day) for start, end, day, _named in run)
            run = []


def _wrapped(lines: list[re.Match[str]], number: int) -> bool:
    """Whether a line goes on with the entry above it: that one fills its line, and the next line opens with a day again."""
    above, below = lines[number - 1][0], lines[number + 1][0] if number + 1 < len(lines) else ""
    opens = next(iter(find_dates(below[:40])), None)
    own = lines[number][0]
    full = len(above) >= FULL and len(above) >= len(own) and not re.match(r"[^.]{2,40}:?$", own)
    return full and bool(opens and opens[2].exact and _OPENS.fullmatch(below[: opens[0]]))


def stamp(line: str, year_hint: date) -> tuple[DayRange, str] | None:
    """The day of a line that opens an entry, and the line; None for any other."""
    for start, end, day in find_dates(line[:80], year_hint=year_hint):
        clock = _CLOCK.match(line, end)
        if clock is None or not day.exact:
            return None
        if _OPENS.fullmatch(line[:start]) and _WRITER.match(line, clock.end()):
            return day, line.strip()[:60]
        if _WRITTEN_BEFORE.fullmatch(line[:start]) and re.match(r"\s*[:–>-]|\s*$", line[clock.end() :]):
            return day, line.strip()[:60]
        if _TITLED.fullmatch(line[:start]) and re.match(r"\s*$|\s{2,}", line[clock.end() - 1 :]):
            return day, line.strip()[:60]
        return None
    return None
