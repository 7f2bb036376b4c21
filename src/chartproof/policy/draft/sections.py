"""What each section of a policy document is for, by its heading; what stands under none is told by its own words."""

from __future__ import annotations

from chartproof.policy.draft.labels import label_of
from chartproof.policy.draft.words import drafting, pattern

#: Sections in which a criterion may stand, and the kind that its criteria have.
CRITERIA = {
    "criteria": "necessity", "exclusion": "exclusion", "documentation": "documentation", "continuation": "continuation",
    "site": "necessity", "limits": "necessity", "definitions": "definition",
}  # fmt: skip


def section_of(heading: str) -> str:
    """The kind of section that a heading names: a key of drafting.yaml's `sections`, "" where its words do not tell."""
    label = label_of(heading)
    words = heading[label.length :] if label else heading
    found = [name for name in drafting()["sections"] if pattern("sections", name).search(words)]
    if "limits" in found and "continuation" in found:
        return "limits"
    return found[0] if found else ""
