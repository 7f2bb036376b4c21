"""The least that a resource must have to be FHIR: a known type, the shape of what is read, and codes that exist."""

from __future__ import annotations

from typing import Any

from chartproof.errors import InputError

_EVENT = "preparation in-progress not-done on-hold stopped completed entered-in-error unknown"
_REQUEST = "draft active on-hold revoked completed entered-in-error unknown"
#: Required bindings of R4: the words that `status` may have.
STATUS = {
    "Observation": "registered preliminary final amended corrected cancelled entered-in-error unknown",
    "DiagnosticReport": (
        "registered partial preliminary final amended corrected appended cancelled entered-in-error unknown"
    ),
    "MedicationRequest": "active on-hold cancelled completed entered-in-error stopped draft unknown",
    "MedicationStatement": "active completed entered-in-error intended stopped on-hold unknown not-taken",
    "MedicationAdministration": "in-progress not-done on-hold completed entered-in-error stopped unknown",
    "MedicationDispense": (
        "preparation in-progress cancelled on-hold completed entered-in-error stopped declined unknown"
    ),
    "Procedure": _EVENT,
    "ServiceRequest": _REQUEST,
    "Immunization": "completed entered-in-error not-done",
    "DocumentReference": "current superseded entered-in-error",
    "FamilyMemberHistory": "partial completed entered-in-error health-unknown",
    "Encounter": "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown",
    "Coverage": "active cancelled draft entered-in-error",
    "QuestionnaireResponse": "in-progress completed amended entered-in-error stopped",
}
_CLINICAL = {
    "clinicalStatus": "active recurrence relapse inactive remission resolved",
    "verificationStatus": "unconfirmed provisional differential confirmed refuted entered-in-error",
}
_OBJECTS = ("code", "subject", "patient", "valueQuantity", "valueCodeableConcept", "text", "vaccineCode", "period")
#: Elements that repeat, and so are lists, in the resources where they are read.
_LISTS = {
    "Bundle": ("entry",),
    "Observation": ("component", "interpretation", "referenceRange", "note", "category"),
    "DiagnosticReport": ("presentedForm", "conclusionCode", "result", "category"),
    "Condition": ("category", "note", "bodySite"),
    "QuestionnaireResponse": ("item",),
    "Patient": ("name", "identifier"),
    "DocumentReference": ("content",),
}


def check(where: str, resource: dict[str, Any]) -> None:
    """InputError (CP-READ-21) where the resource is not valid FHIR; the message names the key and never its value."""
    kind = resource["resourceType"]
    if not kind.isalpha() or not kind[0].isupper():
        raise _bad(where, "a resourceType that FHIR does not know")
    allowed = STATUS.get(kind)
    status = resource.get("status")
    if allowed and (not isinstance(status, str) or status not in allowed.split()):
        raise _bad(where, f"a {kind} whose status is missing or not one of FHIR's")
    if kind in ("Observation", "DiagnosticReport") and not isinstance(resource.get("code"), dict):
        raise _bad(where, f"a {kind} without a code")
    if kind == "Condition":
        for key, words in _CLINICAL.items():
            _check_concept(where, kind, key, resource.get(key), words)
    for key in _OBJECTS:
        if key in resource and not isinstance(resource[key], dict) and not (key == "code" and kind in _CODE_IS_WORD):
            raise _bad(where, f"a {kind} whose {key} is not an object")
    for key in _LISTS.get(kind, ()):
        if key in resource and not isinstance(resource[key], list):
            raise _bad(where, f"a {kind} whose {key} is not a list")


_CODE_IS_WORD = {"SearchParameter", "OperationDefinition", "StructureDefinition", "CompartmentDefinition"}


def _check_concept(where: str, kind: str, key: str, value: Any, words: str) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise _bad(where, f"a {kind} whose {key} is not an object")
    coding = value.get("coding")
    codes = [one.get("code") for one in coding if isinstance(one, dict)] if isinstance(coding, list) else []
    if codes and not any(code in words.split() for code in codes):
        raise _bad(where, f"a {kind} whose {key} is not one of FHIR's")


def _bad(where: str, what: str) -> InputError:
    return InputError(
        "CP-READ-21", f"this is not valid FHIR R4: {what}", where=where, then="Export it again as FHIR R4."
    )
