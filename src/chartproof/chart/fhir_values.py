"""Values of FHIR R4: codes, references, names, times, quantities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chartproof.chart.dates import parse_stamp
from chartproof.chart.numbers import interval
from chartproof.model.day import DayRange
from chartproof.model.page import Code

Resource = Mapping[str, Any]

SYSTEMS = {
    "http://loinc.org": "loinc",
    "http://snomed.info/sct": "snomed",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10cm",
    "http://hl7.org/fhir/sid/icd-10": "icd10cm",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://www.ama-assn.org/go/cpt": "cpt",
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "hcpcs",
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "hcpcs",
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "http://hl7.org/fhir/sid/ndc": "ndc",
}


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def objects(value: Any) -> list[Resource]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, dict)]


def concept(value: Any) -> str:
    """A CodeableConcept in words: its text, else the first display, else the first code."""
    for one in objects(value):
        if text_of(one.get("text")):
            return text_of(one.get("text"))
        codings = objects(one.get("coding"))
        for key in ("display", "code"):
            for coding in codings:
                if text_of(coding.get(key)):
                    return text_of(coding.get(key))
    return ""


def concepts(value: Any) -> str:
    return ", ".join(filter(None, (concept(one) for one in objects(value))))


def status_code(value: Any) -> str:
    """The bare code of a status concept (active, refuted, ...)."""
    for one in objects(value):
        for coding in objects(one.get("coding")):
            if text_of(coding.get("code")):
                return text_of(coding.get("code"))
        return text_of(one.get("text"))
    return ""


def codes(*values: Any) -> tuple[Code, ...]:
    return tuple(
        Code(
            SYSTEMS.get(text_of(c.get("system")), text_of(c.get("system"))),
            text_of(c.get("code")),
            text_of(c.get("display")),
        )
        for value in values
        for one in objects(value)
        for c in objects(one.get("coding"))
        if text_of(c.get("code"))
    )


def reference(value: Any, named: Mapping[str, Resource]) -> str:
    """Whom or what a reference means: its display, else the name in the file, else the bare reference."""
    for one in objects(value):
        if text_of(one.get("display")):
            return text_of(one.get("display"))
        link = text_of(one.get("reference"))
        target = target_of(link, named)
        if target:
            return person(target) or text_of(target.get("name")) or concept(target.get("code")) or link
        if link:
            return link
    return ""


def target_of(link: str, named: Mapping[str, Resource]) -> Resource | None:
    """The resource that a reference leads to: by its full URL, else by the Type/id at its end."""
    return named.get(link) or named.get("/".join(link.split("/")[-2:]))


def person(resource: Resource) -> str:
    for one in objects(resource.get("name")):
        if text_of(one.get("text")):
            return text_of(one.get("text"))
        given = [text_of(part) for part in _list(one.get("given"))]
        full = " ".join(filter(None, (*given, text_of(one.get("family")))))
        if full:
            return full
    return ""


def people(resource: Resource, named: Mapping[str, Resource]) -> str:
    for key in ("performer", "recorder", "requester", "author", "asserter", "informationSource"):
        for one in objects(resource.get(key)):
            name = reference(one.get("actor") or one, named)
            if name:
                return name
    return ""


def when(resource: Resource, *keys: str) -> tuple[DayRange | None, DayRange | None]:
    """The first of `keys` that is there, as (start, end): a date, or a period's two ends."""
    for key in keys:
        value = resource.get(key)
        if isinstance(value, str) and (days := parse_stamp(value)):
            return days, None
        if isinstance(value, dict):
            start, end = parse_stamp(text_of(value.get("start"))), parse_stamp(text_of(value.get("end")))
            if start or end:
                return start or end, end
    return None, None


def measured(holder: Resource) -> tuple[float | str | None, float | None, float | None, str]:
    """value[x] as (value, low, high, unit)."""
    quantity = holder.get("valueQuantity")
    if isinstance(quantity, dict):
        return (*_quantity(quantity), text_of(quantity.get("unit")) or text_of(quantity.get("code")))
    if isinstance(holder.get("valueCodeableConcept"), dict):
        return concept(holder["valueCodeableConcept"]) or None, None, None, ""
    for key in ("valueInteger", "valueDecimal"):
        if isinstance(holder.get(key), (int, float)) and not isinstance(holder.get(key), bool):
            number = float(holder[key])
            return number, number, number, ""
    for key in ("valueString", "valueDateTime", "valueTime", "valueDate", "valueUri"):
        if isinstance(holder.get(key), str):
            return (*interval(holder[key]), "") if key == "valueString" else (holder[key], None, None, "")
    if isinstance(holder.get("valueBoolean"), bool):
        return ("true" if holder["valueBoolean"] else "false"), None, None, ""
    return _spread(holder)


def _spread(holder: Resource) -> tuple[float | str | None, float | None, float | None, str]:
    ends = holder.get("valueRange")
    if isinstance(ends, dict):
        low, high = (number_of(ends.get(key)) for key in ("low", "high"))
        unit = next((text_of(o.get("unit")) for key in ("low", "high") for o in objects(ends.get(key))), "")
        return f"{'' if low is None else f'{low:g}'}-{'' if high is None else f'{high:g}'}", low, high, unit
    ratio = holder.get("valueRatio")
    if isinstance(ratio, dict):
        top, bottom = (number_of(ratio.get(key)) for key in ("numerator", "denominator"))
        return (f"{top:g}/{bottom:g}" if top is not None and bottom is not None else None), None, None, ""
    return None, None, None, ""


def number_of(value: Any) -> float | None:
    for one in objects(value):
        number = one.get("value")
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            return float(number)
    return None


def _quantity(quantity: Resource) -> tuple[float | str | None, float | None, float | None]:
    number = number_of(quantity)
    comparator = text_of(quantity.get("comparator"))
    if number is None:
        return None, None, None
    if comparator in ("<", "<="):
        return f"{comparator}{number:g}", None, number
    if comparator in (">", ">="):
        return f"{comparator}{number:g}", number, None
    return number, number, number
