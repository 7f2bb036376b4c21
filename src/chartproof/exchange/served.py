"""What a running server of the exchange holds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock

from chartproof.exchange.access import Gate
from chartproof.exchange.decision import Reader
from chartproof.exchange.ledger import Ledger
from chartproof.exchange.refusals import Resource
from chartproof.exchange.site import Site
from chartproof.exchange.submit import Hand
from chartproof.exchange.subscriptions import Subscriptions

#: Seconds after which a $submit is answered "pended" while its documents are read on. The guide's bound is 15.
PATIENCE = 12.0
#: The same where the answer will take longer in any case: nobody is kept waiting for what does not come.
BRIEFLY = 0.5
#: Bytes of a message whose documents are read within PATIENCE: some ten scanned pages.
LIGHT = 600_000


@dataclass(slots=True)
class Served:
    """One site with what it keeps. `workspace` gives an empty folder that is removed afterwards; `read` reads a request's
    documents in it, shut in, since nobody vouches for them. `gate` asks who calls; None: nobody is asked.

    `hand` takes what is pended to where a person decides it; None: nobody is told.
    `subscriptions` are those to results; None: not switched on.
    `patience` and `briefly`: seconds for which a light and a heavy $submit are waited for."""

    site: Site
    now: Callable[[], datetime]
    workspace: Callable[[], AbstractContextManager[Path]]
    read: Reader
    gate: Gate | None = None
    hand: Hand | None = None
    subscriptions: Subscriptions | None = None
    patience: float = PATIENCE
    briefly: float = BRIEFLY
    ledger: Ledger = field(default_factory=Ledger)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))
    running: dict[str, Future[Resource]] = field(default_factory=dict)
    filing: Lock = field(default_factory=Lock)

    def waits(self, size: int, *, behind: bool) -> float:
        """How long a $submit of this many bytes is waited for; `behind`: others are being read before it."""
        return self.briefly if behind or size > LIGHT else self.patience
