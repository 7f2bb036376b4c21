"""A process shuts itself in before it looks at a file that nobody vouches for.

Walls, which the kernel holds whatever the process becomes: limits on memory, time, files and their size; on Linux, where
the kernel grants them, no network namespace but an empty one, Landlock (reads the program's own files and nothing else,
writes its scratch folder), and a filter of system calls. Belts, which hold only against code that still goes through
Python: the audit hook. `confine` returns which of the walls stand.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

from chartproof.desk.worker import kernel
from chartproof.desk.worker.bounds import Bounds

#: Events of Python itself: whatever reaches out, starts something, or changes a file.
_NEVER = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "pty.",
    "ftplib.", "http.", "imaplib.", "poplib.", "smtplib.", "telnetlib.", "urllib.", "webbrowser.", "ctypes.dlopen",
    "os.kill", "os.killpg", "os.putenv", "sys.remote_exec", "pickle.find_class",
)  # fmt: skip
_CHANGES = (
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
    "os.utime", "os.setxattr", "os.removexattr", "shutil.",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def confine(bounds: Bounds, scratch: Path) -> tuple[str, ...]:
    """Shut this process in, for good. The order matters: each step leaves the next one possible."""
    walls = [name for name, stands in (("limits", _limit(bounds)), ("network", kernel.leave_network())) if stands]
    if kernel.no_new_privileges():
        walls.append("privileges")
    if kernel.see_only(own_files(), (scratch,)):
        walls.append("files")
    if kernel.refuse_calls():
        walls.append("calls")
    sys.addaudithook(_hook(scratch))
    return tuple(walls)


def own_files() -> list[Path]:
    """Where Python, the program and what they stand on are installed."""
    package = Path(__file__).resolve().parents[3]
    places = {Path(sys.prefix), Path(sys.base_prefix), package, *map(Path, filter(None, sys.path))}
    places |= {Path(one) for one in ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo")}
    return sorted(place for place in places if place.exists() and place != Path("/"))


def _limit(bounds: Bounds) -> bool:
    try:
        import resource
    except ImportError:
        return False
    limits = (
        (resource.RLIMIT_AS, bounds.memory, bounds.memory),
        (resource.RLIMIT_DATA, bounds.memory, bounds.memory),
        (resource.RLIMIT_CPU, bounds.cpu_seconds, bounds.cpu_seconds + 2),  # the first is told apart by its signal
        (resource.RLIMIT_NOFILE, bounds.open_files, bounds.open_files),
        (resource.RLIMIT_FSIZE, bounds.written, bounds.written),
        (resource.RLIMIT_CORE, 0, 0),
    )
    for kind, soft, hard in limits:
        with contextlib.suppress(ValueError, OSError):  # a lower limit stands already, or the system knows none
            resource.setrlimit(kind, (soft, hard))
    with contextlib.suppress(OSError):
        os.nice(max(0, bounds.nice - os.nice(0)))
    return True


def _hook(scratch: Path) -> Any:
    inside = str(scratch) + os.sep

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writes = (isinstance(mode, str) and not set("wax+").isdisjoint(mode)) or (flags or 0) & _WRITING
            if writes and not (isinstance(path, str) and os.path.realpath(path).startswith(inside)):
                raise PermissionError("a file outside the scratch folder is not written here")
        elif event.startswith(_NEVER):
            raise PermissionError("this process does not reach out")
        elif event.startswith(_CHANGES) and not _within(arguments, inside):
            raise PermissionError("a file outside the scratch folder is not changed here")

    return audit


def _within(arguments: tuple[Any, ...], inside: str) -> bool:
    paths = [os.fspath(one) for one in arguments if isinstance(one, (str, os.PathLike))]
    return bool(paths) and all(os.path.realpath(one).startswith(inside) for one in paths)
