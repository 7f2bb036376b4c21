"""Counts over a run's files, with small cells hidden: what the page and counts.csv show. No subject is named here.

A count of 1 to 10 is hidden (None), and further cells with it until nobody can find it by subtraction; so is a count that differs
by 1 to 10 from the same count of an earlier edition, or a part from its whole. What several tables tell together is looked
at in disclosure.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from chartproof.model.rows import Rows
from chartproof.screen.batch import OVERALL, STATUSES

SMALL = 11
#: Days before the as-of day, each to the next.
AGES = (0, 8, 31, 61, 91, 181)
#: The last column of the ages: met by what has no day.
UNDATED = "no day"

Cell = int | None


@dataclass(frozen=True, slots=True)
class Table:
    """Counts with a name a row and a column. Rows part the subjects, or stand for themselves (`parts` False)."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one policy. `funnel` is how many still have every row so far met or not asked, by criterion."""

    policy: str
    edition: str
    overall: Table
    criteria: Table
    alone: Table
    ages: Table
    settle: Table
    funnel: tuple[tuple[str, Cell], ...]
    sites: Table
    products: Table


def small(n: int, beside: Sequence[int] = ()) -> bool:
    """Whether a count, or what it differs by from one of those beside it, is too small to be shown."""
    return 0 < n < SMALL or any(0 < abs(n - other) < SMALL for other in beside)


def hidden(
    rows: Sequence[Sequence[int]],
    *,
    parts: bool = True,
    sums: bool = True,
    beside: Sequence[Sequence[Sequence[int]]] = (),
) -> tuple[tuple[Cell, ...], ...]:
    """The rows with small cells hidden; with `sums` a row's sum is taken to be known, and with `parts` a column's sum too.

    `beside` are, by cell, counts of the same people that are shown too: of other editions, of the whole of which it is a part.
    """
    other = beside or [[()] * len(row) for row in rows]
    kept: list[list[Cell]] = [
        [None if small(n, m) else n for n, m in zip(row, their, strict=True)]
        for row, their in zip(rows, other, strict=True)
    ]
    lines = [[(r, c) for c in range(len(row))] for r, row in enumerate(rows)] if sums else []
    if parts and len(rows) > 1:
        lines += [[(r, c) for r in range(len(rows))] for c in range(len(rows[0]))]
    changed = True
    while changed:
        changed = False
        for line in lines:
            gone = [(r, c) for r, c in line if kept[r][c] is None]
            seen = sorted((rows[r][c] == 0, rows[r][c], r, c) for r, c in line if kept[r][c] is not None)
            if gone and seen and (len(gone) < 2 or sum(rows[r][c] for r, c in gone) < SMALL):
                _zero, _n, r, c = seen[0]
                kept[r][c] = None
                changed = True
    return tuple(tuple(row) for row in kept)


def funnel(
    steps: Sequence[tuple[str, int]], whole: int, beside: Mapping[str, Sequence[int]] | None = None
) -> tuple[tuple[str, Cell], ...]:
    """A step is shown where it, and how many it loses from the last one shown, is none or no small count."""
    last, found = whole, []
    for name, left in steps:
        shown = not 0 < last - left < SMALL and not small(left, (beside or {}).get(name, ()))
        found.append((name, left if shown else None))
        last = left if shown else last
    return tuple(found)


Numbers = dict[tuple[str, str], int]


class Reader:
    """Reads one run's files. Every count is of subjects.

    `numbers` are those of the policy counted last, by table; `beside` are those of earlier editions of it.
    """

    def __init__(self, out: Path, as_of: str) -> None:
        self.connection = duckdb.connect(":memory:")
        self.connection.execute("set threads = 2")
        for name in ("criteria", "subjects"):
            place = str(out / name / "*.parquet").replace("'", "''")
            self.connection.execute(f"create view {name} as select * from read_parquet('{place}')")
        self.as_of = as_of
        self.numbers: dict[str, Numbers] = {}
        self.beside: Sequence[Mapping[str, Numbers]] = ()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        return self.connection.execute(query, list(values)).fetchall()

    def table(self, name: str, query: str, values: Sequence[object], names: Sequence[str], columns: Sequence[str],
              *, parts: bool = False, sums: bool = True) -> Table:  # fmt: skip
        """`query` gives row name, column name and count; what it leaves out is none. Without `sums` a row adds up to nothing
        that is known."""
        found = {(str(row[0]), str(row[1])): int(str(row[2])) for row in self.rows(query, values)}
        numbers = [[found.get((row, column), 0) for column in columns] for row in names]
        cells = hidden(numbers, parts=parts, sums=sums, beside=self.compared(name, names, columns))
        self.numbers[name] = {
            (row, column): numbers[r][c] for r, row in enumerate(names) for c, column in enumerate(columns)
        }
        return Table(name, tuple(columns), tuple(zip(names, cells, strict=True)))

    def compared(self, name: str, names: Sequence[str], columns: Sequence[str]) -> list[list[list[int]]]:
        """The same cells of the editions beside this one, where they have such a row; of what is alone all of its status."""
        others = [other.get(name, {}) for other in self.beside]
        if name == "alone":
            others.append(self.numbers["criteria"])
        return [[[one[row, column] for one in others if (row, column) in one] for column in columns] for row in names]

    def names(self, column: str) -> list[str]:
        return [str(row[0]) for row in self.rows(f"select distinct {column} from subjects order by 1")]


#: The rules of one policy in the run's tables.
_OF_ONE = "where policy = ? and edition = ?"
#: Subjects for whom a row is the only one that is not met, or the only one that is missing.
_ALONE = """select c.criterion, c.status, count(*) from criteria c inner join subjects s
    on s.subject = c.subject and s.policy = c.policy and s.edition = c.edition
    where c.policy = ? and c.edition = ? and ((c.status = 'not_met' and s.not_met = 1 and s.missing = 0)
        or (c.status = 'missing' and s.missing = 1 and s.not_met = 0)) group by all"""


def count(reader: Reader, rows: Rows) -> Counts:
    """Everything that is shown of one policy."""
    one = [rows.id, rows.edition]
    ids = [criterion.id for criterion in rows.criteria]
    of_rows = f"select criterion, status, count(*) from criteria {_OF_ONE} group by all"

    def overall(name: str, column: str, names: Sequence[str]) -> Table:
        query = f"select {column}, overall, count(*) from subjects {_OF_ONE} group by all"
        return reader.table(name, query, one, names, OVERALL, parts=True)

    return Counts(
        policy=rows.id,
        edition=rows.edition,
        settle=_settle(reader, one),
        funnel=_funnel(reader, rows),
        overall=overall("overall", "'all'", ["all"]),
        criteria=reader.table("criteria", of_rows, one, ids, STATUSES, parts=False),
        alone=reader.table("alone", _ALONE, one, ids, ("not_met", "missing"), sums=False),
        ages=reader.table("ages", _ages(reader.as_of), one, ids, [*map(str, AGES), UNDATED], parts=False),
        sites=overall("sites", "site", reader.names("site")),
        products=overall("products", "product", reader.names("product")),
    )


def _ages(as_of: str) -> str:
    """The query for how many subjects meet a row by what is how old: the last of AGES that it has reached."""
    edges = ", ".join(str(age) for age in AGES)
    age = f"greatest(0, date_diff('day', fact_day, date '{as_of}'))"
    reached = f"list_last(list_filter([{edges}], lambda edge: edge <= {age}))"
    return f"""select criterion, coalesce(cast({reached} as varchar), '{UNDATED}'), count(*)
        from criteria {_OF_ONE} and status = 'met' group by all"""


def _settle(reader: Reader, one: Sequence[object]) -> Table:
    """By what one document could settle all that is missing, how many are one such document away."""
    settles = reader.rows(
        f"select would_settle, count(*) from subjects {_OF_ONE} and overall = 'one_away' group by all order by 2 desc, 1",
        one,
    )
    settled = [str(name) for name, _n in settles]
    ways = [int(str(n)) for _name, n in settles]
    reader.numbers["settle"] = {(name, "one_away"): n for name, n in zip(settled, ways, strict=True)}
    beside = [[cell for (cell,) in reader.compared("settle", settled, ["one_away"])]]
    kept = dict(zip(settled, hidden([ways], beside=beside)[0], strict=True)) if settled else {}
    # the order of those that are hidden tells nothing
    shown = sorted(settled, key=lambda name: (-(kept[name] or 0), name))
    return Table("settle", ("one_away",), tuple((name, (kept[name],)) for name in shown))


def _funnel(reader: Reader, rows: Rows) -> tuple[tuple[str, Cell], ...]:
    whole = reader.rows(f"select count(*) from subjects {_OF_ONE}", [rows.id, rows.edition])[0][0]
    steps = _steps(reader, rows)
    reader.numbers["funnel"] = {(name, "left"): left for name, left in steps}
    ids = [criterion.id for criterion in rows.criteria]
    before = {name: cell for name, (cell,) in zip(ids, reader.compared("funnel", ids, ["left"]), strict=True)}
    return funnel(steps, int(str(whole)), before)


def _steps(reader: Reader, rows: Rows) -> list[tuple[str, int]]:
    """How many have no row up to this one that is open or not met."""
    places = {criterion.id: place for place, criterion in enumerate(rows.criteria)}
    listed = "[" + ", ".join("'" + name.replace("'", "''") + "'" for name in places) + "]"
    if not places:
        return []
    ends = reader.rows(
        f"""select stop, count(*) from (select subject,
            min(case when status in ('met', 'not_applicable') then null else list_position({listed}, criterion) end) as stop
            from criteria where policy = ? and edition = ? group by subject) group by stop""",
        [rows.id, rows.edition],
    )
    lost = {int(str(stop)) - 1: int(str(n)) for stop, n in ends if stop is not None}
    left = sum(int(str(n)) for _stop, n in ends)
    found = []
    for name, place in places.items():
        left -= lost.get(place, 0)
        found.append((name, left))
    return found


def changes(reader: Reader, before: Rows, after: Rows) -> Table:
    """By criterion (and overall) what an edition changes, as 'missing to met': subjects. Rows that both have only."""
    told = reader.rows(
        """select a.criterion, a.status || ' to ' || b.status, count(*) from criteria a inner join criteria b
        on a.subject = b.subject and a.criterion = b.criterion where a.policy = ? and a.edition = ? and b.policy = ?
        and b.edition = ? and a.status <> b.status group by all
        union all select 'overall', a.overall || ' to ' || b.overall, count(*) from subjects a inner join subjects b
        on a.subject = b.subject where a.policy = ? and a.edition = ? and b.policy = ? and b.edition = ?
        and a.overall <> b.overall group by all order by 1, 2""",
        [before.id, before.edition, after.id, after.edition] * 2,
    )
    moves = {f"{criterion}: {moved}": int(str(n)) for criterion, moved, n in told}
    reader.numbers["changes"] = {(name, "subjects"): n for name, n in moves.items()}
    rows = tuple((name, (None if small(n) else n,)) for name, n in moves.items())
    return Table("changes", ("subjects",), rows)
