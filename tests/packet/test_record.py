"""The review file keeps to its schema, and two readings of one review give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import orjson
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from chartproof.model import Fact, Review, Span
from chartproof.packet.record import fact_rows, quote, review_record
from chartproof.tour import review_folder, review_json
from packet.invented import Made


@pytest.fixture(scope="module")
def schema(root: Path) -> Draft202012Validator:
    path = root / "src" / "chartproof" / "knowledge" / "schemas" / "review.schema.json"
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")), format_checker=FormatChecker())


def _faults(schema: Draft202012Validator, record: object) -> Iterator[str]:
    for error in schema.iter_errors(record):
        yield f"{error.json_path}: {error.message[:120]}"


@pytest.fixture(scope="module")
def demo(demo_case: Path) -> Review:
    return review_folder(demo_case, today=date(2026, 5, 4))


def test_the_demo_keeps_to_the_schema(schema: Draft202012Validator, demo: Review) -> None:
    assert list(_faults(schema, json.loads(review_json(demo)))) == []


def test_a_review_without_denial_label_or_dates_keeps_to_it(schema: Draft202012Validator, made: Made) -> None:
    record = review_record(made.review, denial=None, deadlines=[], ladder=[])
    assert list(_faults(schema, json.loads(orjson.dumps(record)))) == []


def test_the_demo_gives_the_same_bytes_each_time(demo: Review) -> None:
    assert review_json(demo) == review_json(demo)


def test_a_missing_row_says_what_was_searched_and_by_when_it_is_needed(demo: Review) -> None:
    record = json.loads(review_json(demo))
    aside = [one["file"] for one in record["documents"] if one["set_aside"]]
    assert record["searched"]["set_aside"] == len(aside)
    assert record["searched"]["documents"] == len(record["documents"]) - len(aside)
    assert demo.denial is not None and demo.denial.file in aside
    missing = [row for row in record["criteria"] if row["status"] == "missing"]
    assert missing
    assert all(row["sought"] and row["remedy"] and row["ask"] and row["needed_by"] for row in missing)
    assert all(row["needed_by"] is None for row in record["criteria"] if row["status"] != "missing")


@pytest.mark.parametrize(
    ("file", "said"),
    [("summary.xml", "Never smoker"), ("export.json", "Never smoker"), ("visit.pdf", "Tobacco | Never smoker")],
)
def test_a_row_of_markup_is_quoted_as_the_file_has_it(file: str, said: str) -> None:
    row = "Tobacco | Never smoker"
    assert quote(Span(file, 1, 0, len(row), row))["quote"] == said


def test_each_quote_of_a_fact_has_a_row_of_its_own() -> None:
    title, read = Span("film.pdf", 1, 0, 5, "CHEST"), Span("film.pdf", 1, 9, 20, "Lungs clear")
    rows = fact_rows([Fact("F1", "chest_xray", "present", (title, read))])
    assert [(row["id"], row["quote"]) for row in rows] == [("F1", "CHEST"), ("F1", "Lungs clear")]


@pytest.mark.parametrize(
    ("concept", "value", "shown"),
    [
        ("place_of_service", "outpatient", "planned"),
        ("pharmacy_approval", "pending", "planned"),
        ("pharmacy_approval", "denied", "absent"),
        ("organ_function_statement", "inadequate", "absent"),
        ("pharmacy_approval", "approved", "present"),
        ("mdt_recommendation", "conditional", "planned"),
        ("mdt_recommendation", "recommended", "present"),
    ],
)
def test_what_lies_ahead_is_shown_as_planned(concept: str, value: str, shown: str) -> None:
    (row,) = fact_rows([Fact("F1", concept, "present", (Span("a.pdf", 1, 0, 1, "x"),), value=value)])
    assert row["assertion"] == shown
