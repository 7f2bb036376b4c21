"""A locating phrase stands on its criterion's page, and nowhere else in the document where its words allow that."""

from __future__ import annotations

import pytest

from chartproof.model.page import Page
from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.places import with_places

_FIRST = "Has the member used a topical drug every day? Has the member read the leaflet?"
_SECOND = "Has the member been taking the drug for 16 weeks? Continue."


@pytest.mark.parametrize(
    ("text", "page", "find", "where"),
    [
        # "Has the member" stands on both pages: the phrase is as long as it takes to be told apart in the document
        ("Has the member been taking the drug for 16 weeks?", 2, "Has the member been", 2),
        ("Has the member used a topical drug every day?", 1, "Has the member used", 1),
        # the words stand on the next page: a criterion whose first line was the last of its page
        ("Has the member been taking the drug for 16 weeks?", 1, "Has the member been", 2),
        # nothing tells it apart: the phrase that is on the page
        ("Has the member", 2, "Has the member", 2),
    ],
)
def test_where_a_criterion_stands(text: str, page: int, find: str, where: int) -> None:
    pages = [Page("policy.pdf", 1, _FIRST), Page("policy.pdf", 2, _SECOND)]
    [placed] = with_places([Criterion("1", "necessity", text, page, " ".join(text.split()[:8]))], pages)
    assert (placed.find, placed.page) == (find, where)
