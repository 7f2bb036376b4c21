"""Matrices: rows that are asked under the names of products, indications or phases, by ticks, a legend's letters and values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chartproof.policy.draft.cells import NOTHING, cell_test
from chartproof.policy.draft.columns import Grid, is_mark, roles_of
from chartproof.policy.draft.criterion import Criterion, first_words, grouped
from chartproof.policy.draft.entries import asked
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sections import KINDS, sentence_of
from chartproof.policy.draft.words import pattern

#: A legend's mark, what says what it means, and the meaning: "R = required", "X means that it bars approval".
_LEGEND = re.compile(
    r"[“\"'(]?(?<![\w-])(?P<mark>[A-Z]{1,2}|[✓✔☑☒●○•■□◆◇×✗✘–—-])[”\"')]?\s*(?:=|:|(?:means?|marks?|stands? for|says|shows?)\b)\s*(?P<says>[^.;=]{2,80}?)(?=[.;,]|\s+[“\"'(]?(?:[A-Z]{1,2}|[✓✔☑☒●○•■□◆◇×✗✘])[”\"')]?\s*(?:=|:|means?\b)|$)"
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one row asks under some of the names: `whole` where it asks it under all."""

    criterion: Criterion
    names: tuple[str, ...]
    whole: bool


def ticked(grid: Grid, kind: str, lead: str, text: str) -> list[Criterion]:
    """The criteria of a matrix. `lead` is what is said of the table, `text` its sentence that says how the rows join.

    Where that says to read under a product's name, each product has the rows of its column; else each row stands
    once, and holds when one of the names that tick it is requested or is what the member has.
    """
    if pattern("grids", "by_column").search(lead) and not _are_illnesses([grid.head[n] for n in grid.all_of("mark")]):
        return _by_column(grid, kind or "necessity", text)
    means = _legend(lead)
    groups: dict[tuple[str, str], list[Criterion]] = {}
    for at, row in enumerate(grid.rows, 1):
        for one in _of_row(grid, row, at, kind or "necessity", means):
            when = "" if one.whole else " or ".join(one.names)
            own = one.criterion.kind
            if own == "exclusion":  # a refusal of some stands in a list of its own: within a list all of it holds
                groups.setdefault((own, when), []).append(one.criterion)
            else:
                guarded = replace(one.criterion, when=one.criterion.when or when)
                groups.setdefault((own, ""), []).append(guarded)
    return [_group(grid, own, when, rows, text) for (own, when), rows in groups.items()]


def _are_illnesses(names: Sequence[str]) -> bool:
    """True where the columns are what a member may have: one of them is no way to be approved by itself."""
    return sum(1 for name in names if pattern("grids", "illness").search(name)) * 2 > len(names)


def _legend(lead: str) -> Mapping[str, str]:
    """What the marks mean, as kinds of criteria; "" for a mark that asks nothing."""
    found: dict[str, str] = {}
    for match in _LEGEND.finditer(lead):
        says = match["says"]
        if pattern("grids", "idle").search(says):
            found[match["mark"].lower()] = ""
        elif pattern("grids", "bars").search(says):
            found[match["mark"].lower()] = "exclusion"
        elif sentence_of(says) in ("documentation", "continuation"):
            found[match["mark"].lower()] = KINDS[sentence_of(says)]
    return found


def _of_row(grid: Grid, row: Node, at: int, kind: str, means: Mapping[str, str]) -> list[_Asked]:
    """What a row asks under its names: once for each kind that its marks give it, or for each value that stands there."""
    marks = grid.all_of("mark")
    number = grid.cell(row, grid.at("number")).rstrip(".)")
    name = number or f"r{at}"
    subject = grid.cell(row, next(iter(grid.all_of("necessity", "")), 0))
    if not subject:
        return []
    by_kind: dict[str, list[int]] = {}
    by_value: dict[str, list[int]] = {}
    for n in marks:
        cell = grid.cell(row, n)
        mark = cell.strip(" .*").lower()
        own = _phase(grid, n, kind)
        if mark in means:
            if means[mark]:
                by_kind.setdefault(means[mark], []).append(n)
        elif _is_unticked(cell):
            continue
        elif is_mark(cell):
            by_kind.setdefault(own, []).append(n)
        else:
            by_value.setdefault(cell, []).append(n)
    later = by_kind.pop("continuation", []) if kind != "continuation" else []
    if later and not by_kind:
        by_kind["continuation"] = later
    elif later:
        by_kind = {own: sorted([*columns, *later]) for own, columns in by_kind.items()}
    found = [
        _named(grid, replace(asked(name, row, subject, own), made_id=not number), columns, marks)
        for own, columns in by_kind.items()
    ]
    values = [
        _named(grid, one, columns, marks)
        for n, (value, columns) in enumerate(by_value.items(), 1)
        if (one := cell_test(f"{name}/{n}" if len(by_value) > 1 else name, _pair(row, subject, value), 1, kind))
    ]
    if len(values) > 1:
        parts = tuple(replace(one.criterion, when=" or ".join(one.names)) for one in values)
        whole = grouped(name, row, subject, kind, join="all", children=parts)
        return [*found, _Asked(replace(whole, made_id=not number), (), whole=True)]
    return [*found, *values]


def _is_unticked(cell: str) -> bool:
    """True for a blank, a dash, a no or a cross that no legend explains: the row is not asked under this name."""
    return NOTHING.match(cell) is not None or pattern("grids", "unticked").match(cell) is not None


def _named(grid: Grid, one: Criterion, columns: Sequence[int], marks: Sequence[int]) -> _Asked:
    """What is asked only where it is continued needs no name of its phase."""
    names = tuple(grid.head[n] for n in columns)
    phase = one.kind == "continuation" and all(roles_of([name])[0] == "continuation" for name in names)
    return _Asked(one, names, whole=phase or list(columns) == list(marks))


def _phase(grid: Grid, n: int, kind: str) -> str:
    """The kind of a column that is a phase of treatment and no product: "Renewal"."""
    role = roles_of([grid.head[n]])[0]
    return role if role in ("continuation", "exclusion") and kind == "necessity" else kind


def _pair(row: Node, subject: str, value: str) -> Node:
    return Node("row", row.text, row.page, row.lines, left=row.left, cells=(subject, value))


def _group(grid: Grid, kind: str, when: str, rows: Sequence[Criterion], text: str) -> Criterion:
    said = announcement(text)
    join = "none" if kind == "exclusion" else said.join if said and said.join != "none" else "all"
    words = text or " / ".join(filter(None, grid.head))
    name = f"TICKS/{kind}" + (f"/{when}" if when else "")
    return replace(grouped(name, grid.rows[0], words, kind, join=join, children=tuple(rows)), when=when)


def _by_column(grid: Grid, kind: str, text: str) -> list[Criterion]:
    """Under each product's or indication's name the rows that its column ticks, which are asked together."""
    subject_at = next(iter(grid.all_of("necessity", "")), 0)
    ways = []
    for n in grid.all_of("mark"):
        name = grid.head[n]
        tests = [one for at, row in enumerate(grid.rows, 1) if (one := _under_name(grid, row, at, n, subject_at, kind))]
        if tests:
            ways.append(grouped(name, grid.rows[0], name, kind, join="all", children=tuple(tests)))
    if len(ways) < 2:
        return ways
    words = text or " / ".join(one.text for one in ways)
    return [grouped("WAYS", grid.rows[0], words, kind, join="any", children=tuple(ways))]


def _under_name(grid: Grid, row: Node, at: int, n: int, subject_at: int, kind: str) -> Criterion | None:
    """One row under one name: what the row says where it is ticked, else the value that stands there."""
    cell, subject = grid.cell(row, n), grid.cell(row, subject_at)
    if _is_unticked(cell) or not subject:
        return None
    name = f"{grid.head[n]}/{grid.cell(row, grid.at('number')) or at}"
    if is_mark(cell):
        return replace(asked(name, row, subject, kind), find=first_words(subject))
    return cell_test(name, _pair(row, subject, cell), 1, kind)
