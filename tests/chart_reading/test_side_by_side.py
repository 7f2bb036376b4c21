"""Work over several processes: the same answers in the same order, and one process where a second cannot be had."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from datetime import date
from functools import partial
from typing import Any

import pytest

from chartproof.chart.reader import read_chart
from chartproof.chart.side_by_side import can_fork, side_by_side
from chartproof.errors import InputError
from chartproof.model import Case, Page, Patient, SourceFile

NOTE = """Progress note
Patient: Ada Nonesuch  DOB 02/03/1960
Date of service: 03/{day:02d}/2026
ECOG performance status is 1. LVEF 58% on echo of 03/01/2026. Relapsed mantle cell lymphoma after ibrutinib.
Creatinine 0.9 mg/dL on 03/{day:02d}/2026. Never had CAR-T.
Electronically signed: A. Quill, MD 03/{day:02d}/2026
"""


def refused_at(where: str) -> None:
    raise InputError("CP-READ-04", "the file is empty (0 bytes)", where=where, then="Remove it.")


def end_here(parent: int) -> int:
    """Stops its process, unless that is the one which asked."""
    if os.getpid() != parent:
        os._exit(1)
    return parent


def test_answers_stand_in_the_order_of_the_jobs_and_progress_counts_them() -> None:
    told: list[tuple[str, int, int]] = []
    jobs = [partial(pow, number, 2) for number in range(12)]
    alone = side_by_side(jobs, workers=1)
    assert side_by_side(jobs, workers=2, progress=lambda *row: told.append(row)) == alone == [n * n for n in range(12)]
    assert told == [("", number, 12) for number in range(1, 13)]


def meet(barrier: Any) -> int:
    """Waits until another process does a job too."""
    barrier.wait(20)
    return os.getpid()


@pytest.mark.skipif(not can_fork(), reason="this system forks no process safely")
def test_two_workers_are_this_process_and_another() -> None:
    barrier = multiprocessing.get_context("fork").Barrier(2)
    one, other = side_by_side([partial(meet, barrier)] * 2, workers=2)
    assert one != other
    assert os.getpid() in (one, other)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_of_several_errors_that_of_the_first_job_is_raised(workers: int) -> None:
    jobs = [partial(pow, 2, 2), *(partial(refused_at, f"{number}.pdf") for number in range(9))]
    with pytest.raises(InputError) as raised:
        side_by_side(jobs, workers=workers)
    assert raised.value.where == "0.pdf"


def test_one_process_does_it_where_a_thread_runs_beside() -> None:
    done = threading.Event()
    beside = threading.Thread(target=done.wait)
    beside.start()
    try:
        assert side_by_side([os.getpid, os.getpid], workers=2) == [os.getpid()] * 2
    finally:
        done.set()
        beside.join()


def test_a_process_that_is_stopped_loses_no_answer() -> None:
    parent = os.getpid()
    assert side_by_side([partial(end_here, parent)] * 3, workers=2) == [parent] * 3


FORKED = """
import os, time
from chartproof.chart.side_by_side import side_by_side

def job():
    os.write(1, b"at work\\n")
    time.sleep(40)

side_by_side([job, job], workers=2)
"""
SPAWNED = """
import os, time
from chartproof.chart.scan import start_worker
from chartproof.chart.side_by_side import pool_of

pool = pool_of(2, "spawn", start=start_worker)
for one in [pool.submit(os.write, 1, b"at work\\n") for _ in range(2)]:
    one.result()
time.sleep(40)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("program", [pytest.param(FORKED, id="forked"), pytest.param(SPAWNED, id="spawned")])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_one_that_was_stopped(program: str, how: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout
        assert [parent.stdout.readline() for _ in range(2)] == [b"at work\n"] * 2
        parent.send_signal(how)
        assert parent.communicate(timeout=20) == (b"", None)  # the pipe ends when the last that holds it is gone


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_job_arrives_as_it_was_raised(workers: int) -> None:
    with pytest.raises(InputError) as raised:
        side_by_side([partial(refused_at, "a.pdf")] * 2, workers=workers)
    assert (raised.value.code, raised.value.where) == ("CP-READ-04", "a.pdf")


def test_a_large_chart_reads_the_same_with_any_number_of_workers() -> None:
    pages = tuple(Page("dump.pdf", n, NOTE.format(day=1 + n % 28)) for n in range(1, 66))
    files = [SourceFile("dump.pdf", "0" * 64, "pdf", pages)]
    case = Case(as_of=date(2026, 4, 10), patient=Patient(name="Ada Nonesuch", born=date(1960, 2, 3)))
    alone = read_chart(files, case)
    assert alone.facts
    assert repr(read_chart(files, case, workers=2)) == repr(alone)
