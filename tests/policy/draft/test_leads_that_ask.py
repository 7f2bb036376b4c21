"""Leads that ask something themselves beside their list, and refusals whose list names only some of what they refuse."""

from __future__ import annotations

import pytest

from chartproof.model.page import Page
from chartproof.policy.draft.criterion import every
from chartproof.policy.draft.draft import draft_policy

TEXT = """
Criteria

1. A first pump is medically necessary for a child with spasticity when all of 1.1 through 1.4 are met:
1.1 The child is 4 years of age or older.
1.2 The pump is placed by a neurosurgeon who meets both of these:
1.2.1 board certification; and
1.2.2 ten placements in the past 2 years.
1.3 Care goes on at a clinic that satisfies all of the following:
1.3.1 a nurse on call; and
1.3.2 a pharmacy on site.
1.4 The therapist's report shows all of the following:
1.4.1 a score of 3 or more; and
1.4.2 pain at rest.

Not approved

2. A pump is denied when any of the following is present:
2.1 An infection near the site, which includes:
2.1.1 cellulitis; and
2.1.2 an open wound.
2.2 A bleeding disorder, including:
2.2.1 hemophilia; and
2.2.2 a low platelet count.
2.3 Pregnancy.
"""


@pytest.mark.parametrize(
    ("name", "join", "first", "count"),
    [
        ("1", "all", "a child", 6),
        ("1.2", "all", "The pump is placed by a neurosurgeon", 3),
        ("1.3", "all", "Care goes on at a clinic", 3),
        ("1.4", "all", "a score of 3 or more; and", 2),
        ("2.1", "any", "An infection near the site", 3),
        ("2.2", "any", "A bleeding disorder", 3),
        ("2", "none", "An infection near the site, which includes:", 3),
    ],
)
def test_what_a_lead_asks_stands_beside_its_list(name: str, join: str, first: str, count: int) -> None:
    draft = draft_policy([Page("policy.txt", 1, TEXT)])
    one = next(one for one in every(draft.criteria) if one.id == name)
    assert (one.join, one.children[0].text, len(one.children)) == (join, first, count)
