"""Every error a user can meet: a code, what is wrong, where, and what to do next.

No message may carry text from a patient's record. File names, page numbers and keys are allowed.
"""

from __future__ import annotations


class ChartproofError(Exception):
    """One clear line for the user. `code` is stable (for example CP-READ-03); exit status is 2."""

    def __init__(self, code: str, what: str, *, where: str = "", then: str = "") -> None:
        super().__init__(code, what, where, then)
        self.code = code
        self.what = what
        self.where = where
        self.then = then

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f" {self.then}" if self.then else ""
        return f"{self.code}: {self.what}{place}.{advice}"


class InputError(ChartproofError):
    """A file, folder or typed value cannot be used."""


class PolicyError(ChartproofError):
    """A policy, label or law file is not valid; `where` names file and line."""


class EvidenceError(ChartproofError):
    """A quote was not found where it was cited; nothing may be written."""


class ModelError(ChartproofError):
    """A model's endpoint cannot be used. The review goes on without it."""


class StoreError(ChartproofError):
    """What the desk keeps cannot be opened, or a change cannot be kept; nothing of the change was."""


class NotFoundError(StoreError):
    """No such row, or none that may be known of."""


class ConflictError(StoreError):
    """The row was changed meanwhile, or is in a state in which this cannot be done."""


class RefusedError(StoreError):
    """This person may not do this now: wrong password, locked account, ended session."""
