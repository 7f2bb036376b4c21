"""The narrow profile checker: a small profile of our own, and the guides' published snapshots."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.exchange.conftest import PACKAGES
from tests.exchange.invented import BASE, NOW, request, served, text_of
from tests.exchange.ordering import CAR_T, COVERAGE, OXYGEN, signing

from chartproof.exchange.adaptive_form import search_form
from chartproof.exchange.app import exchange_app
from chartproof.exchange.bindings import ValueSets
from chartproof.exchange.claim import Options
from chartproof.exchange.elements import extensions
from chartproof.exchange.filled import About, response
from chartproof.exchange.form import form_of, questionnaire
from chartproof.exchange.names import COVERAGE_INFORMATION
from chartproof.exchange.package import package
from chartproof.exchange.people import Sender
from chartproof.exchange.request import request_bundle
from chartproof.exchange.site import Site
from chartproof.exchange.snapshots import Profiles, check_against, check_profiles, holds, pas_profiles, read_profiles
from chartproof.model import Review
from chartproof.policy.load import load_policy

URL = "https://nowhere.example/StructureDefinition/note"
EXTENSION = "https://nowhere.example/StructureDefinition/mark"


def element(name: str, least: int = 0, most: str = "1", **more: Any) -> dict[str, Any]:
    return {"id": name, "path": name.replace(":", "/"), "min": least, "max": most, **more}


@pytest.fixture
def small(tmp_path: Path) -> Profiles:
    rows = [
        element("Observation", 0, "*"),
        element("Observation.extension", 0, "*", type=[{"code": "Extension"}]),
        element(
            "Observation.extension:mark", 1, "1", sliceName="mark", type=[{"code": "Extension", "profile": [EXTENSION]}]
        ),
        element("Observation.status", 1, "1", patternCode="final"),
        element("Observation.code", 1, "1"),
        element("Observation.code.coding", 1, "*"),
        element("Observation.value[x]", 1, "1"),
        element("Observation.note", 0, "2"),
        element("Observation.note:kind", 1, "1", sliceName="kind"),
        element("Observation.note:kind.text", 1, "1", fixedString="kind"),
    ]
    mark = [
        element("Extension", 0, "*"),
        element("Extension.url", 1, "1", fixedUri=EXTENSION),
        element("Extension.value[x]", 1, "1"),
    ]
    for name, url, found in (("note", URL, rows), ("mark", EXTENSION, mark)):
        held = {"resourceType": "StructureDefinition", "url": url, "snapshot": {"element": found}}
        (tmp_path / f"StructureDefinition-{name}.json").write_text(json.dumps(held))
    return read_profiles(tmp_path)


def sound() -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "meta": {"profile": [f"{URL}|1.0"]},
        "extension": [{"url": EXTENSION, "valueCode": "x"}],
        "status": "final",
        "code": {"coding": [{"code": "1"}]},
        "valueString": "v",
        "note": [{"text": "kind"}, {"text": "other"}],
    }


def test_a_sound_resource(small: Profiles) -> None:
    assert not list(check_profiles(sound(), small))
    assert not list(
        check_profiles(sound() | {"meta": {"profile": ["https://elsewhere.example"]}, "status": "x"}, small)
    )


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"status": "preliminary"}, "Observation.status"),
        ({"code": {"text": "x"}}, "Observation.code.coding"),
        ({"extension": []}, "Observation.extension:mark"),
        ({"extension": [{"url": EXTENSION}]}, "Observation.extension:mark.value[x]"),
        ({"extension": [{"url": EXTENSION, "valueCode": "x"}] * 2}, "Observation.extension:mark"),
        ({"note": [{"text": "other"}]}, "Observation.note:kind"),
        ({"note": [{"text": "kind"}, {"text": "a"}, {"text": "b"}]}, "Observation.note"),
    ],
)
def test_a_broken_resource(small: Profiles, change: dict[str, Any], at: str) -> None:
    assert [one.at for one in check_profiles(sound() | change, small)] == [at]


def test_what_is_missing_and_what_is_said_to_be_unknown(small: Profiles) -> None:
    lacking = {key: value for key, value in sound().items() if key not in ("valueString", "status")}
    assert {one.at for one in check_profiles(lacking, small)} == {"Observation.value[x]", "Observation.status"}
    inside = {"resourceType": "Bundle", "entry": [{"resource": lacking}]}
    assert {one.at for one in check_profiles(inside, small)} == {
        "Bundle.entry[0].resource.value[x]",
        "Bundle.entry[0].resource.status",
    }


def test_patterns() -> None:
    assert holds({"coding": [{"code": "b"}, {"code": "a", "display": "x"}]}, {"coding": [{"code": "a"}]})
    assert not holds({"coding": [{"code": "b"}]}, {"coding": [{"code": "a"}]})
    assert not holds(None, {"coding": []}) and holds(1, 1)


@pytest.fixture(scope="module")
def published(guides: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Package name -> the folder of its snapshots."""
    found = {}
    for name in PACKAGES:
        folder = tmp_path_factory.mktemp("guide")
        with tarfile.open(guides / "ig-packages" / name) as packed:
            packed.extractall(folder, filter="data")
        found[name] = folder / "package"
    return found


@pytest.mark.shared
def test_the_guides_examples_keep_their_own_profiles(published: dict[str, Path], earlier_sets: ValueSets) -> None:
    seen = 0
    for name, folder in published.items():
        profiles = read_profiles(folder, sets=earlier_sets if "2.0.1" in name else None)
        for path in sorted((folder / "example").glob("*.json")):
            assert not list(check_profiles(json.loads(path.read_bytes()), profiles)), path.name
            seen += 1
    assert seen > 100


@pytest.mark.shared
def test_the_packaged_profiles_ask_what_the_published_ask(published: dict[str, Path]) -> None:
    """Each example of the guide, whole and with each of its elements taken out, one at a time."""
    folder = published["davinci_pas_2.2.1.tgz"]
    whole, seen = read_profiles(folder), 0
    for path in sorted((folder / "example").glob("Bundle-*.json")):
        if "Subscription" in path.name:
            continue
        value = json.loads(path.read_bytes())
        assert not list(check_profiles(value, pas_profiles())), path.name
        for holder, key in places(value["entry"][0]["resource"]):
            kept = holder.pop(key)
            found = list(check_profiles(value, pas_profiles()))
            assert found == list(check_profiles(value, whole)), (path.name, key)
            seen += bool(found)
            holder[key] = kept
    assert seen > 100


def places(value: Any) -> list[tuple[dict[str, Any], str]]:
    """Every element of a resource, as what holds it and its key."""
    if isinstance(value, list):
        return [place for one in value for place in places(one)]
    if not isinstance(value, dict):
        return []
    own = [(value, key) for key in value if key not in ("resourceType", "meta")]
    return own + [place for one in value.values() for place in places(one)]


@pytest.mark.shared
@pytest.mark.parametrize(
    "spoil",
    [
        lambda claim: claim["item"][0].pop("category"),
        lambda claim: claim["item"][0]["extension"].pop(0),
        lambda claim: claim.update(use="claim"),
        lambda claim: claim.pop("insurer"),
        lambda claim: claim["supportingInfo"][0].pop("extension"),
        lambda claim: claim["insurance"][0].update(focal=False),
        lambda claim: claim["item"][0].pop("locationCodeableConcept"),
        lambda claim: claim["identifier"][0].pop("value"),
    ],
)
def test_a_broken_claim_is_told(published: dict[str, Path], spoil: Callable[[dict[str, Any]], Any]) -> None:
    folder = published["davinci_pas_2.2.1.tgz"]
    bundle = json.loads((folder / "example" / "Bundle-ReferralAuthorizationBundleExample.json").read_bytes())
    broken = deepcopy(bundle)
    spoil(broken["entry"][0]["resource"])
    assert list(check_profiles(broken, read_profiles(folder)))


@pytest.mark.shared
def test_what_we_write_keeps_the_profiles(
    published: dict[str, Path], guides: Path, demo_review: Review, demo_case: Path
) -> None:
    """The provider's request, the payer's answers and the form's package, against the snapshots of both guides."""
    profiles = read_profiles(published["davinci_pas_2.2.1.tgz"], guides / "dtr-2.2.0" / "compiled")
    sender = Sender(
        "Invented Treatment Center", npi="1999999992", practitioner="Ada Nonesuch", practitioner_npi="1888888880"
    )
    made = request_bundle(demo_review, Options(sender, BASE, NOW), folder=demo_case, packet=b"%PDF")
    assert not [(one.at, one.text) for one in check_profiles(made, profiles)]
    coverage = {
        "resourceType": "Coverage",
        "status": "active",
        "beneficiary": {"reference": "Patient/p1"},
        "payor": [{"display": "x"}],
    }
    asked = {"resourceType": "Parameters", "parameter": [
        {"name": "coverage", "resource": coverage | {"id": "v1"}},
        {"name": "questionnaire", "valueCanonical": f"{BASE}/Questionnaire/excellus-7.02.11"},
    ]}  # fmt: skip
    answer = package(asked, Site(base=BASE), now=NOW, policy_of=lambda context: "")
    assert not [(one.at, one.text) for one in check_profiles(answer, profiles)]
    server = TestClient(exchange_app(served(approves=True)))
    for text in (text_of(), text_of(ECOG="")):
        got = server.post("/fhir/Claim/$submit", json=request(text)).json()
        mine = got | {
            "entry": [
                one
                for one in got["entry"]
                if one["resource"]["resourceType"] in ("ClaimResponse", "CommunicationRequest")
            ]
        }
        assert not [(one.at, one.text) for one in check_profiles(mine, profiles)]


@pytest.mark.shared
def test_the_earlier_form_and_answers_keep_the_earlier_profiles(
    published: dict[str, Path], demo_review: Review, earlier_sets: ValueSets
) -> None:
    profiles = read_profiles(published["davinci_dtr_2.0.1.tgz"], sets=earlier_sets)
    form = form_of(load_policy("excellus/7.02.11"))
    about = About("Patient/p1", "Coverage/v1", ("MedicationRequest/m1",), version="2.0.1")
    filled = response(form, demo_review, about, base=BASE, at=NOW)
    assert not [(one.at, one.text) for one in check_profiles(filled, profiles)]
    for made in (questionnaire(form.policy, base=BASE), search_form(form.policy, base=BASE)):
        assert profiles.root(made["meta"]["profile"][0]) is not None
        assert not [(one.at, one.text) for one in check_profiles(made, profiles)]


@pytest.mark.shared
@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_coverage_information_keeps_the_extension_of_its_version(
    published: dict[str, Path], guides: Path, version: str, earlier_sets: ValueSets
) -> None:
    old = version == "2.0"
    folder = published["davinci-crd-2.0.1.tgz"] if old else guides / "crd-2.2.1" / "compiled"
    profiles = read_profiles(folder, sets=earlier_sets if old else None)
    server = TestClient(exchange_app(served(phone="800-555-0100", approves=True)))
    asked = [
        signing(CAR_T, version=version),
        signing(OXYGEN, version=version),
        signing(CAR_T, coverage=None, version=version),
    ]
    asked.append(signing(CAR_T, coverage=COVERAGE | {"status": "cancelled"}, version=version))
    for message in asked:
        for action in server.post("/cds-services/order-sign-crd", json=message).json()["systemActions"]:
            for one in extensions(action["resource"], COVERAGE_INFORMATION):
                assert not [(x.at, x.text) for x in check_against(one, COVERAGE_INFORMATION, profiles)]
                twice = {**one, "extension": [*one["extension"], {"url": "covered", "valueCode": "covered"}]}
                assert list(check_against(twice, COVERAGE_INFORMATION, profiles))
