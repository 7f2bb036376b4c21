"""Which of a label's indications is asked for, where two ask for the same number of lines."""

from __future__ import annotations

from datetime import date

from chartproof.choose import choose_indication
from chartproof.policy.labels import find_product
from handmade import chart, fact

DAY = date(2026, 5, 1)
DISEASE = fact("pathology_diagnosis", "2026-03-01", value="large_b_cell_lymphoma")
ONE_LINE = fact("prior_lines", "2026-04-20", number=1, unit="lines")


def chosen(*facts: object) -> tuple[str, str]:
    product = find_product("Breyanzi")
    assert product
    return choose_indication(product, chart(DISEASE, ONE_LINE, *facts), DAY)  # type: ignore[arg-type]


def test_early_relapse_is_one_indication() -> None:
    assert chosen(fact("first_line_refractory_or_early_relapse", "2026-03-01")) == ("liso_lbcl_2l_early", "")


def test_relapse_without_a_way_to_transplant_is_the_other() -> None:
    facts = fact("relapsed_or_refractory", "2026-03-01"), fact("transplant_ineligible", "2026-04-01")
    assert chosen(*facts) == ("liso_lbcl_2l_nothct", "")


def test_where_the_chart_proves_neither_the_label_is_checked_and_the_other_is_asked() -> None:
    indication, note = chosen(fact("relapsed_or_refractory", "2026-03-01"))
    assert indication == "liso_lbcl_2l_early"
    assert "liso_lbcl_2l_nothct" in note
    assert "Add a line 'indication: ...'" in note


def test_two_lines_are_the_third_line_indication() -> None:
    product = find_product("Breyanzi")
    assert product
    two = fact("prior_lines", "2026-04-20", number=2, unit="lines")
    assert choose_indication(product, chart(DISEASE, two), DAY) == ("liso_lbcl_3l", "")
