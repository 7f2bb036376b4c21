"""A scanner's own reading, the hidden text of a scanned page, held against ours of its picture.

Hidden text is never evidence: nothing of it gets onto the page. But where it gives another number than we read in the
same place, one of the two is wrong, and our number is doubtful until somebody looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from chartproof.chart.numbers import figures
from chartproof.model.page import Box, Page, Word

#: The share of the smaller of two words, across and down, from which they stand in one place.
SHARED = 0.5


def held_against(page: Page, layer: Sequence[Word]) -> Page:
    """The page, each number doubtful that `layer` (its hidden words, in the same points) gives otherwise; a note says so."""
    if not layer or page.read != "ocr":
        return page
    numbered = [word for word in layer if figures(word.text)]
    words, differing = [], 0
    for word in page.words:
        other = _other(word, numbered)
        differing += bool(other)
        words.append(replace(word, doubt=word.doubt or other))
    if not differing:
        return page
    many = "1 number" if differing == 1 else f"{differing} numbers"
    note = f"{many} that the hidden text of the page gives otherwise"
    return replace(page, words=tuple(words), note="; ".join(filter(None, (page.note, note))))


def _other(word: Word, layer: Sequence[Word]) -> str:
    """What the layer has in the word's place where its numbers are others; "" where it agrees or holds no number."""
    wanted = figures(word.text)
    there = [one for one in layer if _same_place(word.box, one.box)] if wanted else []
    text = " ".join(one.text for one in there)
    # A layer splits "5 .0" and joins "LVEF:58%on" as it likes: any way to read it in a row that gives ours agrees.
    return "" if not there or any(_holds(one, wanted) for one in _spellings(there)) else text


def _spellings(words: Sequence[Word]) -> Iterator[str]:
    """The words in a row with and without the blanks between them."""
    if len(words) > 4:
        yield " ".join(word.text for word in words)
        return
    for gaps in product((" ", ""), repeat=len(words) - 1):
        yield "".join(word.text + gap for word, gap in zip(words, (*gaps, ""), strict=True))


def _holds(text: str, wanted: tuple[str, ...]) -> bool:
    found = figures(text)
    return any(found[at : at + len(wanted)] == wanted for at in range(len(found) - len(wanted) + 1))


def _same_place(one: Box, other: Box) -> bool:
    return _share(one.left, one.right, other.left, other.right) > SHARED and (
        _share(one.top, one.bottom, other.top, other.bottom) > SHARED
    )


def _share(low: float, high: float, first: float, last: float) -> float:
    return (min(high, last) - max(low, first)) / max(0.1, min(high - low, last - first))
