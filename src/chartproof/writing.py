"""What every command needs to answer: a terminal of a known width, and files that are written whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import orjson
from rich.console import Console

from chartproof.errors import InputError

WIDTH = 100


def write_record(record: object, file: str | None) -> None:
    if file:
        write_file(Path(file), orjson.dumps(record, option=orjson.OPT_INDENT_2) + b"\n")
        print(f"\nWritten: {file}")


def console() -> Console:
    width = None if sys.stdout.isatty() else WIDTH
    return Console(width=width, highlight=False, soft_wrap=False)


def refuse_closed(out: Path) -> None:
    """Raises InputError CP-CLI-07 where the folder `out` could not be made or changed; nothing is made here."""
    place = out.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        raise unwritable(out)


def refuse_unwritable(path: Path) -> None:
    """Raises InputError CP-CLI-06 or -07 where the file `path` cannot be written; called before anything is read."""
    if not path.parent.is_dir():
        raise InputError(
            "CP-CLI-06", "the folder to write into does not exist", where=str(path.parent), then="Make it first."
        )
    if path.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK):
        raise unwritable(path)


def unwritable(path: Path) -> InputError:
    return InputError(
        "CP-CLI-07",
        "nothing can be written there",
        where=str(path),
        then="Name another place, or check its permissions.",
    )


def write_file(path: Path, data: bytes) -> None:
    """Whole or not at all: written beside its place, then moved there. Raises InputError CP-CLI-06 or -07.

    What exists and is no regular file (a pipe, a device such as /dev/null) is written to, never replaced.
    """
    refuse_unwritable(path)
    if path.exists() and not path.is_file():
        try:
            path.write_bytes(data)
        except OSError:
            raise unwritable(path) from None
        return
    half = path.with_name(path.name + ".part")
    try:
        half.write_bytes(data)
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise unwritable(path) from None
