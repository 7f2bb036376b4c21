"""One file while its reading comes in, frame by frame and perhaps from several processes; every frame is checked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec

from chartproof.chart.files import closed
from chartproof.chart.pdf import MAX_PAGES
from chartproof.desk.worker.bounds import Bounds
from chartproof.desk.worker.codec import decode_files, decode_page, not_valid
from chartproof.desk.worker.frames import Told
from chartproof.desk.worker.names import shown
from chartproof.model import Page, SourceFile
from chartproof.model.page import LEFT_OUT

_NOTHING = "nothing of it was handed back (CP-WORK-03)"
_PAGED: dict[bytes, Literal["pdf", "image"]] = {b"pdf": "pdf", b"image": "image"}


def refused(name: str, code: str, reason: str, *, sha256: str = "") -> SourceFile:
    """A file of which nothing was read."""
    return SourceFile(shown(name), sha256, "other", read="unread", note=f"{reason} ({code})")


@dataclass(slots=True)
class Run:
    """Pages of a file, counted from 0, for one process: from `first` to before `stop`; 0 where that is not known yet."""

    file: Gathered
    first: int = 0
    stop: int = 0


@dataclass(slots=True)
class Gathered:
    """`ours` is the SHA-256 that a package in the folder gave this name. `why` is why its other pages are not read."""

    name: str
    path: Path
    ours: str = ""
    sha256: str = ""
    media: Literal["pdf", "image"] = "pdf"
    total: int = 0
    pages: dict[int, Page] = field(default_factory=dict)
    whole: SourceFile | None = None
    sums: dict[str, str] = field(default_factory=dict)
    left_out: bool = False
    why: str = ""
    strikes: int = 0
    began: float = 0.0

    def take(self, told: Told, run: Run) -> None:
        """Keep what a frame says. InputError CP-WORK-05 where it is not what may come here."""
        if told.what == "opened":
            self.sha256 = told.data.decode("ascii")
        elif told.what == "left out":
            self.left_out = True
        elif told.what == "whole":
            self.whole = self._checked(decode_files(told.data))
        elif told.what == "head":
            self._head(told)
        elif told.what == "page":
            self._page(decode_page(told.data, self.name), run)
        elif told.what == "sums":
            self.sums = _sums(told.data)
        elif told.what == "refused":
            self.why = f"{shown(told.reason[:200])} ({shown(told.code[:20])})"
        else:
            raise not_valid(self.name)

    def strike(self, code: str, reason: str, run: Run, *, bounds: Bounds) -> Run | None:
        """A process went down over it: the page that it was at is lost; what remains of its run, where it may go on."""
        self.strikes += 1
        why = f"{reason} ({code})"
        stop = min(run.stop, self.total, bounds.pages)
        number = next((one for one in range(run.first + 1, stop + 1) if one not in self.pages), 0)
        if not number:
            self.why = self.why or ("" if self.total else why)
            return None
        self.pages[number] = Page(self.name, number, "", read="unread", note=why)
        if self.strikes >= bounds.strikes:
            self.why = why
        return None if self.why or number >= stop else replace(run, first=number)

    def runs(self, bounds: Bounds) -> list[Run]:
        """The runs after the first one, once the number of pages is known."""
        last = min(self.total, bounds.pages)
        return [Run(self, first, min(first + bounds.run, last)) for first in range(bounds.run, last, bounds.run)]

    def result(self, bounds: Bounds) -> SourceFile:
        """The file with every page of it: those that were not reached are 'unread', and the first of them says why."""
        if self.left_out:
            return SourceFile(self.name, self.sha256, "other", read="unread", note=LEFT_OUT)
        if self.whole:
            return self.whole
        if not self.total or not self.pages:
            reason = self.why or _NOTHING
            return SourceFile(self.name, self.sha256, "other", read="unread", note=reason)
        missing = [number for number in range(1, self.total + 1) if number not in self.pages]
        bound = missing and missing[0] > bounds.pages
        more = f"no more than {bounds.pages:,} pages of a file are read (CP-WORK-08)" if bound else _NOTHING
        why = self.why or more
        for number in missing:
            self.pages[number] = Page(self.name, number, "", read="unread")
        if missing:
            rest = f"this page and {len(missing) - 1:,} more were not read: " if len(missing) > 1 else ""
            self.pages[missing[0]] = replace(self.pages[missing[0]], note=rest + why)
        return closed(self.name, self.sha256, self.media, [self.pages[number] for number in sorted(self.pages)])

    def _checked(self, files: tuple[SourceFile, ...]) -> SourceFile:
        if len(files) != 1 or (files[0].name, files[0].sha256) != (self.name, self.sha256):
            raise not_valid(self.name)
        return files[0]

    def _head(self, told: Told) -> None:
        if told.data not in _PAGED or not 0 < told.number <= MAX_PAGES or self.total not in (0, told.number):
            raise not_valid(self.name)
        self.media, self.total = _PAGED[told.data], told.number

    def _page(self, page: Page, run: Run) -> None:
        if not (run.first < page.number <= min(run.stop, self.total)) or page.number in self.pages:
            raise not_valid(self.name)
        self.pages[page.number] = page


def _sums(data: bytes) -> dict[str, str]:
    try:
        return msgspec.msgpack.decode(data, type=dict[str, str])
    except msgspec.MsgspecError:
        raise not_valid() from None
