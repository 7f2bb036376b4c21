"""Which characters of a PDF page a reader of the page can see: those without which the page would look different.

The page is drawn in grey with and without its text; a character that changes nothing where it stands is hidden, be it
white on white, covered, clipped or switched off. Characters of two texts in one place (white on black letters, a new
word over a whited-out one) would vouch for each other: their texts are taken away one by one.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

#: The grey picture on which each character must show, in pixels a point, and by how many of 255 steps.
SCALE = 1.0
CONTRAST = 12
#: Points; the centres of neighbouring letters lie further apart, those of letters over each other closer.
CELL = 3.0
#: Texts in one place that are looked at one by one; no page of paper has more, and the rest is not believed.
MOST_SINGLE = 60


def shown(
    page: pdfium.PdfPage, characters: Sequence[str], owners: np.ndarray, edges: np.ndarray, texts: Iterable[int]
) -> np.ndarray:
    """Whether each character is to be seen, as booleans.

    `owners` holds each character's text object (its address), `edges` the left, top, right and bottom of its ink as
    displayed, a row each; `texts` all text objects.
    """
    if not characters:
        return np.zeros(0, dtype=bool)
    everything = list(texts)
    proof, ground = _picture(page), _without(page, everything)
    seen = differs(proof, ground, edges)
    for number, owner in enumerate(_over_each_other(characters, owners, edges, seen)):
        mine = np.flatnonzero(owners == np.uint64(owner))
        if number < MOST_SINGLE:
            alone = _without(page, [other for other in everything if other != owner])
            seen[mine] &= differs(proof, _without(page, [owner]), edges[mine]) & differs(alone, ground, edges[mine])
        else:
            seen[mine] = False
    return seen


def _picture(page: pdfium.PdfPage) -> np.ndarray:
    picture = page.render(scale=SCALE, grayscale=True, bitmap_maker=pdfium.PdfBitmap.new_native).to_numpy()
    return picture[:, :, 0] if picture.ndim == 3 else picture  # memory of ours, that the picture holds


def _without(page: pdfium.PdfPage, texts: Iterable[int]) -> np.ndarray:
    """The page without these text objects, which are put back afterwards."""
    handles = [ctypes.cast(address, raw.FPDF_PAGEOBJECT) for address in texts]
    for handle in handles:
        raw.FPDFPageObj_SetIsActive(handle, False)
    picture = _picture(page)
    for handle in handles:
        raw.FPDFPageObj_SetIsActive(handle, True)
    return picture


def differs(proof: np.ndarray, ground: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Whether the two pictures differ anywhere in each box, one pixel around it included."""
    changed = np.maximum(proof, ground) - np.minimum(proof, ground) >= CONTRAST
    height, width = changed.shape
    pixels = (edges * SCALE).astype(int) + np.array([-1, -1, 2, 2])
    left, right = np.clip(pixels[:, 0], 0, width), np.clip(pixels[:, 2], 0, width)
    top, bottom = np.clip(pixels[:, 1], 0, height), np.clip(pixels[:, 3], 0, height)
    # A column for each box, so that what is asked of every box is asked along the rows, many at a time.
    columns = left + np.arange(max(1, int((right - left).max())))[:, None]
    within = (columns < right) & (bottom > top)
    columns = np.minimum(columns, width - 1)
    found = np.zeros(len(edges), dtype=bool)
    # The largest power of two that fits into the height of each box: two windows of it, at its top and its foot, cover it.
    tall = np.frexp(bottom - top)[1] - 1
    for power in range(int(tall.max()) + 1):
        own = np.flatnonzero(tall == power)
        across, high, low = columns[:, own], top[own], bottom[own] - (1 << power)
        found[own] = ((changed[high, across] | changed[low, across]) & within[:, own]).any(axis=0)
        changed = changed[: -(1 << power)] | changed[1 << power :]  # in the window that begins at each pixel
    return found


def _over_each_other(
    characters: Sequence[str], owners: np.ndarray, edges: np.ndarray, seen: np.ndarray
) -> Iterator[int]:
    """Text objects with a character where another object has another one (bold is often the same drawn twice)."""
    cells = (edges[:, :2] + edges[:, 2:]) // (2 * CELL)
    keys = cells[:, 0] * 100_000 + cells[:, 1]
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero((np.diff(keys[order]) == 0) & (np.diff(owners[order].astype(np.int64)) != 0))
    found: dict[int, None] = {}
    for at in same:
        one, other = order[at], order[at + 1]
        if seen[one] and seen[other] and characters[one] != characters[other]:
            found |= {int(owners[one]): None, int(owners[other]): None}
    yield from found
