"""Kills processes that upload, read, judge, decide and sign, at random moments, and looks for what was lost or halved.

usage: python benchmarks/desk_kills.py [--kills 300] [--database URL | --encrypted] [--seed N]
Prints a line for each fault and a summary; exit status 1 where there is any.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from chartproof.desk.store import dump
from chartproof.desk.store.audit import DESK
from chartproof.desk.store.backup import backup
from chartproof.desk.store.database import open_store
from chartproof.desk.store.restore import restore

#: In place of this folder, whose desk.py would stand for the tests' package of that name.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from desk.store.killing import START, Killing  # type: ignore[import-not-found]

KEY = "a passphrase for the benchmark"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--database", default="", metavar="URL", help="an empty PostgreSQL database")
    parser.add_argument("--encrypted", action="store_true", help="tables and documents under a passphrase")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        killing = Killing(
            Path(folder) / "desk", options.database, seed=options.seed, key=KEY if options.encrypted else ""
        )
        while killing.kills < options.kills:
            killing.round()
            faults += killing.faults()
        if not restores_equal(killing):
            faults.append("restore: what was restored differs")
    for fault in faults:
        print(fault)
    told = Counter(table for table, _, _ in killing.said)
    print(f"{killing.kills} kills, {len(killing.said)} acknowledged changes, {len(faults)} faults")
    print("acknowledged: " + ", ".join(f"{table} {count}" for table, count in sorted(told.items())))
    return 1 if faults else 0


def restores_equal(killing: Killing) -> bool:
    folder, key = killing.folder.parent, killing.key
    store = open_store(killing.folder, url=killing.url, key=key)
    saved = backup(store, folder / "saved", DESK, key=key, now=START)
    before = [store.documents.get(sha) for sha in store.documents.all()]
    store.close()
    restore(folder / "saved", folder / "other", key=key, archive_key=key)
    other = open_store(folder / "other", key=key)
    with other.read() as connection:
        equal = dump.state(connection) == saved.state and saved.lost == ()
    equal = equal and {*before} >= {other.documents.get(sha) for sha in other.documents.all()}
    other.close()
    return equal


if __name__ == "__main__":
    sys.exit(main())
