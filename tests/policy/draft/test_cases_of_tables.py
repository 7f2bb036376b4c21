"""Tables whose columns or rows set cases: nothing of a column is lost, and what is asked holds for its own case."""

from __future__ import annotations

from collections.abc import Sequence

from tests.policy.draft.ruled_pages import Sheet

from chartproof.policy.draft.case_columns import names_case
from chartproof.policy.draft.criterion import Criterion, every


def drafted(rows: Sequence[Sequence[str]], lefts: Sequence[float]) -> list[Criterion]:
    sheet = Sheet()
    sheet.prose("Gout of the hand and of the foot", size=14.0)
    sheet.prose("In force from May 1, 2026.")
    sheet.table(rows, lefts)
    return list(every(sheet.draft().criteria))


def told(found: Sequence[Criterion], words: str) -> Criterion:
    return next(one for one in found if words in one.text and not one.children)


def test_a_column_for_each_product_asks_of_that_product_alone() -> None:
    found = drafted(
        [
            ("Subject", "Adalimumab", "Secukinumab"),
            ("Age", "4 years or older", "6 years or older"),
            ("Heart", "failure was ruled out", "-"),
            ("Lungs", "a film is clear", "a film is clear"),
        ],
        (60.0, 170.0, 370.0),
    )
    assert (told(found, "4 years").when, told(found, "6 years").when) == ("Adalimumab", "Secukinumab")
    assert told(found, "ruled out").when == "Adalimumab"
    assert [one.when for one in found if "film" in one.text] == [""]


def test_what_can_be_a_case() -> None:
    assert all(map(names_case, ("Dupixent", "Adults", "Under 12", "6 to 11 years", "Medicare Advantage")))
    assert not any(map(names_case, ("Value", "How it is shown", "", "Where the report is kept by the clinic")))


def test_a_column_of_a_name_that_tells_nothing_is_not_lost() -> None:
    found = drafted(
        [
            ("Use", "Let in when", "Kept out when", "To be sent", "To go on"),
            ("R1 Gout of the toe", "two tablets failed", "an infection is active", "film report", "no new tophus"),
            ("R2 Gout of the hand", "one tablet failed", "a cancer is untreated", "scan report", "a response is seen"),
        ],
        (60.0, 150.0, 260.0, 370.0, 460.0),
    )
    kinds = {one.kind: one for one in found if not one.children}
    assert set(kinds) == {"necessity", "exclusion", "documentation", "continuation"}
    assert told(found, "two tablets failed").kind == "necessity"
    assert (told(found, "untreated").kind, told(found, "untreated").when) == ("exclusion", "R2 Gout of the hand")
    assert told(found, "film report").when == "R1 Gout of the toe"


def test_an_outcome_that_only_refuses_makes_its_whole_row_a_refusal() -> None:
    found = drafted(
        [
            ("Row", "IF", "AND", "THEN"),
            ("1", "the gout is of the toe", "the member is under 18", "a tablet failed for 4 weeks"),
            ("2", "the gout is of the hand", "the member is 18 or over", "two tablets failed"),
            ("3", "a live vaccine was given", "a month has not gone by", "refuse"),
            ("4", "the request is for more time", "the swelling fell by half", "approve 12 months"),
        ],
        (60.0, 110.0, 250.0, 400.0),
    )
    assert {one.kind for one in found if "vaccine" in one.text} == {"exclusion"}
    assert told(found, "swelling").kind == "continuation"
    assert not any("approve" in one.text for one in found if not one.children)


def test_rows_that_lead_on_are_asked_of_every_way_and_conditions_of_an_outcome_are_kept() -> None:
    found = drafted(
        [
            ("IF", "THEN"),
            ("the gout is of the toe", "go on to row 2"),
            ("two tablets have failed", "approve"),
            ("a hotel is asked for", "approve 7 days if home is far"),
            ("the member had the drug before", "refuse, unless it was never taken"),
            ("the toe is broken", "refuse"),
        ],
        (60.0, 320.0),
    )
    (whole,) = [one for one in found if one.id == "APPROVE"]
    assert whole.join == "all"
    assert whole.children[1].join == "any"
    assert told(found, "home is far").kind == "necessity"
    assert [one.unless for one in found if one.unless] == ["it was never taken"]
