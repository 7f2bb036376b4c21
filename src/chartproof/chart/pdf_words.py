"""The text of a PDF page and its words, made of its characters in the order of the content stream."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import compress
from math import isfinite

import numpy as np

from chartproof.chart.pdf_characters import Characters
from chartproof.chart.plain import shortened, superfluous
from chartproof.model.page import Box, Word


def composed(characters: Characters) -> tuple[str, tuple[Word, ...]]:
    """The page's text, and its words: runs of characters without white space between them."""
    text = "".join(characters.texts)
    boxes = np.repeat(characters.boxes, [len(one) for one in characters.texts], axis=0)
    # a trailing blank would make two of one line end
    boxes = np.delete(boxes, [match.start() for match in re.finditer(r" (?=\n)", text)], axis=0)
    text = text.replace(" \n", "\n")
    boxes = np.delete(boxes, [at for start, end in superfluous(text) for at in range(start, end)], axis=0)
    text = shortened(text)
    runs = list(_runs(text, boxes))
    if not runs:
        return text, ()
    # What lies between two runs is blank, and nowhere.
    starts = [start for start, _end in runs]
    edges = np.hstack([np.minimum.reduceat(boxes[:, :2], starts), np.maximum.reduceat(boxes[:, 2:], starts)])
    there = edges[:, 0] <= edges[:, 2]
    places = map(Box, *edges[there].round(2).T.tolist())
    return text, tuple(
        Word(text[start:end], start, end, box)
        for (start, end), box in zip(compress(runs, there.tolist()), places, strict=True)
    )


def _runs(text: str, boxes: np.ndarray) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"\S+", text):
        start, end = match.span()
        at = text.find("-", start, end - 1) + 1
        while at:
            if _on_next_line(boxes[at - 1].tolist(), boxes[at].tolist()):
                yield start, at
                start = at
            at = text.find("-", at, end - 1) + 1
        yield start, end


def _on_next_line(hyphen: list[float], after: list[float]) -> bool:
    """A word that a hyphen carries over the line's end is two words, each with its own box."""
    left, top, right, bottom = after
    if not (isfinite(left) and isfinite(hyphen[0])):
        return False
    return abs(top - hyphen[1]) + abs(left - hyphen[2]) > 3 * max(bottom - top, right - left)
