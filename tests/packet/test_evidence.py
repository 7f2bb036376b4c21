"""The checked references and the code table: whole, agreeing with the other tables, and closed to what nobody read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from chartproof.errors import PolicyError
from chartproof.packet import library
from chartproof.packet.library import code_row, codes, references
from chartproof.packet.record import references_to_confirm
from chartproof.packet.subjects import answer_words, subjects
from chartproof.policy.labels import list_products, product_data
from chartproof.rights import law
from packet.conftest import Made

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
    listed = {row.products[0]: row for row in codes() if row.system == "HCPCS"}
    assert set(listed) == set(PRODUCTS)
    for product, row in listed.items():
        of_label = product_data(product)["codes"]["hcpcs"]
        assert (row.code, row.verified) == (of_label["code"], of_label["verified"])


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("C83.18", "C83.1x"), ("c83.18", "C83.1x"), ("C83.398", "C83.398"), ("C83.39", "C83.39"), ("C82.41", "C82.xx"),
        ("38228", "38228"), ("0537T", "0537T"), ("C83.1", None), ("Z99.9", None), ("", None),
    ],
)  # fmt: skip
def test_a_code_is_found_by_itself_before_its_group(code: str, row: str | None) -> None:
    found = code_row(code)
    assert (found.code if found else None) == row


def test_a_code_that_ended_names_what_took_its_place_and_starts_where_the_old_one_stopped() -> None:
    for row in codes():
        assert not (row.first and row.last and row.first > row.last)
        assert bool(row.last) == bool(row.now)
        for successor in row.now.split(" or ") if row.now else ():
            after = next((other for other in codes() if other.code == successor), None)
            assert after is None or after.first is None or (row.last is not None and after.first > row.last)


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
        library._rows(path, "evidence")
    assert caught.value.code == "CP-POL-10"
