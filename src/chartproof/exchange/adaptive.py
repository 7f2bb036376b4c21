"""$next-question: the form a group at a time, and of the next group only what the answers so far call for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from chartproof.exchange.coverage import Reason, Said, written
from chartproof.exchange.elements import (
    extension,
    extension_value,
    mapping,
    objects,
    target,
    text,
    texts,
    without_empty,
)
from chartproof.exchange.filled import answered
from chartproof.exchange.form import canonical, form_id, questionnaire
from chartproof.exchange.names import ADAPTIVE, COVERAGE_INFORMATION, DTR, QR_COVERAGE, profile
from chartproof.exchange.package import named
from chartproof.exchange.parameters import arguments, parameters, resources
from chartproof.exchange.refusals import NOT_FOUND, Issue, Refused, Resource
from chartproof.exchange.site import Site
from chartproof.model.policy import Policy

#: The keys of an answer's value, by the type of its question.
VALUES = {
    "boolean": "valueBoolean", "decimal": "valueDecimal", "choice": "valueCoding", "date": "valueDate",
    "text": "valueString", "attachment": "valueAttachment",
}  # fmt: skip


#: Stands at the end of the last group.
LAST = {"linkId": "last", "text": "No more clinical questions follow.", "type": "display"}


def next_question(message: Resource, site: Site, *, now: datetime) -> Resource:
    """The response with the next group of questions; completed where there is none left.

    Raises Refused: CP-FHIR-02 not base R4, -03 answers that the form does not allow (400), -04 a form that is not ours.
    """
    given = arguments(message, bare="QuestionnaireResponse", name="questionnaire-response")
    found = resources(given, "questionnaire-response", "QuestionnaireResponse")
    if len(found) != 1:
        raise Refused(
            "CP-FHIR-03", Issue("exactly one questionnaire-response is needed", "required", "Parameters.parameter")
        )
    response = found[0]
    policy = _policy(response, site)
    whole = questionnaire(policy, base=site.base)
    shown = [text(one.get("linkId")) for one in objects(_contained(response).get("item"))]
    groups = {group["linkId"]: group for group in whole["item"]}
    answers = _answers(response, [groups[link] for link in shown if link in groups])
    _refuse_strange(shown, groups)
    rest = (
        list(groups)[len(shown) :]
        if shown == list(groups)[: len(shown)]
        else [one for one in groups if one not in shown]
    )
    asked = next((group for link in rest if (group := enabled(groups[link], answers)) and group["item"]), None)
    if asked and asked["linkId"] == rest[-1]:
        asked = asked | {"item": [*asked["item"], LAST]}
    items = [*objects(_contained(response).get("item")), *([asked] if asked else [])]
    return parameters(("return", _answer(response, policy, site, items, done=asked is None, now=now)))


def _policy(response: Resource, site: Site) -> Policy:
    """The policy of the contained form, by what it is derived from or by its own address."""
    held = _contained(response)
    names = texts(held.get("derivedFrom"))
    names += [text(held.get("url")), text(response.get("questionnaire"))]
    policy = next((one for name in names if name and (one := named(name, site))), None)
    if policy is None:
        raise Refused(
            "CP-FHIR-04",
            Issue("the questionnaire is not one of this payer", "not-found", "QuestionnaireResponse.contained"),
            status=NOT_FOUND,
        )
    return policy


def _contained(response: Resource) -> Resource:
    held = [one for one in objects(response.get("contained")) if one.get("resourceType") == "Questionnaire"]
    return held[0] if held else {}


def _refuse_strange(shown: list[str], groups: Mapping[str, Resource]) -> None:
    strange = [link for link in shown if link not in groups]
    if strange:
        raise Refused(
            "CP-FHIR-03",
            Issue(
                "the contained questionnaire has items that are not ours",
                "invalid",
                "QuestionnaireResponse.contained[0].item",
            ),
        )


def _answers(response: Resource, groups: list[Resource]) -> dict[str, list[Any]]:
    """linkId -> the values of its answers. Raises Refused CP-FHIR-03 for an answer to no question, or of another type."""
    questions = {one["linkId"]: one for group in groups for one in flat(group)}
    found: dict[str, list[Any]] = {}
    for item in answered(response.get("item")):
        link = text(item.get("linkId"))
        question = questions.get(link)
        if question is None or question["type"] == "group":
            raise Refused(
                "CP-FHIR-03",
                Issue("an answer is given to a question that was not asked", "invalid", "QuestionnaireResponse.item"),
            )
        key = VALUES[question["type"]]
        given = objects(item.get("answer"))
        if not all(key in one for one in given) or (len(given) > 1 and not question.get("repeats")):
            raise Refused(
                "CP-FHIR-03", Issue("an answer is not of its question's type", "value", "QuestionnaireResponse.item")
            )
        found[link] = [one[key] for one in given]
    return found


def flat(item: Resource) -> Iterator[Resource]:
    """An item and all below it."""
    yield item
    for one in item.get("item", ()):
        yield from flat(one)


def enabled(group: Resource, answers: Mapping[str, list[Any]]) -> Resource:
    """The group with those of its items that the answers call for."""
    return group | {"item": [one for one in group["item"] if holds(one, answers)]}


def holds(item: Resource, answers: Mapping[str, list[Any]]) -> bool:
    """enableWhen as R4 has it: an unanswered question fails every comparison but "exists: false"."""
    conditions = objects(item.get("enableWhen"))
    truths = [_holds(one, answers.get(one["question"], [])) for one in conditions]
    return not truths or (any(truths) if item.get("enableBehavior", "any") == "any" else all(truths))


def _holds(condition: Resource, values: list[Any]) -> bool:
    expected = next(value for key, value in condition.items() if key.startswith("answer"))
    match condition["operator"]:
        case "exists":
            return bool(values) is expected
        case "=":
            return any(_same(one, expected) for one in values)
        case ">=":
            return any(_number(one) >= expected for one in values)
        case "<=":
            return any(_number(one) <= expected for one in values)
        case ">":
            return any(_number(one) > expected for one in values)
        case "<":
            return any(_number(one) < expected for one in values)
    return True


def _same(value: Any, expected: Any) -> bool:
    return mapping(value).get("code") == expected["code"] if isinstance(expected, dict) else value is expected


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else float("nan")


def _answer(
    response: Resource, policy: Policy, site: Site, items: list[Resource], *, done: bool, now: datetime
) -> Resource:
    """The response as it came, with the questions so far; its answers are not touched."""
    name = f"adaptive-{form_id(policy)}"[:64]
    held: Resource = {
        "resourceType": "Questionnaire",
        "id": name,
        "meta": {"profile": [profile(DTR, "dtr-questionnaire-adapt")]},
        "extension": [extension(ADAPTIVE, valueUrl=site.base)],
        "title": policy.title,
        "derivedFrom": texts(_contained(response).get("derivedFrom"))
        or [f"{canonical(policy, site.base)}|{policy.edition}"],
        "status": "active",
        "subjectType": ["Patient"],
        "item": items,
    }
    others = [one for one in objects(response.get("contained")) if one.get("resourceType") != "Questionnaire"]
    told = {"extension": _told(response, policy, site, now)} if done else {}
    return (
        response
        | without_empty(told)
        | {
            "meta": {"profile": [profile(DTR, "dtr-questionnaireresponse-adapt")]},
            "contained": [held, *others],
            "questionnaire": f"#{name}",
            "status": "completed" if done else "in-progress",
            "authored": now.isoformat(timespec="seconds"),
        }
    )


def _told(response: Resource, policy: Policy, site: Site, now: datetime) -> list[Resource]:
    """The response's extensions; where it names its coverage, with what the payer says of it now. The answers are not yet
    evidence, so that authorization is needed as before: the form goes with the request."""
    own = objects(response.get("extension"))
    coverage = target(extension_value(response, QR_COVERAGE))
    if not coverage:
        return own
    why = Reason(
        f"{policy.payer} policy {policy.number or policy.id}, edition {policy.edition}: send this form with the request"
    )
    name = text(response.get("id")) + coverage + policy.id
    number = "CF" + hashlib.sha256(name.encode()).hexdigest()[:20]
    said = Said(coverage, "conditional", "auth-needed", ("clinical",), ("withpa",), ("OTH",), reasons=(why,),
                questionnaires=(f"{canonical(policy, site.base)}|{policy.edition}",), assertion=number)  # fmt: skip
    kept = [one for one in own if one.get("url") != COVERAGE_INFORMATION]
    return [*kept, written(said, on=now.date())]
