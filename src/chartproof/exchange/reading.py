"""A payer's answer as a provider reads it: what was decided item by item, what is asked for, and Tasks to settle that."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from chartproof.exchange.base import check
from chartproof.exchange.bundles import Held, Index, index
from chartproof.exchange.coded import data, loinc
from chartproof.exchange.elements import (
    codes,
    concept,
    extension,
    extension_value,
    extensions,
    mapping,
    objects,
    reference,
    target,
    text,
    texts,
)
from chartproof.exchange.names import PAS, PAS_CODES, profile
from chartproof.exchange.parameters import arguments
from chartproof.exchange.refusals import Issue, Refused, Resource

SPACE = uuid.UUID("5c0e7d4a-6b1e-5f5d-9c39-2f1c9f0b7a44")
ITEM = f"{PAS}/StructureDefinition"


@dataclass(frozen=True, slots=True)
class Answered:
    """One item. `state` is approved, denied, pended, cancelled, or the payer's own code; `number` the authorization's or
    the payer's reference; `reasons` codes of a denial."""

    sequence: int
    state: str
    number: str = ""
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that the payer asks for. `code` says what (LOINC); `control` links what is sent in answer to it; `line` is
    the item; `context` the form to be got, "" where a document is asked for."""

    code: str
    control: str
    line: int
    context: str = ""
    criterion: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`errors` are the payer's error codes with the element they speak of; `human` whether a person reviewed it."""

    outcome: str
    items: tuple[Answered, ...]
    wanted: tuple[Wanted, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    human: bool
    claim: str
    patient: str


def read_answers(message: Resource) -> tuple[Answer, ...]:
    """Every answer in what a payer sent: to a $submit, to an $inquire of either version, or a refusal.

    Raises Refused CP-FHIR-02 where it is none of these.
    """
    check(message)
    if message.get("resourceType") == "OperationOutcome":
        return (_refusal(message),)
    if message.get("resourceType") != "Parameters":
        return _of_bundle(message)
    found: list[Answer] = []
    for name, value in arguments(message):
        held = mapping(value)
        if held.get("resourceType") == "OperationOutcome":
            found.append(_refusal(held))
        elif held.get("resourceType") == "Bundle" and name in ("responseBundle", "return"):
            found += _of_bundle(held)
    return tuple(found)


def _of_bundle(bundle: Resource) -> tuple[Answer, ...]:
    """An answer for each ClaimResponse at the head; an inquiry that found nothing says that alone."""
    held = index(bundle)
    first = [one for one in held.entries if one.kind == "ClaimResponse"]
    named = mapping(bundle.get("meta")).get("profile")
    if not first and any("inquiry" in one for one in texts(named)):
        return tuple(_refusal(one) for one in held.of("OperationOutcome"))
    if not first or held.entries[0].kind != "ClaimResponse":
        raise Refused("CP-FHIR-02", Issue("the first entry is not a ClaimResponse", "structure", "Bundle.entry[0]"))
    return tuple(_answer(one, held) for one in first)


def _refusal(outcome: Resource) -> Answer:
    """What an OperationOutcome alone says: the message was not worked with, or nothing was found."""
    return Answer("", (), (), (), _told(outcome), False, "", "")


def _told(outcome: Resource) -> tuple[str, ...]:
    issues = objects(outcome.get("issue"))
    return tuple(text(mapping(one.get("details")).get("text")) or text(one.get("diagnostics")) for one in issues)


def _answer(first: Held, held: Index) -> Answer:
    """Anything that is not known in a ClaimResponse is passed over."""
    response = first.resource
    told_of = objects(response.get("processNote"))
    notes: dict[object, str] = {n: text(one.get("text")) for one in told_of if isinstance(n := one.get("number"), int)}
    asked = [held.resolve(target(one), near=first) for one in objects(response.get("communicationRequest"))]
    reviewer = next(extensions(response, f"{ITEM}/extension-claimResponseReviewer"), {})
    return Answer(
        text(response.get("outcome")),
        tuple(_item(one, notes) for one in objects(response.get("item"))),
        tuple(_wanted(one.resource) for one in asked if one is not None),
        tuple(_error(one) for one in objects(response.get("error"))),
        tuple(line for one in held.of("OperationOutcome") for line in _told(one)),
        extension_value(reviewer, "wasHumanReviewedFlag") is True,
        target(response.get("request")),
        target(response.get("patient")),
    )


def _item(item: Resource, notes: dict[object, str]) -> Answered:
    action: Resource = {}
    for one in objects(item.get("adjudication")):
        action = next(extensions(one, f"{ITEM}/extension-reviewAction"), action)
    said = codes(extension_value(action, f"{ITEM}/extension-reviewActionCode"))
    code = said[0][1] if said else ""
    known = {word: name for name, word in data()["x12"]["decision"].items() if name != "system"}
    own = text(extension_value(item, f"{ITEM}/extension-administrationReferenceNumber"))
    reasons = [codes(one.get("valueCodeableConcept")) for one in extensions(action, "reasonCode")]
    sequence = item.get("itemSequence")
    return Answered(
        sequence if isinstance(sequence, int) else 0,
        known.get(code, code or "unknown"),
        text(extension_value(action, "number")) or own,
        tuple(one[0][1] for one in reasons if one),
        tuple(said for number, said in notes.items() if number in _list(item.get("noteNumber"))),
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _error(error: Resource) -> str:
    said = codes(error.get("code"))
    place = text(extension_value(error, f"{ITEM}/extension-errorPath"))
    return f"{said[0][1] if said else 'unknown'}{f' at {place}' if place else ''}"


def _wanted(asked: Resource) -> Wanted:
    payload = next(iter(objects(asked.get("payload"))), {})
    code, control = (
        text(payload.get("contentString")),
        text(next(iter(objects(asked.get("identifier"))), {}).get("value")),
    )
    line = extension_value(asked, f"{ITEM}/extension-serviceLineNumber")
    more = next(extensions(payload, "urn:chartproof:missing"), {})
    return Wanted(
        code, control, line if isinstance(line, int) else 1, control if code == str(data()["questionnaire"]) else "",
        text(extension_value(more, "criterion")), text(extension_value(more, "remedy")),
    )  # fmt: skip


def tasks(answer: Answer, *, payer: str, npi: str, url: str) -> tuple[Resource, ...]:
    """CDex Tasks for what is asked: one for the forms and one for the documents, never both in one.

    payer, npi   identifiers of who asks and of who answers;  url  where the answer is sent
    """
    forms = [one for one in answer.wanted if one.context]
    documents = [one for one in answer.wanted if not one.context]
    made = []
    for kind, wanted in (("attachment-request-questionnaire", forms), ("attachment-request-code", documents)):
        if wanted:
            made.append(_task(kind, answer, wanted, payer=payer, npi=npi, url=url))
    return tuple(made)


def _inputs(wanted: list[Wanted]) -> Iterator[Resource]:
    for one in wanted:
        line = [extension(f"{ITEM}/extension-serviceLineNumber", valuePositiveInt=one.line)]
        if one.context:
            yield {"extension": line, "type": concept(PAS_CODES, "questionnaire-context"), "valueString": one.context}
        else:
            yield {
                "extension": line,
                "type": concept(PAS_CODES, "attachments-needed"),
                "valueCodeableConcept": loinc(one.code),
            }


def _task(kind: str, answer: Answer, wanted: list[Wanted], *, payer: str, npi: str, url: str) -> Resource:
    where = {"type": concept(PAS_CODES, "payer-url"), "valueUrl": url}
    return {
        "resourceType": "Task",
        "id": str(uuid.uuid5(SPACE, f"{answer.claim}/{kind}")),
        "meta": {"profile": [profile(PAS, "profile-task")]},
        "identifier": [{"system": "urn:chartproof:task", "value": one.control} for one in wanted],
        "status": "requested",
        "intent": "order",
        "code": concept(PAS_CODES, kind),
        "for": reference(answer.patient),
        "requester": {"identifier": {"system": "urn:chartproof:payer", "value": payer}},
        "owner": {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": npi}},
        "reasonCode": concept(PAS_CODES, "priorAuthorization"),
        "reasonReference": reference(answer.claim),
        "input": [where, *_inputs(wanted)],
    }


def lines(answer: Answer) -> Iterator[str]:
    """The answer in words, a line each: items, errors, then what is asked for."""
    for one in answer.items:
        number = f" ({one.number})" if one.number else ""
        yield f"item {one.sequence}: {one.state}{number}{': ' + ', '.join(one.reasons) if one.reasons else ''}"
    yield from (f"error {one}" for one in answer.errors)
    yield from dict.fromkeys(note for one in answer.items for note in one.notes)
    for wanted in answer.wanted:
        what = (
            f"the form {wanted.context}"
            if wanted.context
            else f"{wanted.criterion or 'a document'} (LOINC {wanted.code})"
        )
        yield f"asked for: {what}{': ' + wanted.remedy if wanted.remedy else ''}"
    yield from (f"{'to be mended' if answer.outcome else 'the payer says'}: {one}" for one in answer.warnings)
