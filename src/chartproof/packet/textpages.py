"""Files without pages (txt, docx, csv, json, xml) as pages: 'Text of FILE (no page layout)', cited passages highlighted.

A short file is shown whole. A long one shows each cited passage with a few lines around it and says what it leaves out.
Lines that speak of another person are never shown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from chartproof.model import SourceFile, Span
from chartproof.packet.look import breakable
from chartproof.packet.typeset import compile_pdf, query

WIDTH, HEIGHT = 612.0, 792.0

#: Up to this many lines a file is shown whole; above it, this many lines on either side of what is cited.
WHOLE, AROUND = 110, 4

#: Words of one line, beside what is cited, that are shown at the most; in characters.
LONG = 600


def without_pages(source: SourceFile) -> bool:
    """True where the file has no page images of its own."""
    return source.media not in ("pdf", "image")


def typeset(
    source: SourceFile, cited: list[tuple[str, Span]], others: Sequence[Span] = ()
) -> tuple[bytes, dict[Span, int], int]:
    """The file's PDF, the page of it on which each cited span begins, and how many pages it has.

    `others` are the passages that speak of another person.
    """
    text = source.pages[0].text
    data = {"file": breakable(source.name), "lines": _lines(text, cited, others)}
    found = query("text.typ", data, "<cite>")
    ends = query("text.typ", data, "<end>")
    by_key = {str(value["key"]): int(value["page"]) for value in reversed(found)}
    pages = {span: by_key[_key(span)] for _, span in cited}
    return compile_pdf("text.typ", data), pages, int(ends[-1]["page"])


def _key(span: Span) -> str:
    return f"{span.start}-{span.end}"


def _lines(text: str, cited: list[tuple[str, Span]], others: Sequence[Span]) -> list[dict[str, Any]]:
    """Rows for the template: {number, parts: [[text, lit]], marks, keys} or {gap: words}."""
    starts = [0] + [match.end() for match in re.finditer("\n", text)]
    lines = text.split("\n")
    lit: dict[int, list[tuple[str, Span]]] = {}
    for mark, span in cited:
        for number in _numbers(starts, span):
            lit.setdefault(number, []).append((mark, span))
    theirs = {number for span in others for number in _numbers(starts, span)} - set(lit)
    keep = [number for number in _kept(len(lines), set(lit)) if number not in theirs]
    rows: list[dict[str, Any]] = []
    for before, number in pairwise([-1, *keep, len(lines)]):
        if number > before + 1:
            rows.append(_gap(before + 1, number, another=not theirs.isdisjoint(range(before + 1, number))))
        if number < len(lines):
            rows.append(_row(lines[number], starts[number], number, lit.get(number, [])))
    return rows


def _numbers(starts: Sequence[int], span: Span) -> range:
    """The lines, from 0, that a passage touches."""
    return range(bisect_right(starts, span.start) - 1, bisect_right(starts, max(span.end - 1, 0)))


def _kept(count: int, lit: set[int]) -> list[int]:
    if count <= WHOLE:
        return list(range(count))
    near = {n for line in lit for n in range(line - AROUND, line + AROUND + 1)} | set(range(AROUND))
    return sorted(n for n in near if 0 <= n < count)


def _gap(first: int, last: int, *, another: bool) -> dict[str, Any]:
    many = last - first
    words = f"line {first + 1} not shown" if many == 1 else f"lines {first + 1} to {last} not shown"
    return {"gap": words + (", on another person" if another else "")}


def _row(line: str, start: int, number: int, lit: list[tuple[str, Span]]) -> dict[str, Any]:
    cuts = {0, len(line)}
    spans = [(max(s.start - start, 0), min(s.end - start, len(line))) for _, s in lit]
    for first, last in spans:
        cuts |= {first, last}
    edges = sorted(cuts)
    pieces = [(a, b, any(first <= a and b <= last for first, last in spans)) for a, b in pairwise(edges) if b > a]
    parts = [[line[a:b] if lit_here else _cut(line[a:b]), lit_here] for a, b, lit_here in pieces]
    return {
        "number": number + 1,
        "parts": parts,
        "marks": list(dict.fromkeys(mark for mark, span in lit if span.start >= start)),
        "keys": [_key(span) for _, span in lit if span.start >= start],
    }


def _cut(text: str) -> str:
    """The text without its middle where it is a very long line (a machine's export); what is cited is never cut."""
    return text if len(text) <= LONG else f"{text[: LONG // 2]} [ ... ] {text[-LONG // 2 :]}"
