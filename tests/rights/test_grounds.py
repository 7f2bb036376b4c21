"""One reason in many wordings, wherever a letter may tell it; and what stands beside reasons and is none."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from letterhead import HEAD, TAIL, read

REASONS = yaml.safe_load((Path(__file__).parent / "grounds.yaml").read_text(encoding="utf-8"))
PLACES = {
    "list": "We denied the request for these reasons:\n1. {}\n",
    "paragraph": "We denied the request. {}\n",
    "heading": "Rationale\n{}\nThe request is denied.\n",
}


def kinds(body: str) -> list[str]:
    return [reason.kind for reason in read(HEAD + body + TAIL).reasons]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("entry", REASONS, ids=lambda entry: entry["text"][:40])
def test_one_reason(entry: dict, place: str) -> None:
    assert kinds(PLACES[place].format(entry["text"])) == [entry["kind"]]


@pytest.mark.parametrize(
    "beside",
    [
        "The policy requires adequate organ function.",
        "Your request for a PET scan was approved.",
        "Policy criteria:\n- ECOG performance status is 2 or less;\n- No prior CAR-T therapy.",
        "Please send an echocardiogram.",
        "Medical Policy CT-9 reads: “Creatinine clearance is at least 40 mL/min; an ejection fraction of 45 percent or more.”",
        "If the request is urgent, ask for both at once.",
        "Should the disease come back, a second infusion could be considered.",
        "Care that is experimental or not medically necessary is never payable under the contract.",
        "Physical therapy can be ordered without authorization by your provider.",
        "Your doctor asked us to authorize two drugs to be given together.",
        "The biopsy was covered and does not change the question.",
        "In our letter of June 1, 2026 we denied Abecma because an ECOG score was missing.",
    ],
)
def test_what_stands_beside_is_no_reason(beside: str) -> None:
    body = f"We denied the request for these reasons:\n1. No tumor board note was supplied.\n\n{beside}\n"
    assert kinds(body) == ["documentation"]
