"""Documents that came before are not read a second time: an update of a request brings every one of them again.

A reading is found by the reader's version, the document's name and its bytes, so that another program, another name or
another byte is read anew. What could not be read whole is tried again each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chartproof import __version__
from chartproof.desk.store import exchanged
from chartproof.desk.store.database import Store
from chartproof.desk.worker.apart import outcome
from chartproof.desk.worker.codec import decode_files, encode_files
from chartproof.errors import ChartproofError
from chartproof.exchange.decision import Reader
from chartproof.model import SourceFile

#: What the reader says of a page that stands in the folder twice: true of that folder alone.
COPY = "a copy of"


@dataclass(frozen=True, slots=True)
class Remembering:
    """A reader in front of another. The folder's known files are taken out of it; what is new is read and kept."""

    store: Store
    read: Reader
    now: Callable[[], datetime]

    def __call__(self, folder: Path) -> Sequence[SourceFile]:
        paths = [path for path in sorted(folder.iterdir()) if path.is_file()]
        names = {path.name: name_of(path) for path in paths}
        known = {path.name: found for path in paths if (found := self._known(names[path.name], path.name)) is not None}
        for name in known:
            (folder / name).unlink()
        new = self.read(folder) if len(known) < len(paths) else ()
        for file in new:
            self._keep(names.get(file.name, ""), file)
        return tuple(sorted((*known.values(), *new), key=lambda one: one.name))

    def _known(self, name: str, file: str) -> SourceFile | None:
        with self.store.read() as connection:
            sha = exchanged.reading_of(connection, name)
        if not sha:
            return None
        try:
            (found,) = decode_files(self.store.documents.get(sha))
        except (ChartproofError, ValueError):
            return None
        return found if found.name == file else None

    def _keep(self, name: str, file: SourceFile) -> None:
        copied = COPY in file.note or any(COPY in page.note for page in file.pages)
        if name and not copied and outcome(file) == "read":
            sha = self.store.documents.put(encode_files((file,)))
            exchanged.keep_reading(self.store, name, sha, now=self.now())


def name_of(path: Path) -> str:
    """Which document, read by which program."""
    with path.open("rb") as held:
        digest = hashlib.file_digest(held, "sha256").hexdigest()
    return hashlib.sha256(f"{__version__}\0{path.name}\0{digest}".encode()).hexdigest()
