"""The checked references and the codes: whole, agreeing with the other tables, and closed to what nobody read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chartproof.codes.tables import services
from chartproof.errors import PolicyError
from chartproof.packet import library
from chartproof.packet.coded import confirmed, ended, group, printed
from chartproof.packet.library import references
from chartproof.packet.record import references_to_confirm
from chartproof.packet.subjects import answer_words, subjects
from chartproof.policy.labels import list_products, product_data
from chartproof.rights import law
from packet.invented import Made

REFERENCES = references()
PRODUCTS = {product.id: product for product in list_products()}
INDICATIONS = {one.id for product in list_products() for one in product.indications}

#: Names that hold a figure and state no result.
_NAMES = re.compile(r"ZUMA-\d|NHL 001|CLL 004|KarMMa-\d|CARTITUDE-\d|CD20|BCL-2|TA\d+")


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_speaks_of_known_things_and_counts_as_its_numbers_do(name: str) -> None:
    one = REFERENCES[name]
    assert set(one.indications) <= INDICATIONS
    assert set(one.products) <= set(PRODUCTS)
    assert set(one.answers) <= set(subjects())
    assert one.verified or one.confirm
    figures = re.findall(r"\d[\d.,]*\d|\d", _NAMES.sub("", one.shows))
    held = " ".join(str(value) for value in one.numbers.values())
    assert all(figure in held for figure in figures), (figures, held)
    assert not one.shows.endswith(".") and one.shows[:1].isupper()


def test_the_day_on_which_the_rems_ended_is_that_of_the_law_table() -> None:
    one = REFERENCES["rems_ended"]
    ended = law.rule(one.rule).effective_from
    assert ended is not None and one.numbers["day"] == f"{ended.day} June {ended.year}" and ended.month == 6
    assert not set(one.products) & set(REFERENCES["rems_never"].products)
    assert {*one.products, *REFERENCES["rems_never"].products} == set(PRODUCTS)


def test_every_product_code_is_that_of_its_label() -> None:
    listed = {code.products[0]: code.code for code in services().values() if code.system == "HCPCS" and code.products}
    assert listed == {product: product_data(product)["codes"]["hcpcs"]["code"] for product in PRODUCTS}


@pytest.mark.parametrize(
    ("code", "over"),
    [
        ("C83.18", "C83.1x"), ("C83.398", "C83.3x"), ("C82.41", "C82.4x"), ("C91.00", "C91.0x"), ("38228", "38228"),
        ("Z99.9", None), ("C83.182", None), ("", None), ("38240", None),
    ],
)  # fmt: skip
def test_a_code_is_said_with_its_group_and_what_nobody_confirmed_is_not_said(code: str, over: str | None) -> None:
    known = confirmed(code)
    assert (printed(group(known)) if known else None) == over


@pytest.mark.parametrize(
    ("code", "on", "over"),
    [
        ("0540T", date(2025, 1, 1), (date(2024, 12, 31), ("38228",))),
        ("0540T", date(2024, 12, 31), None),
        ("C83.39", date(2026, 5, 1), (date(2024, 9, 30), ("C83.390", "C83.398"))),
        ("C83.39", date(2024, 9, 30), None),
        ("C83.1", date(2026, 5, 1), None),
        ("38228", date(2026, 5, 1), None),
    ],
)
def test_a_code_has_ended_after_its_last_day_or_when_it_was_split(
    code: str, on: date, over: tuple[date, tuple[str, ...]] | None
) -> None:
    assert ended(code, on) == over


def test_every_rule_that_an_answer_names_is_in_the_law_tables() -> None:
    wanted = {name for about in subjects().values() for name in about.law} | set(answer_words("end"))
    known = {rule.id for rule in law.rules()}
    assert wanted <= known
    assert set(answer_words("law")["says"]) <= known


def test_what_is_to_be_confirmed_is_printed_for_the_reader_and_kept_apart(made: Made) -> None:
    assert references_to_confirm(made.review) == []
    case = replace(made.review.case, product="liso_cel")
    listed = references_to_confirm(replace(made.review, label_id="liso_lbcl_2l_nothct", case=case))
    assert {row["id"] for row in listed} == {"pilot", "astct_dlbcl_2023"}
    assert all(row["confirm"] and not REFERENCES[row["id"]].verified for row in listed)


@pytest.mark.parametrize(
    "text",
    [
        "evidence: []\n",
        "evidence:\n- {id: x, kind: trial, indications: [], answers: [], shows: a long sentence, numbers: {}, citation: Somewhere, source: nobody, verified: false}\n",
        "evidence:\n- {id: x, kind: rumor}\n",
    ],
    ids=["empty", "unconfirmed without what to confirm", "incomplete"],
)
def test_a_file_that_breaks_its_schema_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "trials.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        library._rows(path)
    assert caught.value.code == "CP-POL-10"
