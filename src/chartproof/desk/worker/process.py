"""A worker process from its owner's side: start it, ask it, end it. Nothing is left when it is closed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import msgspec

from chartproof.desk.worker.bounds import USUAL, Bounds
from chartproof.desk.worker.frames import Ask, Closed, Told, read_body, widen, write_frame
from chartproof.errors import ChartproofError

#: Seconds for an interpreter to start, and beyond its own limit before a worker is given up.
START, GRACE = 60.0, 5.0
#: All that a worker knows of its surroundings: one thread, so that a process can be split off; text is UTF-8.
_SURROUNDINGS = {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
_BEYOND = 1_000_000


class Worker:
    """One worker; it is started with the first request, and again where it has died. `alone`: without splitting off."""

    def __init__(self, bounds: Bounds, *, alone: bool = False) -> None:
        self.bounds = bounds
        self._alone = alone
        self._running: subprocess.Popen[bytes] | None = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._closed = False
        self._once = False

    def start(self) -> None:
        """Start the process and wait until it has loaded what it needs. ChartproofError CP-WORK-07 where it does not."""
        if self._running and self._running.poll() is None:
            return
        self.end()
        self._scratch = tempfile.TemporaryDirectory(prefix="chartproof-worker-")
        program = [sys.executable, "-I", "-X", "utf8", "-m", "chartproof.desk.worker.serve"]
        self._running = subprocess.Popen(
            [*program, msgspec.json.encode(self.bounds).decode(), *(["--alone"] if self._alone else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a library's complaint may hold a patient's words
            cwd=self._scratch.name,
            env=_SURROUNDINGS,
            start_new_session=True,
            bufsize=0,
        )
        for pipe in (self._running.stdin, self._running.stdout):
            if pipe:
                widen(pipe.fileno())
        if self._closed:  # since it was asked for
            self.end()
            raise Closed
        try:
            self._once = not self._told(time.monotonic() + START).number
        except (Closed, msgspec.MsgspecError):
            self.end()
            raise ChartproofError(
                "CP-WORK-07", "the process that reads files cannot be started",
                then="Free some memory, or set the program up again (make setup).",
            ) from None  # fmt: skip

    def ask(self, ask: Ask) -> Iterator[Told]:
        """What the worker says, frame by frame; the last one is `ended`, also where the worker itself went down."""
        try:
            self.start()
            self._write(ask)
            while True:
                told = self._told(time.monotonic() + self.bounds.page_seconds + GRACE)
                if told.what == "ended":
                    if self._once:
                        self.end()
                    yield told
                    return
                yield msgspec.msgpack.decode(told.data, type=Told) if told.what == "answer" else told
        except (Closed, BrokenPipeError, msgspec.MsgspecError, ValueError) as error:
            self.end()
            late = isinstance(error, Closed) and error.late
            yield Told("ended", code="CP-WORK-01" if late else "CP-WORK-03", reason=_went_down(late))

    def kill(self) -> None:
        """End its process at once, from any thread; a request that is under way ends, and no other is taken."""
        self._closed = True
        self._kill(self._running)

    def close(self) -> None:
        """End it for good; for the thread that asks."""
        self._closed = True
        self.end()

    def end(self) -> None:
        """End the process and all that it has split off, and remove its scratch folder."""
        running, self._running = self._running, None
        if running:
            self._kill(running)
            running.wait()
            for pipe in (running.stdin, running.stdout):
                if pipe:
                    with contextlib.suppress(OSError):
                        pipe.close()
        scratch, self._scratch = self._scratch, None
        if scratch:
            scratch.cleanup()

    @staticmethod
    def _kill(running: subprocess.Popen[bytes] | None) -> None:
        if running and running.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(running.pid, signal.SIGKILL)

    def _write(self, ask: Ask) -> None:
        running = self._running
        if not running or not running.stdin:
            raise Closed
        write_frame(running.stdin.fileno(), ask)

    def _told(self, until: float) -> Told:
        running = self._running
        if not running or not running.stdout:
            raise Closed
        most = self.bounds.output + _BEYOND
        return msgspec.msgpack.decode(read_body(running.stdout.fileno(), most=most, until=until), type=Told)


def standing_walls(bounds: Bounds = USUAL) -> tuple[str, ...]:
    """Which walls stand around a reading process on this machine, of: limits, network, privileges, files, calls."""
    worker = Worker(bounds)
    try:
        told = [one.data for one in worker.ask(Ask("walls")) if one.what == "walls"]
    finally:
        worker.close()
    return msgspec.msgpack.decode(told[0], type=tuple[str, ...]) if told else ()


def _went_down(late: bool) -> str:
    return "reading it went on for too long" if late else "reading it brought the reading process down"
