"""What each resource states, in the source's own words and codes, before anyone says what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from chartproof.chart.dates import clock, parse_stamp
from chartproof.chart.fhir_values import (
    Resource,
    codes,
    concept,
    concepts,
    measured,
    number_of,
    objects,
    people,
    person,
    reference,
    status_code,
    target_of,
    text_of,
    when,
)
from chartproof.model.day import DayRange
from chartproof.model.page import Code

Kind = Literal[
    "observation", "report", "condition", "medication", "procedure", "order", "immunization", "allergy", "document",
    "patient", "coverage", "encounter", "family", "other",
]  # fmt: skip


@dataclass(slots=True)
class Statement:
    """An Entry without its place. `words` are the resource's own words beside the label, for a line of text."""

    kind: Kind
    label: str
    codes: tuple[Code, ...] = ()
    value: float | str | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    when: DayRange | None = None
    until: DayRange | None = None
    status: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()


def statements(resource: Resource, named: Mapping[str, Resource]) -> list[Statement]:
    """The resource's statements; at least one for every resource, so that none is lost from the ledger.

    named   every resource of the file by its full URL or Type/id, to resolve references to medications and people
    """
    build = _BUILDERS.get(resource["resourceType"], _other)
    found = list(build(resource, named))
    for one in found:
        one.extra.setdefault("resource", str(resource["resourceType"]))
        one.extra.setdefault("id", text_of(resource.get("id")))
        one.extra.setdefault("subject", reference(resource.get("subject") or resource.get("patient"), named))
        one.extra.setdefault("encounter", reference(resource.get("encounter") or resource.get("context"), named))
        one.extra.setdefault("category", concepts(resource.get("category")))
        one.extra.setdefault("note", " ".join(text_of(n.get("text")) for n in objects(resource.get("note"))))
        one.extra.setdefault("performer", people(resource, named))
        one.extra.setdefault("reason", concepts(resource.get("reasonCode")))
    return found


def _bounds(holder: Resource) -> dict[str, str]:
    for one in objects(holder.get("referenceRange")):
        low, high = number_of(one.get("low")), number_of(one.get("high"))
        return {
            "reference_low": "" if low is None else f"{low:g}",
            "reference_high": "" if high is None else f"{high:g}",
            "reference": text_of(one.get("text")),
        }
    return {}


def _observation(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
    start, end = when(resource, "effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued")
    status = text_of(resource.get("status"))
    taken = text_of(resource.get("effectiveDateTime") or resource.get("effectiveInstant"))
    shared = {
        "time": clock(taken),
        "issued": text_of(resource.get("issued")),
        "method": concept(resource.get("method")),
    }
    shared |= {"specimen": reference(resource.get("specimen"), named), "body_site": concept(resource.get("bodySite"))}
    components = objects(resource.get("component"))
    parent = concept(resource.get("code"))
    for holder in (resource, *components):
        value, low, high, unit = measured(holder)
        extra = dict(shared)
        extra |= {"interpretation": concepts(holder.get("interpretation"))} | _bounds(holder)
        extra["absent_reason"] = status_code(holder.get("dataAbsentReason"))
        if holder is not resource:
            extra["panel"] = parent
        label = concept(holder.get("code"))
        shown = f"{value:g} {unit}".strip() if isinstance(value, float) else f"{value or ''} {unit}".strip()
        words = (shown, str(start or ""), status)
        yield Statement(
            "observation", label, codes(holder.get("code")), value, low, high, unit, start, end, status, extra, words
        )


def _report(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
    start, end = when(resource, "effectiveDateTime", "effectivePeriod", "issued")
    conclusion = text_of(resource.get("conclusion"))
    extra = {"conclusion": conclusion, "issued": text_of(resource.get("issued"))}
    extra["conclusion_code"] = concepts(resource.get("conclusionCode"))
    status = text_of(resource.get("status"))
    yield Statement(
        "report", concept(resource.get("code")), codes(resource.get("code"), resource.get("conclusionCode")),
        conclusion or None, when=start, until=end, status=status, extra=extra, words=(str(start or ""), status, conclusion),
    )  # fmt: skip


def _condition(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
    start, _ = when(resource, "onsetDateTime", "onsetPeriod", "recordedDate")
    end, _ = when(resource, "abatementDateTime", "abatementPeriod")
    clinical, verification = (
        status_code(resource.get("clinicalStatus")),
        status_code(resource.get("verificationStatus")),
    )
    extra = {"clinical": clinical, "verification": verification, "recorded": text_of(resource.get("recordedDate"))}
    extra |= {"body_site": concepts(resource.get("bodySite")), "severity": concept(resource.get("severity"))}
    extra["stage"] = ", ".join(concept(one.get("summary")) for one in objects(resource.get("stage")))
    extra["onset"] = text_of(resource.get("onsetString"))
    yield Statement(
        "condition", concept(resource.get("code")), codes(resource.get("code")), when=start, until=end,
        status=verification if verification in ("entered-in-error", "refuted") else clinical or verification,
        extra=extra, words=(clinical, verification, str(start or "")),
    )  # fmt: skip


def _medication(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
    drug = resource.get("medicationCodeableConcept")
    linked = target_of(
        next((text_of(o.get("reference")) for o in objects(resource.get("medicationReference"))), ""), named
    )
    contained = {"#" + text_of(o.get("id")): o for o in objects(resource.get("contained") or [])}
    if not linked:
        linked = next(
            (contained.get(text_of(o.get("reference"))) for o in objects(resource.get("medicationReference"))), None
        )
    label = concept(drug) or (concept(linked.get("code")) if linked else "")
    label = label or reference(resource.get("medicationReference"), named)
    start, end = when(
        resource, "effectiveDateTime", "effectivePeriod", "whenHandedOver", "whenPrepared", "authoredOn", "dateAsserted"
    )
    directions = objects(resource.get("dosageInstruction") or resource.get("dosage"))
    if start and not end:
        end = _ordered_until(directions)
    dosage = "; ".join(filter(None, (text_of(o.get("text")) for o in directions)))
    amount, unit = _dose(resource, directions)
    status = text_of(resource.get("status"))
    extra = {
        "dosage": dosage,
        "intent": text_of(resource.get("intent")),
        "authored": text_of(resource.get("authoredOn")),
    }
    extra |= {"route": concept(next((o.get("route") for o in directions), None))}
    extra["status_reason"] = concepts(resource.get("statusReason") or resource.get("statusReasonCodeableConcept"))
    extra["do_not_perform"] = "true" if resource.get("doNotPerform") is True else ""
    yield Statement(
        "medication", label, codes(drug, linked.get("code") if linked else None), amount, amount, amount, unit,
        start, end, status, extra, (dosage, status, str(start or "")),
    )  # fmt: skip


def _ordered_until(directions: list[Resource]) -> DayRange | None:
    """The last day of the period for which an order was given (timing.repeat.boundsPeriod)."""
    timings = [timing for one in directions for timing in objects(one.get("timing"))]
    repeats = [repeat for timing in timings for repeat in objects(timing.get("repeat"))]
    return next((end for repeat in repeats if (end := when(repeat, "boundsPeriod")[1])), None)


def _dose(resource: Resource, directions: list[Resource]) -> tuple[float | None, str]:
    for one in directions:
        for holder in (one.get("dose"), *(rate.get("doseQuantity") for rate in objects(one.get("doseAndRate")))):
            if (number := number_of(holder)) is not None:
                return number, next((text_of(o.get("unit")) for o in objects(holder)), "")
    return None, ""


def _event(kind: Kind, key: str, *dates: str) -> Callable[[Resource, Mapping[str, Resource]], Iterator[Statement]]:
    """A builder for a resource whose matter is one concept under `key`."""

    def build(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
        start, end = when(resource, *dates)
        status = text_of(resource.get("status"))
        extra = {"intent": text_of(resource.get("intent")), "outcome": concept(resource.get("outcome"))}
        extra |= {"body_site": concepts(resource.get("bodySite")), "priority": text_of(resource.get("priority"))}
        extra["status_reason"] = concepts(resource.get("statusReason"))
        extra["do_not_perform"] = "true" if resource.get("doNotPerform") is True else ""
        extra["authored"] = text_of(resource.get("authoredOn"))
        label = concept(resource.get(key))
        words = (status, text_of(resource.get("intent")), str(start or ""))
        yield Statement(
            kind, label, codes(resource.get(key)), when=start, until=end, status=status, extra=extra, words=words
        )

    return build


def _allergy(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
    start, _ = when(resource, "onsetDateTime", "recordedDate")
    clinical, verification = (
        status_code(resource.get("clinicalStatus")),
        status_code(resource.get("verificationStatus")),
    )
    reactions = ", ".join(concepts(one.get("manifestation")) for one in objects(resource.get("reaction")))
    yield Statement(
        "allergy", concept(resource.get("code")), codes(resource.get("code")), reactions or None, when=start,
        status=verification if verification in ("entered-in-error", "refuted") else clinical or verification,
        extra={"clinical": clinical, "verification": verification}, words=(reactions, clinical),
    )  # fmt: skip


def _patient(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
    extra = {"gender": text_of(resource.get("gender")), "birth_date": text_of(resource.get("birthDate"))}
    for one in objects(resource.get("identifier")):
        kind = status_code(one.get("type")) or concept(one.get("type")) or "identifier"
        key = "mrn" if kind.upper() in ("MR", "MRN") else kind.lower().replace(" ", "_")
        extra.setdefault(key, text_of(one.get("value")))
    extra["deceased"] = text_of(resource.get("deceasedDateTime")) or str(resource.get("deceasedBoolean") or "")
    name = person(resource)
    extra["subject"] = name
    words = (extra["gender"], extra["birth_date"], extra.get("mrn", ""))
    yield Statement(
        "patient",
        name or extra.get("mrn", "") or "Patient",
        when=parse_stamp(extra["birth_date"]),
        extra=extra,
        words=words,
    )


def _coverage(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
    start, end = when(resource, "period")
    payer = reference(resource.get("payor"), named)
    extra = {"payer": payer, "member_id": text_of(resource.get("subscriberId")), "plan": concept(resource.get("type"))}
    for one in objects(resource.get("class")):
        extra.setdefault(status_code(one.get("type")) or "class", text_of(one.get("value")))
    extra["subject"] = reference(resource.get("beneficiary"), named)
    label = payer or extra["plan"] or "Coverage"
    status = text_of(resource.get("status"))
    yield Statement("coverage", label, when=start, until=end, status=status, extra=extra, words=(extra["plan"], status))


def _encounter(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
    start, end = when(resource, "period")
    kind = concepts(resource.get("type")) or next(
        (text_of(o.get("display")) for o in objects(resource.get("class"))), ""
    )
    status = text_of(resource.get("status"))
    yield Statement(
        "encounter", kind, codes(*objects(resource.get("type"))), when=start, until=end, status=status,
        words=(status, str(start or "")),
    )  # fmt: skip


def _document(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
    start, _ = when(resource, "date", "indexed", "created")
    extra = {"doc_status": text_of(resource.get("docStatus")), "title": text_of(resource.get("description"))}
    status = text_of(resource.get("docStatus")) or text_of(resource.get("status"))
    yield Statement(
        "document", concept(resource.get("type")) or extra["title"], codes(resource.get("type")), when=start,
        status=status, extra=extra, words=(extra["title"], status, str(start or "")),
    )  # fmt: skip


def _family(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
    who = concept(resource.get("relationship"))
    status, (start, _) = text_of(resource.get("status")), when(resource, "date")
    conditions = objects(resource.get("condition")) or [{}]
    for one in conditions:
        yield Statement(
            "family", concept(one.get("code")) or who, codes(one.get("code")), when=start, status=status,
            extra={"relationship": who, "outcome": concept(one.get("outcome"))}, words=(who,),
        )  # fmt: skip


def _answers(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
    start, _ = when(resource, "authored")
    status = text_of(resource.get("status"))

    def walk(items: Any, depth: int) -> Iterator[Statement]:
        for item in objects(items) if depth < 12 else []:
            question = text_of(item.get("text")) or text_of(item.get("linkId"))
            for answer in objects(item.get("answer")):
                value, low, high, unit = _answer(answer)
                extra = {"link": text_of(item.get("linkId")), "questionnaire": text_of(resource.get("questionnaire"))}
                shown = f"{value:g}" if isinstance(value, float) else str(value or "")
                yield Statement(
                    "observation", question, (), value, low, high, unit, start, None, status, extra, (f"{shown} {unit}".strip(),)
                )  # fmt: skip
                yield from walk(answer.get("item"), depth + 1)
            yield from walk(item.get("item"), depth + 1)

    found = list(walk(resource.get("item"), 0))
    yield from found or [Statement("other", "QuestionnaireResponse", when=start, status=status)]


def _answer(answer: Resource) -> tuple[float | str | None, float | None, float | None, str]:
    coding = answer.get("valueCoding")
    if isinstance(coding, dict):
        return text_of(coding.get("display")) or text_of(coding.get("code")) or None, None, None, ""
    return measured(answer)


def _other(resource: Resource, named: Mapping[str, Resource]) -> Iterator[Statement]:
    label = person(resource) or text_of(resource.get("name")) or concept(resource.get("code")) or ""
    label = label or text_of(resource.get("title")) or str(resource["resourceType"])
    start, end = when(resource, "date", "created", "issued", "recorded", "period")
    value = text_of(resource.get("summary")) or text_of(resource.get("description"))
    yield Statement(
        "other", label, codes(resource.get("code")), value or None, when=start, until=end,
        status=text_of(resource.get("status")), words=(value,),
    )  # fmt: skip


_BUILDERS: dict[str, Callable[[Resource, Mapping[str, Resource]], Iterator[Statement]]] = {
    "Observation": _observation,
    "DiagnosticReport": _report,
    "Condition": _condition,
    "MedicationRequest": _medication,
    "MedicationStatement": _medication,
    "MedicationAdministration": _medication,
    "MedicationDispense": _medication,
    "Procedure": _event("procedure", "code", "performedDateTime", "performedPeriod"),
    "ServiceRequest": _event("order", "code", "occurrenceDateTime", "occurrencePeriod", "authoredOn"),
    "Immunization": _event("immunization", "vaccineCode", "occurrenceDateTime", "recorded"),
    "AllergyIntolerance": _allergy,
    "Patient": _patient,
    "Coverage": _coverage,
    "Encounter": _encounter,
    "DocumentReference": _document,
    "FamilyMemberHistory": _family,
    "QuestionnaireResponse": _answers,
}
