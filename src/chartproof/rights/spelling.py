"""A number that was read from a scan, spelled as it stands elsewhere: nothing is invented, a spelling is only preferred."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from chartproof.model import Page

_ALIKE = str.maketrans(
    {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "S": "5", "B": "8", "Z": "2", "G": "6"}
)
_EXACT_WEIGHT = 3


def confirmed(value: str, pages: Sequence[Page], other: Sequence[Page]) -> str:
    """`value` in the spelling that is printed most often, on the letter's `pages` or in `other` text of the folder.

    A page with exact text counts three times a recognised one. Only spellings that OCR could confuse with `value` count,
    and `value` stays where no other is printed more often.
    """
    wanted, words = _skeleton(value), len(value.split())
    printed: Counter[str] = Counter()
    for page in (*pages, *other):
        weight = 1 if page.read == "ocr" else _EXACT_WEIGHT
        tokens = [token.strip(".,;:()[]#") for token in page.text.split()]
        for size in {words, 1}:
            for start in range(len(tokens) - size + 1):
                candidate = " ".join(tokens[start : start + size])
                near = abs(len(candidate) - len(value)) <= 2
                if near and _skeleton(candidate) == wanted and re.search(r"\d", candidate):
                    printed[candidate] += weight
    best = max(printed, key=lambda spelling: (printed[spelling], spelling == value), default=value)
    return best if printed[best] > printed[value] else value


@lru_cache(maxsize=1 << 16)
def _skeleton(text: str) -> str:
    """Letters and digits with look-alikes made equal, and a doubled nought once: "0O" is often one letter read twice."""
    return re.sub(r"0+", "0", re.sub(r"[^A-Z0-9|]", "", text.upper()).translate(_ALIKE))
