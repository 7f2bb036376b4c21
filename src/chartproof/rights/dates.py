"""Dates as payers print them, with the small errors that OCR makes in the name of a month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from rapidfuzz import fuzz

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_DATE = re.compile(
    r"(?P<iso>\b\d{4}-\d{2}-\d{2}\b)"
    r"|(?P<m>\b\d{1,2})[/.-](?P<d>\d{1,2})[/.-](?P<y>\d{4}|\d{2})\b"
    r"|(?P<mon>\b[A-Za-z|!]{3,10})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? ?(?P<year>\d{4})\b"
    r"|(?P<day2>\b\d{1,2})(?:st|nd|rd|th)?[ -](?P<mon2>[A-Za-z]{3,10})\.?,?[ -](?P<year2>\d{4})\b"
)


def month_number(word: str) -> int | None:
    """1-12 for a month's name, its abbreviation or a name with one or two wrong letters; else None."""
    low = word.lower().strip(".")
    for number, name in enumerate(_MONTHS, start=1):
        if low == name or (len(low) >= 3 and low == name[: len(low)]) or (low == "sept" and number == 9):
            return number
    if len(low) < 5:
        return None
    ranked = sorted(((fuzz.ratio(low, name), number) for number, name in enumerate(_MONTHS, start=1)), reverse=True)
    return ranked[0][1] if ranked[0][0] >= 75 and ranked[0][0] - ranked[1][0] > 15 else None


def dates_in(text: str) -> Iterator[tuple[re.Match[str], date]]:
    """Every whole date of a line, with its match."""
    for match in _DATE.finditer(text):
        day = _read(match)
        if day is not None:
            yield match, day


def _read(match: re.Match[str]) -> date | None:
    found = match.groupdict()
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        if found["m"]:
            year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
            return date(year, int(found["m"]), int(found["d"]))
        word, day, year_text = (
            (found["mon"], found["day"], found["year"])
            if found["mon"]
            else (found["mon2"], found["day2"], found["year2"])
        )
        month = month_number(word)
        return date(int(year_text), month, int(day)) if month else None
    except ValueError:
        return None
