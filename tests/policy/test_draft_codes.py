"""Codes of invented policy documents: every one found, the wrong ones flagged, no right one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from chartproof.policy.draft.coded import Listed, in_table
from chartproof.policy.draft.codes import draft_codes
from chartproof.policy.draft.criteria import draft_criteria
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.outline import outline
from chartproof.policy.draft.tables import Row, Table

POLICIES = yaml.safe_load((Path(__file__).parent / "draft_codes.yaml").read_text(encoding="utf-8"))


def parts_of(document: list) -> list[Line | Table]:
    """'# Heading' and sentences as lines, lists of rows as tables, on one page."""
    found: list[Line | Table] = []
    top = 50.0
    for item in document:
        top += 40.0
        if isinstance(item, list):
            rows = []
            for cells in item:
                top += 20.0
                text = " ".join(cell for cell in cells if cell)
                rows.append(Row(tuple(cells), (Line(1, 0, len(text), text, 60, top, 500, 11),)))
            found.append(Table(tuple(rows), tuple(60.0 + 100 * n for n in range(len(item[0])))))
        elif item.startswith("# "):
            found.append(Line(1, 0, len(item), item[2:], 60, top, 300, 15, ((60.0, item[2:]),)))
        else:
            found.append(Line(1, 0, len(item), item, 60, top, 500, 11, ((60.0, item),)))
    return found


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy["what"])
def test_codes_of_a_document(policy: dict) -> None:
    parts = parts_of(policy["document"])
    criteria = draft_criteria(outline(list(parts))).criteria
    effective = date.fromisoformat(policy["effective"]) if "effective" in policy else None
    found = draft_codes(parts, criteria, effective)
    good = {(one.system, one.code) for one in found if not one.problem and one.listed_as != "not_listed"}
    assert good == {tuple(pair.split(" ", 1)) for pair in policy.get("good", ())}
    bad = {one.code: one.problem for one in found if one.problem}
    assert set(bad) == set(policy.get("bad", {}))
    for code, words in policy.get("bad", {}).items():
        assert words in bad[code]


def test_a_listing_keeps_its_words_page_and_status() -> None:
    parts = parts_of(["# Codes", [["Code", "Description", "Use"], ["C61", "Prostate", "Supports"]]])
    (one,) = draft_codes(parts, [], date(2026, 1, 1))
    assert (one.text, one.listed_as, one.page) == ("Prostate", "Supports", 1)


def test_a_scanned_list_has_its_codes_as_they_were_printed() -> None:
    parts = parts_of(["# Codes", "Q2041 first bag", "02042 second bag", "(83.10 mantle cell", ")3398 kit", "05407 old"])
    found = {one.code for one in draft_codes(parts, [], date(2026, 1, 1), scanned=frozenset({1}))}
    assert found == {"Q2041", "Q2042", "C83.10", "J3398", "0540T"}


def test_the_label_of_a_question_is_no_code() -> None:
    parts = parts_of(["# Codes", "Q10. Which codes do you take?", "A. We take C61 for the prostate."])
    assert [one.code for one in draft_codes(parts, [], date(2026, 1, 1))] == ["C61"]


def test_a_code_that_our_tables_do_not_hold_is_known_as_that() -> None:
    assert in_table(Listed("ICD-10-CM", "C61", "", "", 1))
    assert not in_table(Listed("CPT", "99990", "", "", 1))
