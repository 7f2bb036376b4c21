"""The parts of a letter: titles in words of their own, and paragraphs that turn to the reader, wherever they stand."""

from __future__ import annotations

import pytest

from chartproof.model import Box, Page, Word
from chartproof.rights.sections import section_of
from chartproof.rights.spacing import spaced
from letterhead import HEAD, TAIL, read

DENIED = f"{HEAD}We denied the request. Use of this drug for your disease is investigational.\n\n"


def kinds(body: str) -> set[str]:
    return {reason.kind for reason in read(body).reasons}


@pytest.mark.parametrize(
    "paragraph",
    [
        "Please send the heart scan, the biopsy report that is missing, and any note of a drug that failed.",
        "You need not enclose more records; nothing that a record could show would alter this.",
        "If you have had two lines that we do not know of, have the clinic write us. A new request with the dates can be sent any day.",
        "You may add a letter that tells why no other drug was tried. Copies of the file are free.",
        "To object, write to us inside of 90 days. Your doctor may say why your kidneys are not too weak.",
    ],
)
def test_what_only_bids_or_allows_is_no_reason(paragraph: str) -> None:
    assert kinds(DENIED + paragraph + "\n" + TAIL) == {"experimental"}


def test_a_rule_that_says_must_bids_nothing() -> None:
    body = "We denied the request. You must have had two lines of therapy first. You have had one line only.\n"
    assert kinds(HEAD + body + TAIL) == {"prior_therapy"}


def test_a_noun_at_the_head_of_a_sentence_bids_nothing() -> None:
    body = "We denied the request.\n\nUse of this cell therapy in your lymphoma is considered investigational.\n"
    assert kinds(HEAD + body + TAIL) == {"experimental"}


def test_a_right_told_without_a_heading_has_its_time() -> None:
    body = "To have the Fund look again, write to it within 6 months of the date of this letter and say why.\n"
    stated = read(f"{HEAD}We denied the request. It is investigational.\n\n{body}").stated_deadlines
    assert [(row.what, row.months) for row in stated] == [("internal_appeal", 6)]


def test_a_title_of_any_words_ends_what_was_asked() -> None:
    body = """What you asked

Dr. Orsini asks for the implant and says that no other device was tried.

How we see it

The implant is investigational for this use, and the request is denied.
"""
    assert kinds(HEAD + body + TAIL) == {"experimental"}


def test_numbered_parts_and_questions_have_titles() -> None:
    body = """II. What was looked at

Notes of May 2. No test of the heart was among them.

III. Why we say no

Your ECOG score is 3. It must be 2 or lower. The request is denied.
"""
    assert "performance_status" in kinds(HEAD + body + TAIL)
    asked = """Q. Why was it denied?
A. Your contract, part 9, says that the plan does not pay for "drugs for the growth of hair, by whomever they are prescribed."

Q. What may I do?
A. File an appeal within 180 days after you receive this.
"""
    denial = read(HEAD + asked)
    assert {reason.kind for reason in denial.reasons} == {"not_covered_benefit"}
    assert [(row.what, row.days) for row in denial.stated_deadlines] == [("internal_appeal", 180)]


def test_white_space_of_a_printed_page_opens_a_paragraph() -> None:
    """Twelve points from line to line; before the fifth and the eighth line there are twenty."""
    lines = [
        "one of them",
        "goes on",
        "and on",
        "to its end",
        "another one",
        "goes on",
        "to its end",
        "a third",
        "ends",
    ]
    text, words, top = "\n".join(lines), [], 100.0
    start = 0
    for order, line in enumerate(lines):
        top += 20.0 if order in (4, 7) else 12.0
        words.append(Word(line, start, start + len(line), Box(72.0, top, 300.0, top + 9.0)))
        start += len(line) + 1
    found = spaced(Page("letter.pdf", 1, text, words=tuple(words)))
    assert sorted(text[at:].split("\n")[0] for at in found) == ["a third", "another one"]


def test_the_value_of_a_field_opens_no_part() -> None:
    assert section_of("Item: K0823 external feeding pump") == ""
    assert section_of("Reason: the pump is not covered") == "reasons"


def test_a_figure_that_ends_a_sentence_numbers_no_item() -> None:
    body = "The request is denied. The note of your last visit, which was on May 2, gives ECOG\n3. The limit is 2 or less.\n"
    assert kinds(HEAD + body + TAIL) == {"performance_status"}


def test_the_head_of_a_table_of_charges_refuses_nothing() -> None:
    statement = """EXPLANATION OF BENEFITS
Quarry Health   Statement date 06/30/2027   Member Ilse Okafor   Member ID QWT4410

Service date   Description         Charged    Discount   Not covered   Paid       Your share
06/01/2027     Infusion 96413      640.00     212.00     0.00          398.00     30.00

“Not covered” is what the plan does not pay for: services that were denied or that are excluded.
"""
    assert not read(statement).is_denial


def test_a_long_reason_is_quoted_with_the_words_that_tell_it() -> None:
    body = (
        "We denied the request. In her view, fusion of three levels for pain of the back alone, which is what was asked for, does "
        "not offer you more than a program of exercise, and it is not medically necessary under part 9 of the booklet.\n"
    )
    (reason,) = read(HEAD + body + TAIL).reasons
    assert "not medically necessary" in reason.quote
    assert len(reason.quote.split()) <= 25


def test_who_had_no_part_before_is_named_after_it() -> None:
    body = (
        "A board-certified surgeon who was not part of the first decision, Dr. Ilka Brandt-Moss, looked at all of it.\n"
    )
    denial = read(f"{HEAD}{body}We denied the request. The device is investigational.\n{TAIL}")
    assert denial.reviewer == "Dr. Ilka Brandt-Moss"
