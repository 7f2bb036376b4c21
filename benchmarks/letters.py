"""How fast letters are written and checked, and how long a folder takes until every document lies there.

usage: python benchmarks/letters.py [FOLDER ...] [--runs N] [--workers N]      (default: the demo case, 200 letters)
Prints for each folder the seconds from folder to all documents (by the wall and of CPU; the bar is 30 s by the wall on
two cores), pages of the letter, and letters a second: built, and built and checked.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import tempfile
from datetime import date, datetime
from pathlib import Path
from time import perf_counter, process_time

import pypdfium2 as pdfium

from chartproof.model import Review
from chartproof.packet.citations import citations
from chartproof.packet.exhibits import build_book
from chartproof.packet.letter import build_letter
from chartproof.packet.lint import lint
from chartproof.tour import review_folder, write_review

ROOT = Path(__file__).resolve().parent.parent
BAR = 30.0


def folder_to_documents(folder: Path, workers: int) -> tuple[Review, float, float, int]:
    """(the review, seconds by the wall, seconds of CPU with the helpers', pages of the letter)."""
    wall, cpu = perf_counter(), _cpu()
    review = review_folder(folder, today=date.today(), workers=workers)
    with tempfile.TemporaryDirectory() as out:
        written = write_review(
            review, folder=folder, out=Path(out) / "out", purpose="appeal", stamp=datetime(2026, 1, 1)
        )
        wall, cpu = perf_counter() - wall, _cpu() - cpu
        letter = next(path for path in written if path.name == "letter.pdf").read_bytes()
    return review, wall, cpu, len(pdfium.PdfDocument(io.BytesIO(letter)))


def letters_a_second(review: Review, runs: int) -> tuple[float, float, int]:
    """(letters built, letters built and checked) in one second of CPU, and the problems that the check found."""
    book = build_book(review, citations(review, with_denial=True))
    start = process_time()
    for _ in range(runs):
        letter = build_letter(review, book, "appeal", draft=True)
    built = process_time() - start
    start = process_time()
    for _ in range(runs):
        problems = lint(letter, review, book)
    checked = process_time() - start
    return runs / built, runs / (built + checked), len(problems)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[ROOT / "examples" / "tecartus-mcl"])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    options = parser.parse_args()
    print(f"{'folder':30} {'wall s':>7} {'CPU s':>7} {'pages':>5} {'built/s':>8} {'checked/s':>9} {'problems':>8}")
    for folder in options.folders:
        review, wall, cpu, pages = folder_to_documents(folder, options.workers)
        built, checked, problems = letters_a_second(review, options.runs)
        late = "" if wall <= BAR else f"  over {BAR:.0f} s"
        print(
            f"{folder.name[:30]:30} {wall:7.1f} {cpu:7.1f} {pages:5d} {built:8.0f} {checked:9.0f} {problems:8d}{late}"
        )


if __name__ == "__main__":
    main()
