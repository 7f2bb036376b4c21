"""What a running server of the exchange holds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from chartproof.exchange.access import Gate
from chartproof.exchange.decision import Reader
from chartproof.exchange.ledger import Ledger
from chartproof.exchange.refusals import Resource
from chartproof.exchange.site import Site

#: Seconds after which a $submit is answered "pended" while its documents are read on. The guide's bound is 15.
PATIENCE = 12.0


@dataclass(slots=True)
class Served:
    """One site with what it keeps. `workspace` gives an empty folder that is removed afterwards; `read` reads a request's
    documents in it, shut in, since nobody vouches for them. `gate` asks who calls; None: nobody is asked."""

    site: Site
    now: Callable[[], datetime]
    workspace: Callable[[], AbstractContextManager[Path]]
    read: Reader
    gate: Gate | None = None
    patience: float = PATIENCE
    ledger: Ledger = field(default_factory=Ledger)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))
    running: dict[str, Future[Resource]] = field(default_factory=dict)
