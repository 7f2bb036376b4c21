"""Accuracy on labelled charts: reviews every case of a folder, then runs the scorer that lies beside it.

usage: python benchmarks/accuracy.py CASES_DIR SCORER.py [-v]

Each case is a folder with files/ and gold.yaml (its request, plan and patient are typed into case.yaml, as a
coordinator would). The scorer is called with CASE REVIEW.json pairs and prints its own table.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from shutil import copytree

import yaml

from chartproof.tour import DEFAULT_POLICY, review_folder, review_json


def case_file(gold: dict) -> dict:
    request, plan, person = gold["request"], gold.get("plan") or {}, gold.get("patient") or {}
    known = {
        "as_of": request["as_of"],
        "drug": request["drug"],
        "indication": request.get("indication"),
        "apheresis_planned": request.get("apheresis_planned"),
        "payer": plan.get("payer"),
        "plan_type": plan.get("plan_type"),
        "state": plan.get("state"),
        "patient": {key: person.get(key) for key in ("name", "dob", "mrn") if person.get(key)},
    }
    return {key: value for key, value in known.items() if value}


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    cases, scorer = Path(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        pairs: list[str] = []
        for case in sorted(path.parent for path in cases.glob("*/gold.yaml")):
            folder = Path(scratch) / case.name
            copytree(case / "files", folder)
            gold = yaml.safe_load((case / "gold.yaml").read_text(encoding="utf-8"))
            (folder / "case.yaml").write_text(yaml.safe_dump(case_file(gold), sort_keys=False), encoding="utf-8")
            review = review_folder(folder, today=date(2000, 1, 1), policy=DEFAULT_POLICY)
            out = Path(scratch) / f"{case.name}.json"
            out.write_bytes(review_json(review))
            pairs += [str(case), str(out)]
        subprocess.run([sys.executable, str(scorer), *pairs, *sys.argv[3:]], check=True)


if __name__ == "__main__":
    main()
