"""Who must order a treatment: the specialties that a criterion names, as what the prescriber's own must be."""

from __future__ import annotations

import re
from typing import Any

from chartproof.policy.draft.words import drafting, measured

#: What a specialty's name is made of, by the ending of its specialist's.
_ENDINGS = (("ologists", "ology"), ("ologist", "ology"), ("iatrists", "iatry"), ("iatrist", "iatry"), ("surgeons", "surgery"),
            ("surgeon", "surgery"))  # fmt: skip


def specialty_of(text: str) -> tuple[str, Any] | None:
    """(operator, specialty or specialties) of a text that says whose order it must be, None for any other."""
    if not measured("specialists", "asks").search(text) or measured("specialists", "other").search(text):
        return None
    named = [_specialty(match) for match in measured("specialists", "names").finditer(text)]
    found = list(dict.fromkeys(named))
    return ("eq", found[0]) if len(found) == 1 else ("in", found) if found else None


def _specialty(match: re.Match[str]) -> str:
    field = re.sub(r"[\s-]+", "_", (match["field"] or match["who"]).strip().lower())
    if match["field"]:
        return field
    known = drafting()["tests"]["specialists"]["known"]
    last = field.rsplit("_", 1)[-1]
    for word, specialty in known.items():
        if last in (word, f"{word}s"):
            return f"{field.removesuffix(last)}{specialty}"
    return next(
        (f"{field.removesuffix(ending)}{specialty}" for ending, specialty in _ENDINGS if field.endswith(ending)), field
    )
