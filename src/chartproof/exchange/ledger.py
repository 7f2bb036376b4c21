"""What a payer keeps of each request, and how it is found again. Where it lies is the shelf's: in memory, or in a store.

A later request takes the place of an earlier one only for the same member and provider: nobody else's number makes an
answer disappear.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal, Protocol, get_args

from chartproof.exchange.persons import known, likeness, person_of
from chartproof.exchange.refusals import Resource
from chartproof.exchange.wire import parse, write

#: How many of each the memory holds, and how many bytes of their messages; the oldest is dropped.
MOST, MOST_BYTES = 10_000, 256_000_000
Kind = Literal["number", "member", "replaces"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Kept:
    """One request. `numbers` are every identifier by which it is asked for, its own first; `replaces` the number of the one
    that it updates; `settled` is False while its documents are still being read; `approved` the product that was approved."""

    digest: str
    reference: str
    numbers: tuple[str, ...]
    member: frozenset[str]
    provider: frozenset[str]
    answer: Resource
    replaces: str = ""
    settled: bool = True
    approved: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its address, who called ("" where nobody is asked), and both messages as they went over the wire."""

    operation: str
    client: str
    status: int
    milliseconds: int
    request: bytes
    answer: bytes


class Shelf(Protocol):
    """Where requests lie. Each may be called from several threads."""

    def keep(self, one: Kept, request: Resource) -> None:
        """Puts one, or its newer answer in the place of the older; an unsettled answer never takes a settled one's place."""

    def same(self, digest: str) -> Kept | None: ...

    def request(self, digest: str) -> Resource | None:
        """The message of one; None where it is not kept, or no longer."""

    def named(self, kind: Kind, names: Collection[str]) -> Sequence[Kept]:
        """Those known by one of the names, the newest first."""

    def unsettled(self) -> Sequence[Resource]:
        """The requests whose answers are not settled, the oldest first; none where requests are not kept."""

    def note(self, call: Call) -> None:
        """Keeps what was asked and answered, for the case of a dispute."""

    def remember(self, context: str, policy: str) -> None: ...

    def policy_of(self, context: str) -> str: ...


@dataclass(slots=True)
class Memory:
    """A shelf that ends with the process. It keeps the messages of the last requests, for updates that hold only a part."""

    kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict)
    messages: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    contexts: OrderedDict[str, str] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def keep(self, one: Kept, request: Resource) -> None:
        message = write(request)
        with self.lock:
            before = self.kept.get(one.digest)
            if before and before.settled and not one.settled:
                return  # the reading ended while the client was told to wait
            self.kept[one.digest] = one
            self.kept.move_to_end(one.digest)
            self.messages[one.digest] = message
            while sum(map(len, self.messages.values())) > MOST_BYTES:
                self.messages.popitem(last=False)
            while len(self.kept) > MOST:
                self.kept.popitem(last=False)

    def same(self, digest: str) -> Kept | None:
        with self.lock:
            return self.kept.get(digest)

    def request(self, digest: str) -> Resource | None:
        with self.lock:
            held = self.messages.get(digest)
        return parse(held) if held else None

    def named(self, kind: Kind, names: Collection[str]) -> Sequence[Kept]:
        wanted = set(names)
        with self.lock:
            return [one for one in reversed(self.kept.values()) if wanted.intersection(names_of(one, kind))]

    def unsettled(self) -> Sequence[Resource]:
        return ()

    def note(self, call: Call) -> None:
        """Nothing: what ends with the process proves nothing."""

    def remember(self, context: str, policy: str) -> None:
        with self.lock:
            self.contexts[context] = policy
            while len(self.contexts) > MOST:
                self.contexts.popitem(last=False)

    def policy_of(self, context: str) -> str:
        with self.lock:
            return self.contexts.get(context, "")


def names_of(one: Kept, kind: Kind) -> Collection[str]:
    """By what one of a kind is found."""
    if kind == "number":
        return one.numbers
    return one.member if kind == "member" else [one.replaces] if one.replaces else ()


@dataclass(slots=True)
class Ledger:
    """The current answers. A number leads to the newest request under it, and on to what replaced that."""

    shelf: Shelf = field(default_factory=Memory)

    def numbered(self, number: str, member: frozenset[str], provider: frozenset[str]) -> Kept | None:
        """The current answer for a number, for this member and provider; None where there is none of theirs."""
        if not number:
            return None
        found = (*self.shelf.named("number", [number]), *self.shelf.named("replaces", [number]))
        mine = (one for one in found if one.member & member and one.provider & provider)
        return next((self._current(one) for one in mine), None)

    def _current(self, one: Kept) -> Kept:
        seen = {one.digest}
        while (later := self._replacing(one)) is not None and later.digest not in seen:
            seen.add(later.digest)
            one = later
        return one

    def _replacing(self, one: Kept) -> Kept | None:
        """The newest request that replaced this one."""
        later = self.shelf.named("replaces", one.numbers)
        mine = (it for it in later if it.member & one.member and it.provider & one.provider)
        return next((it for it in mine if likeness(person_of(it.answer), person_of(one.answer)) != "other"), None)

    def of_member(self, member: frozenset[str], provider: frozenset[str]) -> tuple[Kept, ...]:
        """Current answers for a member, asked for by this provider, newest first."""
        found: dict[str, Kept] = {}
        for one in self.shelf.named("member", member):
            if one.provider & provider and self._replacing(one) is None:
                found.setdefault(one.numbers[0], one)
        return tuple(found.values())

    def others(self, member: frozenset[str], provider: frozenset[str]) -> bool:
        """Whether the member has answers that this provider does not see."""
        return any(not one.provider & provider for one in self.shelf.named("member", member))

    def approved(self, member: frozenset[str], product: str, person: Resource) -> str:
        """The payer's number of a current authorization of this product for the member, whom the day of birth or a number
        tells from those who share the coverage; "" where there is none."""
        under = (one for one in self.shelf.named("member", member) if one.approved == product)
        mine = (one for one in under if known(person_of(one.answer), person))
        return next((one.reference for one in mine if self._replacing(one) is None), "")

    def remember(self, context: str, policy: str) -> None:
        """What a coverage answer spoke of, so that a form can be asked for by it."""
        if self.shelf.policy_of(context) != policy:
            self.shelf.remember(context, policy)
