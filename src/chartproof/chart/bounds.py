"""What no file of a chart may exceed: checked before anything is unpacked or decoded."""

from __future__ import annotations

import io
import zipfile

from chartproof.errors import InputError

MAX_FILE_BYTES = 400_000_000
MAX_PIXELS = 100_000_000
MAX_UNPACKED = 200_000_000
MAX_RATIO = 200
MAX_MEMBERS = 5_000


def too_many_pixels(where: str, columns: int, rows: int) -> InputError:
    return InputError(
        "CP-READ-08",
        f"the picture has {columns} x {rows} pixels, more than {MAX_PIXELS // 1_000_000} million",
        where=where,
        then="Scan it again at 300 dots an inch.",
    )


def open_zip(name: str, data: bytes, *, what: str) -> zipfile.ZipFile:
    """Open an Office file's zip, refusing what would unpack to an absurd size. `what` names the kind for the error."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise InputError(
            "CP-READ-09", f"this is not a whole {what} file", where=name, then="Open it in Word and save it again."
        ) from None
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if len({member.filename for member in members}) < len(members):
        # Which of two members of one name is the text depends on the program that opens the file.
        raise InputError(
            "CP-READ-09", f"the {what} file holds two parts of one name", where=name,
            then="Open it in Word and save it again.",
        )  # fmt: skip
    bomb = (
        len(members) > MAX_MEMBERS
        or unpacked > MAX_UNPACKED
        or any(m.file_size > 1_000_000 and m.file_size > MAX_RATIO * max(1, m.compress_size) for m in members)
    )
    if bomb:
        raise _bomb(name, what)
    return archive


def read_member(name: str, archive: zipfile.ZipFile, member: str, *, what: str) -> bytes:
    """One member's bytes; the sizes in a zip's directory may lie, so reading stops at the limit too."""
    try:
        with archive.open(member) as stream:
            data = stream.read(MAX_UNPACKED + 1)
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
        raise InputError(
            "CP-READ-09", f"this is not a whole {what} file", where=name, then="Open it in Word and save it again."
        ) from None
    if len(data) > MAX_UNPACKED:
        raise _bomb(name, what)
    return data


def _bomb(name: str, what: str) -> InputError:
    return InputError(
        "CP-READ-10",
        f"the {what} file would unpack to more than it can honestly hold",
        where=name,
        then="Do not open it; ask its sender for a PDF.",
    )
