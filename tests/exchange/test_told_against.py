"""Sentences that speak against a request, in the words of many hands."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from tests.exchange.invented import HERE

from chartproof.exchange.told_against import told_in

DATA: dict[str, Any] = yaml.safe_load((HERE / "told_against.yaml").read_text(encoding="utf-8"))
PRODUCT = "brexu_cel"


@pytest.mark.parametrize(("line", "sentence"), [(line, one) for line, all_ in DATA["said"].items() for one in all_])
def test_what_speaks_against_a_request_is_told(line: str, sentence: str) -> None:
    assert any(line in one for one in told_in(sentence, PRODUCT))


@pytest.mark.parametrize("sentence", DATA["innocent"])
def test_what_says_nothing_of_the_patient_now_is_not(sentence: str) -> None:
    assert list(told_in(sentence, PRODUCT)) == []
