"""A row of the audit chain as a FHIR R4 AuditEvent, for the hospital's own log."""

from __future__ import annotations

from typing import Any

from chartproof.desk.store.audit import ACTIONS, NOBODIES, Entry
from chartproof.desk.store.rows import moment_text

#: The chain's place in FHIR: what an R4 AuditEvent has no element for is an extension of our own.
EXTENSION = "urn:chartproof:audit-chain"
OUTCOMES = {"success": "0", "refused": "4", "failure": "8"}

DICOM = "http://dicom.nema.org/resources/ontology/DCM"
#: security-source-type 4: application server.
SOURCE = "http://terminology.hl7.org/CodeSystem/security-source-type"
#: What a row is about, in the code list audit-entity-type: 1 person, 2 system object, 4 other.
PERSON, THING = ("1", "Person"), ("2", "System Object")


def audit_event(entry: Entry) -> dict[str, Any]:
    """The resource, as a JSON object. It names users, cases and documents by id, as the row does."""
    return {
        "resourceType": "AuditEvent",
        "id": str(entry.number),
        "extension": [
            {
                "url": EXTENSION,
                "extension": [
                    {"url": "number", "valueInteger": entry.number},
                    {"url": "previous", "valueString": entry.previous},
                    {"url": "hash", "valueString": entry.hash},
                ],
            }
        ],
        "type": kind_of(entry),
        "subtype": [{"system": "urn:chartproof:action", "code": entry.action}],
        "action": ACTIONS[entry.action],
        "recorded": moment_text(entry.at),
        "outcome": OUTCOMES[entry.outcome],
        "agent": [agent_of(entry)],
        "source": {"observer": {"display": "chartproof desk"}, "type": [{"system": SOURCE, "code": "4"}]},
        "entity": [entity_of(entry)],
    }


def kind_of(entry: Entry) -> dict[str, str]:
    """DICOM's list of audit events (PS3.16, CID 400), which R4 takes over."""
    if entry.action in ("login", "logout", "confirm"):
        code, display = "110114", "User Authentication"
    elif entry.action in ("export", "download", "send", "backup"):
        code, display = "110106", "Export"
    elif entry.action in ("list", "search"):
        code, display = "110112", "Query"
    elif entry.entity == "user":
        code, display = "110113", "Security Alert"
    elif entry.entity == "audit":
        code, display = "110101", "Audit Log Used"
    elif entry.entity in ("desk", "job"):
        code, display = "110100", "Application Activity"
    else:
        code, display = "110110", "Patient Record"
    return {"system": DICOM, "code": code, "display": display}


def agent_of(entry: Entry) -> dict[str, Any]:
    agent: dict[str, Any] = {
        "who": {"identifier": {"system": "urn:chartproof:user", "value": entry.who}},
        "requestor": entry.who not in NOBODIES,
        "role": [{"coding": [{"system": "urn:chartproof:role", "code": entry.role}]}],
    }
    if entry.address:
        agent["network"] = {"address": entry.address, "type": "2"}  # an IP address
    return agent


def entity_of(entry: Entry) -> dict[str, Any]:
    code, display = PERSON if entry.entity == "user" else THING
    entity: dict[str, Any] = {
        "what": {"identifier": {"system": f"urn:chartproof:{entry.entity}", "value": entry.entity_id}},
        "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": code, "display": display},
    }
    if entry.detail:
        entity["detail"] = [{"type": word, "valueString": str(value)} for word, value in entry.detail.items()]
    return entity
