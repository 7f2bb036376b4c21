"""The files of a case: which bytes, under what name, and what became of reading them.

Evidence names a file and a page, so a name is used once in a case; a second file of that name gets a number. The same
bytes twice are one file. A file that is taken out stays as a row, and its bytes stay while a package rests on them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import Connection, insert, select, update

from chartproof.desk.store import audit, packages
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.rows import as_row, new_id
from chartproof.desk.store.schema import files
from chartproof.errors import NotFoundError

#: `partly`: some pages could not be read. `refused`: nothing could, and `reason` is the code that says why.
STATES = ("waiting", "read", "partly", "refused")


@dataclass(frozen=True, slots=True)
class Upload:
    """`sha` is what `Documents.put` returned; put the bytes first. `media_type` is by content, not by name."""

    name: str
    sha: str
    size: int
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class File:
    id: str
    case: str
    name: str
    sha: str
    size: int
    media_type: str
    state: str
    pages: int
    reason: str
    added_by: str | None
    added: datetime
    removed: datetime | None


def add(connection: Connection, actor: Actor, case: str, upload: Upload, *, now: datetime) -> File:
    """The file's row; where the case has these bytes already, the row that it has. Voids a signature."""
    here = listed(connection, case)
    for file in here:
        if file.sha == upload.sha:
            return file
    file_id = new_id()
    connection.execute(
        insert(files).values(
            id=file_id, case=case, name=free_name(upload.name, {file.name.casefold() for file in here}),
            sha=upload.sha, size=upload.size, media_type=upload.media_type, state="waiting",
            added_by=audit.person(actor), added=now,
        )
    )  # fmt: skip
    audit.append(connection, actor, "add", "file", file_id, now=now, detail={"case": case, "sha256": upload.sha})
    packages.outdate(connection, actor, case, why="file_added", now=now)
    return get(connection, file_id)


def mark(
    connection: Connection, actor: Actor, file: str, state: str, *, pages: int = 0, reason: str = "", now: datetime
) -> File:
    """What became of reading it. `reason` is a code such as CP-READ-03, never words from the file."""
    if state not in STATES:
        raise ValueError(f"a file is never {state}")
    get(connection, file)
    connection.execute(update(files).where(files.c.id == file).values(state=state, pages=pages, reason=reason))
    audit.append(connection, actor, "update", "file", file, now=now, detail={"state": state, "reason": reason})
    return get(connection, file)


def remove(connection: Connection, actor: Actor, file: str, *, now: datetime) -> File:
    """Out of the case, for a file that does not belong there. Again does nothing."""
    seen = get(connection, file)
    if seen.removed:
        return seen
    connection.execute(update(files).where(files.c.id == file).values(removed=now))
    audit.append(connection, actor, "remove", "file", file, now=now, detail={"case": seen.case})
    packages.outdate(connection, actor, seen.case, why="file_removed", now=now)
    return get(connection, file)


def get(connection: Connection, file: str) -> File:
    """Raises NotFoundError CP-DESK-30."""
    row = connection.execute(select(files).where(files.c.id == file)).first()
    if row is None:
        raise NotFoundError("CP-DESK-30", "there is no such file")
    return as_row(File, row)


def listed(connection: Connection, case: str, *, removed: bool = False) -> tuple[File, ...]:
    """In the order in which they came; those taken out only where asked for."""
    query = select(files).where(files.c.case == case).order_by(files.c.added, files.c.name)
    if not removed:
        query = query.where(files.c.removed.is_(None))
    return tuple(as_row(File, row) for row in connection.execute(query))


def free_name(name: str, taken: set[str]) -> str:
    """A name that is only a name: no folder above it, no control character, at most 200 characters, not taken."""
    steps = [re.sub(r"[\x00-\x1f\x7f]", "", step).strip() for step in name.replace("\\", "/").split("/")]
    clean = "/".join(step for step in steps if step.strip("."))[-200:].lstrip("/") or "file"
    path, number = PurePosixPath(clean), 1
    while clean.casefold() in taken:
        number += 1
        clean = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
    return clean
