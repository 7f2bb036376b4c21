"""What a document says of itself: its payer, number and date, in the forms in which policies print them."""

from __future__ import annotations

from datetime import date

import pytest

from chartproof.model.page import Box, Page, Word
from chartproof.policy.draft.head import find_date, read_head
from chartproof.policy.draft.lines import read_lines
from chartproof.policy.draft.tables import with_tables

FORMS = [
    ("Pump therapy\nPolicy no. DX-9 | Gannet Bay Health Alliance | In effect 03/15/2026", "Gannet Bay Health Alliance", "DX-9"),
    ("Pump therapy\nGannet Bay Health, laboratory policy GEX-12. Effective March 15, 2026.", "Gannet Bay Health", "GEX-12"),
    ("Pump therapy\nForm PX-44. Gannet Bay Health Plan. Valid for requests received on\nor after March 15, 2026.", "Gannet Bay Health Plan", "PX-44"),
    ("Pump therapy\nOwner: Gannet Bay Health Trust, Office of Standards\nRegister: RX-77\nIn force: 2026-03-15", "Gannet Bay Health Trust", "RX-77"),
    ("Pump therapy\nGannet Bay Insurance Company Cell Therapy Policy CX 6.02. Effective: 15 March 2026.", "Gannet Bay Insurance Company", "CX 6.02"),
    ("Pump therapy\n_Gannet Bay Mutual Assurance, Guideline NX-77. In effect from March 15, 2026._", "Gannet Bay Mutual Assurance", "NX-77"),
    ("Pump therapy\nGannet Bay Health Partners policy MX-118\nNo. | Requirement | Evidence\nEffective 03/15/2026", "Gannet Bay Health Partners", "MX-118"),
    ("Pump therapy\nGannet Bay Benefit Plan\nGuideline number: SHO-41 Effective: March 15, 2026", "Gannet Bay Benefit Plan", "SHO-41"),
    ("Pump therapy\nGannet Bay Life Fund\nPolicy number: UM-EAR-7 Panel approval: May 2, 2025\nEffective 03/15/2026", "Gannet Bay Life Fund", "UM-EAR-7"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "payer", "number"), FORMS, ids=[payer for _, payer, _ in FORMS])
def test_the_payer_stands_among_other_words(text: str, payer: str, number: str) -> None:
    head = read_head(
        read_lines([Page("policy.txt", 1, f"{text}\n\nCriteria\n\nThe member is 18 years of age or older.")])
    )
    assert (head.payer, head.number, head.effective) == (payer, number, date(2026, 3, 15))


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        ("STATE OF WESTMARCH\nMINISTRY FOR PUBLIC CARE\nPump therapy", "State of Westmarch Ministry for Public Care"),
        ("State of Westmarch · Bureau of Drug Review · Pump Desk\nPump therapy", "State of Westmarch Bureau of Drug Review"),
        ("NOTICE 14\nTo: Infusion clinics\nFrom: Gannet Bay Insurance, Pump Desk\nPump therapy", "Gannet Bay Insurance"),
        ("NOTICE 14\nTO: | Infusion clinics\nFROM: | A. Wren, Director\nPump therapy", ""),
    ],
)  # fmt: skip
def test_an_office_of_a_state_and_who_writes(text: str, payer: str) -> None:
    lines = read_lines([Page("policy.txt", 1, f"{text}\n\nCriteria\n\nThe member is 18 years of age or older.")])
    assert read_head(lines).payer == payer


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        ("Pump therapy\nThis policy applies to benefit plans administered by Gannet\nPharmacy Solutions. Some plans may not use it.", "Gannet Pharmacy Solutions"),
        ("Pump therapy\nContractor Name | Contract Type | Number\nGannet Bay Services, LLC | A and B MAC | 7\nGannet Bay Services, LLC | MAC | 8", "Gannet Bay Services, LLC"),
    ],
)  # fmt: skip
def test_who_runs_the_plans_and_a_contractor(text: str, payer: str) -> None:
    lines = read_lines([Page("policy.txt", 1, f"{text}\n\nCriteria\n\nThe member is 18 years of age or older.")])
    assert read_head(list(with_tables(lines))).payer == payer


def test_the_number_over_the_entries_of_a_register_is_not_the_documents() -> None:
    text = "Pump therapy: register GBM-7\nNo. | Class | Entry\n001 | REQ | The member is 18 years old.\n002 | REQ | A trial was done."
    assert read_head(list(with_tables(read_lines([Page("policy.txt", 1, text)])))).number == "GBM-7"


def test_the_whole_name_stands_behind_a_copyright_mark() -> None:
    lines = read_lines(
        [Page("policy.txt", 1, "GANNET\nBay Benefit Management\nGBM-7: Pump therapy\nV3.1.2026 in force")]
    )
    footer = read_lines(
        [Page("policy.txt", 1, "GBM-7 · V3.1.2026 · © 2026 Gannet Bay Benefit Management. All rights reserved.")]
    )
    head = read_head(lines, footer)
    assert (head.payer, head.number) == ("Gannet Bay Benefit Management", "GBM-7")


def test_a_sentence_about_members_names_no_payer() -> None:
    text = "Pump therapy\nMedicaid members are reviewed under the state manual.\n\nThe member is 18."
    assert read_head(read_lines([Page("policy.txt", 1, text)])).payer == ""


@pytest.mark.parametrize(
    "said",
    [
        "Version of March 15, 2026, signed off January 27, 2026.",
        "List edition: 15 March 2026",
        "Good from March 15, 2026.",
    ],
)
def test_the_day_of_the_edition_where_no_other_is_named(said: str) -> None:
    text = f"Pump therapy\n{said}\nNext edition of March 1, 2027.\n\nThe member is 18."
    assert read_head(read_lines([Page("policy.txt", 1, text)])).effective == date(2026, 3, 15)


def test_a_number_has_the_letters_of_its_series() -> None:
    text = "Gannet Bay Health Plan\nHip guide, chapter 4.12\nGuide number HIP 4.12. Effective March 15, 2026.\n\nThe member is 18."
    assert read_head(read_lines([Page("policy.txt", 1, text)])).number == "HIP 4.12"


def test_a_day_in_words() -> None:
    assert find_date("in force from the first of April 2026") == date(2026, 4, 1)
    assert find_date("adopted on the twenty-third day of May, 2026") == date(2026, 5, 23)
    assert find_date("the 31st of April 2026") is None


def test_a_title_with_space_between_its_letters_is_read_in_words() -> None:
    words, text, left = [], "", 60.0
    for word in ("GOUT", "RULES"):
        for letter in word:
            words.append(Word(letter, len(text), len(text) + 1, Box(left, 60.0, left + 5.0, 70.0)))
            text += f"{letter} "
            left += 8.0
        left += 5.0
    (line,) = read_lines([Page("policy.pdf", 1, text.rstrip(), tuple(words), 600.0, 800.0)])
    assert line.text == "GOUT RULES"
