"""The golden set of forms: a package and a patient's records give the pre-filled response that is written down here, and the
adaptive form asks its way to the same answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from tests.exchange.conftest import CASES, Case, statuses
from tests.exchange.invented import HERE

from chartproof.exchange import base
from chartproof.exchange.adaptive import VALUES, flat, next_question
from chartproof.exchange.elements import extension_value, extensions
from chartproof.exchange.filled import About, response
from chartproof.exchange.form import canonical, form_of
from chartproof.exchange.names import ANSWER_EVIDENCE, CRITERION_STATUS, NO_ANSWER
from chartproof.exchange.package import package
from chartproof.exchange.site import Site
from chartproof.model import Review
from chartproof.policy.load import load_policy

POLICY = "excellus/7.02.11"
BASE = "https://payer.example/fhir"
SITE = Site(base=BASE, policies=(POLICY,))
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
GOLDEN: dict[str, Any] = yaml.safe_load((HERE / "prefilled.yaml").read_text(encoding="utf-8"))


def form() -> dict[str, Any]:
    """The questionnaire as a client gets it, in its package."""
    coverage = {
        "resourceType": "Coverage", "id": "c1", "status": "active", "beneficiary": {"reference": "Patient/p1"},
        "payor": [{"display": "x"}],
    }  # fmt: skip
    asked = [
        {"name": "coverage", "resource": coverage},
        {"name": "questionnaire", "valueCanonical": f"{BASE}/Questionnaire/excellus-7.02.11"},
    ]
    message = {"resourceType": "Parameters", "parameter": asked}
    found = package(message, SITE, now=NOW, policy_of=lambda context: "")
    held: dict[str, Any] = found["parameter"][0]["resource"]["entry"][0]["resource"]
    return held


def filled(review: Review) -> dict[str, Any]:
    about = About("Patient/p1", "Coverage/c1", ("MedicationRequest/m1",))
    return response(form_of(load_policy(POLICY)), review, about, base=BASE, at=NOW)


def items(holder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every item of a response, those below answers too."""
    for one in holder.get("item", ()):
        yield one
        yield from items(one)
        for answer in one.get("answer", ()):
            yield from items(answer)


def value_of(answer: dict[str, Any]) -> Any:
    found = next(value for key, value in answer.items() if key.startswith("value"))
    return found["code"] if isinstance(found, dict) else found


def told(answers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """criteria: id -> status, with the reason where it is missing; answers: link -> value, place, words and day;
    empty: link -> why there is no answer."""
    found: dict[str, dict[str, Any]] = {"criteria": {}, "answers": {}, "empty": {}}
    for one in items(answers):
        status, why = extension_value(one, CRITERION_STATUS), next(extensions(one, NO_ANSWER), None)
        reason = extension_value(why, "reason") if why else ""
        link = one["linkId"]
        if status:
            found["criteria"][link] = f"{status}: {reason}" if reason else status
        elif reason:
            found["empty"][link] = reason
        elif one.get("answer") and link.endswith("/date"):
            found["answers"][link.removesuffix("/date")]["date"] = value_of(one["answer"][0])
        elif one.get("answer"):
            evidence = next(extensions(one["answer"][0], ANSWER_EVIDENCE))
            found["answers"][link] = {"value": value_of(one["answer"][0])} | {
                key: extension_value(evidence, key) for key in ("document", "page", "quote")
            }
    return found


def fits(answers: dict[str, Any], asked: dict[str, Any]) -> None:
    """Every item of the response is one of the form's, and its answers are of that item's type."""
    questions = {one["linkId"]: one for group in asked["item"] for one in flat(group)}
    for one in items(answers):
        question = questions[one["linkId"]]
        for answer in one.get("answer", ()):
            assert VALUES[question["type"]] in answer, one["linkId"]
    assert answers["questionnaire"] == f"{asked['url']}|{asked['version']}"


def test_the_demo_cases_form_is_filled_as_it_is_written_down(demo_review: Review) -> None:
    answers = filled(demo_review)
    assert not list(base.problems(answers))
    fits(answers, form())
    assert told(answers) == GOLDEN


def adaptive(answers: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """The adaptive form, group by group, each question answered from the pre-filled response where that answers it."""
    known = {one["linkId"]: one["answer"] for one in items(answers) if one.get("answer")}
    held = {
        "resourceType": "Questionnaire", "id": "q", "status": "active",
        "derivedFrom": [canonical(load_policy(POLICY), BASE)],
    }  # fmt: skip
    state: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse", "status": "in-progress", "contained": [held],
        "subject": {"reference": "Patient/p1"},
    }  # fmt: skip
    for _ in range(12):
        state = next_question(state, SITE, now=NOW)["parameter"][0]["resource"]
        if state["status"] == "completed":
            break
        state["item"] = [_answered(group, known) for group in state["contained"][0]["item"]]
    asked = {one["linkId"] for group in state["contained"][0]["item"] for one in flat(group)}
    return state, asked


def _answered(item: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    below = [_answered(one, known) for one in item.get("item", ()) if one["type"] != "display"]
    if item["type"] == "group":
        return {"linkId": item["linkId"], "item": below}
    answer = known.get(item["linkId"])
    return {"linkId": item["linkId"]} | ({"answer": answer} if answer else {})


def comes_to_the_same(answers: dict[str, Any]) -> None:
    state, asked = adaptive(answers)
    assert state["status"] == "completed" and not list(base.problems(state))
    wanted = told(answers)
    for rule, status in wanted["criteria"].items():
        assert rule in asked or status == "not-applicable", rule
    given = {one["linkId"] for one in items(state) if one.get("answer")}
    assert given == {link for link in wanted["answers"] if link in asked} | {
        f"{link}/date" for link, one in wanted["answers"].items() if "date" in one and link in asked
    }


def test_the_adaptive_form_comes_to_the_same_answers(demo_review: Review) -> None:
    comes_to_the_same(filled(demo_review))


@pytest.mark.shared
@pytest.mark.parametrize("name", CASES)
def test_a_written_cases_form_is_filled_as_its_gold_says(case: Callable[[str], Case], name: str) -> None:
    """Each criterion as gold has it, each number one that gold has, each quote on the page that it names, and
    nothing answered that the adaptive form would not ask."""
    held = case(name)
    answers = filled(held.review)
    fits(answers, form())
    comes_to_the_same(answers)
    found = told(answers)
    for rule, status in found["criteria"].items():
        gold = held.gold["criteria"][rule]
        assert status.partition(":")[0].replace("-", "_") in statuses(gold), (rule, status, gold["because"])
    pages = {
        (page.file, page.number): " ".join(page.text.split()) for file in held.review.chart.files for page in file.pages
    }
    facts = [one for one in held.gold["facts"] if isinstance(one["value"], (int, float))]
    for link, one in found["answers"].items():
        assert one["quote"] in pages[one["document"], one["page"]], link
        values = [fact["value"] for fact in facts if fact["concept"] == link.rpartition("/")[2]]
        assert isinstance(one["value"], (bool, str)) or not values or one["value"] in values, (link, one)
