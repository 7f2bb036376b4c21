"""A process that has shut itself in cannot reach out, even where it goes past Python; and its end is told apart."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from chartproof.desk.worker import Bounds, outcome, read_apart, standing_walls
from chartproof.desk.worker.frames import Ask
from chartproof.desk.worker.process import Worker
from desk.worker.hostile.pages import TEXT, endless_drawing, page, pdf

PYTHON = (
    "socket.socket()",
    "socket.create_connection(('127.0.0.1', 9))",
    "socket.getaddrinfo('localhost', 80)",
    "subprocess.run(['true'])",
    "os.system('true')",
    "os.fork()",
    "os.execv('/bin/true', ['true'])",
    "os.kill(os.getppid(), 0)",
    "open('/tmp/never-written', 'w')",
    "open('../never-written', 'a')",
    "os.remove('/tmp/never-there')",
    "os.mkdir('/tmp/never-made')",
    "Path('link').symlink_to('/etc'); open('link/never-written', 'w')",
    "ctypes.CDLL('libm.so.6')",
)
#: The wall that must hold, and a system call made past Python (numbers of x86_64).
KERNEL = {
    "call(41, 2, 1, 0)": "calls",  # a socket
    "call(53, 1, 1, 0, (ctypes.c_int * 2)())": "calls",  # a pair of sockets
    "call(57)": "calls",  # fork
    "call(56, 17, 0, 0, 0, 0)": "calls",  # clone without a shared thread
    "call(59, b'/bin/true', None, None)": "calls",  # exec
    "call(62, os.getppid(), 0)": "calls",  # a signal to the owner
    "call(234, os.getppid(), os.getppid(), 0)": "calls",
    "call(302, os.getppid(), 7, None, None)": "calls",  # the owner's limits
    "call(101, 16, os.getppid(), 0, 0)": "calls",  # looking into the owner
    "call(434, os.getppid(), 0)": "calls",
    "call(425, 1, None)": "calls",  # a ring of calls
    "call(165, b'x', b'/', b'tmpfs', 0, None)": "calls",
    "call(2, b'/etc/hostname', 0)": "files",
    "call(2, b'/tmp/never-written', 0o101, 0o600)": "files",
    "call(83, b'/tmp/never-made', 0o700)": "files",
    "os.listdir('/')": "files",
    "os.listdir('/root')": "files",
}
LEFT = (
    "open('scratch', 'w').write('x'); os.remove('scratch')",
    "Path('a').mkdir(); os.rmdir('a')",
    "import colorsys",
    "os.urandom(8)",
    "threading.Thread(target=len, args=('x',)).start()",
)
LIMITED = (
    "kept = bytearray(2 << 30)",
    "kept = [open('scratch', 'w') for _ in range(200)]",
    "os.pwrite(file, b'x', 1 << 30)",
)
#: Splits a process off, shuts it in as the worker does, and prints what comes of each attempt.
PROGRAM = """
import ctypes, json, os, socket, subprocess, sys, threading
from pathlib import Path
from chartproof.desk.worker.bounds import Bounds
from chartproof.desk.worker.confine import confine
libc = ctypes.CDLL(None, use_errno=True)
file = os.open("large", os.O_CREAT | os.O_RDWR)
def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "kernel")
if os.fork():
    os.wait()
    sys.exit()
found = {"walls": confine(Bounds(memory=1 << 30), Path.cwd().resolve())}
for attempt in json.loads(sys.argv[1]):
    try:
        exec(attempt)
        found[attempt] = "done"
    except (OSError, MemoryError) as error:
        found[attempt] = "refused by " + ("the system" if getattr(error, "errno", 1) else "Python")
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def came(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of each attempt, and `walls`: which ones stood."""
    attempts = json.dumps([*PYTHON, *KERNEL, *LEFT, *LIMITED])
    place = tmp_path_factory.mktemp("scratch")
    surroundings = {"OPENBLAS_NUM_THREADS": "1"}
    program = [sys.executable, "-I", "-c", PROGRAM, attempts]
    run = subprocess.run(program, cwd=place, env=surroundings, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(run.stdout or "{}")
    assert found, run.stderr[-1000:]
    return found


@pytest.mark.parametrize("attempt", PYTHON)
def test_python_refuses_to_reach_out(attempt: str, came: dict[str, Any]) -> None:
    assert came[attempt].startswith("refused")
    assert "limits" in came["walls"]


@pytest.mark.skipif(sys.platform != "linux" or platform.machine() != "x86_64", reason="calls of Linux on x86_64")
@pytest.mark.parametrize("attempt", KERNEL)
def test_the_kernel_refuses_whatever_goes_past_python(attempt: str, came: dict[str, Any]) -> None:
    if KERNEL[attempt] not in came["walls"]:
        pytest.skip(f"this kernel does not build the wall: {KERNEL[attempt]}")
    assert came[attempt] == "refused by the system"


@pytest.mark.parametrize("attempt", LEFT)
def test_what_reading_needs_is_left(attempt: str, came: dict[str, Any]) -> None:
    assert came[attempt] == "done"


@pytest.mark.parametrize("attempt", LIMITED)
def test_memory_and_files_are_limited(attempt: str, came: dict[str, Any]) -> None:
    assert came[attempt].startswith("refused")


def test_the_desk_can_tell_which_walls_stand(came: dict[str, Any]) -> None:
    assert list(standing_walls()) == came["walls"]


def child_of(worker: int) -> int:
    """The process that a worker has split off, once there is one."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
        if children:
            return int(children[0])
        time.sleep(0.01)
    raise AssertionError("no process was split off")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGSEGV, "CP-WORK-03"), (signal.SIGKILL, "CP-WORK-02"), (signal.SIGXCPU, "CP-WORK-01")]
)
def test_a_file_whose_process_goes_down_costs_itself_and_its_worker_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: str
) -> None:
    (tmp_path / "a.pdf").write_bytes(endless_drawing())
    (tmp_path / "b.txt").write_text("ECOG 1\n")
    started: list[int] = []
    start = Worker.start

    def watched(self: Worker) -> None:
        start(self)
        if self._running and self._running.pid not in started:
            started.append(self._running.pid)
            threading.Thread(target=lambda: os.kill(child_of(started[0]), number)).start()

    monkeypatch.setattr(Worker, "start", watched)
    bad, good = read_apart(tmp_path, bounds=Bounds(in_flight=1, strikes=1))
    assert (outcome(bad), outcome(good)) == ("unread", "read")
    assert code in bad.note
    assert len(started) == 1, "the worker itself did not go down"
    assert not Path(f"/proc/{started[0]}").exists()


def pages_of_text(count: int, *, bad: int = -1) -> bytes:
    kids = b" ".join(b"%d 0 R" % (5 + n) for n in range(count))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(TEXT), TEXT)
    pages = [
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        if n != bad
        else b"null"
        for n in range(count)
    ]
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count), font, stream,
        *pages,
    )  # fmt: skip


def test_pages_beyond_the_bound_are_listed_as_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pages_of_text(9))
    (file,) = read_apart(tmp_path, bounds=Bounds(pages=5, run=2))
    assert outcome(file) == "partly read"
    assert [page.number for page in file.pages] == list(range(1, 10))
    assert [page.read for page in file.pages] == ["text"] * 5 + ["unread"] * 4
    assert "CP-WORK-08" in file.pages[5].note and "3 more" in file.pages[5].note


def test_a_file_that_says_too_much_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 400_000)
    (tmp_path / "b.txt").write_bytes(b"ECOG 1\n")
    long, short = read_apart(tmp_path, bounds=Bounds(output=100_000))
    assert (outcome(long), outcome(short)) == ("unread", "read")
    assert "CP-WORK-04" in long.note


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 2_000_000)
    (file,) = read_apart(tmp_path, bounds=Bounds(file_bytes=1_000_000))
    assert outcome(file) == "unread" and "CP-READ-15" in file.note


def test_where_no_process_can_be_split_off_each_file_has_a_worker_of_its_own() -> None:
    worker = Worker(Bounds(), alone=True)
    try:
        for _ in range(2):
            told = list(worker.ask(Ask("draw", "", width=100, data=page())))
            assert [one.what for one in told] == ["opened", "drawn", "ended"]
            assert told[-1].code == ""
    finally:
        worker.close()
