"""A policy as rows: what the compiler writes and the decision reads. The columns are described in SEMANTICS.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chartproof.model.truth import Status

Pick = Literal["latest", "any", "ever"]
Measure = Literal["event", "state", "quantity", "recorded", "days_ago", "constant"]
NodeKind = Literal["leaf", "all", "any", "none", "at_least", "first"]
Layer = Literal["policy", "label"]


@dataclass(frozen=True, slots=True)
class Term:
    """A named value of a policy. `value` is None where nobody defines the term (its leaves are then unknown)."""

    name: str
    value: float | None
    basis: str
    because: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question about one concept.

    of           only facts whose value is this word count; empty: all
    window_days  look back from the as-of day, both ends count; None: no limit
    pick         latest: the last day decides; any: one fact that says yes is enough; ever: ever in the patient's life
    measure      what is asked of the fact: event (present or absent), state (its word), quantity, recorded (any
                 number), days_ago (how long before the as-of day), constant (no fact is asked)
    operator     at_least or at_most `limit`, for quantity and days_ago
    covered      silence counts as stated absence where the record says that it is complete
    terms        names of the terms used, for the basis that is printed
    """

    id: str
    concept: str
    label: str = ""
    of: str = ""
    window_days: int | None = None
    pick: Pick = "latest"
    measure: Measure = "event"
    operator: str = ""
    limit: float | None = None
    unit: str = ""
    covered: bool = False
    truth: int = 0
    reason: str = ""
    terms: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an outcome means at a leaf: outcome is a state word, present, absent, other, holds, fails, unclear, ..."""

    leaf: str
    outcome: str
    truth: int
    reason: str


@dataclass(frozen=True, slots=True)
class Node:
    """`need` is the count of at_least; for a leaf node `id` is the leaf's id."""

    id: str
    kind: NodeKind
    need: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    parent: str
    child: str
    position: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion as the fold needs it. `body`, `when` and `unless` are node ids ("" where there is none)."""

    id: str
    kind: str
    says: str
    body: str
    when: str = ""
    unless: str = ""
    page: int | None = None
    section: str = ""
    find: str = ""
    basis: str = ""
    because: str = ""
    remedy: str = ""
    ask: str = ""
    source: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Rows:
    """A compiled policy or label."""

    id: str
    title: str
    edition: str
    layer: Layer
    criteria: tuple[Criterion, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    leaves: tuple[Leaf, ...]
    answers: tuple[Answer, ...]
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class LeafResult:
    """A leaf's answer for one subject: `fact` is the deciding fact's id or ""."""

    leaf: str
    truth: int
    reason: str
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Considered:
    """A fact that a leaf looked at. `role` is decides, or why it was passed over (see SEMANTICS.md)."""

    leaf: str
    fact: str
    role: str
    truth: int
    reason: str
    position: int


def status_of(truth: int, reason: str) -> Status:
    """The public word for a truth; not_applicable is +1 with its own reason."""
    if truth > 0:
        return "not_applicable" if reason == "not_applicable" else "met"
    return "not_met" if truth < 0 else "missing"
