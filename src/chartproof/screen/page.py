"""report.html: one self-contained page of a run's counts. It names no subject, and nothing outside of it is loaded."""

from __future__ import annotations

import base64
from calendar import month_name
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from chartproof.decide.fold import tree_of
from chartproof.decide.review import leaves_of
from chartproof.model.rows import Rows, Term
from chartproof.screen.batch import STATUSES
from chartproof.screen.counts import AGES, SMALL, UNDATED, Cell, Counts, Table
from chartproof.screen.intake import Intake

FONTS = {"400": "IBMPlexSans-Regular.woff2", "600": "IBMPlexSans-SemiBold.woff2"}
#: Shape and word of each status and standing; the colours are those of the style sheet.
LOOKS = {
    "met": ("●", "Met"),
    "not_applicable": ("–", "Not applicable"),
    "missing": ("◇", "Missing"),
    "not_met": ("■", "Not met"),
    "one_away": ("◇", "One document away"),
    "provisional_met": ("●", "Met, provisionally"),
    "rows_rejected": ("◇", "Met but for rows left out"),
    "more_missing": ("◇", "More than one document away"),
}
BAR = 360.0


def page(
    policies: Sequence[tuple[Rows, Counts]],
    intake: Intake,
    *,
    as_of: date,
    names: Mapping[str, str],
    changes: Table | None,
    compared: tuple[str, str] = ("", ""),
) -> str:
    """The page. `names` are the concepts in words; `compared` names the two editions of `changes`."""
    environment = Environment(
        loader=PackageLoader("chartproof.screen"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["told"] = told
    environment.filters["day"] = written_day
    return environment.get_template("report.html.j2").render(
        policies=[_shown(rows, counts, names) for rows, counts in policies],
        intake=intake, tier=_tier(intake), as_of=as_of.isoformat(), changes=_moves(changes), compared=compared, small=SMALL,
        looks=LOOKS, statuses=STATUSES, ages=_ages(), fonts=_fonts(),
    )  # fmt: skip


def written_day(day: str) -> str:
    """4 May 2026; words that are no day stay as they are."""
    try:
        when = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{when.day} {month_name[when.month]} {when.year}"


def _moves(changes: Table | None) -> list[tuple[str, str, str, Cell]] | None:
    """Row, what it was, what it becomes, subjects."""
    if changes is None:
        return None
    found = []
    for name, cells in changes.rows:
        row, _colon, moved = name.rpartition(": ")
        before, _to, after = moved.partition(" to ")
        found.append((row, before, after, cells[0]))
    return found


def told(cell: Cell) -> str:
    return "·" if cell is None else f"{cell:,}"


def _fonts() -> dict[str, str]:
    folder = files("chartproof").joinpath("knowledge", "fonts")
    return {weight: base64.b64encode(folder.joinpath(name).read_bytes()).decode() for weight, name in FONTS.items()}


def _tier(intake: Intake) -> str:
    """What the answers rest on."""
    if not intake.facts:
        return "no statement that any row asks about"
    if not intake.notes:
        return "codes and structured fields only; no note was read"
    share = 100 * intake.notes / intake.facts
    return f"codes and structured fields, and notes ({share:.0f} % of the statements that were asked about)"


def _ages() -> list[str]:
    ends = [*(edge - 1 for edge in AGES[1:]), None]
    told = [
        f"{first}-{last}" if last is not None else f"{first} and more" for first, last in zip(AGES, ends, strict=True)
    ]
    return [*told, UNDATED]


def _shown(rows: Rows, counts: Counts, names: Mapping[str, str]) -> dict[str, object]:
    """What the template prints of one policy."""
    alone = dict(counts.alone.rows)
    ages = dict(counts.ages.rows)
    left = dict(counts.funnel)
    whole = max([cell for _name, cell in counts.funnel if cell is not None] or [1])
    whole = max(whole, sum(cell or 0 for cell in counts.overall.rows[0][1]), 1)
    lines = [
        {
            "id": one.id, "says": one.says, "cells": cells, "bars": bars(cells), "left": left.get(one.id),
            "left_width": BAR * (left.get(one.id) or 0) / whole, "alone": alone[one.id], "ages": ages[one.id],
            "age_bars": bars(ages[one.id]), "window": _window(rows, one.id),
        }
        for one, (_id, cells) in zip(rows.criteria, counts.criteria.rows, strict=True)
    ]  # fmt: skip
    return {
        "id": rows.id, "title": rows.title, "edition": rows.edition, "counts": counts, "lines": lines,
        "overall": list(zip(counts.overall.columns, counts.overall.rows[0][1], strict=True)),
        "overall_bars": bars(counts.overall.rows[0][1]),
        "settle": [(names.get(name, name), cells[0]) for name, cells in counts.settle.rows if cells[0] is not None],
        "few": [names.get(name, name) for name, cells in counts.settle.rows if cells[0] is None],
        "terms": _ours(rows), "own": [one for one in rows.criteria if one.basis in ("interpretation", "convention")],
        "unconfirmed": [one.id for one in rows.criteria if not one.verified],
        "constants": sorted({(leaf.reason, leaf.text) for leaf in rows.leaves if leaf.measure == "constant"}),
    }  # fmt: skip


def bars(cells: Sequence[Cell]) -> list[tuple[int, float, float]]:
    """Column, start and width of each shown count, of a bar as long as all of them; hidden ones have no width."""
    whole = sum(cell or 0 for cell in cells) or 1
    found, start = [], 0.0
    for column, cell in enumerate(cells):
        width = BAR * (cell or 0) / whole
        if width:
            found.append((column, round(start, 1), round(width, 1)))
        start += width
    return found


def _window(rows: Rows, criterion: str) -> str:
    """How old the evidence of a row may be, in days, where it has a limit."""
    tree, leaves = tree_of(rows), {leaf.id: leaf for leaf in rows.leaves}
    one = next(one for one in rows.criteria if one.id == criterion)
    days = sorted({leaves[leaf].window_days for leaf in leaves_of(one, tree)} - {None}, key=lambda day: day or 0)
    return " or ".join(str(day) for day in days)


def _ours(rows: Rows) -> tuple[Term, ...]:
    """Values that the policy does not give: ours, by interpretation or convention."""
    return tuple(term for term in rows.terms if term.basis in ("interpretation", "convention"))
