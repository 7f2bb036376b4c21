"""Sentences of form and courtesy, from a closed list of data: the only ones that need no proof."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from chartproof.errors import PolicyError
from chartproof.packet.tree import Run

_FOLDER = Path(__file__).parent.parent / "knowledge" / "vocabulary" / "forms"
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
    """Name -> sentence, of every file of the folder. Errors: PolicyError CP-POL-09 where two files give one name."""
    found: dict[str, str] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        rows: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
        twice = found.keys() & rows.keys()
        if twice:
            raise PolicyError("CP-POL-09", f"the sentence '{min(twice)}' stands in two lists", where=path.name)
        found |= rows
    return found


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(_FIELD.sub(".+?", re.escape(template)), re.DOTALL)
