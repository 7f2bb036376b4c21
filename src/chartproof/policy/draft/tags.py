"""The class that a register prints for its entries, as the kind of their criteria."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chartproof.policy.draft.words import drafting, pattern

_KINDS = ("necessity", "continuation", "documentation", "exclusion")


def tag_kind(tag: str) -> str:
    """The kind that the class of a register's entry names, "" where it is not known."""
    names: Mapping[str, str] = drafting()["tags"]
    if re.search(r"\bNOT\b", tag.upper()):
        return "exclusion"
    words = tag.strip().split(" ")[0].strip("().:")
    return next((name for name in names if pattern("tags", name).match(words)), "") or next(
        (role for role in _KINDS if pattern("columns", role).search(tag)), ""
    )
