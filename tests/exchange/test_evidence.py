"""What a request brings as evidence: documents, resources, answers that point at them, and what proves nothing."""

from __future__ import annotations

import base64
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from tests.exchange.invented import (
    NOW,
    SUBMIT,
    actions,
    claim_of,
    client,
    document,
    entry,
    info,
    notes,
    request,
    served,
    submitted,
    text_of,
)

from chartproof.exchange.answers import _contradicted
from chartproof.exchange.attachments import safe_name
from chartproof.model import Fact
from chartproof.model.day import DayRange
from chartproof.model.fact import Assertion, Quantity
from chartproof.payer import payer


def test_a_document_that_is_only_an_address_is_told_and_never_fetched() -> None:
    bundle = request()
    attachment = bundle["entry"][-1]["resource"]["content"][0]["attachment"]
    attachment.pop("data")
    attachment["url"] = "https://center.example/secret.pdf"
    answer = submitted(bundle, approves=True)
    assert actions(answer) == {1: "A4"} and "nothing is fetched" in notes(answer)


def test_a_binary_of_the_request_and_a_bundle_of_results_are_read() -> None:
    bundle = request()
    attachment = bundle["entry"][-1]["resource"]["content"][0]["attachment"]
    bundle["entry"].append(entry("Binary", "b1", contentType="text/plain", data=attachment.pop("data")))
    attachment["url"] = "Binary/b1"
    assert actions(submitted(bundle, approves=True)) == {1: "A1"}
    held = {"type": "collection", "entry": [request()["entry"][-1]]}
    inside = request(text_of(ECOG=""))
    inside["entry"].append(entry("Bundle", "more", **held))
    claim_of(inside)["supportingInfo"].append(info(2, "Bundle/more"))
    assert actions(submitted(inside, approves=True)) == {1: "A1"}


def test_a_packet_of_the_same_documents_does_not_speak_for_the_chart() -> None:
    """What was put together from others of the request is for people; alone, the same file is read."""
    bundle = request(text_of(ECOG=""))
    bundle["entry"].append(document("packet", text_of().encode()))
    claim_of(bundle)["supportingInfo"].append(info(2, "DocumentReference/packet"))
    assert actions(submitted(bundle, approves=True)) == {1: "A1"}
    made_of = [{"code": "transforms", "target": {"reference": "DocumentReference/note"}}]
    bundle["entry"][-1]["resource"]["relatesTo"] = made_of
    assert "N.1 is missing" in notes(submitted(bundle, approves=True))


def test_a_document_that_cannot_be_read_does_not_stop_the_others() -> None:
    """Read as the command reads: each file in a process that is shut in."""
    bundle = request()
    bundle["entry"].append(document("broken", b"%PDF-1.7 broken", contentType="application/pdf", title="scan.pdf"))
    claim_of(bundle)["supportingInfo"].append(info(2, "DocumentReference/broken"))
    server = served(approves=True)
    server.read = payer(server.site, lambda: NOW).read
    answer = client(server).post(SUBMIT, json=bundle).json()
    assert actions(answer) == {1: "A4"}
    assert "N.1 is missing" not in notes(answer) and "scan.pdf" in notes(answer)


def test_structured_resources_are_evidence_as_in_a_chart() -> None:
    bundle = request(text_of(**{"HIV-1/2": ""}))
    result = {
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "56888-1"}], "text": "HIV-1/2 antigen and antibody"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-04-14",
        "valueCodeableConcept": {"text": "Non-reactive"},
    }
    bundle["entry"].append(entry("Observation", "hiv", **result))
    claim_of(bundle)["supportingInfo"].append(info(2, "Observation/hiv"))
    assert actions(submitted(bundle, approves=True)) == {1: "A1"}


def answers(quote: str, *, place: str = "DocumentReference/note", page: int = 1) -> dict[str, Any]:
    evidence = {
        "url": "urn:chartproof:answer-evidence",
        "extension": [
            {"url": "document", "valueReference": {"reference": place}},
            {"url": "page", "valuePositiveInt": page},
            {"url": "quote", "valueString": quote},
        ],
    }
    said = {"linkId": "N.1/ecog", "answer": [{"extension": [evidence], "valueDecimal": 1}]}
    return entry("QuestionnaireResponse", "q1", status="completed", subject={"reference": "Patient/p1"}, item=[said])


@pytest.mark.parametrize(
    ("filled", "code", "told"),
    [
        (answers("ECOG performance status: 1"), "A1", False),
        (answers("ECOG performance status: 0"), "A4", True),
        (answers("ECOG performance status: 1", page=2), "A4", True),
        (answers("ECOG performance status: 1", place="DocumentReference/other"), "A4", True),
        (answers(" "), "A4", True),
    ],
)
def test_an_answer_that_cites_what_is_not_there_stops_the_approval(
    filled: dict[str, Any], code: str, told: bool
) -> None:
    bundle = request()
    bundle["entry"].append(filled)
    claim_of(bundle)["supportingInfo"].append(info(2, "QuestionnaireResponse/q1"))
    if "other" in str(filled):
        bundle["entry"].append(document("other", b"Another note."))
    answer = submitted(bundle, approves=True)
    assert actions(answer) == {1: code}
    assert ("the answer N.1/ecog cites words" in notes(answer)) is told


def test_an_answer_alone_proves_nothing() -> None:
    bundle = request(text_of(ECOG=""))
    filled = answers("x")
    filled["resource"]["item"][0]["answer"][0].pop("extension")
    bundle["entry"].append(filled)
    claim_of(bundle)["supportingInfo"].append(info(2, "QuestionnaireResponse/q1"))
    answer = submitted(bundle, approves=True)
    assert actions(answer) == {1: "A4"} and "N.1 is missing" in notes(answer)


def test_an_attachment_of_the_form_is_read_too() -> None:
    bundle = request(text_of(ECOG=""))
    data = base64.b64encode(text_of().encode()).decode()
    said = {
        "linkId": "N.1/document",
        "answer": [{"valueAttachment": {"contentType": "text/plain", "data": data, "title": "second.txt"}}],
    }
    bundle["entry"].append(
        entry("QuestionnaireResponse", "q1", status="completed", subject={"reference": "Patient/p1"}, item=[said])
    )
    claim_of(bundle)["supportingInfo"].append(info(2, "QuestionnaireResponse/q1"))
    assert actions(submitted(bundle, approves=True)) == {1: "A1"}


@pytest.mark.parametrize(
    ("title", "ending", "name"),
    [
        ("note.pdf", ".pdf", "note.pdf"),
        ("../../etc/passwd", ".txt", "passwd.txt"),
        ("C:\\x\\note.pdf", ".pdf", "note.pdf"),
        ("case.yaml", ".txt", "document-03.txt"),
        ("chartproof-manifest.json", ".json", "document-03.json"),
        ("Request-Resources.json", ".json", "document-03.json"),
        ("", ".pdf", "document-03.pdf"),
        (".hidden", ".pdf", "hidden.pdf"),
        ("note.pdf", ".txt", "note.pdf.txt"),
        ("scan.JPG", ".jpeg", "scan.JPG"),
        ("Ärztin Brief.pdf", ".pdf", "rztin-Brief.pdf"),
        ("request-resources", ".json", "document-03.json"),
        ("chartproof-manifest", ".json", "document-03.json"),
    ],
)
def test_names_of_attachments_lead_nowhere(title: str, ending: str, name: str) -> None:
    assert safe_name(title, ending, 3) == name


def _fact(assertion: Assertion, day: date, number: float) -> Fact:
    when, quantity = DayRange(day, day), Quantity(number, number, "pack-years")
    return Fact("F1", "smoking_pack_years", assertion, (), quantity=quantity, when=when)


def test_a_day_that_the_documents_tell_as_history_agrees_with_an_answer() -> None:
    """A value does not: what was is no answer to what is."""
    facts = [_fact("present", date(2026, 3, 10), 8.0), _fact("historical", date(2026, 4, 21), 9.0)]
    reading: Any = SimpleNamespace(chart=SimpleNamespace(facts=facts))
    for day, wrong in (("2026-03-10", False), ("2026-04-21", False), ("2026-05-01", True)):
        assert _contradicted({"answer": [{"valueDate": day}]}, "smoking_pack_years/date", reading) is wrong
    for number, wrong in ((8, False), (9, True)):
        assert _contradicted({"answer": [{"valueDecimal": number}]}, "smoking_pack_years", reading) is wrong
