"""Shared fixtures. Tests that need the written test material skip where it is not beside the project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: Papers of the demo case that need no text recognition.
READ_AT_ONCE = (
    "01-excellus-denial-letter.pdf",
    "07-lymphoma-consult-2026-03-10.pdf",
    "10-fhir-export-2026-05-01.json",
    "11-selection-committee-2026-04-14.docx",
    "16-authorization-log.txt",
)


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


@pytest.fixture(scope="session")
def written(demo_case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    for name in READ_AT_ONCE:
        shutil.copy(demo_case / name, folder)
    return folder


@pytest.fixture(scope="session")
def own_expressions(root: Path, written: Path) -> dict[str, frozenset[tuple[str, int]]]:
    """Source and flags of the project's expressions, and of the patterns that its modules compile themselves.

    Listed in a process of its own: in this one other tests have made many of them already, and let them go again.
    """
    script = [sys.executable, str(root / "scripts" / "needs.py"), str(written)]
    told = json.loads(subprocess.run(script, check=True, capture_output=True, text=True).stdout)
    return {kind: frozenset((source, flags) for source, flags in every) for kind, every in told.items()}
