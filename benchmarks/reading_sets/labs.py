"""MIMIC-IV demo: the latest value of a laboratory test before a moment, with its day and time, or none where there is none.

data: mimic_iv_fhir_demo/derived_labs_all_100.csv.gz (real de-identified results, ODbL 1.0: test input only) and
latest_labs_dev.jsonl (246 questions on 41 moments).

For each moment the patient's results up to then are written as a laboratory's CSV export (test, value, unit, collected)
and read by the program: chart/tables.py, the laboratory finder, and the decision's own statement of which fact is the
latest (decide/resolve.py: a leaf `recorded`, pick `latest`), without a window and with one of 14 and of 30 days. Exact:
the value, the day and the time of day are the label's; or, where the label has none, no fact decides. A window is right
where it finds the value or, where the label says that it is too old, finds nothing and says `stale`.

The data's days lie in the next centuries; 140 years are taken off all of them, on both sides. medspaCy reads no tables.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from chartproof.chart.find.labs import values as labs
from chartproof.chart.sort import reading
from chartproof.chart.tables import read_table
from chartproof.decide.resolve import Resolved, resolve
from chartproof.model import Case, Fact
from chartproof.model.rows import Answer, Leaf
from reading_sets.table import Peer, Row, json_lines

YEARS = 140
WINDOWS: tuple[int | None, ...] = (None, 14, 30)
#: The laboratory's own name of each item of the data.
NAMES = {
    "50912": "Creatinine", "51222": "Hemoglobin", "51265": "Platelet Count", "50885": "Bilirubin, Total",
    "50954": "Lactate Dehydrogenase (LD)", "52075": "Absolute Neutrophil Count", "51256": "Neutrophils",
    "51301": "White Blood Cells", "51244": "Lymphocytes", "50878": "Asparate Aminotransferase (AST)",
    "50861": "Alanine Aminotransferase (ALT)", "50863": "Alkaline Phosphatase", "50862": "Albumin",
}  # fmt: skip


def measure(data: Path, peer: Peer | None) -> list[Row]:
    folder = data / "mimic_iv_fhir_demo"
    questions = json_lines(folder / "latest_labs_dev.jsonl")
    drawn = results(folder / "derived_labs_all_100.csv.gz")
    moments: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for question in questions:
        moments[question["subject_id"], question["index_datetime"]].append(question)
    judged = [one for key, asked in moments.items() for one in judge(drawn[key[0]], key[1], asked)]
    there = [one for question, one in zip(ordered(moments), judged, strict=True) if question["value"] is not None]
    none = [one for question, one in zip(ordered(moments), judged, strict=True) if question["value"] is None]
    return [
        Row("value, day and time exact, or none where there is none", share(judged, "exact"), 0.99, note=f"{len(judged)} questions, {len(there)} with a value"),
        Row("value exact", share(there, "value")),
        Row("values given where there is none", sum(not one["exact"] for one in none), 0, form="{:.0f}", most=True),
        Row("too old for 14 or 30 days: said so, else found", share(judged, "windows"), 0.99),
    ]  # fmt: skip


def share(judged: Sequence[dict[str, bool]], key: str) -> float:
    return sum(one[key] for one in judged) / max(1, len(judged))


def ordered(moments: dict[tuple[str, str], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [question for asked in moments.values() for question in asked]


def results(path: Path) -> dict[str, list[dict[str, str]]]:
    """The rows of each patient."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as text:
        for row in csv.DictReader(text):
            rows[row["subject_id"]].append(row)
    return rows


def moved(stamp: str) -> datetime:
    moment = datetime.fromisoformat(stamp)
    return moment.replace(year=moment.year - YEARS)


def judge(rows: list[dict[str, str]], index: str, asked: list[dict[str, Any]]) -> list[dict[str, bool]]:
    """Every question of one moment, from one export of what was resulted until then."""
    day = moved(index).date()
    read = reading([read_table("labs.csv", export(rows, index), "")], Case(as_of=day))
    facts = [replace(fact, id=f"F{number:05d}") for number, fact in enumerate(labs.find(read, Case(as_of=day)))]
    leaves = [leaf(question["test"], window) for question in asked for window in WINDOWS]
    answers = [Answer(one.id, "present", 1, "value") for one in leaves] + [
        Answer(one.id, "other", 0, "no_evidence") for one in leaves
    ]
    found = resolve(facts, leaves, answers, as_of=day, documents=read.documents)
    by_id = {fact.id: fact for fact in facts}
    return [verdict(question, found, by_id) for question in asked]


def export(rows: list[dict[str, str]], index: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Test", "Value", "Units", "Collected"])
    for row in rows:
        if row["time"] <= index:
            writer.writerow([NAMES.get(row["item"], row["item"]), row["value"], row["uom"], str(moved(row["time"]))])
    return text.getvalue().encode()


def leaf(test: str, window: int | None) -> Leaf:
    return Leaf(id=f"{test}/{window}", concept=test, window_days=window, pick="latest", measure="recorded")


def verdict(question: dict[str, Any], found: Resolved, facts: dict[str, Fact]) -> dict[str, bool]:
    results = {window: found.results[f"{question['test']}/{window}"] for window in WINDOWS}
    fact = facts.get(results[None].fact or "")
    if question["value"] is None:
        return {"exact": fact is None, "value": fact is None, "windows": all(not r.fact for r in results.values())}
    value = fact is not None and fact.quantity is not None and fact.quantity.low == question["value"]
    when = moved(question["datetime"])
    at = (
        fact is not None
        and fact.when is not None
        and f"{fact.when.last} {fact.extra.get('time', '')}" == f"{when:%Y-%m-%d %H:%M}"
    )
    windows = all(
        bool(results[days].fact) == question[f"within_{days}_days"]
        and (question[f"within_{days}_days"] or results[days].reason == "stale")
        for days in (14, 30)
    )  # fmt: skip
    return {"exact": value and at, "value": value, "windows": windows}
