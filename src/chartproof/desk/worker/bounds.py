"""What reading one file may cost, and how its end is told where it costs more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Each reading process is held to these; one file that breaks them costs only itself, or its own pages.

    memory        bytes of address space of one process (Linux; macOS does not enforce it)
    cpu_seconds   of one process, which reads at most `run` pages of one file
    page_cpu      processor seconds without a further page, and for a file that has none
    page_seconds  wall time, the same: on a busy machine much more than `page_cpu`
    file_seconds  wall time of a file; what was read by then is kept
    pages         of a file; further ones are listed as not read
    pixels        of a picture that is drawn
    output        bytes of what one file's reading may hand back
    open_files    of one process
    file_bytes    of a file that is opened at all
    strikes       processes that one file may cost before its other pages are left unread
    run           pages that one process reads
    in_flight     processes at work at once
    written       bytes of a file in the scratch folder
    nice          how far they stand back for others, 0 to 19
    """

    memory: int = 2 << 30
    cpu_seconds: int = 300
    page_cpu: float = 30.0
    page_seconds: float = 180.0
    file_seconds: float = 1_800.0
    pages: int = 3_000
    pixels: int = 16_000_000
    output: int = 200_000_000
    open_files: int = 64
    file_bytes: int = 400_000_000
    strikes: int = 3
    run: int = 40
    in_flight: int = 2
    written: int = 16_000_000
    nice: int = 10


USUAL = Bounds()
