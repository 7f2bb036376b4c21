"""C-CDA documents."""

from __future__ import annotations

from chartproof.chart.markup import parse_xml
from chartproof.model.page import Page, SourceFile


def read_xml(name: str, data: bytes, sha256: str) -> SourceFile:
    """Its text, line by line."""
    root = parse_xml(name, data)
    lines = [" ".join(text.split()) for text in root.itertext() if text.strip()]
    page = Page(name, 1, "\n".join(lines) + "\n", read="text")
    return SourceFile(name, sha256, "xml", (page,), read="text")
