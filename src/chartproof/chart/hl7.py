"""Results in HL7 version 2 messages (ORU): one entry an OBX segment, its line as the quote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from chartproof.chart.dates import clock, parse_stamp
from chartproof.chart.numbers import interval
from chartproof.model.page import Code, Entry

_SEGMENT = re.compile(r"^[ \t]*(MSH|PID|OBR|OBX)\|.*$", re.MULTILINE)
_SYSTEMS = {"LN": "loinc", "SCT": "snomed", "I10": "icd10cm", "I10C": "icd10cm", "C4": "cpt", "RXNORM": "rxnorm"}
#: Table 0085, in the words that FHIR uses for the same.
_STATUS = {
    "F": "final", "C": "corrected", "P": "preliminary", "X": "cancelled", "I": "registered", "R": "preliminary",
    "D": "entered-in-error", "W": "entered-in-error", "U": "final", "S": "preliminary", "N": "cancelled", "O": "registered",
}  # fmt: skip


def hl7_entries(text: str) -> tuple[Entry, ...]:
    """Entries of every OBX segment in `text`; empty where there is no message."""
    if not re.search(r"^[ \t]*MSH\|", text, re.MULTILINE):
        return ()
    return tuple(_entries(text))


def _entries(text: str) -> Iterator[Entry]:
    panel, collected = "", ""
    person: Mapping[str, str] = {}
    for match in _SEGMENT.finditer(text):
        fields = match[0].strip().split("|")
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        end = match.start() + len(match[0].rstrip())
        if fields[0] == "PID":
            whole = _patient(fields, start, end)
            about = {"subject": whole.label, "subject_birth": whole.extra.get("birth_date", "")}
            person = about | {"subject_number": whole.extra.get("mrn", "")}
            yield whole
        elif fields[0] == "OBR":
            panel, collected = _component(_field(fields, 4), 1), _field(fields, 7)
        elif fields[0] == "OBX":
            yield _result(fields, start, end, panel, collected, person)


def _result(fields: list[str], start: int, end: int, panel: str, collected: str, person: Mapping[str, str]) -> Entry:
    raw = " ".join(_unescape(part) for part in _field(fields, 5).split("~"))
    if _field(fields, 2) in ("CE", "CWE"):
        raw = _component(raw, 1) or _component(raw, 0)
    elif _field(fields, 2) == "SN":
        raw = raw.replace("^", "")
    value, low, high = interval(raw)
    mark = _field(fields, 11)
    extra = {"panel": panel, "interpretation": _field(fields, 8), "reference": _unescape(_field(fields, 7))}
    _, least, most = interval(_field(fields, 7))
    extra["reference_low"] = "" if least is None else f"{least:g}"
    extra["reference_high"] = "" if most is None else f"{most:g}"
    taken = _field(fields, 14) or collected
    extra |= {"status_code": mark, "time": clock(taken), **person}
    return Entry(
        "observation",
        _component(_field(fields, 3), 1) or _component(_field(fields, 3), 0),
        start,
        end,
        _codes(_field(fields, 3)),
        value,
        low,
        high,
        _component(_field(fields, 6), 0),
        parse_stamp(taken),
        None,
        _STATUS.get(mark, mark),
        {key: word for key, word in extra.items() if word},
    )


def _patient(fields: list[str], start: int, end: int) -> Entry:
    name = _person(fields)
    extra = {"mrn": _component(_field(fields, 3), 0), "gender": _field(fields, 8)}
    born = parse_stamp(_field(fields, 7))
    extra["birth_date"] = str(born) if born else ""
    return Entry("patient", name, start, end, when=born, extra={key: word for key, word in extra.items() if word})


def _person(fields: list[str]) -> str:
    family, given, middle = (_component(_field(fields, 5), index) for index in range(3))
    return " ".join(filter(None, (given, middle, family)))


def _codes(field: str) -> tuple[Code, ...]:
    codes = []
    for first in (0, 3):
        code, display, system = (_component(field, first + index) for index in range(3))
        if code and system in _SYSTEMS:
            codes.append(Code(_SYSTEMS[system], code, display))
        elif code and system:
            codes.append(Code(system, code, display))
    return tuple(codes)


def _field(fields: list[str], index: int) -> str:
    return fields[index].strip() if index < len(fields) else ""


def _component(field: str, index: int) -> str:
    parts = field.split("^")
    return _unescape(parts[index].strip()) if index < len(parts) else ""


def _unescape(text: str) -> str:
    for mark, character in (("F", "|"), ("S", "^"), ("T", "&"), ("R", "~")):
        text = text.replace(f"\\{mark}\\", character)
    return text.replace("\\.br\\", " ").replace("\\E\\", "\\")
