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
