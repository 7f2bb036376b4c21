"""Cancer screening tests as structured records have them, and what is known of a test from any one place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from chartproof.chart.find.entries import Placed, entries
from chartproof.chart.find.screening.rules import cervix_gone, concept_of, methods, rules
from chartproof.chart.view import Reading
from chartproof.model import Case, Fact

VOID = frozenset(("entered-in-error", "cancelled", "canceled", "not-done", "preliminary", "stopped", "aborted"))


@dataclass(frozen=True, slots=True)
class Tested:
    """A test as one place gives it. `due` is the day by which the chart says that the next one is due; `automatic` where
    a computer's reminder says so, which knows of no test done elsewhere; `unsure` where the day is somebody's memory."""

    method: str
    fact: Fact
    due: date | None = None
    not_due: bool = False
    overdue: bool = False
    cervix_gone: bool = False
    next_only: bool = False
    asks_more: bool = False
    automatic: bool = False
    unsure: bool = False


def of_records(reading: Reading, case: Case) -> Iterator[Tested]:
    """Procedures, reports and results of FHIR and C-CDA by their codes, else by their names."""
    for placed in entries(reading, "procedure", "report", "observation", "order"):
        method = method_of(placed)
        when = placed.entry.when
        if not method or placed.entry.status.lower() in VOID or placed.standing == "void":
            continue
        done = placed.entry.kind != "order" and when is not None and when.first <= case.as_of
        fact = Fact(
            id="", concept=concept_of(method), assertion="present" if done else "planned", evidence=(placed.span(),),
            when=when, known=placed.document.when, document=placed.document.id,
            note="" if done else "planned or advised, not shown to be done",
        )  # fmt: skip
        yield Tested(method, fact, cervix_gone=method == "hysterectomy" and cervix_gone(placed.entry.label))


def method_of(placed: Placed) -> str:
    codes = {code.code for code in placed.entry.codes}
    for name, rule in rules()["tests"].items():
        if codes & {str(code) for code in rule["codes"]}:
            return str(name)
    return next((name for name, pattern_ in methods() if pattern_.search(placed.entry.label)), "")
