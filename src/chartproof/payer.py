"""The payer's server as it is run: the exchange with a reader that is shut in, a store that outlives it, a door, and the
desk in which people decide. The command line alone imports it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from chartproof.desk.intake import take_request
from chartproof.desk.store import exchanged, passes
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.database import Store
from chartproof.desk.store.exchanged import Exchanged
from chartproof.desk.store.rows import new_id
from chartproof.desk.worker import read_apart
from chartproof.desk.worker.bounds import USUAL
from chartproof.exchange.access import Gate, Granted, Held, Passes
from chartproof.exchange.app import TOKEN
from chartproof.exchange.clients import read_clients
from chartproof.exchange.decision import Reader
from chartproof.exchange.ledger import KINDS, Call, Kept, Kind, Ledger, names_of
from chartproof.exchange.refusals import Resource
from chartproof.exchange.served import Served
from chartproof.exchange.site import Site
from chartproof.exchange.submit import Waiting
from chartproof.exchange.wire import parse, write
from chartproof.payer_notices import Send, StoredSubscriptions
from chartproof.payer_reading import Remembering

#: Who acts in the store's record where a request is decided.
PAYER = Actor("exchange", "payer")
#: A sender waits, and the next request with it: less time for one file than the desk gives, and no standing back.
READING = replace(USUAL, file_seconds=300.0, nice=0)


def payer(
    site: Site, now: Callable[[], datetime], *, workers: int = 2, clients: Path | None = None,
    clock: Callable[[], datetime] | None = None, store: Store | None = None,
    notify: tuple[str, ...] = (), send: Send | None = None,
) -> Served:  # fmt: skip
    """The server's state. `workers` is how many processes read the documents of a request.

    store    where requests and answers are kept; None: in memory, until the server ends
    clients  the file of who may call; None: nobody is asked. Raises InputError CP-FHIR-17
    notify   the endpoints to which results may be told, by `send`; it takes a store
    clock    the real time, by which tokens end, where `now` is the day of a test bench
    """
    read: Reader = partial(read_apart, bounds=replace(READING, in_flight=max(1, workers)))
    read = Remembering(store, read, clock or now) if store else read
    known = {one.id: one for one in read_clients(clients)} if clients else {}
    held: Passes = StoredPasses(store) if store else Held()
    gate = Gate(known, site.origin + TOKEN, clock or now, held) if clients else None
    ledger = Ledger(Stored(store, now)) if store else Ledger()
    hand = partial(handed, store, site) if store else None
    told = StoredSubscriptions(store, notify, site.base, send, clock or now) if store and send else None
    return Served(site, now, workspace, read=read, gate=gate, ledger=ledger, hand=hand, subscriptions=told)


def handed(store: Store, site: Site, one: Waiting) -> None:
    """What is pended becomes a case of the desk that works on the same store."""
    take_request(store, PAYER, one, site)


@dataclass(frozen=True, slots=True)
class Stored:
    """The shelf of a ledger in the desk's store: rows to find by, and the messages as documents."""

    store: Store
    now: Callable[[], datetime]

    def keep(self, one: Kept, request: Resource) -> None:
        row = Exchanged(
            one.reference, one.digest, list(one.numbers), sorted(one.member), sorted(one.provider), one.replaces,
            one.approved, one.settled, self.store.documents.put(write(request)),
            self.store.documents.put(write(one.answer)), self.now(), self.now(),
        )  # fmt: skip
        names: dict[str, Collection[str]] = {kind: names_of(one, kind) for kind in KINDS}
        exchanged.keep(self.store, PAYER, row, names)

    def same(self, digest: str) -> Kept | None:
        with self.store.read() as connection:
            row = exchanged.same(connection, digest)
        return self._kept(row) if row else None

    def request(self, digest: str) -> Resource | None:
        with self.store.read() as connection:
            row = exchanged.same(connection, digest)
        return parse(self.store.documents.get(row.request_sha)) if row else None

    def named(self, kind: Kind, names: Collection[str]) -> Sequence[Kept]:
        with self.store.read() as connection:
            rows = exchanged.named(connection, kind, names)
        return [self._kept(row) for row in rows]

    def unsettled(self) -> Sequence[Resource]:
        with self.store.read() as connection:
            rows = exchanged.unsettled(connection)
        return [parse(self.store.documents.get(row.request_sha)) for row in rows]

    def note(self, call: Call) -> None:
        put = self.store.documents.put
        sent, answer = (put(data) if data else "" for data in (call.request, call.answer))
        row = exchanged.Call(
            new_id(), call.operation[:60], call.client, call.status, call.milliseconds, sent, answer, self.now()
        )
        exchanged.note(self.store, PAYER, row)

    def remember(self, context: str, policy: str) -> None:
        exchanged.remember(self.store, context, policy)

    def policy_of(self, context: str) -> str:
        with self.store.read() as connection:
            return exchanged.policy_of(connection, context)

    def _kept(self, row: Exchanged) -> Kept:
        answer = parse(self.store.documents.get(row.answer_sha))
        return Kept(
            row.digest, row.id, tuple(row.numbers), frozenset(row.members), frozenset(row.providers), answer,
            row.replaces, row.settled, row.approved,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredPasses:
    """Tokens and used assertions in the desk's store: no restart makes an assertion good again."""

    store: Store

    def use(self, digest: str, ends: float, *, now: float) -> bool:
        return passes.use(self.store, digest, ends, now=now)

    def grant(self, digest: str, one: Granted, *, now: float) -> None:
        passes.grant(self.store, digest, passes.Pass(one.client, one.scopes, one.ends))

    def granted(self, digest: str, *, now: float) -> Granted | None:
        found = passes.granted(self.store, digest, now=now)
        return Granted(found.client, found.scopes, found.ends) if found else None


@contextmanager
def workspace() -> Iterator[Path]:
    """An empty folder that only this user can read, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="chartproof-") as folder:
        yield Path(folder)
