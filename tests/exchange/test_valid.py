"""Sound requests as other senders write them: each is answered item by item, in a Bundle that keeps the guide's profiles."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml
from tests.exchange.invented import EHR, HERE, INQUIRE, NOW, SUBMIT, actions, claim_of, client, served, text_of
from tests.exchange.test_never_approved import made

from chartproof.exchange import base, bundles
from chartproof.exchange.answer import DUE
from chartproof.exchange.elements import extension_value, extensions
from chartproof.exchange.snapshots import check_profiles, pas_profiles

DATA: dict[str, list[dict[str, Any]]] = yaml.safe_load((HERE / "valid.yaml").read_text(encoding="utf-8"))
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 58>>stream\nBT /F1 12 Tf 20 150 Td (Patient: Rosa Q. Invented) Tj ET   \nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
Made = dict[str, Any]


def written(bundle: Made, wanted: dict[str, Any]) -> Made:
    """The message as the vector wants it written."""
    for one in wanted.get("as", ()):
        bundle = WAYS[one](bundle)
    return bundle


def everywhere(value: Any, change: Callable[[str], str]) -> Any:
    """A copy in which each reference to an entry, and each address of an attachment, is changed."""
    if isinstance(value, dict):
        return {
            key: change(one) if key in ("reference", "url") and isinstance(one, str) else everywhere(one, change)
            for key, one in value.items()
        }
    return [everywhere(one, change) for one in value] if isinstance(value, list) else value


def as_urn(bundle: Made, *, references: bool = True) -> Made:
    """Every entry under a urn; the references to it too, or left relative."""
    names = {one["fullUrl"]: f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, one['fullUrl'])}" for one in bundle["entry"]}
    made = everywhere(bundle, lambda one: names.get(f"{EHR}/{one}", names.get(one, one)) if references else one)
    return made | {"entry": [one | {"fullUrl": names[one["fullUrl"]]} for one in made["entry"]]}


def as_absolute(bundle: Made) -> Made:
    local = {one["fullUrl"].removeprefix(f"{EHR}/") for one in bundle["entry"]}
    return everywhere(bundle, lambda one: f"{EHR}/{one}" if one in local else one)  # type: ignore[no-any-return]


def versioned(bundle: Made) -> Made:
    ends = {one["fullUrl"].removeprefix(f"{EHR}/") for one in bundle["entry"]}
    return everywhere(bundle, lambda one: f"{one}/_history/2" if one.removeprefix(f"{EHR}/") in ends else one)  # type: ignore[no-any-return]


def in_reverse(bundle: Made) -> Made:
    first, *rest = bundle["entry"]
    return bundle | {"entry": [first, *reversed(rest)]}


def in_parameters(bundle: Made) -> Made:
    return {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": bundle}]}


def without_ids(bundle: Made) -> Made:
    kept = [{key: value for key, value in one["resource"].items() if key != "id"} for one in bundle["entry"]]
    return bundle | {"entry": [one | {"resource": it} for one, it in zip(bundle["entry"], kept, strict=True)]}


def with_hash(bundle: Made) -> Made:
    made = deepcopy(bundle)
    attachment = made["entry"][-1]["resource"]["content"][0]["attachment"]
    data = base64.b64decode(attachment["data"])
    digest = hashlib.sha1(data, usedforsecurity=False).digest()
    attachment |= {"size": len(data), "hash": base64.b64encode(digest).decode()}
    return made


WAYS: dict[str, Callable[[Made], Made]] = {
    "urn": as_urn,
    "urns beside": lambda bundle: as_urn(bundle, references=False),
    "absolute": as_absolute,
    "versioned": versioned,
    "reversed": in_reverse,
    "parameters": in_parameters,
    "without ids": without_ids,
    "with hash": with_hash,
}


def filled(wanted: dict[str, Any]) -> dict[str, Any]:
    """The vector with the bytes that its words stand for."""
    made = deepcopy(wanted)
    for one in made.get("with", ()):
        if one.get("data") == "note":
            one["data"] = base64.b64encode(text_of().encode()).decode()
        if one.get("content") == "pdf":
            data = base64.b64encode(PDF).decode()
            one["content"] = [{"attachment": {"contentType": "application/pdf", "title": "scan.pdf", "data": data}}]
    return made


@pytest.mark.parametrize("wanted", DATA["valid"], ids=lambda one: one["name"])
@pytest.mark.parametrize("version", ["/fhir", "/fhir-2.0.1"])
def test_a_sound_request_is_answered(version: str, wanted: dict[str, Any]) -> None:
    message = written(made(filled(wanted)), wanted)
    reply = client(served(approves=True)).post(SUBMIT.replace("/fhir", version), json=message)
    answer = reply.json()
    assert reply.status_code == 200, reply.text[:600]
    assert actions(answer) == wanted["codes"], claim_of(answer).get("processNote")
    assert not list(base.problems(answer)) and not list(bundles.address_problems(answer))
    assert [one.text for one in check_profiles(answer, pas_profiles()) if "entry[0]" in one.at] == []
    index = bundles.index(answer)
    for address, place in bundles.references(index.entries[0].resource):
        assert index.resolve(address, near=index.entries[0]), place
    if wanted.get("near"):
        due = [extension_value(one, "due") for one in extensions(claim_of(answer), DUE)]
        assert datetime.fromisoformat(due[0]) <= NOW + timedelta(hours=72)


@pytest.mark.parametrize("wanted", DATA["inquiries"], ids=lambda one: one["name"])
@pytest.mark.parametrize("version", ["/fhir", "/fhir-2.0.1"])
def test_a_sound_inquiry_is_answered(version: str, wanted: dict[str, Any]) -> None:
    server = client(served())
    assert actions(server.post(SUBMIT, json=made({"note": {"ECOG": ""}})).json()) == {1: "A4"}
    asked = made(wanted)
    claim_of(asked).pop("supportingInfo")
    asked["entry"] = [one for one in asked["entry"] if one["resource"]["resourceType"] != "DocumentReference"]
    reply = server.post(INQUIRE.replace("/fhir", version), json=written(asked, wanted))
    answer = reply.json()
    assert reply.status_code == 200, reply.text[:600]
    held = [answer] if version == "/fhir-2.0.1" else [one["resource"] for one in answer["parameter"]]
    found = [
        one for one in held if one["resourceType"] == "Bundle" and claim_of(one)["resourceType"] == "ClaimResponse"
    ]
    assert len(found) == wanted["found"]
    assert all(actions(one) == {1: "A4"} and not list(bundles.address_problems(one)) for one in found)
