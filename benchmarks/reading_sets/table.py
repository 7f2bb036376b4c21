"""What every set gives: rows of one table, and the peer that answers beside us where it is installed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PEER_PROGRAM = Path(__file__).parent.parent / "peers" / "medspacy_context.py"
NOT_INSTALLED = "not installed"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `value` is a share of 0 to 1, a count or a rate as `form` prints it; `bar` is the least or, where
    `most`, the greatest value that is good enough, None where there is none."""

    what: str
    value: float
    bar: float | None = None
    peer: float | str = "-"
    form: str = "{:.3f}"
    most: bool = False
    note: str = ""

    @property
    def good(self) -> bool:
        return self.bar is None or (self.value <= self.bar if self.most else self.value >= self.bar)


@dataclass(frozen=True, slots=True)
class Peer:
    """medspaCy in its own virtual environment, called as another program."""

    python: str

    def ask(self, mode: str, given: dict[str, Any]) -> dict[str, Any]:
        call = [self.python, str(PEER_PROGRAM), mode]
        try:
            done = subprocess.run(call, input=json.dumps(given), text=True, capture_output=True)
        except OSError as error:
            raise SystemExit(f"the peer cannot be started: {self.python}: {error.strerror}") from error
        if done.returncode:
            raise SystemExit(f"the peer failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
        return dict(json.loads(done.stdout))


@dataclass(frozen=True, slots=True)
class Score:
    """Hits, false alarms and misses of one yes-or-no question."""

    hits: int
    alarms: int
    misses: int

    @property
    def precision(self) -> float:
        return self.hits / max(1, self.hits + self.alarms)

    @property
    def recall(self) -> float:
        return self.hits / max(1, self.hits + self.misses)

    @property
    def f1(self) -> float:
        return 2 * self.hits / max(1, 2 * self.hits + self.alarms + self.misses)


def score(answers: Iterable[tuple[bool, bool]]) -> Score:
    """From (said, gold) pairs."""
    pairs = list(answers)
    return Score(
        hits=sum(said and gold for said, gold in pairs),
        alarms=sum(said and not gold for said, gold in pairs),
        misses=sum(gold and not said for said, gold in pairs),
    )


def json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def printed(title: str, rows: Sequence[Row]) -> str:
    """A set's part of the table."""
    lines = [f"\n{title}", f"  {'':<58}{'ours':>10}{'medspaCy':>15}{'bar':>9}"]
    for row in rows:
        peer = row.peer if isinstance(row.peer, str) else row.form.format(row.peer)
        bar = "" if row.bar is None else ("<= " if row.most else "") + row.form.format(row.bar)
        mark = "" if row.bar is None else "  ok" if row.good else "  BELOW"
        lines.append(f"  {row.what:<58}{row.form.format(row.value):>10}{peer:>15}{bar:>9}{mark}")
        if row.note:
            lines.append(f"      {row.note}")
    return "\n".join(lines)
