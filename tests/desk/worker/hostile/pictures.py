"""Pictures that mean harm."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageDraw

from desk.worker.hostile.pages import zeros

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(columns: int, rows: int, data: bytes, *more: bytes, bits: int = 8) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, bits, 0, 0, 0, 0))
    return _SIGNATURE + header + b"".join(more) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def tiff(tags: list[tuple[int, int, int, int]], *, following: int = 0) -> bytes:
    """One directory at byte 8: tag, type, count, value."""
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\x00" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", following)


def saved(kind: str, side: int = 200) -> bytes:
    picture = Image.new("L", (side, side), 255)
    ImageDraw.Draw(picture).text((10, 10), "ECOG 1", fill=0)
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def size_tags(columns: int, rows: int) -> list[tuple[int, int, int, int]]:
    return [
        (256, 4, 1, columns), (257, 4, 1, rows), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8),
        (277, 3, 1, 1), (278, 4, 1, rows), (279, 4, 1, 64),
    ]  # fmt: skip


def made(url: str) -> dict[str, bytes]:
    jpeg, blank = saved("JPEG"), zlib.compress(b"\x00" * (100 * 101))
    gif = saved("GIF")
    return {
        "png-bomb.png": png(60_000, 60_000, zeros(100), bits=1),
        "png-just-allowed.png": png(9_900, 9_900, zeros(94, b"\x00")),
        "png-cut.png": saved("PNG")[:60],
        "png-words-bomb.png": png(100, 100, blank, chunk(b"zTXt", b"Comment\x00\x00" + zeros(500))),
        "png-profile-bomb.png": png(100, 100, blank, chunk(b"iCCP", b"p\x00\x00" + zeros(500))),
        "png-no-pixels.png": png(100, 100, b""),
        "png-nothing.png": png(0, 0, blank),
        "png-address.png": png(100, 100, blank, chunk(b"tEXt", b"URL\x00" + url.encode())),
        "png-is-a-page.json": saved("PNG"),
        "jpeg-cut.jpg": jpeg[: len(jpeg) // 2],
        "jpeg-largest.jpg": jpeg.replace(struct.pack(">HH", 200, 200), struct.pack(">HH", 65_500, 65_500), 1),
        "gif-and-script.gif": b"GIF89a/*" + gif[8:] + b"*/=1;fetch('" + url.encode() + b"')",
        "gif-largest.gif": b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + gif[10:],
        "tiff-bomb.tif": tiff(size_tags(100_000, 100_000)),
        "tiff-in-circle.tif": tiff(size_tags(50, 50), following=8),
        "tiff-too-many-tags.tif": b"II*\x00" + struct.pack("<IH", 8, 65_535),
        "tiff-far-strip.tif": tiff([(273, 4, 1, 4_000_000_000), *size_tags(500, 500)]),
        "bmp-negative.bmp": b"BM"
        + struct.pack("<IHHIIiiHHIIiiII", 90, 0, 0, 54, 40, -50, -50, 1, 24, 0, 0, 0, 0, 0, 0),
        "webp-cut.webp": saved("WEBP")[:40],
        "heic.heic": b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100,
        "dicom.dcm": b"\x00" * 128 + b"DICM" + b"\x00" * 100,
    }
