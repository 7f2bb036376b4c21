"""The knowledge packs: labels complete and dated, screening rules with grades, and nothing unconfirmed that hides it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from chartproof.decide.review import review
from chartproof.model import Review
from chartproof.model.case import Case
from chartproof.packet.exhibits import Book
from chartproof.packet.page import review_html
from chartproof.packet.table import table
from chartproof.packet.terminal import print_review
from chartproof.picture import tree
from chartproof.policy.compile import compile_policy
from chartproof.policy.english import english
from chartproof.policy.labels import label_ids, list_products, load_label
from chartproof.policy.load import knowledge, list_policies, load_policy, read_yaml
from chartproof.screens import print_policy
from chartproof.tour import review_json
from handmade import chart

DAY = date(2026, 5, 1)
PRODUCTS = {
    "axi_cel": 3, "brexu_cel": 2, "cilta_cel": 1, "ide_cel": 1, "liso_cel": 7, "obe_cel": 1, "tisa_cel": 3,
}  # fmt: skip
KINDS = {"limitation_of_use", "infection", "screening", "vaccination", "pregnancy", "organ_function", "monitoring"}
POLICIES = [load_policy(entry.path) for entry in list_policies()]
LABELS = [load_label(one) for one in label_ids()]


def test_every_product_and_indication_is_there_and_dated() -> None:
    assert {product.id: len(product.indications) for product in list_products()} == PRODUCTS
    assert len(label_ids()) == 18
    for product in list_products():
        for one in product.indications:
            assert date(2017, 8, 30) <= date.fromisoformat(one.approved) <= date(2025, 12, 4)
            assert one.source


def test_every_label_has_its_statements_with_their_sources() -> None:
    for product in list_products():
        statements = read_yaml(knowledge("labels", f"{product.id}.yaml"))["statements"]
        assert {item["kind"] for item in statements} == KINDS
        assert all(item["source"] and isinstance(item["verified"], bool) for item in statements)


def test_a_day_from_memory_is_no_edition() -> None:
    assert load_label("brexu_mcl").edition == "2020-07-24"
    assert load_label("liso_mcl").edition == ""


def test_screening_rules_have_ages_grades_dates_and_flags() -> None:
    rules = read_yaml(knowledge("codes", "screening.yaml"))["screening"]
    assert {rule["id"] for rule in rules} == {"colorectal", "breast", "cervical", "lung", "prostate"}
    for rule in rules:
        date.fromisoformat(rule["dated"])
        assert rule["grades"][0]["from_age"] == rule["from_age"]
        assert any(band["to_age"] >= rule["to_age"] for band in rule["grades"])
        assert all(band["grade"] in "ABCD" and isinstance(band["verified"], bool) for band in rule["grades"])
        assert rule["verified"] == (not rule.get("confirm"))
        if not all(band["verified"] for band in rule["grades"]):
            assert any("grade" in part for part in rule["confirm"])


def unverified(data: Any) -> Iterator[dict[str, Any]]:
    """Every mapping of plain data that says of itself that it is not verified."""
    if isinstance(data, dict):
        if data.get("verified") is False:
            yield data
        for value in data.values():
            yield from unverified(value)
    elif isinstance(data, list):
        for value in data:
            yield from unverified(value)


@pytest.mark.parametrize("policy", [*POLICIES, *LABELS], ids=lambda policy: policy.id)
def test_english_and_show_never_print_an_unverified_value_without_a_word(policy: Any) -> None:
    page = " ".join(" ".join(english(policy)).split())
    console = Console(width=100, record=True, file=Path("/dev/null").open("w", encoding="utf-8"))  # noqa: SIM115
    print_policy(policy, console, asked=policy.id)
    shown = console.export_text()
    drawn = {rule["id"]: rule for group in tree(policy, size=7)["groups"] for rule in group["rules"]}
    for item in unverified(policy.facts_of):
        value = str(item.get("says") or item.get("date") or item.get("what") or item.get("name"))
        assert re.search(rf"{re.escape(value)}[^()]*\(confirm\)", page), value
    for rule in (rule for rule in policy.rules if not rule.verified):
        assert drawn[rule.id]["confirm"]
        block = page[page.index(f"{rule.id} ({rule.kind})") :]
        assert "confirm: not read in its primary source" in block
    assert shown.count("(confirm)") >= sum(not rule.verified for rule in policy.rules)


@pytest.mark.parametrize("label", LABELS, ids=lambda label: label.id)
def test_a_review_never_shows_an_unverified_row_without_a_word(label: Any) -> None:
    """Record, page, terminal and the package's table, for each indication under the national decision."""
    policy = load_policy("cms/ncd-110.24")
    case = Case(as_of=DAY, indication=label.id, product=label.product)
    criteria, rows = review(case, chart(), compile_policy(policy, label=label), compile_policy(label))
    made = Review(policy.id, policy.title, policy.edition, label.id, case, chart(), criteria, rows)
    doubtful = {rule.id for rule in (*policy.rules, *label.rules) if not rule.verified}
    for row in (*criteria, *rows):
        assert any("confirm" in note for note in row.notes) == (row.id in doubtful)
    assert review_json(made).decode().count("confirm it before use") == len(doubtful)
    assert review_html(made, folder=Path()).count("onfirm it before use") >= len(doubtful)
    console = Console(width=100, record=True, file=Path("/dev/null").open("w", encoding="utf-8"))  # noqa: SIM115
    print_review(made, console)
    assert " ".join(console.export_text().split()).count("(confirm)") == len(doubtful)
    printed = [row for group in table(made, Book(()), "prior-auth") for row in group["rows"]]
    assert sum("onfirm" in row["confirm"] for row in printed) == len(doubtful)
