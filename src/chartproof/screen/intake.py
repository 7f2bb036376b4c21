"""What a run took in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Intake:
    """`files` and `left_out` are names; `nameless` rows name no subject; `notes` is how many of the facts asked for come
    from notes."""

    files: tuple[str, ...]
    left_out: tuple[str, ...]
    rows: int
    rejected: int
    nameless: int
    subjects: int
    facts: int
    notes: int
