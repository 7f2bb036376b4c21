"""Of whom and of what a sentence speaks: this patient, or a relative, another patient, patients in general."""

from __future__ import annotations

import re

from chartproof.chart.find.team.verdict import words
from chartproof.expressions import Expression
from chartproof.model import Patient

TITLED = re.compile(
    r"\b(?:for|of|that|list|offer|give|treat|accept|approve|admit|re)\W+(?:Mr|Mrs|Ms|Miss)\.? (?:[A-Z]\.? )*([A-Z][\w'’-]+)"
)
OTHER = re.compile(
    r"\b(?:an)?other (?:patient|member|person|case)|\b(?:next|previous|following|first) (?:case|patient)\b|\bfor (?:an)?other patient",
    re.IGNORECASE,
)


def about_others(text: str, patient: Patient, general: Expression) -> bool:
    """Whether the sentence is of another patient by name, or a rule for patients in general."""
    if OTHER.search(text) or general.search(text):
        return True
    surname = patient.surname
    if not surname or re.search(rf"\b{re.escape(surname)}\b", text, re.IGNORECASE):
        return False
    named = {found[1] for found in TITLED.finditer(text)}
    return any(len(name) > 2 for name in named)


def of_patients_in_general(title: str) -> bool:
    """Whether the document's title is that of a policy, a handout or a form for anybody."""
    return bool(words("general_title").search(title))


def in_wrong_chart(text: str) -> bool:
    """Whether the sentence says that what follows was filed to this chart by mistake."""
    return bool(words("wrong_chart").search(text))
