"""The provider's request: one Bundle, whole in itself, the same for the same review, and without another person's page."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from chartproof.errors import InputError
from chartproof.exchange import base, bundles, wire
from chartproof.exchange.claim import Options
from chartproof.exchange.elements import extension_value, extensions, target
from chartproof.exchange.filled import answered
from chartproof.exchange.names import ANSWER_EVIDENCE, PAS
from chartproof.exchange.people import Sender, name_parts, read_sender
from chartproof.exchange.records import _without, records
from chartproof.exchange.request import request_bundle
from chartproof.model import Review

OPTIONS = Options(
    sender=Sender(
        "Invented Treatment Center", npi="1999999992", practitioner="Ada Nonesuch", practitioner_npi="1888888880"
    ),
    base="https://payer.example/fhir",
    at=datetime(2026, 5, 4, 12, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def request_made(demo_review: Review, demo_case: Path) -> dict[str, Any]:
    return request_bundle(demo_review, OPTIONS, folder=demo_case, packet=b"%PDF-1.7 packet")


def test_the_request_is_whole(request_made: dict[str, Any]) -> None:
    assert not list(base.problems(request_made))
    assert not list(bundles.address_problems(request_made))
    index = bundles.index(request_made)
    assert index.entries[0].kind == "Claim"
    reached, missing = bundles.reached(index, index.entries[0])
    assert len(reached) == len(index.entries) and not missing


def test_the_claim_points_to_each_supporting_resource_once(request_made: dict[str, Any]) -> None:
    index = bundles.index(request_made)
    claim = index.entries[0].resource
    assert claim["use"] == "preauthorization" and claim["status"] == "active"
    sequences = [one["sequence"] for one in claim["supportingInfo"]]
    assert sequences == list(range(1, len(sequences) + 1))
    kinds = [one.kind for info in claim["supportingInfo"] if (one := index.resolve(target(info["valueReference"])))]
    assert kinds.count("QuestionnaireResponse") == 1 and "DocumentReference" in kinds and len(kinds) == len(sequences)
    for info in claim["supportingInfo"]:
        assert next(extensions(info, f"{PAS}/StructureDefinition/extension-documentInformation"))
    assert [one["sequence"] for one in claim["item"]] == list(range(1, len(claim["item"]) + 1))
    assert claim["item"][0]["productOrService"]["coding"][0]["code"] == "Q2053"
    for item in claim["item"]:
        for name in ("serviceItemRequestType", "certificationType"):
            assert extension_value(item, f"{PAS}/StructureDefinition/extension-{name}")


def test_each_answer_leads_to_the_document_that_holds_its_quote(
    request_made: dict[str, Any], demo_review: Review
) -> None:
    index = bundles.index(request_made)
    filled = index.of("QuestionnaireResponse")[0]
    seen = 0
    for item in answered(filled["item"]):
        for answer in item["answer"]:
            for evidence in extensions(answer, ANSWER_EVIDENCE):
                held = index.resolve(target(extension_value(evidence, "document")))
                assert held is not None and held.kind in (
                    "DocumentReference",
                    "Observation",
                    "DiagnosticReport",
                    "Condition",
                )
                seen += 1
    assert seen > 15


def test_the_same_review_gives_the_same_request_and_another_gives_another(
    request_made: dict[str, Any], demo_review: Review, demo_case: Path
) -> None:
    again = request_bundle(demo_review, OPTIONS, folder=demo_case, packet=b"%PDF-1.7 packet")
    assert wire.write(again) == wire.write(request_made)
    rows = tuple(replace(one, status="missing") for one in demo_review.criteria)
    other = request_bundle(replace(demo_review, criteria=rows), OPTIONS, folder=demo_case, packet=b"%PDF-1.7 packet")
    assert other["identifier"]["value"] != request_made["identifier"]["value"]


def test_an_urgent_request_asks_for_the_short_clock(demo_review: Review, demo_case: Path) -> None:
    claim = request_bundle(demo_review, replace(OPTIONS, urgent=True), folder=demo_case)["entry"][0]["resource"]
    assert claim["priority"]["coding"][0]["code"] == "stat"
    assert extension_value(claim, f"{PAS}/StructureDefinition/extension-levelOfServiceCode")["coding"][0]["code"] == "U"


def test_another_persons_page_does_not_leave(demo_review: Review, demo_case: Path) -> None:
    """A PDF goes without the page, a file of which every page is another's not at all."""

    gone = ("11-", "13-", "14-")
    pages = {file.name: len(file.pages) for file in demo_review.chart.files}
    first = next(one for one in demo_review.chart.documents if pages[one.file] > one.last - one.first + 1)
    marked = [
        replace(one, belongs=False) if one is first or one.file.startswith(gone) else one
        for one in demo_review.chart.documents
    ]
    chart = replace(demo_review.chart, documents=tuple(marked))
    sent = {one.name: one for one in records(replace(demo_review, chart=chart), demo_case)}
    assert not [name for name in sent if name.startswith(gone)]
    assert sent[first.file].left_out == tuple(range(first.first, first.last + 1))


def test_a_page_is_emptied_and_the_others_keep_their_numbers() -> None:
    made = pikepdf.new()
    for word in (b"first", b"second", b"third"):
        page = made.add_blank_page(page_size=(200, 300))
        page.Contents = made.make_stream(b"% " + word)
    held = io.BytesIO()
    made.save(held)
    with pikepdf.open(io.BytesIO(_without(held.getvalue(), (2,), {}))) as pdf:
        streams = [page.Contents.read_bytes() for page in pdf.pages]
    assert [b"first" in streams[0], b"second" in b"".join(streams), b"third" in streams[2]] == [True, False, True]


def test_documents_are_sent_as_they_are(request_made: dict[str, Any], demo_case: Path) -> None:
    for document in bundles.index(request_made).of("DocumentReference"):
        attachment = document["content"][0]["attachment"]
        data = base64.b64decode(attachment["data"])
        assert len(data) == attachment["size"]
        if attachment["title"] == "packet.pdf":
            assert document["relatesTo"] and data == b"%PDF-1.7 packet"
        elif "left out" not in document["description"]:
            assert data == (demo_case / attachment["title"]).read_bytes()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Rosa M. Invented", ("Invented", ["Rosa", "M."])),
        ("Invented, Rosa M.", ("Invented", ["Rosa", "M."])),
        ("Invented", ("Invented", [])),
        ("", ("", [])),
    ],
)
def test_names(name: str, parts: tuple[str, list[str]]) -> None:
    assert name_parts(name) == parts


def test_the_senders_file(tmp_path: Path) -> None:
    path = tmp_path / "sender.yaml"
    path.write_text("organization: Invented Treatment Center\nnpi: 1999999992\n")
    assert read_sender(path) == Sender("Invented Treatment Center", npi="1999999992")
    for text in ("npi: 1", "organisation: x", "[", "organization: x\ncolour: red"):
        path.write_text(text)
        with pytest.raises(InputError) as refused:
            read_sender(path)
        assert refused.value.code == "CP-FHIR-11"
