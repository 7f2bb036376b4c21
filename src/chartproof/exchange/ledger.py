"""What a payer keeps of each request: its answer and how to find it again. In memory, bounded, safe for several threads."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from chartproof.exchange.refusals import Resource

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Kept:
    """One request. `numbers` are every identifier by which it is asked for; `replaces` the number of the one that it
    updates; `settled` is False while its documents are still being read; `approved` the product that was approved."""

    digest: str
    reference: str
    numbers: tuple[str, ...]
    member: frozenset[str]
    provider: frozenset[str]
    answer: Resource
    replaces: str = ""
    settled: bool = True
    approved: str = ""


@dataclass(slots=True)
class Ledger:
    """The newest answer under each number. The oldest is dropped where there are too many."""

    kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict)
    contexts: OrderedDict[str, str] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def keep(self, one: Kept) -> None:
        with self.lock:
            before = self.kept.get(one.digest)
            if before and before.settled and not one.settled:
                return  # the reading ended while the client was told to wait
            self.kept[one.digest] = one
            self.kept.move_to_end(one.digest)
            while len(self.kept) > MOST:
                self.kept.popitem(last=False)

    def same(self, digest: str) -> Kept | None:
        """The request with exactly this content, where it came before."""
        with self.lock:
            return self.kept.get(digest)

    def numbered(self, number: str) -> Kept | None:
        """The current answer for a number: the newest request under it, or the newest that replaced it."""
        with self.lock:
            newest = list(reversed(self.kept.values()))
        seen: set[str] = set()
        found: Kept | None = None
        while number and number not in seen:
            seen.add(number)
            later = next((one for one in newest if one.replaces == number), None)
            found = later or next((one for one in newest if number in one.numbers), found)
            number = later.numbers[0] if later else ""
        return found

    def of_member(self, member: frozenset[str], provider: frozenset[str]) -> tuple[Kept, ...]:
        """Current answers for a member, asked for by this provider, newest first."""
        with self.lock:
            newest = list(reversed(self.kept.values()))
        replaced = {one.replaces for one in newest if one.replaces}
        mine = [one for one in newest if one.member & member and one.provider & provider]
        found: dict[str, Kept] = {}
        for one in mine:
            if not replaced.intersection(one.numbers):
                found.setdefault(one.numbers[0], one)
        return tuple(found.values())

    def approved(self, member: frozenset[str], product: str) -> str:
        """The payer's number of a current authorization of this product for the member; "" where there is none."""
        with self.lock:
            newest = list(reversed(self.kept.values()))
        replaced = {one.replaces for one in newest if one.replaces}
        mine = (one for one in newest if one.member & member and not replaced.intersection(one.numbers))
        return next((one.reference for one in mine if one.approved == product), "")

    def remember(self, context: str, policy: str) -> None:
        """What a coverage answer spoke of, so that a form can be asked for by it."""
        with self.lock:
            self.contexts[context] = policy
            while len(self.contexts) > MOST:
                self.contexts.popitem(last=False)
