"""Numbers of a letter's head that stand below a row of labels, some of which name nothing known or take two lines."""

from __future__ import annotations

import pytest

from chartproof.model import Box, Page, Word
from chartproof.rights.members import member_name
from chartproof.rights.numbers import identifiers
from chartproof.rights.text import Letter

#: Of each table: its lines as (height, ((left edge, words), ...)), and what it names.
TABLES = (
    (
        ((100, ((60, "Medicaid member ID"), (250, "Case number"), (400, "Day we got the request"))),
         (115, ((60, "0071553310"), (250, "QHP-PDN-26-00112"), (400, "March 2, 2026")))),
        {"member_id": "0071553310", "reference": "QHP-PDN-26-00112"},
    ),
    (
        ((100, ((60, "How it came"), (160, "Member no."), (280, "Appeal number"), (420, "Panel"))),
         (115, ((60, "By mail"), (160, "QWT 4410 2291"), (280, "AP-26-00713"), (420, "Second")))),
        {"member_id": "QWT 4410 2291", "reference": "AP-26-00713"},
    ),
    (
        ((100, ((60, "Member no."), (160, "Contract/group"), (260, "Stage 2 appeal"))),
         (112, ((260, "no."),)),
         (100, ((360, "Stage 1 appeal"),)),
         (112, ((360, "no."),)),
         (100, ((460, "Product"),)),
         (130, ((60, "QBH 3310 0071"),)),
         (142, ((60, "B"),)),
         (130, ((160, "70-55120"), (260, "S2-2026-0411-07"), (360, "S1-2026-0119-31"), (460, "Quarry POS"))),
         (142, ((460, "Large"),))),
        {"member_id": "QBH 3310 0071 B", "group_number": "70-55120", "reference": "S2-2026-0411-07"},
    ),
    (
        ((100, ((60, "Insured ID"), (200, "Office"), (320, "Tracking number"))),
         (115, ((60, "QSP-440-7712-1"), (200, "Elm Street"), (320, "TR-26-55102")))),
        {"member_id": "QSP-440-7712-1", "reference": "TR-26-55102"},
    ),
    (
        ((100, ((60, "Patient"), (160, "Insured ID"), (290, "Group"), (420, "Stay reference"))),
         (115, ((60, "Ilse M."), (160, "QSP-440-7712-1"), (290, "70551 Quarry Feed"), (420, "HB-26-40010-C"))),
         (127, ((60, "Okafor"), (290, "Supply")))),
        {"member_id": "QSP-440-7712-1", "member_name": "Ilse M. Okafor", "reference": "HB-26-40010-C"},
    ),
)  # fmt: skip


def _page(rows: tuple) -> Page:
    """A letter with the table above its greeting; each letter is five points wide."""
    text, words = "Quarry Health\nMarch 14, 2026\n", []
    for top, cells in rows:
        for order, (left, said) in enumerate(cells):
            text += " " if order else ""
            at = float(left)
            for term in said.split(" "):
                text += "" if at == left else " "
                words.append(Word(term, len(text), len(text) + len(term), Box(at, top, at + 5 * len(term), top + 9)))
                text += term
                at += 5 * len(term) + 3
        text += "\n"
    return Page(
        "letter.pdf", 1, f"{text}Dear Ms. Okafor:\nYour request is denied.\n", tuple(words), width=612, height=792
    )


@pytest.mark.parametrize(("rows", "want"), TABLES, ids=lambda one: "-".join(one) if isinstance(one, dict) else None)
def test_numbers_below_their_labels(rows: tuple, want: dict) -> None:
    letter = Letter([_page(rows)], file="letter.pdf")
    found = {**identifiers(letter), "member_name": member_name(letter)}
    assert {name: str(found[name][0]) if found.get(name) else None for name in want} == want
