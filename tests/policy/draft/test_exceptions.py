"""A part of exceptions: each stands with the criterion that it names, or that names it, and none is dropped."""

from __future__ import annotations

from chartproof.model.page import Page
from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.draft import Draft, draft_policy

TEXT = """
A. Coverage

The pump is medically necessary when each of items a through c is met:
a. The member is 16 years of age or older.
b. Three tablets have failed. See Exception 2.
c. The ECOG performance status is 0 or 1.

B. Not covered

The pump is not covered when any of items a through b applies:
a. An infection of the skin.
b. Pregnancy.

C. Exceptions

Exception 1. To B.a. An infection that has healed under treatment does not bar coverage.
Exception 2. A member who cannot swallow is not asked for tablets.
Exception 3. To A.c. A status of 2 is accepted when a fracture is its cause.
Exception 4. To A.f. A caregiver may be named later.
"""


def drafted() -> Draft:
    return draft_policy([Page("policy.txt", 1, TEXT)])


def by_id(draft: Draft, id: str) -> Criterion:
    return next(one for one in every(draft.criteria) if one.id == id)


def test_an_exception_stands_with_the_criterion_that_it_names_or_that_names_it() -> None:
    draft = drafted()
    assert by_id(draft, "B.a").unless.startswith("An infection that has healed")
    assert by_id(draft, "A.b").unless.startswith("A member who cannot swallow")
    assert {one.id for one in every(draft.criteria) if one.unless} == {"B.a", "A.b"}


def test_what_is_accepted_instead_is_a_way_beside_what_is_asked() -> None:
    asked = by_id(drafted(), "A.c")
    assert asked.join == "any" and [one.id for one in asked.children] == ["A.c/0", "Exception 3"]
    assert asked.children[0].leaf is not None and asked.children[0].leaf.op == "le"


def test_an_exception_that_names_no_criterion_is_left_to_a_person() -> None:
    draft = drafted()
    assert "C" not in {one.id for one in draft.criteria}
    assert any("A caregiver may be named later" in one.text for one in draft.not_understood)


def test_a_part_of_exceptions_that_names_nothing_stays_as_it_is() -> None:
    text = (
        TEXT.split("C. Exceptions")[0]
        + "C. Exceptions\n\nEither of these is enough:\na. A letter of the surgeon.\nb. Age above 70.\n"
    )
    ids = {one.id for one in every(draft_policy([Page("policy.txt", 1, text)]).criteria)}
    assert {"A.a", "B.b"} <= ids
