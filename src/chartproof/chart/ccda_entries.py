"""Entries of a C-CDA section: results, vital signs, problems, allergies, medications, procedures, immunizations, ..."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from chartproof.chart.ccda_text import Narrative, tag_of
from chartproof.chart.ccda_values import (
    code_words,
    codes_of,
    flags,
    measured,
    name_words,
    people_of,
    reference_ids,
    span_of,
    when_of,
)
from chartproof.chart.dates import parse_stamp
from chartproof.chart.fhir_entries import Kind
from chartproof.chart.quotes import best_quote
from chartproof.chart.tables import rows_of_results
from chartproof.model.page import Entry

_PROBLEM, _ALLERGY = "2.16.840.1.113883.10.20.22.4.4", "2.16.840.1.113883.10.20.22.4.7"
_IMMUNIZATION = "2.16.840.1.113883.10.20.22.4.52"
_FAMILY = {"2.16.840.1.113883.10.20.22.4.46"}
_PROCEDURES = {f"2.16.840.1.113883.10.20.22.4.{n}" for n in (12, 13, 14)}
_STATUS_OBSERVATIONS = {"2.16.840.1.113883.10.20.22.4.6", "2.16.840.1.113883.10.20.22.4.28",
                        "2.16.840.1.113883.10.20.22.4.8", "2.16.840.1.113883.10.20.22.4.9"}  # fmt: skip
#: Moods of what is wished and has not happened.
_PLANNED = {"INT": "plan", "RQO": "order", "PRP": "proposal", "PRMS": "promise", "ARQ": "appointment request",
            "APT": "appointment", "GOL": "goal"}  # fmt: skip
#: Sections (LOINC) of what is still to be done: plan of treatment, goals.
_TO_COME = {"18776-5", "61146-7"}
_STATEMENTS = {"observation", "substanceAdministration", "procedure", "encounter", "act", "supply"}


def statement_of_patient(root: Any) -> tuple[Entry, list[str]]:
    """The patient's entry, without its place, and the words of its line as they stand in the file."""
    role = next(root.iter("{*}patientRole"), None)
    if role is None:
        return Entry("patient", "", 0, 0), ["Patient"]
    patient = next(role.iter("{*}patient"), role)
    name = name_words(next(patient.iter("{*}name"), None))
    born = next((one.get("value", "") for one in patient.iter("{*}birthTime")), "")
    sex = next((one for one in patient.iter("{*}administrativeGenderCode")), None)
    gender = code_words(sex, {}) if sex is not None else ""
    numbers = [one.get("extension", "") for one in role if tag_of(one) == "id" and one.get("extension")]
    days = parse_stamp(born)
    extra = {"birth_date": str(days) if days else "", "gender": gender, "mrn": numbers[0] if numbers else ""}
    extra |= {"identifiers": ", ".join(numbers), "subject": " ".join(name), "resource": "patientRole"}
    words = ["Patient", gender, *numbers, born, *name]
    entry = Entry("patient", " ".join(name), 0, 0, when=days, extra={key: word for key, word in extra.items() if word})
    return entry, [word for word in words if word]


def section_entries(
    section: Any, narrative: Narrative, begin: int, heading: tuple[int, int], raw: str, subject: str
) -> Iterator[Entry]:
    """Entries of this section itself; a section within it speaks for itself."""
    text = narrative.text
    code = next((one.get("code", "") for one in section if tag_of(one) == "code"), "")
    if not any(tag_of(one) in ("entry", "component") for one in section):
        ahead = code in _TO_COME
        for row in rows_of_results(text, heading[1], len(text)):
            yield replace(row, kind="order" if ahead else row.kind, extra={**row.extra, "subject": subject})
    for entry in section:
        if tag_of(entry) == "entry":
            for statement, context in _statements(entry, {}):
                made = _entry(statement, context, code, narrative.places, text)
                if made:
                    yield _placed(made, statement, narrative.places, text, begin, heading, raw, subject)


def _statements(parent: Any, context: dict[str, str]) -> Iterator[tuple[Any, dict[str, str]]]:
    """Every statement below, with what its holders say of it (a concern's status, a panel's name, a relative)."""
    for one in parent:
        tag = tag_of(one)
        if tag not in _STATEMENTS | {"organizer"}:
            if tag in ("entryRelationship", "component", "entry"):
                yield from _statements(one, context)
            continue
        inner = dict(context)
        templates = _templates(one)
        if tag == "organizer":
            inner["panel"] = code_words(_child(one, "code"), {})
            inner |= {"panel_status": _status(one), "panel_when": _stamp(one)}
            for related in one.iter("{*}relatedSubject"):
                inner["relationship"] = code_words(_child(related, "code"), {})
        elif tag == "act" and any(
            tag_of(x) == "observation" and _templates(x) & {_PROBLEM, _ALLERGY} for r in one for x in r
        ):
            inner |= {"concern": _status(one)}
        elif not templates & _STATUS_OBSERVATIONS:
            yield one, inner
            # What qualifies a statement (reaction, severity, indication) belongs to it and is not one itself.
            if templates & {_PROBLEM, _ALLERGY, _IMMUNIZATION} or tag == "substanceAdministration":
                continue
        for related in one:
            if tag_of(related) in ("entryRelationship", "component"):
                yield from _statements(related, inner)


def _entry(
    one: Any, context: dict[str, str], section: str, places: dict[str, tuple[int, int]], text: str
) -> Entry | None:
    templates, mood = _templates(one), one.get("moodCode", "EVN")
    kind = _kind(tag_of(one), templates, section, mood)
    said = {key: text[a:b] for key, (a, b) in places.items()}
    named = _subject_code(one, kind)
    label = code_words(named, said)
    value, low, high, unit = (None, None, None, "")
    if kind in ("observation", "family") or (kind == "order" and tag_of(one) == "observation"):
        value, low, high, unit = measured(one, said)
    if kind == "family":
        label, named, value = code_words(_child(one, "value"), said) or label, _child(one, "value"), None
    if kind == "medication":
        dose = _child(one, "doseQuantity")
        value, low, high, unit = span_of(dose) if dose is not None else (None, None, None, "")
    start, end = when_of(one)
    if start is None and context.get("panel_when"):
        start = parse_stamp(context["panel_when"])
    extra = {"intent": _PLANNED.get(mood, ""), "performer": people_of(one), "resource": tag_of(one)}
    extra |= {key: context.get(key, "") for key in ("panel", "relationship")} | flags(one)
    status = _status(one) or context.get("panel_status", "")
    if kind in ("condition", "allergy"):
        clinical = _clinical(one, said) or context.get("concern", "")
        extra |= {"clinical": clinical.lower(), "concern": context.get("concern", ""), "verification": ""}
        status = clinical.lower() or status
    if not label and value is None and not reference_ids(one):
        return None
    return Entry(
        kind, label, 0, 0, codes_of(named), value, low, high, unit, start, end, status,
        {key: word for key, word in extra.items() if word},
    )  # fmt: skip


def _kind(tag: str, templates: set[str], section: str, mood: str) -> Kind:
    if templates & {_PROBLEM}:
        return "condition"
    if templates & {_ALLERGY}:
        return "allergy"
    if templates & _FAMILY or section == "10157-6":
        return "family"
    if tag == "substanceAdministration" or tag == "supply":
        return "immunization" if _IMMUNIZATION in templates or section == "11369-6" else "medication"
    if mood in _PLANNED:
        return "order"
    if tag == "procedure" or templates & _PROCEDURES or (section == "47519-4" and tag in ("act", "observation")):
        return "procedure"
    if tag == "encounter":
        return "encounter"
    return "observation" if tag == "observation" else "other"


def _subject_code(one: Any, kind: str) -> Any:
    """The element that says what the statement is about."""
    if kind == "condition":
        value = _child(one, "value")
        return value if value is not None else _child(one, "code")
    if kind == "allergy":
        material = next(one.iter("{*}playingEntity"), None)
        code = _child(material, "code") if material is not None else None
        return code if code is not None else _child(one, "value")
    if kind in ("medication", "immunization"):
        material = next(one.iter("{*}manufacturedMaterial"), None)
        return _child(material, "code") if material is not None else _child(one, "code")
    return _child(one, "code")


def _clinical(one: Any, said: dict[str, str]) -> str:
    """The word of the status observation inside a problem or an allergy."""
    for inner in one.iter("{*}observation"):
        if _templates(inner) & {"2.16.840.1.113883.10.20.22.4.6", "2.16.840.1.113883.10.20.22.4.28"}:
            return code_words(_child(inner, "value"), said)
    return ""


def _placed(
    made: Entry, statement: Any, places: dict[str, tuple[int, int]], text: str, begin: int, heading: tuple[int, int],
    raw: str, subject: str,
) -> Entry:  # fmt: skip
    """The entry with its quote: the narrative it refers to, else the line of its section that names it, else the title."""
    span = next(
        (places[one] for one in reference_ids(statement) if one in places and places[one][1] > places[one][0]), None
    )
    if span is None:
        span = _line_about(made, text, begin) or heading
    first, last = best_quote(text[span[0] : span[1]], made.label, raw, value=_shown(made))
    extra = dict(made.extra) | {"subject": subject}
    start, end = span[0] + first, span[0] + last
    label = made.label or text[start:end]
    return Entry(
        made.kind, label, start, end, made.codes, made.value, made.low, made.high, made.unit, made.when, made.until,
        made.status, {key: word for key, word in extra.items() if word},
    )  # fmt: skip


def _line_about(made: Entry, text: str, begin: int) -> tuple[int, int] | None:
    """The section's line that has the label, and the value where several do."""
    label = made.label.lower()
    if not label:
        return None
    shown = _shown(made)
    best, at = None, begin
    for line in text[begin:].split("\n"):
        if label in line.lower() and (best is None or (shown and shown in line)):
            best = (at, at + len(line))
            if shown and shown in line:
                return best
        at += len(line) + 1
    return best


def _shown(made: Entry) -> str:
    return f"{made.value:g}" if isinstance(made.value, float) else str(made.value or "")


def _templates(element: Any) -> set[str]:
    return {one.get("root", "") for one in element if tag_of(one) == "templateId"}


def _child(element: Any, tag: str) -> Any:
    return next((one for one in element if tag_of(one) == tag), None)


def _status(element: Any) -> str:
    code = _child(element, "statusCode")
    return (code.get("code") or "") if code is not None else ""


def _stamp(element: Any) -> str:
    time = _child(element, "effectiveTime")
    if time is None:
        return ""
    low = _child(time, "low")
    return time.get("value") or (low.get("value", "") if low is not None else "") or ""
