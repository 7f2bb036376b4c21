"""Rows of a statement of charges: what each describes, and of which of them nothing was paid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.rights.lines import Line
from chartproof.rights.text import Letter
from chartproof.rights.words import table

_AMOUNT = re.compile(r"(?<=\$)\d[\d,]*(?:\.\d{2})?(?!\d)|\d[\d,]*\.\d{2}(?!\d)")
#: A row that opens with its number, with one day or two, then says what was done, and prints a code and amounts in dollars.
_DATED = re.compile(
    r"(?:\d{1,2}\s+)?(?:\d{1,2}/\d{1,2}(?:/\d{2,4})?[-– ]*){1,2}[^$]{0,60}?\b(?:[A-V]\d{4}|\d{5}|\d{4}[TFU])\b[^$]{0,40}?(?:\$\d|\d[\d,]*\.\d\d(?!\d))"
)
#: A row that describes the service before its code.
_DESCRIBED = re.compile(
    r"(?:\d{1,2}\s+)?(?P<what>[A-Z][^$]{3,60}?)\s+(?:[A-V]\d{4}|\d{5}|\d{4}[TFU])(?:-\w{2})?\s+\$?\d[\d,]*\.\d\d"
)


#: A row that opens with the code and goes on with what it stands for.
_CODE_FIRST = re.compile(r"(?:[A-V]\d{4}|\d{5}|\d{4}[TFU])(?:-\w{2})?\s+[A-Za-z][^$]{2,60}\s\$\d")


def described(row: str) -> str:
    """The words before the code of a row of charges; empty where its code stands first."""
    match = _DESCRIBED.match(row)
    return match["what"] if match else ""


def charge_rows(letter: Letter) -> dict[int, str]:
    """For each line that opens a row of a table of charges, the text of the whole row."""
    rows: dict[int, str] = {}
    current: int | None = None
    for position, line in enumerate(letter.body):
        if ((_DESCRIBED.match(line.text) or _CODE_FIRST.match(line.text)) and len(_AMOUNT.findall(line.text)) >= 3) or (
            _DATED.match(line.text) and len(_AMOUNT.findall(line.text)) >= 2
        ):
            current = None
            rows[position] = line.text
        elif re.match(
            r"(?:\d{1,2}\s+)?(?:\d{1,2}/\d{1,2}/\d{2,4}|(?<=\d\s))\s*(?:[A-Z]\d{4}|\d{5}|\d{4}[TFU])\b", line.text
        ):
            current = position
            rows[current] = line.text
        elif current is not None and re.search(r"total|\bdiagnos[ie]s\b|explain|^[•*]", line.text, re.I):
            current = None
        elif current is not None and line.gap and len(_AMOUNT.findall(rows[current])) >= 3:
            current = None  # a whole row, and a wide space: what follows is no part of it
        elif current is not None:
            rows[current] += " " + line.text
    return {
        position: text for position, text in rows.items() if len(_AMOUNT.findall(text)) >= 2 + (not _DATED.match(text))
    }


def unpaid_rows(letter: Letter) -> Iterator[tuple[Line, str]]:
    """(first line, whole text) of each row of charges of which nothing was paid."""
    for position, row in charge_rows(letter).items():
        if is_unpaid(row):
            yield letter.body[position], row


def is_unpaid(row: str) -> bool:
    """Nothing was paid and the whole charge is not covered."""
    amounts = [float(word.replace(",", "")) for word in _AMOUNT.findall(row)]
    if not amounts:
        return False
    whole = amounts[0] > 0 and amounts.count(amounts[0]) >= 2 and 0.0 in amounts
    # A part of the charge was refused where its last amount stands before a code that refuses.
    reasons = re.findall(r"\b(?:CO|PR|OA|PI)[- ]?(\d{1,3})\b", row)
    whole = whole or (amounts[0] > 0 and not any(amounts[1:]))
    return whole or (amounts[-1] > 0 and any(reason in table("remarks")["codes"] for reason in reasons))
