"""How well and how fast the reading layer reads: one table, medspaCy's figures beside ours in the same run.

usage: python benchmarks/reading.py SHARED_DATA_DIR [--peer PYTHON] [--only SET,...]

SHARED_DATA_DIR holds the public test sets (they are test input only, never part of the project). PYTHON is the
interpreter of a virtual environment with benchmarks/peers/requirements.txt; without it the peer's column says so.
Each set is a module of benchmarks/reading_sets, whose first lines say what is counted and how.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from reading_sets.table import Peer, printed

#: Set, module of reading_sets, title. The modules are imported as they are asked for.
SETS = (
    ("negex", "NegEx/ConText: negation, history, hypothesis, experiencer"),
    ("mtsamples", "MTSamples: dated values and assertions in dictated notes"),
    ("labs", "MIMIC-IV demo: the latest laboratory value before a day"),
    ("trials", "TrialGPT criteria: rules only"),
    ("fax", "Faxes: OCR at three grades"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--peer", metavar="PYTHON")
    parser.add_argument("--only", metavar="SET,...", help=", ".join(name for name, _ in SETS))
    given = parser.parse_args()
    known = [name for name, _ in SETS if (Path(__file__).parent / "reading_sets" / f"{name}.py").exists()]
    asked = given.only.split(",") if given.only else known
    if unknown := set(asked) - set(known):
        sys.exit(f"no such set: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
    if not given.data.is_dir():
        sys.exit(f"not a folder: {given.data}")
    peer = Peer(given.peer) if given.peer else None
    below = 0
    for name, title in SETS:
        if name in asked:
            rows = importlib.import_module(f"reading_sets.{name}").measure(given.data, peer)
            below += sum(not row.good for row in rows)
            print(printed(title, rows), flush=True)
    print(f"\n{below} figures below their bar." if below else "\nEvery figure that has a bar reaches it.")
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()
