"""The export as a whole: spooled by subject, read part by part in several processes, one Parquet file a part.

Restartable: a part's file is put in place when it is whole, and a rerun of the same export and day leaves it. The parts
are the same whatever the number of processes.
"""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb
import orjson

from chartproof.bulk.facts import Left, refused, rows_of
from chartproof.bulk.spool import SHARED, Progress, exported, spool
from chartproof.bulk.table import Row, write_rows
from chartproof.chart.side_by_side import pool_of
from chartproof.errors import ChartproofError, InputError

#: Bytes of an export that one part holds, about: what one process has in memory at a time.
PART_BYTES = 24_000_000
#: A reference to a resource that many refer to, as Type/id.
REFERENCE = re.compile(rb'"reference"\s*:\s*"(?:[^"]*/)?((?:%s)/[^"/]+)"' % "|".join(sorted(SHARED)).encode())
#: Beside a part, what was left out of it; no ending that a table has.
LEFT = ".left"
#: The form of a part; another one is read anew.
VERSION = 3


@dataclass(frozen=True, slots=True)
class Gathered:
    """`facts` is the folder of the facts table's files, `ledger` the file of what was left out, `kept` parts of an earlier run."""

    facts: Path
    ledger: Path
    lines: int
    left: int
    subjects: int
    rows: int
    kept: int


def gather(folder: Path, out: Path, *, as_of: date, workers: int, progress: Progress) -> Gathered:
    """The facts table of an export, under `out`. Raises InputError CP-BULK-01, ChartproofError CP-BULK-05."""
    files = exported(folder)
    if not files:
        raise InputError(
            "CP-BULK-01", "there is no bulk export there", where=str(folder),
            then="Give a folder of .ndjson or .ndjson.gz files of FHIR resources.",
        )  # fmt: skip
    facts, work = out / "facts", out / ".spool"
    facts.mkdir(parents=True, exist_ok=True)
    parts = max(1, -(-sum(file.stat().st_size * (12 if file.suffix == ".gz" else 1) for file in files) // PART_BYTES))
    mark = fingerprint(files, as_of, parts)
    spooled = spool(files, work, parts=parts, progress=progress)
    wanted = {facts / f"part-{mark}-{number:04}.parquet": place for number, place in enumerate(spooled.parts)}
    for old in facts.glob("part-*.parquet"):
        if old not in wanted:
            old.unlink()
    if spooled.left:  # whose they are is not known: they may speak against anyone's answer
        write_rows([refused(None)] * len(spooled.left), facts / f"part-{mark}-lines.parquet")
    kept = sum(path.is_file() for path in wanted)
    try:
        _read_parts(
            {path: place for path, place in wanted.items() if not path.is_file()},
            spooled.shared,
            as_of,
            workers,
            progress,
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)
    ledger = out / "export-ledger.csv"
    left = [(one.file, str(one.line or ""), one.code, one.what) for one in spooled.left]
    for path in wanted:
        left += [("", "", code, f"subject {subject}: {what}") for subject, code, what in _told(path)]
    write_ledger(ledger, left)
    subjects, rows = _counted(facts)
    return Gathered(facts, ledger, spooled.lines, len(left), subjects, rows, kept)


def fingerprint(files: tuple[Path, ...], as_of: date, parts: int) -> str:
    """Of the export's names, sizes and times, the day and the form: what a part of an earlier run must agree with."""
    told = [
        f"{VERSION} {as_of} {parts}",
        *(f"{one.name} {one.stat().st_size} {one.stat().st_mtime_ns}" for one in files),
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def _read_parts(wanted: dict[Path, Path], shared: Path, as_of: date, workers: int, progress: Progress) -> None:
    """Every part in a process of the pool; one that went down is told by its code, the others stay."""
    done = 0
    progress("Reading subjects, by parts", done, len(wanted))  # the first part may take minutes
    with pool_of(max(1, workers), "spawn") as pool:
        flight = {pool.submit(read_part, place, shared, path, as_of): path for path, place in wanted.items()}
        for one in as_completed(flight):
            try:
                one.result()
            except ChartproofError:
                raise
            except Exception as error:  # what a process met comes back as any kind, a pool that broke too
                raise ChartproofError(
                    "CP-BULK-05", f"a part of the export could not be read ({type(error).__name__})", where=flight[one].name,
                    then="Run it again: the parts that are done stay. Use fewer --threads where memory is short.",
                ) from None  # fmt: skip
            done += 1
            progress("Reading subjects, by parts", done, len(wanted))


def read_part(place: Path, shared: Path, out: Path, as_of: date) -> None:
    """One spool file to one Parquet file, whole or not at all; what was left out of a subject stands beside it."""
    common = shared_by_name(shared)
    pairs = sorted(line.rstrip(b"\n").split(b"\t", 1) for line in place.read_bytes().splitlines())
    rows: list[Row] = []
    told: list[tuple[str, str, str]] = []
    for subject, group in groupby(pairs, key=lambda pair: pair[0]):
        name, lines = subject.decode(), [pair[1] + b"\n" for pair in group]
        found, left = _read_subject(name, lines, common, as_of)
        rows += found
        told += [(name, code, what) for code, what in left]
    write_ledger(out.with_suffix(LEFT), told)
    write_rows(rows, out)


def _read_subject(
    name: str, lines: list[bytes], common: Mapping[bytes, bytes], as_of: date
) -> tuple[list[Row], list[Left]]:
    """A defect of ours with one subject costs that subject's facts and is told; it never costs the others."""
    try:
        return rows_of(name, lines, referred(lines, common), as_of=as_of)
    except Exception as error:  # its text may be a patient's: the kind alone is told
        blank = rows_of(name, [], b"", as_of=as_of)[0][:1]
        return [*blank, refused(name)], [
            ("CP-BULK-06", f"the resources could not be searched ({type(error).__name__})")
        ]


def referred(lines: list[bytes], common: Mapping[bytes, bytes]) -> bytes:
    """The shared resources that these lines refer to; `common` holds them by "Type/id"."""
    names = {name for line in lines for name in REFERENCE.findall(line)}
    return b"".join(common[name] for name in sorted(names) if name in common)


def shared_by_name(place: Path) -> dict[bytes, bytes]:
    """The spooled resources that many refer to, each line by its "Type/id"."""
    found = {}
    for line in place.read_bytes().splitlines(keepends=True):
        resource = orjson.loads(line)
        found[f"{resource['resourceType']}/{resource.get('id', '')}".encode()] = line
    return found


def _told(path: Path) -> list[tuple[str, str, str]]:
    beside = path.with_suffix(LEFT)
    if not beside.is_file():
        return []
    with beside.open(encoding="utf-8", newline="") as stream:
        return [(row[0], row[1], row[2]) for row in csv.reader(stream)]


def write_ledger(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def _counted(facts: Path) -> tuple[int, int]:
    with duckdb.connect() as connection:
        names = [str(path) for path in sorted(facts.glob("part-*.parquet"))]
        found = connection.execute(
            "select count(distinct subject), count(*) filter (kind <> 'subject') from read_parquet($names)",
            {"names": names},
        ).fetchone()
    return (int(found[0]), int(found[1])) if found else (0, 0)
