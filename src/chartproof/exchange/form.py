"""A policy as a Questionnaire: a group a criterion, whose linkId is the criterion's own id; a question a fact it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from chartproof.exchange.conditions import Ask, shown_when
from chartproof.exchange.elements import coding, extension
from chartproof.exchange.names import (
    ALTERNATIVE,
    CQF_LIBRARY,
    DTR,
    HL7,
    INITIAL,
    LAUNCH_CONTEXT,
    SDC,
    UCUM,
    fhir_id,
    profile,
)
from chartproof.exchange.refusals import Resource
from chartproof.model.policy import Body, Constant, FactTest, Group, Policy, Rule
from chartproof.policy.body import Concept
from chartproof.policy.load import concepts

#: Groups in the order in which they are asked, by the kind of a criterion.
KINDS = {
    "precondition": "Before anything else",
    "necessity": "Medical necessity",
    "exclusion": "What would speak against it",
    "continuation": "Continuation",
    "documentation": "Documents",
}
#: The group of what decides which of the others are asked.
FIRST = "when"
MEDIA = (
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/tiff",
    "text/plain",
    "application/xml",
    "application/json",
)
MAX_ATTACHMENT = 50_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """One fact that is asked for: `of` narrows a state to one word; `covered`: silence may be an answer."""

    link: str
    concept: Concept
    of: str = ""
    covered: bool = False


@dataclass(slots=True)
class Form:
    """A policy's questions: `criteria` has, for each criterion, those that it is the first to ask."""

    policy: Policy
    first: list[Question] = field(default_factory=list)
    criteria: dict[str, list[Question]] = field(default_factory=dict)
    links: dict[tuple[str, str], str] = field(default_factory=dict)

    def questions(self) -> list[Question]:
        return [*self.first, *(one for own in self.criteria.values() for one in own)]


def form_of(policy: Policy) -> Form:
    """Every fact of the policy, asked once: those that decide what applies come first."""
    form = Form(policy)
    for rule in policy.rules:
        for test in tests(rule.when):
            form.first += _asked(test, f"{FIRST}/{test.concept}", form)
    for rule in policy.rules:
        own = form.criteria.setdefault(rule.id, [])
        for body in (rule.body, rule.unless):
            for test in tests(body):
                own += _asked(test, f"{rule.id}/{test.concept}", form)
    return form


def tests(body: Body | None) -> Iterator[FactTest]:
    """The fact tests of a body, in order."""
    if isinstance(body, FactTest):
        yield body
    elif isinstance(body, Group):
        for child in body.children:
            yield from tests(child)


def _asked(test: FactTest, link: str, form: Form) -> list[Question]:
    key = (test.concept, test.of)
    if key in form.links:
        return []
    form.links[key] = link + (f"/{test.of}" if test.of else "")
    return [Question(form.links[key], concepts()[test.concept], test.of, test.covered)]


def questionnaire(policy: Policy, *, base: str, populated: frozenset[str] = frozenset()) -> Resource:
    """The standard questionnaire of a policy. `populated` are the concepts for which its Library has an expression."""
    form = form_of(policy)
    ask = Ask(form.links, concepts(), {term.name: term.value for term in policy.terms})
    groups = [_group(FIRST, "What decides which questions are asked", [_item(one, populated) for one in form.first])]
    for kind, title in KINDS.items():
        rules = [rule for rule in policy.rules if rule.kind == kind]
        groups.append(_group(kind, title, [_criterion(rule, form, ask, populated) for rule in rules]))
    url = canonical(policy, base)
    return {
        "resourceType": "Questionnaire",
        "id": form_id(policy),
        "meta": {"profile": [profile(DTR, "dtr-std-questionnaire")]},
        "text": {"status": "generated", "div": _narrative(policy)},
        "extension": [
            {"url": f"{HL7}/StructureDefinition/rendering-styleSensitive", "valueBoolean": False},
            {"url": f"{SDC}/StructureDefinition/sdc-questionnaire-entryMode", "valueCode": "random"},
            extension(CQF_LIBRARY, valueCanonical=library_url(policy, base)),
            {
                "extension": [
                    {"url": "name", "valueCoding": coding(f"{SDC}/CodeSystem/launchContext", "patient")},
                    {"url": "type", "valueCode": "Patient"},
                ],
                "url": LAUNCH_CONTEXT,
            },
        ],
        "url": url,
        "version": policy.edition,
        "name": library_name(policy),
        "title": f"{policy.payer} {policy.number}: {policy.title}".strip(),
        "status": "active",
        "subjectType": ["Patient"],
        "date": policy.edition,
        "publisher": policy.payer,
        "effectivePeriod": {"start": policy.edition},
        "item": [bind(group, policy, base) for group in groups if group["item"]],
    }


def canonical(policy: Policy, base: str) -> str:
    return f"{base}/Questionnaire/{form_id(policy)}"


def form_id(policy: Policy) -> str:
    return fhir_id(policy.id)


def library_name(policy: Policy) -> str:
    """A name that CQL can use without quotes."""
    return "Policy_" + "".join(one if one.isalnum() and one.isascii() else "_" for one in policy.id)


def library_url(policy: Policy, base: str) -> str:
    return f"{base}/Library/{form_id(policy)}|{policy.edition}"


def set_url(concept: Concept, policy: Policy, base: str) -> str:
    """The value set of a concept's states, with the edition of the policy that asks for them."""
    return f"{base}/ValueSet/{fhir_id(concept.id)}|{policy.edition}"


def bind(item: Resource, policy: Policy, base: str) -> Resource:
    """The item with its value sets' addresses; below it too."""
    below = [bind(one, policy, base) for one in item.get("item", ())]
    found = item | ({"item": below} if below else {})
    if "answerValueSet" in found:
        found |= {"answerValueSet": set_url(concepts()[found["answerValueSet"]], policy, base)}
    return found


def _group(link: str, title: str, items: list[Resource]) -> Resource:
    return {"linkId": link, "text": title, "type": "group", "item": items}


def _criterion(rule: Rule, form: Form, ask: Ask, populated: frozenset[str]) -> Resource:
    items = [_item(one, populated) for one in form.criteria[rule.id]]
    items += [
        {"linkId": f"{rule.id}/judgement", "text": one.text, "type": "text"}
        for one in _constants(rule.body)
        if one.kind == "untranslated"
    ][:1]
    items.append(_document(rule))
    shown = shown_when(rule.when, ask)
    return {
        "linkId": rule.id,
        "prefix": rule.id,
        "text": rule.says,
        "type": "group",
        **(shown.as_item() if shown else {}),
        "item": items,
    }


def _constants(body: Body) -> list[Constant]:
    if isinstance(body, Group):
        return [one for child in body.children for one in _constants(child)]
    return [body] if isinstance(body, Constant) else []


def _item(one: Question, populated: frozenset[str]) -> Resource:
    """A question, with the day on which its answer was true below it."""
    kind = "boolean" if one.of else {"state": "choice", "number": "decimal"}.get(one.concept.type, "boolean")
    name = one.concept.name + (f": {one.of.replace('_', ' ')}" if one.of else "")
    added: list[Resource] = []
    if kind == "decimal" and one.concept.unit:
        unit = (
            coding(UCUM, one.concept.unit, one.concept.unit)
            if one.concept.unit == "%"
            else {"display": one.concept.unit}
        )
        added.append(extension(f"{HL7}/StructureDefinition/questionnaire-unit", valueCoding=unit))
    if one.concept.id in populated and not one.of:
        compiled = {
            "language": "application/elm+json",
            "expression": f'{{"name":"{one.concept.id}","type":"ExpressionRef"}}',
        }
        said = {
            "extension": [extension(ALTERNATIVE, valueExpression=compiled)],
            "language": "text/cql-identifier",
            "expression": one.concept.id,
        }
        added.append(extension(INITIAL, valueExpression=said))
    return {
        **({"extension": added} if added else {}),
        "linkId": one.link,
        "text": name,
        "type": kind,
        **({"answerValueSet": one.concept.id} if kind == "choice" else {}),
        "item": [{"linkId": f"{one.link}/date", "text": "On which day?", "type": "date"}],
    }


def _document(rule: Rule) -> Resource:
    allowed = [extension(f"{HL7}/StructureDefinition/mimeType", valueCode=one) for one in MEDIA]
    size = extension(f"{HL7}/StructureDefinition/maxSize", valueDecimal=MAX_ATTACHMENT)
    return {
        "extension": [*allowed, size],
        "linkId": f"{rule.id}/document",
        "text": f"Document: {rule.remedy or rule.says}",
        "type": "attachment",
        "repeats": True,
    }


def _narrative(policy: Policy) -> str:
    rows = "".join(f"<li>{escape(rule.id)}: {escape(rule.says)}</li>" for rule in policy.rules)
    return f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{escape(policy.title)}</p><ul>{rows}</ul></div>'
