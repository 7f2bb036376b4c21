"""One thing that a check finds in a policy file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`what` is wrong at `line`, and how to `mend` it. `file` only where it is not the policy file itself."""

    line: int
    what: str
    mend: str
    file: str = ""

    def words(self, file: str) -> str:
        """'2026-04-15.yaml:12: what is wrong. How to mend it.'"""
        return f"{self.file or file}:{self.line}: {self.what}. {self.mend}"
