"""The payer's server as it is run: the exchange with a reader that is shut in. The command line alone imports it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from chartproof.desk.worker import read_apart
from chartproof.desk.worker.bounds import USUAL
from chartproof.exchange.access import Gate
from chartproof.exchange.app import TOKEN, Served
from chartproof.exchange.clients import read_clients
from chartproof.exchange.site import Site

#: A sender waits, and the next request with it: less time for one file than the desk gives, and no standing back.
READING = replace(USUAL, file_seconds=300.0, nice=0)


def payer(
    site: Site, now: Callable[[], datetime], *, workers: int = 2, clients: Path | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Served:  # fmt: skip
    """The server's state. `workers` is how many processes read the documents of a request.

    clients  the file of who may call; None: nobody is asked. Raises InputError CP-FHIR-17
    clock    the real time, by which tokens end, where `now` is the day of a test bench
    """
    read = partial(read_apart, bounds=replace(READING, in_flight=max(1, workers)))
    known = {one.id: one for one in read_clients(clients)} if clients else {}
    gate = Gate(known, site.origin + TOKEN, clock or now) if clients else None
    return Served(site, now, workspace, read=read, gate=gate)


@contextmanager
def workspace() -> Iterator[Path]:
    """An empty folder that only this user can read, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="chartproof-") as folder:
        yield Path(folder)
