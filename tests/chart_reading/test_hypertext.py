"""What stands in HTML and what a reader of the page sees."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.chart.hypertext import markup_lines

DATA: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("hypertext.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("markup", DATA["seen"])
def test_what_is_seen_is_read(markup: str) -> None:
    assert markup_lines(markup) == ["RESULT"]


@pytest.mark.parametrize("markup", DATA["hidden"])
def test_what_nobody_sees_is_not_read(markup: str) -> None:
    assert markup_lines(f"<html><body><p>Clinic note</p>{markup}</body></html>") == ["Clinic note"]
