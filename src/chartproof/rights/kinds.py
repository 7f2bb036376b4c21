"""The kind of a reason as a letter's file and as a case name it."""

from __future__ import annotations

from collections.abc import Mapping

from chartproof.model import DenialReason
from chartproof.rights.findings import counts_one

#: Kinds of letters that a case's denial block names otherwise.
_CASE_KINDS: Mapping[str, str] = {
    "step_therapy": "prior_therapy", "out_of_network": "other", "quantity_limit": "other", "duplicate_therapy": "other",
    "age_limit": "other", "off_label": "diagnosis", "no_prior_auth": "other", "not_medically_necessary": "other",
}  # fmt: skip


def letter_kind(reason: DenialReason) -> str:
    """The kind as the letter file names it: an earlier product of the same sort is a limit where one is counted, else other."""
    if reason.kind != "one_time":
        return reason.kind
    return "quantity_limit" if counts_one(reason.quote) else "other"


def case_kind(kind: str) -> str:
    """The kind as a case's denial block names it."""
    return _CASE_KINDS.get(kind, kind)
