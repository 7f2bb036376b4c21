"""The guides' own examples, where the shared material is; never copied into the project."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from chartproof.model import Review
from chartproof.tour import review_folder

PACKAGES = ("davinci_pas_2.0.1.tgz", "davinci_pas_2.2.1.tgz", "davinci_dtr_2.0.1.tgz", "davinci-crd-2.0.1.tgz")
FOLDERS = ("crd-2.2.1/examples", "crd-2.2.1/hooks", "dtr-2.2.0/examples", "pas-2.2.1/examples")


@pytest.fixture(scope="session")
def guides(shared: Path) -> Path:
    path = shared / "data" / "fhir"
    if not path.is_dir():
        pytest.skip("the guides' examples are not here")
    return path


@pytest.fixture(scope="session")
def guide_examples(guides: Path) -> list[tuple[str, bytes]]:
    return list(examples(guides))


def examples(guides: Path) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every example of the three guides, of both versions."""
    for folder in FOLDERS:
        for path in sorted((guides / folder).glob("*.json")):
            yield f"{folder}/{path.name}", path.read_bytes()
    for name in PACKAGES:
        with tarfile.open(guides / "ig-packages" / name) as packed:
            for member in packed:
                if member.name.startswith("package/example/") and member.name.endswith(".json"):
                    held = packed.extractfile(member)
                    assert isinstance(held, io.BufferedReader)
                    yield f"{name}/{member.name}", held.read()


@pytest.fixture(scope="session")
def demo_review(demo_case: Path) -> Review:
    """The review of the demo case: an invented patient whose plan denied Tecartus; two rows are missing."""
    return review_folder(demo_case, today=date(2026, 5, 4), workers=1)
