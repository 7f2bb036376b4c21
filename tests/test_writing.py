"""A file is written whole; what is no regular file is written to and stays what it is."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from chartproof.writing import write_file


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert [one.name for one in tmp_path.iterdir()] == ["out.json"]


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    write_file(path, b"a review")
    reader.join(timeout=10)
    assert got == [b"a review"]
    assert path.is_fifo() and [one.name for one in tmp_path.iterdir()] == ["pipe"]
