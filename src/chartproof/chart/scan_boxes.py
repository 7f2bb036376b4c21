"""Strokes that a recogniser misread: empty boxes ("1 Defer" under "[X] Recommended") and the word "I" ("| agree").

A recogniser knows no empty box; its choice between "1", "I" and "LJ" is chance. What stands where the boxes of the
lines above or below stand, in the same list, is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

EMPTY_BOX = "[]"
#: A box that was read as one, or the first half of it.
_BOX = re.compile(r"[\[(](?:[xX✓✔]|)[\])]?|[☐☒☑□]")
#: What an empty box is read as.
_LIKE_ONE = re.compile(r"[\[({|]?[1Il|!Jj\]LCUO0oD_]{1,2}[\])}|]?")
#: What may stand before the pronoun: the end of a sentence, a comma, a word that joins.
_JOINS = re.compile(
    r"[.,;:!?)\"]$|^(?:and|but|or|so|that|when|which|while|as|if|because|since|until|before|after|where|than|what|who)$",
    re.IGNORECASE,
)
#: Lines of one list start at most so many of their own heights below each other, and so many heights beside each other.
_BELOW, _BESIDE = 2.5, 0.6


#: A drawn box, and one with a cross, as they are read within a line of options: "O Yes X No", "& Adequate O Not adequate".
_ROUND, _CROSSED = re.compile(r"[O0o][O0oJ]?"), re.compile(r"[Xx&®☒]")
MARKED_BOX = "[X]"


class Seen(Protocol):
    """A recognised word: `box` is left, top, right, bottom in pixels, `line` the number of its line."""

    @property
    def text(self) -> str: ...
    @property
    def box(self) -> tuple[float, float, float, float]: ...
    @property
    def line(self) -> int: ...


def empty_boxes(words: Sequence[Seen]) -> frozenset[int]:
    """Which words of a page, in reading order, stand in a column of boxes at the start of a line and are empty boxes."""
    starts = [number for number, word in enumerate(words) if not number or words[number - 1].line != word.line]
    boxes = {number for number in starts if _BOX.fullmatch(words[number].text)}
    found: set[int] = set()
    for order in (starts, starts[::-1]):
        for near, number in pairwise(order):
            if near in boxes | found and number not in boxes and _is_box(words, number, words[near]):
                found.add(number)
    return frozenset(found)


def options(words: Sequence[Seen]) -> dict[int, str]:
    """Drawn boxes before the choices of one line, or at the starts of lines below each other: number -> how it is meant.

    Only where one choice is crossed and another is not: a lone "O" or "X" is a letter.
    """
    runs: dict[int, list[int]] = {}
    starts: list[int] = []
    for number, (word, following) in enumerate(pairwise(words)):
        drawn = _ROUND.fullmatch(word.text) or _CROSSED.fullmatch(word.text)
        if not drawn or following.line != word.line or not following.text[:1].isupper():
            continue
        runs.setdefault(word.line, []).append(number)
        if not number or words[number - 1].line != word.line:
            starts.append(number)
    columns = [[first] for first in starts[:1]]
    for above, number in pairwise(starts):
        near, height = words[above].box, words[above].box[3] - words[above].box[1]
        box = words[number].box
        if abs(box[0] - near[0]) <= _BESIDE * height and 0 < box[1] - near[1] <= _BELOW * height:
            columns[-1].append(number)
        else:
            columns.append([number])
    found: dict[int, str] = {}
    for run in (*runs.values(), *columns):
        crossed = [number for number in run if _CROSSED.fullmatch(words[number].text)]
        if len(crossed) == 1 and len(run) > 1:
            found |= {number: MARKED_BOX if number in crossed else EMPTY_BOX for number in run}
    for line, going_on in runs.items():
        decided = [found[number] for number in runs.get(line - 1, ()) if number in found]
        if decided and all(_ROUND.fullmatch(words[number].text) for number in going_on):
            found |= dict.fromkeys(going_on, EMPTY_BOX)  # the choices of the line above go on
    return found


def pronouns(words: Sequence[Seen]) -> frozenset[int]:
    """Which strokes are the word "I": at the start of a sentence or behind a joining word, before a word in small letters.

    A stroke between two cells or parts ("rev 11/2025 | one form a patient") is none.
    """
    found = set()
    for number, (word, following) in enumerate(pairwise(words)):
        before = words[number - 1] if number else None
        opens = before is None or before.line < word.line - 1 or _JOINS.search(before.text)
        if word.text == "|" and following.line == word.line and following.text[:1].islower() and opens:
            found.add(number)
    return frozenset(found)


def _is_box(words: Sequence[Seen], number: int, beside: Seen) -> bool:
    """Whether the first word of a line, like no word, stands under or above the box of the line beside it."""
    word = words[number]
    if not _LIKE_ONE.fullmatch(word.text):
        return False
    following = words[number + 1] if number + 1 < len(words) and words[number + 1].line == word.line else None
    if following is None or not following.text[:1].isalpha() or (word.text == "I" and following.text[0].islower()):
        return False
    height = max(beside.box[3] - beside.box[1], following.box[3] - following.box[1])
    return abs(word.box[0] - beside.box[0]) <= _BESIDE * height and abs(word.box[1] - beside.box[1]) <= _BELOW * height
