"""Changes whose effect on a review is known without gold answers: whoever answers otherwise misread the chart.

usage: python benchmarks/metamorphic.py CASES_DIR [CASES_DIR ...] [--case NAME] [--only a,b,c,d,e,f] [--cache DIR] [-v]

a  400 days later nothing that has a window is met      d  other file names, other order: the same answers
b  another patient: nothing is met, and it says why     e  every born-digital PDF as a clean fax: the same answers
c  without the files that a met row cites: not met, or  f  "no", "planned", "father's", "donor's" before the only
   another quote that stands in the files that remain      quote of a met row: that quote does not decide any more

A case is a folder with files/ and gold.yaml, of which only request, plan and patient are used. A cell says how many
were wrong of how many were tried; below the table stand the rows: "-" a yes that was lost, "+" a yes too many. Exit
status 1 where any was wrong. --cache keeps the readings of the files for another run; -v prints quotes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml
from accuracy import case_file
from changes import WORDS, by_name, change_of, changed, faxed, moved, shuffled

from chartproof.chart.casefile import read_case_file
from chartproof.chart.files import read_file
from chartproof.chart.reader import read_chart
from chartproof.decide.fold import Tree, tree_of
from chartproof.decide.review import review as decide
from chartproof.letters import denial_letters
from chartproof.model import Case, Chart, Finding, Patient, SourceFile, Span
from chartproof.model.rows import Leaf, Rows
from chartproof.policy.compile import compile_policy
from chartproof.policy.labels import load_label
from chartproof.policy.load import load_policy
from chartproof.tour import DEFAULT_POLICY, open_denial
from chartproof.typed import complete, name_indication

LATER = timedelta(days=400)
STRANGER = Patient(name="Quillon Abernethy-Voss", born=date(1931, 12, 30), mrn="90817265")


@dataclass(frozen=True, slots=True)
class Answer:
    """One review: its chart, its rows by id ("label:" before a label's), and their statuses."""

    case: Case
    chart: Chart
    rows: dict[str, Finding]

    def met(self) -> dict[str, Finding]:
        return {name: row for name, row in self.rows.items() if row.status == "met"}


@dataclass(slots=True)
class Result:
    tried: int = 0
    wrong: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


@cache
def policy_rows(name: str, *, label: bool) -> Rows:
    return compile_policy(load_label(name) if label else load_policy(name))


def answer(files: Sequence[SourceFile], case: Case) -> Answer:
    letters = denial_letters(files)
    case = complete(case, open_denial([one for one, _part in letters], case, load_policy(DEFAULT_POLICY)), files)
    chart = read_chart(files, case, frozenset((page.file, page.number) for _one, part in letters for page in part))
    case, _ = name_indication(case, chart)
    label = policy_rows(case.indication, label=True) if case.indication else None
    criteria, label_rows = decide(case, chart, policy_rows(DEFAULT_POLICY, label=False), label)
    rows = {**{row.id: row for row in criteria}, **{f"label:{row.id}": row for row in label_rows}}
    return Answer(case, chart, rows)


def reading(path: Path, store: Path, *, fax: bool = False) -> SourceFile:
    """The file as read, or as its fax is read; from the store where it was read before."""
    key = hashlib.sha256(path.name.encode() + path.read_bytes()).hexdigest()[:24]
    kept = store / f"{key}{'-fax' if fax else ''}.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    if fax:
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch) / path.name
            copy.write_bytes(faxed(path))
            file = read_file(copy, workers=1)
    else:
        file = read_file(path, workers=1)
    half = kept.with_suffix(f".{os.getpid()}")
    half.write_bytes(pickle.dumps(file))
    half.replace(kept)
    return file


def later(files: Sequence[SourceFile], base: Answer) -> Result:
    after = answer(files, replace(base.case, as_of=base.case.as_of + LATER))
    result = Result()
    for name in base.met():
        rows = policy_rows(base.case.indication if ":" in name else DEFAULT_POLICY, label=":" in name)
        body = next(one.body for one in rows.criteria if one.id == name.removeprefix("label:"))
        if not ages(body, tree_of(rows), {leaf.id: leaf for leaf in rows.leaves}):
            continue
        result.tried += 1
        if after.rows[name].status == "met":
            note(result, f"+{name}", after.rows[name].evidence)
    return result


def ages(node: str, tree: Tree, leaves: dict[str, Leaf]) -> bool:
    """Whether every yes of the node rests on something that grows too old."""
    kind = tree.nodes[node].kind
    if kind == "leaf":
        return leaves[node].window_days is not None
    below = [ages(child, tree, leaves) for child in tree.children[node]]
    return any(below) if kind == "all" else all(below) if kind in ("any", "first", "at_least") else False


def stranger(files: Sequence[SourceFile], base: Answer) -> Result:
    """Nothing is met. Every document that was the patient's is now another's, with the reason; none is the stranger's."""
    after = answer(files, replace(base.case, patient=STRANGER))
    result = Result(tried=len(base.met()))
    for name, row in after.met().items():
        note(result, f"+{name}", row.evidence)
    for document in after.chart.documents:
        if document.belongs or (document.belongs is False and not document.note):
            note(result, f"{document.file} p. {document.first}: owner {document.belongs}, no reason", ())
    return result


def without(files: Sequence[SourceFile], base: Answer) -> Result:
    result, seen = Result(), dict[frozenset[str], Answer]()
    for name, row in base.met().items():
        gone = frozenset(span.file for span in row.evidence)
        left = by_name(file for file in files if file.name not in gone)
        if gone not in seen and left:
            seen[gone] = answer(tuple(left.values()), base.case)
        result.tried += 1
        after = seen[gone].rows[name] if left else None
        if after is None or after.status != "met":
            continue
        result.told.append(f"{name} still met: {quoted(after.evidence)}")
        for span in after.evidence:
            pages = left[span.file].pages if span.file in left else ()
            if not any(page.number == span.page and page.text[span.start : span.end] == span.quote for page in pages):
                note(result, f"+{name}", (span,))
    return result


def shuffle(files: Sequence[SourceFile], base: Answer) -> Result:
    result = Result()
    for seed in (1, 2):
        compare(result, base, answer(shuffled(files, seed), base.case))
    return result


def compare(result: Result, base: Answer, after: Answer) -> None:
    for name, row in base.rows.items():
        result.tried += 1
        other = after.rows[name]
        if other.status != row.status:
            sign = "-" if row.status == "met" else "+" if other.status == "met" else "~"
            spans = row.evidence if sign == "-" else other.evidence
            note(result, f"{sign}{name} ({row.status} -> {other.status})", spans)


def mutations(files: Sequence[SourceFile], base: Answer) -> Result:
    """Each prefix before the only quote of every row that has just one, all rows at once."""
    result = Result()
    plain = {file.name for file in files if not file.entries}
    only = {name: row.evidence[0] for name, row in base.met().items() if len(row.evidence) == 1}
    for word in WORDS:
        made = {name: change_of(span, word) for name, span in only.items() if span.file in plain}
        chosen = {name: change for name, change in made.items() if change}
        changes = list({(one.file, one.page, one.at): one for one in chosen.values()}.values())
        after = answer(changed(files, changes), base.case)
        for name, change in chosen.items():
            result.tried += 1
            start, end = moved(change, changes)
            row = after.rows[name]
            cited = [span for span in row.evidence if (span.file, span.page) == (change.file, change.page)]
            if row.status == "met" and any(span.start < end and span.end > start for span in cited):
                note(result, f"+{name} ({word})", cited)
    return result


def note(result: Result, what: str, spans: Sequence[Span]) -> None:
    result.wrong.append(what)
    result.told.append(f"WRONG {what}: {quoted(spans)}")


def quoted(spans: Sequence[Span]) -> str:
    return " | ".join(f"{span.file} p. {span.page}: {' '.join(span.quote.split())[:160]!r}" for span in spans)


CHECKS: dict[str, Callable[[Sequence[SourceFile], Answer], Result]] = {
    "a": later,
    "b": stranger,
    "c": without,
    "d": shuffle,
    "f": mutations,
}


def typed_case(folder: Path) -> Case:
    """What a coordinator would type in for the case: the request, plan and patient of its gold.yaml."""
    gold = yaml.safe_load((folder / "gold.yaml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        typed = yaml.safe_dump(case_file(gold), sort_keys=False)
        (Path(scratch) / "case.yaml").write_text(typed, encoding="utf-8")
        return read_case_file(Path(scratch), as_of=date(2000, 1, 1))


def run(folder: Path, only: str, store: Path) -> dict[str, Result]:
    case = typed_case(folder)
    paths = sorted(path for path in (folder / "files").iterdir() if path.name != "case.yaml")
    files = tuple(reading(path, store) for path in paths)
    base = answer(files, case)
    results = {check: CHECKS[check](files, base) for check in only if check in CHECKS}
    if "e" in only:
        results["e"] = Result()
        digital = {file.name for file in files if file.media == "pdf" and any(page.read == "text" for page in file.pages)}  # fmt: skip
        compare(results["e"], base, answer([reading(path, store, fax=path.name in digital) for path in paths], case))
    return dict(sorted(results.items()))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("cases", nargs="+", type=Path, metavar="CASES_DIR")
    arguments.add_argument("--case", default="", help="only cases whose name begins so")
    arguments.add_argument("--only", default="a,b,c,d,e,f")
    arguments.add_argument("--cache", type=Path, help="keep the readings of files here")
    arguments.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 2))
    arguments.add_argument("-v", action="store_true", dest="told")
    options = arguments.parse_args()
    checks = "".join(sorted(options.only.replace(",", "")))
    folders = sorted({gold.parent for cases in options.cases for gold in cases.glob(f"{options.case}*/gold.yaml")})
    wrong = False
    with tempfile.TemporaryDirectory() as scratch, ProcessPoolExecutor(options.workers) as pool:
        store = options.cache or Path(scratch)
        store.mkdir(parents=True, exist_ok=True)
        jobs = [(folder.name, pool.submit(run, folder, checks, store)) for folder in folders]
        print(f"{'case':32}" + "".join(f"{check:>10}" for check in checks), flush=True)
        below: list[str] = []
        for name, job in jobs:
            results = job.result()
            cells = "".join(f"{len(one.wrong):>5}/{one.tried:<4}" for one in results.values())
            print(f"{name:32}{cells}", flush=True)
            for check, one in results.items():
                wrong |= bool(one.wrong)
                below += [f"{name} {check}  {text}" for text in (one.told if options.told else one.wrong)]
    print("\n".join(below) or "nothing was wrong")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
