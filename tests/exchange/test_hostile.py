"""No message stops the server: every element of a sound one, replaced by what does not belong there, gets an answer or a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.exchange.invented import entry, info, inquiry, item, request, served, text_of
from tests.exchange.ordering import CAR_T, COVERAGE, signing
from tests.exchange.test_adaptive_form import start
from tests.exchange.test_evidence import answers

from chartproof.exchange import decision
from chartproof.exchange.app import exchange_app
from chartproof.exchange.reading import read_answers
from chartproof.exchange.refusals import Refused
from chartproof.tour import review_files

JUNK: tuple[Any, ...] = (
    None,
    0,
    -1.5,
    True,
    "",
    "x",
    "#",
    "/",
    [],
    [None],
    [[]],
    ["x"],
    {},
    {"reference": 7},
    {"resourceType": "Claim"},
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every element below a value."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in below:
        yield (*at, key)
        yield from places(one, (*at, key))


def spoiled(message: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], Any, dict[str, Any]]]:
    """The message with one element replaced or taken out, for each element and each piece of junk."""
    for path in places(message):
        for junk in (*JUNK, KeyError):
            made = deepcopy(message)
            where: Any = made
            for step in path[:-1]:
                where = where[step]
            if junk is KeyError:
                del where[path[-1]]
            else:
                where[path[-1]] = junk
            yield path, junk, made


def sound() -> dict[str, Any]:
    """A request with all that is read: an answered form, a result, an order, a care team, an item that was called off."""
    bundle = request(text_of(ECOG=""))
    bundle["entry"].append(answers("ECOG performance status: 1"))
    observed = {
        "status": "final",
        "code": {"text": "HIV"},
        "subject": {"reference": "Patient/p1"},
        "valueString": "Non-reactive",
    }
    bundle["entry"].append(entry("Observation", "b1", **observed))
    bundle["entry"].append(entry("Practitioner", "d1", identifier=[{"system": "x", "value": "y"}]))
    bundle["entry"].append(entry("PractitionerRole", "r1", practitioner={"reference": "Practitioner/d1"}))
    claim = bundle["entry"][0]["resource"]
    claim["supportingInfo"] += [info(2, "QuestionnaireResponse/q1"), info(3, "Observation/b1")]
    claim["careTeam"] = [{"sequence": 1, "provider": {"reference": "PractitionerRole/r1"}}]
    flag = {
        "url": "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/modifierextension-infoCancelled",
        "valueBoolean": True,
    }
    claim["item"].append(item(2) | {"modifierExtension": [flag]})
    claim["related"] = [{"claim": {"reference": "Claim/c1"}}]
    return bundle


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A server whose review is read once: what is asked here is what surrounds it."""
    kept: list[Any] = []

    def once(*given: Any, **named: Any) -> Any:
        if not kept:
            kept.append(review_files(*given, **named))
        return kept[0]

    monkeypatch.setattr(decision, "review_files", once)
    client = TestClient(exchange_app(served()))
    assert client.post("/fhir/Claim/$submit", json=sound()).status_code == 200
    return client


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/fhir/Claim/$submit", sound()),
        ("/fhir/Claim/$inquire", inquiry()),
        ("/cds-services/order-sign-crd", signing()),
        ("/fhir/Questionnaire/$questionnaire-package", {"resourceType": "Parameters", "parameter": [
            {"name": "coverage", "resource": COVERAGE}, {"name": "order", "resource": CAR_T},
            {"name": "questionnaire", "valueCanonical": "https://payer.example/fhir/Questionnaire/nowhere-1"},
        ]}),
        ("/fhir/Questionnaire/$next-question", start() | {"item": [{"linkId": "necessity", "item": [{"linkId": "N.1/ecog", "answer": [{"valueDecimal": 1}]}]}]}),
    ],
    ids=["submit", "inquire", "order-sign", "package", "next-question"],
)  # fmt: skip
def test_no_element_stops_the_server(server: TestClient, address: str, message: dict[str, Any]) -> None:
    for path, junk, made in spoiled(message):
        reply = server.post(address, json=made)
        assert reply.status_code in (200, 400, 404, 422), (path, junk, reply.text)


def test_no_answer_stops_the_reader(server: TestClient) -> None:
    answer = server.post("/fhir/Claim/$submit", json=sound()).json()
    first = {"resourceType": "Bundle", "type": "collection", "entry": answer["entry"][:3]}
    for _, _, made in spoiled(first):
        try:
            read_answers(made)
        except Refused:
            continue
