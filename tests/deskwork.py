"""A desk for tests: a store in a folder, a clock that is told the time, people of every role, and a case to work on."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from chartproof.cli_desk import drawer
from chartproof.desk.casework import new_case
from chartproof.desk.desk import Desk
from chartproof.desk.runner import run_one
from chartproof.desk.store import accounts, cases, sessions
from chartproof.desk.store.accounts import User
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.cases import Draft
from chartproof.desk.store.database import open_store
from chartproof.desk.store.passwords import Hashing
from chartproof.desk.web.app import build
from chartproof.desk.web.cookies import SESSION
from chartproof.desk.web.routes import WAYS
from chartproof.desk.worker import Pictures

START = datetime(2026, 5, 4, 13, 30, tzinfo=UTC)
DEMO = Path(__file__).parent.parent / "examples" / "tecartus-mcl"
PASSWORD = "maple window river nine"
#: Guesses that cost next to nothing: these tests are not about the cost.
CHEAP = Hashing(passes=1, memory=8, threads=1)
#: Two pages of an invented chart, for what needs a case and not the whole demo.
SMALL = {
    "visit.txt": b"CLINIC NOTE\nPatient: Rosa Invented  DOB: 02/11/1958  MRN: 55501\nDate of service: 04/20/2026\n"
    b"Mantle cell lymphoma, relapsed. ECOG performance status 1.\nElectronically signed by Omar Invented, MD on 04/20/2026\n",
    "labs.txt": b"LABORATORY REPORT\nPatient: Rosa Invented  DOB: 02/11/1958  MRN: 55501\nCollected: 04/21/2026\n"
    b"Creatinine 0.9 mg/dL\nPlatelets 140 x10^9/L\n",
}  # fmt: skip


class Clock:
    """Begins at START and goes on from there; a look is always later than the one before it."""

    def __init__(self) -> None:
        self.begun, self.last = time.monotonic(), START

    def __call__(self) -> datetime:
        self.last = max(START + timedelta(seconds=time.monotonic() - self.begun), self.last + timedelta(milliseconds=1))
        return self.last


def desk_in(folder: Path, *, port: int = 8642, demo: Path = DEMO) -> Desk:
    """The desk that keeps its store in `folder`; what it tells goes into `desk.tell.__self__`, a list."""
    told: list[str] = []
    return Desk(
        store=open_store(folder), clock=Clock(), draw=drawer(Pictures()),
        demo=demo, port=port, tell=told.append, hashing=CHEAP,
    )  # fmt: skip


def enrol(desk: Desk, name: str, role: str) -> User:
    """An account whose password is PASSWORD. The first is an administrator's, whatever `role` says."""
    with desk.store.write() as connection:
        first = not accounts.any_account(connection)
        shown, now = f"{name.title()} Invented", desk.clock()
        if first:
            return accounts.first_admin(connection, name, PASSWORD, shown=shown, now=now, hashing=CHEAP)
        licence = "NY 000000" if role == "physician" else ""
        return accounts.create(
            connection, Actor("desk", "desk"), name, PASSWORD, role=role, shown=shown, licence=licence, now=now, hashing=CHEAP
        )  # fmt: skip


def actor(user: User) -> Actor:
    return Actor(user.id, user.role, "127.0.0.1")


def small_case(desk: Desk, owner: User, *, read: bool = True, files: dict[str, bytes] | None = None) -> str:
    """A case of the small chart, read unless told otherwise. Returns its id."""
    uploads = [(name, io.BytesIO(data)) for name, data in (files or SMALL).items()]
    case = new_case(desk, actor(owner), Draft(patient_name="Rosa Invented"), uploads, now=desk.clock())
    if read:
        work_off(desk)
    return case


def work_off(desk: Desk) -> None:
    """Does what is in line."""
    while run_one(desk):
        pass


def allow(desk: Desk, case: str, user: User) -> None:
    with desk.store.write() as connection:
        cases.grant(connection, Actor("desk", "desk"), case, user.id, now=desk.clock())


class Client:
    """A person at the desk without a browser: signed in, and able to send its forms."""

    def __init__(self, desk: Desk, user: User | None = None) -> None:
        self.desk = desk
        self.app, self.base = build(desk, WAYS), f"http://127.0.0.1:{desk.port}"
        self.cookies = httpx.Cookies({"desk_visit": "v" * 43})
        self.token = "v" * 43
        if user is not None:
            with desk.store.write(audited=False) as connection:
                self.token = sessions.open_session(connection, user.id, now=desk.clock())
            self.cookies = httpx.Cookies({SESSION: self.token})

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 9))
            async with httpx.AsyncClient(transport=transport, base_url=self.base, cookies=self.cookies) as client:
                return await client.request(method, path, **more)

        with ThreadPoolExecutor(1) as apart:  # a browser's test has a loop of its own in this thread
            return apart.submit(asyncio.run, sent()).result()

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.send("GET", path, **more)

    def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        return self.send("POST", path, data={"csrf": sessions.form_token(self.token), **(fields or {})}, **more)


@contextmanager
def served(desk: Desk, sock: socket.socket) -> Iterator[str]:
    """The desk at an address of this machine, while the block runs."""
    server = uvicorn.Server(uvicorn.Config(build(desk, WAYS), log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{desk.port}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def worked(desk: Desk) -> Iterator[None]:
    """Somebody does what is in line, while the block runs."""
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            if not run_one(desk):
                time.sleep(0.05)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(120)


def chromium() -> str:
    """Where the browser is. Without one the test is skipped, loudly; in CI it fails."""
    for name in (os.environ.get("CHARTPROOF_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    why = (
        "no Chromium here: the desk's pages are NOT tested in a browser (install chromium, or set CHARTPROOF_CHROMIUM)"
    )
    if os.environ.get("CI"):
        pytest.fail(why)
    warnings.warn(why, stacklevel=2)
    pytest.skip(why)
