"""Truth is a signed integer; a public status is what a reader is told. See SEMANTICS.md."""

from __future__ import annotations

from typing import Literal

NOT_MET, UNKNOWN, MET = -1, 0, 1

Status = Literal["met", "not_met", "missing", "not_applicable"]

#: The closed list of reasons. The first ten go with truth 0, the others with -1 or +1.
REASONS = (
    "no_evidence", "stale", "conflicting", "unsigned", "unit_unusable", "date_imprecise", "term_undefined",
    "needs_judgement", "untranslated", "unanchored",
    "value", "stated_absent", "absent_and_covered", "exception_applies", "not_applicable", "attested",
)  # fmt: skip
