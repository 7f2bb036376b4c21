"""Why, told in plain words under a heading of reasons; and what stands there and is no reason."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from letterhead import HEAD, TAIL, read

TABLE = yaml.safe_load((Path(__file__).parent / "plainly.yaml").read_text(encoding="utf-8"))
WHY = f"{HEAD}We denied the request.\n\nWhy we said no\n\n"


@pytest.mark.parametrize("entry", TABLE["reasons"], ids=lambda entry: entry["text"][:40])
def test_a_reason_in_plain_words(entry: dict) -> None:
    assert [reason.kind for reason in read(f"{WHY}{entry['text']}\n{TAIL}").reasons] == [entry["kind"]]


@pytest.mark.parametrize("text", TABLE["none"], ids=lambda text: text[:40])
def test_what_stands_beside_a_reason(text: str) -> None:
    reasons = read(f"{WHY}The treatment is experimental. {text}\n{TAIL}").reasons
    assert [reason.kind for reason in reasons] == ["experimental"]
