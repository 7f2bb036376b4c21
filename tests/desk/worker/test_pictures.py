"""Pages as pictures: the right shape, plain pixels, and a page that cannot be drawn says so and costs no other."""

from __future__ import annotations

import io
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from chartproof.desk.worker import Bounds
from chartproof.desk.worker.pictures import Pictures, is_picture
from chartproof.errors import InputError
from desk.worker.hostile.pages import endless_drawing, page

BOUNDS = Bounds(memory=1 << 30, cpu_seconds=10, page_cpu=1.0, pixels=500_000, output=20_000_000)


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    with Pictures(bounds=BOUNDS, count=1) as found:
        yield found


def opened(data: bytes | None) -> Image.Image:
    assert data
    return Image.open(io.BytesIO(data))


def test_a_page_of_a_pdf_is_as_wide_as_asked(pictures: Pictures) -> None:
    drawn = opened(pictures.render_page(page(), 1, width=500))
    assert drawn.width == 500
    assert drawn.height / drawn.width == pytest.approx(792 / 612, abs=0.01)
    darkest, lightest = drawn.convert("L").getextrema()
    assert isinstance(darkest, int) and darkest < 80 and lightest == 255


def test_a_page_has_no_more_pixels_than_allowed(pictures: Pictures) -> None:
    drawn = opened(pictures.render_page(page(), 1, width=4000))
    assert 0.9 * BOUNDS.pixels < drawn.width * drawn.height <= BOUNDS.pixels


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_drawn_as_it_is_displayed(pictures: Pictures, turn: int) -> None:
    drawn = opened(pictures.render_page(page(keys=b"/Rotate %d" % turn), 1, width=300))
    wide = turn in (90, 270)
    assert (drawn.width > drawn.height) == wide


def test_a_picture_is_drawn_upright_and_without_what_stands_beside_its_pixels(pictures: Pictures) -> None:
    picture = Image.new("RGB", (60, 20), (200, 10, 10))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a patient's name"
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif)
    data = pictures.render_page(written.getvalue(), 1, width=20)
    drawn = opened(data)
    assert drawn.size == (20, 60)
    assert data and b"patient" not in data and drawn.convert("RGB").getpixel((5, 5))[0] > 150  # type: ignore[index]


@pytest.mark.parametrize("data", [b"A note.\n", b"Date,Test\n2026-04-21,EF\n", b'{"resourceType": "Patient"}'])
def test_what_has_no_page_is_not_drawn(pictures: Pictures, data: bytes) -> None:
    assert pictures.render_page(data, 1, width=300) is None


@pytest.mark.parametrize(
    ("data", "number"), [(page(), 2), (page(), 0), (b"%PDF-1.7\nnothing", 1), (endless_drawing(), 1)]
)
def test_a_page_that_cannot_be_drawn_says_so_and_the_next_one_is_drawn(
    pictures: Pictures, data: bytes, number: int
) -> None:
    with pytest.raises(InputError, match="CP-WORK-09"):
        pictures.render_page(data, number, width=300)
    assert opened(pictures.render_page(page(), 1, width=300)).width == 300


def test_a_worker_that_is_gone_is_replaced(pictures: Pictures) -> None:
    pictures.warm()
    running = pictures._workers[0]._running
    assert running
    os.kill(running.pid, signal.SIGKILL)
    with pytest.raises(InputError, match="CP-WORK-09"):
        pictures.render_page(endless_drawing(), 1, width=300)
    assert opened(pictures.render_page(page(), 1, width=300)).width == 300


def test_closing_ends_a_request_that_is_under_way() -> None:
    pictures = Pictures(bounds=Bounds(page_cpu=60), count=1)
    pictures.warm()
    running = pictures._workers[0]._running
    ended: list[str] = []

    def ask() -> None:
        try:
            pictures.render_page(endless_drawing(), 1, width=3000)
        except InputError as error:
            ended.append(error.code)

    asking = threading.Thread(target=ask)
    asking.start()
    while pictures._free.qsize():
        pass
    pictures.close()
    asking.join(10)
    assert ended == ["CP-WORK-09"]
    assert running and not Path(f"/proc/{running.pid}").exists()


def test_only_a_png_of_plain_pixels_is_handed_on(pictures: Pictures) -> None:
    data = pictures.render_page(page(), 1, width=100)
    assert data and is_picture(data, pixels=BOUNDS.pixels)
    assert not is_picture(data, pixels=100)
    assert not is_picture(data[:-1], pixels=BOUNDS.pixels)
    assert not is_picture(data + b"<script>", pixels=BOUNDS.pixels)
    assert not is_picture(data.replace(b"IDAT", b"tEXt"), pixels=BOUNDS.pixels)
    assert not is_picture(b"GIF89a", pixels=BOUNDS.pixels)
