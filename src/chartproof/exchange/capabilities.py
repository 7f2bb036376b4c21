"""What this server says of itself: its CapabilityStatement, and the SMART configuration that it does not have yet."""

from __future__ import annotations

from datetime import date

from chartproof import __version__
from chartproof.exchange.names import CRD, DTR, PAS, SDC
from chartproof.exchange.refusals import Resource
from chartproof.exchange.site import Site

DTR_VERSIONS = {"2.2": "2.2.0", "2.0.1": "2.0.1"}
PAS_VERSIONS = {"2.2": "2.2.1", "2.0.1": "2.0.1"}


def capability_statement(site: Site, *, on: date, version: str = "2.2") -> Resource:
    """The operations of the endpoint for one set of guide versions."""
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
                "security": {"description": "None on the loopback address. SMART Backend Services is not built yet."},
                "resource": [
                    {
                        "type": "Questionnaire",
                        "operation": [
                            _operation("questionnaire-package", f"{DTR}/OperationDefinition/questionnaire-package"),
                            _operation("next-question", f"{SDC}/OperationDefinition/Questionnaire-next-question"),
                            _operation(
                                "log-questionnaire-errors", f"{DTR}/OperationDefinition/log-questionnaire-errors"
                            ),
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
                ],
            }
        ],
    }


def _operation(name: str, definition: str) -> Resource:
    return {"name": name, "definition": definition}


def smart_configuration(site: Site) -> Resource:
    """The document that a client looks for first. It names no token endpoint, since there is none: nothing may be taken for
    protected that is not."""
    return {
        "issuer": site.base,
        "grant_types_supported": [],
        "token_endpoint_auth_methods_supported": [],
        "capabilities": [],
        "scopes_supported": [],
    }
