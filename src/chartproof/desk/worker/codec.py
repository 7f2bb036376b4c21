"""What was read, as bytes and back: text, boxes and numbers, each checked on arrival; never a pickle.

The same value gives the same bytes. Words go in columns: their text is the page's own, boxes are hundredths of a point
in 32 bits where that is exact. The form has a version; another one is refused, and the files are read again.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Literal

import msgspec
import numpy as np

from chartproof.errors import InputError
from chartproof.model import Box, Code, DayRange, Entry, Page, SourceFile, Word
from chartproof.model.page import ReadHow

VERSION = 1
#: Points: the longest side of a page, and how far beside it a word may be (a straightened scan moves its edges).
LONGEST, BESIDE = 14_400.0, 144.0
#: Characters of a name, a note or a doubt, and of a page.
SHORT, LONG = 100_000, 50_000_000
_SHA256 = re.compile(r"[0-9a-f]{64}|")
Media = Literal["pdf", "image", "docx", "text", "csv", "json", "xml", "other"]


class _Page(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """`starts` and `ends` are unsigned 32 bit; `edges` hundredths in 32 bit where `exact`, else doubles; little-endian."""

    number: int
    text: str
    width: float
    height: float
    read: ReadHow
    turned: int
    note: str
    starts: bytes
    ends: bytes
    exact: bool
    edges: bytes
    confidences: list[float | None]
    doubts: dict[int, str]


class _Entry(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    kind: Literal[
        "observation", "report", "condition", "medication", "procedure", "order", "immunization", "allergy", "document",
        "patient", "coverage", "encounter", "family", "other",
    ]  # fmt: skip
    label: str
    start: int
    end: int
    codes: list[tuple[str, str, str]]
    value: int | float | str | None
    low: int | float | None
    high: int | float | None
    unit: str
    when: DayRange | None
    until: DayRange | None
    status: str
    extra: dict[str, str]


class _File(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    name: str
    sha256: str
    media: Media
    pages: list[_Page]
    entries: list[_Entry]
    read: ReadHow
    note: str


class _Files(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    version: int
    files: list[_File]


def encode_files(files: Sequence[SourceFile]) -> bytes:
    """The files as bytes. ValueError where a word's text is not its page's at its place."""
    return msgspec.msgpack.encode(_Files(VERSION, [_packed(file) for file in files]))


def decode_files(data: bytes) -> tuple[SourceFile, ...]:
    """The files again, every value checked. InputError CP-WORK-05 where the bytes are not such, or of another version."""
    try:
        found = msgspec.msgpack.decode(data, type=_Files)
        if found.version != VERSION:
            raise ValueError("another version")
        return tuple(_unpacked(one) for one in found.files)
    except (msgspec.MsgspecError, ValueError, OverflowError):
        raise not_valid() from None


def encode_page(page: Page) -> bytes:
    return msgspec.msgpack.encode(_packed_page(page))


def decode_page(data: bytes, file: str) -> Page:
    """One page of `file`, checked as `decode_files` does."""
    try:
        return _unpacked_page(msgspec.msgpack.decode(data, type=_Page), file)
    except (msgspec.MsgspecError, ValueError, OverflowError):
        raise not_valid() from None


def not_valid(where: str = "") -> InputError:
    return InputError("CP-WORK-05", "what was handed back is not a reading", where=where, then="Read the file again.")


def _packed(file: SourceFile) -> _File:
    entries = [_packed_entry(entry) for entry in file.entries]
    pages = [_packed_page(page) for page in file.pages]
    return _File(file.name, file.sha256, file.media, pages, entries, file.read, file.note)


def _packed_entry(entry: Entry) -> _Entry:
    return _Entry(
        entry.kind, entry.label, entry.start, entry.end, [(one.system, one.code, one.display) for one in entry.codes],
        entry.value, entry.low, entry.high, entry.unit, entry.when, entry.until, entry.status, dict(entry.extra),
    )  # fmt: skip


def _packed_page(page: Page) -> _Page:
    words, text = page.words, page.text
    if any(text[word.start : word.end] != word.text for word in words):
        raise ValueError("a word is not its page's text")
    edges = np.array(
        list(chain.from_iterable((w.box.left, w.box.top, w.box.right, w.box.bottom) for w in words)), dtype="<f8"
    )
    exact, packed = _packed_edges(edges)
    return _Page(
        page.number, text, page.width, page.height, page.read, page.turned, page.note,
        np.array([word.start for word in words], dtype="<u4").tobytes(),
        np.array([word.end for word in words], dtype="<u4").tobytes(),
        exact, packed,
        [word.confidence for word in words] if any(word.confidence is not None for word in words) else [],
        {index: word.doubt for index, word in enumerate(words) if word.doubt},
    )  # fmt: skip


def _packed_edges(edges: np.ndarray) -> tuple[bool, bytes]:
    hundredths = np.round(edges * 100)
    if not (np.abs(hundredths) < 2**31).all():  # NaN too
        return False, edges.tobytes()
    whole = hundredths.astype("<i4")
    exact = bool((whole / 100 == edges).all()) and not np.signbit(edges[edges == 0]).any()
    return exact, whole.tobytes() if exact else edges.tobytes()


def _unpacked(file: _File) -> SourceFile:
    if not file.name or len(file.name) > SHORT or not _SHA256.fullmatch(file.sha256):
        raise ValueError("name")
    _short(file.note)
    pages = tuple(_unpacked_page(page, file.name) for page in file.pages)
    if any(after.number <= page.number for page, after in pairwise(pages)):
        raise ValueError("page numbers")
    end = len(pages[0].text) if pages else 0
    entries = tuple(_unpacked_entry(entry, end) for entry in file.entries)
    return SourceFile(file.name, file.sha256, file.media, pages, entries, file.read, file.note)


def _unpacked_entry(entry: _Entry, end: int) -> Entry:
    if not 0 <= entry.start <= entry.end <= end:
        raise ValueError("entry's place")
    for number in (entry.value, entry.low, entry.high):
        if isinstance(number, float) and not math.isfinite(number):
            raise ValueError("entry's number")
    return Entry(
        entry.kind, entry.label, entry.start, entry.end, tuple(Code(*one) for one in entry.codes), entry.value, entry.low,
        entry.high, entry.unit, entry.when, entry.until, entry.status, entry.extra,
    )  # fmt: skip


def _unpacked_page(page: _Page, file: str) -> Page:
    text = page.text
    if page.number < 1 or page.turned not in (0, 90, 180, 270) or len(text) > LONG:
        raise ValueError("page")
    _short(page.note)
    if not (0 <= page.width <= LONGEST and 0 <= page.height <= LONGEST):
        raise ValueError("page's size")
    return Page(
        file, page.number, text, _words(page), page.width, page.height, page.read, page.turned, page.note
    )  # fmt: skip


def _words(page: _Page) -> tuple[Word, ...]:
    starts, ends = np.frombuffer(page.starts, dtype="<u4"), np.frombuffer(page.ends, dtype="<u4")
    edges = np.frombuffer(page.edges, dtype="<i4") / 100 if page.exact else np.frombuffer(page.edges, dtype="<f8")
    count = len(starts)
    if len(ends) != count or len(edges) != 4 * count or len(page.confidences) not in (0, count):
        raise ValueError("columns of different lengths")
    if not count:
        if page.doubts:
            raise ValueError("a doubt without its word")
        return ()
    _check_places(page, starts.astype(np.int64), ends.astype(np.int64), edges.reshape(-1, 4))
    if any(one is not None and not 0 <= one <= 100 for one in page.confidences):
        raise ValueError("a confidence")
    if any(not 0 <= index < count for index in page.doubts):
        raise ValueError("a doubt without its word")
    _short(*page.doubts.values())
    numbers = iter(array("d", edges.astype("<f8").tobytes()))
    boxes = map(Box, numbers, numbers, numbers, numbers)
    confidences = page.confidences or [None] * count
    text, doubts = page.text, page.doubts
    places = enumerate(zip(starts.tolist(), ends.tolist(), boxes, confidences, strict=True))
    return tuple(
        Word(text[start:end], start, end, box, confidence, doubts.get(index, ""))
        for index, (start, end, box, confidence) in places
    )


def _check_places(page: _Page, starts: np.ndarray, ends: np.ndarray, edges: np.ndarray) -> None:
    """Words in the text and in reading order, boxes not inside out and no further from the page than any letter is."""
    if (starts >= ends).any() or (ends > len(page.text)).any() or (starts[1:] < ends[:-1]).any():
        raise ValueError("a word's place")
    left, top, right, bottom = edges.T
    if not ((np.abs(edges) <= 2 * LONGEST).all() and (left <= right).all() and (top <= bottom).all()):
        raise ValueError("a box")
    within = (right >= -BESIDE) & (bottom >= -BESIDE) & (left <= page.width + BESIDE) & (top <= page.height + BESIDE)
    if not within.all():
        raise ValueError("a box outside its page")


def _short(*texts: str) -> None:
    if any(len(text) > SHORT for text in texts):
        raise ValueError("a text longer than any is")
