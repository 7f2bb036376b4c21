"""C-CDA documents: the narrative of each section as lines, its entries with quotes from that narrative.

XML of another kind is read as plain text, and the page's note says so.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Any

from chartproof.chart.ccda_entries import section_entries, statement_of_patient
from chartproof.chart.ccda_text import Narrative, is_html, tag_of
from chartproof.chart.hypertext import markup_lines
from chartproof.chart.markup import parse_xml
from chartproof.chart.plain import decode, legible
from chartproof.chart.quotes import best_quote, squeeze
from chartproof.model.page import Entry, Page, SourceFile

_MAX_BODY = 5_000_000


def read_xml(name: str, data: bytes, sha256: str) -> SourceFile:
    """Page 1 of the document. InputError where the XML is broken or declares entities."""
    if is_html(data):
        text = "".join(line + "\n" for line in markup_lines(decode(data)[0]))
        page = Page(name, 1, text, read="text", note="HTML: its text only")
        return SourceFile(name, sha256, "text", (page,), read="text", note=page.note)
    root = parse_xml(name, data)
    if tag_of(root) != "ClinicalDocument":
        lines = (" ".join(part.split()) for part in root.itertext())
        text = "".join(line + "\n" for line in lines if line)
        page = Page(name, 1, text, read="text", note="XML that is not C-CDA: its text only")
        return SourceFile(name, sha256, "xml", (page,), read="text", note=page.note)
    return _document(name, root, data, sha256)


def _document(name: str, root: Any, data: bytes, sha256: str) -> SourceFile:
    raw = squeeze(decode(data)[0])
    narrative = Narrative()
    entries: list[Entry] = []
    title = next((one for one in root if tag_of(one) == "title"), None)
    if title is not None and "".join(title.itertext()).strip():
        narrative.line("# " + " ".join("".join(title.itertext()).split()))
    patient, words = statement_of_patient(root)
    start = narrative.line(" | ".join(words))
    first, last = best_quote(" | ".join(words), words[-1] if words else "", raw)
    entries.append(replace(patient, start=start + first, end=start + last))
    note = ""
    for body in root.iter("{*}nonXMLBody"):
        note = _plain_body(body, narrative)
    subject = patient.label
    for section in root.iter("{*}section"):
        begin = len(narrative)
        heading = narrative.section(section)
        entries.extend(section_entries(section, narrative, begin, heading, raw, subject))
    page = Page(name, 1, narrative.text, read="structured", note=note)
    return SourceFile(name, sha256, "xml", (page,), tuple(entries), "structured", note)


def _plain_body(body: Any, narrative: Narrative) -> str:
    """An unstructured document's text, or a note that its body (a PDF, a picture) is not read."""
    text = next(body.iter("{*}text"), None)
    if text is None:
        return "the document has no body"
    media = text.get("mediaType", "text/plain").lower()
    content = "".join(text.itertext())
    if not media.startswith("text/") or (not content.strip()):
        return f"the document's body ({media}) is inside the XML and is not read: save it as a file of its own"
    if text.get("representation") == "B64":
        try:
            content = legible(base64.b64decode(content)[:_MAX_BODY].decode("utf-8", "replace"))
        except (binascii.Error, ValueError):
            return "the document's body is damaged"
    for line in markup_lines(content) if "html" in media else content.replace("\r\n", "\n").split("\n"):
        if line.strip():
            narrative.line(line.rstrip())
    return ""
