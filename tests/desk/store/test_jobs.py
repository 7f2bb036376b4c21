"""Jobs: taken by one, taken again when their holder is silent, tried again later, and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Thread

import pytest

from chartproof.desk.store import audit, cases, jobs
from chartproof.desk.store.audit import DESK
from chartproof.desk.store.cases import Draft
from chartproof.desk.store.database import Store
from chartproof.desk.store.jobs import LEASE, PAUSE, Job
from chartproof.errors import ConflictError

KINDS = ("read",)


def add(store: Store, now: datetime, **more: object) -> Job:
    with store.write() as connection:
        return jobs.add(connection, DESK, "read", now=now, **more)  # type: ignore[arg-type]


def take(store: Store, now: datetime) -> Job:
    job = jobs.take(store, KINDS, now=now)
    assert job is not None
    return job


def test_a_job_is_done_by_one(store: Store, now: datetime) -> None:
    added = add(store, now, payload={"file": "f1"})
    held = take(store, now)
    assert (held.id, held.state, held.attempts, held.payload) == (added.id, "running", 1, {"file": "f1"})
    assert jobs.take(store, KINDS, now=now) is None and jobs.take(store, ["pack"], now=now) is None
    jobs.beat(store, held, done=3, total=9, message="note.pdf", now=now)
    with store.write() as connection:
        seen = jobs.get(connection, held.id)
        assert (seen.done, seen.total, seen.message) == (3, 9, "note.pdf")
        assert jobs.finish(connection, held, now=now).state == "done"
        assert [entry.action for entry in audit.entries(connection, entity="job")] == ["run", "create"]
    assert jobs.take(store, KINDS, now=now + 10 * LEASE) is None


def test_the_one_that_waits_longest_comes_first(store: Store, now: datetime) -> None:
    second, first = add(store, now), add(store, now - timedelta(seconds=1))
    assert [take(store, now).id, take(store, now).id] == [first.id, second.id]


def test_a_holder_that_is_silent_loses_the_job(store: Store, reopen: Callable[[], Store], now: datetime) -> None:
    add(store, now)
    slow = take(store, now)
    jobs.beat(store, slow, done=1, total=2, message="a.pdf", now=now + LEASE)
    assert jobs.take(store, KINDS, now=now + LEASE + LEASE / 2) is None
    later = now + 3 * LEASE
    restarted = reopen()
    quick = take(restarted, later)
    assert (quick.id, quick.attempts) == (slow.id, 2)
    with pytest.raises(ConflictError, match="CP-DESK-60"):
        jobs.beat(store, slow, done=2, total=2, message="", now=later)
    for end in (lambda c: jobs.finish(c, slow, now=later), lambda c: jobs.fail(c, slow, "X", again=True, now=later)):
        with pytest.raises(ConflictError, match="CP-DESK-60"), store.write() as connection:
            end(connection)
    with restarted.write() as connection:
        assert jobs.finish(connection, quick, now=later).state == "done"


def test_a_failure_is_tried_again_later_and_not_for_ever(store: Store, now: datetime) -> None:
    add(store, now, most_attempts=3)
    for pause in (PAUSE, 2 * PAUSE):
        held = take(store, now)
        with store.write() as connection:
            assert jobs.fail(connection, held, "CP-READ-09", again=True, now=now).state == "waiting"
        assert jobs.take(store, KINDS, now=now + pause - timedelta(seconds=1)) is None
        now += pause
    held = take(store, now)
    with store.write() as connection:
        failed = jobs.fail(connection, held, "CP-READ-09", again=True, now=now)
    assert (failed.state, failed.code, failed.ended) == ("failed", "CP-READ-09", now)
    assert jobs.take(store, KINDS, now=now + 100 * PAUSE) is None


def test_what_will_not_get_better_is_not_tried_again(store: Store, now: datetime) -> None:
    add(store, now)
    held = take(store, now)
    with store.write() as connection:
        assert jobs.fail(connection, held, "CP-READ-01", again=False, now=now).state == "failed"


def test_a_job_that_kills_its_holder_is_given_up(store: Store, now: datetime) -> None:
    job = add(store, now, most_attempts=2)
    for _ in range(2):
        take(store, now)
        now += 2 * LEASE
    other = add(store, now)
    assert take(store, now).id == other.id
    with store.read() as connection:
        given_up = jobs.get(connection, job.id)
    assert (given_up.state, given_up.code) == ("failed", "CP-DESK-61")


def test_a_case_has_one_job_of_a_kind_that_nobody_has_begun(store: Store, now: datetime) -> None:
    with store.write() as connection:
        case = cases.create(connection, DESK, Draft(), now=now).id
    first = add(store, now, case=case)
    assert add(store, now, case=case).id == first.id
    assert add(store, now, case=case, payload={"file": "f"}).id != first.id
    take(store, now), take(store, now)
    assert add(store, now, case=case).id != first.id
    with store.read() as connection:
        assert len(jobs.of_case(connection, case)) == 3


def test_many_takers_take_each_job_once(store: Store, reopen: Callable[[], Store], now: datetime) -> None:
    wanted = {add(store, now).id for _ in range(20)}
    taken: list[str] = []

    def work(from_store: Store) -> None:
        while job := jobs.take(from_store, KINDS, now=now):
            taken.append(job.id)
            with from_store.write() as connection:
                jobs.finish(connection, job, now=now)

    threads = [Thread(target=work, args=(one,)) for one in (store, store, reopen(), reopen())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(wanted)
