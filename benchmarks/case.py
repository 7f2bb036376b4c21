"""Where the time goes for one case: reading, finding, deciding, writing; one worker and one per core side by side.

usage: python benchmarks/case.py [FOLDER] [--runs N]      (default: the demo case, 3 runs)
Prints medians in seconds, and the share of the whole.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from chartproof.chart.casefile import read_case_file
from chartproof.chart.files import read_folder
from chartproof.chart.reader import read_chart
from chartproof.decide.review import review as decide
from chartproof.letters import denial_letters
from chartproof.model import Review
from chartproof.policy.compile import compile_policy
from chartproof.policy.labels import load_label
from chartproof.policy.load import load_policy
from chartproof.tour import DEFAULT_POLICY, deadlines_of, open_denial, write_review
from chartproof.typed import complete, name_indication

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("read files and OCR", "read the letter", "sort and find facts", "decide", "write the package")


def once(folder: Path, workers: int) -> tuple[dict[str, float], int, int]:
    """One whole run: seconds by stage, pages, facts."""
    times: dict[str, float] = {}
    rules = load_policy(DEFAULT_POLICY)
    case = read_case_file(folder, as_of=datetime.now().date())
    start = perf_counter()
    files = read_folder(folder, workers=workers)
    times[STAGES[0]] = perf_counter() - start
    start = perf_counter()
    letters = denial_letters(files)
    denial = open_denial([letter for letter, _part in letters], case, rules)
    case = complete(case, denial, files)
    times[STAGES[1]] = perf_counter() - start
    start = perf_counter()
    chart = read_chart(files, case, frozenset((page.file, page.number) for _letter, part in letters for page in part))
    case, _why_no_label = name_indication(case, chart)
    times[STAGES[2]] = perf_counter() - start
    start = perf_counter()
    label = load_label(case.indication) if case.indication else None
    criteria, label_rows = decide(case, chart, compile_policy(rules), compile_policy(label) if label else None)
    times[STAGES[3]] = perf_counter() - start
    review = Review(
        policy_id=rules.id, policy_title=rules.title, edition=rules.edition, label_id=case.indication, case=case,
        chart=chart, criteria=criteria, label=label_rows, denial=denial, deadlines=deadlines_of(denial, case),
    )  # fmt: skip
    start = perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        write_review(
            replace(review),
            folder=folder,
            out=Path(scratch) / "out",
            purpose="appeal",
            stamp=datetime.now().astimezone(),
        )
    times[STAGES[4]] = perf_counter() - start
    return times, sum(len(file.pages) for file in files), len(chart.facts)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", nargs="?", default=str(ROOT / "examples" / "tecartus-mcl"))
    arguments.add_argument("--runs", type=int, default=3)
    options = arguments.parse_args()
    folder, cores = Path(options.folder), os.cpu_count() or 2
    results = {workers: [once(folder, workers) for _ in range(options.runs)] for workers in dict.fromkeys((1, cores))}
    pages, facts = results[cores][0][1:]
    print(f"{folder.name}: {pages} pages, {facts} facts, median of {options.runs} runs, {cores} cores")
    print(
        f"{'stage':24}"
        + "".join(f"{w:>6} worker{'s' if w > 1 else ' '}{'share':>8}" for w in results)
        + f"{'ratio':>8}"
    )
    totals = {workers: [sum(run[0].values()) for run in runs] for workers, runs in results.items()}
    for stage in (*STAGES, "whole"):
        row, seconds = f"{stage:24}", []
        for workers, runs in results.items():
            value = median(totals[workers]) if stage == "whole" else median(run[0][stage] for run in runs)
            seconds.append(value)
            row += f"{value:>12.2f} s{100 * value / median(totals[workers]):>7.0f}%"
        print(row + f"{seconds[0] / seconds[-1] if seconds[-1] else 1:>7.2f}x")


if __name__ == "__main__":
    main()
