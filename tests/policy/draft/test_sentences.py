"""What one sentence falls into, how items join that a lead names by label, and exceptions of a later sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.mentions import alternatives
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.prose import draft_prose
from chartproof.policy.draft.single import single

SENTENCES = yaml.safe_load((Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", SENTENCES, ids=lambda vector: vector["text"][:40])
def test_what_a_sentence_falls_into(vector: dict[str, Any]) -> None:
    one = single("A", Node("item", vector["text"], 1), vector["text"], vector.get("kind", "necessity"))
    assert one.join == vector["join"]
    for child, words in zip(one.children, vector.get("parts", []), strict=True):
        assert child.text.startswith(words), child.text
    for child, words in zip(one.children, vector.get("whens", [child.when for child in one.children]), strict=True):
        assert child.when == words, child


@pytest.mark.parametrize(
    ("lead", "join"),
    [
        ("Used BOTH of the following at full doses for at least 3 consecutive months:", "all"),
        ("Two of these, unless all of the tablets are contraindicated:", "at_least(2)"),
        ("At least three of the following:", "at_least(3)"),
        ("Necessary when every one of these conditions is met:", "all"),
        ("Not one of these may be present:", "none"),
        ("Treatment without any of the following:", "none"),
        ("The member is free from all of the following:", "none"),
        ("The following do not apply:", "none"),
        ("Nothing on this list may be present:", "none"),
        ("One or both of the following apply:", "any"),
        ("The plan approves on any single line below.", "any"),
        ("The course fits at least one of three descriptions.", "any"),
        ("Three out of the five features below:", "at_least(3)"),
        ("Two of three:", "at_least(2)"),
        ("Both statements must be marked Yes", "all"),
        ("Blood counts satisfy rows 7a to 7c.", "all"),
    ],
)
def test_what_a_lead_says_of_its_items(lead: str, join: str) -> None:
    said = announcement(lead)
    assert said is not None and said.join == join


@pytest.mark.parametrize(
    "lead",
    [
        "Not more than one of the following:",
        "It came back after at least two prior lines of therapy.",
        "No line of therapy has failed.",
        "A request must meet no row of Table 2.",
    ],
)
def test_a_lead_that_announces_no_list(lead: str) -> None:
    assert announcement(lead) is None


@pytest.mark.parametrize(
    ("lead", "names", "groups"),
    [
        ("The criteria in 4.1, 4.2 or 4.3 are met and those in 4.4 are also met.", "4.1 4.2 4.3 4.4", [(0, 1, 2)]),
        ("Items A and B are met, and either C or D.", "1.A 1.B 1.C 1.D", [(2, 3)]),
        ("All of 1 through 4 are met:", "1 2 3 4", None),
        ("The member meets a condition or more below:", "A B", None),
    ],
)
def test_items_that_a_lead_sets_against_each_other(lead: str, names: str, groups: list[tuple[int, ...]] | None) -> None:
    items = [Criterion(name, "necessity", "text", 1, "text") for name in names.split()]
    assert alternatives(lead, items) == groups


def test_a_later_sentence_takes_the_criterion_back_for_some() -> None:
    text = "The member must have tried a tablet for 12 weeks. This step does not apply to a member in hospice."
    (one,) = draft_prose(Node("paragraph", text, 1), "necessity")
    assert one.unless == "a member in hospice"


def test_several_exceptions_of_a_later_sentence_are_ways_beside_it() -> None:
    text = "The member must have tried a tablet. This step does not apply to a member with a score of 9 or more or with gout."
    (one,) = draft_prose(Node("paragraph", text, 1), "necessity")
    assert one.join == "any" and [child.join for child in one.children] == ["leaf", "any"]


def test_a_sentence_that_names_several_parts_of_the_document_opens_none() -> None:
    text = (
        "It is approved when all that is said below is met and none of the bars is present. The member must be over 18."
    )
    assert all(one.join == "leaf" for one in draft_prose(Node("paragraph", text, 1), "necessity"))


def test_the_first_words_of_a_part_stand_side_by_side_in_the_sentence() -> None:
    text = "AST, ALT and bilirubin, each at or below 3 times the upper limit."
    one = single("A", Node("item", text, 1), text, "necessity")
    assert [child.find for child in one.children] == ["AST", "ALT", "bilirubin"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("the graft has healed and the urate has been measured within 20 days", [None, 20]),
        ("a stone was seen, now or earlier; three flares were seen in the past 40 days", [None, 40]),
        ("urate below 6 mg/dL and creatinine below 2 mg/dL within 20 days; and", [20, 20]),
        ("urate is below 6 mg/dL, and the CRP is below 5 mg/L, within 20 days before the request", [20, 20]),
        (
            "Reserve is shown by a FEV1 of 40% or higher and a DLCO of 50% or higher, each dated within 20 days",
            [20, 20],
        ),
    ],
)
def test_a_window_holds_for_the_test_that_prints_it(text: str, days: list[int | None]) -> None:
    one = single("A", Node("item", text, 1), text, "necessity")
    assert [child.leaf.within_days if child.leaf else None for child in one.children] == days


def test_what_a_word_of_a_test_means_is_what_is_asked() -> None:
    told = "The gout must be visible within the 30 days before the request. Visible means a tophus of 2 cm or more, a swollen joint of 5 cm or more, or a mass of 3 cm or more; any one of these will do."
    one = draft_prose(Node("paragraph", told, 1), "necessity")[0]
    assert (one.kind, one.join, [child.leaf.within_days for child in one.children if child.leaf]) == (
        "necessity",
        "any",
        [30, 30, 30],
    )


def test_a_word_that_no_test_before_it_uses_is_only_explained() -> None:
    told = "The gout must be treated. Visible means a tophus of 2 cm or more, or a swollen joint of 5 cm or more."
    found = draft_prose(Node("paragraph", told, 1), "necessity")
    assert [(one.kind, one.children) for one in found] == [("necessity", ()), ("definition", ())]


def test_a_statement_that_does_not_reach_some_is_excused_for_them() -> None:
    told = "Repair of a first tear, repair of a partial tear, and a third repair are considered investigational. That statement does not reach a member of a registered trial."
    one = draft_prose(Node("paragraph", told, 1), "exclusion")[0]
    assert (len(one.children), one.unless) == (3, "a member of a registered trial")
