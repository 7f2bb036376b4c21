"""What the entries of a part are by their own nature, where neither its heading nor a sentence says what the part is for.

Papers are named and nothing is said of them; what bars treatment is named as it is found; what lets it go on speaks of a
change or of the same again.
"""

from __future__ import annotations

from collections.abc import Sequence

from chartproof.policy.draft.words import pattern

#: So large a share of the entries tells what they all are, of so many at least.
_MOST, _LEAST = 0.6, 2
_KINDS = ("documentation", "exclusion", "continuation")


def nature_of(entries: Sequence[str]) -> str:
    """The kind of which most of the entries are by their own words, "" where they are of none."""
    if len(entries) < _LEAST:
        return ""
    counts = {kind: sum(1 for one in entries if _is(kind, one)) for kind in _KINDS}
    best = max(_KINDS, key=lambda kind: counts[kind])
    return best if counts[best] >= _MOST * len(entries) else ""


def _is(kind: str, entry: str) -> bool:
    return pattern("nature", kind).search(entry) is not None and pattern("nature", f"not_{kind}").search(entry) is None
