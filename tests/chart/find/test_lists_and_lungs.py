"""Comorbid conditions, lung risk, consultations and cancer screening, as vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.find.folder import case, folder
from chart.snippets import CASE, reading_of
from chartproof.chart.find.comorbid import states as comorbidity
from chartproof.chart.find.comorbid.conditions import condition_of_code, conditions_in
from chartproof.chart.find.consults import opinions as consults
from chartproof.chart.find.lungs import risk as respiratory
from chartproof.chart.find.screening import whole as screening
from chartproof.chart.find.screening.rules import later, rules
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Fact

HERE = Path(__file__).parent


def vectors(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


LISTS = vectors("lists_and_lungs.yaml")


def fits(fact: Fact, want: dict[str, Any]) -> bool:
    quantity = fact.quantity.low if fact.quantity else None
    return (
        fact.concept == want["concept"]
        and fact.assertion == want.get("assertion", fact.assertion)
        and want.get("quote", "") in " ".join(fact.evidence[0].quote.split())
        and fact.value == want.get("value", fact.value)
        and quantity == want.get("low", quantity)
        and str(fact.when) == want.get("when", str(fact.when))
        and fact.signed == want.get("signed", fact.signed)
        and fact.extra.get("stopped") == want.get("stopped", fact.extra.get("stopped"))
    )


def check(facts: list[Fact], vector: dict[str, Any], reading: Reading) -> None:
    for want in vector.get("find", ()):
        assert any(fits(fact, want) for fact in facts), (want, facts)
    for never in vector.get("never", ()):
        assert not [fact for fact in facts if fits(fact, never)], never
    for fact in facts:
        for span in fact.evidence:
            page = next(
                page
                for file in reading.files
                for page in file.pages
                if (page.file, page.number) == (span.file, span.page)
            )
            assert span.quote == page.text[span.start : span.end] and span.quote.strip()
            assert len(span.quote.split()) <= 22


@pytest.mark.parametrize(
    "vector",
    [*LISTS["comorbidity"], *vectors("comorbidity_open.yaml")["comorbidity"]],
    ids=lambda vector: vector["name"],
)
def test_comorbid_conditions(vector: dict[str, Any]) -> None:
    reading = folder([vector])
    check(comorbidity.find(reading, case(vector)), vector, reading)


@pytest.mark.parametrize("vector", LISTS["respiratory"], ids=lambda vector: vector["name"])
def test_lung_risk(vector: dict[str, Any]) -> None:
    reading = folder([vector])
    facts = respiratory.find(reading, case(vector))
    check(facts, vector, reading)
    covered = {concept for row in respiratory.coverage(reading, facts) for concept in row.concepts}
    assert set(vector.get("covers", ())) <= covered
    assert not set(vector.get("uncovered", ())) & covered


@pytest.mark.parametrize("vector", vectors("consults.yaml"), ids=lambda vector: vector["name"])
def test_specialist_opinions(vector: dict[str, Any]) -> None:
    reading = folder(vector["notes"])
    facts = consults.find(reading, case(vector))
    deciding = [fact for fact in facts if fact.assertion == "present"]
    if vector["value"] is None:
        assert not deciding
        return
    assert [fact.value for fact in deciding] == [vector["value"]]
    assert set(deciding[0].extra.get("specialties", "").split()) == set(vector.get("specialties", "").split())
    check(facts, {}, reading)


@pytest.mark.parametrize("vector", vectors("consult_heads.yaml"), ids=lambda vector: vector["name"])
def test_whose_note_answers(vector: dict[str, Any]) -> None:
    request = {
        "text": f"Cellular therapy evaluation for CAR-T. Consults requested: {vector['ask']}.",
        "day": "2026-05-10",
    }
    facts = consults.find(folder([request, {"day": "2026-05-20", **vector}]), case({}))
    assert [fact.value for fact in facts if fact.assertion == "present"] == [vector["value"]]


@pytest.mark.parametrize("vector", vectors("screening.yaml"), ids=lambda vector: vector["name"])
def test_cancer_screening(vector: dict[str, Any]) -> None:
    reading = folder([{"kind": "preventive_care", **vector}])
    facts = screening.find(reading, case(vector))
    whole = [fact for fact in facts if fact.concept == "cancer_screening"]
    deciding = [fact.value for fact in whole if fact.assertion == "present"]
    assert deciding == ([vector["value"]] if vector["value"] else [])
    if "note" in vector:
        assert vector["note"] in whole[0].note
    check(facts, vector, reading)


def test_a_condition_is_known_by_word_and_code() -> None:
    assert [name for _s, _e, name in conditions_in("T2DM and paroxysmal AF; SpO2 95% RA")] == [
        "diabetes",
        "atrial_fibrillation",
    ]
    assert condition_of_code("I48.0") == "atrial_fibrillation"
    assert condition_of_code("N18.31") == "chronic_kidney_disease"
    assert condition_of_code("C83.18") == ""


def test_every_screening_test_has_a_known_concept() -> None:
    known = load("concepts.yaml")["concepts"]
    named = set(rules()["tests"])
    assert {rule["concept"] for rule in rules()["tests"].values()} <= set(known)
    for rule in rules()["screening"]:
        assert set(rule["methods"]) <= named and rule["source"] and rule["year"]


def test_months_later_keeps_to_the_calendar() -> None:
    from datetime import date

    assert later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert later(date(2025, 12, 31), 2) == date(2026, 2, 28)


def test_each_line_of_an_export_is_an_entry_of_its_own() -> None:
    text = "Problem list\nSleep apnea, active, since 2018\nLymphoma, followed by Dr. Roe, on rituximab since 2025"
    facts = comorbidity.find(reading_of(text, "ccda", structured=True), CASE)
    assert [fact.evidence[0].quote for fact in facts] == ["Sleep apnea, active, since 2018"]
    assert {fact.concept for fact in facts} == {"comorbidities_identified"}
