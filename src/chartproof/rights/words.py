"""The words by which letters are read, from knowledge/law/letters: data, so that a new wording needs no program."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def table(name: str) -> Any:
    """One file of knowledge/law/letters, by its name without the ending."""
    source = resources.files("chartproof") / "knowledge" / "law" / "letters" / f"{name}.yaml"
    return yaml.load(source.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def patterns(name: str) -> Mapping[str, str]:
    """A mapping of the words table, in file order."""
    kept: Mapping[str, str] = table("words")[name]
    return kept
