"""The addresses that the guides, R4 and we ourselves gave to what is exchanged."""

from __future__ import annotations

HL7 = "http://hl7.org/fhir"
CRD = f"{HL7}/us/davinci-crd"
DTR = f"{HL7}/us/davinci-dtr"
PAS = f"{HL7}/us/davinci-pas"
SDC = f"{HL7}/uv/sdc"

#: Code systems.
X12 = "https://codesystem.x12.org/005010"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
#: PAS writes it without the s.
HCPCS_PAS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CPT = "http://www.ama-assn.org/go/cpt"
ICD10CM = f"{HL7}/sid/icd-10-cm"
ICD10PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
NPI = f"{HL7}/sid/us-npi"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
PLACE_OF_SERVICE = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
PAS_CODES = f"{PAS}/CodeSystem/PASTempCodes"
CRD_CODES = f"{CRD}/CodeSystem/coverage-information-codes"
CRD_TEMP = f"{CRD}/CodeSystem/temp"
NULL = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"

#: Extensions of the guides.
COVERAGE_INFORMATION = f"{CRD}/StructureDefinition/ext-coverage-information"
BILLING_OPTIONS = f"{CRD}/StructureDefinition/ext-billing-options"
INFORMATION_ORIGIN = f"{DTR}/StructureDefinition/information-origin"
ALTERNATIVE = f"{DTR}/StructureDefinition/alternativeExpression"
QR_CONTEXT = f"{DTR}/StructureDefinition/qr-context"
QR_COVERAGE = f"{DTR}/StructureDefinition/qr-coverage"
INTENDED_USE = f"{DTR}/StructureDefinition/intendedUse"
CQF_LIBRARY = f"{HL7}/StructureDefinition/cqf-library"
ADAPTIVE = f"{SDC}/StructureDefinition/sdc-questionnaire-questionnaireAdaptive"
INITIAL = f"{SDC}/StructureDefinition/sdc-questionnaire-initialExpression"
LAUNCH_CONTEXT = f"{SDC}/StructureDefinition/sdc-questionnaire-launchContext"

#: Ours. What no guide has: where an answer stands in the chart, why there is none, and what the review made of a criterion.
ANSWER_EVIDENCE = "urn:chartproof:answer-evidence"
NO_ANSWER = "urn:chartproof:no-answer"
CRITERION_STATUS = "urn:chartproof:criterion-status"
STATES = "urn:chartproof:states"


def fhir_id(name: str) -> str:
    """A name as a FHIR id: letters, digits, hyphens and dots, at most 64."""
    return "".join(one if (one.isalnum() and one.isascii()) or one in ".-" else "-" for one in name)[:64]


def profile(guide: str, name: str) -> str:
    return f"{guide}/StructureDefinition/{name}"
