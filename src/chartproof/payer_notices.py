"""Who subscribed to results is told of them: from the store, so that a ruling in the desk is told too and no restart loses one.

What sends is given by the command line, and goes to this machine's own addresses alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from chartproof.desk.store import subscriptions
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.database import Store
from chartproof.desk.store.subscriptions import Subscribed
from chartproof.exchange.subscriptions import Subscription, notification
from chartproof.exchange.wire import parse, write

#: Who acts in the store's record.
NOTIFIER = Actor("exchange", "payer")
#: (endpoint, body) to whether it was taken (any 2xx).
Send = Callable[[str, bytes], bool]


@dataclass(frozen=True, slots=True)
class StoredSubscriptions:
    """Subscriptions in the desk's store. `endpoints` are those that the site allows; `base` its FHIR address."""

    store: Store
    endpoints: Collection[str]
    base: str
    send: Send
    now: Callable[[], datetime]

    def put(self, one: Subscription) -> Subscription:
        """Keeps it, and shakes hands: active where the endpoint takes it, else in error."""
        taken = self.send(one.endpoint, write(notification(one, None, self.base, kind="handshake", at=self.now())))
        with self.store.write() as connection:
            kept = subscriptions.put(
                connection, NOTIFIER, one.id, client=one.client, organization=one.organization, endpoint=one.endpoint,
                state="active" if taken else "error", resource=one.resource, now=self.now(),
            )  # fmt: skip
        return plain(kept)

    def get(self, name: str) -> Subscription | None:
        with self.store.read() as connection:
            found = subscriptions.get(connection, name)
        return plain(found) if found else None

    def remove(self, name: str) -> None:
        with self.store.write() as connection:
            subscriptions.remove(connection, NOTIFIER, name, now=self.now())

    def notify(self) -> int:
        """Tells each what it was not told, in order; returns how many notices were taken. One that is not taken is sent again
        the next time, before any later one. What the site no longer allows gets nothing."""
        sent = 0
        with self.store.read() as connection:
            waiting = [one for one in subscriptions.active(connection) if one.endpoint in self.endpoints]
        for one in waiting:
            sent += self._tell(one)
        return sent

    def _tell(self, one: Subscribed) -> int:
        with self.store.read() as connection:
            answers = subscriptions.untold(connection, one)
        for answer in answers[:1]:
            message = notification(
                plain(one), parse(self.store.documents.get(answer.answer_sha)), self.base, at=self.now()
            )
            taken = self.send(one.endpoint, write(message))
            with self.store.write() as connection:
                if taken:
                    subscriptions.told(connection, NOTIFIER, one, answer.turn, now=self.now())
                else:
                    subscriptions.failed(connection, NOTIFIER, one, now=self.now())
            return int(taken)
        return 0


def plain(one: Subscribed) -> Subscription:
    return Subscription(one.id, one.client, one.organization, one.endpoint, one.state, one.resource, one.events)
