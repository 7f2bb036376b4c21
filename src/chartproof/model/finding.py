"""The answer to one criterion, and the whole review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from chartproof.model.case import Case
from chartproof.model.chart import Chart
from chartproof.model.denial import Deadline, Denial, Right
from chartproof.model.fact import Fact, Span
from chartproof.model.ladder import Step
from chartproof.model.proposal import Proposals
from chartproof.model.route import Route
from chartproof.model.truth import Status


@dataclass(frozen=True, slots=True)
class Finding:
    """One criterion's answer.

    layer        policy or label; they never mix
    shows        what the chart shows, in one line of our words ("ECOG 1 on 2026-04-21")
    evidence     quotes that carry the answer; never empty for `met`
    against      quotes that speak against it or were passed over, with the reason in `notes`
    applies      facts that show that the criterion is asked of this patient, where it is not asked of all
    doubted      facts of an open row that would bear on it if two readings of their scan did not differ: needs a look
    sought       for a missing row: what was looked for and not found, by name
    remedy       for a missing row: what would settle it; `ask` who is asked for it
    valid_until  the last day on which this answer still holds, from the window that was used
    basis        "policy", "label", "interpretation" or "convention", with `because` in our words
    trace        one line a step, leaf to root
    """

    id: str
    layer: Literal["policy", "label"]
    kind: str
    says: str
    status: Status
    reason: str
    shows: str = ""
    evidence: tuple[Span, ...] = ()
    against: tuple[Span, ...] = ()
    facts: tuple[Fact, ...] = ()
    applies: tuple[Fact, ...] = ()
    doubted: tuple[Fact, ...] = ()
    sought: tuple[str, ...] = ()
    remedy: str = ""
    ask: str = ""
    valid_until: date | None = None
    basis: str = ""
    because: str = ""
    notes: tuple[str, ...] = ()
    trace: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """`proposals` is None where no model was asked; the rest of the review is the same with and without them.
    `rights` are the rules of law, other than dates, that reach this plan; `route` says which rule set governs, None
    where the policy does not say."""

    policy_id: str
    policy_title: str
    edition: str
    label_id: str
    case: Case
    chart: Chart
    criteria: tuple[Finding, ...]
    label: tuple[Finding, ...]
    denial: Denial | None = None
    deadlines: tuple[Deadline, ...] = ()
    ladder: tuple[Step, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    proposals: Proposals | None = None
    rights: tuple[Right, ...] = ()
    route: Route | None = None
