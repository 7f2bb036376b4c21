"""Narrow and faxed pages: titles that wrap, and lists under headings that lost some of their bullets."""

from __future__ import annotations

import pytest

from chartproof.model.page import Box, Page, Word
from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.draft import Draft, draft_policy


def faxed(*lines: tuple[float, str]) -> Draft:
    """What is drafted of a scanned page whose lines each begin at their left edge; an empty one leaves a gap."""
    text, words, top = "", [], 60.0
    for left, said in lines:
        for word in said.split():
            end = left + 5.0 * len(word)
            words.append(Word(word, len(text), len(text) + len(word), Box(left, top, end, top + 9)))
            text, left = f"{text}{word} ", end + 3.0
        text, top = f"{text}\n", top + (14.0 if said else 7.0)
    return draft_policy([Page("fax.pdf", 1, text, words=tuple(words), width=600.0, height=800.0, read="ocr")])


def saying(draft: Draft, words: str) -> Criterion:
    return next(one for one in every(draft.criteria) if words in one.text)


def narrow(title: str, rest: str) -> Draft:
    return faxed(
        (60, "1. Refusals"),
        (60, "We do not pay if any of these is true:"),
        (60, "1.1 A pump was placed in the past year"),
        (82, "and still works."),
        (60, "1.2 An infection of the skin over the"),
        (82, "spine is active."),
        (60, "1.3 The pump is asked for a trial that"),
        (82, "has no sponsor."),
        (0, ""),
        (60, title),
        (60, rest),
        (60, "A member who has a pump already is"),
        (60, "approved when both of these hold:"),
        (60, "2.1 the old pump lasted for 5 years or"),
        (82, "longer; and"),
        (60, "2.2 the pain fell by 50 percent on it."),
    )


@pytest.mark.parametrize(
    ("title", "rest"),
    [("2. Exchange of an earlier", "pump"), ("2. Pumps that come to", "their end"), ("2. Loss of", "Older devices")],
)
def test_a_title_that_wraps_is_one_title(title: str, rest: str) -> None:
    draft = narrow(title, rest)
    assert [saying(draft, words).kind for words in ("lasted for 5 years", "fell by 50 percent")] == ["necessity"] * 2
    assert saying(draft, "placed in the past year").kind == "exclusion"


LOST = (
    (60, "CX-8 Belatacept after a transplant"),
    (0, ""),
    (60, "What is asked (all bullets, each request)"),
    (60, "* The member is 18 years of age or older."),
    (60, "* The graft is a kidney."),
    (72, "Antibody to the virus was found within 90 days of the graft."),
    (60, "* The kidney works, shown by one of:"),
    (76, "- a clearance of 35 mL/min or greater within 30 days;"),
    (76, "- no dialysis in the past 2 months."),
    (72, "Tacrolimus was tried for 3 months, at a dose that the member could bear, and the"),
    (72, "kidney became worse."),
    (0, ""),
    (60, "Refusals (any one bullet, request denied)"),
    (72, "A lymphoma after the transplant."),
    (72, "Tuberculosis that is active."),
    (0, ""),
    (60, "Papers (every bullet is sent)"),
    (72, "The biopsy report."),
    (72, "The pharmacy record of the past 6 months."),
)  # fmt: skip


def test_a_list_under_a_heading_has_its_lost_bullets_again() -> None:
    draft = faxed(*LOST)
    asked = saying(draft, "What is asked")
    assert (asked.kind, asked.join, len(asked.children)) == ("necessity", "all", 5)
    shown = saying(draft, "shown by one of")
    assert (shown.join, len(shown.children)) == ("any", 2)


def test_a_heading_says_in_brackets_how_its_entries_join() -> None:
    draft = faxed(*LOST)
    refused, sent = saying(draft, "Refusals"), saying(draft, "Papers")
    assert (refused.kind, refused.join, len(refused.children)) == ("exclusion", "none", 2)
    assert (sent.kind, sent.join, len(sent.children)) == ("documentation", "all", 2)
