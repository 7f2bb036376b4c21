"""The files of knowledge/ that packet reads, with the fast parser where it was built in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"


@cache
def knowledge(name: str) -> Any:
    """What 'vocabulary/prose.yaml' holds; read once, not to be changed."""
    return read_yaml(KNOWLEDGE / name)


def read_yaml(path: Path) -> Any:
    """What the file holds."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
