"""A folder of any files into pages and entries. Every file and every page ends in the ledger; nothing disappears.

Reading is deterministic: the same folder gives the same value, whatever the number of workers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal

import pypdfium2 as pdfium

from chartproof.chart import scan
from chartproof.chart.ccda import read_xml
from chartproof.chart.copies import mark_copies
from chartproof.chart.fhir import read_json
from chartproof.chart.images import count_frames, frame_picture
from chartproof.chart.layer import held_against
from chartproof.chart.listing import bytes_of, chart_files, written_before
from chartproof.chart.pdf import Scan, count_pages, open_pdf, page_of, picture_of, read_pages
from chartproof.chart.pdf_forms import append_filled
from chartproof.chart.plain import read_text
from chartproof.chart.side_by_side import pool_of, side_by_side
from chartproof.chart.sniff import is_ours, kind_of
from chartproof.chart.tables import read_table
from chartproof.chart.word import read_docx
from chartproof.errors import ChartproofError, InputError
from chartproof.model.page import LEFT_OUT, Page, ReadHow, SourceFile

Progress = Callable[[str, int, int], None]
Reader = Callable[[str, bytes, str], SourceFile]

_READERS: dict[str, Reader] = {
    "docx": read_docx,
    "text": read_text,
    "csv": read_table,
    "json": read_json,
    "xml": read_xml,
}
_WEAKEST: tuple[ReadHow, ...] = ("unread", "ocr", "text", "structured")


@dataclass(slots=True)
class Opened:
    """A file whose pages are being gathered. `pages` holds None for one that is not read yet, or where OCR is awaited."""

    name: str
    sha256: str
    media: Literal["pdf", "image"]
    pages: list[Page | None] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)
    data: bytes = b""


def read_folder(folder: Path, *, workers: int = 2, progress: Progress | None = None) -> tuple[SourceFile, ...]:
    """Read every file under `folder`, sorted by its path in it.

    workers   how many processes read PDF pages and do OCR (at least one is started where a page needs OCR)
    progress  called as progress(file, pages done, pages of the file)

    Raises InputError (CP-READ-01 to -15) for a folder or a file that cannot be used at all; a file of a kind that
    chartproof does not read, a page that cannot be read, and a file that an earlier package wrote into the folder come
    back as 'unread' with the reason in `note`.
    """
    tell = progress or (lambda name, done, total: None)
    done: dict[str, SourceFile] = {}
    opened: list[Opened] = []
    listed = list(chart_files(folder))
    written = written_before(listed)
    for name, path in listed:
        data = bytes_of(name, path)
        if data is None:
            done[name] = SourceFile(name, "", "other", read="unread", note="not a regular file")
            continue
        sha256 = hashlib.sha256(data).hexdigest()
        if is_ours(name, data) or written.get(name) == sha256:
            # A package that was written into the folder is no chart; a list that names a file of the chart loses none.
            done[name] = SourceFile(name, sha256, "other", read="unread", note=LEFT_OUT)
            continue
        one = open_file(name, data)
        if isinstance(one, SourceFile):
            done[name] = one
            tell(name, max(1, len(one.pages)), max(1, len(one.pages)))
        else:
            opened.append(one)
    if not opened and all(one.note == LEFT_OUT for one in done.values()):
        raise InputError(
            "CP-READ-03",
            "there is no chart file in the folder",
            where=str(folder),
            then="Put the patient's records in it.",
        )
    done.update((one.name, one) for one in _read_opened(opened, max(1, workers), tell))
    return mark_copies([done[name] for name in sorted(done)])


def read_file(path: Path, *, workers: int = 2, progress: Progress | None = None) -> SourceFile:
    """Read one file by itself, for example a denial letter. Raises InputError as `read_folder` does."""
    if not path.exists():
        raise InputError("CP-READ-01", "there is no such file", where=str(path), then="Check the path.")
    if path.is_dir():
        raise InputError("CP-READ-02", "this is a folder, not a file", where=str(path), then="Name the file itself.")
    data = bytes_of(path.name, path)
    if data is None:
        raise InputError("CP-READ-14", "this is not a regular file", where=str(path), then="Name the file itself.")
    opened = open_file(path.name, data)
    if isinstance(opened, SourceFile):
        return opened
    return _read_opened([opened], max(1, workers), progress or (lambda name, done, total: None))[0]


def open_file(name: str, data: bytes) -> SourceFile | Opened:
    """What the bytes are: read as a whole, or a file whose pages are still to be read. InputError as `read_folder`."""
    sha256 = hashlib.sha256(data).hexdigest()
    kind, note = kind_of(name, data)
    if kind == "pdf":
        return Opened(name, sha256, "pdf", [None] * count_pages(name, data), data=data)
    if kind == "image":
        count = count_frames(name, data)
        return Opened(name, sha256, "image", [None] * count, [Scan(number + 1) for number in range(count)], data)
    if kind in _READERS:
        read = _READERS[kind](name, data, sha256)
        return replace(read, note="; ".join(filter(None, (note, read.note)))) if note else read
    return SourceFile(name, sha256, "other", read="unread", note=note or "this kind of file is not read")


def _read_opened(opened: list[Opened], workers: int, tell: Progress) -> list[SourceFile]:
    """The files with all their pages: PDF pages' text first, then OCR of those that are pictures."""
    _read_pdfs([one for one in opened if one.media == "pdf"], workers, tell)
    waiting = [one for one in opened if one.scans]
    if waiting:
        _recognise(waiting, workers, tell)
    return [_close(one) for one in opened]


#: Pages that one process reads at a time, and below which a second one would take longer to start than it saves.
RUN, LARGE = 50, 60


def _read_pdfs(opened: list[Opened], workers: int, tell: Progress) -> None:
    runs = [
        (one, range(first, min(first + RUN, len(one.pages))))
        for one in opened
        for first in range(0, len(one.pages), RUN)
    ]

    def told(_name: str, done: int, _total: int) -> None:
        one, pages = runs[done - 1]
        tell(one.name, pages.stop, len(one.pages))

    jobs = [partial(read_pages, one.name, one.data, pages) for one, pages in runs]
    large = sum(len(one.pages) for one in opened) > LARGE
    for (one, pages), found in zip(
        runs, side_by_side(jobs, workers=workers if large else 1, progress=told), strict=True
    ):
        one.scans += [item for item in found if isinstance(item, Scan)]
        one.pages[pages.start : pages.stop] = [None if isinstance(item, Scan) else item for item in found]
    for one in opened:
        if not one.scans:
            one.data = b""


def _close(opened: Opened) -> SourceFile:
    return closed(opened.name, opened.sha256, opened.media, [page for page in opened.pages if page is not None])


def closed(name: str, sha256: str, media: Literal["pdf", "image"], pages: Sequence[Page]) -> SourceFile:
    """The file of these pages: read as its weakest page, with what each page's note says."""
    read: ReadHow = min((page.read for page in pages), key=_WEAKEST.index, default="unread")
    notes = [f"p. {page.number}: {page.note}" for page in pages if page.note]
    return SourceFile(name, sha256, media, tuple(pages), read=read, note="; ".join(notes))


def pages_of(opened: Opened, pages: range) -> Iterator[Page]:
    """Those pages, counted from 0, one after another in this process; one that cannot be read is 'unread' and says why."""
    document = open_pdf(opened.name, opened.data) if opened.media == "pdf" else None
    try:
        for index in pages:
            try:
                yield _page_alone(opened, document, index)
            except InputError as error:
                note = f"{error.what} ({error.code})"
                yield Page(opened.name, index + 1, "", read="unread", note=note)
    finally:
        if document:
            document.close()


def _page_alone(opened: Opened, document: pdfium.PdfDocument | None, index: int) -> Page:
    if document is None:
        return scan.recognise(frame_picture(opened.name, opened.data, index + 1))
    found = page_of(opened.name, document, index)
    if isinstance(found, Page):
        return found
    return finished(scan.recognise(picture_of(opened.name, document, found)), found)


def finished(page: Page, scanned: Scan) -> Page:
    """A recognised page with what else its file says of it."""
    return append_filled(held_against(page, scanned.layer), scanned.filled)


def _pictures(waiting: list[Opened]) -> Iterator[tuple[Opened, scan.Picture]]:
    """Render each scan only when its turn comes: a page in grey is 4 MB."""
    for opened in waiting:
        if opened.media == "image":
            for one in opened.scans:
                yield opened, frame_picture(opened.name, opened.data, one.number)
            continue
        document = pdfium.PdfDocument(opened.data)
        try:
            for one in opened.scans:
                yield opened, picture_of(opened.name, document, one)
        finally:
            document.close()


def _recognise(waiting: list[Opened], workers: int, tell: Progress) -> None:
    """Fill the awaited pages; at most two pictures a worker are in flight."""
    scan.refuse_without_model()
    total = sum(len(opened.scans) for opened in waiting)
    pool = pool_of(min(workers, total), "spawn", start=scan.start_worker)
    flight: list[tuple[Opened, int, Future[Page]]] = []
    left = {opened.name: len(opened.scans) for opened in waiting}

    def land() -> None:
        opened, number, future = flight.pop(0)
        scanned = next((one for one in opened.scans if one.number == number), Scan(number))
        opened.pages[number - 1] = finished(future.result(), scanned)
        left[opened.name] -= 1
        tell(opened.name, len(opened.pages) - left[opened.name], len(opened.pages))

    try:
        for opened, picture in _pictures(waiting):
            flight.append((opened, picture.number, pool.submit(scan.recognise, picture)))
            if len(flight) >= workers * 2:
                land()
        while flight:
            land()
    except BrokenProcessPool:
        raise ChartproofError(
            "CP-READ-16", "text recognition stopped unexpectedly", where=flight[0][0].name if flight else "",
            then="Close other programs to free memory and run it again.",
        ) from None  # fmt: skip
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
