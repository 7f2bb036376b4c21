"""Values of HL7 version 3: codes, quantities, times, names."""

from __future__ import annotations

from typing import Any

from chartproof.chart.ccda_text import tag_of
from chartproof.chart.dates import parse_stamp
from chartproof.chart.numbers import interval
from chartproof.model.day import DayRange
from chartproof.model.page import Code

SYSTEMS = {
    "2.16.840.1.113883.6.1": "loinc", "2.16.840.1.113883.6.96": "snomed", "2.16.840.1.113883.6.90": "icd10cm",
    "2.16.840.1.113883.6.103": "icd9cm", "2.16.840.1.113883.6.88": "rxnorm", "2.16.840.1.113883.6.12": "cpt",
    "2.16.840.1.113883.6.14": "hcpcs", "2.16.840.1.113883.6.285": "hcpcs", "2.16.840.1.113883.12.292": "cvx",
    "2.16.840.1.113883.6.59": "cvx", "2.16.840.1.113883.6.69": "ndc", "2.16.840.1.113883.6.4": "icd10pcs",
}  # fmt: skip
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
Measured = tuple[float | str | None, float | None, float | None, str]


def _child(element: Any, tag: str) -> Any:
    return next((one for one in element if tag_of(one) == tag), None)


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def reference_ids(element: Any) -> list[str]:
    """IDs of the narrative that a statement points to, the statement's own text first."""
    found = []
    for path in (("text",), ("code", "originalText"), ("value", "originalText")):
        inner = element
        for tag in path:
            inner = _child(inner, tag) if inner is not None else None
        found += [one.get("value", "").lstrip("#") for one in inner.iter("{*}reference")] if inner is not None else []
    if tag_of(element) in ("substanceAdministration", "supply"):
        found += [one.get("value", "").lstrip("#") for one in element.iter("{*}reference")]
    return [one for one in found if one]


def code_words(element: Any, said: dict[str, str]) -> str:
    """A code in words: its display name, else its original text (or the narrative that points to), else a translation's."""
    if element is None:
        return ""
    if element.get("displayName"):
        return str(element.get("displayName"))
    original = _child(element, "originalText")
    if original is not None:
        link = next((one.get("value", "").lstrip("#") for one in original.iter("{*}reference")), "")
        words = _words(original) or " ".join(said.get(link, "").split())
        if words:
            return words
    for translation in element:
        if tag_of(translation) == "translation" and translation.get("displayName"):
            return str(translation.get("displayName"))
    name = _child(element.getparent(), "name") if element.getparent() is not None else None
    if tag_of(element) == "code" and name is not None and _words(name):
        return _words(name)
    return str(element.get("code") or "")


def codes_of(element: Any) -> tuple[Code, ...]:
    if element is None:
        return ()
    return tuple(
        Code(SYSTEMS.get(system, system), one.get("code"), one.get("displayName") or "")
        for one in (element, *(inner for inner in element if tag_of(inner) == "translation"))
        if one.get("code") and (system := one.get("codeSystem") or "")
    )


def measured(element: Any, said: dict[str, str]) -> Measured:
    """An observation's value as (value, low, high, unit)."""
    value = _child(element, "value")
    if value is None:
        return None, None, None, ""
    kind = (value.get(_TYPE) or "").rsplit(":", 1)[-1]
    if kind in ("PQ", "INT", "REAL", "MO", "IVL_PQ", "IVL_INT", "IVL_REAL"):
        return span_of(value)
    if kind in ("CD", "CE", "CV", "CO", "CS"):
        return code_words(value, said) or None, None, None, ""
    if kind == "BL":
        return value.get("value") or None, None, None, ""
    if kind == "TS":
        return value.get("value") or None, None, None, ""
    link = next((one.get("value", "").lstrip("#") for one in value.iter("{*}reference")), "")
    words = _words(value) or " ".join(said.get(link, "").split()) or (value.get("value") or "")
    return (*interval(words), value.get("unit") or "")


def span_of(value: Any) -> Measured:
    """A physical quantity or an interval of two."""
    unit = value.get("unit") or ""
    if value.get("value"):
        return (*interval(value.get("value")), "" if unit == "1" else unit)
    low, high = _child(value, "low"), _child(value, "high")
    ends = []
    for end in (low, high):
        number = interval(end.get("value") or "")[1] if end is not None else None
        ends.append(number)
        unit = unit or ((end.get("unit") or "") if end is not None else "")
    if ends == [None, None]:
        return None, None, None, unit
    words = f"{'' if ends[0] is None else f'{ends[0]:g}'}-{'' if ends[1] is None else f'{ends[1]:g}'}"
    if ends[0] is None:
        words = f"<{ends[1]:g}"
    elif ends[1] is None:
        words = f">{ends[0]:g}"
    return words, ends[0], ends[1], unit


def when_of(element: Any) -> tuple[DayRange | None, DayRange | None]:
    """(start, end) of the first effective time that says a day; the frequency of a medicine is not one."""
    for time in element:
        if tag_of(time) != "effectiveTime" or (time.get(_TYPE) or "").endswith(("PIVL_TS", "EIVL_TS")):
            continue
        stamps = []
        for tag in ("low", "high"):
            end = _child(time, tag)
            stamps.append(parse_stamp(end.get("value") or "") if end is not None else None)
        day = parse_stamp(time.get("value") or "")
        if day or any(stamps):
            return day or stamps[0] or stamps[1], stamps[1]
    return None, None


def flags(element: Any) -> dict[str, str]:
    """Negation, missing values, interpretation, reference range, target site."""
    extra: dict[str, str] = {}
    if element.get("negationInd") == "true":
        extra |= {"negated": "true", "status": "negated"}
    null = element.get("nullFlavor") or ""
    value = _child(element, "value")
    extra["absent_reason"] = null or ((value.get("nullFlavor") or "") if value is not None else "")
    extra["interpretation"] = ", ".join(
        one.get("displayName") or one.get("code") or "" for one in element if tag_of(one) == "interpretationCode"
    )
    for one in element.iter("{*}observationRange"):
        holder = _child(one, "value")
        ends = span_of(holder) if holder is not None else (None, None, None, "")
        extra["reference_low"] = "" if ends[1] is None else f"{ends[1]:g}"
        extra["reference_high"] = "" if ends[2] is None else f"{ends[2]:g}"
        extra["reference"] = _words(_child(one, "text"))
        break
    extra["body_site"] = ", ".join(code_words(one, {}) for one in element if tag_of(one) == "targetSiteCode")
    return extra


def name_words(name: Any) -> list[str]:
    """The parts of a person's name as they stand in the file, given names first."""
    if name is None:
        return []
    parts = [_words(one) for one in name if tag_of(one) in ("given", "family")]
    return [part for part in parts if part] or ([_words(name)] if _words(name) else [])


def people_of(element: Any) -> str:
    for role in ("performer", "author"):
        for one in element:
            if tag_of(one) == role:
                for name in one.iter("{*}name"):
                    if words := " ".join(name_words(name)):
                        return words
    return ""
