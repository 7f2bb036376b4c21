"""Recognised words spelled as they are meant: letters read as figures ("Sp02"), and days whose dashes were not read.

Only where nothing else can be meant, and a number that was put together here is read again like any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from chartproof.chart.scan_boxes import Seen
from chartproof.chart.vocabulary import load

_DAY = re.compile(r"\W?(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[.,;:)]?")
#: A dash leaves at most such a gap, as a share of the height of the figures beside it.
_DASH = 0.8


def respelled(text: str) -> str:
    """The word with letters for digits where nothing else can be meant: "Sp02" is SpO2."""
    for pattern, meant in load("scan.yaml")["respelled"]:
        text = re.sub(pattern, meant, text)
    return text


def respelled_beside(words: Sequence[Seen]) -> dict[int, str]:
    """Words that the word before or after them on the line spells: "02 95%" is O2. Number -> how it is meant."""
    found: dict[int, str] = {}
    for number, word in enumerate(words):
        before, after = (
            words[at].text if 0 <= at < len(words) and words[at].line == word.line else ""
            for at in (number - 1, number + 1)
        )
        for pattern, read, meant in load("scan.yaml")["beside"]:
            if read in word.text and re.fullmatch(pattern, f"{before} {word.text} {after}"):
                found[number] = word.text.replace(read, meant)
    return found


def split_days(words: Sequence[Seen]) -> dict[int, int]:
    """Days that were read as several words, "2026 05 19" closer together than a row's cells: first word -> last."""
    found: dict[int, int] = {}
    for first in range(len(words)):
        for run in (words[first : first + 2], words[first : first + 3]):
            day = "-".join(word.text for word in run)
            if len(run) > 1 and _DAY.fullmatch(day) and all(_is_near(one, two) for one, two in pairwise(run)):
                found[first] = first + len(run) - 1
    return found


def _is_near(one: Seen, two: Seen) -> bool:
    high = max(one.box[3] - one.box[1], two.box[3] - two.box[1])
    return one.line == two.line and 0 <= two.box[0] - one.box[2] <= _DASH * high
