"""A folder of review files in, a facts table out: the facts that each review was decided on, as its `facts_table` keeps them.

The subject is the file's name, or the folder's where it is the review.json of a package: a review names no patient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from chartproof.bulk.run import Gathered, write_ledger
from chartproof.bulk.spool import Progress
from chartproof.bulk.table import COLUMNS, VERSION, Row, row, write_rows
from chartproof.errors import InputError

#: The name of the review file in a package.
REVIEW = "review.json"
#: Bytes of one review file; a longer one is none.
LARGEST = 200_000_000
#: A row is given as text; the screen checks every cell of it.
TEXT: Mapping[str, str] = {}


def reviews(folder: Path) -> tuple[Path, ...]:
    """The review files of a folder, and those of the packages in it, by name."""
    own = [one for one in folder.iterdir() if one.is_file() and one.suffix.lower() == ".json"]
    packed = [one / REVIEW for one in folder.iterdir() if (one / REVIEW).is_file()]
    return tuple(sorted((*own, *packed)))


def subject_of(file: Path, folder: Path) -> str:
    return file.stem if file.parent == folder else file.parent.name


def gather_reviews(folder: Path, out: Path, *, progress: Progress) -> Gathered:
    """The facts table of a folder of reviews, under `out`. A file that cannot be used is in the ledger with its code.

    Raises InputError CP-BULK-07 where two reviews have one name, CP-BULK-08 where no file can be used.
    """
    files = reviews(folder)
    names = [subject_of(file, folder) for file in files]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise InputError("CP-BULK-07", "two reviews have the same name", where=twice, then="Give each its own.")
    rows: list[Row] = []
    left: list[tuple[str, str, str, str]] = []
    for number, (file, name) in enumerate(zip(files, names, strict=True)):
        progress("Taking up reviews", number, len(files))
        found = _read(file)
        if isinstance(found, str):
            left.append((str(file.relative_to(folder)), "", "CP-BULK-08", found))
        else:
            rows += [row(name, "subject"), *(_row(name, one) for one in found)]
    if len(left) == len(files):
        raise InputError("CP-BULK-08", left[0][3] if left else "there is no review there", where=str(folder))
    facts, ledger = out / "facts", out / "reviews-ledger.csv"
    facts.mkdir(parents=True, exist_ok=True)
    for old in facts.glob("*.parquet"):
        old.unlink()
    write_rows(rows, facts / "reviews.parquet", types=TEXT)
    write_ledger(ledger, left)
    used = len(files) - len(left)
    return Gathered(facts, ledger, used, len(left), used, len(rows) - used, 0)


def _read(file: Path) -> Sequence[Any] | str:
    """The rows of a review, or what is wrong with the file."""
    try:
        if file.stat().st_size > LARGEST:
            return "the file is too long for a review"
        record = orjson.loads(file.read_bytes())
    except OSError:
        return "the file cannot be opened"
    except orjson.JSONDecodeError:
        return "the file is not JSON"
    table = record.get("facts_table") if isinstance(record, dict) and "criteria" in record else None
    if not isinstance(table, dict) or not isinstance(table.get("rows"), list):
        return "the file is no review that keeps its facts table; review the folder again"
    if table.get("version") != VERSION:
        return f"the review keeps its facts table in another version than {VERSION}; review the folder again"
    rows: Sequence[Any] = table["rows"]
    return rows


def _row(subject: str, given: object) -> Row:
    """A row as text. One that is no row stays one that the screen refuses, so that it takes the completeness away."""
    if not isinstance(given, dict) or not given.keys() <= set(COLUMNS[1:]) or not all(map(_plain, given.values())):
        return row(subject, "fact")
    cells = {name: _text(value) for name, value in given.items()}
    return row(subject, cells.pop("kind", None) or "fact", **cells)


def _plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _text(value: str | int | float | None) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
