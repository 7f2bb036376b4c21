"""How quick the desk's pages are while it is at work: people read and decide, and large charts are read beside them.

usage: python benchmarks/desk.py [--users 20] [--cases 200] [--charts 5] [--pages 300] [--seconds 120] [--think 2]

Every case is the demo case under another name (so that no two share what is held open), and everyone may open all of
them. Each user takes a case, looks at its rows, pages and tabs, judges, and thinks between two pages for THINK seconds
on average. The charts wait when it begins, and `chartproof serve` reads them with one runner. Prints the milliseconds of
each kind of page (p50, p95, most), how many pages a second, the most memory of the server, how far the charts are read,
and the load of the machine. The bar: p95 of all pages under 400 ms on two cores.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic, perf_counter, sleep

import httpx
from large import make_chart

from chartproof.chart.casefile import read_case_file
from chartproof.cli_desk import drawer
from chartproof.desk.casework import new_case, settle
from chartproof.desk.desk import Desk
from chartproof.desk.runner import run_one
from chartproof.desk.store import accounts, cases, files, jobs, queue, readings, sessions
from chartproof.desk.store.accounts import User
from chartproof.desk.store.audit import DESK, Actor
from chartproof.desk.store.cases import Draft
from chartproof.desk.store.database import Store, open_store
from chartproof.desk.store.passwords import Hashing
from chartproof.desk.worker.codec import decode_files
from chartproof.desk.worker.keep import decode_review, encode_review
from chartproof.desk.worker.pictures import Pictures

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "examples" / "tecartus-mcl"
PORT = 8699
CHEAP = Hashing(passes=1, memory=8, threads=1)
ROWS = ("PRE", "I.A", "I.B", "I.C", "II", "DOC.A.1", "DOC.B.1", "DOC.B.2", "DOC.C.1", "DOC.G.1")
TABS = ("documents", "history", "denial", "requests", "package", "settings")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Times:
    """Seconds by kind of page, from all users."""

    of: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    turn: threading.Lock = field(default_factory=threading.Lock)

    def take(self, kind: str, ask: Callable[[], httpx.Response]) -> httpx.Response:
        begun = perf_counter()
        try:
            answer = ask()
        except httpx.TransportError:
            answer = httpx.Response(599)
        taken = perf_counter() - begun
        with self.turn:
            self.of[kind].append(taken)
            if answer.status_code >= 400:
                self.wrong[answer.status_code] += 1
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("users", 20), ("cases", 200), ("charts", 5), ("pages", 300), ("seconds", 120), ("think", 2)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "desk"
        store = open_store(folder)
        users = furnish(store, options.users, options.cases)
        put_in_line(store, users[0], Path(scratch), options.charts, options.pages)
        tokens = signed_in(store, users)
        names = ids(store, users[0])
        times = Times()
        with served(folder) as server:
            begun = monotonic()
            people = [
                threading.Thread(
                    target=work, args=(token, names, times, begun + options.seconds, options.think, number)
                )
                for number, token in enumerate(tokens)
            ]
            for one in people:
                one.start()
            for one in people:
                one.join()
            report(times, monotonic() - begun, server.pid, how_far(store))
        store.close()


def furnish(store: Store, many_users: int, many_cases: int) -> list[User]:
    """The people, and the demo case read once and kept under as many names as there are cases."""
    desk = Desk(store=store, clock=now, draw=drawer(Pictures()), demo=DEMO, port=PORT, hashing=CHEAP)
    with store.write() as connection:
        first = accounts.first_admin(connection, "user0", "four random words", shown="User 0", now=now(), hashing=CHEAP)
        users = [first] + [
            accounts.create(
                connection, DESK, f"user{number}", "four random words", role="coordinator", shown=f"User {number}",
                now=now(), hashing=CHEAP,
            )
            for number in range(1, many_users)
        ]  # fmt: skip
    typed = read_case_file(DEMO, as_of=now().date())
    paths = [path for path in sorted(DEMO.iterdir()) if path.is_file() and path.name != "case.yaml"]
    draft = Draft(
        patient_name=typed.patient.name, drug=typed.drug, payer=typed.payer, state=typed.state, as_of=typed.as_of
    )
    streams = [(path.name, path.open("rb")) for path in paths]
    model = new_case(desk, Actor(first.id, first.role), draft, streams, now=now())
    while run_one(desk):
        pass
    with store.read() as connection:
        reading = readings.latest(connection, model, state="done")
        kept = files.listed(connection, model)
    assert reading is not None
    pages = decode_files(store.documents.get(reading.reading_sha))
    review = decode_review(store.documents.get(reading.review_sha), pages)
    for number in range(1, many_cases):
        name = f"Invented {number}"
        own = replace(review, case=replace(review.case, patient=replace(review.case.patient, name=name)))
        review_sha = store.documents.put(encode_review(own))
        with store.write() as connection:
            case = cases.create(
                connection, DESK, replace(draft, patient_name=name), now=now(), owner=users[number % many_users].id
            )
            for file in kept:
                files.add(connection, DESK, case.id, files.Upload(file.name, file.sha, file.size), now=now())
            begun = readings.start(connection, DESK, case.id, [file.sha for file in kept], now=now())
            readings.done(connection, DESK, begun.id, reading_sha=reading.reading_sha, review_sha=review_sha, now=now())
            for stage in ("reading", "review"):
                cases.move(connection, DESK, case.id, stage, now=now())
            for user in users:
                cases.grant(connection, DESK, case.id, user.id, now=now())
        settle(desk, case.id, now=now())
    with store.write() as connection:
        for user in users:
            cases.grant(connection, DESK, model, user.id, now=now())
    return users


def put_in_line(store: Store, owner: User, scratch: Path, many: int, pages: int) -> None:
    """The large charts, each a case that waits for its reading; nobody but their owner may open them."""
    for number in range(many):
        folder = scratch / f"chart{number}"
        folder.mkdir()
        made = make_chart(sorted(DEMO.glob("*.pdf")), folder, pages)
        print(f"chart {number + 1}: {made} pages", flush=True)
        desk = Desk(store=store, clock=now, draw=drawer(Pictures()), demo=DEMO, port=PORT)
        streams = [(path.name, path.open("rb")) for path in sorted(folder.rglob("*.pdf"))]
        new_case(desk, Actor(owner.id, owner.role), Draft(patient_name=f"Large {number}"), streams, now=now())


def signed_in(store: Store, users: list[User]) -> list[str]:
    with store.write(audited=False) as connection:
        return [sessions.open_session(connection, user.id, now=now()) for user in users]


def ids(store: Store, user: User) -> list[str]:
    """The cases that have been read."""
    with store.read() as connection:
        found = queue.listed(connection, user.id, queue.Filter(stage="review"), limit=10_000)
    return [case.id for case in found.cases]


@contextmanager
def served(folder: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    server = subprocess.Popen(
        [sys.executable, "-m", "chartproof", "serve", "--folder", str(folder), "--port", str(PORT), *more],
        stdout=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{PORT}/sign-in", timeout=5)
                break
            except httpx.TransportError:
                sleep(0.2)
        yield server
    finally:
        server.terminate()
        server.wait(60)


def work(token: str, names: list[str], times: Times, until: float, think: int, seed: int) -> None:
    """One user: a case after another, each looked at row by row."""
    chance = random.Random(seed)
    form = {"csrf": sessions.form_token(token)}
    with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", cookies={"desk": token}, timeout=60) as client:

        def page(kind: str, path: str) -> str:
            sleep(chance.expovariate(1 / think))
            return times.take(kind, lambda: client.get(path)).text

        while monotonic() < until:
            page("queue", "/")
            case = f"/cases/{chance.choice(names)}"
            page("case", case)
            for row in chance.sample(ROWS, 4):
                text = page("row", f"{case}?row=policy%3A{row}")
                if "/sheets/" in text:
                    sheet = text.split('<image href="', 1)[1].split('"', 1)[0]
                    times.take("page's picture", partial(client.get, sheet))
                if chance.random() < 0.5:
                    sleep(chance.expovariate(1 / think))
                    judge = partial(
                        client.post, f"{case}/judgements", data={**form, "kind": "accept", "row": f"policy:{row}"}
                    )
                    times.take("judge", judge)
                if monotonic() > until:
                    return
            tab = chance.choice(TABS)
            page(tab, f"{case}/{tab}")


def memory(process: int) -> float:
    """The most memory that the process ever held, in MB (Linux)."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1000


def how_far(store: Store) -> str:
    with store.read() as connection:
        found = connection.execute(jobs.jobs.select().where(jobs.jobs.c.kind == "read")).all()
    states = [row.state for row in found if row.created]
    return ", ".join(
        f"{states.count(state)} {state}" for state in ("done", "running", "waiting", "failed") if state in states
    )


def worked(process: int) -> float:
    """Processor seconds that the process has used (Linux)."""
    counts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(counts[11]) + int(counts[12])) / os.sysconf("SC_CLK_TCK")


def report(times: Times, seconds: float, server: int, far: str) -> None:
    every = sorted(taken for of in times.of.values() for taken in of)
    print(f"{'':16}{'pages':>7}{'p50 ms':>9}{'p95 ms':>9}{'most ms':>9}")
    for kind, of in (*sorted(times.of.items()), ("all", every)):
        of = sorted(of)
        at = [of[min(len(of) - 1, int(len(of) * share))] * 1000 for share in (0.5, 0.95, 1)]
        print(f"{kind:16}{len(of):7}{at[0]:9.0f}{at[1]:9.0f}{at[2]:9.0f}")
    print(f"{len(every) / seconds:.1f} pages a second; answers that failed: {dict(times.wrong) or 'none'}")
    print(
        f"server: {worked(server) / len(every) * 1000:.0f} ms of a core a page, {memory(server):.0f} MB at most; readings: {far}"
    )
    print(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
