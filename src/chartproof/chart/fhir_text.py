"""The text of a resource: its narrative, its display words, and what is attached to it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from chartproof.chart.fhir_entries import Statement
from chartproof.chart.hypertext import markup_lines
from chartproof.chart.plain import legible
from chartproof.chart.quotes import best_quote

_MAX_ATTACHED = 5_000_000


def resource_lines(
    resource: dict[str, Any], found: list[Statement], raw: str
) -> tuple[list[str], list[tuple[int, int]], int]:
    """(lines, one quote span a statement within the joined lines, how many attachments were not read).

    raw   the file's text without white space: a quote must be found in it
    """
    narrative = narrative_lines(resource)
    lines = list(narrative) or _display_lines(found)
    attached, left_out = [], 0
    for content_type, data in _attachments(resource):
        decoded = _attached_lines(content_type, data)
        if decoded is None:
            left_out += 1
        else:
            attached.extend(decoded)
    whole = "".join(line + "\n" for line in lines)
    quotes = [
        best_quote(whole, one.label, raw, value=one.words[0] if one.words and one.kind != "patient" else "")
        for one in found
    ]
    return lines + attached, quotes, left_out


def narrative_lines(resource: dict[str, Any]) -> list[str]:
    text = resource.get("text")
    div = text.get("div") if isinstance(text, dict) else None
    return markup_lines(div) if isinstance(div, str) else []


def _display_lines(found: list[Statement]) -> list[str]:
    """One line a statement: its label, then what else it says in the resource's own words."""
    return [" | ".join(filter(None, (one.label, *one.words))) for one in found if one.label]


def _attachments(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(content type, base64) of what the resource carries; an attachment that is only linked has data ''."""
    forms = resource.get("presentedForm") if resource.get("resourceType") == "DiagnosticReport" else None
    contents = resource.get("content") if resource.get("resourceType") == "DocumentReference" else None
    for form in [*_objects(forms), *(c.get("attachment") for c in _objects(contents))]:
        if isinstance(form, dict):
            yield str(form.get("contentType") or ""), str(form.get("data") or "")


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _attached_lines(content_type: str, data: str) -> list[str] | None:
    kind = content_type.split(";")[0].strip().lower()
    if not data or not (kind.startswith("text/") or kind in ("application/xhtml+xml", "")):
        return None
    try:
        decoded = legible(base64.b64decode(data, validate=False)[:_MAX_ATTACHED].decode("utf-8", "replace"))
    except (binascii.Error, ValueError):
        return None
    if "html" in kind:
        return markup_lines(decoded)
    return [line.rstrip() for line in decoded.replace("\r\n", "\n").split("\n") if line.strip()]
