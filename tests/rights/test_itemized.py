"""One reason for each criterion called not met, by the words that name it; and a test that is unproven is no use off the label."""

from __future__ import annotations

import pytest

from letterhead import HEAD, TAIL, read


@pytest.mark.parametrize(
    ("says", "kinds"),
    [
        (
            "We denied the request. Guideline K-9 asks that you:\n\n"
            "- use both hands at the controls;\n- live in a home with a ramp; and\n- have a helper there each day.\n\n"
            "The first is met. The second is not met: the visit report tells of nine steps up to the door. "
            "The third is not met: your sister works away from home from eight to six.\n",
            ["other", "other"],
        ),
        (
            "We denied the request. Knee replacement is not medically necessary for you now. These three are not met:\n\n"
            "1. Narrowing of the joint to 1 mm or less on standing films\n"
            "2. Twelve weeks of supervised exercise therapy within the past year\n"
            "3. A bone density result from this year\n\n"
            "This is what the reviewer found for each:\n\n"
            "1. The standing films of May 2 were read as 3 mm.\n\n"
            "2. The notes list three exercise visits in April.\n\n"
            "3. No bone density result was sent to us.\n",
            ["not_medically_necessary", "other", "prior_therapy", "documentation"],
        ),
        (
            "We denied the request. Of the six requirements of Policy TQ-4, two are not met:\n\n"
            "a. No antibody against the vector above 1:50\n\nb. Bilirubin of 1.5 mg/dL or less\n\n"
            "As to (a): The blood sample of June 1 came out at 1:400.\n\n"
            "On the second point: Your bilirubin was 3.1 mg/dL on June 1.\n",
            ["other", "organ_function"],
        ),
    ],
)  # fmt: skip
def test_each_unmet_item_is_a_reason(says: str, kinds: list[str]) -> None:
    assert [reason.kind for reason in read(f"{HEAD}{says}{TAIL}").reasons] == kinds


@pytest.mark.parametrize(
    "says",
    [
        "No record explains who would push the chair or why a cane is not enough.",
        "We have no letter that tells where the nurse would sleep.",
        "There is no note describing how often the alarm went off.",
    ],
)
def test_what_no_paper_tells_is_missing_from_the_papers(says: str) -> None:
    assert [reason.kind for reason in read(f"{HEAD}We denied the request. {says}\n{TAIL}").reasons] == ["documentation"]


@pytest.mark.parametrize(
    "says",
    [
        "Panels of many genes are investigational. A single gene is covered where the FDA label asks for it; citalopram does not have such a label.",
        "Such panels remain unproven. The medicines that she takes, lithium and quetiapine, carry no label that speaks of a gene.",
        "We hold the panel to be experimental, and no FDA label of your medicines tells doctors to order it.",
    ],
)
def test_the_label_of_medicines_says_nothing_of_a_test(says: str) -> None:
    asked = "We denied coverage for a gene panel (Larkmont Genomics, 0345U). "
    assert [reason.kind for reason in read(f"{HEAD}{asked}{says}\n{TAIL}").reasons] == ["experimental"]


def test_a_service_begins_with_a_whole_word() -> None:
    says = "We denied payment for the marker panel performed on May 4, 2026 by Larkmont Genomics (Larkmont Mood, code 0345U). It is unproven.\n"
    assert read(f"{HEAD}{says}{TAIL}").service == "marker panel"
