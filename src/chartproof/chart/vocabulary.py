"""The packaged vocabulary, read once. Data only: no patient, no payer."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def load(name: str) -> Any:
    """One file of knowledge/vocabulary, parsed. Callers must not change what they get."""
    text = files("chartproof").joinpath("knowledge", "vocabulary", name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def small(text: str) -> str:
    """The text in small letters, character for character, so that offsets hold.

    A long list of names in small letters is found in it several times as fast as without case in the text itself.
    """
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
