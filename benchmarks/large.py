"""How fast a large born-digital chart is reviewed, and in how much memory: the whole command, then stage by stage.

usage: python benchmarks/large.py CASES [--pages N] [--workers N]      (default: 1,500 pages, 2 workers)

CASES holds folders with files/. The chart is made of their PDF pages that carry text, again and again, in volumes whose
pages stand in another order each. Repeated pages flatter what is remembered of a line, so the share of distinct lines
is printed too. The package is compiled first, as it is where pip installed it. Prints pages; seconds and processor
seconds; pages a second; the most memory that the command and its processes held together (Linux), and the largest one
alone; then the share of each stage in one more run.
"""

from __future__ import annotations

import argparse
import compileall
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import perf_counter, sleep

import pypdfium2 as pdfium

import chartproof
from chartproof.chart.casefile import read_case_file
from chartproof.chart.files import read_folder
from chartproof.chart.reader import read_chart
from chartproof.chart.sort import reading
from chartproof.decide.review import review as decide
from chartproof.letters import denial_letters
from chartproof.policy.compile import compile_policy
from chartproof.policy.load import load_policy
from chartproof.tour import DEFAULT_POLICY, open_denial
from chartproof.typed import complete

VOLUME = 250
#: Characters that a page with text of its own has at least.
WRITTEN = 80


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("cases", type=Path)
    options.add_argument("--pages", type=int, default=1500)
    options.add_argument("--workers", type=int, default=2)
    asked = options.parse_args()
    compileall.compile_dir(Path(chartproof.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "chart"
        folder.mkdir()
        pages = make_chart(sorted(asked.cases.glob("*/files/**/*.pdf")), folder, asked.pages)
        whole(folder, Path(place), pages, asked.workers)
        stages(folder, pages, asked.workers)


def make_chart(sources: Sequence[Path], folder: Path, wanted: int) -> int:
    """Writes the volumes; how many pages they have."""
    documents = [pdfium.PdfDocument(source) for source in sources]
    written = [(document, at) for document in documents for at in range(len(document)) if has_text(document, at)]
    if not written:
        raise SystemExit("There is no PDF page with text in these cases.")
    for number, first in enumerate(range(0, wanted, VOLUME)):
        volume = pdfium.PdfDocument.new()
        for at in range(first, min(first + VOLUME, wanted)):
            document, page = written[(at + number) % len(written)]
            volume.import_pages(document, [page])
        volume.save(folder / f"volume-{number + 1:02d}.pdf")
        volume.close()
    return wanted


def has_text(document: pdfium.PdfDocument, at: int) -> bool:
    return bool(document[at].get_textpage().count_chars() >= WRITTEN)


def whole(folder: Path, place: Path, pages: int, workers: int) -> None:
    """The command as a coordinator runs it."""
    words = [sys.executable, "-m", "chartproof", "review", str(folder), "--workers", str(workers)]
    before, start, most = used(resource.RUSAGE_CHILDREN), perf_counter(), 0
    with (place / "said.txt").open("w+") as said:
        process = subprocess.Popen([*words, "--json", str(place / "review.json")], stdout=said, stderr=said)
        while process.poll() is None:
            most = max(most, held(process.pid))
            sleep(0.1)
        took, busy = perf_counter() - start, used(resource.RUSAGE_CHILDREN) - before
        said.seek(0)
        lines = said.read().splitlines()
    if process.returncode not in (0, 1) or not (place / "review.json").exists():
        raise SystemExit("\n".join(lines[-5:]))
    alone = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{pages} pages, {workers} workers: {took:.1f} s, {busy:.1f} processor seconds, {pages / took:.0f} pages/s")
    print(
        f"{pages / busy:.0f} pages a processor second; memory {most / 1024:.0f} MB together, {alone:.0f} MB the largest"
    )


def held(process: int) -> int:
    """Kilobytes that a process and its children hold, shared pages counted once; 0 where the system does not say."""
    total = 0
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total = int(line.split()[1])
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return total
    return total + sum(held(int(child)) for child in children)


def used(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def stages(folder: Path, pages: int, workers: int) -> None:
    took: dict[str, tuple[float, float]] = {}

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        start, busy = perf_counter(), cpu()
        yield
        took[name] = (perf_counter() - start, cpu() - busy)

    rules = load_policy(DEFAULT_POLICY)
    case = read_case_file(folder, as_of=date(2026, 6, 1))
    with stage("read files"):
        files = read_folder(folder, workers=workers)
    with stage("denial letters"):
        letters = denial_letters(files, workers=workers)
        case = complete(case, open_denial([letter for letter, _part in letters], case, rules), files)
    apart = frozenset((page.file, page.number) for _letter, part in letters for page in part)
    with stage("sort pages"):
        sorted_files = reading(files, case, apart, workers=workers)
    with stage("find (and sort)"):
        chart = read_chart(files, case, apart, workers=workers)
    with stage("decide"):
        decide(case, chart, compile_policy(rules), None)
    texts = [sentence.text for sentence in sorted_files.sentences]
    print(f"{len(texts)} lines and sentences, {len(set(texts)) / max(1, len(texts)):.0%} distinct")
    total = sum(busy for _wall, busy in took.values())
    for name, (wall, busy) in took.items():
        print(
            f"{name:16} {wall:7.1f} s {busy:7.1f} processor s {busy / total:5.0%} {1000 * busy / pages:6.1f} ms a page"
        )


def cpu() -> float:
    return used(resource.RUSAGE_SELF) + used(resource.RUSAGE_CHILDREN)


if __name__ == "__main__":
    main()
