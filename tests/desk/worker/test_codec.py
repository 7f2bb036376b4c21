"""Whatever was read comes back the same, byte for byte; whatever was not read is refused on arrival."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chartproof.desk.worker.codec import VERSION, decode_files, decode_page, encode_files, encode_page
from chartproof.errors import InputError
from chartproof.model import Box, Code, DayRange, Entry, Page, SourceFile, Word

days = st.dates()
ranges = st.tuples(days, days).map(lambda two: DayRange(min(two), max(two)))
#: Text without halves of letters, which no file of ours can hold.
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)
inches = st.floats(0, 700, allow_nan=False) | st.integers(0, 70_000).map(lambda one: one / 100)


@st.composite
def pages(draw: Any, file: str = "a.pdf", number: int = 1) -> Page:
    words_of = draw(st.lists(st.text(st.characters(categories=["L", "N", "S"]), min_size=1, max_size=9), max_size=12))
    whole, words, scanned = "", list[Word](), draw(st.booleans())
    for one in words_of:
        whole += draw(st.sampled_from(["", " ", "\n"]))
        x, y = draw(st.tuples(inches, inches))
        box = Box(x, y, x + draw(inches), y + draw(inches))
        confidence = draw(st.floats(0, 100) | st.none()) if scanned else None
        words.append(Word(one, len(whole), len(whole) + len(one), box, confidence, draw(text) if scanned else ""))
        whole += one
    turned = draw(st.sampled_from([0, 90, 180, 270]))
    read = draw(st.sampled_from(["text", "ocr", "structured", "unread"]))
    return Page(file, number, whole, tuple(words), 700.0, 700.0, read, turned, draw(text))


@st.composite
def entries(draw: Any, end: int) -> Entry:
    start = draw(st.integers(0, end))
    return Entry(
        draw(st.sampled_from(["observation", "patient", "other"])), draw(text), start, draw(st.integers(start, end)),
        tuple(draw(st.lists(st.builds(Code, text, text, text), max_size=2))), draw(numbers | text | st.none()),
        draw(numbers | st.none()), draw(numbers | st.none()), draw(text), draw(ranges | st.none()),
        draw(ranges | st.none()), draw(text), draw(st.dictionaries(text, text, max_size=2)),
    )  # fmt: skip


@st.composite
def source_files(draw: Any) -> SourceFile:
    name = draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
    read = [draw(pages(name, number)) for number in range(1, draw(st.integers(0, 3)) + 1)]
    end = len(read[0].text) if read else 0
    stated = draw(st.lists(entries(end), max_size=2)) if read else []
    media = draw(st.sampled_from(["pdf", "image", "json", "other"]))
    return SourceFile(
        name, draw(st.sampled_from(["", "0a" * 32])), media, tuple(read), tuple(stated), "text", draw(text)
    )


@given(st.lists(source_files(), max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_files_come_back_the_same_byte_for_byte(files: list[SourceFile]) -> None:
    data = encode_files(files)
    back = decode_files(data)
    assert back == tuple(files)
    assert repr(back) == repr(tuple(files))  # 5 is not 5.0
    assert encode_files(back) == data


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: encode_files([FILE])[:-30] + tail))
@settings(max_examples=150, deadline=None)
def test_any_other_bytes_are_refused_and_nothing_else_happens(data: bytes) -> None:
    try:
        decode_files(data)
    except InputError as error:
        assert error.code == "CP-WORK-05"


WORD = Word("ECOG", 0, 4, Box(10, 10, 40, 20))
PAGE = Page("a.pdf", 1, "ECOG 1\n", (WORD, Word("1", 5, 6, Box(44, 10, 48, 20))), 612.0, 792.0)
FILE = SourceFile("a.pdf", "ab" * 32, "pdf", (PAGE,), (Entry("other", "x", 0, 4),))


def with_word(**other: Any) -> Page:
    return replace(PAGE, words=(replace(WORD, **other), PAGE.words[1]))


@pytest.mark.parametrize(
    "page",
    [
        with_word(box=Box(math.nan, 10, 40, 20)),
        with_word(box=Box(10, 10, math.inf, 20)),
        with_word(box=Box(50, 10, 40, 20)),
        with_word(box=Box(10, 30, 40, 20)),
        with_word(box=Box(3000, 10, 3040, 20)),
        with_word(box=Box(10, -900, 40, -890)),
        with_word(confidence=math.nan),
        with_word(confidence=101.0),
        replace(PAGE, words=PAGE.words[::-1]),
        replace(PAGE, width=math.nan),
        replace(PAGE, height=-1.0),
        replace(PAGE, width=1e9),
        replace(PAGE, turned=45),
        replace(PAGE, number=0),
        replace(PAGE, read="guessed"),  # type: ignore[arg-type]
        replace(PAGE, note="n" * 200_000),
    ],
)
def test_a_page_with_an_impossible_value_is_refused(page: Page) -> None:
    data = encode_page(page)
    with pytest.raises(InputError, match="CP-WORK-05"):
        decode_page(data, "a.pdf")
    with pytest.raises(InputError, match="CP-WORK-05"):
        decode_files(encode_files([replace(FILE, pages=(page,))]))


@pytest.mark.parametrize(
    "file",
    [
        replace(FILE, sha256="no sum"),
        replace(FILE, name=""),
        replace(FILE, media="program"),  # type: ignore[arg-type]
        replace(FILE, pages=(PAGE, PAGE)),
        replace(FILE, entries=(Entry("other", "x", 0, 99),)),
        replace(FILE, entries=(Entry("other", "x", 3, 1),)),
        replace(FILE, entries=(Entry("other", "x", -1, 1),)),
        replace(FILE, entries=(Entry("other", "x", 0, 1, value=math.inf),)),
        replace(FILE, entries=(Entry("other", "x", 0, 1, low=math.nan),)),
        replace(FILE, entries=(Entry("verdict", "x", 0, 1),)),  # type: ignore[arg-type]
    ],
)
def test_a_file_with_an_impossible_value_is_refused(file: SourceFile) -> None:
    with pytest.raises(InputError, match="CP-WORK-05"):
        decode_files(encode_files([file]))


def test_a_word_beyond_its_page_is_refused() -> None:
    raw = msgspec.msgpack.decode(encode_page(PAGE))
    for column in (7, 8):  # starts, ends
        with pytest.raises(InputError, match="CP-WORK-05"):
            decode_page(
                msgspec.msgpack.encode([*raw[:column], b"\xff\xff\xff\x7f" * 2, *raw[column + 1 :]]), "a.pdf"
            )  # fmt: skip
        with pytest.raises(InputError, match="CP-WORK-05"):
            decode_page(msgspec.msgpack.encode([*raw[:column], b"\x00" * 7, *raw[column + 1 :]]), "a.pdf")


def test_another_version_is_refused() -> None:
    version, files = msgspec.msgpack.decode(encode_files([FILE]))
    assert version == VERSION
    with pytest.raises(InputError, match="CP-WORK-05"):
        decode_files(msgspec.msgpack.encode([VERSION + 1, files]))


def test_a_word_that_is_not_its_pages_text_is_not_written() -> None:
    with pytest.raises(ValueError, match="page's text"):
        encode_page(with_word(text="EC0G"))
