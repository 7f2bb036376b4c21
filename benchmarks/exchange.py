"""How fast the exchange answers: coverage requirements, forms, and a request of a whole case.

usage: python benchmarks/exchange.py [FOLDER] [--calls N] [--pages N]      (default: the demo case, 300 calls, 100 pages)
Prints processor time, this process and those that it starts: p50 and p95 of the hooks and forms, warm; then one $submit
over HTTP of the case's documents, sent over again until there are so many pages: after how many seconds on the clock it is
answered, with what, and when it is decided. The guide wants an answer within 15 seconds; a longer reading is pended.
"""

from __future__ import annotations

import argparse
import base64
import resource
import time
import uuid
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from chartproof.chart.casefile import read_case_file
from chartproof.exchange import crd, wire
from chartproof.exchange.adaptive import next_question
from chartproof.exchange.app import exchange_app
from chartproof.exchange.claim import Options
from chartproof.exchange.form import canonical
from chartproof.exchange.ledger import Ledger
from chartproof.exchange.package import package
from chartproof.exchange.people import Sender
from chartproof.exchange.request import request_bundle
from chartproof.exchange.site import Site
from chartproof.payer import payer
from chartproof.tour import review_folder

ROOT = Path(__file__).resolve().parent.parent
SITE = Site(base="https://payer.example/fhir", approves=True)
COVERAGE = {
    "resourceType": "Coverage",
    "id": "v1",
    "status": "active",
    "beneficiary": {"reference": "Patient/p1"},
    "payor": [{"display": "x"}],
}
ORDER = {
    "resourceType": "MedicationRequest", "id": "m1", "status": "draft", "intent": "order",
    "subject": {"reference": "Patient/p1"}, "medicationCodeableConcept": {"text": "Tecartus"},
}  # fmt: skip


def spent() -> float:
    """Seconds of processor time so far, children that ended included."""
    own, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime


def timed(name: str, call: Callable[[], Any], calls: int) -> None:
    """Prints p50 and p95 in milliseconds, after ten calls that are not counted."""
    for _ in range(10):
        call()
    taken = []
    for _ in range(calls):
        before = spent()
        call()
        taken.append((spent() - before) * 1000)
    taken.sort()
    print(f"{name:34} p50 {taken[calls // 2]:8.1f} ms   p95 {taken[int(calls * 0.95) - 1]:8.1f} ms")


def hook() -> bytes:
    drafts = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": "https://x.example/MedicationRequest/m1", "resource": ORDER}],
    }
    context = {"userId": "Practitioner/a", "patientId": "p1", "draftOrders": drafts}
    return wire.write(
        {
            "hook": "order-sign",
            "hookInstance": str(uuid.UUID(int=1)),
            "context": context,
            "prefetch": {"coverage": COVERAGE},
        }
    )


def copied(bundle: dict[str, Any], copies: int) -> dict[str, Any]:
    """The request with each document several times, under other names and with a line that makes them differ."""
    made = deepcopy(bundle)
    claim = made["entry"][0]["resource"]
    for n in range(2, copies + 1):
        for one in bundle["entry"]:
            attachment = one["resource"].get("content", [{}])[0].get("attachment", {})
            if one["resource"]["resourceType"] != "DocumentReference" or attachment.get("title") == "packet.pdf":
                continue
            other = deepcopy(one)
            other["fullUrl"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, one['fullUrl'] + str(n))}"
            data = base64.b64decode(attachment["data"]) + b"\n% copy"
            other["resource"]["content"][0]["attachment"] = {
                "contentType": attachment["contentType"],
                "title": f"{n}-{attachment['title']}",
                "data": base64.b64encode(data).decode(),
            }
            made["entry"].append(other)
            last = claim["supportingInfo"][-1]
            claim["supportingInfo"].append(
                last | {"sequence": last["sequence"] + 1, "valueReference": {"reference": other["fullUrl"]}}
            )
    return made


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", default=str(ROOT / "examples" / "tecartus-mcl"))
    options.add_argument("--calls", type=int, default=300)
    options.add_argument("--pages", type=int, default=100)
    given = options.parse_args()
    folder, ledger, now = Path(given.folder), Ledger(), datetime.now(UTC)
    message = hook()
    timed(
        "order-sign",
        lambda: wire.write(crd.answer(wire.parse(message), "order-sign-crd", SITE, ledger, now=now)),
        given.calls,
    )
    asked = {
        "resourceType": "Parameters",
        "parameter": [{"name": "coverage", "resource": COVERAGE}, {"name": "order", "resource": ORDER}],
    }
    timed(
        "$questionnaire-package",
        lambda: wire.write(package(asked, SITE, now=now, policy_of=lambda context: "")),
        given.calls,
    )
    held = {
        "resourceType": "Questionnaire",
        "id": "q",
        "status": "active",
        "derivedFrom": [canonical(SITE.loaded[0], SITE.base)],
    }
    begun = {
        "resourceType": "QuestionnaireResponse",
        "status": "in-progress",
        "contained": [held],
        "subject": {"reference": "Patient/p1"},
    }
    timed("$next-question", lambda: wire.write(next_question(begun, SITE, now=now)), given.calls)
    as_of = read_case_file(folder, as_of=now.date()).as_of
    before = spent()
    review = review_folder(folder, today=as_of)
    bundle = request_bundle(
        review, Options(Sender("Invented Treatment Center", npi="1999999992"), SITE.base, now), folder=folder
    )
    pages = sum(len(file.pages) for file in review.chart.files)
    print(f"{'request of the case':34} {spent() - before:8.1f} s, {pages} pages read, {len(bundle['entry'])} resources")
    copies = -(-given.pages // max(1, pages))
    submitted(wire.write(copied(bundle, copies)), copies * pages, datetime.combine(as_of, now.time(), UTC))


def submitted(data: bytes, pages: int, at: datetime) -> None:
    """One request through the server as the command runs it, from the first byte to the decision."""
    state = payer(SITE, lambda: at)
    server = TestClient(exchange_app(state))
    before, began = spent(), time.monotonic()
    reply = server.post("/fhir/Claim/$submit", content=data, headers={"content-type": "application/fhir+json"})
    answered = time.monotonic() - began
    first = reply.json()["entry"][0]["resource"]
    reading = any("still being read" in one["text"] for one in first.get("processNote", ()))
    what = "pended, to be decided later" if reading else "decided"
    print(
        f"{f'$submit, {pages} pages':34} {answered:8.1f} s on the clock, {reply.status_code}, {what}, {len(data) / 1e6:.1f} MB"
    )
    for work in list(state.running.values()):
        answer = work.result()
        notes = len(answer["entry"][0]["resource"].get("processNote", ()))
        took = time.monotonic() - began
        print(
            f"{'decided':34} {took:8.1f} s on the clock, {spent() - before:.1f} s of processor, {notes} lines of what is open"
        )


if __name__ == "__main__":
    main()
