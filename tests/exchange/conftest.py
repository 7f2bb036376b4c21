"""The guides' own examples, where the shared material is; never copied into the project."""

from __future__ import annotations

import importlib.util
import io
import shutil
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from chartproof.exchange.bindings import ValueSets, value_sets
from chartproof.model import Review
from chartproof.tour import review_folder

CASES = (
    "d1-tecartus-mcl",
    "d2-tecartus-ball",
    "d3-yescarta-lbcl",
    "d4-abecma-mm",
    "d5-breyanzi-lbcl-2l",
    "d6-yescarta-fl-clean",
)
PACKAGES = ("davinci_pas_2.0.1.tgz", "davinci_pas_2.2.1.tgz", "davinci_dtr_2.0.1.tgz", "davinci-crd-2.0.1.tgz")
FOLDERS = ("crd-2.2.1/examples", "crd-2.2.1/hooks", "dtr-2.2.0/examples", "pas-2.2.1/examples")


@pytest.fixture(scope="session")
def guides(shared: Path) -> Path:
    path = shared / "data" / "fhir"
    if not path.is_dir():
        pytest.skip("the guides' examples are not here")
    return path


@pytest.fixture(scope="session")
def value_set_script(root: Path) -> ModuleType:
    """scripts/value_sets.py, which expands the value sets of a guide's package."""
    spec = importlib.util.spec_from_file_location("value_set_script", root / "scripts" / "value_sets.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def earlier_sets(guides: Path, value_set_script: ModuleType) -> ValueSets:
    """The packaged value sets, and in place of those that the guides' 2.0.1 editions have of their own, theirs."""
    packages = [guides / "ig-packages" / name for name in ("davinci-crd-2.0.1.tgz", "davinci_dtr_2.0.1.tgz")]
    own: ValueSets = value_set_script.table(packages)
    return {**value_sets(), **{url: codes for url, codes in own.items() if not isinstance(codes, str)}}


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


@dataclass(frozen=True)
class Case:
    """A written case: its files with what is typed in, what it should say, and the review of it."""

    folder: Path
    gold: dict[str, Any]
    review: Review


def statuses(row: dict[str, Any]) -> set[str]:
    """What gold allows a row to be."""
    also = row.get("status_also") or []
    return {row["status"], *([also] if isinstance(also, str) else also)}


@pytest.fixture(scope="session")
def case(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Case]:
    """The written case of a name; each is reviewed once."""

    @cache
    def made(name: str) -> Case:
        gold = yaml.safe_load((shared / "cases" / name / "gold.yaml").read_text(encoding="utf-8"))
        folder = tmp_path_factory.mktemp(name) / "records"
        shutil.copytree(shared / "cases" / name / "files", folder)
        wanted, plan = gold["request"], gold["plan"]
        typed = {key: wanted[key] for key in ("drug", "indication")}
        typed |= {"plan_type": plan["plan_type"], "state": plan["state"], "as_of": wanted["as_of"]}
        (folder / "case.yaml").write_text(yaml.safe_dump(typed), encoding="utf-8")
        return Case(folder, gold, review_folder(folder, today=wanted["as_of"], policy="excellus/7.02.11", workers=2))

    return made


@pytest.fixture(scope="session")
def demo_review(demo_case: Path) -> Review:
    """The review of the demo case: an invented patient whose plan denied Tecartus; two rows are missing."""
    return review_folder(demo_case, today=date(2026, 5, 4), workers=1)
