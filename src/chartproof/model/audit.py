"""What an audit of a policy found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One defect of a policy. `linter` names the check, `what` says the defect in one sentence.

    `evidence` are the facts that prove it, `where` is its place in the policy, `cites` the label, code book, law or work
    that it rests on, `about` the codes, diseases, rules or citations concerned. `verified` is False where something that
    it rests on was not confirmed: it is printed with "confirm".
    """

    linter: str
    what: str
    evidence: tuple[str, ...]
    where: str = ""
    cites: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    verified: bool = True
