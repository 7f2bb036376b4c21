"""Shared fixtures. Tests that need the written test material skip where it is not beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def demo_case() -> Path:
    """The demo case's folder: written for this project, part of it."""
    return ROOT / "examples" / "tecartus-mcl"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The written test material (cases, letters, policies); set CHARTPROOF_SHARED where it lies elsewhere."""
    path = Path(os.environ.get("CHARTPROOF_SHARED", ROOT.parent / "shared"))
    if not (path / "cases").is_dir():
        pytest.skip("the written test material is not here (set CHARTPROOF_SHARED to its folder)")
    return path
