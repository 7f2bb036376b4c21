"""Smoking, the danger to breathing, comorbid conditions and specialists' opinions, in the words of many writers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.find.folder import case, folder
from chartproof.chart.find.comorbid import states as comorbidity
from chartproof.chart.find.consults import opinions as consults
from chartproof.chart.find.lungs import risk as respiratory
from chartproof.model import Fact

VECTORS = yaml.safe_load(Path(__file__).with_name("chronic.yaml").read_text(encoding="utf-8"))
OWN = ("present", "historical", "absent")


def rows(name: str) -> Any:
    return pytest.mark.parametrize("vector", VECTORS[name], ids=lambda vector: vector["text"][:60])


def respiratory_facts(vector: dict[str, Any], concept: str) -> list[Fact]:
    facts = respiratory.find(folder([vector]), case(vector))
    return [fact for fact in facts if fact.concept == concept]


@rows("smoking")
def test_how_much_was_smoked(vector: dict[str, Any]) -> None:
    amounts = [fact.quantity for fact in respiratory_facts(vector, "smoking_pack_years") if fact.assertion in OWN]
    smoked = {fact.assertion for fact in respiratory_facts(vector, "smoking") if fact.assertion in OWN}
    if isinstance(vector["is"], list):
        low, high = vector["is"]
        assert [one.low for one in amounts if one] == [low]
        assert all(one is not None and (one.high is None if high is None else one.high <= high) for one in amounts)
    else:
        assert not amounts
        assert smoked == {"never": {"absent"}, "some": {"present"}, "none": set()}[vector["is"]]


@rows("breathing")
def test_danger_to_breathing(vector: dict[str, Any]) -> None:
    graded = {fact.assertion for fact in respiratory_facts(vector, "lung_function_need")} & {"present", "absent"}
    assert graded == {"high": {"present"}, "low": {"absent"}, "none": set()}[vector["is"]]


@rows("disease")
def test_lung_diseases_on_forms_and_in_rows(vector: dict[str, Any]) -> None:
    assert {fact.assertion for fact in respiratory_facts(vector, vector["concept"])} == {vector["is"]}


@rows("comorbid")
def test_comorbid_conditions_named_or_none(vector: dict[str, Any]) -> None:
    facts = comorbidity.find(folder([vector]), case(vector))
    named = [fact for fact in facts if fact.concept == "comorbidities_identified"]
    said = "silent" if not named else "named" if named[0].extra.get("conditions") else "none"
    assert said == vector["is"]


@rows("managed")
def test_care_of_comorbid_conditions(vector: dict[str, Any]) -> None:
    facts = comorbidity.find(folder([vector]), case(vector))
    assert any(fact.concept == "comorbidities_managed" for fact in facts) is vector["is"]


@rows("opinion")
def test_opinions_asked_waived_and_filed(vector: dict[str, Any]) -> None:
    facts = consults.find(folder([vector]), case(vector))
    deciding = [fact.value for fact in facts if fact.assertion == "present"]
    assert deciding == ([vector["is"]] if vector["is"] else [])
