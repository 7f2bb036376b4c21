"""What becomes of each file that means harm: read apart and drawn apart, with what it cost.

usage: python benchmarks/desk_hostile.py [--only NAME] [--seconds N]
       python benchmarks/desk_hostile.py --case FOLDER [--pages N]

The first prints a line a file: how it ends, processor seconds, its picture, and the reason; then whether anybody asked the
address that every file names. The second reads FOLDER here and apart and prints what the walls cost: processor seconds,
whether both are the same, bytes and milliseconds of what is kept, milliseconds to draw a page. With --pages its PDF pages
with text are repeated until the chart has so many.
"""

from __future__ import annotations

import argparse
import importlib
import resource
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer
from typing import Any

import pypdfium2 as pdfium

from chartproof.chart.files import read_folder
from chartproof.chart.reader import read_chart
from chartproof.desk.worker import (
    Bounds,
    Pictures,
    decode_chart,
    decode_files,
    encode_chart,
    encode_files,
    outcome,
    read_apart,
)
from chartproof.errors import ChartproofError
from chartproof.model import Case, SourceFile

#: In place of this folder, whose desk.py would stand for the tests' package of that name.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

hostile: Any = importlib.import_module("desk.worker.hostile")


class Trap(TCPServer):
    """Listens where every file points; nobody may come."""

    asked = 0


class Caught(BaseRequestHandler):
    def handle(self) -> None:
        Trap.asked += 1


class Beat(threading.Thread):
    """A thread that wants the interpreter a hundred times a second, as one that answers requests would."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.longest, self.going = 0.0, True

    def run(self) -> None:
        last = time.monotonic()
        while self.going:
            time.sleep(0.01)
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last - 0.01), now

    def end(self) -> float:
        self.going = False
        return self.longest


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def one(folder: Path, bounds: Bounds) -> tuple[SourceFile | None, float]:
    before = spent()
    try:
        found = read_apart(folder, bounds=bounds)
    except ChartproofError:
        return None, spent() - before  # a package's own paper, which is no chart
    return found[0], spent() - before


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", default="", help="files whose name begins so")
    options.add_argument("--seconds", type=float, default=3.0, help="processor seconds of a page")
    options.add_argument("--case", type=Path, help="a folder of records to read instead")
    options.add_argument("--pages", type=int, default=0, help="make the case this long")
    chosen = options.parse_args()
    if chosen.case:
        with tempfile.TemporaryDirectory() as place:
            cost(lengthened(chosen.case, Path(place), chosen.pages) if chosen.pages else chosen.case)
        return
    bounds = Bounds(page_cpu=chosen.seconds, memory=1_500 << 20)
    trap = Trap(("127.0.0.1", 0), Caught)
    threading.Thread(target=trap.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{trap.server_address[1]}/planted"
    counts: dict[str, int] = {}
    beat = Beat()
    beat.start()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        for name, data in sorted(hostile.made(url).items()):
            if not name.startswith(chosen.only):
                continue
            folder = Path(place) / f"{len(counts)}-{name}"
            folder.mkdir()
            (folder / name).write_bytes(data)
            file, seconds = one(folder, bounds)
            ends = outcome(file) if file else "skipped"
            counts[ends] = counts.get(ends, 0) + 1
            note = "".join(letter if letter.isprintable() else "?" for letter in file.note[:90]) if file else ""
            print(f"{name:34} {len(data):>10,} B  {ends:12} {seconds:5.1f} s  {drawn(data):12} {note}", flush=True)
    print(f"{counts}; {time.monotonic() - start:.0f} s; connections made to the planted address: {Trap.asked}")
    print(f"longest wait of another thread of this process meanwhile: {beat.end() * 1000:.0f} ms (wall)")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(
        f"largest process {peak >> 10} MB; this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB"
    )
    PICTURES.close()


def cost(folder: Path) -> None:
    """Prints what reading apart costs beside reading here."""
    apart, seconds = timed(lambda: read_apart(folder))
    print(f"apart   {seconds:6.2f} processor seconds, {len(apart)} files, {sum(len(one.pages) for one in apart)} pages")
    here, seconds = timed(lambda: read_folder(folder))
    print(f"here    {seconds:6.2f} processor seconds; the same: {here == apart}")
    kept, seconds = timed(lambda: encode_files(apart))
    back, again = timed(lambda: decode_files(kept))
    words = sum(len(page.words) for file in apart for page in file.pages)
    told = f"{seconds * 1000:.0f} ms to write, {again * 1000:.0f} ms to read"
    print(f"pages   {len(kept):,} bytes for {words:,} words ({len(zlib.compress(kept, 1)):,} packed), {told}")
    chart, _ = timed(lambda: read_chart(apart, Case(date(2026, 5, 4))))
    kept, seconds = timed(lambda: encode_chart(chart))
    _, again = timed(lambda: decode_chart(kept, back))
    told = f"{seconds * 1000:.0f} ms to write, {again * 1000:.0f} ms to read"
    print(f"chart   {len(kept):,} bytes for {len(chart.facts)} facts ({len(zlib.compress(kept, 1)):,} packed), {told}")
    PICTURES.warm()
    waited: list[float] = []
    for file in apart:
        for page in file.pages[:4] if file.media in ("pdf", "image") else ():
            start = time.perf_counter()
            PICTURES.render_page((folder / file.name).read_bytes(), page.number, width=1000)
            waited.append(1000 * (time.perf_counter() - start))
    waited.sort()
    print(
        f"draw    {len(waited)} pages 1,000 wide: median {waited[len(waited) // 2]:.0f} ms, longest {waited[-1]:.0f} ms (wall)"
    )
    PICTURES.close()


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and the processor seconds of this process and of those that it waited for."""
    before = time.process_time() + spent()
    found = work()
    return found, time.process_time() + spent() - before


def lengthened(folder: Path, place: Path, pages: int) -> Path:
    """The folder's PDF pages that carry text, again and again, as one volume beside its other files."""
    volume = pdfium.PdfDocument.new()
    sources = [pdfium.PdfDocument(path) for path in sorted(folder.glob("*.pdf"))]
    written = [
        (source, index)
        for source in sources
        for index in range(len(source))
        if source[index].get_textpage().count_chars() > 200
    ]
    for number in range(pages):
        source, index = written[number % len(written)]
        volume.import_pages(source, [index])
    volume.save(place / "volume.pdf")
    return place


PICTURES = Pictures(count=1)


def drawn(data: bytes) -> str:
    try:
        picture = PICTURES.render_page(data, 1, width=800)
    except ChartproofError as error:
        return error.code
    return "nothing" if picture is None else f"{len(picture) >> 10} KB"


if __name__ == "__main__":
    main()
