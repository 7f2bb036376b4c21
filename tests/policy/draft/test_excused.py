"""Sentences that take a criterion back for some: which one, by its printed label, and for whom."""

from __future__ import annotations

import pytest

from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.excused import with_excused


def listed() -> list[Criterion]:
    parts = (
        Criterion("4/a", "necessity", "creatinine below 1.6 mg/dL", 1, "creatinine", made_id=True),
        Criterion("4/b", "necessity", "a caregiver for 4 weeks", 1, "a caregiver", made_id=True),
    )
    return [
        Criterion("R3", "necessity", "Six months of diet", 1, "Six"),
        Criterion("Row 4", "necessity", "Every request", 1, "Every", "all", children=parts),
        Criterion("a(2)", "necessity", "is at level K3", 1, "is"),
        Criterion("Condition Two", "necessity", "two tablets failed", 1, "two"),
    ]


@pytest.mark.parametrize(
    ("sentence", "excused", "guard"),
    [
        ("R3 does not apply to members who are pregnant.", "R3", "members who are pregnant"),
        ("The creatinine test in row 4 is not required for members on dialysis.", "4/a", "members on dialysis"),
        ("Waiver. Paragraph (a)(2) does not apply to enrollees under 18 years.", "a(2)", "enrollees under 18 years"),
        ("Condition two is waived when speech is lost.", "Condition Two", "speech is lost"),
        ("The second condition is waived for children.", "Condition Two", "children"),
    ],
)
def test_the_criterion_of_a_label_is_taken_back_for_some(sentence: str, excused: str, guard: str) -> None:
    found = {one.id: one.unless for one in every(with_excused(listed(), [sentence])) if one.unless}
    assert found == {excused: guard}


@pytest.mark.parametrize(
    "sentence", ["R9 does not apply to children.", "This policy does not apply to children.", "R3 is printed."]
)
def test_a_sentence_that_names_no_criterion_takes_none_back(sentence: str) -> None:
    assert not [one for one in every(with_excused(listed(), [sentence])) if one.unless]


def test_a_criterion_that_only_takes_another_back_is_none() -> None:
    waiver = Criterion("f", "necessity", "R3 does not apply to children under 5 years.", 1, "R3")
    found = with_excused([*listed(), waiver], [])
    assert "f" not in {one.id for one in found} and found[0].unless == "children under 5 years"
