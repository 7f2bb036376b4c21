"""The one-line wordings: every template fills, and every concept and outcome of the vocabulary reads as words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from chartproof.decide.describe import amount, gap, joined, nearest, sentence, what, why_not, wording
from chartproof.model import REASONS, DayRange, Fact, Quantity
from chartproof.model.rows import Leaf

AS_OF = date(2026, 5, 4)
DAY = DayRange.day(date(2026, 4, 21))
LEAF = Leaf("leaf", "c", label="the name", window_days=90)


def made(concept: str, assertion: str = "present", **more: object) -> Fact:
    return Fact("f", concept, assertion, (), when=DAY, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fact", "line"),
    [
        (made("prior_car_t", "absent"), "no earlier CAR-T product (stated 2026-04-21, 13 days before)"),
        (made("one_time_treatment"), "single infusion planned (2026-04-21, 13 days before)"),
        (made("specialist_consult", value="filed"), "consultation note in the chart (2026-04-21, 13 days before)"),
        (made("lvef", quantity=Quantity(58, 58, "%")), "the name 58% (2026-04-21, 13 days before)"),
        (made("chest_xray", "planned"), "the name planned for 2026-04-21"),
        (made("hiv", value="negative"), "the name: negative (2026-04-21, 13 days before)"),
        (made("not_in_the_file", "absent"), "the name: stated absent (stated 2026-04-21, 13 days before)"),
        (made("copd", value="GOLD 2"), "the name: GOLD 2 (2026-04-21, 13 days before)"),
        (Fact("f", "cbc_panel", "present", ()), "blood count resulted (no date)"),
    ],
)
def test_a_fact_in_one_line(fact: Fact, line: str) -> None:
    assert sentence(fact, LEAF, AS_OF) == line


def test_every_concept_and_outcome_of_the_vocabulary_reads_as_words(root: Path) -> None:
    folder = root / "src" / "chartproof" / "knowledge" / "vocabulary"
    concepts = yaml.safe_load((folder / "concepts.yaml").read_text(encoding="utf-8"))["concepts"]
    assert set(wording()["what"]) <= set(concepts), "words for a concept that nobody knows"
    for name, concept in concepts.items():
        outcomes = concept.get("values", []) if concept["type"] == "state" else []
        facts = [made(name, value=value) for value in outcomes]
        facts += [made(name, assertion) for assertion in ("absent", "planned", "historical", "family")]
        if concept["type"] == "number":
            facts.append(made(name, quantity=Quantity(1, 2, str(concept["unit"]))))
        if concept["type"] == "event":
            facts.append(made(name))
        for fact in facts:
            line = what(fact, LEAF)
            assert line and "{" not in line and "_" not in line


def test_statements_that_end_alike_share_their_end() -> None:
    said = [("HBsAg: negative", " (2026-03-12)"), ("ECOG 1", " (2026-04-28)"), ("HIV: negative", " (2026-03-12)")]
    assert joined(said) == "HBsAg: negative, HIV: negative (2026-03-12); ECOG 1 (2026-04-28)"


def test_numbers_keep_their_interval() -> None:
    assert amount(Quantity(50, 55, "%")) == "50-55%"
    assert amount(Quantity(None, 5, "mg/dL")) == "at most 5 mg/dL"
    assert amount(Quantity(2, None, "lines")) == "at least 2"


def test_every_reason_and_role_has_words() -> None:
    for reason in REASONS[:10]:
        assert "".join(gap(LEAF, reason)).startswith("the name: ")
    for role in wording()["passed_over"]:
        assert why_not(made("ecog", quantity=Quantity(1, 1)), LEAF, role, AS_OF).startswith("the name 1 (2026-04-21")
    for role in ("stale", "historical", "unsigned", "undated", "planned"):
        for when in (DAY, None):
            assert nearest(Fact("f", "ecog", "present", (), when=when), LEAF, role, AS_OF)
