"""What a notice lacks or gets wrong, by plan type: recall on short notices, and no alarm that a letter's words disprove."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Page
from chartproof.rights import law
from chartproof.rights.letter import read_letter

LETTERS = yaml.safe_load((Path(__file__).parent / "notices.yaml").read_text())["letters"]


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter["name"])
def test_defects_of_a_notice(letter: dict) -> None:
    denial = read_letter([Page("notice.txt", 1, letter["text"])], file="notice.txt")
    named = {defect.rule for defect in denial.notice_defects}
    assert set(letter["defects"]) <= named, sorted(named)
    assert not set(letter.get("absent", ())) & named, sorted(named)
    told = " ".join(defect.what for defect in denial.notice_defects)
    assert all(words in told for words in letter.get("says", ())), told
    for defect in denial.notice_defects:
        assert defect.citation == law.rule(defect.rule).citation
        assert defect.small or defect.what in denial.letter_defects


def test_small_defects_are_no_argument_of_the_letter() -> None:
    denial = read_letter([Page("notice.txt", 1, LETTERS[0]["text"])], file="notice.txt")
    small = {defect.what for defect in denial.notice_defects if defect.small}
    assert small and not small & set(denial.letter_defects)


def test_the_statements_name_rules_and_plans_that_exist() -> None:
    data = law.notices()
    for row in data["statements"]:
        assert law.rule(row["rule"]).kind == "notice"
        assert set(row["plans"]) <= set(law.plans()["plans"])
    for rules in data["asked_by"].values():
        assert all(law.rule(rule) and plan in law.plans()["plans"] for plan, rule in rules.items())
