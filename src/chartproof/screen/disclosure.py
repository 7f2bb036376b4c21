"""What the shown counts of all tables tell together: a hidden count that follows from them is hidden better.

Each table hides its own small counts (counts.hidden). But the tables are about the same people: the sites add up to the
whole, the ages of the evidence to those who are met, an edition is the one before and what changes. Each of that is an
equation between cells; a hidden cell that the equations settle could be told by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from chartproof.screen import unshown
from chartproof.screen.counts import Counts, Numbers, Table, small
from chartproof.screen.unshown import Key

#: Cells with what they count for; their sum is known.
Equation = Mapping[Key, int]
#: The tables of Counts by their names; the funnel goes with them.
PARTS = ("overall", "criteria", "alone", "ages", "settle", "sites", "products")
#: What the page is read for: a cell of another table is hidden sooner.
ANSWERS = ("overall", "criteria")


def settled(equations: Sequence[Equation], hidden: set[Key]) -> set[Key]:
    """The hidden cells that follow from the equations and the cells that are shown: those that stand alone in a row of the
    equations, reduced."""
    rows: dict[Key, dict[Key, Fraction]] = {}
    for equation in equations:
        row = {key: Fraction(count) for key, count in equation.items() if count and key in hidden}
        for pivot, other in rows.items():
            _take(row, other, pivot)
        if row:
            first = next(iter(row))
            row = {key: count / row[first] for key, count in row.items()}
            for other in rows.values():
                _take(other, row, first)
            rows[first] = row
    return {pivot for pivot, row in rows.items() if len(row) == 1}


def _take(row: dict[Key, Fraction], other: Mapping[Key, Fraction], pivot: Key) -> None:
    """Takes as much of the other row away that the pivot is gone."""
    times = row.get(pivot)
    for key, count in other.items() if times else ():
        left = row.get(key, Fraction(0)) - (times or 0) * count
        if left:
            row[key] = left
        else:
            row.pop(key, None)


def closed(equations: Sequence[Equation], numbers: Mapping[Key, int], hidden: set[Key]) -> set[Key]:
    """`hidden` with as many more cells, those of ANSWERS last and else the smallest of an equation first, as it takes until
    none of them is settled."""
    kept = set(hidden)
    tried = {key for key in hidden if key[1] in unshown.TABLES and not small(numbers[key])}  # these may be told
    while told := settled(equations, kept) - tried:
        key = min(told)  # one at a time: what is hidden for it often hides others with it
        near = {other for equation in equations if key in equation for other in equation} - kept
        if near:
            kept.add(min(near, key=lambda one: (numbers[one] == 0, one[1] in ANSWERS, numbers[one], one)))
        else:
            tried.add(key)  # all that it stands with is hidden: it is told by what is no cell
    return kept


def hidden_across(
    counts: Sequence[Counts], numbers: Sequence[Mapping[str, Numbers]], changes: Table | None
) -> tuple[list[Counts], Table | None]:
    """The counts with as many more cells hidden as it takes. `numbers` are those behind each, by table, with those of
    unshown.py; with `changes`, that table's stand with the last."""
    shown = [_tables(one) for one in counts]
    if changes:
        shown[-1]["changes"] = changes
    cells: dict[Key, int] = {}
    hidden: set[Key] = set()
    for place, tables in enumerate(shown):
        for name, table in tables.items():
            for row, values in table.rows:
                for column, value in zip(table.columns, values, strict=True):
                    cells[place, name, row, column] = numbers[place][name][row, column]
                    if value is None:
                        hidden.add((place, name, row, column))
        for name in unshown.TABLES:
            own = {(place, name, *key): n for key, n in numbers[place][name].items()}
            cells |= own
            hidden |= set(own)
    equations = [one for place, tables in enumerate(shown) for one in _within(place, tables)]
    equations += [one for place, told in enumerate(numbers) for one in unshown.equations(place, told)]
    equations += _same(numbers)
    if changes:
        equations += _between(shown, len(shown) - 1)
    kept = closed(equations, cells, hidden)
    found = [
        {name: _hiding(table, {key[2:] for key in kept if key[:2] == (place, name)}) for name, table in tables.items()}
        for place, tables in enumerate(shown)
    ]
    return [_with(one, tables) for one, tables in zip(counts, found, strict=True)], found[-1].get("changes")


def _with(one: Counts, tables: Mapping[str, Table]) -> Counts:
    return replace(
        one, overall=tables["overall"], criteria=tables["criteria"], alone=tables["alone"], ages=tables["ages"],
        settle=tables["settle"], sites=tables["sites"], products=tables["products"],
        funnel=tuple((name, cells[0]) for name, cells in tables["funnel"].rows),
    )  # fmt: skip


def _tables(one: Counts) -> dict[str, Table]:
    tables: dict[str, Table] = {name: getattr(one, name) for name in PARTS}
    tables["funnel"] = Table("funnel", ("left",), tuple((name, (cell,)) for name, cell in one.funnel))
    return tables


def _hiding(table: Table, gone: set[tuple[str, str]]) -> Table:
    rows = tuple(
        (row, tuple(None if (row, column) in gone else value for column, value in zip(table.columns, values, strict=True)))
        for row, values in table.rows
    )  # fmt: skip
    return replace(table, rows=rows)


def _within(place: int, tables: Mapping[str, Table]) -> Iterator[Equation]:
    """What adds up in one policy's tables."""

    def row(name: str, of: str, *, columns: Sequence[str] = ()) -> dict[Key, int]:
        return {(place, name, of, column): 1 for column in columns or tables[name].columns}

    whole = tables["overall"].rows[0][0]
    yield row("overall", whole)
    for name in ("sites", "products"):
        yield from (row(name, one) for one, _cells in tables[name].rows)
        for column in tables[name].columns:
            down = {(place, name, one, column): 1 for one, _cells in tables[name].rows}
            yield {**down, (place, "overall", whole, column): -1}
    settle = {(place, "settle", one, "one_away"): 1 for one, _cells in tables["settle"].rows}
    yield {**settle, (place, "overall", whole, "one_away"): -1}
    for one, _cells in tables["criteria"].rows:
        yield row("criteria", one)
        yield {**row("ages", one), (place, "criteria", one, "met"): -1}
    steps = [name for name, _cells in tables["funnel"].rows]
    if steps:
        left = row("overall", whole, columns=("provisional_met", "rows_rejected"))
        yield {**dict.fromkeys(left, -1), (place, "funnel", steps[-1], "left"): 1}


def _same(numbers: Sequence[Mapping[str, Numbers]]) -> Iterator[Equation]:
    """Rows with the same counts, of whatever policy, are taken for the same row: who reads the policies knows of many."""
    first: dict[tuple[int, ...], tuple[int, str]] = {}
    for place, told in enumerate(numbers):
        for one in dict.fromkeys(row for row, _column in told["criteria"]):
            own = [(name, column) for name in ("criteria", "ages") for row, column in told[name] if row == one]
            where, name_ = first.setdefault(tuple(told[name][one, column] for name, column in own), (place, one))
            if (where, name_) != (place, one):
                yield from ({(place, name, one, column): 1, (where, name, name_, column): -1} for name, column in own)


def _between(shown: Sequence[Mapping[str, Table]], last: int) -> Iterator[Equation]:
    """An edition's count of a status is the other's, and who comes, less who goes."""
    names = {"overall": "overall", **{row: "criteria" for row, _cells in shown[last]["criteria"].rows}}
    before = {row for row, _cells in shown[0]["criteria"].rows} | {"overall"}
    moves = [row.rpartition(": ") for row, _cells in shown[last]["changes"].rows]
    for of, table in names.items():
        if of not in before:
            continue
        row = shown[last][table].rows[0][0] if table == "overall" else of
        for status in shown[last][table].columns:
            equation: dict[Key, int] = {(0, table, row, status): 1, (last, table, row, status): -1}
            for where, _colon, moved in moves:
                old, _to, new = moved.partition(" to ")
                if where == of and status in (old, new):
                    equation[last, "changes", f"{where}: {moved}", "subjects"] = 1 if status == new else -1
            yield equation
