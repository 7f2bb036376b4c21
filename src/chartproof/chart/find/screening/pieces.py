"""Cut a sentence about screening into stretches of one site each: "Colorectal ... Prostate ... Lung ..."."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chartproof.chart.dates import find_dates
from chartproof.chart.find.screening.rules import by_site, named, pattern


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence about the screening of one site."""

    site: str
    method: str
    start: int
    end: int


def pieces(text: str) -> list[Piece]:
    """Cut a sentence where another site or test begins. A site's own word and its test are one piece."""
    marks = sorted(
        ((m.start(), m.end(), *of) for of, words in named().to_try(text) for m in words.finditer(text)),
        key=lambda mark: (mark[0], -mark[1]),
    )
    rows: list[list[Any]] = []
    last_end = 0
    for start, end, site, method in marks:
        if rows and start < last_end:
            continue
        last_end = end
        dated = bool(rows) and bool(find_dates(text[rows[-1][2] : start], years=True))
        if rows and rows[-1][0] == site and (not method or not rows[-1][1] or rows[-1][1] == method or not dated):
            rows[-1][1] = joined(rows[-1][1], method, text[start:])
            continue
        rows.append([site, method, start])
    if not rows:
        return []
    bounds = [row[2] for row in rows[1:]] + [len(text)]
    cut = [
        Piece(site, method or test_at(site, text[start:end]), start, end)
        for (site, method, start), end in zip(rows, bounds, strict=True)
    ]
    return [piece for piece in cotests(text, cut) if piece.site != "other"]


def cotests(text: str, cut: list[Piece]) -> list[Piece]:
    """ "Pap 12/04/2025: negative; HPV not detected": cytology, and an HPV test without a day of its own."""
    kept: list[Piece] = []
    for piece in cut:
        last = kept[-1] if kept else None
        undated = not find_dates(text[piece.start : piece.end], years=True)
        if last and undated and {last.method, piece.method} == {"pap", "hpv"}:
            kept[-1] = Piece(last.site, "cotest", last.start, piece.end)
        else:
            kept.append(piece)
    return kept


def joined(before: str, method: str, rest: str) -> str:
    """Two tests of one site that stand together: cytology with HPV is a co-test; "Pap: n/a, hysterectomy" the latter."""
    if method == "hysterectomy" and not pattern("keeps_cervix").search(rest) and not find_dates(rest[30:]):
        return method
    if before and method and {before, method} == {"pap", "hpv"}:
        return "cotest"
    return before or method


def test_at(site: str, text: str) -> str:
    """The test that a row of a site names in words too short to stand alone: "Colon: scope of 5/2019"."""
    return next((method for method, pattern in by_site().get(site, ()) if pattern.search(text)), "")
