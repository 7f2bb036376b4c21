"""What each kind of reason is told by in the manners of several houses, and what stands beside a reason and is none."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from letterhead import HEAD, TAIL, read

TABLE = yaml.safe_load((Path(__file__).parent / "manners.yaml").read_text(encoding="utf-8"))
#: What was asked for, which tells a drug to be taken first from a treatment to be had before.
ASKED = {
    "drug": "You asked us to cover Velmura (sertacimab) 90 mg, J3590.",
    "cancer": "You asked us to cover Velmura (sertacimab) 90 mg, J3590, for multiple myeloma (C90.02).",
    "surgery": "You asked us to approve lumbar fusion surgery (22633) for low back pain (M54.50).",
    "stay": "You were admitted to the hospital on May 3, and inpatient days were requested (I50.23).",
}
REASONS = [
    (kind, entry if isinstance(entry, dict) else {"text": entry})
    for kind, entries in TABLE["reasons"].items()
    for entry in entries
]


def kinds(text: str, asked: str = "drug") -> list[str]:
    letter = f"{HEAD}{ASKED[asked]} We denied the request.\n\nWhy we said no\n\n{text}\n{TAIL}"
    return [reason.kind for reason in read(letter).reasons]


@pytest.mark.parametrize(("kind", "entry"), REASONS, ids=lambda one: one if isinstance(one, str) else one["text"][:40])
def test_a_reason_in_the_manner_of_a_house(kind: str, entry: dict) -> None:
    assert kinds(entry["text"], entry.get("asked", "drug")) == [kind]


@pytest.mark.parametrize("text", TABLE["none"], ids=lambda text: text[:40])
def test_no_reason_beside_a_reason(text: str) -> None:
    assert kinds(f"Gym memberships are excluded under Section 7 of your booklet.\n\n{text}") == ["not_covered_benefit"]


@pytest.mark.parametrize("entry", TABLE["letters"], ids=lambda entry: entry["name"])
def test_each_ground_of_a_reasoning_once(entry: dict) -> None:
    assert kinds(entry["text"], entry.get("asked", "drug")) == entry["kinds"]
