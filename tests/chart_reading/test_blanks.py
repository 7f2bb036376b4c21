"""Long runs of blanks: no page keeps one, its words and the ends of its lines stay."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from chartproof.chart.fhir import read_json
from chartproof.chart.plain import read_text, shortened
from chartproof.chart.tables import read_table
from chartproof.model.page import SourceFile

#: What no printed line has, and what every reader may rely on.
MOST = 256


@pytest.mark.parametrize("run", [" ", "   ", "\n\n\n", " " * 200, "\t \n" * 60, ""])
def test_runs_of_a_printed_page_stay(run: str) -> None:
    assert shortened(f"a{run}b") == f"a{run}b"


@pytest.mark.parametrize(
    ("run", "ends"), [(" " * 5000, 0), (" " * 400 + "\n" + " " * 400, 1), ("\n" * 5000, 2), (" \n" * 5000, 2)]
)
def test_a_long_run_is_cut_but_parts_what_it_parted(run: str, ends: int) -> None:
    cut = shortened(f"first{run}second{run}")
    assert cut.split() == ["first", "second"]
    assert cut.split("second")[0].count("\n") >= ends
    assert max(map(len, re.findall(r"\s+", cut))) <= MOST + 1


def as_json(text: str) -> bytes:
    noted = {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p"}, "code": {"text": text}}
    return json.dumps(noted).encode()


@pytest.mark.parametrize(
    ("read", "data"),
    [(read_text, str.encode), (read_table, str.encode), (read_json, as_json)],
    ids=["text", "table", "json"],
)
def test_no_reader_keeps_one(read: Callable[[str, bytes, str], SourceFile], data: Callable[[str], bytes]) -> None:
    file = read("a file", data("Plasma cells" + " " * 30_000 + "few,seen"), "0")
    assert "Plasma cells" in file.pages[0].text and "few" in file.pages[0].text
    assert max(map(len, re.findall(r"\s+", file.pages[0].text))) <= MOST + 1
