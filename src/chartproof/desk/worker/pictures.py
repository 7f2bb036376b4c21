"""Pictures of pages for the screen, drawn in processes that are shut in and kept warm."""

from __future__ import annotations

import struct
from queue import LifoQueue
from types import TracebackType

from chartproof.desk.worker.bounds import Bounds
from chartproof.desk.worker.frames import Ask
from chartproof.desk.worker.process import Worker
from chartproof.errors import InputError

#: Somebody waits for a page, so it does not stand back for what is read meanwhile.
DRAWING = Bounds(memory=1 << 30, cpu_seconds=15, page_cpu=5.0, page_seconds=20.0, output=64_000_000, nice=0)
#: Pixels: wider than any screen.
WIDEST = 4_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Pictures:
    """Some warm workers that draw; any thread may ask. Used as a context, or closed in the end.

    The first page is fast only where `warm` was called; each request has a process of its own either way.
    """

    def __init__(self, *, bounds: Bounds = DRAWING, count: int = 2) -> None:
        self.bounds = bounds
        self._workers = [Worker(bounds) for _ in range(count)]
        self._free: LifoQueue[Worker] = LifoQueue()
        for worker in self._workers:
            self._free.put(worker)

    def __enter__(self) -> Pictures:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def warm(self) -> None:
        """Start the workers. ChartproofError CP-WORK-07 where they cannot be started."""
        for worker in self._workers:
            worker.start()

    def close(self) -> None:
        """End all of them; a request that is under way ends."""
        for worker in self._workers:
            worker.kill()
        for _ in self._workers:
            self._free.get().close()

    def render_page(self, data: bytes, page: int, *, width: int) -> bytes | None:
        """Page `page` (from 1) of the file as a PNG, `width` pixels wide; narrower where it would have too many pixels.

        None for a kind of file that has no page to draw (text, Word, tables, XML, JSON). InputError CP-WORK-09 where the
        page cannot be drawn: damaged, too slow, too large, or it brought its process down.
        """
        if page < 1 or not 1 <= width <= WIDEST:
            raise _not_drawable("there is no such page, or no such width")
        worker = self._free.get()
        try:
            return self._drawn(worker, Ask("draw", "", first=page - 1, width=width, data=data))
        finally:
            self._free.put(worker)

    def _drawn(self, worker: Worker, ask: Ask) -> bytes | None:
        drawn: bytes | None = None
        reason = "nothing was drawn"
        for told in worker.ask(ask):
            if told.what == "drawn":
                drawn = told.data
            elif told.what == "refused" or (told.what == "ended" and told.code):
                drawn, reason = None, told.reason[:200]
        if drawn == b"":
            return None
        if drawn is None or not is_picture(drawn, pixels=self.bounds.pixels):
            raise _not_drawable(reason)
        return drawn


def is_picture(data: bytes, *, pixels: int) -> bool:
    """Whether it is a PNG of plain pixels, no more than so many: header, pixels and end, and nothing else in it."""
    if not data.startswith(_SIGNATURE):
        return False
    at, kinds = len(_SIGNATURE), list[bytes]()
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IHDR":
            columns, rows = struct.unpack_from(">II", data, at + 8)
            if length != 13 or not 0 < columns * rows <= pixels:
                return False
        kinds.append(kind)
        at += 12 + length
    body = set(kinds[1:-1])
    return at == len(data) and kinds[:1] == [b"IHDR"] and kinds[-1:] == [b"IEND"] and body == {b"IDAT"}


def _not_drawable(reason: str) -> InputError:
    return InputError("CP-WORK-09", f"the page cannot be drawn: {reason}", then="Open the file itself.")
