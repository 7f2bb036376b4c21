"""Where the demo case is."""

from __future__ import annotations

from pathlib import Path

from chartproof.errors import InputError

NAME = "tecartus-mcl"


def demo_folder() -> Path:
    """The demo case in this checkout, else the copy that the package carries; InputError CP-CLI-03 where neither is."""
    here = Path(__file__).resolve()
    for place in (here.parents[2] / "examples" / NAME, here.parent / "examples" / NAME):
        if place.is_dir():
            return place
    raise InputError(
        "CP-CLI-03", "the demo case is not installed", then="Run the command in a checkout of the project."
    )
