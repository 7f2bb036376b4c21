"""The worker's program: it takes requests on its standard input and has each answered by a process of its own.

This process never looks into a file. For each request it splits off one that shuts itself in, reads, answers and ends;
so one file cannot reach the next one, and nothing is loaded twice. Where a process cannot be split off (macOS), the
worker shuts itself in for its one request, and its owner starts another.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from chartproof.chart.listing import bytes_of
from chartproof.chart.side_by_side import can_fork
from chartproof.desk.worker.bounds import Bounds
from chartproof.desk.worker.confine import confine
from chartproof.desk.worker.frames import Ask, Closed, Told, bodies, read_body, wait_for, write_frame
from chartproof.desk.worker.reading import answer, no_memory, prepare
from chartproof.errors import InputError

ASKED, ANSWERS = 0, 1
#: Seconds between two looks at what a process has used.
LOOK = 0.2
#: No request is larger, and no name in it longer.
LARGEST_ASK = 500_000_000
_ENDED = {
    signal.SIGXCPU: ("CP-WORK-01", "reading it takes more than {cpu_seconds} seconds of the processor"),
    signal.SIGKILL: ("CP-WORK-02", "reading it was stopped by the system, as for want of memory"),
}


class Gone(Exception):
    """The owner is not there any more."""


def main() -> None:
    """`argv`: the bounds as JSON. The working folder is the scratch folder; it goes where nobody else removes it."""
    bounds = msgspec.json.decode(sys.argv[1], type=Bounds)
    scratch = Path.cwd().resolve()
    prepare()
    split = can_fork() and "--alone" not in sys.argv
    try:
        write_frame(ANSWERS, Told("ready", number=int(split)))
        serve(bounds, scratch, split=split)
    except (Gone, BrokenPipeError):
        pass
    shutil.rmtree(scratch, ignore_errors=True)


def serve(bounds: Bounds, scratch: Path, *, split: bool) -> None:
    """Answer until the owner closes the pipe; one request only where no process can be split off."""
    kept = Kept()
    for body in bodies(ASKED, most=LARGEST_ASK):
        ask = msgspec.msgpack.decode(body, type=Ask)
        try:
            data, sha256 = kept.content(ask, bounds)
        except InputError as error:
            write_frame(ANSWERS, Told("ended", code=error.code, reason=error.what))
            continue
        write_frame(ANSWERS, Told("opened", sha256.encode()))
        if not split:
            walls = confine(bounds, scratch)
            answer(ask, data, sha256, bounds=bounds, send=_wrapped(ANSWERS), walls=walls)
            write_frame(ANSWERS, Told("ended"))
            return
        code, reason = split_off(partial(answer, ask, data, sha256, bounds=bounds), bounds, scratch)
        write_frame(ANSWERS, Told("ended", code=code, reason=reason))


class Kept:
    """The content of the last file, which is asked for once for each run of its pages."""

    def __init__(self) -> None:
        self.path, self.data, self.sha256 = "", b"", ""

    def content(self, ask: Ask, bounds: Bounds) -> tuple[bytes, str]:
        if not ask.path:
            return ask.data, ""
        if ask.path != self.path:
            self.path, self.data = "", b""
            data = bytes_of(ask.name, Path(ask.path), most=bounds.file_bytes)
            if data is None:
                raise InputError("CP-READ-14", "this is not a regular file")
            self.path, self.data, self.sha256 = ask.path, data, hashlib.sha256(data).hexdigest()
        return self.data, self.sha256


def split_off(work: Callable[..., None], bounds: Bounds, scratch: Path) -> tuple[str, str]:
    """Have a shut-in process call `work(send=..., walls=...)` and pass on what it sends; code and reason of its end, "" where good."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _shut_in(work, bounds, scratch, theirs)
        finally:
            os._exit(1)
    os.close(theirs)
    try:
        code, reason = _pass_on(ours, child, bounds)
    finally:
        os.close(ours)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL) if _still_runs(child) else None
        status = _reaped(child)
    return (code, reason) if code else _end_of(status, bounds)


def _shut_in(work: Callable[..., None], bounds: Bounds, scratch: Path, pipe: int) -> None:
    """The split-off process: the pipe is all that it keeps of the outside."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    pipe = os.dup2(pipe, 3)
    os.closerange(4, 4096)
    walls = confine(bounds, scratch)
    work(send=partial(write_frame, pipe), walls=walls)
    os._exit(0)


_status: dict[int, int] = {}


def _still_runs(child: int) -> bool:
    """Gives one that has closed its pipe a moment to end by itself, so that its end can be told."""
    for _ in range(200):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            _status[child] = status
            return False
        time.sleep(0.001)
    return True


def _reaped(child: int) -> int:
    if child in _status:
        return _status.pop(child)
    return os.waitpid(child, 0)[1]


def _pass_on(pipe: int, child: int, bounds: Bounds) -> tuple[str, str]:
    """Pass frames on until the pipe ends; stop where one is late, or all together are too long, or the owner is gone."""
    room = bounds.output
    late = "CP-WORK-01", f"a page of it takes more than {bounds.page_cpu:g} seconds"
    while True:
        until = time.monotonic() + bounds.page_seconds
        if not _comes(pipe, child, until, most=_processor(child) + bounds.page_cpu):
            return late
        try:
            body = read_body(pipe, most=room, until=until)
        except Closed as closed:
            if closed.late:
                return late
            if closed.long:
                return "CP-WORK-04", f"its text would be more than {bounds.output // 1_000_000} MB"
            return "", ""
        room -= len(body)
        write_frame(ANSWERS, Told("answer", body))


def _comes(pipe: int, child: int, until: float, *, most: float) -> bool:
    """Whether more comes, or the end, before the time is over or the child has used `most` seconds of the processor."""
    while (now := time.monotonic()) < until and _processor(child) <= most:
        ready = wait_for((pipe, ASKED), min(until, now + LOOK))
        if ASKED in ready:
            raise Gone
        if ready:
            return True
    return False


def _processor(child: int) -> float:
    """Seconds of the processor that a process has used; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{child}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _end_of(status: int, bounds: Bounds) -> tuple[str, str]:
    if status == 0:
        return "", ""
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number in _ENDED:
        code, reason = _ENDED[signal.Signals(number)]
        return code, reason.format(cpu_seconds=bounds.cpu_seconds)
    if number == 0:
        return "CP-WORK-02", no_memory(bounds)
    return "CP-WORK-03", f"reading it brought the reading process down ({signal.Signals(number).name})"


def _wrapped(pipe: int) -> Callable[[Told], None]:
    return lambda told: write_frame(pipe, Told("answer", msgspec.msgpack.encode(told)))


if __name__ == "__main__":
    main()
