"""One ground, one reason: what a letter tells twice, or tells only as its conclusion, is left out at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from chartproof.model import DenialReason
from chartproof.rights.findings import TREATMENTS, of_place
from chartproof.rights.grammar import finding_words
from chartproof.rights.grounds import word

#: Kinds of which a letter may have several grounds; any other kind is told once.
_SEVERAL = (*TREATMENTS, "documentation", "other")


def once(told: Sequence[DenialReason]) -> tuple[DenialReason, ...]:
    """The reasons in the letter's order, each ground once."""
    placed = sorted(told, key=lambda reason: (reason.page, reason.span.start if reason.span else 0))
    first = {reason.kind: reason for reason in reversed(placed)}
    own = (reason for reason in placed if not ("duplicate_therapy" in first and _of_overlap(reason)))
    return tuple(reason for reason in own if reason.kind in _SEVERAL or reason is first[reason.kind])


def _of_overlap(reason: DenialReason) -> bool:
    """Whether a reason only says that nothing tells of the end of the other of two drugs."""
    return reason.kind in ("documentation", "other") and finding_words().fits("neg~tells ending", reason.quote)


def only_concludes(reason: DenialReason, found: Mapping[str, DenialReason]) -> bool:
    """Whether a "not medically necessary" beside other reasons says no more: of a place of care, in a word, or as decided."""
    if reason.kind != "not_medically_necessary" or set(found) == {reason.kind}:
        return False
    placed = (
        "site_of_care" in found
        and of_place(reason.quote)
        and not re.search(r"\b(?:days?|24-hour)\b", reason.quote, re.I)
    )
    return (
        placed
        or len(reason.quote.split()) <= 5
        or reason.quote.endswith(":")
        or bool(word("as_decided").search(reason.quote))
    )
