"""A fax's picture before it is read: streaks and the lines of tables whited out, the page made straight."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageFilter

RULING_DARK = 190
RULING_ACROSS, RULING_DOWN = 150, 70
RULING_FULL = 0.85
#: So many pixels above and below a line it must be mostly white, else it is a row of text or a heading's dark ground.
RULING_CLEAR, RULING_BESIDE = 6, 0.25


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
