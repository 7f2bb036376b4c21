"""Each kind of reason is answered from rows, facts, rules and checked references alone; a reason that stands is said to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chartproof.model import DayRange, DenialReason, NoticeDefect, Review, Right
from chartproof.packet.citations import citations
from chartproof.packet.coded import in_list
from chartproof.packet.exhibits import build_book
from chartproof.packet.letter import build_letter
from chartproof.packet.library import references
from chartproof.packet.lint import lint
from chartproof.packet.subjects import named, subjects, title_of
from chartproof.packet.wording import therapy_line, who_wrote
from packet.invented import Made

RIGHT = Right("erisa.notice.criterion", "The notice gives the criterion.", "29 CFR 1.1(a)")


def text_of(review: Review, *reasons: tuple[str, str], **changes: Any) -> str:
    """The letter's text for these reasons (kind, quote); the letter is checked on the way."""
    assert review.denial is not None
    told = tuple(DenialReason(kind, quote, 1) for kind, quote in reasons)
    ours = replace(review, denial=replace(review.denial, reasons=told), **changes)
    book = build_book(ours, citations(ours, with_denial=True))
    letter = build_letter(ours, book, "appeal", draft=True)
    assert lint(letter, ours, book) == ()
    return "\n".join(block.text for block in letter.blocks)


@pytest.mark.parametrize("policy", ["with a policy", "without"])
@pytest.mark.parametrize("kind", [*subjects(), "a kind that nobody knows"])
def test_every_kind_has_an_answer_under_its_heading(kind: str, policy: str, made: Made) -> None:
    review = made.review if policy == "with a policy" else replace(made.review, criteria=(), label=())
    text = text_of(review, (kind, "It was not shown."))
    answer = text[text.index("The notice says") :].split("\n")[1:]
    assert answer[0] and not answer[0].startswith("About the notice")
    if policy == "without":
        assert "I do not have the criteria" in text and "criteria of" not in text and "Medical policy" not in text


@pytest.mark.parametrize("kind", subjects())
def test_all_kinds_together_repeat_nothing(kind: str, made: Made) -> None:
    others = [(one, f"Reason {n} was not shown.") for n, one in enumerate(subjects()) if one != kind]
    assert text_of(made.review, (kind, "The first was not shown."), *others)


def test_a_policy_that_counts_relapses_speaks_to_what_was_had_before() -> None:
    says = subjects()["prior_therapy"].says
    assert re.search(says, "Second or later relapse of the lymphoma")
    assert not re.search(says, "No relapse within the transplant")


def test_a_reason_on_the_number_of_relapses_has_its_own_heading() -> None:
    assert (
        title_of(DenialReason("prior_therapy", "The records show one relapse, and the policy asks for two.", 1))
        == "Number of relapses"
    )
    assert title_of(DenialReason("prior_therapy", "The records show one line of treatment.", 1)) == "Prior therapy"


def not_met(review: Review, name: str) -> dict[str, Any]:
    rows = tuple(replace(f, status="not_met", facts=(), shows="ECOG 3") if f.id == name else f for f in review.criteria)
    return {"criteria": rows}


def test_a_reason_that_the_chart_bears_out_is_said_to_stand_with_the_roads_that_are_left(made: Made) -> None:
    reason = ("performance_status", "The performance status is too low.")
    text = text_of(made.review, reason, **not_met(made.review, "DOC.1"))
    assert "The chart does not meet the requirement that a performance status is recorded." in text
    assert "the notice is right: the reason stands" in text
    assert "an exception for this patient on medical grounds and a clinical trial" in text
    assert "the notice is right" not in text_of(made.review, reason)


def test_a_number_of_an_earlier_day_is_told_with_its_day_and_page(made: Made) -> None:
    score = next(fact for fact in made.review.chart.facts if fact.concept == "ecog" and fact.when)
    assert score.quantity and score.when
    day = DayRange.day(score.when.last - timedelta(days=70))
    older = replace(score, id="F900", quantity=replace(score.quantity, low=3.0, high=3.0), when=day)
    chart = replace(made.review.chart, facts=(*made.review.chart.facts, older))
    told = text_of(made.review, ("performance_status", "The records give an ECOG of 3."), chart=chart)
    assert "The number in the notice is of an earlier day: on " in told
    assert "the ECOG performance status was 3 [Exhibit" in told
    for quote in ("The performance status is too low.", "The records give an ECOG of 2."):
        assert "of an earlier day" not in text_of(made.review, ("performance_status", quote), chart=chart)


def test_an_infection_of_today_and_a_refusal_of_the_drug_make_no_reason_right(made: Made) -> None:
    infected = replace(made.review.label[1], id="no_active_infection", status="not_met", facts=(), shows="infection")
    refused = tuple(replace(f, status="not_met") if f.kind == "precondition" else f for f in made.review.criteria)
    for kind in ("experimental", "not_medically_necessary"):
        text = text_of(made.review, (kind, "It is not proven."), criteria=refused, label=(infected,))
        assert "the reason stands" not in text
    other = replace(infected, id="diagnosis", shows="another disease")
    assert "the reason stands" in text_of(made.review, ("experimental", "It is not proven."), label=(other,))


def test_another_product_is_a_road_only_where_a_label_names_the_disease(made: Made) -> None:
    row = replace(made.review.criteria[0], says="two prior lines of therapy were given", status="not_met", facts=())
    reason, rows = ("prior_therapy", "Two lines are required."), (row, *made.review.criteria[1:])
    assert "another product" not in text_of(made.review, reason, criteria=rows)
    text = text_of(made.review, reason, criteria=rows, extra={"other_products": "Otherleucel"})
    assert "another product that is labeled for this disease (Otherleucel)" in text


def test_a_missing_row_leaves_the_reason_open(made: Made) -> None:
    rows = tuple(replace(f, status="missing", remedy="a score") if f.id == "DOC.1" else f for f in made.review.criteria)
    text = text_of(made.review, ("performance_status", "Not shown."), criteria=rows)
    assert "Until that is in the package, the reason on performance status is not fully answered." in text


def test_a_number_in_the_notice_is_held_against_a_policy_that_prints_none(made: Made) -> None:
    said = "The policy gives no number."
    rows = tuple(
        replace(f, basis="interpretation", because="we ask for a value; the policy gives no number; 40 is ours")
        if f.id == "N.2" else f for f in made.review.criteria
    )  # fmt: skip
    assert said in text_of(made.review, ("organ_function", "An LVEF below 50% is not adequate."), criteria=rows)
    assert said not in text_of(made.review, ("organ_function", "An LVEF below 50% is not adequate."))
    own = tuple(
        replace(f, says="a performance status of 0 or 1 is recorded") if f.id == "DOC.1" else f
        for f in made.review.criteria
    )
    reason = ("performance_status", "An ECOG of 2 is not accepted.")
    assert "It sets no number for this." in text_of(made.review, reason)
    assert "It sets no number for this." not in text_of(made.review, reason, criteria=own)


def test_a_rule_of_law_is_named_once_with_its_citation_and_how_the_notice_broke_it(made: Made) -> None:
    denial = made.review.denial
    assert denial is not None
    fault = NoticeDefect(RIGHT.rule, "Names no criterion.", RIGHT.citation)
    broken = replace(denial, notice_defects=(fault,), letter_defects=(fault.what, "Is not dated."))
    reasons = (("one_time", "Was treated before."), ("allo_transplant", "Had a transplant."))
    text = text_of(replace(made.review, denial=broken), *reasons, rights=(RIGHT,))
    assert text.count("(29 CFR 1.1(a)). This notice names no criterion.") == 1
    assert "About the notice\nThe notice also falls short in this:\nIs not dated." in text


def test_a_rule_that_was_not_confirmed_is_not_named(made: Made) -> None:
    text = text_of(made.review, ("one_time", "Was treated before."), rights=(replace(RIGHT, verified=False),))
    assert "CFR" not in text


def test_the_patients_own_cells_are_told_where_a_transplant_is_the_reason(made: Made) -> None:
    chart = made.review.chart
    signed = next(fact for fact in chart.facts if fact.evidence and fact.when and fact.when.exact)
    own = replace(signed, id="F9999", concept="autologous_transplant", assertion="present", value="", quantity=None)
    ours = replace(made.review, chart=replace(chart, facts=(*chart.facts, own)))
    reason = ("allo_transplant", "Had a transplant.")
    assert "was autologous, with the patient's own cells" in text_of(ours, reason)
    assert "autologous" not in text_of(made.review, reason)


def mantle(review: Review) -> dict[str, Any]:
    return {"label_id": "brexu_mcl", "case": replace(review.case, product="brexu_cel")}


def test_prior_therapy_of_mantle_cell_lymphoma_is_told_apart_from_the_trials_conditions(made: Made) -> None:
    text = text_of(made.review, ("prior_therapy", "Not shown."), **mantle(made.review))
    assert "conditions of entry to the ZUMA-2 trial; they are not part of the label's indication (Wang M et al" in text


def test_what_nobody_has_read_is_in_no_letter(made: Made) -> None:
    for indication in {name for one in references().values() for name in one.indications}:
        product = indication.rpartition("_")[0]
        case = replace(made.review.case, product="_".join(product.split("_")[:1]) + "_cel")
        reasons = [(kind, f"Reason {n}, below 50%.") for n, kind in enumerate(subjects())]
        text = text_of(made.review, *reasons, label_id=indication, case=case)
        assert not [one.id for one in references().values() if not one.verified and one.shows in text]


def test_a_trials_limits_answer_a_number_and_nothing_else(made: Made) -> None:
    limit = "would not have met ZUMA-2's conditions of entry"
    assert limit in text_of(made.review, ("organ_function", "An LVEF under 50%."), **mantle(made.review))
    assert limit not in text_of(made.review, ("organ_function", "Not shown."), **mantle(made.review))


@pytest.mark.parametrize("kind", ["diagnosis", "not_covered_benefit", "other"])
def test_a_code_that_the_policys_list_lacks_is_answered_from_the_code_table(kind: str, made: Made) -> None:
    assert made.review.denial is not None
    review = replace(made.review, denial=replace(made.review.denial, diagnosis_codes=("C83.18",)))
    listed = {"codes_listed": "C83.30-C83.39; C91.00-C91.02"}
    text = text_of(review, (kind, "Diagnosis code C83.18 is not covered."), extra=listed)
    assert "has no code for mantle cell lymphoma. The code for mantle cell lymphoma is C83.1x (ICD-10-CM" in text
    assert "mantle cell" not in text_of(review, (kind, "Not covered."), extra=listed)
    assert "mantle cell" not in text_of(review, (kind, "Diagnosis code C83.18 is not covered."))
    held = {"codes_listed": "C83.10-C83.19"}
    assert "C83.18 is in the list of" in text_of(review, (kind, "Diagnosis code C83.18 is not covered."), extra=held)


def test_a_code_that_has_ended_is_said_to_have_ended(made: Made) -> None:
    assert made.review.denial is not None
    review = replace(made.review, denial=replace(made.review.denial, service_codes=("0540T", "38228")))
    text = text_of(review, ("other", "CPT 0540T is not covered."))
    assert "Code 0540T ended on 31 December 2024; 38228 took its place." in text
    assert "38228 ended" not in text


@pytest.mark.parametrize(
    ("code", "inside"),
    [("C83.30", True), ("C83.35", True), ("C83.398", True), ("C83.3A", False), ("C83.18", False), ("C86.6", True)],
)
def test_a_list_of_codes_holds_its_ranges(code: str, inside: bool) -> None:
    assert in_list(code, ("C83.30-C83.39", "C86.6")) == inside


@pytest.mark.parametrize("kind", ["documentation", "other"])
def test_papers_that_a_reason_names_are_answered_one_by_one(kind: str, made: Made) -> None:
    text = text_of(made.review, (kind, "We did not find a psychosocial evaluation in the records."))
    assert "Criterion DOC.3. Still open: a signed evaluation." in text and "On DOC.3 the notice is right today" in text
    assert "Criterion DOC.2" not in text and "Of the 3 items" not in text
    social = text_of(made.review, (kind, "A social assessment was not included with the request."))
    assert "Criterion DOC.3. Still open: a signed evaluation." in social and "Criterion DOC.2" not in social
    there = tuple(replace(f, says="the 12-lead ECG was done") if f.id == "DOC.1" else f for f in made.review.criteria)
    text = text_of(made.review, (kind, "No electrocardiogram was sent."), criteria=there)
    assert "Each paper that the notice misses is in the chart." in text and "is right today" not in text


def test_two_reasons_on_documents_are_answered_once_each(made: Made) -> None:
    general, team = (
        ("documentation", "The records sent do not suffice."),
        ("documentation", "No tumor board was found."),
    )
    text = text_of(made.review, general, general)
    assert text.count("items that the policy lists") == 1
    assert text.count("What the chart holds on documentation is set out above.") == 1
    row = replace(made.review.criteria[0], id="I.B", says="a multidisciplinary team has met", status="missing")
    boarded = replace(made.review, criteria=(*made.review.criteria, row))
    assert [f.id for f in named(boarded, DenialReason(*team, 1))] == ["I.B"] and "I.B" in text_of(
        boarded, general, team
    )


def test_a_serology_that_a_reason_names_is_that_one_alone(made: Made) -> None:
    rows = tuple(
        replace(made.review.criteria[1], id=f"V.{virus}", says=f"{virus} was tested", sought=(virus,))
        for virus in ("hepatitis C", "HIV")
    )
    review = replace(made.review, criteria=rows)
    assert [f.id for f in named(review, DenialReason("documentation", "No hepatitis C serology was sent.", 1))] == ["V.hepatitis C"]  # fmt: skip
    assert len(named(review, DenialReason("documentation", "No viral serologies were sent.", 1))) == 2
    assert named(review, DenialReason("experimental", "No hepatitis C serology was sent.", 1)) == ()


def test_a_line_of_therapy_of_one_moment_has_one_date() -> None:
    month, day = DayRange(date(2025, 9, 1), date(2025, 9, 30)), DayRange(date(2025, 9, 4), date(2025, 9, 4))
    assert "CAR-T cells, September 2025; " in therapy_line(1, "CAR-T cells", (), month, month, None, None)
    assert "4 September 2025 to September 2025" in therapy_line(1, "CAR-T cells", (), day, month, None, None)


def test_a_line_of_therapy_that_no_exhibit_shows_is_not_told(made: Made) -> None:
    line = made.review.chart.lines[0]
    unseen = replace(line, line=2, regimen="a drug that nobody sends", evidence=())
    review = replace(made.review, chart=replace(made.review.chart, lines=(line, unseen)))
    text = text_of(review, ("prior_therapy", "Prior therapy was not shown."))
    assert "First line: " in text and "nobody sends" not in text


def test_words_that_name_their_writer_are_not_the_authors_of_the_page(made: Made) -> None:
    span = next(s for f in made.review.criteria for s in f.evidence if who_wrote(made.review, s).endswith("MD"))
    entry = replace(span, quote=f"10/14/2026 17:22 R. Okoye MD (signed): {span.quote}")
    assert who_wrote(made.review, entry) == "the chart"
