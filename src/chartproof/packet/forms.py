"""Sentences of form and courtesy, from a closed list of data: the only ones that need no proof."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from chartproof.errors import PolicyError
from chartproof.packet.data import KNOWLEDGE, read_yaml
from chartproof.packet.tree import Run

_FOLDER = KNOWLEDGE / "vocabulary" / "forms"
_FIELD = re.compile(r"\\\{\w+\\\}")


def form(name: str, **fields: str) -> Run:
    """The sentence of this name as a run that says that it is one. Errors: KeyError for a name that no list has."""
    return Run(forms()[name].format(**fields), source=f"form:{name}")


def fits(name: str, text: str) -> bool:
    """True where the text is this sentence, with any words in the places of its fields."""
    wanted = forms().get(name)
    return wanted is not None and _pattern(wanted).fullmatch(" ".join(text.split())) is not None


@cache
def forms() -> Mapping[str, str]:
    """Name -> sentence, of every file of the folder; a sentence within a section or a list is named 'section.name' or
    'section.1'. Errors: PolicyError CP-POL-09 where two files give one name."""
    found: dict[str, str] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        rows = dict(_flat(read_yaml(path)))
        twice = found.keys() & rows.keys()
        if twice:
            raise PolicyError("CP-POL-09", f"the sentence '{min(twice)}' stands in two lists", where=path.name)
        found |= rows
    return found


def _flat(rows: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(rows, str):
        yield name, rows
        return
    pairs = rows.items() if isinstance(rows, Mapping) else enumerate(rows, 1)
    for key, value in pairs:
        yield from _flat(value, f"{name}.{key}" if name else str(key))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(_FIELD.sub(".+?", re.escape(template)), re.DOTALL)
