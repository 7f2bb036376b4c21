"""A note and what is added below it are signed each for itself; messages are nobody's signed word."""

from __future__ import annotations

import pytest

from chart.snippets import reading_of
from chartproof.chart.correspondence import is_thread
from chartproof.chart.signatures import above_addenda, signed

PORTAL = (
    "Patient messages\nBea F. to Care Team, 05/03/2026 9:12 PM\nMy watch did a tracing, all fine.\n"
    "Ida Roe, RN to Bea F., 05/04/2026 8:02 AM\nThat is one lead, we still need ours.\n"
)
MAIL = (
    "From: Roe, Ida RN\nTo: Vance, Otto MD\nDate: Fri, 01 May 2026 14:06\n\nThe letter came.\n\n"
    "> From: Vance, Otto MD\n> Date: Fri, 01 May 2026 13:15\n> Send it to me.\n"
)
STAFF = "CASE MESSAGES\n05/02/2026 11:02  ROE RN -> FILE\n  Called the plan.\n05/03/2026 09:40  ROE RN -> DR VANCE\n  No answer.\n"
FAXED = (
    "FROM: LAKE CLINIC 5550100 TO: PLAN UM 5550111 05/02/2026 10:02\nVisit note of 05/01/2026.\n"
    "FROM: LAKE CLINIC 5550100 TO: PLAN UM 5550111 05/02/2026 10:03\nPage two.\n"
)
CALLS = "TELEPHONE ENCOUNTERS\n05/02/2026 11:02 I. Roe RN\n No fever.\n05/03/2026 09:40 I. Roe RN\n Feels well.\n"


@pytest.mark.parametrize(
    ("text", "thread"), [(PORTAL, True), (MAIL, True), (STAFF, True), (FAXED, False), (CALLS, False), ("", False)]
)
def test_messages_are_known_by_their_heads(text: str, thread: bool) -> None:
    assert is_thread(text) is thread


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("PRELIMINARY - NOT AUTHENTICATED\nLETTER\nShe is fit.\nOtto Vance, MD", False),
        ("She is fit.\nOtto Vance, MD\nJob 44  STATUS: PRELIMINARY", False),
        ("She is fit.\nOtto Vance, MD\n____ (signature pending)", False),
        ("Report.\nElectronically authenticated 05/02/2026 09:02", True),
        ("The note is to be verified by Otto Vance.", None),
    ],
)
def test_a_word_of_signing_may_be_taken_back(text: str, state: bool | None) -> None:
    assert signed(text, "clinic_note") is state


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("The benefit and risk paragraph for the plan is still unsigned, to be chased with her office.", None),
        ("This note was dictated in clinic and is unsigned, it waits for the attending to read it.", False),
    ],
)
def test_the_prose_of_a_note_may_speak_of_itself_or_of_another_paper(said: str, state: bool | None) -> None:
    lines = [f"Line {number} of the visit." for number in range(8)]
    assert signed("\n".join([*lines, said, *lines]), "clinic_note") is state


def test_messages_are_unsigned_whatever_stands_below_them() -> None:
    assert signed(f"{PORTAL}\nElectronically signed by Ida Roe RN 05/04/2026", "message_thread") is False


NOTE = "Visit.\nShe walks well.\n<Electronically signed by VANCE,OTTO MD> 05/28/26 1655\n"
DRAFT = "*** ADDENDUM *** STATUS: DRAFT - NOT SIGNED\n05/30/26 0730 entered by SCRIBE2 for VANCE,OTTO MD\nOrgans are adequate.\n"


def test_a_draft_addendum_does_not_unsign_its_note() -> None:
    assert signed(above_addenda(NOTE + DRAFT), "clinic_note") is True
    reading = reading_of(NOTE + DRAFT)
    states = {
        word: (one.segment.signed, one.segment.addendum) for one in reading.sentences for word in one.text.split()
    }
    assert states["walks"] == (True, False)
    assert states["adequate."] == (False, True)


def test_an_addendum_without_a_day_on_its_line_takes_that_beneath() -> None:
    day = next(one.segment.when for one in reading_of(NOTE + DRAFT).sentences if "adequate" in one.text)
    assert day is not None and str(day) == "2026-05-30"
