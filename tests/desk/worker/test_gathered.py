"""What a reading process says is believed only where it can be so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from chartproof.desk.worker.bounds import Bounds
from chartproof.desk.worker.codec import encode_files, encode_page
from chartproof.desk.worker.frames import Told
from chartproof.desk.worker.gathered import Gathered, Run
from chartproof.errors import InputError
from chartproof.model import Page, SourceFile

SUM = "ab" * 32
BOUNDS = Bounds(run=4, pages=6, strikes=2)
WHOLE = SourceFile("a.pdf", SUM, "text", (Page("a.pdf", 1, "ECOG 1\n"),))


def begun(total: int = 9) -> tuple[Gathered, Run]:
    file = Gathered("a.pdf", Path("a.pdf"), sha256=SUM)
    run = Run(file, 0, BOUNDS.run)
    file.take(Told("head", b"pdf", total), run)
    return file, run


def page(number: int) -> Told:
    return Told("page", encode_page(Page("a.pdf", number, "ECOG 1\n")))


@pytest.mark.parametrize(
    "told",
    [
        page(1),  # a second time
        page(5),  # of another run
        Told("head", b"pdf", 10),  # of another length
        Told("head", b"program", 9),
        Told("page", b"\x80"),
        Told("drawn", b""),
        Told("whole", encode_files([replace(WHOLE, name="b.pdf")])),
        Told("whole", encode_files([replace(WHOLE, sha256="cd" * 32)])),
        Told("whole", encode_files([WHOLE, WHOLE])),
        Told("whole", encode_files([])),
        Told("sums", msgspec.msgpack.encode(["a"])),
    ],
)
def test_a_frame_that_may_not_come_is_refused(told: Told) -> None:
    file, run = begun()
    file.take(page(1), run)
    with pytest.raises(InputError, match="CP-WORK-05"):
        file.take(told, run)


@pytest.mark.parametrize("total", [0, -1, 1 << 40])
def test_a_file_cannot_have_any_number_of_pages(total: int) -> None:
    with pytest.raises(InputError, match="CP-WORK-05"):
        begun(total)


def test_the_page_at_which_a_process_went_down_is_lost_and_the_next_ones_are_read() -> None:
    file, run = begun()
    file.take(page(1), run)
    rest = file.strike("CP-WORK-03", "went down", run, bounds=BOUNDS)
    assert rest and (rest.first, rest.stop) == (2, BOUNDS.run)
    file.take(page(3), rest)
    assert file.strike("CP-WORK-03", "went down", rest, bounds=BOUNDS) is None, "the second strike is the last"
    found = file.result(BOUNDS)
    assert [(one.number, one.read) for one in found.pages[:4]] == [
        (1, "text"),
        (2, "unread"),
        (3, "text"),
        (4, "unread"),
    ]
    assert len(found.pages) == 9 and found.read == "unread"
    assert "went down (CP-WORK-03)" in found.pages[1].note and "4 more" in found.pages[4].note


def test_a_process_that_goes_down_after_its_last_page_costs_nothing() -> None:
    file, run = begun(total=2)
    for number in (1, 2):
        file.take(page(number), run)
    assert file.strike("CP-WORK-03", "went down", run, bounds=BOUNDS) is None
    found = file.result(BOUNDS)
    assert [one.read for one in found.pages] == ["text", "text"]
    assert found.note == ""


def test_pages_that_a_process_keeps_to_itself_are_listed() -> None:
    file, run = begun(total=3)
    file.take(page(2), run)
    found = file.result(BOUNDS)
    assert [one.read for one in found.pages] == ["unread", "text", "unread"]
    assert "CP-WORK-03" in found.note


def test_runs_follow_until_the_bound() -> None:
    file, _run = begun()
    assert [(one.first, one.stop) for one in file.runs(BOUNDS)] == [(4, 6)]
