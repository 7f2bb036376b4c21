"""The conformance page: every statement once, each that is done with a test that exists, and the page is up to date."""

from __future__ import annotations

import importlib.util
import json
import re
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

FOLDERS = {"crd": "crd-2.2.1", "dtr": "dtr-2.2.0", "pas": "pas-2.2.1"}


@pytest.fixture(scope="module")
def script(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("conformance", root / "scripts" / "conformance.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def data(script: ModuleType) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(script.DATA.read_text(encoding="utf-8"))
    return found


def keys(guide: dict[str, Any]) -> list[str]:
    return [*guide["done"], *guide["open"], *(key for one in guide["not_applicable"] for key in one["ids"])]


def test_the_page_is_what_the_data_say(script: ModuleType) -> None:
    assert script.PAGE.read_text(encoding="utf-8") == script.page()


def test_each_statement_stands_once_and_each_test_exists(data: dict[str, Any]) -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    known = set(re.findall(r"^def (test_\w+)", tests, re.MULTILINE))
    for key, source in data["sources"].items():
        found = Counter(keys(data[key]))
        assert not [one for one, count in found.items() if count > 1]
        assert len(found) == source["statements"]
        assert not {test for test, _ in data[key]["done"].values()} - known


@pytest.mark.shared
def test_the_statements_are_those_of_the_guides(data: dict[str, Any], guides: Path) -> None:
    for key, folder in FOLDERS.items():
        raw = json.loads((guides / folder / "Requirements-fromNarrative.json").read_bytes())
        assert {one["key"] for one in raw["statement"]} == set(keys(data[key]))
