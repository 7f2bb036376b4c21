"""A page as a picture, in the shut-in process: PDF pages and pictures; what has no page of its own is not drawn."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from chartproof.chart.images import count_frames, frame_image
from chartproof.chart.pdf import open_pdf
from chartproof.chart.sniff import kind_of
from chartproof.errors import InputError

#: The fastest that zlib offers: a page is looked at for seconds.
_COMPRESSION = 1


def draw(data: bytes, index: int, *, width: int, pixels: int) -> bytes:
    """Page `index`, counted from 0, as a PNG `width` pixels wide, or less where it would have more than `pixels`.

    b"" for a kind of file that has no page to draw. InputError where there is no such page, or it is damaged.
    """
    kind, _note = kind_of("", data)
    if kind == "pdf":
        return _png(_of_pdf(data, index, width, pixels))
    if kind == "image":
        if not 0 <= index < count_frames("", data):
            raise _no_page()
        picture = _plain(frame_image("", data, index + 1))
        return _png(picture.resize(_size(picture.width, picture.height, width, pixels), Image.Resampling.BOX))
    return b""


def _of_pdf(data: bytes, index: int, width: int, pixels: int) -> Image.Image:
    document = open_pdf("", data)
    try:
        if not 0 <= index < len(document):
            raise _no_page()
        page = document[index]
        across, down = page.get_size()
        columns, rows = _size(across, down, width, pixels)
        # From its own size the library rounds up, so the scale is that of the side that is fuller.
        scale = min(columns / across, rows / down)
        return page.render(scale=scale, may_draw_forms=True, rev_byteorder=True).to_pil()
    except pdfium.PdfiumError:
        raise _no_page() from None
    finally:
        document.close()


def _size(across: float, down: float, width: int, pixels: int) -> tuple[int, int]:
    """Columns and rows of the same shape, `width` wide, or as many as `pixels` allow."""
    if across <= 0 or down <= 0:
        raise _no_page()
    scale = min(width / across, (pixels / (across * down)) ** 0.5)
    return max(1, int(across * scale + 1e-6)), max(1, int(down * scale + 1e-6))


def _png(picture: Image.Image) -> bytes:
    picture = _grey(picture)
    picture.info.clear()  # what a file says beside its pixels stays behind
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=_COMPRESSION)
    return written.getvalue()


def _plain(picture: Image.Image) -> Image.Image:
    try:
        return picture.convert("L" if picture.mode in ("1", "L", "I", "F") or picture.mode.startswith("I;") else "RGB")
    except ValueError:
        raise _no_page() from None


def _grey(picture: Image.Image) -> Image.Image:
    """Without its colours where it has none: a third of the bytes."""
    if picture.mode == "L":
        return picture
    colours = np.asarray(picture)
    same = (colours[:, :, 0] == colours[:, :, 1]).all() and (colours[:, :, 1] == colours[:, :, 2]).all()
    return Image.fromarray(np.ascontiguousarray(colours[:, :, 0])) if same else picture


def _no_page() -> InputError:
    return InputError("CP-WORK-09", "the page cannot be drawn")
