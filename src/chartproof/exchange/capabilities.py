"""What this server says of itself: its CapabilityStatement, and its SMART configuration."""

from __future__ import annotations

from datetime import date

from chartproof import __version__
from chartproof.exchange.elements import concept
from chartproof.exchange.names import CRD, DTR, PAS, SDC
from chartproof.exchange.refusals import Resource
from chartproof.exchange.signed import ALGORITHMS
from chartproof.exchange.site import Site
from chartproof.exchange.subscriptions import BACKPORT, TOPIC

#: What the operations ask for.
SCOPES = (
    "system/Claim.c", "system/Claim.r", "system/Questionnaire.r", "system/ValueSet.r", "system/Subscription.cruds",
)  # fmt: skip
DTR_VERSIONS = {"2.2": "2.2.0", "2.0.1": "2.0.1"}
PAS_VERSIONS = {"2.2": "2.2.1", "2.0.1": "2.0.1"}


def capability_statement(
    site: Site, *, on: date, version: str = "2.2", closed: bool = False, notifies: bool = False
) -> Resource:
    """The operations of the endpoint for one set of guide versions; `closed` where a client must say who it is, `notifies`
    where it may subscribe to results."""
    dtr, pas = DTR_VERSIONS[version], PAS_VERSIONS[version]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": on.isoformat(),
        "kind": "instance",
        "software": {"name": "chartproof", "version": __version__},
        "implementation": {"description": f"prior authorization, {site.payer}", "url": site.base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "instantiates": [
            f"{DTR}/CapabilityStatement/dtr-payer-service|{dtr}",
            f"{PAS}/CapabilityStatement/IntermediaryCapabilities|{pas}",
            f"{CRD}/CapabilityStatement/crd-server",
        ],
        "rest": [
            {
                "mode": "server",
                "security": _security(closed),
                "resource": _operations(pas) + ([_subscription()] if notifies and version == "2.2" else []),
            }
        ],
    }


def _operations(pas: str) -> list[Resource]:
    """What is answered, by type of resource; `pas` is the version of the guide that claims follow."""
    return [
        {
            "type": "Questionnaire",
            "operation": [
                _operation("questionnaire-package", f"{DTR}/OperationDefinition/questionnaire-package"),
                _operation("next-question", f"{SDC}/OperationDefinition/Questionnaire-next-question"),
                _operation("log-questionnaire-errors", f"{DTR}/OperationDefinition/log-questionnaire-errors"),
            ],
        },
        {
            "type": "ValueSet",
            "operation": [_operation("expand", "http://hl7.org/fhir/OperationDefinition/ValueSet-expand")],
        },
        {
            "type": "Claim",
            "operation": [
                _operation("submit", f"{PAS}/OperationDefinition/Claim-submit|{pas}"),
                _operation("inquire", f"{PAS}/OperationDefinition/Claim-inquiry|{pas}"),
            ],
        },
    ]


def _operation(name: str, definition: str) -> Resource:
    return {"name": name, "definition": definition}


def _subscription() -> Resource:
    """That results may be subscribed to: the topic, the profile, and what can be done with one."""
    return {
        "type": "Subscription",
        "supportedProfile": [f"{PAS}/StructureDefinition/profile-subscription"],
        "extension": [{"url": f"{BACKPORT}/capabilitystatement-subscriptiontopic-canonical", "valueCanonical": TOPIC}],
        "interaction": [{"code": code} for code in ("create", "read", "update", "delete")],
        "operation": [_operation("status", "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status")],
    }  # fmt: skip


def _security(closed: bool) -> Resource:
    if not closed:
        return {"description": "Nobody is asked who they are: a test bench on the loopback address."}
    service = concept("http://terminology.hl7.org/CodeSystem/restful-security-service", "SMART-on-FHIR")
    return {
        "service": [service],
        "description": "SMART Backend Services: private_key_jwt with keys that the site holds",
    }


def smart_configuration(site: Site, token_endpoint: str) -> Resource:
    """The document that a client looks for first. Where there is no token endpoint it names none: nothing may be taken for
    protected that is not."""
    closed = bool(token_endpoint)
    return {
        "issuer": site.base,
        **({"token_endpoint": token_endpoint} if closed else {}),
        "grant_types_supported": ["client_credentials"] if closed else [],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"] if closed else [],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS) if closed else [],
        "capabilities": ["client-confidential-asymmetric", "permission-v2"] if closed else [],
        "scopes_supported": list(SCOPES) if closed else [],
    }
