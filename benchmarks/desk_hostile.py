"""What becomes of each file that means harm: read apart and drawn apart, with what it cost. `python benchmarks/desk_hostile.py`

Prints a line a file: how it ends, processor seconds and largest memory of the processes that read it, and the reason.
"""

from __future__ import annotations

import argparse
import importlib
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer
from typing import Any

from chartproof.desk.worker import Bounds, outcome, read_apart
from chartproof.desk.worker.pictures import Pictures
from chartproof.errors import ChartproofError
from chartproof.model import SourceFile

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

hostile: Any = importlib.import_module("desk.worker.hostile")


class Trap(TCPServer):
    """Listens where every file points; nobody may come."""

    asked = 0


class Caught(BaseRequestHandler):
    def handle(self) -> None:
        Trap.asked += 1


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
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="files whose name begins so")
    options.add_argument("--seconds", type=float, default=3.0, help="processor seconds of a page")
    chosen = options.parse_args()
    bounds = Bounds(page_cpu=chosen.seconds, memory=1_500 << 20)
    trap = Trap(("127.0.0.1", 0), Caught)
    threading.Thread(target=trap.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{trap.server_address[1]}/planted"
    counts: dict[str, int] = {}
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
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(
        f"largest process {peak >> 10} MB; this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB"
    )
    PICTURES.close()


PICTURES = Pictures(count=1)


def drawn(data: bytes) -> str:
    try:
        picture = PICTURES.render_page(data, 1, width=800)
    except ChartproofError as error:
        return error.code
    return "nothing" if picture is None else f"{len(picture) >> 10} KB"


if __name__ == "__main__":
    main()
