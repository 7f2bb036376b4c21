"""The sheet for the call: one day to call by, questions in words, and what is open is said to be open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chartproof.model import Conflict, DayRange, Deadline, DenialReason, Review
from chartproof.packet.calls import content
from chartproof.packet.citations import citations
from chartproof.packet.exhibits import build_book
from chartproof.packet.look import prose_day
from chartproof.packet.table import cover
from chartproof.packet.wording import topic
from packet.invented import Made


def sheet(review: Review) -> dict[str, Any]:
    return content(review, build_book(review, citations(review, with_denial=True)), "appeal", most=6)


def test_a_day_to_call_by_that_has_passed_says_so_and_is_not_on_the_cover(made: Made) -> None:
    past = made.review.case.as_of - timedelta(days=3)
    due = Deadline("letter.peer", "peer_to_peer", past, past, "claimant", "the letter, p. 1", "7 days.")
    review = replace(made.review, deadlines=(due,))
    assert dict(map(tuple, sheet(review)["facts"]))["By"].startswith(f"{prose_day(past)} (passed")
    assert cover(review, "appeal", draft=True)["dates"] == []
    later = replace(due, due=made.review.case.as_of, safe_due=made.review.case.as_of)
    kept = replace(made.review, deadlines=(later,))
    assert dict(map(tuple, sheet(kept)["facts"]))["By"] == prose_day(made.review.case.as_of)
    assert len(cover(kept, "appeal", draft=True)["dates"]) == 1


def test_the_notices_own_number_is_told_with_its_day(made: Made) -> None:
    score = next(fact for fact in made.review.chart.facts if fact.concept == "ecog" and fact.when)
    assert score.quantity and score.when and made.review.denial is not None
    day = score.when.last - timedelta(days=70)
    older = replace(score, id="F900", quantity=replace(score.quantity, low=3.0, high=3.0), when=DayRange.day(day))
    chart = replace(made.review.chart, facts=(*made.review.chart.facts, older))
    denial = replace(made.review.denial, reasons=(DenialReason("performance_status", "The ECOG is 3.", 1),))
    (asked, *_others) = sheet(replace(made.review, chart=chart, denial=denial))["questions"]
    assert f"The notice's number is of {prose_day(day)}: ECOG 3." in asked["answer"]


def test_a_reason_whose_row_is_open_is_answered_as_open(made: Made) -> None:
    rows = tuple(replace(f, status="missing") for f in made.review.criteria)
    assert made.review.denial is not None
    denial = replace(made.review.denial, reasons=(DenialReason("performance_status", "Not shown.", 1),))
    asked = sheet(replace(made.review, criteria=rows, denial=denial))["questions"]
    assert asked[0]["answer"].startswith("Still open: ") and asked[0]["where"] == ""


def test_what_the_chart_shows_otherwise_is_the_first_thing_not_to_claim(made: Made) -> None:
    first, second, *rest = made.review.label
    label = (replace(first, status="missing"), replace(second, status="not_met"), *rest)
    lines = sheet(replace(made.review, label=label))["open"]
    says = second.id.replace("_", " ")
    assert lines[0] == f"FDA label, {says}, that {second.says}: the chart shows otherwise."
    assert any(line.startswith(f"FDA label, {first.id.replace('_', ' ')}, that ") for line in lines[1:])


def test_open_rows_that_do_not_fit_on_the_sheet_are_counted(made: Made) -> None:
    rows = tuple(replace(f, status="missing") for f in made.review.criteria)
    review = replace(made.review, criteria=rows)
    book = build_book(review, citations(review, with_denial=True))
    lines = content(review, book, "appeal", most=2)["open"]
    assert len(lines) == 3 and lines[-1].startswith("And ") and "every open row" in lines[-1]


@pytest.mark.parametrize(
    ("what", "printed"),
    [
        ("btk inhibitor given or not", "BTK inhibitor given or not"),
        ("cmv igg on another person's page", "CMV IgG on another person's page"),
        ("hepatitis b in a list", "hepatitis B in a list"),
        ("disease status", "disease status"),
        ("asthma in a list", "asthma in a list"),
        ("LVEF: the draft letter", "LVEF: the draft letter"),
    ],
)
def test_what_two_papers_disagree_on_is_printed_as_people_write_it(what: str, printed: str) -> None:
    assert topic(what) == printed


def test_a_paper_that_the_chart_contradicts_is_named_in_the_question(made: Made) -> None:
    span = made.review.criteria[0].evidence[0] if made.review.criteria[0].evidence else None
    assert span is not None
    pair = (Conflict("LVEF: the draft letter", span, span, "48"), Conflict("hepatitis b in a list", span, span, "over"))
    asked = sheet(replace(made.review, chart=replace(made.review.chart, conflicts=pair)))["questions"]
    assert [one["question"] for one in asked[-2:]] == [
        "LVEF: the draft letter says otherwise?", "Hepatitis B in a list: two versions?",
    ]  # fmt: skip


def test_a_version_that_stands_on_a_page_of_the_package_is_cited_there(made: Made) -> None:
    span = made.review.criteria[0].evidence[0]
    beside = replace(span, start=0, end=4, quote="else")
    pair = (Conflict("disease status", beside, beside, "remission"),)
    asked = sheet(replace(made.review, chart=replace(made.review.chart, conflicts=pair)))["questions"]
    assert asked[-1]["where"].startswith("Exhibit ")


def test_where_the_label_is_silent_the_caller_does_not_concede_that_it_asks(made: Made) -> None:
    assert made.review.denial is not None
    denial = replace(made.review.denial, reasons=(DenialReason("prior_therapy", "Two lines are asked for.", 1),))
    firm = sheet(replace(made.review, denial=denial))["firm"]
    assert "That the FDA label asks for a number of prior lines: for this indication it names none." in firm
