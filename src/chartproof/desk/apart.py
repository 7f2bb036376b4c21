"""A package made in a process that is shut in: its exhibits are the chart's own PDFs, which nobody vouches for.

The process gets a folder with the review (`review`), what was read (`files`) and the files (`case/`), and leaves the package in `out/`. It has
no network, writes nowhere else, and is held to bounds, as the readers are (worker/confine.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from chartproof.desk.worker.bounds import Bounds
from chartproof.desk.worker.codec import decode_files, encode_files
from chartproof.desk.worker.confine import confine
from chartproof.desk.worker.keep import decode_review, encode_review
from chartproof.errors import ChartproofError, InputError
from chartproof.model import Review

#: A packet of hundreds of scanned pages is made in a few minutes and one gigabyte.
PACKING = Bounds(memory=4 << 30, cpu_seconds=900, open_files=256, written=1_000_000_000)
PATIENCE = 1_800.0


def pack_apart(review: Review, scratch: Path, *, purpose: str, stamp: datetime) -> list[Path]:
    """The files of the package, in scratch/out; scratch/case holds the chart's files.

    Raises ChartproofError with the code that the packing gave (CP-OUT, CP-EVID), CP-PACK-01 where its process went down
    or took too long.
    """
    (scratch / "files").write_bytes(encode_files(review.chart.files))
    (scratch / "review").write_bytes(encode_review(review))
    command = [sys.executable, "-I", "-X", "utf8", "-m", "chartproof.desk.apart", purpose, stamp.isoformat()]
    surroundings = {"LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1", "TMPDIR": str(scratch)}
    try:
        ended = subprocess.run(
            command, cwd=scratch, env=surroundings, timeout=PATIENCE, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,  # a library's complaint may hold a patient's words
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise went_down("it took too long") from None
    if ended.returncode == 2:
        code, _, what = ended.stdout.decode().strip().partition("\t")
        raise InputError(code, what)
    if ended.returncode:
        raise went_down("its process went down")
    return sorted(path for path in (scratch / "out").iterdir() if path.is_file())


def went_down(why: str) -> ChartproofError:
    return ChartproofError(
        "CP-PACK-01", f"the package was not made: {why}", then="Make it again, or without the largest file."
    )


def main() -> None:
    """`argv`: purpose and stamp. Says a code and a reason and ends with 2 where the package cannot be made."""
    from chartproof.tour import write_review

    scratch, purpose, stamp = Path.cwd().resolve(), sys.argv[1], datetime.fromisoformat(sys.argv[2])
    os.environ["TMPDIR"] = str(scratch)
    confine(PACKING, scratch)
    review = decode_review((scratch / "review").read_bytes(), decode_files((scratch / "files").read_bytes()))
    try:
        write_review(review, folder=scratch / "case", out=scratch / "out", purpose=purpose, stamp=stamp)
    except ChartproofError as error:
        print(f"{error.code}\t{error.what}", flush=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
