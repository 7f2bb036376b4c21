"""FHIR R4 in JSON: a bundle, one resource, or one resource a line. A line of text a resource, and its entries.

An entry's quote is text that stands in the file itself: the resource's narrative where it has one, else its own
display words. What a resource says in codes only is in the entry, not in the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

from chartproof.chart.fhir_check import check
from chartproof.chart.fhir_entries import Statement, statements
from chartproof.chart.fhir_text import resource_lines
from chartproof.chart.plain import decode, legible
from chartproof.chart.quotes import squeeze
from chartproof.errors import InputError
from chartproof.model.page import Entry, Page, SourceFile

Resource = dict[str, Any]


def read_json(name: str, data: bytes, sha256: str) -> SourceFile:
    """Page 1 holds every resource in the file's order. InputError where it is not valid JSON or not FHIR."""
    source, note = decode(data)
    resources = list(_resources(name, source))
    names = {f"{one['resourceType']}/{one.get('id', '')}": one for _, one in resources}
    names |= {full: one for full, one in resources if full}
    # Where the file writes characters as they are, a resource alone is as good a haystack as the file, and much smaller.
    whole = squeeze(source) if "\\u" in source or "\\/" in source else ""
    pieces: list[str] = []
    entries: list[Entry] = []
    length, attached = 0, 0
    for _, resource in resources:
        found = statements(resource, names)
        raw = whole or squeeze(json.dumps(resource, ensure_ascii=False))
        lines, quotes, left_out = resource_lines(resource, found, raw)
        attached += left_out
        text = "".join(line + "\n" for line in lines)
        entries.extend(_entry(one, length, quote) for one, quote in zip(found, quotes, strict=True))
        pieces.append(text)
        length += len(text)
    if attached:
        note = "; ".join(filter(None, (note, f"{attached} attachment{'s' if attached > 1 else ''} not read")))
    page = Page(name, 1, "".join(pieces), read="structured", note=note)
    return SourceFile(name, sha256, "json", (page,), tuple(entries), "structured", note)


def _entry(one: Statement, offset: int, quote: tuple[int, int]) -> Entry:
    return Entry(
        one.kind, one.label, offset + quote[0], offset + quote[1], one.codes, one.value, one.low, one.high, one.unit,
        one.when, one.until, one.status, {key: word for key, word in one.extra.items() if word},
    )  # fmt: skip


def _resources(name: str, source: str) -> Iterator[tuple[str, Resource]]:
    """(full URL, resource) of everything in the file; bundles within bundles are opened."""
    documents = _documents(name, source)
    for number, document in enumerate(documents, 1):
        where = name if len(documents) == 1 else f"{name} line {number}"
        yield from _unpack(where, "", document, depth=0)


def _documents(name: str, source: str) -> list[Any]:
    try:
        return [_parse(source)]
    except ValueError:
        lines = [line for line in source.split("\n") if line.strip()]
        if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):
            raise _not_json(name) from None
    except RecursionError:
        raise _not_json(name, "nests too deeply") from None
    documents = []
    for number, line in enumerate(lines, 1):
        try:
            documents.append(_parse(line))
        except (ValueError, RecursionError):
            raise _not_json(f"{name} line {number}") from None
    return documents


def _not_json(
    where: str, what: str = "is not valid: cut short, a key given twice, or a number that JSON does not know"
) -> InputError:
    return InputError("CP-READ-20", f"the JSON {what}", where=where, then="Export it again.")


def _parse(text: str) -> Any:
    document = json.loads(
        text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite, parse_int=_whole
    )  # fmt: skip
    return _mended(document) if _NO_TEXT.search(text) else document


#: Written out in JSON: one of the two halves that stand for one letter, and what steers a screen. Neither is text.
_NO_TEXT = re.compile(r"\\u(?:[dD][89a-fA-F]|00[01789]|[fF]{3}[eEfF])|\\[bf]")


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return legible(value.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    if isinstance(value, list):
        return [_mended(one) for one in value]
    return {_mended(key): _mended(one) for key, one in value.items()} if isinstance(value, dict) else value


#: Digits; no number of a chart has more.
_DIGITS = 300


def _finite(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _refuse(text)


def _whole(text: str) -> int:
    return int(text) if len(text) <= _DIGITS else _refuse(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is given twice")
    return result


def _refuse(constant: str) -> Any:
    raise ValueError("not a number that JSON knows")


def _unpack(where: str, full_url: str, document: Any, *, depth: int) -> Iterator[tuple[str, Resource]]:
    if depth > 8:
        raise InputError("CP-READ-21", "bundles nest too deeply to be FHIR", where=where, then="Export it again.")
    if not isinstance(document, dict) or not isinstance(document.get("resourceType"), str):
        raise InputError(
            "CP-READ-21", "this JSON is not FHIR: it has no resourceType", where=where,
            then="Export FHIR R4, or save the record as PDF or text.",
        )  # fmt: skip
    check(where, document)
    if document["resourceType"] in ("Bundle", "Parameters"):
        key = "entry" if document["resourceType"] == "Bundle" else "parameter"
        for number, entry in enumerate(_list(document.get(key)), 1):
            if isinstance(entry, dict) and "resource" in entry:
                place = f"{where} {key} {number}"
                yield from _unpack(place, str(entry.get("fullUrl") or ""), entry["resource"], depth=depth + 1)
        return
    yield full_url, document
    for inner in _list(document.get("contained")):
        if isinstance(inner, dict) and inner.get("resourceType") in _CONTAINED:
            yield from _unpack(where, "", inner, depth=depth + 1)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


#: Contained resources that state something about the patient by themselves.
_CONTAINED = {"Observation", "Condition", "Procedure", "MedicationRequest", "MedicationStatement", "DiagnosticReport"}
