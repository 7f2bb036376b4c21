"""What a sentence alone decides, in the words of many writers."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.rights.decided import is_undecided, quickens, reduces, refuses, succeeds

TABLE = yaml.safe_load((Path(__file__).parent / "decisions.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", TABLE["refuses"])
def test_refuses(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize("text", TABLE["refuses_not"])
def test_refuses_nothing(text: str) -> None:
    assert not refuses(text)


@pytest.mark.parametrize("text", TABLE["lifts"])
def test_lifts_a_refusal(text: str) -> None:
    assert succeeds(text)


@pytest.mark.parametrize("text", TABLE["quickens"])
def test_offers_a_quick_answer(text: str) -> None:
    assert quickens(text)


@pytest.mark.parametrize("text", TABLE["undecided"])
def test_nothing_is_decided_yet(text: str) -> None:
    assert is_undecided(text)


@pytest.mark.parametrize("text", TABLE["undecided_not"])
def test_what_tells_of_no_open_request(text: str) -> None:
    assert not is_undecided(text)


@pytest.mark.parametrize("text", TABLE["reduces"])
def test_cuts_care_that_goes_on(text: str) -> None:
    assert reduces(text)
