"""`chartproof serve`: the desk on loopback, and the processes that read and pack for it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from chartproof.cli_desk_store import add_store, passphrase, refuse_no_desk
from chartproof.errors import InputError

if TYPE_CHECKING:
    from chartproof.cli_policy import Command
    from chartproof.desk.desk import Desk, Draw
    from chartproof.desk.store.database import Store
    from chartproof.desk.worker import Pictures
    from chartproof.exchange.served import Served

PORT = 8642
#: Seconds between two looks for work where there was none.
PAUSE = 0.3


def now() -> datetime:
    return datetime.now(UTC)


def add_desk_commands(command: Command) -> None:
    one = command(
        "serve", run_serve, "open the desk in the browser, on this machine only",
        "chartproof serve --folder ~/desk --port 8642",
    )  # fmt: skip
    add_store(one)
    one.add_argument("--port", type=int, default=PORT, metavar="N", help="on 127.0.0.1 (default: %(default)s)")
    one.add_argument(
        "--runners", type=int, default=1, metavar="N",
        help="processes that read charts and make packages (default: %(default)s)",
    )  # fmt: skip
    one.add_argument(
        "--no-exchange", action="store_true", help="leave out the payer's FHIR endpoints (/cds-services, /fhir)"
    )
    one.add_argument(
        "--notify", action="append", default=[], metavar="URL",
        help="an address of this machine to which results may be told where a client subscribes; may be repeated"
        " (default: subscriptions are off)",
    )  # fmt: skip
    one = command(
        "desk-runner", run_runner, "read charts and make packages for a desk, as `serve` starts it",
        "chartproof desk-runner --folder ~/desk",
    )  # fmt: skip
    add_store(one)
    one.add_argument("--parent", type=int, default=0, metavar="PID", help="end when this process has gone")


def desk_of(options: argparse.Namespace, *, port: int) -> Desk:
    from chartproof.demo import demo_folder
    from chartproof.desk.desk import Desk
    from chartproof.desk.store.database import open_store
    from chartproof.desk.worker import Pictures

    key = passphrase(options.key_file)
    store = open_store(Path(options.folder).expanduser(), url=options.database, key=key)
    return Desk(store=store, clock=now, draw=drawer(Pictures()), demo=demo_folder(), port=port)


def drawer(pictures: Pictures) -> Draw:
    """Pages as pictures, drawn apart; None where one cannot be drawn."""

    def draw(data: bytes, number: int, width: int) -> bytes | None:
        try:
            return pictures.render_page(data, number, width=width)
        except InputError:
            return None

    return draw


def run_serve(options: argparse.Namespace) -> None:
    import uvicorn

    from chartproof.cli_exchange_serve import endpoints_of, tell_results
    from chartproof.desk.runner import tidy
    from chartproof.desk.web.app import build
    from chartproof.desk.web.routes import WAYS
    from chartproof.exchange.app import exchange_app

    refuse_port(options.port)
    allowed = endpoints_of(options)
    desk = desk_of(options, port=options.port)
    tidy(desk)
    served = None if options.no_exchange else exchange_beside(options.port, desk.store, allowed)
    app = build(desk, WAYS, beside=tuple(exchange_app(served).routes) if served else ())
    ended = tell_results(served) if served else None
    runners = [start_runner(options) for _ in range(max(0, options.runners))]
    print(
        f"The desk is at http://127.0.0.1:{options.port}/ and keeps its store in {options.folder}. Ctrl-C ends it.",
        flush=True,
    )
    try:
        uvicorn.run(
            app, host="127.0.0.1", port=options.port, log_level="warning", access_log=False, server_header=False,
            timeout_keep_alive=75,  # longer than a browser waits, so that no form meets a connection that is being closed
        )  # fmt: skip
    finally:
        if ended:
            ended()
        for runner in runners:
            runner.terminate()
        for runner in runners:
            runner.wait(timeout=30)
        desk.store.close()


def refuse_port(port: int) -> None:
    """Before anything is opened. Raises InputError CP-CLI-10 where the port is none or in use."""
    import socket

    then = "Give another with --port."
    if not 0 < port < 65536:
        raise InputError("CP-CLI-10", "this is no port", where=f"--port {port}", then=then)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise InputError("CP-CLI-10", "the port is in use", where=f"--port {port}", then=then) from None


def exchange_beside(port: int, store: Store, notify: tuple[str, ...]) -> Served:
    """CRD, DTR and PAS beside the desk, on the same port and store: `exchange serve` has more settings."""
    from chartproof import notices
    from chartproof.cli_exchange_serve import clock
    from chartproof.exchange.app import resume
    from chartproof.exchange.site import Site
    from chartproof.payer import payer

    served = payer(
        Site(base=f"http://127.0.0.1:{port}/fhir"), clock(None), store=store, notify=notify, send=notices.send
    )
    resume(served)
    return served


def start_runner(options: argparse.Namespace) -> subprocess.Popen[bytes]:
    named = [("--folder", options.folder), ("--database", options.database), ("--key-file", options.key_file)]
    given = [word for name, value in named if value for word in (name, value)]
    return subprocess.Popen([sys.executable, "-m", "chartproof", "desk-runner", *given, "--parent", str(os.getpid())])


def run_runner(options: argparse.Namespace) -> None:
    """Takes what is in line until the desk that started it is gone."""
    from chartproof.desk.runner import TIDY, run_one, tidy

    refuse_no_desk(options)
    desk = desk_of(options, port=0)
    os.nice(15)  # pages come first
    tidied = now()
    while not options.parent or os.getppid() == options.parent:
        if run_one(desk):
            continue
        if now() - tidied > TIDY:
            tidied = now()
            tidy(desk)
        time.sleep(PAUSE)
