"""A review as a PAS request: one Bundle with the Claim first, and everything it points to inside."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from chartproof.errors import InputError
from chartproof.exchange import people
from chartproof.exchange.claim import Options, Parties, Support, claim, product_code
from chartproof.exchange.coded import data, loinc
from chartproof.exchange.elements import (
    coding,
    concept,
    reference,
    without_empty,
)
from chartproof.exchange.filled import About, response
from chartproof.exchange.form import form_of
from chartproof.exchange.names import HCPCS_PAS, HL7, PAS, fhir_id, profile
from chartproof.exchange.people import Sender
from chartproof.exchange.records import Cited, Record, cited_resources, records
from chartproof.exchange.refusals import Resource
from chartproof.model import Case, Review, Span
from chartproof.policy.labels import find_product
from chartproof.policy.load import load_policy

SPACE = uuid.UUID("6f1f2f0e-5f0b-5d0c-9a0e-1c2d3e4f5a6b")
#: Elements of a chart's resource that stay when it is sent; references to people and places of the export do not.
SUBJECTS = ("subject", "patient")


@dataclass(slots=True)
class _Parts:
    """The entries of one request. Addresses follow from the request's number, so that the same request is the same."""

    number: str
    entries: list[tuple[str, Resource]] = field(default_factory=list)

    def add(self, name: str, resource: Resource) -> str:
        """The address of the resource, which is put in under this name."""
        address = self.address(name)
        self.entries.append(
            (address, {"resourceType": resource["resourceType"], "id": address.removeprefix("urn:uuid:"), **resource})
        )
        return address

    def address(self, name: str) -> str:
        return f"urn:uuid:{uuid.uuid5(SPACE, f'{self.number}/{name}')}"


def request_bundle(review: Review, options: Options, *, folder: Path, packet: bytes = b"") -> Resource:
    """The request. The same review, options and packet give the same Bundle; a changed review gives another number.

    packet   packet.pdf, which goes with it as one document; "" where there is none
    Raises InputError CP-FHIR-12 where no drug is named, and OSError where a cited file is no longer in the folder.
    """
    if not review.case.drug:
        raise InputError(
            "CP-FHIR-12",
            "no drug is named, so that nothing is asked for",
            where="case.yaml",
            then="Add a line 'drug: ...'.",
        )
    review = replace(review, case=known(review))
    own, cited = records(review, folder), cited_resources(review, folder)
    number = _number(review, options, own, packet)
    parts = _Parts(number)
    patient, first = parts.address("patient"), parts.address("claim")
    parts.entries.append((first, {}))
    provider = parts.add("requestor", people.requestor(options.sender))
    insurer = parts.add("insurer", people.insurer(review.case, options.sender))
    parts.add("patient", people.patient(review.case))
    coverage = parts.add("coverage", people.coverage(review.case, patient, insurer))
    order = parts.add("order", _order(review, patient))
    parties = Parties(patient, insurer, provider, coverage, order, _team(parts, options.sender, provider))
    support = [_answers(review, options, parts, parties, own, cited)]
    if packet:
        sent = Record(
            "packet.pdf", "application/pdf", packet, "criteria table, letter and exhibits", str(data()["packet"])
        )
        of = tuple(parts.address(f"record/{one.name}") for one in own)
        support.append(Support(parts.add("packet", _document(sent, patient, options.at, of)), "record", sent.title))
    for one in own:
        support.append(
            Support(parts.add(f"record/{one.name}", _document(one, patient, options.at)), "record", one.title)
        )
    for n, held in enumerate(cited):
        address = parts.add(f"cited/{n}", _chart_resource(held.resource, patient))
        support.append(Support(address, "record", "resource of the chart"))
    asked = claim(review, options, number, parties, support)
    parts.entries[0] = (first, {"resourceType": "Claim", "id": first.removeprefix("urn:uuid:"), **asked})
    return {
        "resourceType": "Bundle",
        "id": fhir_id(number),
        "meta": {"profile": [profile(PAS, "profile-pas-request-bundle")]},
        "identifier": {"system": options.sender.system, "value": number},
        "type": "collection",
        "timestamp": options.at.isoformat(timespec="seconds"),
        "entry": [{"fullUrl": address, "resource": resource} for address, resource in parts.entries],
    }


def known(review: Review) -> Case:
    """The case with what its letter and its facts say of the member: number, group, sex."""
    case, denial = review.case, review.denial
    sex = next((fact.value for fact in review.chart.facts if fact.concept == "sex" and fact.assertion == "present"), "")
    person = replace(
        case.patient,
        sex=case.patient.sex or sex or "",
        member_id=case.patient.member_id or (denial.member_id if denial else "") or "",
        group_number=case.patient.group_number or (denial.group_number if denial else "") or "",
    )
    return replace(case, patient=person)


def _answers(
    review: Review, options: Options, parts: _Parts, parties: Parties, own: tuple[Record, ...], cited: tuple[Cited, ...]
) -> Support:
    """The filled form: each answer refers to the document or resource of this request in which its quote stands."""
    documents = {one.name: parts.address(f"record/{one.name}") for one in own}
    places = {at: parts.address(f"cited/{n}") for n, one in enumerate(cited) for at in one.at}

    def place(span: Span) -> str:
        return places.get((span.file, span.start)) or documents.get(span.file, "")

    policy = load_policy(options.policy or review.policy_id)
    about = About(parties.patient, parties.coverage, (parties.order,), parties.provider, place)
    filled = response(form_of(policy), review, about, base=options.base, at=options.at)
    address = parts.add("answers", {key: value for key, value in filled.items() if key != "id"})
    return Support(address, "form", f"answers to the form of {policy.id}")


def _number(review: Review, options: Options, own: tuple[Record, ...], packet: bytes) -> str:
    """A number that follows from what is sent and from whom: sending it again is the same request."""
    digest = hashlib.sha256(packet)
    for part in (
        options.sender.system, options.sender.organization, review.case.patient.member_id, review.case.patient.name,
        review.case.drug, review.policy_id, review.edition, review.case.as_of.isoformat(),
        *(one.name + hashlib.sha256(one.data).hexdigest() for one in own), *(f"{one.id}={one.status}" for one in review.criteria),
    ):  # fmt: skip
        digest.update(part.encode() + b"\0")
    return f"CP-{digest.hexdigest()[:24]}"


def _order(review: Review, patient: str) -> Resource:
    """The product, as an order; the medication is named as the label names it."""
    product = find_product(review.case.drug) if review.case.drug else None
    words = (
        f"{product.brand} ({product.names[1]})"
        if product and len(product.names) > 1
        else review.case.drug or "cell therapy"
    )
    code = product_code(review)
    medication: Resource = {"text": words} | ({"coding": [coding(HCPCS_PAS, code)]} if code else {})
    return {
        "resourceType": "MedicationRequest",
        "meta": {"profile": [profile(PAS, "profile-medicationrequest")]},
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": medication,
        "subject": reference(patient),
        "authoredOn": review.case.as_of.isoformat(),
    }


def _team(parts: _Parts, sender: Sender, provider: str) -> str:
    if not sender.practitioner:
        return ""
    person = parts.add("practitioner", people.practitioner(sender))
    return parts.add("role", people.role(person, provider))


def _document(one: Record, patient: str, at: datetime, of: tuple[str, ...] = ()) -> Resource:
    """A file as a DocumentReference, its bytes inside. `of` are the documents from which it was put together."""
    attachment = {
        "contentType": one.media,
        "data": base64.b64encode(one.data).decode(),
        "size": len(one.data),
        "title": one.name,
    }
    left = f"pages left out, another person's: {', '.join(map(str, one.left_out))}" if one.left_out else ""
    category = concept(f"{HL7}/us/core/CodeSystem/us-core-documentreference-category", "clinical-note")
    return without_empty(
        {
            "resourceType": "DocumentReference",
            "meta": {"profile": [profile(PAS, "profile-documentreference")]},
            "status": "current",
            "type": loinc(one.code),
            "category": [category],
            "subject": reference(patient),
            "date": at.isoformat(timespec="seconds"),
            "description": left or one.title,
            "relatesTo": [{"code": "transforms", "target": reference(address)} for address in of],
            "content": [{"attachment": attachment}],
            "context": {"period": {"start": one.day}} if one.day else None,
        }
    )


def _chart_resource(resource: Resource, patient: str) -> Resource:
    """A resource of the chart about this patient. References to what is not sent become their own words, or go."""
    kept = {key: _unlinked(value) for key, value in resource.items() if key not in ("id", "meta", *SUBJECTS)}
    subject = "patient" if "patient" in resource else "subject"
    return without_empty({"resourceType": resource["resourceType"], **kept, subject: reference(patient)})


def _unlinked(value: object) -> object:
    if isinstance(value, list):
        return [one for one in (_unlinked(one) for one in value) if one not in ({}, "", None)]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("reference"), str) and not value["reference"].startswith("#"):
        return {key: one for key, one in value.items() if key in ("display", "type")} if value.get("display") else {}
    return without_empty({key: _unlinked(one) for key, one in value.items()})
