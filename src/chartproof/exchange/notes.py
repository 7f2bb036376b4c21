"""What an answer says in words, a line each."""

from __future__ import annotations

from collections.abc import Iterator

from chartproof.exchange.clocks import clock_line
from chartproof.exchange.decision import Decision
from chartproof.model import Deadline, Finding, Ruling

#: The most sentences that an answer quotes; the reviewer has them all.
MOST = 10


def notes_of(decision: Decision, due: tuple[Deadline, ...]) -> Iterator[str]:
    """What a clinician ruled; what is open, a line each, in the order of the policy; then what else a person must know."""
    if decision.ruling:
        yield from ruling_lines(decision.ruling)
    for one in decision.open:
        yield missing_line(one, ruled=decision.ruling is not None)
    yield from decision.notes
    yield from decision.told[:MOST]
    if decision.told[MOST:]:
        yield "more sentences are not understood than are shown here"
    if due:
        yield clock_line(due)


def ruling_lines(one: Ruling) -> Iterator[str]:
    """Who ruled what, the reasons as they were written, what was considered, and the steps that are open after a denial."""
    word = {"approve": "approved", "deny": "denied", "ask": "more is asked for"}[one.outcome]
    held = ", ".join(filter(None, [one.name, one.specialty, f"licence {one.licence}" if one.licence else ""]))
    yield f"{word} by {held}, {one.at.isoformat(timespec='minutes')}"
    if one.statement.strip():
        yield f"the reviewer's statement: {' '.join(one.statement.split())}"
    if one.outcome == "deny":
        yield f"considered: {'; '.join(one.considered)}"
        for step in one.steps:
            if step.stands in ("now", "with"):
                due = f", by {step.due.isoformat()}" if step.due and not step.earliest else ""
                yield f"right after a denial: {step.name}: {step.period}{due}"


def missing_line(one: Finding, *, ruled: bool = False) -> str:
    """ "DOC.G.1 is missing: a chest x-ray was done. Needed: a chest film with its report. Ask: radiology"."""
    unmet = "is not met" if ruled else "is not met; a clinician decides"
    state = "is missing" if one.status == "missing" else unmet
    needed = f" Needed: {one.remedy}." if one.remedy else ""
    who = f" Ask: {one.ask}." if one.ask else ""
    layer = "label, " if one.layer == "label" else ""
    return f"{layer}{one.id} {state}: {one.says}.{needed}{who}"
