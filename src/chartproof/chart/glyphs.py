"""The shapes of a scanned number, without any recogniser: points that its reading left out, digits that look like others.

A recogniser that reads letters in a row takes 59 for 5.9 and 166 for 160 with confidence. The picture still has the
point, and its last digit looks like the page's other noughts and not like its sixes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image

Edges = tuple[float, float, float, float]

#: How much a word is enlarged before it is measured; darker than INK is ink, than STROKE a glyph's own stroke;
#: what is darker than FAINT may be a point.
ENLARGED, INK, STROKE, FAINT = 2, 190, 150, 180
#: A point lies in the lowest part of the word, in a gap of at least and at most such shares of its height, and is darker
#: than the paper on both sides of it. Measured with benchmarks/fax.py.
LOWEST, NARROW, WIDE, DARKER = 0.25, 0.10, 0.8, 40
#: Glyphs are compared as pictures of this size; one is unlike its own kind where the nearest two of another kind lie
#: nearer than this share of the distance to the nearest two of its own.
GLYPH, UNLIKE, NEAREST = (14, 20), 0.8, 2
#: Rows or columns with fewer dark pixels hold no stroke, glyphs of fewer columns or rows are specks.
SPECK, THIN, LOW = 2, 3, 10

_MARK = re.compile(r"[.,:;]")
#: A word without letters, or one that begins with figures and goes on with a unit or a flag.
_MEASURE = re.compile(r"[^A-WYZa-wyz]*$|\W*(?P<figures>\d[\d.,:]*)(?P<unit>[A-Za-z][A-Za-z/]*)\W*$")


@dataclass(frozen=True, slots=True)
class _Digit:
    word: int
    at: int
    shape: np.ndarray


def lost_point(image: Image.Image, box: Edges, text: str) -> str:
    """The number with the points that its picture has and `text` has not, "?" where they cannot be placed; "" if none.

    Of a word with letters other than the x of "4.1x3.3", only the figures at its start are looked at ("49cm", "30L"): a
    letter's hook may look like a point.
    """
    measure = _MEASURE.match(text)
    if measure is None:
        return ""
    inner = text.strip(".,:;")
    found, marks = _points(_picture(image, box)), len(_MARK.findall(inner))
    if measure["unit"]:
        first, last = measure.span("figures")
        found = [place for place in found if first < round(place * len(text)) < last]
    if len(found) <= marks:
        return ""
    if marks or inner != text:
        return "?"
    places = sorted({round(place * len(text)) for place in found} - {0, len(text)})
    pieces = [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
    return ".".join(pieces) if places else "?"


def _picture(image: Image.Image, box: Edges) -> np.ndarray:
    """The word alone in grey, enlarged."""
    left, top, right, bottom = (int(edge) for edge in box)
    piece = image.crop((left, top, max(left + 1, right), max(top + 1, bottom)))
    size = piece.width * ENLARGED, piece.height * ENLARGED
    return np.asarray(piece.resize(size, Image.Resampling.BICUBIC), dtype=np.int16)


def _points(grey: np.ndarray) -> list[float]:
    """Where points stand between the glyphs of a word, as shares of its width."""
    width = grey.shape[1]
    rows = np.flatnonzero((grey < INK).sum(axis=1) >= max(SPECK, 0.03 * width))
    if not rows.size:
        return []
    grey = grey[rows[0] : rows[-1] + 1]
    height = len(grey)
    cut = round(height * (1 - LOWEST))
    columns = np.flatnonzero((grey[:cut] < STROKE).any(axis=0))
    found = []
    for left, right in pairwise(columns.tolist()):
        if not NARROW * height + 3 <= right - left - 1 <= WIDE * height:
            continue
        low = grey[cut:, left + 1 : right].min(axis=0)
        # The foot of a glyph reaches into the gap, too, but there is no paper between it and its glyph.
        paper = np.minimum(np.maximum.accumulate(low), np.maximum.accumulate(low[::-1])[::-1])
        dots = np.flatnonzero((low < FAINT) & (paper > low + DARKER))
        if dots.size:
            found.append((left + 1 + int(dots[low[dots].argmin()])) / width)
    return found


def likelier(image: Image.Image, words: Sequence[tuple[Edges, str]]) -> Mapping[int, str]:
    """For words of a page, by number, of whose digits one looks like the page's others of another kind: how it would be read.

    Only words whose ink falls apart into as many pieces as they have characters can be looked at.
    """
    digits = [
        one for number, (box, text) in enumerate(words) for one in _digits(number, _picture(image, box), text)
        if any(character.isdigit() for character in text)
    ]  # fmt: skip
    if not digits:
        return {}
    kinds = np.array([words[one.word][1][one.at] for one in digits])
    owners = np.array([one.word for one in digits])
    shapes = np.array([one.shape for one in digits])
    squares = (shapes**2).sum(axis=1)
    found: dict[int, str] = {}
    for number, one in enumerate(digits):
        far = squares + squares[number] - 2 * shapes @ shapes[number]
        other = owners != one.word
        own, foreign = other & (kinds == kinds[number]), other & (kinds != kinds[number])
        if own.sum() < NEAREST or foreign.sum() < NEAREST:
            continue
        nearest = np.flatnonzero(foreign)[np.argsort(far[foreign])[:NEAREST]]
        if far[nearest].mean() < UNLIKE * np.sort(far[own])[:NEAREST].mean():
            text = words[one.word][1]
            found.setdefault(one.word, text[: one.at] + str(kinds[nearest[0]]) + text[one.at + 1 :])
    return found


def _digits(number: int, grey: np.ndarray, text: str) -> list[_Digit]:
    """The shapes of a word's digits; none where its ink is not one piece a character."""
    dark = grey < STROKE
    inked = np.concatenate([[False], dark.sum(axis=0) >= SPECK, [False]])
    edges = np.flatnonzero(np.diff(inked.astype(np.int8)))
    runs = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end - start >= THIN]
    if len(runs) != len(text):
        return []
    found = []
    for at, (start, end) in enumerate(runs):
        rows = np.flatnonzero(dark[:, start:end].sum(axis=1) >= SPECK)
        if text[at] in "0123456789" and len(rows) >= LOW:
            piece = Image.fromarray(np.clip(grey[rows[0] : rows[-1] + 1, start:end], 0, 255).astype(np.uint8))
            shape = 1 - np.asarray(piece.resize(GLYPH, Image.Resampling.BILINEAR), dtype=np.float32) / 255
            found.append(_Digit(number, at, shape.ravel()))
    return found
