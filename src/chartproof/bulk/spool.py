"""A bulk export's lines, brought together by subject: each line of a resource goes to the spool file of its subject's part.

Streaming: memory does not grow with the export. What cannot be used (no JSON, no FHIR resource, no subject) goes to the
ledger with its file and line, and nowhere else.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from chartproof.errors import InputError

ENDINGS = (".ndjson", ".ndjson.gz")
#: What stands for itself and is referred to by the resources of many subjects.
SHARED = frozenset({"Medication", "Organization", "Location", "Practitioner", "PractitionerRole", "Device", "Group"})
#: Where a resource names the patient that it speaks of.
REFERENCES = ("subject", "patient", "beneficiary")
#: Bytes of one line; a longer one is no resource of a bulk export.
LONGEST_LINE = 50_000_000

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Left:
    """A line that is not used: file, line (0 for the file as a whole), code, and what is wrong."""

    file: str
    line: int
    code: str
    what: str


@dataclass(frozen=True, slots=True)
class Spooled:
    """`parts` are files of lines "subject TAB resource"; `shared` the resources that all may refer to, one a line."""

    parts: tuple[Path, ...]
    shared: Path
    lines: int
    left: tuple[Left, ...]


def exported(folder: Path) -> tuple[Path, ...]:
    """The NDJSON files of a folder, by name."""
    return tuple(sorted(one for one in folder.iterdir() if one.is_file() and one.name.lower().endswith(ENDINGS)))


def spool(files: tuple[Path, ...], out: Path, *, parts: int, progress: Progress) -> Spooled:
    """Brings the lines together in `out`. Raises InputError CP-BULK-01 where no line of any file can be used."""
    out.mkdir(parents=True, exist_ok=True)
    places = tuple(out / f"part-{number:04}.ndjson" for number in range(parts))
    shared = out / "shared.ndjson"
    left: list[Left] = []
    lines = 0
    held = [place.open("wb") for place in places]
    try:
        with shared.open("wb") as common:
            for number, file in enumerate(files):
                progress(f"Sorting {file.name}", number, len(files))
                lines += _sorted_out(file, held, common, left)
        progress("Sorting", len(files), len(files))
    finally:
        for one in held:
            one.close()
    if not lines:
        raise InputError(
            "CP-BULK-01", "no line of the export can be used", where=str(files[0].parent) if files else "",
            then="Give a folder of .ndjson or .ndjson.gz files of FHIR resources.",
        )  # fmt: skip
    return Spooled(places, shared, lines, tuple(left))


def _sorted_out(file: Path, held: Sequence[IO[bytes]], common: IO[bytes], left: list[Left]) -> int:
    used = 0
    try:
        for number, line in enumerate(_lines(file), 1):
            if not line.strip():
                continue
            found = _read(line)
            if isinstance(found, str):
                left.append(Left(file.name, number, "CP-BULK-02", found))
                continue
            subject, resource = found
            if resource["resourceType"] in SHARED:
                common.write(line.strip() + b"\n")
            elif subject:
                part = held[zlib.crc32(subject.encode()) % len(held)]
                part.write(subject.encode() + b"\t" + line.strip() + b"\n")
            else:
                left.append(Left(file.name, number, "CP-BULK-03", "the resource names no patient"))
                continue
            used += 1
    except (OSError, EOFError, zlib.error):
        left.append(
            Left(file.name, 0, "CP-BULK-04", "the file is damaged: what stands after the last good line is not used")
        )
    return used


def _lines(file: Path) -> Iterator[bytes]:
    with gzip.open(file, "rb") if file.name.lower().endswith(".gz") else file.open("rb") as stream:
        while line := stream.readline(LONGEST_LINE):
            yield line


def _read(line: bytes) -> tuple[str, dict[str, Any]] | str:
    """Subject ("" for none) and resource, or what is wrong with the line."""
    try:
        resource = orjson.loads(line)
    except orjson.JSONDecodeError:
        return "the line is not JSON"
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(kind, str):
        return "the line is no FHIR resource"
    if kind == "Patient":
        name = resource.get("id")
        return (name, resource) if isinstance(name, str) and _plain(name) else "the patient has no usable id"
    for element in REFERENCES:
        reference = resource.get(element)
        if isinstance(reference, dict) and isinstance(reference.get("reference"), str):
            name = reference["reference"].rpartition("Patient/")[2].partition("/")[0]
            return (name, resource) if _plain(name) else "the reference to the patient cannot be used"
    return "", resource


def _plain(name: str) -> bool:
    return 0 < len(name) <= 128 and all(letter.isalnum() or letter in "-._:" for letter in name)
