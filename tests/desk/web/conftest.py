"""A desk with a person of each role; the demo case, read once and copied for whoever works on it; a browser."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from chartproof.desk.desk import Desk
from chartproof.desk.store import accounts, cases
from chartproof.desk.store.accounts import User
from chartproof.desk.store.queue import listed
from chartproof.desk.web.access import ROLES
from deskwork import PASSWORD, Client, chromium, desk_in, enrol, served, work_off

Open = Callable[[Path], Desk]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_in(tmp_path / "desk")
    yield desk
    desk.store.close()


@pytest.fixture
def people(desk: Desk) -> dict[str, User]:
    """A person of each role; the administrator is called by the role too."""
    return {role: enrol(desk, role, role) for role in ("admin", *(one for one in ROLES if one != "admin"))}


@pytest.fixture(scope="session")
def read_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk whose administrator, dana, owns the demo case. It is read once; work on a copy."""
    folder = tmp_path_factory.mktemp("read") / "desk"
    desk = desk_in(folder)
    dana = enrol(desk, "dana", "admin")
    Client(desk, dana).post("/demo")
    work_off(desk)
    desk.store.close()
    return folder


@pytest.fixture
def demo(read_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk of one's own with the demo case in it, read."""
    shutil.copytree(read_desk, tmp_path / "desk")
    desk = desk_in(tmp_path / "desk")
    yield desk
    desk.store.close()


@pytest.fixture
def dana(demo: Desk) -> User:
    with demo.store.read() as connection:
        return next(user for user in accounts.listed(connection) if user.name == "dana")


@pytest.fixture
def demo_id(demo: Desk, dana: User) -> str:
    with demo.store.read() as connection:
        (case,) = listed(connection, dana.id).cases
        return cases.get(connection, case.id).id


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    where = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """A person at a browser. What leaves this machine, and what the page's script meets, is kept and looked at."""

    def __init__(self, browser: Any, base: str, **more: Any) -> None:
        self.base, self.elsewhere, self.wrong = base, list[str](), list[str]()
        more = {"viewport": {"width": 1280, "height": 720}, "timezone_id": "America/New_York", **more}
        self.context = browser.new_context(**more)
        self.context.on("request", lambda one: self.look(one.url))
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda one: self.hear(one.type, one.text))

    def look(self, url: str) -> None:
        if not url.startswith((self.base + "/", "data:")):
            self.elsewhere.append(url)

    def hear(self, kind: str, text: str) -> None:
        """A refusal that a test asks for (400, 403) is no error of the page's script."""
        if kind == "error" and "the server responded with a status of 40" not in text:
            self.wrong.append(text)

    def leave(self) -> None:
        self.context.close()
        assert not self.elsewhere, "a request left this machine"
        assert not self.wrong, "a page's script met an error, or the policy of the page stopped something"

    def go(self, path: str) -> Any:
        return self.page.goto(self.base + path)

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        self.go("/sign-in")
        self.page.fill("#name", name)
        self.page.fill("#password", password)
        self.page.click("button:text-is('Sign in')")
        self.page.wait_for_selector("text=Sign out")


@pytest.fixture(scope="session")
def visiting(browser: Any) -> Callable[..., Visitor]:
    """A person at the browser, for as long as the test run; who uses it looks at what went wrong."""
    return lambda base, **more: Visitor(browser, base, **more)


@pytest.fixture
def visitor(browser: Any) -> Iterator[Callable[..., Visitor]]:
    held: list[Visitor] = []

    def come(base: str, **more: Any) -> Visitor:
        held.append(Visitor(browser, base, **more))
        return held[-1]

    yield come
    for one in held:
        one.leave()


@pytest.fixture(scope="session")
def serving() -> Callable[..., Any]:
    """Serves the desk of a folder on a free port, while a block runs; gives the desk and its address."""

    @contextmanager
    def start(folder: Path, **more: Any) -> Iterator[tuple[Desk, str]]:
        sock = socket.create_server(("127.0.0.1", 0))
        desk = desk_in(folder, port=sock.getsockname()[1], **more)
        try:
            with served(desk, sock) as base:
                yield desk, base
        finally:
            desk.store.close()

    return start


@pytest.fixture
def serve(serving: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """The same until the test ends."""
    with ExitStack() as held:
        yield lambda folder, **more: held.enter_context(serving(folder, **more))
