"""Faxes at three grades, made from the labelled charts that lie beside the public sets: every number on its page.

A share is of the tokens with a digit; "critical" are those of a gold fact's quote; "silent" were read with other digits
and not doubted. No peer reads faxes. Without labelled charts (a folder "cases" beside the data) the set has no figures.
"""

from __future__ import annotations

from pathlib import Path

import fax

from reading_sets.table import Peer, Row

#: Pages a grade, taken evenly from all charts.
PAGES = 40


def measure(data: Path, peer: Peer | None) -> list[Row]:
    """Four figures a grade; none where there are no labelled charts."""
    cases = data.parent / "cases"
    if not cases.is_dir():
        return []
    return [figure for row in fax.rows(cases, pages=PAGES) for figure in figures(row)]


def figures(row: fax.Row) -> list[Row]:
    tokens = max(1, row.tokens)
    return [
        Row(f"{row.grade}: exact", row.exact / tokens, note=f"{row.tokens} tokens, {row.told + row.asked} doubted"),
        Row(f"{row.grade}: critical exact", row.critical_exact / max(1, row.critical), note=f"{row.critical} tokens"),
        Row(f"{row.grade}: silently wrong", row.silent / tokens, 0.001, form="{:.4f}", most=True),
        Row(f"{row.grade}: seconds a page", row.seconds, 1.5, form="{:.2f}", most=True),
    ]
