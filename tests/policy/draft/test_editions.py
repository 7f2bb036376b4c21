"""What changed between two editions, by meaning and not by number alone."""

from __future__ import annotations

import pytest

from chartproof.policy.draft.editions import Entry, changes

FERRITIN = Entry("B", "Ferritin below 30 ng/mL within 60 days.")


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (FERRITIN, FERRITIN, []),
        (FERRITIN, Entry("B", "Ferritin below 45 ng/mL within 60 days."), ["changed"]),
        (FERRITIN, Entry("D", "Ferritin below 30 ng/mL within 60 days."), ["renumbered"]),
        (Entry("7", "Seen by a dietitian."), Entry("Rule 7", "Seen by a dietitian."), []),
        (Entry("7", "Seen by a dietitian."), Entry("Rule 8", "Seen by a dietitian."), ["renumbered"]),
        (FERRITIN, Entry("B", "A ferritin measured below 30 ng/mL within 60 days."), ["reworded"]),
        (FERRITIN, Entry("B", "A dietitian has seen the member."), ["added", "removed"]),
        (
            Entry("C", "Active colitis, unless a surgeon agrees."),
            Entry("C", "Active colitis, whether or not a surgeon agrees."),
            ["changed"],
        ),
    ],
)
def test_one_criterion(before: Entry, after: Entry, change: list[str]) -> None:
    assert [one.change for one in changes([before], [after])] == change


def test_a_criterion_that_is_put_before_others_moves_their_numbers_only() -> None:
    before = [Entry("1", "Failure of iron by mouth."), Entry("2", "Seen by a hematologist.")]
    after = [
        Entry("1", "Weight above 40 kg."),
        Entry("2", "Failure of iron by mouth."),
        Entry("3", "Seen by a hematologist."),
    ]
    assert [(one.change, one.after.id if one.after else "") for one in changes(before, after)] == [
        ("added", "1"), ("renumbered", "2"), ("renumbered", "3"),
    ]  # fmt: skip
