"""Labels that carry the label above them and count on: "K3-i", "K3-ii" below K3, "B2a.", "B2b." below B2."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chartproof.policy.draft.labels import Label, label_of
from chartproof.policy.draft.lines import Line

#: What stands before a label in its line, and what may part it from what it counts by.
_BEFORE = r"(?:[☐□❑❒◻•◦▪●○■]\s*)?"
_COUNTS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_SUFFIX = r"(?P<sign>[-–./]?)(?P<mark>[ivx]{1,4}|[a-h]|\d{1,2})(?:[.:)]|(?=\s))\s+(?=\S)"
#: What labels carry others: not bullets, nor numbers with a decimal of their own.
_CARRIERS = ("nested", "code", "paren_code")


def with_sub_labels(lines: Sequence[Line]) -> list[Line]:
    """The lines, with the label of each that counts below one that stands before it."""
    found = list(lines)
    runs: dict[str, list[tuple[int, Label]]] = {}
    above = ""
    for at, line in enumerate(lines):
        sub = _below(above, line) if above else None
        own = line.series or label_of(line.text)
        if sub is not None:
            runs.setdefault(above, []).append((at, sub))
        elif own is not None and own.kind in _CARRIERS:
            above = own.text
    for at, label in (one for run in runs.values() for one in _counted(run)):
        found[at] = replace(found[at], series=label)
    return found


def _below(above: str, line: Line) -> Label | None:
    """The label of a line that begins with the label above and a mark of its own."""
    match = re.match(rf"(?P<before>{_BEFORE})(?P<label>{re.escape(above)}{_SUFFIX})", line.text)
    if match is None or len(line.cells) > 1:
        return None
    text = f"{above}{match['sign']}{match['mark']}"
    return Label("nested", text, 0, match.end(), boxed="☐" in match["before"])


def _counted(run: Sequence[tuple[int, Label]]) -> Iterator[tuple[int, Label]]:
    """The labels of one run with their ranks, where they count from one on."""
    marks = [re.search(r"(?:[ivx]+|[a-h]|\d+)$", label.text) for _, label in run]
    for ranks in (_COUNTS, "abcdefgh", [str(n) for n in range(1, 20)]):
        if len(run) > 1 and [mark.group() for mark in marks if mark] == list(ranks[: len(run)]):
            yield from ((at, replace(label, rank=n)) for n, (at, label) in enumerate(run, 1))
            return
