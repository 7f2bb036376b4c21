"""A facts table read into the working database: checked row by row, the unusable ones in a ledger, none dropped in silence.

The working database then holds `all_subject` (number, subject, site, product, rejected), `all_fact` and `all_coverage` with the
columns of SEMANTICS.md (subject is the number; fact is the number of its row over all files), and `ledger` (file, line, code,
column_name, what). Rows about concepts that no policy asks for are counted and left; words and units that none asks for are
told apart no longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import duckdb

from chartproof.errors import InputError
from chartproof.model.fact import Assertion
from chartproof.screen.plan import Plan
from chartproof.screen.schema import (
    AS_ROW,
    CHECKS,
    KINDS,
    OPTIONAL,
    OTHER_UNIT,
    OTHER_WORD,
    REQUIRED,
    ROW_COLUMNS,
    TIERS,
    VERSION,
    Vocabulary,
    fault,
)  # fmt: skip

ENDINGS = (".parquet", ".csv", ".csv.gz", ".duckdb")
TABLE = "facts"
#: Columns that are no text where the file has types.
TYPED = ("low", "high", "first_day", "last_day", "known_by", "signed", "rank")
Progress = Callable[[str, int, int], None]

_TABLES = (
    "create table vocabulary (concept varchar, type varchar, words varchar[], asked boolean)",
    "create table all_subject (number integer, subject varchar, site varchar, product varchar, rejected integer)",
    f"create table all_row (subject integer, {', '.join(f'{name} {kind}' for name, kind in ROW_COLUMNS.items())})",
    "create or replace view all_fact as select * from all_row where fault is null and kind = 'fact'",
    "create table all_coverage (subject integer, concept asked_concept, first_day date)",
    "create table refused (subject varchar, concept varchar)",
    "create table ledger (file varchar, line bigint, code varchar, column_name varchar, what varchar)",
    "create table counted (file varchar, rows bigint)",
)
#: Subjects in the order in which they first stand, so that a table that is grouped by subject stays in order.
_SUBJECTS = """insert into all_subject
    select (select count(*) from all_subject) + row_number() over (order by min(line)), r.subject,
        coalesce(min(r.site), ''), coalesce(min(r.product), ''), 0
    from {rows} r where r.subject is not null and not exists (select 1 from all_subject s where s.subject = r.subject)
    group by r.subject"""
#: Every row with what is known of its concept and its fault, if it has one.
_CHECKED = """(select r.*, {fault} as fault from (select r.*, v.concept as known, v.type, v.words,
    coalesce(v.asked, false) as asked from {rows} r left join vocabulary v on v.concept = r.concept) r)"""
#: Every row is looked at once: kept are those that cannot be used and those that some policy asks about.
_ROWS = """insert into all_row select s.number, {columns}
    from (select subject, {as_row} from {checked} where fault is not null or asked) t
    left join all_subject s on s.subject = t.subject"""
_COVERAGE = """insert into all_coverage select subject, concept, first_day from all_row
    where fault is null and kind = 'coverage' and fact > {before}"""
#: Those that cannot be used are few, and read again for what is told of them.
_FAULTY = """create or replace temp table faulty as select line, subject, concept, fault from {checked}
    where fault is not null"""
_SETTLED = (
    """update all_subject set rejected = r.rows from (select subject, count(*) as rows from refused group by subject) r
        where r.subject = all_subject.subject""",
    # a row of the concept that could not be read takes the completeness away: it may say the contrary
    """delete from all_coverage where exists (select 1 from refused r inner join all_subject s on s.subject = r.subject
        where s.number = all_coverage.subject and (r.concept = cast(all_coverage.concept as varchar)
            or not exists (select 1 from vocabulary v where v.concept = r.concept)))""",
)
#: A word that is written as concepts are, and as neither names nor sentences are.
NAMED = "regexp_full_match(concept, '[a-z][a-z0-9_]{0,39}')"
_SETTLED = (
    """update all_subject set rejected = r.rows from (select subject, count(*) as rows from refused group by subject) r
        where r.subject = all_subject.subject""",
    # a row of the concept that could not be read takes the completeness away: it may say the contrary
    """delete from all_coverage where exists (select 1 from refused r inner join all_subject s on s.subject = r.subject
        where s.number = all_coverage.subject and (r.concept = cast(all_coverage.concept as varchar)
            or not exists (select 1 from vocabulary v where v.concept = r.concept)))""",
)


@dataclass(frozen=True, slots=True)
class Intake:
    """What was read. `files` and `left_out` are names; `notes` is how many of the facts asked for come from notes."""

    files: tuple[str, ...]
    left_out: tuple[str, ...]
    rows: int
    rejected: int
    nameless: int
    subjects: int
    facts: int
    notes: int


def files_of(place: Path) -> tuple[Path, ...]:
    """One file, or the files of a folder in the order of their names. Raises InputError CP-SCR-01."""
    found = sorted(one for one in place.iterdir() if usable(one)) if place.is_dir() else [place]
    if not found or not all(usable(one) for one in found):
        raise InputError(
            "CP-SCR-01", "there is no facts table there", where=str(place),
            then="Give a .parquet, .csv, .csv.gz or .duckdb file, or a folder of them.",
        )  # fmt: skip
    return tuple(found)


def usable(path: Path) -> bool:
    return path.is_file() and path.name.lower().endswith(ENDINGS)


def read_facts(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    vocabulary: Iterable[Vocabulary],
    *,
    asked: Plan,
    progress: Progress,
) -> Intake:
    """Reads every file into the working database. Raises InputError CP-SCR-02 to -05 where no file can be used."""
    _types(connection, asked)
    for statement in _TABLES:
        connection.execute(statement)
    rows = [(one.concept, one.type, list(one.words), one.concept in asked.concepts) for one in vocabulary]
    connection.executemany("insert into vocabulary values (?, ?, ?, ?)", rows)
    left_out = []
    for number, path in enumerate(files):
        progress(f"Reading {path.name}", number, len(files))
        try:
            _read(connection, path)
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
    return _finish(connection, files, tuple(left_out))


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


def unreadable(path: Path) -> InputError:
    return InputError("CP-SCR-02", "the file cannot be read as a table", where=path.name)


def _read(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """One file: whole or not at all."""
    before = _one(connection, "select coalesce(sum(rows), 0) from counted")
    if not path.is_file():
        raise InputError("CP-SCR-02", "the file does not exist", where=path.name)
    connection.execute("begin")
    try:
        source, has = _source(connection, path)
        raw = ", ".join(_raw(column, has, path.name) for column in (*REQUIRED, *OPTIONAL))
        rows = f"(select line, {raw} from {source})"
        if ".csv" in path.name.lower():  # text is taken apart once
            connection.execute(f"create or replace temp table incoming as {rows}")
            rows = "incoming"
        connection.execute(_SUBJECTS.format(rows=rows))
        checked = _CHECKED.format(rows=rows, fault=fault())
        columns = ", ".join(f"t.{name}" for name in ROW_COLUMNS)
        connection.execute(_ROWS.format(columns=columns, as_row=AS_ROW.format(before=before), checked=checked))
        connection.execute(_COVERAGE.format(before=before))
        if _one(connection, f"select count(*) from all_row where fault is not null and fact > {before}"):
            connection.execute(_FAULTY.format(checked=checked))
            connection.execute("insert into refused select subject, concept from faulty where subject is not null")
            _ledger(connection, path)
            connection.execute("drop table faulty")
        connection.execute(f"insert into counted select ?, count(*) from {rows}", [path.name])
        _untaken(connection, path)
        connection.execute("drop table if exists incoming")
        connection.execute("commit")
    except (InputError, duckdb.Error):
        connection.execute("rollback")
        raise
    finally:
        if path.suffix == ".duckdb":
            connection.execute("detach database if exists given")


def _source(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, frozenset[str]]:
    """SQL that gives the rows with their line, and the columns that there are. Raises InputError CP-SCR-02 to -05."""
    name = str(path).replace("'", "''")
    low = path.name.lower()
    if low.endswith(".parquet"):
        source = f"(select *, file_row_number + 1 as line from read_parquet('{name}', file_row_number = true))"
    elif low.endswith(".duckdb"):
        connection.execute("commit")
        connection.execute(f"attach '{name}' as given (read_only)")
        connection.execute("begin")
        source = f"(select *, rowid + 1 as line from given.{TABLE})"
    else:
        # the line is that of the data rows which the reader could take apart
        source = f"""(select *, row_number() over () as line from read_csv('{name}', all_varchar = true, header = true,
            delim = ',', quote = '"', escape = '"', ignore_errors = true, store_rejects = true))"""
    described = connection.execute(f"describe select * from {source}").fetchall()
    columns = frozenset(row[0] for row in described) - {"line", "file_row_number"}
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise InputError(
            "CP-SCR-03", f"the table has no column {', '.join(missing)}", where=path.name,
            then=f"The columns are described in facts-table.schema.json, version {VERSION}.",
        )  # fmt: skip
    unknown = sorted(columns - {*REQUIRED, *OPTIONAL})
    if unknown:
        raise InputError(
            "CP-SCR-04", f"the table has {len(unknown)} columns that are not of version {VERSION}", where=path.name,
            then=f"Leave out: {', '.join(unknown[:5])}.",
        )  # fmt: skip
    return source, columns


def _raw(column: str, has: frozenset[str], name: str) -> str:
    """A column as it stands; text without white space at its ends, and null where nothing is left."""
    if column not in has:
        return "'fact' as kind" if column == "kind" else f"cast(null as varchar) as {column}"
    if column == "kind":
        return "coalesce(nullif(trim(cast(kind as varchar)), ''), 'fact') as kind"
    if column in TYPED:
        return f"nullif(trim({column}), '') as {column}" if ".csv" in name.lower() else column
    return f"nullif(trim(cast({column} as varchar)), '') as {column}"


def _ledger(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Faults by line and column; never a value of the row but the name of a concept, where it has the form of one."""
    for number, check in enumerate(CHECKS, start=1):
        told = f"? || case when {NAMED} then ': ' || concept else '' end" if check.column == "concept" else "?"
        connection.execute(
            f"insert into ledger select ?, line, ?, ?, {told} from faulty where fault = ? order by line",
            [path.name, check.code, check.column, check.what, number],
        )


def _untaken(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Lines that are no rows."""
    if ".csv" in path.name.lower():
        connection.execute(
            """insert into ledger select distinct ?, cast(line as bigint), 'CP-SCR-34', '',
            'the line cannot be taken apart into columns' from reject_errors order by 2""",
            [path.name],
        )
        connection.execute("drop table reject_errors")
        connection.execute("drop table reject_scans")


def _finish(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], left_out: tuple[str, ...]) -> Intake:
    nameless = _one(connection, "select count(*) from ledger where code in ('CP-SCR-20', 'CP-SCR-34')")
    for statement in _SETTLED:
        connection.execute(statement)
    subjects = _one(connection, "select count(*) from all_subject")
    turns = "select count(*) from (select subject < lag(subject) over () as back from all_row) where back"
    if _one(connection, turns) * 100 > subjects:  # in order, a batch reads its own part of the table only
        connection.execute("create table ordered as select * from all_row order by subject")
        connection.execute("drop table all_row")
        connection.execute("alter table ordered rename to all_row")
    return Intake(
        files=tuple(path.name for path in files),
        left_out=left_out,
        rows=_one(connection, "select coalesce(sum(rows), 0) from counted"),
        rejected=_one(connection, "select count(*) from ledger where line is not null"),
        nameless=nameless,
        subjects=subjects,
        facts=_one(connection, "select count(*) from all_fact"),
        notes=_one(connection, "select count(*) from all_fact where tier = 'note'"),
    )


def _one(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    found = connection.execute(statement).fetchone()
    return int(found[0]) if found else 0
