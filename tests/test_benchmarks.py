"""Every benchmark starts: what it imports is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.stem)
def test_it_starts(file: Path, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(file), "--help"], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert ran.returncode in (0, 1, 2) and "Traceback" not in ran.stderr, ran.stderr[-400:]
