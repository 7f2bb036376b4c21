"""Pictures as files (.png, .jpg, .tif): sizes are checked before a pixel is decoded."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from chartproof.chart.bounds import MAX_PIXELS, too_many_pixels
from chartproof.chart.scan import Picture
from chartproof.errors import InputError

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")
MAX_FRAMES = 1_000
OCR_PIXELS = 12_000_000
#: Pillow's own guard is a warning first; ours refuses, so its limit is lifted to ours.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def count_frames(name: str, data: bytes) -> int:
    """How many pages the picture file has (a TIFF may have many); InputError for one that is damaged or too large."""
    with _open(name, data) as image:
        frames = min(getattr(image, "n_frames", 1), MAX_FRAMES) if image.format == "TIFF" else 1
        for frame in range(frames):
            image.seek(frame)
            columns, rows = image.size
            if columns * rows > MAX_PIXELS:
                raise too_many_pixels(name, columns, rows)
        return frames


def frame_picture(name: str, data: bytes, number: int) -> Picture:
    """Page `number` (from 1) in grey, at most 12 million pixels; white behind what is transparent."""
    upright = frame_image(name, data, number)
    try:
        grey = upright.convert("L")
    except ValueError:
        raise _damaged(name) from None
    dots = upright.info.get("dpi", (200, 200))[0]
    dots = float(dots) if 50 <= float(dots or 0) <= 1200 else _guess_dots(grey.size)
    shrink = min(1.0, (OCR_PIXELS / max(1, grey.width * grey.height)) ** 0.5, 300 / dots)
    if shrink < 1:
        grey = grey.resize(
            (max(1, round(grey.width * shrink)), max(1, round(grey.height * shrink))), Image.Resampling.BOX
        )
    pixels = np.ascontiguousarray(np.asarray(grey))
    return Picture(name, number, pixels.tobytes(), grey.width, grey.height, dots * shrink / 72)


def frame_image(name: str, data: bytes, number: int) -> Image.Image:
    """Page `number` (from 1) as it is displayed: turned upright, white behind what is transparent. Raises InputError."""
    with _open(name, data) as image:
        try:
            image.seek(number - 1)
            dots = image.info.get("dpi", (200, 200))
            upright = ImageOps.exif_transpose(image)
            if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                upright = upright.convert("RGBA")
                ground = Image.new("RGBA", upright.size, "white")
                upright = Image.alpha_composite(ground, upright)
        except (OSError, ValueError, SyntaxError, EOFError):
            raise _damaged(name) from None
    upright.info["dpi"] = dots
    return upright


def _guess_dots(size: tuple[int, int]) -> float:
    """Dots an inch of a picture that does not say: as if its longer side were a letter page's."""
    return min(600.0, max(72.0, max(size) / 11))


def _open(name: str, data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return Image.open(io.BytesIO(data), formats=FORMATS)
        except Image.DecompressionBombError:
            raise InputError(
                "CP-READ-08", f"the picture has more than {MAX_PIXELS // 1_000_000} million pixels", where=name,
                then="Scan it again at 300 dots an inch.",
            ) from None  # fmt: skip
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
            raise _damaged(name) from None


def _damaged(name: str) -> InputError:
    return InputError("CP-READ-07", "the picture is damaged or cut short", where=name, then="Scan or export it again.")
