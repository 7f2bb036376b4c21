"""Which subjects the files tell of and where, read from one column: so that a batch reads its own lines and no others.

The working database then holds `source` (file, name, before: how many rows stand in the files before it, rows, raw: its
rows as SQL), `person` (number, subject, file, first: the line of the first row, until: the last line before the next
subject), `ledger` (file, line, code, column_name, what) and `vocabulary`. Where the rows of a subject do not stand
together, every row is put in the order of the subjects once, into `sorted`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import duckdb

from chartproof.decide import tables
from chartproof.errors import InputError
from chartproof.model.fact import Assertion
from chartproof.screen.plan import Plan
from chartproof.screen.schema import CHECKS, KINDS, OTHER_UNIT, OTHER_WORD, TIERS, Vocabulary
from chartproof.screen.sources import attach, opened, unreadable

Progress = Callable[[str, int, int], None]

_TABLES = (
    "create table vocabulary (concept varchar, type varchar, words varchar[], asked boolean)",
    "create table source (file integer, name varchar, before bigint, rows bigint, raw varchar)",
    "create table stretch (file integer, subject varchar, first bigint, last bigint)",
    "create table ledger (file varchar, line bigint, code varchar, column_name varchar, what varchar)",
    "create table done (part integer, facts bigint, notes bigint)",
)
#: Subjects in the order in which they first stand.
_PEOPLE = """create table person as select cast(row_number() over (order by file, first) as integer) as number, subject, file, first,
    coalesce(lead(first) over (partition by file order by first) - 1, rows) as until
    from (select subject, min(file) as file, arg_min(first, file) as first from stretch group by subject)
    inner join source using (file)"""
#: Somewhere a subject begins before another ends, or stands in two files.
_APART = """select count(*) from (select last >= lead(first) over (partition by file order by first)
    or count(*) over (partition by subject) > 1 as apart from stretch) where apart"""


@dataclass(frozen=True, slots=True)
class Survey:
    """`files` and `left_out` are names; `together` where the rows of each subject stand together."""

    files: tuple[str, ...]
    left_out: tuple[str, ...]
    rows: int
    subjects: int
    together: bool


def survey(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    vocabulary: Iterable[Vocabulary],
    *,
    asked: Plan,
    broken: Sequence[str],
    progress: Progress,
) -> Survey:
    """Looks through every file but those that are known to be `broken`, into an empty working database.

    Raises InputError CP-SCR-02 to -04 where no file can be used.
    """
    _types(connection, asked)
    for statement in _TABLES:
        connection.execute(statement)
    rows = [(one.concept, one.type, list(one.words), one.concept in asked.concepts) for one in vocabulary]
    tables.insert(connection, "vocabulary", rows)
    attach(connection, files)
    left_out = []
    for file, path in enumerate(files):
        progress(f"Looking through {path.name}", file, len(files))
        try:
            if path.name in broken:
                raise unreadable(path)
            _look_through(connection, path, file)
        except duckdb.OutOfMemoryException:
            raise  # the limit is at fault and not the file
        except (InputError, duckdb.Error) as error:
            failure = error if isinstance(error, InputError) else unreadable(path)
            if len(files) == 1:
                raise failure from None
            left_out.append(path.name)
            connection.execute("insert into ledger values (?, null, ?, '', ?)", [path.name, failure.code, failure.what])
    if len(left_out) == len(files):
        raise InputError("CP-SCR-02", "none of the files can be read", where=str(files[0].parent))
    return _settled(connection, files, tuple(left_out), progress)


def _types(connection: duckdb.DuckDBPyConnection, asked: Plan) -> None:
    """Words of which there are few, as numbers: they are compared once for every fact and question."""
    types: dict[str, Iterable[str]] = {
        "asked_concept": asked.concepts | {""}, "asked_word": asked.words | {OTHER_WORD},
        "asked_unit": asked.units | {"", OTHER_UNIT}, "row_kind": KINDS, "row_assertion": get_args(Assertion), "row_tier": TIERS,
    }  # fmt: skip
    for name, words in types.items():
        connection.execute(f"drop type if exists {name}")
        listed = ", ".join("'" + word.replace("'", "''") + "'" for word in sorted(words))
        connection.execute(f"create type {name} as enum ({listed})")


def _look_through(connection: duckdb.DuckDBPyConnection, path: Path, file: int) -> None:
    """One file: whole or not at all."""
    connection.execute("begin")
    try:
        raw = opened(connection, path, file)
        rows, before = number(connection, f"select count(*) from ({raw})"), _before(connection)
        connection.execute("insert into source values (?, ?, ?, ?, ?)", [file, path.name, before, rows, raw])
        nameless = CHECKS[0]
        connection.execute(
            f"insert into ledger select ?, line, ?, ?, ? from ({raw}) where {nameless.fails}",
            [path.name, nameless.code, nameless.column, nameless.what],
        )
        connection.execute(
            f"""insert into stretch select {file}, subject, min(line), max(line) from ({raw})
            where subject is not null group by subject"""
        )
        connection.execute("commit")
    except (InputError, duckdb.Error):
        connection.execute("rollback")
        raise


def _settled(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], left_out: tuple[str, ...], progress: Progress
) -> Survey:
    connection.execute(_PEOPLE)
    together = not number(connection, _APART)
    if not together:
        progress("Putting the rows in the order of their subjects", len(files), len(files))
        rows = " union all ".join(
            f"select {file} as file, {before} + line as fact, * from ({raw})"
            for file, before, raw in connection.execute("select file, before, raw from source order by file").fetchall()
        )
        connection.execute(
            f"""create table sorted as select p.number, r.* from ({rows}) r
            inner join (select number, subject from person) p on p.subject = r.subject order by p.number, r.fact"""
        )
    connection.execute("drop table stretch")
    return Survey(
        files=tuple(path.name for path in files),
        left_out=left_out,
        rows=_before(connection),
        subjects=number(connection, "select count(*) from person"),
        together=together,
    )


def incoming(connection: duckdb.DuckDBPyConnection, found: Survey, *, first: int, last: int) -> str:
    """SQL of every row of the subjects numbered first to last: file, fact (the row's number over all files), line and the
    columns of `opened`."""
    if not found.together:
        return f"select * exclude (number) from sorted where number between {int(first)} and {int(last)}"
    stretches = connection.execute(
        """select file, any_value(before), any_value(raw), min(first), max(until) from person inner join source using (file)
        where number between ? and ? group by file order by file""",
        [first, last],
    ).fetchall()
    parts = [
        f"select {file} as file, {before} + line as fact, * from ({raw}) where line between {start} and {end}"
        for file, before, raw, start, end in stretches
    ]
    return " union all ".join(parts) or "select 0 as file, 0 as fact, * from (" + _any(connection) + ") where false"


def _any(connection: duckdb.DuckDBPyConnection) -> str:
    found = connection.execute("select raw from source order by file limit 1").fetchone()
    return str(found[0]) if found else ""


def broken_files(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> list[Path]:
    """The files that cannot be read to their end: one may be broken where nobody has looked yet."""
    found = []
    for file, raw in connection.execute("select file, raw from source order by file").fetchall():
        try:
            connection.execute(f"select count(*) from (select hash(r) as every from ({raw}) r) where every is null")
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            found.append(files[file])
    return found


def _before(connection: duckdb.DuckDBPyConnection) -> int:
    return number(connection, "select coalesce(sum(rows), 0) from source")


def number(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    found = connection.execute(statement).fetchone()
    return int(found[0]) if found else 0
