"""A policy as a form: the policy's own ids, no question hidden that it asks, every answer with its page."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.exchange import base
from chartproof.exchange.adaptive import flat, holds
from chartproof.exchange.bundles import references
from chartproof.exchange.conditions import Ask, shown_when
from chartproof.exchange.cql import compiled, computable, cql, library
from chartproof.exchange.elements import extension_value, extensions
from chartproof.exchange.filled import About, answered, response
from chartproof.exchange.form import form_of, questionnaire
from chartproof.exchange.names import (
    ALTERNATIVE,
    ANSWER_EVIDENCE,
    CRITERION_STATUS,
    INFORMATION_ORIGIN,
    INITIAL,
    LAUNCH_CONTEXT,
    NO_ANSWER,
)
from chartproof.exchange.package import package
from chartproof.exchange.refusals import Refused
from chartproof.exchange.site import Site
from chartproof.exchange.wire import write
from chartproof.model import Review
from chartproof.model.policy import Body
from chartproof.policy.body import Names, read_body
from chartproof.policy.load import concepts, load_policy
from chartproof.policy.marked import parse

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
BASE = "https://payer.example/fhir"
SITE = Site(base=BASE, policies=("excellus/7.02.11", "cms/ncd-110.24"))
WHENS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "conditions.yaml").read_text(encoding="utf-8"))
COVERAGE = {
    "resourceType": "Coverage",
    "id": "c1",
    "status": "active",
    "beneficiary": {"reference": "Patient/p1"},
    "payor": [{"display": "Excellus BlueCross BlueShield"}],
}
ORDER = {
    "resourceType": "MedicationRequest",
    "id": "m1",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p1"},
    "medicationCodeableConcept": {"text": "Tecartus (brexucabtagene autoleucel)"},
}


def no_policy(context: str) -> str:
    """A ledger that remembers nothing."""
    return ""


def asking(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": list(parts)}


def body(text: str) -> Body:
    return read_body(parse(text, "when.yaml"), Names(concepts(), {}))


@pytest.mark.parametrize("case", WHENS, ids=[case["shows"] for case in WHENS])
def test_when(case: dict[str, Any]) -> None:
    links = {(name, ""): name for name in concepts()}
    shown = shown_when(body(yaml.safe_dump(case["when"])), Ask(links, concepts(), {}))
    said = [
        f"{one['question']} {one['operator']} {next(v for k, v in one.items() if k.startswith('answer'))!s}".replace(
            str(one.get("answerCoding")), str(one.get("answerCoding", {}).get("code"))
        )
        for one in (shown.conditions if shown else ())
    ]
    assert [shown.behavior if shown else "always", *said] == case["says"]


@pytest.mark.parametrize("name", ["excellus/7.02.11", "cms/ncd-110.24"])
def test_the_form_has_the_policys_own_ids(name: str) -> None:
    policy = load_policy(name)
    form = form_of(policy)
    whole = questionnaire(policy, base=BASE, populated=computable(form))
    assert not list(base.problems(whole))
    items = [one for group in whole["item"] for one in flat(group)]
    links = [one["linkId"] for one in items]
    assert len(links) == len(set(links))
    assert {rule.id for rule in policy.rules} <= set(links)
    for one in items:
        assert all(condition["question"] in links for condition in one.get("enableWhen", ()))
    assert whole["version"] == policy.edition and whole["effectivePeriod"] == {"start": policy.edition}


def test_the_library_looks_for_what_the_form_asks_and_nothing_else() -> None:
    form = form_of(load_policy("excellus/7.02.11"))
    said = cql(form)
    asked = {one.concept.id for one in form.questions()}
    defined = {line.split('"')[1] for line in said.splitlines() if line.startswith("define")}
    assert defined == computable(form) <= asked
    assert {"lvef", "age", "cbc_panel"} <= defined
    assert "ferritin" not in said and "context Patient" in said.splitlines()
    used = set(re.findall(r'\[(?:Observation|DiagnosticReport): "([^"]+)"\]', said))
    assert used == {line.split('"')[1] for line in said.splitlines() if line.startswith("code ")}


def test_the_library_has_the_compiled_form_of_its_own_cql_and_of_no_other() -> None:
    form = form_of(load_policy("excellus/7.02.11"))
    assert compiled(form), "the policy's questions changed: python scripts/elm.py makes the compiled form anew"
    content = {one["contentType"]: base64.b64decode(one["data"]) for one in library(form, base=BASE)["content"]}
    elm = json.loads(content["application/elm+json"])["library"]
    names = {one["name"] for one in elm["statements"]["def"]}
    assert names == {"Patient", *computable(form)} and elm["identifier"]["version"] == form.policy.edition
    expressions = [
        extension_value(one, INITIAL)
        for group in questionnaire(form.policy, base=BASE, populated=computable(form))["item"]
        for one in flat(group)
    ]
    assert {json.loads(extension_value(one, ALTERNATIVE)["expression"])["name"] for one in expressions if one} <= names
    later = form_of(replace(form.policy, edition="2027-01-01"))
    assert [one["contentType"] for one in library(later, base=BASE)["content"]] == ["text/cql"]


def test_the_answers_say_where_they_stand(demo_review: Review) -> None:
    form = form_of(load_policy("excellus/7.02.11"))
    about = About("Patient/p1", "Coverage/c1", ("MedicationRequest/m1",))
    filled = response(form, demo_review, about, base=BASE, at=NOW)
    assert not list(base.problems(filled))
    assert filled["status"] == "completed"
    pages = {(page.file, page.number): page.text for file in demo_review.chart.files for page in file.pages}
    given = [
        answer for item in answered(filled["item"]) if not item["linkId"].endswith("/date") for answer in item["answer"]
    ]
    assert len(given) > 15
    for answer in given:
        origin = next(extensions(answer, INFORMATION_ORIGIN))
        assert extension_value(origin, "source") == "auto-client"
        evidence = next(extensions(answer, ANSWER_EVIDENCE))
        page = pages[extension_value(evidence, "document"), extension_value(evidence, "page")]
        assert extension_value(evidence, "quote") in " ".join(page.split())


def test_what_is_missing_stays_empty_and_says_why(demo_review: Review) -> None:
    form = form_of(load_policy("excellus/7.02.11"))
    filled = response(form, demo_review, About("Patient/p1"), base=BASE, at=NOW)
    criteria = {one["linkId"]: one for group in filled["item"] for one in group["item"]}
    missing = {one.id: one for one in demo_review.criteria if one.status == "missing"}
    assert missing
    for finding in demo_review.criteria:
        item = criteria[finding.id]
        assert extension_value(item, CRITERION_STATUS) == finding.status.replace("_", "-")
        why = next(extensions(item, NO_ANSWER), None)
        assert (why is not None) == (finding.id in missing)
        if why is not None:
            assert extension_value(why, "reason") == finding.reason.replace("_", "-")
            assert extension_value(why, "remedy") == finding.remedy
    for item in (one for group in filled["item"] for one in flat(group) if "/" in one["linkId"]):
        assert "answer" in item or next(extensions(item, NO_ANSWER), None), item["linkId"]


def test_the_earlier_version_says_auto() -> None:
    form = form_of(load_policy("excellus/7.02.11"))
    empty = response(form, None, About("Patient/p1", "Coverage/c1", version="2.0.1"), base=BASE, at=NOW)
    assert empty["status"] == "in-progress" and "item" not in empty
    assert [one["valueReference"]["reference"] for one in empty["extension"][:2]] == ["Coverage/c1", "Coverage/c1"]


def test_a_package_holds_all_that_its_form_refers_to() -> None:
    message = asking({"name": "coverage", "resource": COVERAGE}, {"name": "order", "resource": ORDER})
    answer = package(message, SITE, now=NOW, policy_of=no_policy)
    assert not list(base.problems(answer))
    assert [one["name"] for one in answer["parameter"]] == ["packagebundle"]
    entries = [one["resource"] for one in answer["parameter"][0]["resource"]["entry"]]
    kinds = [one["resourceType"] for one in entries]
    assert kinds[:3] == ["Questionnaire", "QuestionnaireResponse", "Library"] and set(kinds[3:]) == {"ValueSet"}
    form, empty, library = entries[:3]
    addresses = {f"{one['url']}|{one['version']}" for one in entries if "url" in one}
    asked = [one["answerValueSet"] for group in form["item"] for one in flat(group) if "answerValueSet" in one]
    assert (
        set(asked) <= addresses
        and extension_value(form, "http://hl7.org/fhir/StructureDefinition/cqf-library") in addresses
    )
    assert (
        empty["questionnaire"] == f"{form['url']}|{form['version']}" and empty["subject"]["reference"] == "Patient/p1"
    )
    assert "MedicationRequest/m1" in [address for address, _ in references(empty)]
    assert base64.b64decode(library["content"][0]["data"]).startswith(b"library Policy_excellus_7_02_11 version")
    assert all(one["expansion"]["total"] == len(one["expansion"]["contains"]) for one in entries[3:])


def test_a_package_is_small_enough_for_any_client() -> None:
    """The whole of it, expanded value sets and CQL included; a client may hold megabytes, not more."""
    for policy in SITE.policies:
        message = asking(
            {"name": "coverage", "resource": COVERAGE},
            {"name": "questionnaire", "valueCanonical": f"{BASE}/Questionnaire/{policy.replace('/', '-')}"},
        )
        assert len(write(package(message, SITE, now=NOW, policy_of=no_policy))) < 500_000, policy


def test_a_package_in_the_earlier_version() -> None:
    answer = package(asking({"name": "order", "resource": ORDER}), SITE, now=NOW, policy_of=no_policy, version="2.0.1")
    assert [one["name"] for one in answer["parameter"]] == ["PackageBundle"]
    kinds = [one["resource"]["resourceType"] for one in answer["parameter"][0]["resource"]["entry"]]
    assert "QuestionnaireResponse" not in kinds


def test_a_form_that_is_not_known_is_a_warning_and_the_others_come() -> None:
    coverage = {"name": "coverage", "resource": COVERAGE}
    known = {"name": "questionnaire", "valueCanonical": f"{BASE}/Questionnaire/cms-ncd-110.24"}
    strange = {"name": "questionnaire", "valueCanonical": f"{BASE}/Questionnaire/excellus-7.02.11|1999-01-01"}
    answer = package(asking(coverage, known, strange), SITE, now=NOW, policy_of=no_policy)
    assert [one["name"] for one in answer["parameter"]] == ["packagebundle", "outcome"]
    assert answer["parameter"][1]["resource"]["issue"][0]["severity"] == "warning"


def test_a_context_of_a_coverage_answer_leads_to_its_form() -> None:
    message = asking({"name": "coverage", "resource": COVERAGE}, {"name": "context", "valueString": "A1"})
    answer = package(message, SITE, now=NOW, policy_of={"A1": "excellus/7.02.11"}.__getitem__)
    assert answer["parameter"][0]["resource"]["entry"][0]["resource"]["id"] == "excellus-7.02.11"
    with pytest.raises(Refused) as refused:
        package(message, SITE, now=NOW, policy_of=no_policy)
    assert refused.value.status == 404


def test_an_order_that_changed_since_the_coverage_answer_is_read_anew() -> None:
    """The context is of the form that was named then; the order as it is now leads to its own."""
    coverage, order = {"name": "coverage", "resource": COVERAGE}, {"name": "order", "resource": ORDER}
    message = asking(coverage, order, {"name": "context", "valueString": "A1"})
    answer = package(message, SITE, now=NOW, policy_of={"A1": "cms/ncd-110.24"}.__getitem__)
    forms = {
        one["resource"]["entry"][0]["resource"]["id"] for one in answer["parameter"] if "packagebundle" in one["name"]
    }
    assert forms == {"cms-ncd-110.24", "excellus-7.02.11"}


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (asking({"name": "order", "resource": ORDER}), 422),
        (asking({"name": "coverage", "resource": COVERAGE}, {"name": "coverage", "resource": COVERAGE}), 422),
        (asking({"name": "coverage", "resource": ORDER}), 400),
        (asking({"resource": COVERAGE}), 400),
        ({"resourceType": "Bundle", "type": "collection"}, 400),
        ({"resourceType": "Parameters", "parameter": {}}, 400),
    ],
)
def test_a_package_that_cannot_be_made(message: dict[str, Any], status: int) -> None:
    with pytest.raises(Refused) as refused:
        package(message, SITE, now=NOW, policy_of=no_policy)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ({"operator": "exists", "answerBoolean": True}, [], False),
        ({"operator": "exists", "answerBoolean": False}, [], True),
        ({"operator": "=", "answerBoolean": True}, [False], False),
        ({"operator": "=", "answerBoolean": True}, [1], False),
        ({"operator": ">=", "answerDecimal": 20}, [20], True),
        ({"operator": ">=", "answerDecimal": 20}, [19.9], False),
        ({"operator": ">=", "answerDecimal": 20}, ["many"], False),
        ({"operator": "<", "answerDecimal": 20}, [], False),
    ],
)
def test_enable_when(condition: dict[str, Any], values: list[Any], expected: bool) -> None:
    assert holds({"enableWhen": [{"question": "q", **condition}]}, {"q": values}) is expected


@pytest.mark.parametrize("policy", SITE.policies)
def test_the_expressions_have_the_context_of_the_patient(policy: str) -> None:
    """The launch context is the patient, the Library's own context too, and nothing but its expressions is referred to."""
    form = form_of(load_policy(policy))
    made = questionnaire(form.policy, base=BASE, populated=computable(form))
    contexts = list(extensions(made, LAUNCH_CONTEXT))
    assert [extension_value(one, "type") for one in contexts] == ["Patient"]
    assert [extension_value(one, "name")["code"] for one in contexts] == ["patient"]
    said = cql(form).splitlines()
    assert [one for one in said if one.startswith("context ")] == ["context Patient"]
    asked = [extension_value(one, INITIAL) for group in made["item"] for one in flat(group)]
    named = {one["expression"] for one in asked if one}
    assert {one["language"] for one in asked if one} <= {"text/cql-identifier"}
    assert bool(named) == bool(computable(form)) and named <= {
        one.split('"')[1] for one in said if one.startswith("define ")
    }
    if compiled(form):
        defined = json.loads(compiled(form))["library"]["statements"]["def"]
        assert {one["context"] for one in defined} == {"Patient"}
