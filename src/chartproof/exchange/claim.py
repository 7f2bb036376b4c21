"""The Claim of a request: what is asked for, item by item, and a pointer to each thing that supports it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chartproof.exchange.coded import data, x12
from chartproof.exchange.elements import complex_extension, concept, extension, reference, without_empty
from chartproof.exchange.names import CPT, HCPCS_PAS, ICD10CM, PAS, PAS_CODES, PLACE_OF_SERVICE, profile
from chartproof.exchange.orders import product_codes
from chartproof.exchange.people import Sender
from chartproof.exchange.refusals import Resource
from chartproof.model import Review
from chartproof.policy.labels import find_product


@dataclass(frozen=True, slots=True)
class Options:
    """`base` is the payer's FHIR address, under which its forms have their names; `urgent` asks for the short clock."""

    sender: Sender
    base: str
    at: datetime
    urgent: bool = False
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Parties:
    """Addresses inside the Bundle; `team` is "" where no practitioner is named."""

    patient: str
    insurer: str
    provider: str
    coverage: str
    order: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """One supporting resource: its address, form or record, and what it is."""

    address: str
    kind: str
    title: str


def product_code(review: Review) -> str:
    """The service code that stands for the product alone; "" where none is known."""
    product = review.case.product or (one.id if (one := find_product(review.case.drug or "-")) else "")
    return next((code for code, known in product_codes().items() if known == product and len(code) == 5), "")


def claim(review: Review, options: Options, number: str, parties: Parties, support: list[Support]) -> Resource:
    """A PAS Claim without an id. `support` is in the order in which it is numbered."""
    diagnoses = list(dict.fromkeys(review.denial.diagnosis_codes)) if review.denial else []
    information = [_information(n, one) for n, one in enumerate(support, 1)]
    scope = [extension(f"{PAS}/StructureDefinition/extension-careTeamClaimScope", valueBoolean=True)]
    return without_empty(
        {
            "resourceType": "Claim",
            "meta": {"profile": [profile(PAS, "profile-claim")]},
            "extension": [
                extension(
                    f"{PAS}/StructureDefinition/extension-levelOfServiceCode",
                    valueCodeableConcept=x12("level", "urgent"),
                )
            ]
            if options.urgent
            else [],
            "identifier": [{"system": options.sender.system, "value": number}],
            "status": "active",
            "type": concept("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
            "use": "preauthorization",
            "patient": reference(parties.patient),
            "created": options.at.isoformat(timespec="seconds"),
            "insurer": reference(parties.insurer),
            "provider": reference(parties.provider),
            "priority": concept(
                "http://terminology.hl7.org/CodeSystem/processpriority",
                data()["urgent"] if options.urgent else "normal",
            ),
            "careTeam": [{"extension": scope, "sequence": 1, "provider": reference(parties.team)}]
            if parties.team
            else [],
            "supportingInfo": information,
            "diagnosis": [
                {"sequence": n, "diagnosisCodeableConcept": concept(ICD10CM, one)} for n, one in enumerate(diagnoses, 1)
            ],
            "insurance": [{"sequence": 1, "focal": True, "coverage": reference(parties.coverage)}],
            "item": list(_items(review, parties.order, team=bool(parties.team), diagnoses=len(diagnoses))),
        }
    )


def _information(sequence: int, one: Support) -> Resource:
    parts = [
        extension("reportTypeCode", valueCodeableConcept=x12("report_type", one.kind)),
        extension("transmissionMethod", valueCodeableConcept=x12("transmission", "electronic")),
        extension("controlNumber", valueString=str(sequence)),
        extension("description", valueString=one.title[:264]),
    ]
    return {
        "extension": [complex_extension(f"{PAS}/StructureDefinition/extension-documentInformation", *parts)],
        "sequence": sequence,
        "category": concept(PAS_CODES, "additionalInformation"),
        "valueReference": reference(one.address),
    }


def _items(review: Review, order: str, *, team: bool, diagnoses: int) -> Iterator[Resource]:
    """The product, then the services of the denial that is appealed, each with its own trace number."""
    listed = review.denial.service_codes if review.denial else ()
    codes = list(dict.fromkeys(one for one in (product_code(review), *listed) if one))
    for sequence, code in enumerate(codes or [""], 1):
        system = HCPCS_PAS if code[:1].isalpha() else CPT
        service = (
            concept(system, code)
            if code
            else concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-applicable")
        )
        added = [
            extension(
                f"{PAS}/StructureDefinition/extension-serviceItemRequestType",
                valueCodeableConcept=x12("request_type", "health_services"),
            ),
            extension(
                f"{PAS}/StructureDefinition/extension-certificationType",
                valueCodeableConcept=x12("certification", "initial"),
            ),
            extension(
                f"{PAS}/StructureDefinition/extension-itemTraceNumber",
                valueIdentifier={"system": "urn:chartproof:item", "value": str(sequence)},
            ),
        ]
        added += (
            [extension(f"{PAS}/StructureDefinition/extension-requestedService", valueReference=reference(order))]
            if sequence == 1
            else []
        )
        yield without_empty(
            {
                "extension": added,
                "sequence": sequence,
                "careTeamSequence": [1] if team else [],
                "diagnosisSequence": list(range(1, diagnoses + 1)),
                "category": x12("category", "medical"),
                "productOrService": service,
                "servicedDate": review.case.apheresis_planned.isoformat() if review.case.apheresis_planned else "",
                "locationCodeableConcept": concept(PLACE_OF_SERVICE, _place(review)),
            }
        )


def _place(review: Review) -> str:
    """The place of service that the chart plans; "other" where it does not say."""
    words = [fact.value for one in review.criteria for fact in one.facts if fact.concept == "place_of_service"]
    return str(data()["place_of_service"].get(words[0] if words else "", data()["place_of_service"]["unknown"]))
