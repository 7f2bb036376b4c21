"""The states that a fact may have, as value sets that need no terminology server: ours, short, and expanded."""

from __future__ import annotations

from datetime import date

from chartproof.exchange.form import Form, set_url
from chartproof.exchange.names import STATES, fhir_id
from chartproof.exchange.refusals import Resource
from chartproof.policy.body import Concept


def value_sets(form: Form, *, base: str, on: date) -> list[Resource]:
    """One ValueSet for each concept with states that the form asks for, in the order of the questions."""
    asked = {one.concept.id: one.concept for one in form.questions() if one.concept.type == "state" and not one.of}
    return [value_set(one, form, base=base, on=on) for one in asked.values()]


def value_set(concept: Concept, form: Form, *, base: str, on: date) -> Resource:
    url, _, version = set_url(concept, form.policy, base).partition("|")
    system = f"{STATES}:{concept.id}"
    words = [{"code": word, "display": word.replace("_", " ")} for word in concept.values]
    return {
        "resourceType": "ValueSet",
        "id": fhir_id(concept.id),
        "url": url,
        "version": version,
        "name": "States_" + concept.id,
        "title": concept.name,
        "status": "active",
        "date": form.policy.edition,
        "publisher": form.policy.payer,
        "compose": {"include": [{"system": system, "concept": words}]},
        "expansion": {
            "timestamp": f"{on.isoformat()}T00:00:00Z",
            "total": len(words),
            "contains": [{"system": system, **word} for word in words],
        },
    }
