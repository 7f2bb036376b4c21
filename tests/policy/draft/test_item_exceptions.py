"""Exceptions in a paragraph of their own below an item: each changes the item under which it is set, and that alone."""

from __future__ import annotations

from tests.policy.draft.set_pages import by_id, column, drafted

from chartproof.policy.draft.criterion import every

OUTLINE = column(
    (60, "1. A pump is medically necessary when all of 1.1 through 1.4 are met:"),
    (80, "1.1 The child is 6 years of age or older."),
    (95, "Exception. A child aged 4 or 5 is accepted when two drugs have failed or a"),
    (95, "neurologist finds the airway unsafe."),
    (80, "1.2 The record shows both of the following:"),
    (100, "1.2.1 three drugs that failed; and"),
    (100, "1.2.2 an MRI dated within 2 years before the request."),
    (115, "Exception. An MRI up to 4 years old is accepted if the seizures have not changed."),
    (80, "1.3 The weight is 15 kg or more."),
    (95, "Exception: The weight is not asked where a dietitian follows the child."),
    (80, "1.4 A surgeon has seen the child."),
    (60, "2. A pump is denied when any of the following is present:"),
    (80, "2.1 A bleeding disorder, which includes:"),
    (100, "2.1.1 hemophilia; and"),
    (100, "2.1.2 a platelet count below 50,000."),
    (95, "Exception. The request is not denied under 2.1 when factor is given before the operation."),
    (80, "2.2 An infection of the skin."),
    (60, "3. All of these papers are submitted:"),
    (80, "3.1 The seizure diary."),
    (80, "3.2 The MRI report."),
    (95, "Exception. It may follow later when the exception to 1.2.2 is used."),
    (80, "3.3 The surgeon's note."),
)  # fmt: skip


def test_what_is_accepted_instead_is_a_way_beside_the_item_it_stands_under() -> None:
    draft = drafted(OUTLINE)
    age, scan = by_id(draft, "1.1"), by_id(draft, "1.2.2")
    assert (age.join, scan.join) == ("any", "any")
    assert [one.text for one in age.children[1].children] == [
        "A child aged 4 or 5",
        "two drugs have failed or a neurologist finds the airway unsafe",
    ]
    assert [child.join for child in age.children[1].children] == ["leaf", "any"]
    assert [one.text for one in scan.children[1].children] == [
        "An MRI up to 4 years old",
        "the seizures have not changed",
    ]


def test_any_other_exception_takes_its_own_item_back() -> None:
    draft = drafted(OUTLINE)
    taken = {one.id: one.unless for one in every(draft.criteria) if one.unless}
    assert set(taken) == {"1.3", "2.1", "3.2"}
    assert taken["1.3"].endswith("a dietitian follows the child")


def test_the_items_stay_in_their_lists() -> None:
    draft = drafted(OUTLINE)
    assert [one.id for one in by_id(draft, "1").children] == ["1.1", "1.2", "1.3", "1.4"]
    assert [one.id for one in by_id(draft, "1.2").children] == ["1.2.1", "1.2.2"]
    assert [one.id for one in by_id(draft, "2").children] == ["2.1", "2.2"]
    assert [one.id for one in by_id(draft, "3").children] == ["3.1", "3.2", "3.3"]
    assert not draft.not_understood


def test_an_exception_at_the_margin_is_left_where_it_stands() -> None:
    draft = drafted([*OUTLINE, (400.0, 10.0, [(60.0, "Exception. A trial is covered by its sponsor.")])])
    assert not [one for one in every(draft.criteria) if "sponsor" in one.unless]
