"""A whole run into one folder: look through the files, then read and decide batch by batch, and continue where an earlier
run of the same was stopped.

DIR/criteria/part-*.parquet   a row a subject and criterion
DIR/subjects/part-*.parquet   a row a subject and policy
DIR/ledger.csv                rows and files that could not be used
DIR/run.json                  what was asked, of what
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb
import orjson

from chartproof.errors import InputError
from chartproof.model.rows import Rows
from chartproof.screen.batch import decide_batch, fold_batch, prepare, write_batch
from chartproof.screen.cells import define
from chartproof.screen.engine import Engine, Opener, duck_engine
from chartproof.screen.intake import Intake
from chartproof.screen.load import keep_faults, load_batch
from chartproof.screen.plan import Plan, plan_of
from chartproof.screen.schema import VERSION, Vocabulary
from chartproof.screen.sources import attach, files_of, unreadable
from chartproof.screen.statements import Statements
from chartproof.screen.survey import Progress, Survey, broken_files, number, survey

BATCH = 100_000
WORK = "work"
#: Goes up where the working database changes: a run is not continued over another's tables.
STORE = 3
RECORD = "run.json"


@dataclass(frozen=True, slots=True)
class Limits:
    """`memory` as DuckDB takes it ("1500MB"; "" its own choice); beyond it a run spills into the output folder."""

    memory: str = ""
    threads: int = 2
    batch: int = BATCH


def screen(
    place: Path,
    policies: Sequence[Rows],
    vocabulary: Iterable[Vocabulary],
    *,
    out: Path,
    as_of: date,
    known_by: date | None = None,
    limits: Limits,
    progress: Progress,
    engine: Opener = duck_engine,
) -> Intake:
    """Answers every policy for every subject of the facts table into the folder `out`; the engine changes no answer.

    Raises InputError CP-SCR-01 to -10, ChartproofError CP-DEC-01, CP-SCR-12.
    """
    files = files_of(place)
    plan = plan_of(policies)
    mark = _mark(files, policies, as_of, known_by, limits)
    work = out / WORK
    _open_folder(out, mark)
    asked = _Asked(files, plan, tuple(vocabulary), as_of, known_by, limits)
    try:
        with duckdb.connect(str(work / "facts.duckdb")) as connection:
            _limit(connection, limits, work)
            with engine(connection, work) as runs:
                intake = _answered(connection, runs, asked, out, progress)
            _write_ledger(connection, out / "ledger.csv")
    except duckdb.OutOfMemoryException as error:
        raise InputError(
            "CP-SCR-07", "the memory limit is too small for this run", where=limits.memory,
            then="Give a larger --memory or a smaller --batch; what is done is kept.",
        ) from error  # fmt: skip
    except InputError:
        _withdraw(out)
        raise
    _write(out / RECORD, {**_record(plan, as_of, known_by), **asdict(intake), "mark": mark})
    shutil.rmtree(work)
    return intake


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a run is asked, of which files."""

    files: tuple[Path, ...]
    plan: Plan
    vocabulary: tuple[Vocabulary, ...]
    as_of: date
    known_by: date | None
    limits: Limits


def _record(plan: Plan, as_of: date, known_by: date | None) -> dict[str, object]:
    return {
        "facts_table": VERSION,
        "as_of": as_of.isoformat(),
        "known_by": known_by.isoformat() if known_by else None,
        "policies": [{"id": rows.id, "edition": rows.edition} for rows in plan.rows],
    }


def _mark(files: Sequence[Path], policies: Sequence[Rows], as_of: date, known_by: date | None, limits: Limits) -> str:
    """The same for the same question about the same files; a run is continued only under its own mark."""
    told = hashlib.sha256(repr((VERSION, STORE, tuple(policies), as_of, known_by, limits.batch)).encode())
    for path in files:
        if not path.is_file():
            raise InputError("CP-SCR-01", "there is no facts table there", where=str(path))
        about = path.stat()
        told.update(repr((str(path.absolute()), about.st_size, about.st_mtime_ns)).encode())
    return told.hexdigest()


def _open_folder(out: Path, mark: str) -> None:
    """Makes the folder, or takes up an own one. Raises InputError CP-SCR-06 where it holds something else."""
    started = out / WORK / "mark"
    record = out / RECORD
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not started.is_file() and not record.is_file())):
        raise InputError(
            "CP-SCR-06", "the folder holds something that screen did not write", where=str(out), then="Name another."
        )
    if not (started.is_file() and started.read_text(encoding="utf-8") == mark):
        for old in (WORK, "criteria", "subjects"):
            shutil.rmtree(out / old, ignore_errors=True)
        record.unlink(missing_ok=True)
    for part in ("criteria", "subjects", WORK):
        (out / part).mkdir(parents=True, exist_ok=True)
    started.write_text(mark, encoding="utf-8")


def _withdraw(out: Path) -> None:
    """Takes the folders of a refused run away again where nothing was answered in them."""
    if any((out / "criteria").iterdir()):
        return
    for part in ("criteria", "subjects", WORK):
        shutil.rmtree(out / part, ignore_errors=True)
    if not any(out.iterdir()):
        out.rmdir()


def _limit(connection: duckdb.DuckDBPyConnection, limits: Limits, work: Path) -> None:
    connection.execute("set enable_progress_bar = false")
    connection.execute("set temp_directory = ?", [str(work / "spill")])
    connection.execute("set perfect_ht_threshold = 20")  # a batch's subjects are numbers in a row: grouped by place
    try:
        connection.execute("set threads = ?", [limits.threads])
        if limits.memory:
            connection.execute("set memory_limit = ?", [limits.memory])
    except duckdb.Error as error:
        raise InputError(
            "CP-SCR-08", "the limits cannot be used", where=f"--memory {limits.memory} --threads {limits.threads}",
            then="Give memory as 1500MB or 2GB.",
        ) from error  # fmt: skip


def _answered(
    connection: duckdb.DuckDBPyConnection, engine: Engine, asked: _Asked, out: Path, progress: Progress
) -> Intake:
    """Every batch. A file that turns out to be broken where nobody had looked yet is left out, and all begins anew."""
    while True:
        found = _looked_through(connection, asked, out / WORK, progress)
        prepare(connection, asked.plan)
        try:
            _batches(connection, engine, asked, found, out, progress)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            broken = broken_files(connection, asked.files)
            if not broken:
                raise
            if len(asked.files) == 1:
                raise unreadable(broken[0]) from None
            _write(out / WORK / "broken.json", {"files": [*_broken(out / WORK), *(path.name for path in broken)]})
            (out / WORK / "survey.json").unlink()
            continue
        return _intake(connection, found)


def _broken(work: Path) -> list[str]:
    path = work / "broken.json"
    return list(orjson.loads(path.read_bytes())["files"]) if path.is_file() else []


def _looked_through(connection: duckdb.DuckDBPyConnection, asked: _Asked, work: Path, progress: Progress) -> Survey:
    """Looks through the files, or takes what an earlier run of the same found."""
    done = work / "survey.json"
    if done.is_file():
        attach(connection, asked.files)
        known = orjson.loads(done.read_bytes())
        return Survey(**{**known, "files": tuple(known["files"]), "left_out": tuple(known["left_out"])})
    for (table,) in connection.execute(
        "select table_name from duckdb_tables() where database_name = current_database() and not temporary"
    ).fetchall():
        connection.execute(f'drop table "{table}"')
    for part in ("criteria", "subjects"):
        for path in (work.parent / part).iterdir():
            path.unlink()
    found = survey(connection, asked.files, asked.vocabulary, asked=asked.plan, broken=_broken(work), progress=progress)
    connection.execute("checkpoint")
    _write(done, asdict(found))
    return found


def _batches(
    connection: duckdb.DuckDBPyConnection, engine: Engine, asked: _Asked, found: Survey, out: Path, progress: Progress
) -> None:
    statements = Statements(asked.plan, asked.as_of)
    kept = {part for (part,) in connection.execute("select part from done").fetchall()}
    for part, first in enumerate(range(1, max(found.subjects, 1) + 1, asked.limits.batch)):
        progress("Deciding", first - 1, found.subjects)
        if part in kept:
            continue
        last = first + asked.limits.batch - 1
        tally = load_batch(connection, found, first=first, last=last, as_of=asked.as_of, known_by=asked.known_by)
        decide_batch(engine, statements)
        fold_batch(engine, asked.plan)
        criteria, subjects = (out / folder / f"part-{part:05}.parquet" for folder in ("criteria", "subjects"))
        write_batch(connection, asked.plan, engine.made("folded"), criteria=criteria, subjects=subjects)
        connection.execute("begin")
        keep_faults(connection)
        connection.execute("insert into done values (?, ?, ?)", [part, tally.facts, tally.notes])
        connection.execute("commit")
    progress("Deciding", found.subjects, found.subjects)


def _intake(connection: duckdb.DuckDBPyConnection, found: Survey) -> Intake:
    def one(query: str) -> int:
        return number(connection, query)

    return Intake(
        files=found.files,
        left_out=found.left_out,
        rows=found.rows,
        rejected=one("select count(*) from ledger where line is not null"),
        nameless=one("select count(*) from ledger where code in ('CP-SCR-20', 'CP-SCR-34')"),
        subjects=found.subjects,
        facts=one("select coalesce(sum(facts), 0) from done"),
        notes=one("select coalesce(sum(notes), 0) from done"),
    )


def _write_ledger(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    name = str(path).replace("'", "''")
    define(connection)
    connection.execute(
        f"""copy (select harmless(file) as file, line, code, harmless(column_name) as "column", harmless(what) as what
            from ledger order by ledger.file, line nulls first, code)
        to '{name}' (format csv, header)"""
    )


def _write(path: Path, record: dict[str, object]) -> None:
    half = path.with_name(path.name + ".half")
    half.write_bytes(orjson.dumps(record, option=orjson.OPT_INDENT_2) + b"\n")
    half.replace(path)
