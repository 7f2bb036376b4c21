"""The text of a resource: its narrative, its display words, and what is attached to it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from chartproof.chart.fhir_entries import Statement

_BLOCKS = {"p", "div", "tr", "li", "br", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "section",
           "thead", "tbody", "title", "pre", "blockquote"}  # fmt: skip
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
    quotes = [_quote(one, whole, raw) for one in found]
    return lines + attached, quotes, left_out


def narrative_lines(resource: dict[str, Any]) -> list[str]:
    text = resource.get("text")
    div = text.get("div") if isinstance(text, dict) else None
    return markup_lines(div) if isinstance(div, str) else []


def markup_lines(markup: str) -> list[str]:
    """Lines of XHTML or HTML: a block a line, table cells joined by ' | '."""
    try:
        root = lxml_html.fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    pieces: list[str] = []
    _collect(root, pieces)
    lines = (" ".join(line.split()).strip("| ") for line in "".join(pieces).split("\n"))
    return [line for line in lines if line]


def _collect(element: Any, pieces: list[str]) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag in ("script", "style", "head") or not tag:
        pass
    else:
        block = tag in _BLOCKS
        if block:
            pieces.append("\n")
        # A line end in the source is white space, except in <pre>.
        pieces.append((element.text or "") if tag == "pre" else " ".join((element.text or " ").split("\n")))
        for child in element:
            _collect(child, pieces)
        if tag in ("td", "th"):
            pieces.append(" | ")
        if block:
            pieces.append("\n")
    pieces.append(" ".join((element.tail or "").split("\n")))


def _display_lines(found: list[Statement]) -> list[str]:
    """One line a statement: its label, then what else it says in the resource's own words."""
    return [" | ".join(filter(None, (one.label, *one.words))) for one in found if one.label]


def _quote(one: Statement, whole: str, raw: str) -> tuple[int, int]:
    """The span that carries the statement: its whole line where the file has it in one piece, else the best piece."""
    if not whole.strip():
        return 0, 0
    best, best_rank = (0, len(whole.rstrip("\n"))), (-1, -1, 0)
    start = 0
    for line in whole.split("\n")[:-1]:
        for a, b in _pieces(line, raw):
            text = line[a:b]
            named = bool(one.label) and one.label.lower() in text.lower()
            rank = (int(named), int((a, b) == (0, len(line))), len(text))
            if text.strip() and rank > best_rank:
                best, best_rank = (start + a, start + b), rank
        start += len(line) + 1
    return best


def _pieces(line: str, raw: str) -> Iterator[tuple[int, int]]:
    """The line itself where the raw file has it without a break, else its cells, else what stands between entities."""
    if _in_raw(line, raw):
        yield 0, len(line)
        return
    at = 0
    for part in re.split(r"( \| )", line):
        if part != " | ":
            if _in_raw(part, raw):
                yield at, at + len(part)
            else:
                yield from _between_entities(part, at, raw)
        at += len(part)


def _between_entities(part: str, at: int, raw: str) -> Iterator[tuple[int, int]]:
    for piece in re.finditer(r"[^<>&\"'\u00a0]+", part):
        text = piece[0].strip()
        if text and _in_raw(text, raw):
            lead = len(piece[0]) - len(piece[0].lstrip())
            yield at + piece.start() + lead, at + piece.start() + lead + len(text)


def _in_raw(text: str, raw: str) -> bool:
    return re.sub(r"\s+", "", text) in raw


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
        decoded = base64.b64decode(data, validate=False)[:_MAX_ATTACHED].decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None
    if "html" in kind:
        return markup_lines(decoded)
    return [line.rstrip() for line in decoded.replace("\r\n", "\n").split("\n") if line.strip()]
