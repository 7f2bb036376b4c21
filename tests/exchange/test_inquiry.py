"""What a payer says later: the current answer, for who may know it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.exchange.invented import (
    INQUIRE,
    SUBMIT,
    actions,
    claim_of,
    client,
    entry,
    inquiry,
    request,
    served,
    text_of,
)

from chartproof.exchange import base
from chartproof.exchange.snapshots import check_profiles, pas_profiles

REFERENCES = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-"


def test_an_update_replaces_and_what_is_called_off_is_answered_so() -> None:
    server = client(served(approves=True))
    first = server.post(SUBMIT, json=request(items=2))
    assert actions(first.json()) == {1: "A1", 2: "A1"}
    update = request(number="N2", items=2)
    old = entry(
        "Claim",
        "old",
        **{key: value for key, value in claim_of(request(items=2)).items() if key not in ("resourceType", "id")},
    )
    update["entry"].append(old)
    claim_of(update)["related"] = [{"claim": {"reference": "Claim/old"}}]
    flag = {
        "url": "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/modifierextension-infoCancelled",
        "valueBoolean": True,
    }
    claim_of(update)["item"][1]["modifierExtension"] = [flag]
    assert actions(server.post(SUBMIT, json=update).json()) == {1: "A1", 2: "C"}
    found = server.post(INQUIRE, json=inquiry("N1")).json()
    assert claim_of(found["parameter"][0]["resource"])["identifier"][0]["value"] == "N2"


def test_an_inquiry_by_number_by_member_and_for_nothing() -> None:
    server = client()
    empty = server.post(INQUIRE, json=inquiry("N1")).json()
    assert [one["name"] for one in empty["parameter"]] == ["outcome"]
    nothing = server.post("/fhir-2.0.1/Claim/$inquire", json=inquiry("N1")).json()
    assert [one["resource"]["resourceType"] for one in nothing["entry"]] == ["OperationOutcome"]
    assert not list(check_profiles(nothing, pas_profiles())) and not list(base.problems(nothing))
    server.post(SUBMIT, json=request(text_of(ECOG="")))
    for asked in (inquiry("N1"), inquiry(None)):
        found = server.post(INQUIRE, json=asked).json()
        assert [one["name"] for one in found["parameter"]] == ["return"]
        whole = found["parameter"][0]["resource"]
        assert actions(whole) == {1: "A4"}
        assert all(one["resource"]["resourceType"] != "CommunicationRequest" for one in whole["entry"])
        earlier = server.post("/fhir-2.0.1/Claim/$inquire", json=asked).json()
        assert earlier["resourceType"] == "Bundle" and actions(earlier) == {1: "A4"}


def test_an_inquiry_asks_for_the_member_and_the_provider() -> None:
    server = client()
    server.post(SUBMIT, json=request())
    assert server.post(INQUIRE, json=inquiry("N1")).json()["parameter"][0]["name"] == "return"
    member, provider = inquiry("N1"), inquiry("N1")
    member["entry"][1]["resource"]["identifier"][0]["value"] = "somebody else"
    member["entry"][4]["resource"].pop("subscriberId")
    provider["entry"][3]["resource"]["identifier"][0]["value"] = "1777777777"
    for stranger in (member, provider):
        assert [one["name"] for one in server.post(INQUIRE, json=stranger).json()["parameter"]] == ["outcome"]
    other = inquiry("N1")  # another system of the same practice
    other["entry"][3] = entry(
        "Organization",
        "o1",
        active=True,
        name="Elsewhere",
        identifier=[{"system": "https://x.example", "value": "1999999992"}],
    )
    assert server.post(INQUIRE, json=other).json()["parameter"][0]["name"] == "return"


def test_what_is_not_shown_is_said_where_the_provider_is_known() -> None:
    server = client(served(phone="800-555-0100"))
    server.post(SUBMIT, json=request())
    other = request(number="N2")
    other["entry"][3]["resource"]["identifier"][0]["value"] = "1777777777"
    server.post(SUBMIT, json=other)
    found = server.post(INQUIRE, json=inquiry(None)).json()["parameter"]
    assert [one["name"] for one in found] == ["return", "outcome"]
    issue = found[1]["resource"]["issue"][0]
    assert (issue["severity"], issue["code"]) == ("warning", "suppressed") and "800-555-0100" in str(issue)
    assert "N2" not in str(found) and "1777777777" not in str(found)
    by_number = server.post(INQUIRE, json=inquiry("N1")).json()["parameter"]
    assert [one["name"] for one in by_number] == ["return"]


def pended(server: TestClient, number: str) -> str:
    """The payer's number of a request that it could not approve."""
    answer = server.post(SUBMIT, json=request(text_of(ECOG=""), number=number)).json()
    own = claim_of(answer)["item"][0]["extension"]
    return next(str(one["valueString"]) for one in own if one["url"].endswith("administrationReferenceNumber"))


@pytest.mark.parametrize("where", ["Claim", "item", "insurance"])
def test_the_payers_own_number_asks_for_one_request(where: str) -> None:
    server = client()
    first, second = pended(server, "N1"), pended(server, "N2")

    def asked(number: str) -> list[str]:
        bundle = inquiry(None)
        claim = claim_of(bundle)
        by = [{"url": f"{REFERENCES}administrationReferenceNumber", "valueString": number}]
        if where == "insurance":
            claim["insurance"][0]["preAuthRef"] = [number]
        else:
            (claim if where == "Claim" else claim["item"][0])["extension"] = by
        found = server.post(INQUIRE, json=bundle).json()["parameter"]
        return [claim_of(one["resource"])["identifier"][0]["value"] for one in found if one["name"] == "return"]

    assert asked(first) == ["N1"] and asked(second) == ["N2"]
    assert asked("R0000000000000000") == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, True),
        ({"identifier": [{"system": "https://center.example/mrn", "value": "5550999"}]}, False),
        ({"identifier": [{"system": "https://other.example/mrn", "value": "7"}]}, True),
        ({"identifier": [], "birthDate": "1999-01-02"}, False),
        ({"identifier": [], "name": [{"family": "Invented", "given": ["Otto"]}]}, False),
        ({"identifier": [], "name": [{"family": "Invented", "given": ["ROSA"]}]}, True),
        ({"identifier": [], "name": [{"family": "Invented"}], "birthDate": ""}, True),
    ],
)
@pytest.mark.parametrize("version", ["/fhir", "/fhir-2.0.1"])
def test_a_family_shares_the_number_of_its_coverage(version: str, changed: dict[str, Any], found: bool) -> None:
    """Nothing of one is told to who asks about another; the person who holds the coverage is not the one who is treated."""
    server = client()
    pended(server, "N1")
    for number in ("N1", None):
        asked = inquiry(number)
        asked["entry"][1]["resource"] |= changed
        told = server.post(INQUIRE.replace("/fhir", version), json=asked).text
        assert ("ClaimResponse" in told) is found and ("Rosa" in told) is found
