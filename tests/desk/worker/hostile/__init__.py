"""Files that mean harm, made here when they are needed: a folder of them, and what each must come to.

`made(url)` gives name -> bytes; wherever a file can name an address, it names `url`, which nobody may ever ask.
`expected.yaml` says of each how it ends.
"""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from desk.worker.hostile import packed, pages, pictures, written

HERE = Path(__file__).parent


def made(url: str) -> dict[str, bytes]:
    """Every file with bytes of its own, by name."""
    files: dict[str, bytes] = {}
    for kind in (pages, packed, pictures, written):
        for name, data in kind.made(url).items():
            assert name not in files, name
            files[name] = data
    return files


def expected() -> dict[str, dict[str, str]]:
    """By name as the ledger shows it: `ends` (read, partly read, unread), `code` where it is refused, `why` it is here."""
    found: dict[str, dict[str, str]] = yaml.safe_load((HERE / "expected.yaml").read_text(encoding="utf-8"))
    return found


def lay_out(folder: Path, url: str) -> None:
    """Write them all into `folder`, and beside them what is no plain file: links, a pipe, names that cannot be shown."""
    for name, data in made(url).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "link-out.txt").symlink_to("/etc/hostname")
    (folder / "link-to-itself.txt").symlink_to("link-to-itself.txt")
    (folder / "link-to-all").symlink_to("/")
    (folder / "link-up.txt").symlink_to("../../../../../../../../etc/passwd")
    os.mkfifo(folder / "pipe.pdf")
    note = b"Progress note. ECOG performance status 1.\n"
    with open(os.fsencode(folder) + b"/name-not-text-\xff\xfe.txt", "wb") as file:  # noqa: PTH123
        file.write(note)
    for name in NAMES:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(note)


#: Names that mean something to a shell, a terminal, a browser or another system.
NAMES = (
    "name-\x07bell\x1b[2J.txt", "name-line\nbreak.txt", "name-\u202etxt.exe", "..%2f..%2fetc%2fpasswd.txt",
    "..\\..\\windows\\system32.txt", "-rf.txt", "CON.txt", "<script>alert(1)</script>.txt",
    "'; DROP TABLE cases; --.txt", "=HYPERLINK(0).txt", "$(reboot).txt", "e\u0301\u0301\u0301\u0301-\U0001f480.txt",
    "%s%n%x.txt", "{{7*7}}.txt", "n" * 240 + ".txt",
)  # fmt: skip
