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

#: The reasons in a reader's words.
REASON_WORDS = {
    "no_evidence": "nothing found in the chart",
    "stale": "the latest is out of date",
    "conflicting": "the chart disagrees with itself",
    "unsigned": "only in an unsigned document",
    "unit_unusable": "the unit cannot be used",
    "date_imprecise": "the date is not precise enough",
    "term_undefined": "the policy does not define the term",
    "needs_judgement": "needs a clinician's judgement",
    "untranslated": "not encoded; needs a reader",
    "unanchored": "no quote anchors it",
    "value": "the chart states it",
    "stated_absent": "the chart states that it is absent",
    "absent_and_covered": "a complete record shows none",
    "exception_applies": "an exception applies",
    "not_applicable": "not required here",
    "attested": "a clinician attests it",
}
