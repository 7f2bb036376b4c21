"""Messages: bounded, base R4, and every reference inside; the guides' own examples pass, broken ones do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.exchange import base, bundles, wire
from chartproof.exchange.refusals import Refused
from chartproof.policy.load import knowledge

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "base.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["shows"] for case in CASES])
def test_base(case: dict[str, Any]) -> None:
    """Each broken resource is refused at the element that is wrong, and the sound ones are not."""
    found = [(one.at, one.severity) for one in base.problems(case["resource"])]
    assert found == [(at, case.get("severity", "error")) for at in case["at"]]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"NaN", 400),
        (b'{"use":"claim","use":"preauthorization"}', 400),
        (b'{"item":[{"code":1,"code":2}]}', 400),
        (b'{"a":' + b"[" * 60 + b"]" * 60 + b"}", 400),
        (b'{"a":' + b"[" * 2000 + b"]" * 2000 + b"}", 400),
        (b'{"a":"' + b"x" * 300 + b'"}', 413),
    ],
)
def test_a_message_that_cannot_be_read(data: bytes, status: int) -> None:
    with pytest.raises(Refused) as refused:
        wire.parse(data, limit=250 if status == 413 else 10_000)
    assert refused.value.status == status
    answer = refused.value.outcome()
    assert answer["resourceType"] == "OperationOutcome" and answer["issue"][0]["severity"] == "error"
    assert not list(base.problems(answer))


def test_the_mark_before_a_message_says_nothing() -> None:
    assert wire.parse(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


def test_a_refusal_never_repeats_what_a_record_says() -> None:
    with pytest.raises(Refused) as refused:
        base.check({"resourceType": "Patient", "gender": "Wanda Testperson", "birthDate": "born in May"})
    with pytest.raises(Refused) as other:
        base.check({"resourceType": "WandaTestperson"})
    assert "Wanda" not in str(other.value)
    assert "Wanda" not in str(refused.value) and "May" not in str(refused.value.outcome())
    assert [one["expression"] for one in refused.value.outcome()["issue"]] == [
        ["Patient.gender"],
        ["Patient.birthDate"],
    ]


def bundle() -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {
                "fullUrl": "http://a.example/fhir/Claim/1",
                "resource": {
                    "resourceType": "Claim",
                    "id": "1",
                    "contained": [{"resourceType": "Organization", "id": "o"}],
                    "patient": {"reference": "Patient/2"},
                    "provider": {"reference": "#o"},
                    "insurer": {"reference": "urn:uuid:7f4a2c1e-54b1-4c8e-9a53-0d6d6b1f0a11"},
                    "enterer": {"reference": "Practitioner/9"},
                },
            },
            {"fullUrl": "http://a.example/fhir/Patient/2", "resource": {"resourceType": "Patient", "id": "2"}},
            {
                "fullUrl": "http://b.example/fhir/Patient/2",
                "resource": {"resourceType": "Patient", "id": "2", "active": True},
            },
            {"fullUrl": "urn:uuid:7f4a2c1e-54b1-4c8e-9a53-0d6d6b1f0a11", "resource": {"resourceType": "Organization"}},
        ],
    }


def test_references_resolve_inside_the_bundle_alone() -> None:
    index = bundles.index(bundle())
    claim = index.entries[0]
    patient = index.resolve("Patient/2", near=claim)
    assert patient is not None and patient.address == "http://a.example/fhir/Patient/2"
    other = index.resolve("Patient/2/_history/3", near=index.entries[2])
    assert other is not None and other.address == "http://b.example/fhir/Patient/2"
    own = index.resolve("#o", near=claim)
    assert own is not None and own.resource["id"] == "o"
    reached, missing = bundles.reached(index, claim)
    assert len(reached) == 4
    assert [one.at for one in missing] == ["Bundle.entry[0].resource.enterer.reference"[:-10]]


def test_addresses() -> None:
    broken = bundle()
    broken["entry"][1]["fullUrl"] = "Patient/2"
    broken["entry"][2]["fullUrl"] = "http://a.example/fhir/Claim/1"
    broken["entry"].append({"resource": {"resourceType": "Patient"}})
    broken["entry"].append({"fullUrl": "urn:uuid:0"})
    assert [one.kind for one in bundles.address_problems(broken)] == [
        "value",
        "duplicate",
        "value",
        "required",
        "required",
    ]
    assert not list(bundles.address_problems(bundle()))


@pytest.mark.shared
def test_the_guides_examples_parse_and_come_back(guide_examples: list[tuple[str, bytes]]) -> None:
    seen = set()
    for name, data in guide_examples:
        value = wire.parse(data)
        assert wire.parse(wire.write(value)) == value, name
        seen.add(json.dumps(value, sort_keys=True))
        if "resourceType" in value:
            assert not [one for one in base.problems(value) if one.severity == "error"], name
    figure = yaml.safe_load(knowledge("exchange", "conformance.yaml").read_text(encoding="utf-8"))["examples"]
    assert len(seen) == figure, "the figure that docs/conformance.md prints"
