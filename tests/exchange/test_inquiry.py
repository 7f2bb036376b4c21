"""What a payer says later: the current answer, for who may know it."""

from __future__ import annotations

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
    assert server.post("/fhir-2.0.1/Claim/$inquire", json=inquiry("N1")).json().get("entry") is None
    server.post(SUBMIT, json=request(text_of(ECOG="")))
    for asked in (inquiry("N1"), inquiry(None)):
        found = server.post(INQUIRE, json=asked).json()
        assert [one["name"] for one in found["parameter"]] == ["responseBundle"]
        whole = found["parameter"][0]["resource"]
        assert actions(whole) == {1: "A4"}
        assert all(one["resource"]["resourceType"] != "CommunicationRequest" for one in whole["entry"])
        earlier = server.post("/fhir-2.0.1/Claim/$inquire", json=asked).json()
        assert earlier["resourceType"] == "Bundle" and actions(earlier) == {1: "A4"}


def test_an_inquiry_asks_for_the_member_and_the_provider() -> None:
    server = client()
    server.post(SUBMIT, json=request())
    assert server.post(INQUIRE, json=inquiry("N1")).json()["parameter"][0]["name"] == "responseBundle"
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
    assert server.post(INQUIRE, json=other).json()["parameter"][0]["name"] == "responseBundle"


def test_what_is_not_shown_is_said_where_the_provider_is_known() -> None:
    server = client(served(phone="800-555-0100"))
    server.post(SUBMIT, json=request())
    other = request(number="N2")
    other["entry"][3]["resource"]["identifier"][0]["value"] = "1777777777"
    server.post(SUBMIT, json=other)
    found = server.post(INQUIRE, json=inquiry(None)).json()["parameter"]
    assert [one["name"] for one in found] == ["responseBundle", "outcome"]
    issue = found[1]["resource"]["issue"][0]
    assert (issue["severity"], issue["code"]) == ("warning", "suppressed") and "800-555-0100" in str(issue)
    assert "N2" not in str(found) and "1777777777" not in str(found)
    by_number = server.post(INQUIRE, json=inquiry("N1")).json()["parameter"]
    assert [one["name"] for one in by_number] == ["responseBundle"]
