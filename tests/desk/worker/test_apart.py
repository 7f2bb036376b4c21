"""What is read apart is what is read directly; one file's end is not another's, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chartproof.chart.files import read_folder
from chartproof.desk.worker import Bounds, outcome, read_apart
from chartproof.desk.worker.process import Worker
from chartproof.errors import ChartproofError, InputError
from desk.worker.hostile.pages import endless_drawing

NOTE = "Progress note\nECOG performance status 1 on 2026-04-21.\n"


def folder_of(place: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    return place


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """Process number and scratch folder of each worker that is started."""
    found: list[tuple[int, str]] = []
    start = Worker.start

    def watched(self: Worker) -> None:
        start(self)
        if self._running and self._scratch:
            found.append((self._running.pid, self._scratch.name))

    monkeypatch.setattr(Worker, "start", watched)
    return found


def nothing_left(started: list[tuple[int, str]]) -> bool:
    return not any(Path(scratch).exists() or Path(f"/proc/{number}").exists() for number, scratch in started)


def test_the_same_files_come_back_as_from_reading_them_here(demo_case: Path, tmp_path: Path) -> None:
    for one in sorted(demo_case.iterdir()):
        if one.name[:2] in ("01", "06", "10", "11", "16"):
            (tmp_path / one.name).write_bytes(one.read_bytes())
    seen: list[tuple[str, int, int]] = []
    apart = read_apart(tmp_path, bounds=Bounds(run=2), progress=lambda *told: seen.append(told))
    assert apart == read_folder(tmp_path, workers=1)
    assert [file.name for file in apart] == sorted(one.name for one in tmp_path.iterdir())
    for file in apart:
        assert (file.name, len(file.pages), len(file.pages)) in seen


def test_a_damaged_file_costs_only_itself(tmp_path: Path, started: list[tuple[int, str]]) -> None:
    folder_of(tmp_path, {"a.pdf": b"%PDF-1.7\nnothing", "b.txt": NOTE.encode(), "c.txt": b""})
    damaged, note, empty = read_apart(tmp_path)
    assert [outcome(one) for one in (damaged, note, empty)] == ["unread", "read", "unread"]
    assert note.pages[0].text == NOTE
    assert "CP-READ-06" in damaged.note and "CP-READ-04" in empty.note
    assert started and nothing_left(started)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="CP-READ-03"):
        read_apart(tmp_path)


def test_stopping_ends_at_once_and_leaves_nothing(demo_case: Path, started: list[tuple[int, str]]) -> None:
    begun: list[float] = []

    def stop() -> bool:
        if started and not begun:
            begun.append(time.monotonic())
        return bool(begun)

    with pytest.raises(ChartproofError, match="CP-WORK-06"):
        read_apart(demo_case, stop=stop)
    assert time.monotonic() - begun[0] < 5
    assert nothing_left(started)


OWNER = """
import sys, tempfile
from pathlib import Path
tempfile.tempdir = sys.argv[2]
from chartproof.desk.worker import Bounds, read_apart
read_apart(Path(sys.argv[1]), bounds=Bounds(page_cpu=600, page_seconds=600, in_flight=1))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_nothing_outlives_an_owner_that_is_killed(tmp_path: Path) -> None:
    chart, scratch = tmp_path / "chart", tmp_path / "scratch"
    chart.mkdir()
    scratch.mkdir()
    (chart / "a.pdf").write_bytes(endless_drawing())
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(chart), str(scratch)])
    try:
        worker = wait_for(lambda: children(owner.pid))
        reader = wait_for(lambda: children(worker))
    finally:
        owner.kill()
        owner.wait()
    wait_for(lambda: not Path(f"/proc/{worker}").exists() and not Path(f"/proc/{reader}").exists())
    wait_for(lambda: not list(scratch.iterdir()))


def children(process: int) -> int:
    """One child of the process, whichever of its threads started it; 0 where there is none."""
    found = [one for thread in Path(f"/proc/{process}/task").glob("*/children") for one in thread.read_text().split()]
    return int(found[0]) if found else 0


def wait_for(found: Callable[[], int]) -> int:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if value := found():
            return value
        time.sleep(0.02)
    raise AssertionError("it did not come")


def test_a_worker_that_is_killed_is_replaced(tmp_path: Path, started: list[tuple[int, str]]) -> None:
    folder_of(tmp_path, {f"{number}.txt": NOTE.encode() for number in range(8)})
    killed: list[int] = []

    def kill_one(_name: str, _done: int, _total: int) -> None:
        if not killed and started:
            killed.append(started[0][0])
            os.kill(killed[0], signal.SIGKILL)

    files = read_apart(tmp_path, progress=kill_one)
    assert killed and len(files) == 8
    lost = [file for file in files if outcome(file) == "unread"]
    assert len(lost) <= 1 and all("CP-WORK-03" in file.note for file in lost)
    assert nothing_left(started)
