"""Who is asked for what: the open rows of a review, gathered by the one who can settle them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chartproof.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Ask:
    """`rows` are criterion ids, each with what would settle it, in the order of the review."""

    who: str
    rows: tuple[tuple[str, str], ...]


def ask_list(findings: Iterable[Finding]) -> tuple[Ask, ...]:
    """The missing and not met rows by who is asked, in the order in which they first appear; what two rows ask alike
    (a policy's and a label's) keeps both ids."""
    gathered: dict[str, list[tuple[str, str]]] = {}
    for finding in findings:
        if finding.status in ("missing", "not_met") and finding.remedy:
            gathered.setdefault(finding.ask or "coordinator", []).append((finding.id, finding.remedy))
    return tuple(Ask(who, tuple(rows)) for who, rows in gathered.items())
