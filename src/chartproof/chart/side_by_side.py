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
from operator import itemgetter
from typing import Any, Literal

Job = Callable[[], Any]
Progress = Callable[[str, int, int], None]

#: The work that is shared, and the number of the job that is next: a forked process finds them here, nothing is copied.
_jobs: tuple[Job, ...] = ()
_next: Any = None
#: A job's number, its answer, and what it raised.
Outcome = tuple[int, Any, Exception | None]


def side_by_side(jobs: Sequence[Job], *, workers: int, progress: Progress | None = None) -> list[Any]:
    """What each job returns, in the order of the jobs. A job's answer must be picklable; it sees the caller's values.

    workers   how many processes, this one among them: what it has learned at one piece of work it knows at the next,
              and so do those that are forked from it. Where none can be forked safely, all is done in this one
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
    """The answers of this process and of `workers` - 1 others, each of which takes the job that is next."""
    global _jobs, _next
    _jobs, _next = tuple(jobs), multiprocessing.get_context("fork").Value("q", 0)
    gc.freeze()  # a collection in a child would touch, and so copy, all that it shares
    pool = pool_of(workers - 1, "fork")
    outcomes: list[Outcome] = []

    def keep(outcome: Outcome) -> None:
        outcomes.append(outcome)
        tell("", len(outcomes), len(jobs))

    try:
        others = [pool.submit(_one) for _ in jobs]
        while outcome := _one():
            keep(outcome)
        for other in others:
            if outcome := other.result():
                keep(outcome)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        gc.unfreeze()
        _jobs, _next = (), None
    return _answers(outcomes)


def _one() -> Outcome | None:
    """Does the next job; None when none is left. After one that fails nobody takes another."""
    with _next.get_lock():
        number = _next.value
        _next.value += 1
    if number >= len(_jobs):
        return None
    try:
        return number, _jobs[number](), None
    except Exception as error:  # whatever it is: handed to the process that asked, which raises it (`_answers`)
        _next.value = len(_jobs)
        return number, None, error


def _answers(outcomes: list[Outcome]) -> list[Any]:
    """In the order of the jobs. Raises what the first job that failed did: those before it have been taken earlier."""
    outcomes.sort(key=itemgetter(0))
    for _number, _answer, error in outcomes:
        if error:
            raise error
    return [answer for _number, answer, _error in outcomes]


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
