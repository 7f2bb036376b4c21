"""Files that are there whole or not at all, also when the power fails."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def write_whole(file: Path, data: bytes | Iterable[bytes], *, new: bool = False) -> None:
    """Writes beside the place, forces it to the disk, and then gives it its name.

    With `new`, raises FileExistsError where another process has given a file that name meanwhile.
    """
    beside = file.with_name(f".{file.name}.{secrets.token_hex(6)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
            for part in (data,) if isinstance(data, bytes) else data:
                written.write(part)
            written.flush()
            os.fsync(written.fileno())
        if new:
            file.hardlink_to(beside)
            beside.unlink()
        else:
            beside.replace(file)
    except BaseException:  # Ctrl-C too leaves no half of a file
        beside.unlink(missing_ok=True)
        raise
    force(file.parent)


def force(folder: Path) -> None:
    """A new name is safe only when the folder that lists it is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
