"""The Library of a form: CQL that looks in a US Core record for the facts that have codes, and its compiled form (ELM), which
scripts/elm.py makes at authoring time. A policy that was changed since has its CQL alone."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import orjson

from chartproof.exchange.form import Form, form_id, library_name, tests
from chartproof.exchange.names import LOINC
from chartproof.exchange.refusals import Resource
from chartproof.model.policy import FactTest, Policy
from chartproof.policy.body import Concept
from chartproof.policy.load import knowledge, read_yaml

FINAL = "O.status.value in { 'final', 'amended', 'corrected' }"
#: Concepts that are in the Patient resource itself.
OF_PATIENT = {
    "age": "AgeInYears()",
    "sex": "case when Patient.gender.value = 'female' then 'female' when Patient.gender.value = 'male' then 'male' else null end",
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
    """The Library resource, with its CQL and ELM as data. Its name is unique among the payer's."""
    policy, text, elm = form.policy, cql(form).encode(), compiled(form)
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
        "content": [_content("text/cql", text), *([_content("application/elm+json", elm)] if elm else [])],
    }


def _content(media: str, data: bytes) -> Resource:
    return {"contentType": media, "data": base64.b64encode(data).decode()}


def compiled(form: Form) -> bytes:
    """The ELM of the form's CQL as JSON; empty where what is packaged was made from another text."""
    path = knowledge("exchange", "elm", f"{form_id(form.policy)}.json")
    held = orjson.loads(path.read_bytes()) if path.is_file() else {}
    same = held.get("cql") == hashlib.sha256(cql(form).encode()).hexdigest()
    return orjson.dumps(held["elm"]) if same else b""


def cql(form: Form) -> str:
    """CQL 1.5, context Patient; an expression for each fact that has codes. Only what the form asks for is looked up."""
    policy = form.policy
    wanted = {one.concept.id: one.concept for one in form.questions() if one.concept.id in computable(form)}
    coded = [one for one in wanted if one in loinc()]
    lines = [
        f"library {library_name(policy)} version '{policy.edition}'",
        "using FHIR version '4.0.1'",
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
    """In the widest window that the policy has for it: the number of the last final result, or that there is one.

    Elements are written out (`status.value`), so that no helper library is needed; a list of codes is one search a code.
    """
    resource = "DiagnosticReport" if name.endswith("_panel") else "Observation"
    found = " union ".join(f'[{resource}: "{code}"]' for code in loinc()[name])
    day = "(O.effective as FHIR.dateTime).value"
    since = f"\n      and date from {day} on or after Today() - {days} days" if (days := _window(name, policy)) else ""
    results = f"({found}) O\n      where {FINAL}{since}"
    if concept.type != "number":
        return f"exists ({results})"
    return f"(Last({results}\n      sort by (effective as FHIR.dateTime).value).value as FHIR.Quantity).value.value"


def _window(name: str, policy: Policy) -> int | None:
    """Days; None where one test of it has no window."""
    terms = {term.name: term.value for term in policy.terms}
    windows = [terms.get(one.within) if isinstance(one.within, str) else one.within for one in _of(name, policy)]
    return None if not windows or None in windows else int(max(one for one in windows if one is not None))


def _of(name: str, policy: Policy) -> Iterator[FactTest]:
    for rule in policy.rules:
        for body in (rule.when, rule.body, rule.unless):
            yield from (one for one in tests(body) if one.concept == name)
