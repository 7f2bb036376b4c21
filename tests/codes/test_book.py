"""The code book: codes, ranges, and whether a code was valid on a day."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import orjson
import pytest
import yaml
from jsonschema import Draft202012Validator

from chartproof.codes.book import ends, expand, find, status, system_of
from chartproof.codes.icd import all_rows, releases
from chartproof.codes.tables import drug_names, services

VECTORS = yaml.safe_load((Path(__file__).parent / "book.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["status"], ids=lambda case: f"{case['code']} {case['day']}")
def test_status_on_a_day(case: dict) -> None:
    found = status(case["code"], date.fromisoformat(case["day"]))
    assert found.kind == case["kind"]
    assert str(found.when or "") == case.get("when", str(found.when or ""))
    assert list(found.now) == case.get("now", list(found.now))
    assert list(found.children) == case.get("children", list(found.children))


@pytest.mark.parametrize("case", VECTORS["expand"], ids=lambda case: case["printed"])
def test_ranges_unfold(case: dict) -> None:
    found = expand(case["printed"])
    assert len(found) == case["count"]
    assert (found[0], found[-1]) == (case["first"], case["last"]) if found else case["count"] == 0


@pytest.mark.parametrize("case", VECTORS["find"], ids=lambda case: case["code"])
def test_titles(case: dict) -> None:
    found = find(case.get("system", ""), case["code"])
    assert found is not None
    assert case["title"] in found.title.lower()
    assert found.system == case["is"]


@pytest.mark.parametrize("text", VECTORS["no_code"])
def test_what_is_no_code(text: str) -> None:
    assert ends(text) == ("", "")
    assert expand(text) == ()


def test_a_code_that_no_book_has_is_unknown() -> None:
    assert find("ICD-10-CM", "C99.99") is None
    assert status("C99.99", date(2026, 4, 1)).kind == "unknown"
    assert status("J0001", date(2026, 4, 1)).kind == "unknown"


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(ValueError, match="SNOMED"):
        find("SNOMED", "C61")


def test_every_row_can_be_read_and_has_a_title() -> None:
    rows = list(all_rows())
    assert len(rows) > 46_000
    assert all(row.title for row in rows)
    assert len({row.code for row in rows}) == len(rows)
    assert releases()[0] == date(2026, 4, 1)


def test_every_service_code_has_the_shape_of_its_system_and_its_successor_too() -> None:
    for code in services().values():
        assert system_of(code.code) == code.system, code.code
        assert all(system_of(now) for now in code.now)
        assert code.first is None or code.last is None or code.first <= code.last
        assert code.source


def test_the_table_follows_its_schema() -> None:
    knowledge = files("chartproof").joinpath("knowledge")
    schema = orjson.loads(knowledge.joinpath("schemas", "services.schema.json").read_bytes())
    table = yaml.safe_load(knowledge.joinpath("codes", "services.yaml").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(table)
    assert {item["source"] for item in table["codes"]} <= set(table["sources"])


def test_the_other_names_of_a_drug_lead_to_its_first() -> None:
    assert drug_names()["fasenra"] == "benralizumab"
    assert drug_names()["dupilumab"] == "dupilumab"
