"""The adaptive form as a package offers it: a questionnaire without questions, which come from $next-question, and the response with
which a client begins."""

from __future__ import annotations

from datetime import datetime

from chartproof.exchange.elements import extension
from chartproof.exchange.filled import About, response
from chartproof.exchange.form import canonical, form_id, form_of, questionnaire
from chartproof.exchange.names import ADAPTIVE, DTR, profile
from chartproof.exchange.refusals import Resource
from chartproof.model.policy import Policy

#: What the address of the adaptive form has after that of the standard one.
END = "-adaptive"


def search_form(policy: Policy, *, base: str) -> Resource:
    """The questionnaire of the package: whose it is, and where its questions are got."""
    standard = questionnaire(policy, base=base)
    kept = ("resourceType", "version", "name", "title", "status", "subjectType", "date", "publisher", "effectivePeriod")
    return {key: standard[key] for key in kept if key in standard} | {
        "id": f"{form_id(policy)[: 64 - len(END)]}{END}",
        "meta": {"profile": [profile(DTR, "dtr-questionnaire-adapt-search")]},
        "extension": [extension(ADAPTIVE, valueUrl=base)],
        "url": f"{canonical(policy, base)}{END}",
        "name": f"{standard['name']}Adaptive",
    }


def begun(policy: Policy, about: About, *, base: str, at: datetime) -> Resource:
    """The response to send to $next-question: nothing is asked yet, and the form that it contains comes from the package's."""
    name = f"adaptive-{form_id(policy)}"[:64]
    empty = response(form_of(policy), None, about, base=base, at=at, name=f"{name}-response"[:64])
    held = {
        "resourceType": "Questionnaire",
        "id": name,
        "meta": {"profile": [profile(DTR, "dtr-questionnaire-adapt")]},
        "extension": [extension(ADAPTIVE, valueUrl=base)],
        "title": policy.title,
        "derivedFrom": [f"{canonical(policy, base)}{END}|{policy.edition}"],
        "status": "active",
        "subjectType": ["Patient"],
    }
    return {key: one for key, one in empty.items() if key != "item"} | {
        "meta": {"profile": [profile(DTR, "dtr-questionnaireresponse-adapt")]},
        "contained": [held],
        "questionnaire": f"#{name}",
        "status": "in-progress",
    }
