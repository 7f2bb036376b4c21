"""Messages over a pipe: eight bytes of length, then msgpack. Both ends are ours; what lies in them is checked apart."""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections.abc import Iterator
from typing import Literal

import msgspec

HEAD = 8


class Ask(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What a worker is asked to do.

    what    read: `path`, pages from `first` (counted from 0); sums: the names that a package's manifest at `path` lists;
            draw: page `first` of `data`, `width` pixels wide; walls: what holds the process that reads
    stop    the page before which to stop; fewer are read where the bounds say so
    ours    the SHA-256 that a package written into the folder gave this file; one of that content is left out
    """

    what: Literal["read", "sums", "draw", "walls"]
    name: str = ""
    path: str = ""
    first: int = 0
    stop: int = 0
    width: int = 0
    ours: str = ""
    data: bytes = b""


class Told(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What comes back.

    From the worker itself: ready (`number` is 1 where it takes more than one request); opened (`data` is the SHA-256); answer (`data` is a Told of the process that reads,
    not looked into); ended, always the last: `code` is "" where all went well, else why there is no more.
    From the process that reads: left out (a file of an earlier package); whole (a file); head (`data` its kind, `number` its pages), then
    page by page; sums; drawn (a PNG); walls; refused, with `code` and `reason`.
    """

    what: Literal[
        "ready", "opened", "answer", "ended", "left out", "whole", "head", "page", "sums", "drawn", "walls",
        "refused",
    ]  # fmt: skip
    data: bytes = b""
    number: int = 0
    code: str = ""
    reason: str = ""


class Closed(Exception):
    """The other end is gone, or took too long (`late`), or would say more than it may (`long`)."""

    def __init__(self, *, late: bool = False, long: bool = False) -> None:
        super().__init__(late, long)
        self.late, self.long = late, long


def widen(pipe: int) -> None:
    """A megabyte in the pipe, where the system can: a file then passes in few turns of the processor."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)


def write_frame(pipe: int, message: msgspec.Struct) -> None:
    body = msgspec.msgpack.encode(message)
    for part in (len(body).to_bytes(HEAD, "little"), body):
        data = memoryview(part)
        while data:
            data = data[os.write(pipe, data) :]


def read_exactly(pipe: int, count: int, until: float | None = None) -> bytes:
    """`count` bytes, or Closed where the pipe ends first or the (monotonic) time is over."""
    found = bytearray()
    while len(found) < count:
        if until is not None and not wait_for((pipe,), until):
            raise Closed(late=True)
        piece = os.read(pipe, min(count - len(found), 1 << 20))
        if not piece:
            raise Closed
        found += piece
    return bytes(found)


def read_body(pipe: int, *, most: int, until: float | None = None) -> bytes:
    """One message's bytes; Closed where it says that it is longer than `most`."""
    length = int.from_bytes(read_exactly(pipe, HEAD, until), "little")
    if length > most:
        raise Closed(long=True)
    return read_exactly(pipe, length, until)


def wait_for(pipes: tuple[int, ...], until: float) -> list[int]:
    """Which of the pipes can be read or are closed; none where the time is over."""
    poll = select.poll()
    for pipe in pipes:
        poll.register(pipe, select.POLLIN)
    left = max(0.0, until - time.monotonic())
    return [pipe for pipe, _event in poll.poll(left * 1000)]


def bodies(pipe: int, *, most: int) -> Iterator[bytes]:
    """Messages until the pipe ends."""
    while True:
        try:
            yield read_body(pipe, most=most)
        except Closed:
            return
