"""Remark codes of a statement of benefits: what an unpaid line's code says, in the words that the statement prints for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.rights.charges import unpaid_rows
from chartproof.rights.findings import told_kinds
from chartproof.rights.lines import Line
from chartproof.rights.tables import note_codes
from chartproof.rights.text import Letter
from chartproof.rights.words import table

#: A payer's own codes at the end of a row.
_CODE = r"[A-Z]{1,2}\d{1,3}"
_OWN = re.compile(rf"(?<=\d\d )(?P<codes>{_CODE}(?:[,;/ ]+{_CODE})*)\W*$|\b(?P<code>[A-Z]{{1,2}}\d{{2,3}})\W*$")
_GROUPED = re.compile(r"\b(?:CO|PR|OA|PI)[- ]?(?P<number>\d{1,3})\b")


def remarks(letter: Letter) -> Iterator[tuple[str, Line]]:
    """(kind of reason, the line that explains the code, else the line that bears it) of each code of an unpaid charge.

    A payer's own code says what the line that explains it says.
    """
    kinds: dict[str, str] = table("remarks")["codes"]
    told: set[str] = set()
    noted = dict(note_codes(letter))
    rows = tuple(unpaid_rows(letter)) or tuple((line, line.text) for line in letter.body if _GROUPED.search(line.text))
    for row, text in rows:
        for match in _GROUPED.finditer(text):
            number = match.group("number")
            if number in kinds and number not in told:
                told.add(number)
                yield kinds[number], _explained(letter, number) or row
        own = _OWN.search(text)
        for code in (*noted.get(row.start, ()), *(re.findall(_CODE, own.group()) if own else ())):
            line = _explained(letter, code)
            if line and code not in told:
                told.add(code)
                # One code is one reason.
                said = re.split(r"(?<=[a-z)][.;]) (?=[A-Z])", _meaning(letter, line))
                kinds_told = tuple(kind for one in said for kind in told_kinds(one, letter))[:1]
                kinds_told = kinds_told or _plain_kind(letter, line)
                yield from ((kind, line) for kind in kinds_told)


#: What says how a charge was reckoned, and no reason against it.
_RECKONED = re.compile(
    r"\b(?:deductible|co-?pay\w*|coinsurance|discount|agreed|allowed amount|rate|bill(?:ed)?|paid)\b", re.I
)


#: A sentence, and no mere name of a rule.
_SAYS = re.compile(r"\b(?:is|are|was|were|does|do|did|has|have|had)\b", re.I)


def _plain_kind(letter: Letter, line: Line) -> tuple[str, ...]:
    """The kind of an explanation of several sentences that finds nothing of a known kind: need where it speaks of it."""
    order = letter.body.index(line)
    after = letter.body[order + 1 : order + 7]
    stop = next((at for at, one in enumerate(after) if re.match(rf"{_CODE}\b", one.text)), len(after))
    text = " ".join(one.text for one in (line, *after[:stop]))
    told = _meaning(letter, line)
    if len(text.split()) < 20 or _RECKONED.search(told) or not _SAYS.search(told):
        return ()
    return ("not_medically_necessary" if re.search(r"\bmedical(?:ly)? necess", text, re.I) else "other",)


def _meaning(letter: Letter, line: Line) -> str:
    """What a code stands for: its line with those after it, up to the next code, a wide space or the end of the sentence."""
    order = letter.body.index(line)
    told = line.text
    for below in letter.body[order + 1 : order + 4]:
        if below.gap or re.match(rf"{_CODE}\b", below.text) or re.search(r"[.!?)]$", told):
            break
        told = f"{told} {below.text}"
    return told


def _explained(letter: Letter, number: str) -> Line | None:
    """The line of the list of codes that opens with this one and goes on in words."""
    opens = re.compile(
        rf"(?:(?i:note|remark|reason|code)s?:? (?i:code:? )?)?(?:(?:CO|PR|OA|PI)[- ]?)?{number}\b\W+[A-Z](?:[a-z/]{{2,}}| [a-z])"
    )
    return next((line for line in letter.body if opens.match(line.text)), None)
