"""Which files of a folder may be a chart's, and their bytes: a link that leads out, a pipe or a file too large is none."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from chartproof.chart.bounds import MAX_FILE_BYTES
from chartproof.chart.sniff import MANIFEST, sums_of
from chartproof.errors import InputError


def chart_files(
    folder: Path, *, refused: Callable[[str, InputError], None] | None = None
) -> Iterator[tuple[str, Path]]:
    """Name and path of each file under `folder` that may be a chart's, sorted by name.

    `refused` is told of a link that leads out of the folder, which is then left out; without it that is an InputError.
    """
    if not folder.exists():
        raise InputError("CP-READ-01", "there is no such folder", where=str(folder), then="Check the path.")
    if not folder.is_dir():
        raise InputError(
            "CP-READ-02",
            "this is a file, not a folder",
            where=str(folder),
            then="Name the folder that holds the records.",
        )
    root = folder.resolve()
    found: list[tuple[str, Path]] = []
    for place, folders, files in os.walk(folder, onerror=_cannot_list):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for one in (*folders, *files):
            path = Path(place) / one
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() and not _inside(path, root):
                error = InputError(
                    "CP-READ-13", "the link leads out of the folder or nowhere", where=name,
                    then="Copy the file itself into the folder.",
                )  # fmt: skip
                if refused is None:
                    raise error
                refused(name, error)
                continue
            if one in files and not one.startswith(".") and name != "case.yaml":
                found.append((name, path))
    yield from sorted(found)


def _cannot_list(error: OSError) -> None:
    raise InputError(
        "CP-READ-14", "the folder cannot be opened", where=str(error.filename or ""), then="Check its permissions."
    )


def _inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return False


def bytes_of(name: str, path: Path, *, most: int = MAX_FILE_BYTES) -> bytes | None:
    """The file's content; None where it is a pipe, a device or a folder. InputError CP-READ-04, -14 or -15."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            return None
        if facts.st_size > most:
            raise InputError(
                "CP-READ-15", f"the file is larger than {most // 1_000_000} MB", where=name,
                then="Split it, or leave out what is not this patient's record.",
            )  # fmt: skip
        data = path.read_bytes()
    except OSError:
        raise InputError("CP-READ-14", "the file cannot be opened", where=name, then="Check its permissions.") from None
    if not data:
        raise InputError("CP-READ-04", "the file is empty (0 bytes)", where=name, then="Ask for it again or remove it.")
    return data


def written_before(listed: list[tuple[str, Path]]) -> dict[str, str]:
    """SHA-256 of each file that the manifests of earlier packages name, the manifests among them."""
    sums: dict[str, str] = {}
    for name, path in listed:
        if path.name == MANIFEST and (data := bytes_of(name, path)):
            place = name.removesuffix(MANIFEST)
            beside = {place + one: value for one, value in sums_of(data).items()}
            sums |= beside | ({name: hashlib.sha256(data).hexdigest()} if beside else {})
    return sums
