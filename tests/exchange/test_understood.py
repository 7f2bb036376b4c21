"""Sentences that a note may hold where a request is approved unseen, and sentences that a person has to see."""

from __future__ import annotations

from datetime import date
from time import process_time
from typing import Any

import pytest
import yaml
from tests.exchange.invented import HERE, actions, notes, request, submitted, text_of

from chartproof.exchange import told_against
from chartproof.exchange.grammar import Grammar
from chartproof.exchange.told_against import reasons
from chartproof.exchange.understood import Reading
from chartproof.model import Case, Patient

DATA: dict[str, Any] = yaml.safe_load((HERE / "understood.yaml").read_text(encoding="utf-8"))
ROSA = Patient("Rosa Q. Invented", date(1961, 3, 4), sex="female")


@pytest.fixture(scope="module")
def reading() -> Reading:
    return Reading(
        Case(date(2026, 5, 4), ROSA, drug="Tecartus", product="brexu_cel", payer="Plan of Nowhere"), "brexu_mcl"
    )


@pytest.mark.parametrize("line", DATA["understood"])
def test_what_sound_notes_say_is_understood(reading: Reading, line: str) -> None:
    assert list(reading.page(line)) == []


@pytest.mark.parametrize("line", [one for lines in DATA["strange"].values() for one in lines])
def test_what_may_mean_anything_is_not(reading: Reading, line: str) -> None:
    assert list(reading.page(line))


@pytest.mark.parametrize(("words", "sentence"), DATA["reasons"].items())
def test_words_that_give_it_away_are_named(words: str, sentence: str) -> None:
    assert any(words in one for one in reasons(sentence, "brexu_cel"))


def test_a_sentence_goes_on_in_the_next_line(reading: Reading) -> None:
    whole = "Exam: no distress, lungs clear, heart regular, abdomen soft, no\nedema, skin warm and dry.\n"
    assert list(reading.page(whole)) == []
    assert list(reading.page(whole.replace("edema", "pulse at all"))) != []


@pytest.mark.parametrize("text", ["She wishes to proceed\nafter R-CHOP", "Plan:\nInfusion\n04/20/2026", "After\n"])
def test_half_a_sentence_is_none(reading: Reading, text: str) -> None:
    assert list(reading.page(text))


def test_a_label_alone_holds_for_the_lines_below_it_and_no_farther(reading: Reading) -> None:
    assert list(reading.page("Medications:\n- losartan 50 mg\n- acyclovir\n")) == []
    assert list(reading.page("Medications:\n- losartan 50 mg\n- warfarin\n")) == ["warfarin"]
    assert list(reading.page("Family history:\n  Mother: stroke\n\nstroke\n")) == ["stroke"]


def test_one_strange_sentence_keeps_a_sound_request_from_being_approved() -> None:
    line = "Told at the desk that the matter rests for now."
    answer = submitted(request(f"{text_of()}{line}\n"), approves=True)
    assert actions(answer) == {1: "A4"}
    assert f'a sentence is not understood: note.txt, page 1: "{line[:-1]}"' in notes(answer)


def test_what_is_pended_anyway_is_not_told_sentence_by_sentence() -> None:
    answer = submitted(request(f"{text_of(ECOG='')}Told at the desk that the matter rests for now.\n"), approves=True)
    assert "not understood" not in notes(answer)


def test_a_sentence_without_end_is_soon_given_up(reading: Reading) -> None:
    began = process_time()
    assert list(reading.page("no fever, or no cough and " * 4000))
    assert list(reading.page("relapsed, " * 150 + "x"))
    assert process_time() - began < 5


@pytest.mark.parametrize("rule", ["( a", "a )", "?", "{nowhere}", "a | | ) b"])
def test_a_rule_that_is_not_well_formed_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="not well formed"):
        Grammar({}, {}, {"one": rule})


def test_a_long_record_is_read_by_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_against, "READ", 50)
    answer = submitted(request(), approves=True)
    assert actions(answer) == {1: "A4"} and "longer than what is approved" in notes(answer)
