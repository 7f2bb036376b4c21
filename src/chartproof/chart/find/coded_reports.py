"""Studies as structured files give them: a report with its code and conclusion, an ejection fraction as an observation."""

from __future__ import annotations

from collections.abc import Iterator

from chartproof.chart.find.entries import Placed, entries
from chartproof.chart.find.heart.lvef import VALUE, Ejection, after_links, method_of, names
from chartproof.chart.find.studies import rules, still_open
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Fact


def is_report(placed: Placed, kind: str) -> bool:
    """Whether a coded report, by its code or its name, is of this kind of tests.yaml's studies, and final."""
    rule = rules()[kind]
    named = any(p.search(placed.entry.label) for p in rule["title"])
    other = any(p.search(placed.entry.label) for p in rule["not_title"])
    coded = {code.code for code in placed.entry.codes} & set(rule.get("codes", ()))
    return placed.standing == "final" and tells(placed, kind) and bool((named and not other) or coded)


def tells(placed: Placed, kind: str) -> bool:
    """Whether a row of an export that names a study also gives its reading, in words; a report as such needs none."""
    if placed.entry.kind == "report":
        return True
    said = placed.entry.value if isinstance(placed.entry.value, str) else ""
    rule = rules()[kind]
    reading = [*rule.get("result", ()), *([rule["decisive"]] if "decisive" in rule else [])]
    return any(pattern.search(said) for pattern in reading) and not still_open().search(said)


def coded_reports(reading: Reading, kind: str, concept: str) -> Iterator[Fact]:
    """One fact a final report of the kind that has its day."""
    for placed in entries(reading, "report", "observation"):
        if placed.entry.when and is_report(placed, kind):
            yield Fact("", concept, "present", (placed.span(),), when=placed.entry.when, document=placed.document.id)


def coded_ejections(reading: Reading) -> Iterator[Ejection]:
    """Ejection fractions that are observations of their own, or that the conclusion of a heart study's report states."""
    codes = set(load("tests.yaml")["lvef"]["loinc"])
    for placed in entries(reading, "observation", "report"):
        entry = placed.entry
        text = entry.value if isinstance(entry.value, str) else ""
        low, high = entry.low, entry.high
        if any(code.code in codes for code in entry.codes) or names().match(entry.label.strip()):
            value = VALUE.search(text)
        else:
            named = names().search(text)
            value = after_links(text, named.end()) if named else None
            if value is None:
                continue
        if low is None and high is None and value:
            low, high = float(value[1]), float(value[2] or value[1])
        if placed.standing == "final" and not (low is None and high is None) and 5 <= (high or low or 0) <= 90:
            yield Ejection(
                low, high, entry.when, placed.span(), placed.document, method=method_of(entry.label), tied=True
            )
