"""One subject's resources to rows of the facts table, by the same reading as a single chart."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from chartproof.bulk.table import Row, row, rows_of_chart
from chartproof.chart.fhir import read_json
from chartproof.chart.files import read_file
from chartproof.chart.reader import read_chart
from chartproof.errors import ChartproofError
from chartproof.model import Case, Patient, SourceFile

EXPORT = "export.ndjson"
#: The code of notes that are no defect of the export: nothing says that they speak against an answer.
ELSEWHERE = "CP-BULK-10"
#: Types of attachments that are read as notes, with the ending that their reader goes by.
NOTES = {"text/plain": "txt", "text/html": "html", "application/pdf": "pdf", "text/rtf": "rtf", "application/xml": "xml", "text/xml": "xml"}  # fmt: skip

Left = tuple[str, str]


def rows_of(subject: str, lines: Sequence[bytes], shared: bytes, *, as_of: date) -> tuple[list[Row], list[Left]]:
    """The subject's rows, at least one (kind `subject`), and what of it was left out: (code, what).

    `shared` are lines of resources that these refer to. A subject whose resources cannot be read at all keeps its row
    and is told, so that it stays unknown and is not lost. What is broken leaves a row that the screen refuses.
    """
    given, left = notes(lines)
    empty = row(subject, "subject")
    files: list[SourceFile] = []
    try:
        files.append(read_json(EXPORT, b"".join((*lines, shared)), ""))
    except ChartproofError as error:
        return [empty, refused(subject)], [(error.code, error.what)]
    with TemporaryDirectory() as scratch:
        for name, data in given.items():
            place = Path(scratch) / name
            place.write_bytes(data)
            try:
                files.append(read_file(place, workers=1))
            except ChartproofError as error:
                left.append((error.code, f"a note: {error.what}"))
    # The export says whose a note is; what the note itself prints may still say that it is another's.
    known = tuple(file.name for file in files[1:])
    chart = read_chart(files, Case(as_of=as_of, patient=patient_of(files[0]), nameless=known))
    broken = [refused(subject) for code, _what in left if code != ELSEWHERE]
    return [empty, *rows_of_chart(subject, chart), *broken], left


def refused(subject: str | None) -> Row:
    """In the place of what could not be read, which may say the contrary of what could: no subject is met beside it."""
    return row(subject, "fact")


def patient_of(export: SourceFile) -> Patient:
    """Whom the export's Patient resource names, by which another person's note is told apart; empty where it has none."""
    for entry in export.entries:
        if entry.kind == "patient":
            born = entry.when.first if entry.when and entry.when.exact else None
            return Patient(entry.extra.get("subject", ""), born, entry.extra.get("mrn", ""))
    return Patient()


def notes(lines: Iterable[bytes]) -> tuple[dict[str, bytes], list[Left]]:
    """The attachments of document references that carry their bytes, each once by a file name of ours, and what is told of
    the others."""
    found: dict[str, bytes] = {}
    left: list[Left] = []
    elsewhere = 0
    for line in lines:
        if b'"DocumentReference"' not in line:
            continue
        resource = orjson.loads(line)
        if resource.get("resourceType") != "DocumentReference" or resource.get("status") == "entered-in-error":
            continue
        given = [content.get("attachment") or {} for content in resource.get("content") or ()]
        bodies = [(_ending(one), _decoded(one.get("data"))) for one in given]
        found |= {
            f"note-{hashlib.sha256(data).hexdigest()[:16]}.{ending}": data for ending, data in bodies if ending and data
        }
        left += [("CP-BULK-09", "a note: its bytes cannot be decoded")] * sum(data is None for _ending, data in bodies)
        elsewhere += all(data is not None and not (ending and data) for ending, data in bodies)
    if elsewhere:
        left.append((ELSEWHERE, f"notes of a type that is not read, or not in the export: {elsewhere}"))
    return found, left


def _ending(attachment: Mapping[str, object]) -> str:
    return NOTES.get(str(attachment.get("contentType", "")).partition(";")[0].strip().lower(), "")


def _decoded(text: object) -> bytes | None:
    """The bytes, none of them where none are given, or None where they are no base64."""
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (ValueError, binascii.Error):
        return None
