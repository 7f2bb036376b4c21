"""Cells of a table of criteria that hold more than one test: sentences, lists, and the sentence before the table."""

from __future__ import annotations

import pytest

from chartproof.policy.draft.cells import cell_test
from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.grids import column_lead
from chartproof.policy.draft.nodes import Node


def cell(text: str, kind: str = "necessity") -> Criterion | None:
    return cell_test("r1", Node("row", text, 1, cells=("Earlier treatment", text)), 1, kind)


def parts(one: Criterion | None) -> tuple[str, list[str]]:
    """The join and the parts of a cell, each of which says what its row is about."""
    assert one is not None and all(child.text.startswith("Earlier treatment ") for child in one.children)
    return one.join, [child.text.removeprefix("Earlier treatment ") for child in one.children]


def test_each_sentence_that_asks_is_a_test() -> None:
    assert parts(cell("Gout for more than 3 months. At least 2 attacks were treated.")) == (
        "all",
        ["Gout for more than 3 months.", "At least 2 attacks were treated."],
    )


def test_a_sentence_that_eases_is_no_test() -> None:
    assert parts(cell("At least two doses have been given. A new member may count doses under another plan."))[1] == []
    assert parts(cell("The report of the scan. A letter is accepted in its place.", "documentation"))[1] == []


def test_a_sentence_that_accepts_something_else_is_another_way() -> None:
    one = cell(
        "Will not be started with a statin. A member who is stable on a statin may add it if 8 or more weeks pass."
    )
    assert parts(one)[0] == "any"


def test_a_list_in_a_cell_joins_as_its_lead_says() -> None:
    one = cell(
        "Failure of at least two of the following, unless all of these are contraindicated: • a tablet • a patch • a spray"
    )
    assert one is not None and parts(one) == ("at_least(2)", ["a tablet", "a patch", "a spray"])
    assert "contraindicated" in one.unless


@pytest.mark.parametrize("nothing", ["None needed.", "—", "N/A"])
def test_a_cell_that_asks_nothing(nothing: str) -> None:
    assert cell(nothing) is None


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("necessity", "All criteria in Table 1 must be met."),
        ("documentation", "Send the papers that the third column names."),
        ("exclusion", ""),
    ],
)
def test_the_sentence_before_the_table_says_how_a_column_is_read(kind: str, said: str) -> None:
    lead = "All criteria in Table 1 must be met. Send the papers that the third column names."
    assert column_lead(lead, "Needed", kind) == said


@pytest.mark.parametrize(
    "paper",
    [
        "the pathology, flow cytometry and cytogenetic reports",
        "a treatment history listing each regimen, its dates, the best response and the reason it was stopped",
        "a consultation note, written within 45 days before the request",
        "Hepatitis B, hepatitis C and HIV results",
    ],
)
def test_one_paper_that_is_described_at_length_stays_one(paper: str) -> None:
    assert parts(cell(paper, "documentation"))[1] == []


def test_papers_named_one_after_the_other_are_several() -> None:
    assert len(parts(cell("The operative note, the pathology report, and the latest scan", "documentation"))[1]) == 3
