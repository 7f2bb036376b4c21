"""What every part of the desk works with: the store, the clock it is given, the reviews at hand, the drawer of pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from chartproof.desk.shelf import Shelf
from chartproof.desk.store import sessions
from chartproof.desk.store.database import Store
from chartproof.desk.store.passwords import STRONG, Hashing

Clock = Callable[[], datetime]
#: (file's bytes, page number, width in pixels) to a PNG; None where the page cannot be drawn.
Draw = Callable[[bytes, int, int], bytes | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upload may bring."""

    upload_bytes: int = 2_000_000_000
    files: int = 2_000


@dataclass(frozen=True, slots=True)
class Desk:
    """`demo` is the folder of the demo case; `port` the one that is served, for the check of the Host header.
    `tell` is given a line for whoever runs the desk; it never holds a patient's words."""

    store: Store
    clock: Clock
    draw: Draw
    demo: Path
    port: int
    tell: Callable[[str], None] = print
    limits: Limits = Limits()
    sessions: sessions.Limits = sessions.USUAL
    hashing: Hashing = STRONG
    shelf: Shelf = field(default_factory=Shelf)
