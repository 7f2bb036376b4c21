"""The adaptive form: what it asks next, what it refuses, and how a response begins and is completed anew."""

from __future__ import annotations

from typing import Any

import pytest
from tests.exchange.test_form import BASE, NOW, SITE, asking

from chartproof.exchange import base
from chartproof.exchange.adaptive import flat, next_question
from chartproof.exchange.bundles import references
from chartproof.exchange.coverage import broken
from chartproof.exchange.elements import extension_value, extensions
from chartproof.exchange.filled import About, response
from chartproof.exchange.form import form_of
from chartproof.exchange.names import (
    ADAPTIVE,
    COVERAGE_INFORMATION,
    QR_COVERAGE,
)
from chartproof.exchange.package import package
from chartproof.exchange.refusals import Refused
from chartproof.model import Review
from chartproof.policy.load import load_policy


def start() -> dict[str, Any]:
    held = {
        "resourceType": "Questionnaire",
        "id": "q",
        "status": "active",
        "derivedFrom": [f"{BASE}/Questionnaire/excellus-7.02.11"],
    }
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "in-progress",
        "contained": [held],
        "questionnaire": "#q",
        "subject": {"reference": "Patient/p1"},
    }


def step(filled: dict[str, Any]) -> dict[str, Any]:
    answer = next_question(asking({"name": "questionnaire-response", "resource": filled}), SITE, now=NOW)
    return answer["parameter"][0]["resource"]  # type: ignore[no-any-return]


def groups(filled: dict[str, Any]) -> list[str]:
    return [one["linkId"] for one in filled["contained"][0].get("item", ())]


def test_the_adaptive_form_asks_what_the_answers_call_for() -> None:
    begun = start()
    begun["extension"] = [{"url": QR_COVERAGE, "valueReference": {"reference": "Coverage/c1"}}]
    filled = step(begun)
    assert not list(extensions(filled, COVERAGE_INFORMATION))
    assert groups(filled) == ["when"] and filled["status"] == "in-progress"
    inpatient = {"system": "urn:chartproof:states:place_of_service", "code": "inpatient"}
    filled["item"] = [
        {"linkId": "when", "item": [{"linkId": "when/place_of_service", "answer": [{"valueCoding": inpatient}]}]}
    ]
    seen = 0
    while filled["status"] == "in-progress":
        filled, seen = step(filled), seen + 1
        assert not list(base.problems(filled)) and seen < 9
    assert groups(filled) == ["when", "precondition", "necessity", "exclusion", "documentation"]
    asked = [one["linkId"] for one in filled["contained"][0]["item"][-1]["item"]]
    assert "DOC.A.2" in asked and "DOC.A.1" not in asked and "DOC.G.2" not in asked
    assert filled["item"][0]["item"][0]["answer"][0]["valueCoding"] == inpatient
    assert [one["type"] for one in filled["contained"][0]["item"][-1]["item"]][-1] == "display"
    told = list(extensions(filled, COVERAGE_INFORMATION))
    assert len(told) == 1 and not list(broken(told[0])) and extension_value(told[0], "pa-needed") == "auth-needed"


@pytest.mark.parametrize(
    ("items", "status"),
    [
        ([{"linkId": "nobody", "answer": [{"valueBoolean": True}]}], 400),
        ([{"linkId": "when/copd", "answer": [{"valueString": "yes"}]}], 400),
        ([{"linkId": "when/copd", "answer": [{"valueBoolean": True}, {"valueBoolean": False}]}], 400),
        ([{"linkId": "when", "answer": [{"valueBoolean": True}]}], 400),
    ],
)
def test_answers_that_the_form_does_not_allow(items: list[dict[str, Any]], status: int) -> None:
    filled = step(start()) | {"item": items}
    with pytest.raises(Refused) as refused:
        step(filled)
    assert refused.value.status == status


def test_a_form_of_another_payer() -> None:
    filled = start()
    filled["contained"][0]["derivedFrom"] = ["https://other.example/Questionnaire/oxygen"]
    with pytest.raises(Refused) as refused:
        step(filled)
    assert refused.value.status == 404


def completed(place: str) -> dict[str, Any]:
    """A completion of the adaptive form for an order, where the service is given at this place."""
    filled = step(start() | {"extension": [{"url": QR_COVERAGE, "valueReference": {"reference": "Coverage/c1"}}]})
    chosen = {"system": "urn:chartproof:states:place_of_service", "code": place}
    filled["item"] = [
        {"linkId": "when", "item": [{"linkId": "when/place_of_service", "answer": [{"valueCoding": chosen}]}]}
    ]
    while filled["status"] == "in-progress":
        filled = step(filled)
    return filled


def test_a_new_completion_takes_the_place_of_the_one_before() -> None:
    """It rests on its own answers alone: nothing of what was completed before is in it."""
    alone = completed("outpatient")
    before = completed("inpatient")
    again = completed("outpatient")
    assert again == alone and again["item"] != before["item"]
    assert "inpatient" not in {
        one["valueCoding"]["code"] for group in flat(again) for one in group.get("answer", ()) if "valueCoding" in one
    }


def test_nothing_refers_to_what_is_contained_but_answers(demo_review: Review) -> None:
    """Neither a form filled from a chart, nor an adaptive one at any step: what it contains is named by a canonical."""
    about = About("Patient/p1", "Coverage/v1", ("MedicationRequest/m1",))
    form = form_of(load_policy("excellus/7.02.11"))
    written = [response(form, demo_review, about, base=BASE, at=NOW), step(start()), step(step(start()))]
    assert written[1]["contained"] and written[1]["questionnaire"].startswith("#")
    for one in written:
        inside = [(address, at) for address, at in references(one) if address.startswith("#")]
        assert all(".answer[" in at for _, at in inside), inside


@pytest.mark.parametrize("version", ["2.2", "2.0"])
def test_a_package_offers_the_adaptive_form_and_its_response_begins_it(version: str) -> None:
    """Under the address of the standard form with an ending; the answer to $next-question keeps what it is derived from."""
    address = f"{BASE}/Questionnaire/excellus-7.02.11-adaptive"
    coverage = {"resourceType": "Coverage", "id": "v1", "status": "active", "beneficiary": {"reference": "Patient/p1"}, "payor": [{"display": "x"}]}  # fmt: skip
    message = asking({"name": "coverage", "resource": coverage}, {"name": "questionnaire", "valueCanonical": address})
    made = package(message, SITE, now=NOW, policy_of=lambda context: "", version=version)["parameter"][0]["resource"]
    kinds = [one["resource"]["resourceType"] for one in made["entry"]]
    form = made["entry"][0]["resource"]
    assert kinds[0] == "Questionnaire" and "Library" not in kinds and "ValueSet" in kinds
    assert form["url"] == address and "item" not in form and form["meta"]["profile"][0].endswith("adapt-search")
    where = extension_value(form, ADAPTIVE)
    assert where == BASE and not list(base.problems(made))
    if version == "2.0":
        return
    first = made["entry"][1]["resource"]
    assert first["contained"][0]["derivedFrom"] == [f"{address}|{form['version']}"] and "item" not in first
    filled = step(first)
    assert groups(filled) == ["when"] and filled["contained"][0]["derivedFrom"] == first["contained"][0]["derivedFrom"]
    assert filled["subject"] == {"reference": "Patient/p1"} == first["subject"]
    assert groups(step(filled))[0] == "when"
