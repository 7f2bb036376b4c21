"""Independent pieces of work over several processes that share what was read: the answers of one process, sooner."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Literal

Job = Callable[[], Any]
Progress = Callable[[str, int, int], None]

#: The work of the pool that is being started: a forked process finds it here, and nothing is copied to it.
_jobs: tuple[Job, ...] = ()


def side_by_side(jobs: Sequence[Job], *, workers: int, progress: Progress | None = None) -> list[Any]:
    """What each job returns, in the order of the jobs. A job's answer must be picklable; it sees the caller's values.

    workers   how many processes; with one, or where a process cannot be forked safely, all is done in this one
    progress  called as progress("", jobs done, jobs)
    """
    tell = progress or (lambda name, done, total: None)
    if workers > 1 and len(jobs) > 1 and can_fork():
        try:
            return _forked(jobs, min(workers, len(jobs)), tell)
        except (BrokenProcessPool, OSError):
            pass  # a process was refused or stopped, as for lack of memory: one process needs less
    answers = []
    for number, job in enumerate(jobs, 1):
        answers.append(job())
        tell("", number, len(jobs))
    return answers


def can_fork() -> bool:
    """Whether a fork is safe: macOS offers one that its own libraries do not survive, and a thread may hold a lock."""
    offered = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
    return offered and threading.active_count() == 1


def _forked(jobs: Sequence[Job], workers: int, tell: Progress) -> list[Any]:
    global _jobs
    _jobs = tuple(jobs)
    gc.freeze()  # a collection in a child would touch, and so copy, all that it shares
    pool = pool_of(workers, "fork")
    try:
        waiting = [pool.submit(_run, number) for number in range(len(jobs))]
        answers = []
        for number, one in enumerate(waiting, 1):
            answers.append(one.result())
            tell("", number, len(jobs))
        return answers
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        gc.unfreeze()
        _jobs = ()


def _run(number: int) -> Any:
    return _jobs[number]()


def pool_of(
    workers: int, method: Literal["fork", "spawn"], *, start: Callable[[], None] | None = None
) -> ProcessPoolExecutor:
    """A pool whose processes end with this one, however it is stopped; each calls `start` first.

    A process of a pool waits for work at a pipe that it holds open itself, and so would never learn that nobody is left.
    """
    context = multiprocessing.get_context(method)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(start,))


def _begin(start: Callable[[], None] | None) -> None:
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    if start:
        start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
