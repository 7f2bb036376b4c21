"""A folder of files of unknown origin, read in processes that are shut in: what `chart.files.read_folder` gives, apart.

A file that brings its process down, runs on, or asks for too much costs itself or its own pages, and says so in the
ledger; every other file is read. How a file is read is told in `chart.files`; here is who does it, and within what.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Literal

from chartproof.chart.copies import mark_copies
from chartproof.chart.files import Progress
from chartproof.chart.listing import chart_files
from chartproof.chart.sniff import MANIFEST
from chartproof.desk.worker.bounds import USUAL, Bounds
from chartproof.desk.worker.frames import Ask
from chartproof.desk.worker.gathered import Gathered, Run, refused
from chartproof.desk.worker.names import unfit
from chartproof.desk.worker.process import Worker
from chartproof.errors import ChartproofError, InputError
from chartproof.model import SourceFile

Stop = Callable[[], bool]
#: Seconds between two looks at whether to stop.
LOOK = 0.05


def outcome(file: SourceFile) -> Literal["read", "partly read", "unread"]:
    """How much of the file there is to search: all of it, some of its pages, or nothing."""
    unread = [page.read == "unread" for page in file.pages]
    if not any(unread):
        return "unread" if file.read == "unread" else "read"
    return "unread" if all(unread) else "partly read"


def read_apart(
    folder: Path, *, bounds: Bounds = USUAL, progress: Progress | None = None, stop: Stop | None = None
) -> tuple[SourceFile, ...]:  # fmt: skip
    """Read every file under `folder`, sorted by name, each in a process of its own.

    progress  called in this thread as progress(file, pages done, pages of the file)
    stop      asked about twenty times a second; once it says True the processes are ended and nothing is left

    A file that cannot be read comes back 'unread', its `note` a reason with its code. Raises InputError CP-READ-01, -02,
    -03 or -14 for the folder itself, ChartproofError CP-WORK-06 when stopped, CP-WORK-07 where no process can be started.
    """
    files, left_out = _listed(folder)
    if not files and not left_out:
        raise _empty(folder)
    workers = [Worker(bounds) for _ in range(bounds.in_flight)]
    reading = _Reading(workers, bounds, progress or (lambda name, done, total: None), stop or (lambda: False))
    try:
        manifests = [file for file in files if file.path.name == MANIFEST]
        reading.go("sums", manifests)
        _mark_ours(files, manifests)
        reading.go("read", files)
    finally:
        for worker in workers:
            worker.close()
    found = [file.result(bounds) for file in files]
    if not left_out and all(file.left_out for file in files):
        raise _empty(folder)
    return mark_copies(sorted((*found, *left_out), key=lambda one: one.name))


def _listed(folder: Path) -> tuple[list[Gathered], list[SourceFile]]:
    """The files to read, and those that are refused for their name or because they are links out of the folder."""
    left_out: list[SourceFile] = []
    files: list[Gathered] = []
    for name, path in chart_files(
        folder.absolute(), refused=lambda name, error: left_out.append(refused(name, error.code, error.what))
    ):
        if reason := unfit(name):
            left_out.append(refused(name, "CP-READ-22", reason))
        else:
            files.append(Gathered(name, path))
    return files, left_out


def _mark_ours(files: Sequence[Gathered], manifests: Sequence[Gathered]) -> None:
    """Tell each file what an earlier package, written into the folder, said of it."""
    sums: dict[str, str] = {}
    for one in manifests:
        place = one.name.removesuffix(MANIFEST)
        beside = {place + name: value for name, value in one.sums.items()}
        sums |= beside | ({one.name: one.sha256} if beside else {})
        one.why, one.strikes = "", 0
    for file in files:
        file.ours = sums.get(file.name, "")


def _empty(folder: Path) -> InputError:
    return InputError(
        "CP-READ-03", "there is no chart file in the folder", where=str(folder), then="Put the patient's records in it."
    )


class _Reading:
    """The workers, a thread each, and the runs that wait for one."""

    def __init__(self, workers: Sequence[Worker], bounds: Bounds, tell: Progress, stop: Stop) -> None:
        self.workers, self.bounds, self.tell, self.stop = workers, bounds, tell, stop
        self.waiting: deque[Run] = deque()
        self.busy = 0
        self.changed = threading.Condition()
        self.told: SimpleQueue[tuple[str, int, int]] = SimpleQueue()
        self.failed: ChartproofError | None = None
        self.stopped = False

    def go(self, what: Literal["sums", "read"], files: Sequence[Gathered]) -> None:
        """Ask for all the files and return when all is answered. Raises as `read_apart`."""
        self.waiting.extend(Run(file, 0, self.bounds.run) for file in files)
        threads = [threading.Thread(target=self._work, args=(one, what), daemon=True) for one in self.workers]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            self._look()
        self._look(wait=False)
        if self.failed:
            raise self.failed

    def _look(self, *, wait: bool = True) -> None:
        """Pass progress on, in the caller's thread, and end everything where the caller wants to stop."""
        try:
            self.tell(*self.told.get(timeout=LOOK) if wait else self.told.get_nowait())
            while True:
                self.tell(*self.told.get_nowait())
        except Empty:
            pass
        except BaseException:
            # Also an interrupt: the process beside this one must not outlive it. Raised again.
            self._end(None)
            raise
        if self.stop():
            self._end(ChartproofError("CP-WORK-06", "the reading was stopped", then="Start it again when you like."))

    def _end(self, why: ChartproofError | None) -> None:
        with self.changed:
            self.failed = self.failed or why
            self.stopped = True
            self.changed.notify_all()
        for worker in self.workers:
            worker.kill()

    def _work(self, worker: Worker, what: Literal["sums", "read"]) -> None:
        while (run := self._next()) is not None:
            try:
                self._ask(worker, what, run)
            except ChartproofError as error:
                self._end(error)
            finally:
                self._add([], done=1)

    def _add(self, runs: Sequence[Run], *, done: int = 0) -> None:
        with self.changed:
            self.waiting.extend(runs)
            self.busy -= done
            self.changed.notify_all()

    def _next(self) -> Run | None:
        """The next run; None when nothing waits and nobody is at work that may bring more."""
        with self.changed:
            while not self.stopped:
                if self.waiting:
                    self.busy += 1
                    return self.waiting.popleft()
                if not self.busy:
                    return None
                self.changed.wait()
            return None

    def _ask(self, worker: Worker, what: Literal["sums", "read"], run: Run) -> None:
        """One run; the runs that follow from it wait for whoever is free."""
        file = run.file
        file.began = file.began or time.monotonic()
        if not file.why and time.monotonic() > file.began + self.bounds.file_seconds:
            file.why = f"reading it took more than {self.bounds.file_seconds:g} seconds (CP-WORK-01)"
        if file.why:
            return
        request = Ask(what, file.name, str(file.path), run.first, run.stop, ours=file.ours)
        for told in worker.ask(request):
            if told.what == "ended":
                if told.code and (rest := file.strike(told.code, told.reason, run, bounds=self.bounds)):
                    self._add([rest])
                return
            known = file.total
            try:
                file.take(told, run)
            except (InputError, ValueError):
                worker.end()
                file.why = "what was handed back is not a reading (CP-WORK-05)"
                return
            if file.total and not known:
                self._add(file.runs(self.bounds))
            self._progress(file)

    def _progress(self, file: Gathered) -> None:
        if file.pages:
            self.told.put((file.name, len(file.pages), file.total))
        elif file.whole or file.why:
            self.told.put((file.name, 1, 1))
