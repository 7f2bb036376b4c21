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
from chartproof.exchange.app import Served
from chartproof.exchange.site import Site

#: A sender waits, and the next request with it: less time for one file than the desk gives, and no standing back.
READING = replace(USUAL, file_seconds=300.0, nice=0)


def payer(site: Site, now: Callable[[], datetime], *, workers: int = 2) -> Served:
    """The server's state. `workers` is how many processes read the documents of a request."""
    return Served(site, now, workspace, read=partial(read_apart, bounds=replace(READING, in_flight=max(1, workers))))


@contextmanager
def workspace() -> Iterator[Path]:
    """An empty folder that only this user can read, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="chartproof-") as folder:
        yield Path(folder)
