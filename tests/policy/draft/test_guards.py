"""One sentence at a time: its condition and its exception."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.policy.draft.guards import guarded
from chartproof.policy.draft.items import parent
from chartproof.policy.draft.labels import Label
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.single import single

SENTENCES = yaml.safe_load((Path(__file__).parent / "guards.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("want", SENTENCES, ids=lambda want: want["text"][:50])
def test_conditions_and_exceptions(want: dict[str, Any]) -> None:
    guard = guarded(want["text"], of_paper=want.get("paper", False))
    for said, words in ((guard.when, want.get("when", "")), (guard.unless, want.get("unless", ""))):
        assert bool(said) == bool(words), (said, words)
        assert words.lower() in said.lower()
    assert "rest" not in want or guard.text.strip(" .") == want["rest"]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("There is a tremor disorder, or a fall occurred in the past 6 months, except one fall on ice.", "one fall on ice"),
        ("There is gout of the hand, or a stone passed this year, except a stone of struvite.", "a stone of struvite"),
    ],
)  # fmt: skip
def test_an_exception_to_the_last_of_two_refusals_excuses_that_one_alone(text: str, last: str) -> None:
    whole = single("X", Node("item", text, 1), text, "exclusion")
    assert (whole.unless, [one.unless for one in whole.children]) == ("", ["", last])


def test_a_list_of_diseases_before_all_of_these_is_asked_with_it() -> None:
    items = [
        Node("item", said, 1, label=Label("bullet", "•", 0, 2)) for said in ("The joint is swollen", "A tablet failed")
    ]
    for lead in (
        "For gout, pseudogout or lupus arthritis, ALL of the following:",
        "For psoriasis, vitiligo or eczema, all of these:",
    ):
        whole = parent("K-1", Node("paragraph", lead, 1), lead, items, "necessity")
        assert (whole.join, whole.when, len(whole.children)) == ("all", "", 3)


def test_what_takes_a_whole_list_back_stands_behind_its_announcement() -> None:
    items = [Node("item", said, 1, label=Label("bullet", "•", 0, 2)) for said in ("a splint", "a sling")]
    lead = "Failure of 8 weeks of care, which included AT LEAST ONE of the following, unless the tendon is torn:"
    assert parent("K-2", Node("paragraph", lead, 1), lead, items, "necessity").unless == "the tendon is torn"
    lead = "ALL of the following, none of which is needed for a burn or a bite:"
    whole = parent("K-3", Node("paragraph", lead, 1), lead, items, "necessity", heading="Readiness")
    assert (whole.join, whole.unless) == ("all", "a burn or a bite")
