"""A denial goes out with a clinician's ruling or not at all."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.exchange.invented import NOW, actions, claim_of, notes, read_here, request, served, text_of, workspace

import chartproof.exchange
from chartproof.errors import ChartproofError
from chartproof.exchange import base
from chartproof.exchange.answer import Told, response_bundle
from chartproof.exchange.decision import DENIED, Decision, decide
from chartproof.exchange.snapshots import check_profiles, pas_profiles
from chartproof.exchange.submit import ruled
from chartproof.exchange.submitted import Submitted, read_request
from chartproof.model import Outcome, Ruling


def ruling(outcome: Outcome = "deny", **more: object) -> Ruling:
    made = Ruling(
        outcome, ("policy/I.B",), ("note.txt",), "The records show no such status.", "Ida Invented", "NY 123456", NOW
    )
    return replace(made, **more)  # type: ignore[arg-type]


def decided(**lines: str) -> tuple[Submitted, Decision]:
    asked = read_request(request(text_of(**lines), items=2))
    with workspace() as folder:
        return asked, decide(asked, served(approves=True).site, today=date(2026, 5, 4), folder=folder, read=read_here)


@pytest.mark.parametrize("lacks", ["ruling", "name", "licence", "rows", "statement", "outcome"])
def test_no_denial_without_a_clinicians_ruling(lacks: str) -> None:
    asked, site = read_request(request()), served().site
    bare = {"rows": ()} if lacks == "rows" else {"outcome": "approve"} if lacks == "outcome" else {lacks: ""}
    one = None if lacks == "ruling" else ruling(**bare)  # type: ignore[arg-type]
    with pytest.raises(ChartproofError, match="CP-FHIR-19"):
        response_bundle(asked, Decision({1: DENIED}, ruling=one), Told("R1"), site, at=NOW)


@pytest.mark.parametrize("gap", ["", "ECOG", "HIV-1/2", "Patient", "Electronically"])
def test_what_a_program_decides_is_never_a_denial(gap: str) -> None:
    _, decision = decided(**({gap: ""} if gap else {}))
    assert set(decision.items.values()) <= {"approved", "pended"} and decision.ruling is None


def test_one_function_alone_makes_a_denial() -> None:
    """Of all modules of the exchange: the one that has the word, the one that turns a ruling into an answer, the one that
    refuses it unsigned, and the one that finds an earlier one."""
    folder = Path(chartproof.exchange.__file__).parent
    using = {
        path.name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id == "DENIED"
    }
    assert using == {"decision.py", "submit.py", "answer.py", "before.py"}


@pytest.mark.parametrize(("outcome", "code"), [("deny", "A3"), ("approve", "A1"), ("ask", "A4")])
def test_a_ruling_answers_every_item_and_keeps_the_profiles(outcome: Outcome, code: str) -> None:
    asked, decision = decided(ECOG="")
    rows = tuple(f"{one.layer}/{one.id}" for one in decision.open)
    answer, approved = ruled(asked, ruling(outcome, rows=rows), decision.review, served().site)
    assert actions(answer) == {1: code, 2: code} and bool(approved) == (code == "A1")
    assert "Ida Invented" in notes(answer) and "The records show no such status." in notes(answer)
    assert not list(base.problems(answer)) and not list(check_profiles(answer, pas_profiles()))
    (flag,) = [one for one in claim_of(answer)["extension"] if one["url"].endswith("claimResponseReviewer")]
    assert flag["extension"] == [{"url": "wasHumanReviewedFlag", "valueBoolean": True}]
    asks = [one for one in answer["entry"] if one["resource"]["resourceType"] == "CommunicationRequest"]
    assert bool(asks) == (code == "A4")


def test_an_item_that_was_called_off_stays_so() -> None:
    bundle = request(text_of(ECOG=""), items=2)
    flag = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/modifierextension-infoCancelled"
    claim_of(bundle)["item"][1]["modifierExtension"] = [{"url": flag, "valueBoolean": True}]
    answer, _ = ruled(read_request(bundle), ruling(), None, served().site)
    assert actions(answer) == {1: "A3", 2: "C"}


def test_an_approval_without_a_person_says_so() -> None:
    asked, decision = decided()
    answer = response_bundle(asked, decision, Told("R1"), served().site, at=NOW)
    assert actions(answer) == {1: "A1", 2: "A1"}
    (flag,) = [one for one in claim_of(answer)["extension"] if one["url"].endswith("claimResponseReviewer")]
    assert flag["extension"][0]["valueBoolean"] is False
