"""ValueSet/$expand and $log-questionnaire-errors: the states of a form's answers, and what went wrong in a client."""

from __future__ import annotations

from datetime import date

from chartproof.exchange.elements import text
from chartproof.exchange.form import form_of, set_url
from chartproof.exchange.parameters import arguments, resources
from chartproof.exchange.refusals import NOT_FOUND, Issue, Refused, Resource
from chartproof.exchange.site import Site
from chartproof.exchange.value_sets import value_set


def expand(url: str, words: str, site: Site, *, on: date) -> Resource:
    """The value set of this address with the states whose words begin with `words`.

    Raises Refused CP-FHIR-04 (404) where the address is not one of ours.
    """
    for policy in site.loaded:
        form = form_of(policy)
        for one in form.questions():
            known = set_url(one.concept, policy, site.base)
            if one.concept.type == "state" and url in (known, known.partition("|")[0]):
                return _kept(value_set(one.concept, form, base=site.base, on=on), words)
    raise Refused("CP-FHIR-04", Issue("the value set is not known here", "not-found", "url"), status=NOT_FOUND)


def _kept(found: Resource, words: str) -> Resource:
    contains = [one for one in found["expansion"]["contains"] if words.lower() in one["display"].lower()]
    return found | {"expansion": found["expansion"] | {"total": len(contains), "contains": contains}}


def logged(message: Resource) -> tuple[str, int]:
    """The questionnaire that a client found errors in, and how many: what is kept of the report, which may name a patient.

    Raises Refused where the report is none.
    """
    given = arguments(message)
    name = next((text(value) for key, value in given if key.lower() == "questionnaire"), "")
    found = resources(given, "operationOutcome", "OperationOutcome") or resources(
        given, "OperationOutcome", "OperationOutcome"
    )
    if not name or not found:
        raise Refused(
            "CP-FHIR-03",
            Issue("a questionnaire and an OperationOutcome are needed", "required", "Parameters.parameter"),
        )
    return name, len(found[0]["issue"])
