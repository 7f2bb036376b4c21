"""The files of a facts table, each opened as SQL that gives its rows by line as they stand, whatever its format is."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path

import duckdb

from chartproof.errors import InputError
from chartproof.screen.schema import OPTIONAL, REQUIRED, VERSION

ENDINGS = (".parquet", ".csv", ".csv.gz", ".duckdb")
TABLE = "facts"
#: Columns that are no text where the file has types.
TYPED = ("low", "high", "first_day", "last_day", "known_by", "signed", "rank")
#: Columns of a few words: null where it is another word; what an empty cell stands for, None where it is none of them.
LISTED = {"kind": ("row_kind", "fact"), "assertion": ("row_assertion", None), "tier": ("row_tier", "code")}
COLUMNS = (*REQUIRED, *OPTIONAL)


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


def is_text(path: Path) -> bool:
    return ".csv" in path.name.lower()


def unreadable(path: Path) -> InputError:
    return InputError("CP-SCR-02", "the file cannot be read as a table", where=path.name)


def attach(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """Makes the databases among the files readable under the names that `opened` gives them; a broken one is passed over."""
    for file, path in enumerate(files):
        if path.suffix.lower() == ".duckdb":
            try:
                connection.execute(f"attach if not exists '{_quoted(path)}' as given_{file} (read_only)")
            except duckdb.Error:
                continue  # `opened` says so


def opened(connection: duckdb.DuckDBPyConnection, path: Path, file: int) -> str:
    """SQL of the file's rows: `line` from 1 and the columns of the facts table, text without white space at its ends and
    null where nothing is left (`source` as it is). Text is taken apart once, into the table given_<file>; its lines that
    are no rows go into the ledger. Raises InputError CP-SCR-02 to -04, -35, duckdb.Error."""
    if not path.is_file():
        raise InputError("CP-SCR-02", "the file does not exist", where=path.name)
    if path.name.lower().endswith(".parquet"):
        table = f"read_parquet('{_quoted(path)}', file_row_number = true)"
        line = "file_row_number + 1"
    elif path.suffix.lower() == ".duckdb":
        _no_view(connection, path, file)
        table, line = f"given_{file}.{TABLE}", "rowid + 1"
    else:
        _take_apart(connection, path, file)
        table, line = f"given_{file}", "line"
    described = connection.execute(f"describe select * from {table}").fetchall()
    has = frozenset(row[0] for row in described) - {"line", "file_row_number"}
    _known_columns(path, has)
    columns = ", ".join(_column(column, has, text=is_text(path)) for column in COLUMNS)
    return f"select {line} as line, {columns} from {table}"


def _no_view(connection: duckdb.DuckDBPyConnection, path: Path, file: int) -> None:
    named = "select 1 from duckdb_views() where database_name = ? and view_name = ?"
    if connection.execute(named, [f"given_{file}", TABLE]).fetchone():
        raise InputError(
            "CP-SCR-02", f"{TABLE} is a view, whose rows have no number by which to tell of them", where=path.name,
            then="Make a table of it.",
        )  # fmt: skip


def _known_columns(path: Path, has: frozenset[str]) -> None:
    missing = [column for column in REQUIRED if column not in has]
    if missing:
        raise InputError(
            "CP-SCR-03", f"the table has no column {', '.join(missing)}", where=path.name,
            then=f"The columns are described in facts-table.schema.json, version {VERSION}.",
        )  # fmt: skip
    unknown = sorted(has - {*COLUMNS})
    if unknown:
        raise InputError(
            "CP-SCR-04", f"the table has {len(unknown)} columns that are not of version {VERSION}", where=path.name,
            then=f"Leave out: {', '.join(unknown[:5])}.",
        )  # fmt: skip


def _take_apart(connection: duckdb.DuckDBPyConnection, path: Path, file: int) -> None:
    """The line is that of the data rows which the reader could take apart. Nothing of the form is guessed."""
    columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in _header(path))
    connection.execute(
        f"""create or replace table given_{file} as select *, row_number() over () as line
        from read_csv('{_quoted(path)}', auto_detect = false, columns = {{{columns}}}, header = true, delim = ',', quote = '"',
            escape = '"', ignore_errors = true, store_rejects = true)"""
    )
    swallowed = connection.execute(
        "select min(line) from reject_errors where error_type = 'UNQUOTED VALUE' and contains(csv_line, chr(10))"
    ).fetchone()
    connection.execute(
        """insert into ledger select distinct ?, cast(line as bigint), 'CP-SCR-34', '',
        'the line cannot be taken apart into columns' from reject_errors""",
        [path.name],
    )
    connection.execute("drop table reject_errors")
    connection.execute("drop table reject_scans")
    if swallowed and swallowed[0] is not None:
        raise InputError(
            "CP-SCR-35", f"a quotation mark in line {swallowed[0]} is not closed, and takes the lines after it with it",
            where=path.name, then="Close it, or write it twice.",
        )  # fmt: skip


def _header(path: Path) -> list[str]:
    """The names of a text's columns, each once. Raises InputError CP-SCR-02."""
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            names = next(csv.reader(file), [])
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error):
        raise unreadable(path) from None
    found: dict[str, None] = {}
    for name in names:
        found[name if name and name.lower() not in map(str.lower, found) else f"{name}_{len(found)}"] = None
    if not found:
        raise unreadable(path)
    return list(found)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _column(column: str, has: frozenset[str], *, text: bool) -> str:
    if column not in has:
        if column not in LISTED:
            return f"cast(null as varchar) as {column}"
        kind, empty = LISTED[column]
        return f"cast({f'{empty!r}' if empty else 'null'} as {kind}) as {column}"
    told = f"nullif(trim(cast({column} as varchar)), '')"
    if column in LISTED:
        kind, empty = LISTED[column]
        # the cast stands over the column itself, so that a word is looked up once and not in every row
        cast = f"try_cast({told} as {kind})"
        return (
            f"case when {told} is null then cast('{empty}' as {kind}) else {cast} end" if empty else cast
        ) + f" as {column}"
    if column in TYPED:
        return f"nullif(trim({column}), '') as {column}" if text else column
    return f"cast(source as varchar) as {column}" if column == "source" else f"{told} as {column}"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
