"""A facts table read into the working database: checked row by row, the unusable ones in a ledger, none dropped in silence.

The working database then holds `all_subject` (number, subject, site, product, rejected), `all_fact` and `all_coverage` with the
columns of SEMANTICS.md (subject is the number; fact is the number of its row over all files, as text), and `ledger` (file, line, code,
column_name, what). Rows about concepts that no policy asks for are counted and left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from chartproof.errors import InputError
from chartproof.screen.schema import AS_FACT, CHECKS, OPTIONAL, REQUIRED, VERSION, Vocabulary, fault

ENDINGS = (".parquet", ".csv", ".csv.gz", ".duckdb")
TABLE = "facts"
#: Columns that are no text where the file has types.
TYPED = ("low", "high", "first_day", "last_day", "known_by", "signed", "rank")
Progress = Callable[[str, int, int], None]

_TABLES = (
    "create table vocabulary (concept varchar, type varchar, words varchar[], asked boolean)",
    """create table checked (first_row bigint, line bigint, fault tinyint, kind varchar, subject varchar, concept varchar,
        assertion varchar, word varchar, low double, high double, unit varchar, first_day date, last_day date,
        known_day date, signed tinyint, anchored tinyint, rank tinyint, source varchar, tier varchar)""",
    "create table seen (first_row bigint, subject varchar, line bigint, site varchar, product varchar)",
    "create table ledger (file varchar, line bigint, code varchar, column_name varchar, what varchar)",
    "create table counted (file varchar, rows bigint)",
)
_NUMBERED = (
    # subjects in the order in which they first stand, so that a table grouped by subject stays in order
    """create table all_subject as select cast(row_number() over (order by min(first_row + line)) as integer) as number,
        subject, coalesce(min(site), '') as site, coalesce(min(product), '') as product,
        cast(0 as integer) as rejected
        from seen group by subject""",
    """update all_subject set rejected = r.rows from (select subject, count(*) as rows from checked
        where fault is not null and subject is not null group by subject) r where r.subject = all_subject.subject""",
    """create table all_fact as select s.number as subject, c.concept, c.assertion, c.word, c.low, c.high, c.unit,
        c.first_day, c.last_day, c.known_day, c.signed, c.anchored, c.rank,
        lpad(cast(c.first_row + c.line as varchar), 12, '0') as fact, c.source, c.tier
        from checked c inner join all_subject s on s.subject = c.subject
        where c.fault is null and c.kind = 'fact' order by s.number""",
    # a row of the concept that could not be read takes the completeness away: it may say the contrary
    """create table all_coverage as select s.number as subject, c.concept, c.first_day, c.last_day
        from checked c inner join all_subject s on s.subject = c.subject
        where c.fault is null and c.kind = 'coverage' and not exists (select 1 from checked r
            where r.fault is not null and r.subject = c.subject
            and (r.concept = c.concept or not exists (select 1 from vocabulary v where v.concept = r.concept)))
        order by s.number""",
    "drop table checked",
    "drop table seen",
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
    asked: frozenset[str],
    progress: Progress,
) -> Intake:
    """Reads every file into the working database. Raises InputError CP-SCR-02 to -05 where no file can be used."""
    for statement in _TABLES:
        connection.execute(statement)
    rows = [(one.concept, one.type, list(one.words), one.concept in asked) for one in vocabulary]
    connection.executemany("insert into vocabulary values (?, ?, ?, ?)", rows)
    left_out = []
    for number, path in enumerate(files):
        progress(f"Reading {path.name}", number, len(files))
        try:
            _read(connection, path)
        except (InputError, duckdb.Error) as error:
            failure = error if isinstance(error, InputError) else unreadable(path)
            if len(files) == 1:
                raise failure from None
            left_out.append(path.name)
            connection.execute("insert into ledger values (?, null, ?, '', ?)", [path.name, failure.code, failure.what])
    if len(left_out) == len(files):
        raise InputError("CP-SCR-02", "none of the files can be read", where=str(files[0].parent))
    return _finish(connection, files, tuple(left_out))


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
        connection.execute(
            f"""create temp table incoming as
            select {before} as first_row, line, {fault()} as fault, kind, subject, {AS_FACT}, site, product, asked
            from (select r.*, v.concept as known, v.type, v.words, coalesce(v.asked, false) as asked
                from (select line, {raw} from {source}) r left join vocabulary v on v.concept = r.concept)"""
        )
        connection.execute("insert into counted select ?, count(*) from incoming", [path.name])
        connection.execute(
            """insert into seen select first_row, subject, min(line), min(site), min(product)
            from incoming where subject is not null group by first_row, subject"""
        )
        connection.execute(
            """insert into checked select first_row, line, fault, kind, subject, concept, assertion, word, low, high, unit,
            first_day, last_day, known_day, signed, anchored, rank, source, tier
            from incoming where fault is not null or (asked and kind <> 'subject')"""
        )
        _ledger(connection, path)
        connection.execute("drop table incoming")
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
    """Faults by line and column; never a value of the row."""
    for number, check in enumerate(CHECKS, start=1):
        connection.execute(
            "insert into ledger select ?, line, ?, ?, ? from incoming where fault = ? order by line",
            [path.name, check.code, check.column, check.what, number],
        )
    if ".csv" in path.name.lower():
        connection.execute(
            """insert into ledger select distinct ?, cast(line as bigint), 'CP-SCR-34', '',
            'the line cannot be taken apart into columns' from reject_errors order by 2""",
            [path.name],
        )
        connection.execute("drop table reject_errors")
        connection.execute("drop table reject_scans")


def _finish(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], left_out: tuple[str, ...]) -> Intake:
    for statement in _NUMBERED[:1]:
        connection.execute(statement)
    nameless = _one(connection, "select count(*) from ledger where code in ('CP-SCR-20', 'CP-SCR-34')")
    for statement in _NUMBERED[1:]:
        connection.execute(statement)
    return Intake(
        files=tuple(path.name for path in files),
        left_out=left_out,
        rows=_one(connection, "select coalesce(sum(rows), 0) from counted"),
        rejected=_one(connection, "select count(*) from ledger where line is not null"),
        nameless=nameless,
        subjects=_one(connection, "select count(*) from all_subject"),
        facts=_one(connection, "select count(*) from all_fact"),
        notes=_one(connection, "select count(*) from all_fact where tier = 'note'"),
    )


def _one(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    found = connection.execute(statement).fetchone()
    return int(found[0]) if found else 0
