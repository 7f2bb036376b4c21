"""Coverage requirements: what the policies say of an order, in both versions' shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.exchange.invented import NOW, request, served
from tests.exchange.ordering import (
    CAR_T,
    COVERAGE,
    OXYGEN,
    PATIENT,
    SIGN,
    answered,
    bundle,
    client,
    said,
    signing,
)

from chartproof.exchange.coverage import Reason, Said, broken, written
from chartproof.exchange.elements import extensions
from chartproof.exchange.names import COVERAGE_INFORMATION

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"
RULES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "coverage.yaml").read_text(encoding="utf-8"))


def test_discovery() -> None:
    found = client().get("/cds-services").json()["services"]
    assert {one["hook"] for one in found} == {"order-sign", "order-select", "order-dispatch", "appointment-book"}
    for one in found:
        assert one["id"] and one["title"] and one["description"] and one["prefetch"]["coverage"]
        assert one["extension"]["davinci-crd.version"] == ["2.0", "2.2"]
        assert [x["code"] for x in one["extension"]["davinci-crd.configuration-options"]] == ["coverage-info"]


def test_a_cell_therapy_needs_authorization_and_its_form() -> None:
    answer = answered(signing())
    assert list(broken(next(extensions(answer["systemActions"][0]["resource"], COVERAGE_INFORMATION)))) == []
    parts = said(answer)
    assert parts["covered"] == ["conditional"] and parts["pa-needed"] == ["auth-needed"]
    assert (
        parts["doc-needed"] == ["clinical"] and parts["doc-purpose"] == ["withpa"] and parts["info-needed"] == ["OTH"]
    )
    assert parts["questionnaire"] == ["https://payer.example/fhir/Questionnaire/nowhere-1|2026-01-01"]
    assert parts["coverage"] == [{"reference": "Coverage/v1"}] and parts["date"] == [NOW.date().isoformat()]
    assert "Plan of Nowhere policy 1, edition 2026-01-01" in parts["reason"][0]["text"]
    assert parts["billingCode"][0]["code"] == "Q2053"
    assert parts["contact"] == [{"telecom": [{"system": "phone", "value": "800-555-0100"}]}]


def test_the_earlier_version_has_its_own_shape() -> None:
    parts = said(answered(signing(version="2.0")))
    assert parts["contact"] == [{"system": "phone", "value": "800-555-0100"}]
    unknown = said(answered(signing(OXYGEN, version="2.0")))
    assert (
        unknown["covered"] == ["conditional"]
        and unknown["pa-needed"] == ["conditional"]
        and unknown["info-needed"] == ["OTH"]
    )


def test_nothing_of_the_order_changes_but_the_extension() -> None:
    changed = answered(signing())["systemActions"][0]["resource"]
    kept = [one for one in changed["extension"] if one["url"] != COVERAGE_INFORMATION]
    assert changed | {"extension": kept} == CAR_T


def test_nothing_is_said_twice() -> None:
    once = answered(signing())["systemActions"][0]["resource"]
    assert answered(signing(once))["systemActions"] == []
    other = answered(signing(once, coverage=COVERAGE | {"status": "cancelled"}))
    assert said(other)["covered"] == ["not-covered"]


@pytest.mark.parametrize(
    ("orders", "coverage", "covered", "needs", "code"),
    [
        ((OXYGEN,), COVERAGE, "indeterminate", "indeterminate", ""),
        ((CAR_T,), None, "indeterminate", "indeterminate", "technical"),
        ((CAR_T,), bundle(kind="searchset"), "not-covered", "", "coverage-not-found"),
        ((CAR_T,), COVERAGE | {"status": "cancelled"}, "not-covered", "", "no-active-coverage"),
        ((CAR_T,), bundle(COVERAGE, kind="searchset"), "conditional", "auth-needed", ""),
    ],
)
def test_what_is_not_known_is_said_to_be_so(
    orders: tuple[dict[str, Any], ...], coverage: dict[str, Any] | None, covered: str, needs: str, code: str
) -> None:
    answer = answered(signing(*orders, coverage=coverage))
    parts = said(answer)
    assert parts["covered"] == [covered] and parts.get("pa-needed", [""]) == [needs]
    assert parts["reason"][0]["text"]
    assert [one["code"] for one in parts["reason"][0].get("coding", [])] == ([code] if code else [])
    assert not set(broken(next(extensions(answer["systemActions"][0]["resource"], COVERAGE_INFORMATION))))


def test_a_coverage_that_the_order_names() -> None:
    parts = said(answered(signing(CAR_T | {"insurance": [{"reference": "Coverage/v9"}]}, coverage=None)))
    assert parts["coverage"] == [{"reference": "Coverage/v9"}] and parts["pa-needed"] == ["auth-needed"]


def test_two_coverages_have_two_numbers() -> None:
    both = bundle(COVERAGE, COVERAGE | {"id": "v2"}, kind="searchset")
    changed = answered(signing(coverage=both))["systemActions"][0]["resource"]
    found = [{x["url"]: x for x in one["extension"]} for one in extensions(changed, COVERAGE_INFORMATION)]
    assert [one["coverage"]["valueReference"]["reference"] for one in found] == ["Coverage/v1", "Coverage/v2"]
    assert len({one["coverage-assertion-id"]["valueString"] for one in found}) == 2


def test_an_authorization_that_is_there_satisfies() -> None:
    server = client(served(approves=True))
    assert server.post("/fhir/Claim/$submit", json=request()).status_code == 200
    answer = server.post(SIGN, json=signing()).json()
    parts = said(answer)
    assert parts["covered"] == ["covered"] and parts["pa-needed"] == ["satisfied"] and parts["satisfied-pa-id"]
    assert list(broken(next(extensions(answer["systemActions"][0]["resource"], COVERAGE_INFORMATION)))) == []
    stranger = signing(coverage=COVERAGE | {"subscriberId": "M-2"})
    assert said(server.post(SIGN, json=stranger).json())["pa-needed"] == ["auth-needed"]
    for person in (
        {"birthDate": "1990-01-01"},
        {"name": [{"family": "Invented", "given": ["Otto"]}]},
        {"birthDate": ""},
    ):
        relative = signing()  # of the same family, under the same number of the coverage
        relative["prefetch"]["patient"] = PATIENT | person
        assert said(server.post(SIGN, json=relative).json())["pa-needed"] == ["auth-needed"]


def test_the_number_of_an_answer_gets_the_form() -> None:
    server = client(served())
    context = said(server.post(SIGN, json=signing()).json())["coverage-assertion-id"][0]
    asked = {
        "resourceType": "Parameters",
        "parameter": [{"name": "coverage", "resource": COVERAGE}, {"name": "context", "valueString": context}],
    }
    answer = server.post("/fhir/Questionnaire/$questionnaire-package", json=asked).json()
    assert answer["parameter"][0]["resource"]["entry"][0]["resource"]["id"] == "nowhere-1"


@pytest.mark.parametrize(
    ("version", "more"),
    [
        ("3.1.1", {"extension": [{"url": f"{US_CORE}/us-core-birthsex", "valueCode": "F"}]}),
        ("6.1.0", {"extension": [{"url": f"{US_CORE}/us-core-sex", "valueCode": "248152002"}]}),
        (
            "7.0.0",
            {"extension": [{"url": f"{US_CORE}/us-core-interpreter-needed", "valueCoding": {"code": "373067005"}}]},
        ),
    ],
)
def test_us_core_of_each_version_is_read(version: str, more: dict[str, Any]) -> None:
    """The same order for the same member, by the profiles of each version that the guide names, gets the same answer."""
    plain = said(answered(signing()))
    message = signing(
        CAR_T | {"meta": {"profile": [f"{US_CORE}/us-core-medicationrequest|{version}"]}, "reportedBoolean": False}
    )
    message["prefetch"]["patient"] = PATIENT | {"meta": {"profile": [f"{US_CORE}/us-core-patient|{version}"]}} | more
    found = said(answered(message))
    own = ("coverage-assertion-id", "date")
    assert {key: value for key, value in found.items() if key not in own} == {
        key: value for key, value in plain.items() if key not in own
    }


def test_the_client_may_want_nothing_and_may_say_what_nobody_knows() -> None:
    message = signing()
    message["extension"]["davinci-crd.configuration"] = {"coverage-info": False, "max-cards": 5}
    assert answered(message)["systemActions"] == []
    message["extension"]["davinci-crd.configuration"] = ["coverage-info"]
    message["context"] |= {"list": [{"id": "123", "nested": ["one"]}], "surprise": {"value": 1}}
    message["prefetch"] |= {"devices": None, "strange": OXYGEN}
    message["unknown"] = True
    assert len(answered(message)["systemActions"]) == 1


@pytest.mark.parametrize("case", RULES, ids=[case["shows"] for case in RULES])
def test_the_rules_of_coverage_information(case: dict[str, Any]) -> None:
    reasons = tuple(Reason(one) for one in case["said"].pop("reasons", []))
    parts = {key: tuple(value) if isinstance(value, list) else value for key, value in case["said"].items()}
    information = written(Said("Coverage/v1", **parts, reasons=reasons, assertion="A"), on=NOW.date())
    assert list(broken(information)) == case["broken"]


@pytest.mark.shared
def test_the_hooks_that_others_wrote(guides: Path) -> None:
    """Good ones of a hook that is served are answered, bad ones refused with an OperationOutcome."""
    server, seen = client(), 0
    for folder in ("cdshooks-validation", "inferno/crd/fixtures", "crd-2.2.1/hooks"):
        for path in sorted((guides / folder).glob("*.json")):
            message = json.loads(path.read_bytes())
            if not isinstance(message, dict) or message.get("hook") not in (
                "order-sign",
                "order-select",
                "order-dispatch",
                "appointment-book",
            ):
                continue
            if "extensions" in path.name:  # its expected outcome names two errors of the hook
                continue
            reply = server.post(f"/cds-services/{message['hook']}-crd", json=message)
            assert reply.status_code == (400 if "bad" in path.name else 200), (path.name, reply.text)
            if reply.status_code == 200:
                for action in reply.json()["systemActions"]:
                    for one in extensions(action["resource"], COVERAGE_INFORMATION):
                        assert not list(broken(one)), path.name
            seen += 1
    assert seen >= 10


def test_what_was_assumed_is_said() -> None:
    by_code, by_name = (
        said(answered(signing(one)))["reason"]
        for one in (CAR_T, CAR_T | {"medicationCodeableConcept": {"text": "Tecartus"}})
    )
    assert len(by_code) == 1 and len(by_name) == 2


@pytest.mark.parametrize(
    ("end", "covered"),
    [("2026-05-03", "not-covered"), ("2026-05-04", "conditional"), ("2026-05", "conditional"), ("2025", "not-covered")],
)
def test_a_coverage_that_has_ended(end: str, covered: str) -> None:
    told = said(answered(signing(coverage=COVERAGE | {"period": {"end": end}})))
    assert told["covered"] == [covered]
