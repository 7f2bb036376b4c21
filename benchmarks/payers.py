"""Every case of a folder, reviewed against the example policies of other payers and against the labels.

usage: python benchmarks/payers.py FOLDER_OF_CASES [POLICY ...]

Each chart is read once. One line a case and policy with its counts; exit status 1 where a review fails.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from pathlib import Path

import yaml

from chartproof.chart.files import read_folder
from chartproof.chart.reader import read_chart
from chartproof.decide.review import review
from chartproof.errors import ChartproofError
from chartproof.letters import denial_letters
from chartproof.model import Case
from chartproof.model.case import Patient
from chartproof.policy.compile import compile_policy
from chartproof.policy.labels import load_label
from chartproof.policy.load import load_policy

POLICIES = sorted((Path(__file__).resolve().parents[1] / "examples" / "policies").glob("*.yaml"))
STATUSES = ("met", "not_met", "missing", "not_applicable")


def main(arguments: list[str]) -> int:
    folder, names = Path(arguments[0]), arguments[1:] or [str(path) for path in POLICIES]
    failed = 0
    print(f"{'case':24} {'policy':22} {'met':>4} {'not':>4} {'miss':>5} {'n/a':>4}")
    for gold in sorted(folder.glob("*/gold.yaml")):
        request = yaml.safe_load(gold.read_text(encoding="utf-8"))
        case = case_of(request)
        files = read_folder(gold.parent / "files", workers=2)
        apart = frozenset((page.file, page.number) for _letter, part in denial_letters(files) for page in part)
        chart = read_chart(files, case, apart, workers=2)
        label = load_label(case.indication)
        for name in names:
            policy = load_policy(name)
            try:
                rows, _ = review(case, chart, compile_policy(policy, label=label), compile_policy(label))
            except ChartproofError as error:
                failed += 1
                print(f"{gold.parent.name:24} {policy.id:22} {error}")
                continue
            count = Counter(str(row.status) for row in rows)
            figures = " ".join(f"{count[status]:4}" for status in STATUSES)
            print(f"{gold.parent.name:24} {policy.id:22} {figures}")
    return 1 if failed else 0


def case_of(gold: dict) -> Case:
    """The case as a coordinator would type it in."""
    asked, who = gold["request"], gold.get("patient") or {}
    return Case(
        as_of=day(asked["as_of"]), drug=asked["drug"], product=asked["product"], indication=asked["indication"],
        patient=Patient(name=who.get("name", ""), born=day(who["dob"]), mrn=str(who.get("mrn") or "")),
    )  # fmt: skip


def day(value: object) -> date:
    return date.fromisoformat(str(value))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
