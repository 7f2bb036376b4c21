"""Processes that work on one store, are killed without warning at random moments, and what must hold afterwards.

Used by test_kills.py and benchmarks/desk_kills.py. A process says what it did only after the store's transaction has
ended; what it said must be there, whole. What it did not say may be there or not, but never half.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from select import select as ready
from typing import Any

from sqlalchemy import Connection, select

from chartproof.desk.store import (
    accounts,
    audit,
    cases,
    files,
    jobs,
    judgements,
    packages,
    readings,
    schema,
    signatures,
)
from chartproof.desk.store.accounts import User
from chartproof.desk.store.audit import DESK, Actor
from chartproof.desk.store.cases import Draft
from chartproof.desk.store.database import Store, open_store
from chartproof.desk.store.files import Upload
from chartproof.desk.store.judgements import Opinion
from chartproof.desk.store.packages import Part
from chartproof.desk.store.passwords import Hashing
from chartproof.desk.store.references import needed
from chartproof.desk.store.sessions import Session
from chartproof.desk.store.verify import verify

START = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
PASSWORD = "four random words here"

#: What a worker needs is loaded once, by the process from which all of them are forked.
PRELOADED = ("accounts", "files", "jobs", "judgements", "readings", "signatures", "verify")

#: Seconds without a word after which a worker is held to hang, on however busy a machine.
HANGS = 300

#: Audit rows of the largest change above.
MOST_ROWS = 5

#: Each table and what the audit chain says when a row comes into it.
BORN = {
    "cases": ("create", "case"), "files": ("add", "file"), "readings": ("create", "reading"), "jobs": ("create", "job"),
    "judgements": ("judge", "judgement"), "packages": ("package", "package"), "signatures": ("sign", "signature"),
}  # fmt: skip


@dataclass
class Worker:
    """One process at work: what it does next is random, what it has done it says in lines of JSON."""

    store: Store
    seed: int
    out: int
    user: User = field(init=False)
    case: str = field(init=False)

    def run(self) -> None:
        self.random = random.Random(self.seed)
        self.now = START + timedelta(seconds=self.seed)
        self.begin()
        actions = (self.upload, self.judge, self.decide, self.sign, self.job, self.look)
        while True:
            self.random.choice(actions)()

    def begin(self) -> None:
        with self.store.write() as connection:
            if not accounts.any_account(connection):
                accounts.create(connection, DESK, "omar", PASSWORD, role="physician", licence="NY 1", now=START,
                                hashing=Hashing(passes=1, memory=8, threads=1))  # fmt: skip
            (self.user,) = accounts.listed(connection)
            self.actor = Actor(self.user.id, "physician")
            self.session = Session("s", self.user.id, self.now, self.now, self.now, None)
            self.case = cases.create(
                connection, self.actor, Draft(drug="Tecartus"), now=self.now, owner=self.user.id
            ).id
        self.say("cases", self.case)

    def say(self, table: str, row: str, *documents: str) -> None:
        os.write(self.out, json.dumps([table, row, documents]).encode() + b"\n")

    def keep(self) -> str:
        return self.store.documents.put(self.random.randbytes(self.random.choice((10, 5_000, 300_000))))

    def upload(self) -> None:
        sha = self.keep()
        with self.store.write() as connection:
            file = files.add(connection, self.actor, self.case, Upload("scan.pdf", sha, 1), now=self.now)
        self.say("files", file.id, sha)

    def judge(self) -> None:
        with self.store.write() as connection:
            opinion = Opinion("accept", "right", "policy", "I.C")
            made = judgements.judge(connection, self.actor, self.case, opinion, now=self.now)
            if self.random.random() < 0.3:
                judgements.undo(connection, self.actor, made.id, now=self.now)
        self.say("judgements", made.id)

    def decide(self) -> None:
        read, review = self.keep(), self.keep()
        with self.store.write() as connection:
            reading = readings.start(connection, DESK, self.case, [read], now=self.now)
        self.say("readings", reading.id)
        with self.store.write() as connection:
            readings.done(connection, DESK, reading.id, reading_sha=read, review_sha=review, now=self.now)
            cases.settle(connection, DESK, self.case, cases.Standing(met=3), now=self.now)
        self.say("readings", reading.id, read, review)

    def sign(self) -> None:
        packet, review = self.keep(), self.keep()
        with self.store.write() as connection:
            package = packages.lock(connection, self.actor, self.case, [Part("packet.pdf", packet, 1)], sha=packet,
                                    review_sha=review, head=audit.head(connection), now=self.now)  # fmt: skip
        self.say("packages", package.id, packet, review)
        with self.store.write() as connection:
            signed = signatures.sign(connection, self.actor, package.id, sha=packet, meaning="I have read it",
                                     user=self.user, session=self.session, now=self.now)  # fmt: skip
        self.say("signatures", signed.id, packet)

    def job(self) -> None:
        with self.store.write() as connection:
            made = jobs.add(connection, self.actor, "read", payload={"n": self.random.random()}, now=self.now)
        self.say("jobs", made.id)
        if taken := jobs.take(self.store, ("read",), now=self.now):
            jobs.beat(self.store, taken, done=1, total=2, message="scan.pdf", now=self.now)
            with self.store.write() as connection:
                jobs.finish(connection, taken, now=self.now)

    def look(self) -> None:
        with self.store.write() as connection:
            entry = audit.append(connection, self.actor, "read", "case", self.case, now=self.now)
        self.say("audit", str(entry.number), entry.hash)


def work(folder: Path, url: str, key: str, seed: int, out: Any) -> None:
    Worker(open_store(folder, url=url, key=key), seed, out.fileno()).run()


@dataclass
class Killing:
    """Rounds of workers on one store. `said` is all that any of them has acknowledged."""

    folder: Path
    url: str = ""
    seed: int = 0
    workers: int = 2
    key: str = ""
    said: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    kills: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(
            ["alembic.command", *(f"chartproof.desk.store.{name}" for name in PRELOADED)]
        )

    def round(self) -> None:
        """Starts the workers and kills each at a moment of its own: some before they have said a word."""
        running = []
        for number in range(self.workers):
            ours, theirs = self.context.Pipe(duplex=False)
            seed = self.seed * 1_000_000 + self.kills * self.workers + number
            process = self.context.Process(
                target=work, args=(self.folder, self.url, self.key, seed, theirs), daemon=True
            )
            process.start()
            theirs.close()
            running.append((process, ours))
        for process, ours in running:
            words = self.random.randint(0, 15)
            with os.fdopen(os.dup(ours.fileno()), "rb", buffering=0) as pipe:
                heard = hear(pipe, words)
                time.sleep(self.random.uniform(0, 0.05 if words else 0.5))
                died_of_itself = process.exitcode
                process.kill()
                process.join()
                heard += pipe.readall() or b""
            ours.close()
            assert died_of_itself is None, f"a worker ended by itself: {died_of_itself}"
            for line in heard.split(b"\n")[:-1]:
                table, row, documents = json.loads(line)
                self.said.append((table, row, tuple(documents)))
            self.kills += 1

    def faults(self) -> list[str]:
        """What does not hold; empty when all does."""
        store = open_store(self.folder, url=self.url, key=self.key)
        try:
            return [*self.lost(store), *half_written(store), *self.broken_chain(store)]
        finally:
            store.close()

    def lost(self, store: Store) -> Iterable[str]:
        with store.read() as connection:
            rows = {table: ids(connection, table) for table in BORN}
        for table, row, documents in self.said:
            if table == "audit":
                continue
            if row not in rows[table]:
                yield f"lost: a row of {table} that was acknowledged"
            for sha in documents:
                if not store.documents.has(sha):
                    yield f"lost: a document of {table} that was acknowledged"

    def broken_chain(self, store: Store) -> Iterable[str]:
        heads = [(int(row), hashes[0]) for table, row, hashes in self.said if table == "audit"]
        verdict = verify(store, heads)
        yield from (f"chain: {fault}" for fault in verdict.faults)
        anchor = store.anchor.read() or (0, "")
        if max((number for number, _ in heads), default=0) > anchor[0]:
            yield "chain: a row that was acknowledged is beyond the anchor"
        if verdict.beyond > self.workers * MOST_ROWS:  # a worker dies at most once between a change and its anchor
            yield f"chain: {verdict.beyond} rows beyond the anchor"


def hear(pipe: Any, words: int) -> bytes:
    """What a worker says, until it has acknowledged so much."""
    heard = b""
    while heard.count(b"\n") < words:
        if not ready([pipe], [], [], HANGS)[0]:
            raise AssertionError("a worker hangs")
        part = pipe.read(4096)
        if not part:
            break
        heard += part
    return heard


def half_written(store: Store) -> Iterable[str]:
    for sha in store.documents.all():
        store.documents.get(sha)  # raises where it is not what its name says
    with store.read() as connection:
        if store.engine.dialect.name == "sqlite":
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            if found != "ok" or connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                yield "half-written: the database"
        for sha in needed(connection):
            if not store.documents.has(sha):
                yield "half-written: a row without its document"
        for table, (action, entity) in BORN.items():
            query = select(schema.audit.c.entity_id).where(
                schema.audit.c.action == action, schema.audit.c.entity == entity
            )
            if set(connection.execute(query).scalars()) != ids(connection, table):
                yield f"half-written: {table} and the audit chain differ"


def ids(connection: Connection, table: str) -> set[str]:
    return set(connection.execute(select(schema.metadata.tables[table].c.id)).scalars())
