"""How far a reading is, as one line that a job carries: small, for it is written twice a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SEARCHING = "searching"


@dataclass(frozen=True, slots=True)
class State:
    """`name` is the file that is being read; `files` gives (pages done, pages) by the number of the file in its case."""

    name: str = ""
    searching: bool = False
    files: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def state_line(name: str, files: Mapping[int, tuple[int, int]]) -> str:
    """The files by number, and then the name of the one at hand, which may hold anything but a line's end."""
    return " ".join(f"{number}:{done}/{total}" for number, (done, total) in sorted(files.items())) + "\n" + name


def read_state(line: str) -> State:
    if line == SEARCHING:
        return State(searching=True)
    numbers, _, name = line.partition("\n")
    files = {}
    for word in numbers.split():
        number, _, pages = word.partition(":")
        done, _, total = pages.partition("/")
        files[int(number)] = (int(done), int(total))
    return State(name, files=files)
