"""What is open now, so that going from row to row reads and draws nothing anew. Bounded by bytes; oldest use leaves first."""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

#: A review in memory is about so many times its bytes on the disk (measured on the demo case: 5.8).
REVIEW = 6

#: What is larger, in bytes, is kept from the collector: a review is tens of thousands of objects.
LARGE = 1_000_000


def let_be() -> None:
    """What is held now is not looked through for cycles again, which would stop every page for as long as that takes.

    What is thrown away later goes all the same: it holds no cycles. (Measured with 40 cases open: loading one more costs
    half, and the longest stop was 264 ms.)
    """
    gc.collect()
    gc.freeze()


@dataclass(slots=True)
class Shelf:
    """`most`: bytes in all. One thing that is larger is held alone, until the next comes."""

    most: int = 400_000_000
    held: OrderedDict[Hashable, tuple[Any, int]] = field(default_factory=OrderedDict)
    making: dict[Hashable, threading.Lock] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)
    bytes: int = 0

    def get(self, key: Hashable, make: Callable[[], tuple[Any, int]]) -> Any:
        """What is held under `key`. Where nothing is, `make` gives it and its bytes; two who ask at once make it once."""
        with self.turn:
            if key in self.held:
                self.held.move_to_end(key)
                return self.held[key][0]
            lock = self.making.setdefault(key, threading.Lock())
        with lock:
            with self.turn:
                if key in self.held:
                    return self.held[key][0]
            try:
                value, size = make()
            except BaseException:  # also of a person who stops the desk: whoever waits for this key would wait for ever
                with self.turn:
                    self.making.pop(key, None)
                raise
            if size > LARGE:
                let_be()
            with self.turn:
                self.making.pop(key, None)
                self.held[key] = (value, size)
                self.bytes += size
                while self.bytes > self.most and len(self.held) > 1:
                    self.bytes -= self.held.popitem(last=False)[1][1]
            return value
