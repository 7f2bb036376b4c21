"""Nothing is sent and nothing is fetched: a review of the demo case opens no network connection."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

GUARD = """
import socket, sys
def refuse(*args, **kwargs):
    raise SystemExit("a network connection was attempted")
class Guard(socket.socket):
    def connect(self, address):
        if self.family != socket.AF_UNIX:
            refuse()
        return super().connect(address)
    connect_ex = connect
socket.socket = Guard
socket.create_connection = refuse
socket.getaddrinfo = refuse
sys.addaudithook(lambda event, args: refuse() if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto")
                 and not isinstance(args[1] if len(args) > 1 else None, (str, bytes)) else None)
from chartproof.cli import main
raise SystemExit(main(["packet", sys.argv[1], "--out", sys.argv[2], "--workers", "1"]))
"""


def test_a_review_opens_no_connection(demo_case: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", GUARD, str(demo_case), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert (tmp_path / "out" / "packet.pdf").stat().st_size > 10_000
