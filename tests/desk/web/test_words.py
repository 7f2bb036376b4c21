"""What the pages say: how far a job is, why one failed, what lies in a package, when something is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chartproof.desk.progress import SEARCHING, read_state, state_line
from chartproof.desk.store.files import File
from chartproof.desk.store.jobs import Job
from chartproof.desk.store.packages import Package, Part
from chartproof.desk.web.contents import papers
from chartproof.desk.web.package import not_to_sign
from chartproof.desk.web.pages import due_class, due_words, whole_days
from chartproof.desk.web.told import REASONS, notes_of, progress_of, why
from chartproof.model import Case, Chart, Review
from deskwork import START

JOB = Job("1", "read", "c", {}, "running", 1, 3, 1, 3, "", "", "x", None, START, START, None)
FILES = [
    File(str(n), "c", name, "", 1, "", "waiting", 0, "", None, START, None)
    for n, name in enumerate(("a.pdf", "b 2/3.pdf", "c.txt"))
]


@pytest.mark.parametrize("name", ["a.pdf", "", "b 2/3.pdf", "0:1/2 x", "two  spaces"])
def test_a_state_comes_back_as_it_was(name: str) -> None:
    state = read_state(state_line(name, {0: (3, 3), 2: (1, 40)}))
    assert (state.name, dict(state.files), state.searching) == (name, {0: (3, 3), 2: (1, 40)}, False)


def test_each_file_says_how_far_it_is() -> None:
    told = progress_of(replace(JOB, message=state_line("b 2/3.pdf", {0: (3, 3), 1: (1, 40)})), FILES)
    assert told["words"] == "Reading b 2/3.pdf"
    assert [one["words"] for one in told["files"]] == ["read", "page 1 of 40", "waiting"]


def test_while_facts_are_searched_no_file_is_named() -> None:
    assert progress_of(replace(JOB, message=SEARCHING), FILES)["words"] == "Looking for what the pages say"


@pytest.mark.parametrize(
    ("state", "words"), [("failed", "It failed: "), ("waiting", "It failed and is tried again soon: ")]
)
def test_a_failure_says_why(state: str, words: str) -> None:
    told = progress_of(replace(JOB, state=state, code="CP-CASE-04"), FILES)
    assert told["words"].startswith(words) and "has no label here" in told["words"] and "CP-CASE-04" in told["words"]
    assert told["ended"] == (state == "failed")


def test_a_longer_code_has_its_own_reason() -> None:
    """The table is read from above, so the more special line must stand before the general one."""
    for number, (start, _words) in enumerate(REASONS):
        assert not any(start.startswith(before) for before, _ in REASONS[:number])
    assert why("CP-NEW-01") == "CP-NEW-01"


def test_papers_are_grouped_and_each_stands_once() -> None:
    names = [
        "packet.pdf",
        "letter.docx",
        "letter.pdf",
        "document-file-request.pdf",
        "deadlines.ics",
        "review.json",
        "unheard-of.bin",
    ]
    groups = {
        group.title: [(row.what, [name for name, *_ in row.files]) for row in group.rows]
        for group in papers(Part(n, "", 2500) for n in names)
    }
    assert groups["To send"][1] == ("The letter alone", ["letter.pdf", "letter.docx"])
    assert groups["Further documents"] == [
        ("Request for the claim file and the criteria", ["document-file-request.pdf"]),
        ("Unheard of", ["unheard-of.bin"]),
    ]
    assert sorted(name for rows in groups.values() for _, files in rows for name in files) == sorted(names)


@pytest.mark.parametrize(
    ("day", "words", "kind"),
    [(1, "3 days late", "late"), (3, "1 day late", "late"), (4, "today", "soon"), (5, "in 1 day", "soon"), (11, "in 7 days", "soon"), (12, "in 8 days", "due")],
)  # fmt: skip
def test_a_day_is_said_beside_today(day: int, words: str, kind: str) -> None:
    today = date(2026, 5, 4)
    assert (due_words(date(2026, 5, day), today), due_class(date(2026, 5, day), today)) == (words, kind)


def test_a_day_stays_on_one_line_and_the_rest_is_text() -> None:
    said = str(whole_days("<b> planned for 2026-05-06, 13-social-work.pdf"))
    assert said == '&lt;b&gt; planned for <span class="day">2026-05-06</span>, 13-social-work.pdf'


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({}, ""),
        ({"draft": True}, "is a draft"),
        ({"outdated": START, "outdated_why": "file_added"}, "out of date: file added"),
    ],
)
def test_a_version_that_cannot_be_signed_says_why(state: dict[str, Any], said: str) -> None:
    package = Package("p", "c", 1, "", "", (), 0, "", False, "u", START, None, "")
    told = not_to_sign(replace(package, **state))
    assert said in told and bool(told) == bool(said)


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("No label was checked: no drug is named. Add a line 'drug: ...' to case.yaml.",
         "No label was checked: no drug is named. Enter the treatment under Case."),
        ("The law turns on it. Add a line such as 'plan_type: fehb' to case.yaml (or chip, tricare).",
         "The law turns on it. Enter the kind of plan under Case."),
        ("Nothing to add.", "Nothing to add."),
    ],
)  # fmt: skip
def test_what_the_command_line_asks_of_its_file_is_asked_under_case(note: str, said: str) -> None:
    assert notes_of(
        Review("", "", "", "", Case(date(2026, 5, 4)), Chart((), (), (), (), (), ()), (), (), extra={"notes": note})
    ) == [said]
