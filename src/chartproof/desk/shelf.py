"""The reviews that are open now, so that going from row to row reads nothing anew. Bounded by count; oldest use leaves first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Shelf:
    most: int = 12
    held: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    making: dict[Hashable, threading.Lock] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What is held under `key`, made where it is not; two who ask at once make it once."""
        with self.turn:
            if key in self.held:
                self.held.move_to_end(key)
                return self.held[key]
            lock = self.making.setdefault(key, threading.Lock())
        with lock:
            with self.turn:
                if key in self.held:
                    return self.held[key]
            value = make()
            with self.turn:
                self.held[key] = value
                self.making.pop(key, None)
                while len(self.held) > self.most:
                    self.held.popitem(last=False)
            return value
