"""The Library of a form: CQL that looks in a US Core record for the facts that have codes. Raw CQL only; compiled ELM
needs a compiler at authoring time and is not made here."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from chartproof.exchange.form import Form, form_id, library_name, tests
from chartproof.exchange.names import LOINC
from chartproof.exchange.refusals import Resource
from chartproof.model.policy import FactTest, Policy
from chartproof.policy.body import Concept
from chartproof.policy.load import knowledge, read_yaml

FINAL = "O.status in { 'final', 'amended', 'corrected' }"
#: Concepts that are in the Patient resource itself.
OF_PATIENT = {
    "age": "AgeInYears()",
    "sex": "case when Patient.gender = 'female' then 'female' when Patient.gender = 'male' then 'male' else null end",
}


@cache
def loinc() -> Mapping[str, tuple[str, ...]]:
    """Concept -> its LOINC codes, from the vocabulary that reads charts."""
    found: dict[str, tuple[str, ...]] = {}
    labs = _read("labs.yaml")
    for rule in (*labs["tests"].values(), *_read("serology.yaml")["markers"].values()):
        if rule.get("loinc") and rule.get("concept"):
            found[rule["concept"]] = tuple(rule["loinc"])
    found |= {name: tuple(rule["loinc"]) for name, rule in labs["panels"].items()}
    other = _read("tests.yaml")
    return found | {name: tuple(other[name]["loinc"]) for name in ("lvef", "spo2")}


def _read(name: str) -> Any:
    return read_yaml(knowledge("vocabulary", name))


def computable(form: Form) -> frozenset[str]:
    """The concepts of a form for which the Library has an expression."""
    return frozenset(one.concept.id for one in form.questions() if one.concept.id in OF_PATIENT or _coded(one.concept))


def _coded(concept: Concept) -> bool:
    """A number, or that a test was done. What a result's words mean (reactive, trace) is read from the chart, not here."""
    return concept.id in loinc() and concept.type in ("number", "event")


def library(form: Form, *, base: str) -> Resource:
    """The Library resource, with its CQL as data. Its name is unique among the payer's."""
    policy = form.policy
    return {
        "resourceType": "Library",
        "id": form_id(policy),
        "url": f"{base}/Library/{form_id(policy)}",
        "version": policy.edition,
        "name": library_name(policy),
        "status": "active",
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/library-type", "code": "logic-library"}]},
        "subjectCodeableConcept": {"coding": [{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}]},
        "date": policy.edition,
        "publisher": policy.payer,
        "content": [{"contentType": "text/cql", "data": base64.b64encode(cql(form).encode()).decode()}],
    }


def cql(form: Form) -> str:
    """CQL 1.5, context Patient; an expression for each fact that has codes. Only what the form asks for is looked up."""
    policy = form.policy
    wanted = {one.concept.id: one.concept for one in form.questions() if one.concept.id in computable(form)}
    coded = [one for one in wanted if one in loinc()]
    lines = [
        f"library {library_name(policy)} version '{policy.edition}'",
        "using FHIR version '4.0.1'",
        "include FHIRHelpers version '4.0.1'",
        f"codesystem \"LOINC\": '{LOINC}'",
    ]
    lines += [f'code "{code}": \'{code}\' from "LOINC"' for one in coded for code in loinc()[one]]
    lines += ["context Patient", ""]
    for name, concept in wanted.items():
        lines += [
            f"// {concept.name}",
            f'define "{name}":',
            f"  {OF_PATIENT.get(name) or _latest(name, concept, policy)}",
            "",
        ]
    return "\n".join(lines)


def _latest(name: str, concept: Concept, policy: Policy) -> str:
    """The last final result in the widest window that the policy has for it: its number, or that there is one."""
    codes = ", ".join(f'"{code}"' for code in loinc()[name])
    resource = "DiagnosticReport" if name.endswith("_panel") else "Observation"
    days = _window(name, policy)
    day = "date from (O.effective as FHIR.dateTime)"
    since = f"\n      and {day} on or after Today() - {days} days" if days else ""
    found = (
        f"Last([{resource}: code in {{ {codes} }}] O\n      where {FINAL}{since}\n"
        "      sort by (effective as FHIR.dateTime))"
    )
    return f"(({found}).value as FHIR.Quantity).value" if concept.type == "number" else f"exists ({found})"


def _window(name: str, policy: Policy) -> int | None:
    """Days; None where one test of it has no window."""
    terms = {term.name: term.value for term in policy.terms}
    windows = [terms.get(one.within) if isinstance(one.within, str) else one.within for one in _of(name, policy)]
    return None if not windows or None in windows else int(max(one for one in windows if one is not None))


def _of(name: str, policy: Policy) -> Iterator[FactTest]:
    for rule in policy.rules:
        for body in (rule.when, rule.body, rule.unless):
            yield from (one for one in tests(body) if one.concept == name)
