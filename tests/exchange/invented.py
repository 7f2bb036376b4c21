"""An invented member's request: one note, one policy of three rows, and the server that decides it."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from chartproof.chart.files import read_folder
from chartproof.exchange import base
from chartproof.exchange.app import exchange_app
from chartproof.exchange.served import Served
from chartproof.exchange.site import Site
from chartproof.model import SourceFile

HERE = Path(__file__).parent
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
BASE = "https://payer.example/fhir"
PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition"
SUBMIT, INQUIRE = "/fhir/Claim/$submit", "/fhir/Claim/$inquire"
EHR = "https://center.example/fhir"


@contextmanager
def workspace() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def served(**site: Any) -> Served:
    given = {
        "base": BASE,
        "payer": "Plan of Nowhere",
        "policies": (str(HERE / "policy.yaml"),),
        "plan_type": "medicare_advantage",
    }
    return Served(Site(**given | site), lambda: NOW, workspace, read=read_here)


def read_here(folder: Path) -> tuple[SourceFile, ...]:
    """Reads in this process, for speed: what these tests send is their own."""
    return read_folder(folder, workers=1)


def client(server: Served | None = None) -> TestClient:
    return TestClient(exchange_app(server or served()))


def submitted(bundle: dict[str, Any], **site: Any) -> dict[str, Any]:
    answer = client(served(**site)).post(SUBMIT, json=bundle)
    assert answer.status_code == 200, answer.text
    value: dict[str, Any] = answer.json()
    assert not list(base.problems(value))
    return value


def notes(answer: dict[str, Any]) -> str:
    return "\n".join(one["text"] for one in claim_of(answer).get("processNote", ()))


def text_of(**replaced: str) -> str:
    """The note, with some of its lines (by their first word) replaced; an empty one takes the line out."""
    lines = []
    for line in (HERE / "note.txt").read_text(encoding="utf-8").splitlines():
        first = line.split(" ")[0].strip(":")
        lines += [replaced[first]] if first in replaced else [line]
    return "\n".join(lines) + "\n"


def entry(kind: str, name: str, /, **content: Any) -> dict[str, Any]:
    return {"fullUrl": f"{EHR}/{kind}/{name}", "resource": {"resourceType": kind, "id": name, **content}}


def document(name: str, data: bytes, /, **more: Any) -> dict[str, Any]:
    attachment = {"contentType": "text/plain", "data": base64.b64encode(data).decode(), "title": f"{name}.txt"}
    return entry(
        "DocumentReference", name, status="current", type={"text": "note"}, category=[{"text": "note"}],
        subject={"reference": "Patient/p1"}, content=[{"attachment": attachment | more}],
    )  # fmt: skip


def request(text: str | None = None, *, number: str = "N1", items: int = 1) -> dict[str, Any]:
    """A sound request for Tecartus, and then for its administration, with the note as its only document."""
    sent = document("note", (text if text is not None else text_of()).encode())
    claim = entry(
        "Claim", "c1",
        identifier=[{"system": "https://center.example/requests", "value": number}],
        status="active", type=code("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
        use="preauthorization", patient={"reference": "Patient/p1"}, created="2026-05-04",
        insurer={"reference": "Organization/i1"}, provider={"reference": "Organization/o1"},
        priority=code("http://terminology.hl7.org/CodeSystem/processpriority", "normal"),
        supportingInfo=[info(1, "DocumentReference/note")],
        insurance=[{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/v1"}}],
        item=[item(n, "Q2053" if n == 1 else "38228") for n in range(1, items + 1)],
    )  # fmt: skip
    return {
        "resourceType": "Bundle",
        "identifier": {"system": "https://center.example/bundles", "value": f"B-{number}"},
        "type": "collection",
        "timestamp": "2026-05-04T12:00:00Z",
        "entry": [
            claim,
            entry("Patient", "p1", identifier=[{"system": "https://center.example/mrn", "value": "5550123"}],
                  name=[{"family": "Invented", "given": ["Rosa", "Q."]}], gender="female", birthDate="1961-03-04"),
            entry("Organization", "i1", identifier=[{"system": "https://payers.example", "value": "NOWHERE"}], active=True, name="Plan of Nowhere"),
            entry("Organization", "o1", identifier=[{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1999999992"}], active=True, name="Invented Treatment Center"),
            entry("Coverage", "v1", status="active", subscriberId="M-1", beneficiary={"reference": "Patient/p1"}, payor=[{"reference": "Organization/i1"}]),
            sent,
        ],
    }  # fmt: skip


def code(system: str, word: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": word}]}


def info(sequence: int, address: str) -> dict[str, Any]:
    return {
        "sequence": sequence,
        "category": code("http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes", "additionalInformation"),
        "valueReference": {"reference": address},
    }


def item(sequence: int, service: str = "Q2053") -> dict[str, Any]:
    trace = {
        "url": f"{PAS}/extension-itemTraceNumber",
        "valueIdentifier": {"system": "https://center.example/items", "value": f"T{sequence}"},
    }
    return {
        "extension": [trace],
        "sequence": sequence,
        "productOrService": code("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", service),
    }


def claim_of(bundle: dict[str, Any]) -> dict[str, Any]:
    return bundle["entry"][0]["resource"]  # type: ignore[no-any-return]


def inquiry(number: str | None = "N1") -> dict[str, Any]:
    bundle = deepcopy(request())
    claim = claim_of(bundle)
    claim.pop("supportingInfo")
    claim["identifier"][0]["value"] = number or "somebody's own"
    bundle["entry"].pop()
    return bundle


def actions(answer: dict[str, Any]) -> dict[int, str]:
    """Item sequence -> review action code."""
    found = {}
    for one in claim_of(answer).get("item", ()):
        action = next(x for x in one["adjudication"][0]["extension"] if x["url"].endswith("reviewAction"))
        said = next(x for x in action["extension"] if x["url"].endswith("reviewActionCode"))
        found[one["itemSequence"]] = said["valueCodeableConcept"]["coding"][0]["code"]
    return found
