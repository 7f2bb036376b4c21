"""Holds a policy against the labels, the code book and its own text. Each check is one function over its data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict

from chartproof.model.audit import AuditFinding
from chartproof.model.policy import Policy
from chartproof.policy import audit_codes, audit_labels, audit_text
from chartproof.policy.audit_view import View, view_of

LINTERS: tuple[Callable[[View], Iterator[AuditFinding]], ...] = (
    audit_codes.not_billable,
    audit_codes.ended,
    audit_codes.scope_without_code,
    audit_codes.approved_without_mention,
    audit_codes.code_of_no_product,
    audit_codes.history_code,
    audit_codes.remission_code,
    audit_codes.code_against_criterion,
    audit_codes.excluded_together,
    audit_labels.more_lines_than_label,
    audit_labels.classes_beyond_label,
    audit_labels.ended_programme,
    audit_labels.older_than_label,
    audit_text.citation_number,
    audit_text.number_twice,
    audit_text.citation_order,
    audit_text.citation_year,
    audit_text.foreign_body,
    audit_text.citation_against_statement,
    audit_text.exclusion_against_citation,
    audit_text.no_guidance,
    audit_text.joined_words,
    audit_text.undefined_words,
    audit_text.soft_documents,
    audit_text.impossible_dates,
)


def audit(policy: Policy) -> tuple[AuditFinding, ...]:
    """What is wrong with a policy, in the order of the checks. A check without the data that it needs says nothing.

    Raises PolicyError CP-POL-05 where the policy's printed data cannot be read.
    """
    view = view_of(policy)
    return tuple(finding for linter in LINTERS for finding in linter(view))


def audit_record(policy: Policy, findings: tuple[AuditFinding, ...]) -> dict[str, object]:
    """The audit for other programs: keys as in AuditFinding."""
    return {"policy": policy.id, "edition": policy.edition, "findings": [asdict(finding) for finding in findings]}
