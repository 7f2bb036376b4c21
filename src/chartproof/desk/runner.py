"""Does what is in line: reads the files of a case, makes packages. One process of its own, so that pages stay quick.

A job may be done twice (its holder was killed): what it keeps is named by content, and only the holder's end counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chartproof.desk.casework import PACKAGE, READ, settle, typed_case
from chartproof.desk.desk import Desk
from chartproof.desk.packing import make_package
from chartproof.desk.progress import SEARCHING, state_line
from chartproof.desk.store import cases, files, jobs, readings, references, sessions
from chartproof.desk.store.audit import DESK, Actor
from chartproof.desk.store.files import File
from chartproof.desk.store.jobs import Job
from chartproof.desk.worker.apart import outcome, read_apart
from chartproof.desk.worker.codec import encode_files
from chartproof.desk.worker.keep import encode_review
from chartproof.errors import ChartproofError, ConflictError
from chartproof.model import Case, SourceFile
from chartproof.tour import DEFAULT_POLICY, review_files
from chartproof.typed import check_typed

#: Between two times at which a process that waits for work tidies up.
TIDY = timedelta(hours=6)
#: Seconds between two words of how far a reading is.
BEAT = timedelta(seconds=0.5)
#: What will not get better by trying again, by the beginning of its code.
FINAL = ("CP-READ", "CP-CASE", "CP-POL", "CP-OUT", "CP-WEB", "CP-EVID", "CP-JUDGE", "CP-DEC")


def run_one(desk: Desk, *, stop: Callable[[], bool] = lambda: False) -> bool:
    """Does the job that has waited longest; False where there is none. Never raises for what a job meets."""
    job = jobs.take(desk.store, (READ, PACKAGE), now=desk.clock())
    if job is None:
        return False
    try:
        {READ: read, PACKAGE: pack}[job.kind](desk, job, stop)
    except ConflictError as error:
        if error.code != "CP-DESK-60":  # another process has it by now: it is that one's to end
            end_badly(desk, job, error.code, again=False)
    except ChartproofError as error:
        end_badly(desk, job, error.code, again=not error.code.startswith(FINAL))
    except Exception:
        # Of any kind: a defect of ours ends this job and not the runner. Its text may be a patient's and is not kept.
        end_badly(desk, job, "CP-DESK-99", again=True)
    return True


def tidy(desk: Desk) -> None:
    """Takes away what nobody can ask for any more: sessions that are over, documents that no row names."""
    now = desk.clock()
    sessions.forget(desk.store, now=now, limits=desk.sessions)
    references.sweep(desk.store, DESK, now=now)


def end_badly(desk: Desk, job: Job, code: str, *, again: bool) -> None:
    with desk.store.write() as connection:
        now = desk.clock()
        ended = jobs.fail(connection, job, code, again=again, now=now)
        reading = job.kind == READ and job.case and cases.get(connection, job.case).stage == "reading"
        if reading and ended.state == "failed" and job.case:
            cases.move(connection, DESK, job.case, "new", now=now)


class Beats:
    """How far a job is, told at most twice a second; it also shows that the holder lives."""

    def __init__(self, desk: Desk, job: Job, names: Sequence[str]) -> None:
        self.desk, self.job, self.last = desk, job, datetime.min.replace(tzinfo=desk.clock().tzinfo)
        self.numbers = {name: number for number, name in enumerate(names)}
        self.files: dict[int, tuple[int, int]] = {}

    def read(self, name: str, done: int, total: int) -> None:
        if name in self.numbers:
            self.files[self.numbers[name]] = (done, total)
        whole = sum(of > 0 and pages >= of for pages, of in self.files.values())
        self.beat(whole, len(self.numbers), state_line(name, self.files))

    def search(self, name: str, done: int, total: int) -> None:
        self.beat(done, total, SEARCHING)

    def beat(self, done: int, total: int, message: str) -> None:
        now = self.desk.clock()
        if now - self.last >= BEAT:
            self.last = now
            jobs.beat(self.desk.store, self.job, done=done, total=total, message=message, now=now)


def read(desk: Desk, job: Job, stop: Callable[[], bool]) -> None:
    """Files to pages, apart; pages to a review, here; both kept, and the case's line in the queue with them."""
    assert job.case is not None
    with desk.store.read() as connection:
        row = cases.get(connection, job.case)
        listed = files.listed(connection, job.case)
    with desk.store.write() as connection:
        reading = readings.start(connection, DESK, row.id, [file.sha for file in listed], now=desk.clock())
    case = typed_case(row, desk.clock())
    check_typed(case, any_drug=row.policy not in ("", DEFAULT_POLICY))
    beats = Beats(desk, job, [file.name for file in listed])
    with TemporaryDirectory() as scratch:
        lay_out(desk, listed, Path(scratch))
        found = read_apart(Path(scratch), progress=beats.read, stop=stop)
    review = review_files(found, case, policy=row.policy, progress=beats.search)
    reading_sha = desk.store.documents.put(encode_files(found))
    review_sha = desk.store.documents.put(encode_review(review))
    now = desk.clock()
    with desk.store.write() as connection:
        jobs.finish(connection, job, now=now)
        mark_files(connection, listed, found, now)
        readings.done(connection, DESK, reading.id, reading_sha=reading_sha, review_sha=review_sha, now=now)
        filled_in(connection, row, review.case, now)
        if cases.get(connection, row.id).stage == "reading":
            cases.move(connection, DESK, row.id, "review", now=now)
    settle(desk, row.id, now=now)


def lay_out(desk: Desk, listed: tuple[File, ...], folder: Path) -> None:
    for file in listed:
        place = folder / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(desk.store.documents.get(file.sha))


def mark_files(connection: Any, listed: tuple[File, ...], found: tuple[SourceFile, ...], now: datetime) -> None:
    states = {"read": "read", "partly read": "partly", "unread": "refused"}
    by_name = {one.name: one for one in found}
    for file in listed:
        one = by_name.get(file.name)
        if one is not None:
            state = states[outcome(one)]
            files.mark(connection, DESK, file.id, state, pages=len(one.pages), reason=code_in(one.note), now=now)


def code_in(note: str) -> str:
    """The first code that a ledger's note gives, if it gives one."""
    found = re.search(r"\bCP-[A-Z]+-\d+\b", note)
    return found[0] if found else ""


def filled_in(connection: Any, row: cases.Case, found: Case, now: datetime) -> None:
    """What nobody typed in and the letter or the pages say: the queue shows it too."""
    seen = cases.get(connection, row.id)
    known = {
        "patient_name": found.patient.name, "patient_born": found.patient.born, "drug": found.drug, "payer": found.payer,
        "state": found.state, "received": found.received,
    }  # fmt: skip
    new = {name: value for name, value in known.items() if value and not getattr(seen, name)}
    if new:
        cases.change(connection, DESK, row.id, new, version=seen.version, now=now)


def pack(desk: Desk, job: Job, stop: Callable[[], bool]) -> None:
    assert job.case is not None
    who = Actor(job.payload["who"], job.payload["role"])
    now = desk.clock()
    make_package(desk, who, job.case, purpose=job.payload["purpose"], draft=job.payload["draft"], now=now)
    with desk.store.write() as connection:
        jobs.finish(connection, job, now=desk.clock())
