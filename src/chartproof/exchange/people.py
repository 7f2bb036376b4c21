"""Who a request is about, from and to: patient, coverage, organizations, practitioner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chartproof.errors import InputError
from chartproof.exchange.elements import coding, concept, extension, reference, without_empty
from chartproof.exchange.names import HL7, NPI, PAS, X12, profile
from chartproof.exchange.refusals import Resource
from chartproof.model import Case

KEYS = ("organization", "npi", "tin", "phone", "practitioner", "practitioner_npi", "payer_id", "system")
ABSENT = f"{HL7}/StructureDefinition/data-absent-reason"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asks: a center and its physician. `system` is the address under which its identifiers are unique."""

    organization: str
    npi: str = ""
    tin: str = ""
    phone: str = ""
    practitioner: str = ""
    practitioner_npi: str = ""
    payer_id: str = ""
    system: str = "urn:chartproof:sender"


def read_sender(path: Path) -> Sender:
    """sender.yaml: `organization` and what else is known. Raises InputError CP-FHIR-11."""
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
        raise InputError("CP-FHIR-11", "the sender's file cannot be read as YAML", where=path.name) from None
    given = raw if isinstance(raw, dict) else {}
    strange = next((str(key) for key in given if key not in KEYS), "")
    if strange or not given.get("organization"):
        what = f"the key '{strange}' is not known" if strange else "'organization' is missing"
        raise InputError("CP-FHIR-11", what, where=path.name, then=f"Known keys: {', '.join(KEYS)}.")
    return Sender(**{key: str(value) for key, value in given.items()})


def patient(case: Case) -> Resource:
    """PAS beneficiary. What is not known is said to be unknown, as FHIR has it."""
    family, given = name_parts(case.patient.name)
    member = [_member(case.patient.member_id)] if case.patient.member_id else []
    record = {
        "type": concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MR"),
        "system": "urn:chartproof:record-number",
        "value": case.patient.mrn,
    }
    return without_empty(
        {
            "resourceType": "Patient",
            "meta": {"profile": [profile(PAS, "profile-beneficiary")]},
            "identifier": [*member, *([record] if case.patient.mrn else [])]
            or [{"system": "urn:chartproof:record-number", "_value": {"extension": [unknown()]}}],
            "name": [without_empty({"family": family, "given": given})] if family else [{"extension": [unknown()]}],
            "gender": {"m": "male", "male": "male", "f": "female", "female": "female"}.get(
                case.patient.sex.lower(), "unknown"
            ),
            "birthDate": case.patient.born.isoformat() if case.patient.born else "",
        }
    )


def unknown() -> Resource:
    return extension(ABSENT, valueCode="unknown")


def _number(value: str) -> Resource:
    """The value of an identifier; where it is not known, that it is not."""
    return {"value": value} if value else {"_value": {"extension": [unknown()]}}


def _member(number: str) -> Resource:
    return {
        "type": concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MB"),
        "system": "urn:chartproof:member-number",
        **_number(number),
    }


def name_parts(name: str) -> tuple[str, list[str]]:
    """Family name and given names of "Rosa M. Invented" or "Invented, Rosa M."."""
    last, comma, first = name.partition(",")
    if comma:
        return last.strip(), first.split()
    words = name.split()
    return (words[-1], words[:-1]) if words else ("", [])


def coverage(case: Case, beneficiary: str, payer: str) -> Resource:
    relationship = concept("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "self")
    relationship["coding"].append(coding(f"{X12}/1069", "18"))
    group = {
        "type": concept("http://terminology.hl7.org/CodeSystem/coverage-class", "group"),
        "value": case.patient.group_number,
    }
    return without_empty(
        {
            "resourceType": "Coverage",
            "meta": {"profile": [profile(PAS, "profile-coverage")]},
            "identifier": [_member(case.patient.member_id)],
            "status": "active",
            "type": {"text": case.plan_type} if case.plan_type else None,
            "subscriberId": case.patient.member_id,
            "beneficiary": reference(beneficiary),
            "relationship": relationship,
            "payor": [reference(payer)],
            "class": [group] if case.patient.group_number else [],
        }
    )


def insurer(case: Case, sender: Sender) -> Resource:
    number = {"system": "urn:chartproof:payer"} | _number(sender.payer_id or case.payer)
    return {
        "resourceType": "Organization",
        "meta": {"profile": [profile(PAS, "profile-insurer")]},
        "identifier": [number],
        "active": True,
        "type": [concept(f"{X12}/98", "PR")],
        **({"name": case.payer} if case.payer else {"_name": {"extension": [unknown()]}}),
    }


def requestor(sender: Sender) -> Resource:
    numbers = [{"system": NPI, "value": sender.npi}] if sender.npi else []
    numbers += [{"system": "http://terminology.hl7.org/NamingSystem/USEIN", "value": sender.tin}] if sender.tin else []
    return without_empty(
        {
            "resourceType": "Organization",
            "meta": {"profile": [profile(PAS, "profile-requestor")]},
            "identifier": numbers,
            "active": True,
            "type": [concept(f"{X12}/98", "X3")],
            "name": sender.organization,
            "telecom": [{"system": "phone", "value": sender.phone}] if sender.phone else [],
        }
    )


def practitioner(sender: Sender) -> Resource:
    family, given = name_parts(sender.practitioner)
    return without_empty(
        {
            "resourceType": "Practitioner",
            "meta": {"profile": [profile(PAS, "profile-practitioner")]},
            "identifier": [{"system": NPI} | _number(sender.practitioner_npi)],
            "name": [without_empty({"family": family, "given": given})],
        }
    )


def role(person: str, organization: str) -> Resource:
    return {
        "resourceType": "PractitionerRole",
        "meta": {"profile": [profile(PAS, "profile-practitionerrole")]},
        "practitioner": reference(person),
        "organization": reference(organization),
    }
