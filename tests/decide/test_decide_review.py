"""A whole chart of hand-made facts against the packaged policy and label."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chartproof.decide.ask import ask_list
from chartproof.decide.review import review
from chartproof.errors import EvidenceError
from chartproof.model.case import Case
from chartproof.model.chart import Chart, Coverage, Document
from chartproof.model.fact import Fact
from chartproof.model.finding import Finding
from chartproof.policy.compile import compile_policy
from chartproof.policy.labels import load_label
from chartproof.policy.load import load_policy
from handmade import chart, fact, span

AS_OF = date(2026, 5, 4)
POLICY = compile_policy(load_policy("excellus/7.02.11"))
LABEL = compile_policy(load_label("brexu_mcl"))

#: A chart that proves everything but lung function tests, which are not asked for.
COMPLETE = (
    fact("pharmacy_approval", "2026-04-17", value="approved"),
    fact("prior_car_t", "2026-04-21", assertion="absent"),
    fact("one_time_treatment", "2026-04-21"),
    fact("mdt_recommendation", "2026-04-14", value="recommended"),
    fact("organ_function_statement", "2026-04-28", value="adequate"),
    fact("lvef", "2026-03-17", number=58, unit="%"),
    fact("metabolic_panel", "2026-04-21"),
    fact("cbc_panel", "2026-04-21"),
    fact("allogeneic_transplant", "2026-03-10", assertion="absent"),
    fact("place_of_service", "2026-04-21", value="outpatient"),
    fact("risk_benefit_analysis", "2026-04-21"),
    fact("pathology_diagnosis", "2026-02-19", value="mantle_cell_lymphoma"),
    fact("diagnosis", "2026-03-10", value="mantle_cell_lymphoma"),
    fact("comorbidities_identified", "2026-03-10"),
    fact("comorbidities_managed", "2026-04-21"),
    fact("comorbidities_assessed", "2026-04-21"),
    fact("specialist_consult", "2026-03-24", value="filed"),
    fact("psychosocial_stressors", "2026-04-23"),
    fact("ecog", "2026-04-21", number=1, unit="grade"),
    fact("cmv_igg", "2026-03-12", value="positive"),
    fact("hbsag", "2026-03-12", value="negative"),
    fact("anti_hbc", "2026-03-12", value="negative"),
    fact("hcv_ab", "2026-03-12", value="negative"),
    fact("hiv", "2026-03-12", value="negative"),
    fact("ecg", "2026-03-24"),
    fact("cardiac_imaging", "2026-03-17"),
    fact("chest_xray", "2026-04-20"),
    fact("lung_function_need", "2026-04-21", assertion="absent"),
    fact("cancer_screening", "2026-04-01", value="current"),
    fact("age", "2026-05-04", number=63, unit="years"),
    fact("relapsed_or_refractory", "2026-02-19"),
    fact("active_infection", "2026-04-21", assertion="absent"),
)


def run(facts: tuple[Fact, ...], **given: object) -> dict[str, Finding]:
    criteria, label = review(Case(as_of=AS_OF), chart(*facts, **given), POLICY, LABEL)  # type: ignore[arg-type]
    return {finding.id: finding for finding in (*criteria, *label)}


def without(*concepts: str) -> tuple[Fact, ...]:
    return tuple(item for item in COMPLETE if item.concept not in concepts)


def test_a_complete_chart_is_met_and_what_is_not_asked_for_is_not_applicable() -> None:
    found = run(COMPLETE)
    not_met = {key: finding.status for key, finding in found.items() if finding.status != "met"}
    assert not_met == {
        "DOC.A.2": "not_applicable",
        "DOC.G.2": "not_applicable",
        "prior_lines": "not_applicable",
        "required_classes": "not_applicable",
        "limitation_of_use": "not_applicable",
    }
    assert all(finding.evidence for finding in found.values() if finding.status == "met")
    assert len(found) == 24 + 8


def test_an_empty_chart_is_missing_everywhere_and_says_who_to_ask() -> None:
    found = run(())
    asked = [finding for finding in found.values() if finding.layer == "policy" or finding.status == "missing"]
    assert {finding.status for finding in asked} == {"missing"}
    assert all(finding.remedy and finding.ask for finding in asked)
    assert not any(finding.evidence for finding in found.values())


def test_a_missing_row_names_what_was_looked_for_and_not_found_and_a_met_row_nothing() -> None:
    found = run(without("hcv_ab", "organ_function_statement"))
    assert found["DOC.E.3"].sought == ("HCV antibody",)
    assert found["I.C"].sought == ("statement on organ function",)
    assert not any(finding.sought for finding in found.values() if finding.status != "missing")


def test_a_finding_says_what_the_chart_shows_and_how_long_it_holds() -> None:
    finding = run(COMPLETE)["DOC.D"]
    assert finding.shows == "ECOG 1 (2026-04-21, 13 days before)"
    assert finding.valid_until == date(2026, 5, 21)
    assert finding.basis == "convention"
    assert "30 days is ours" in finding.because
    assert finding.trace[-1] == "DOC.D: met (value)"


def test_organ_function_needs_the_statement_and_the_numbers() -> None:
    assert run(without("organ_function_statement"))["I.C"].status == "missing"
    assert run(without("lvef"))["I.C"].status == "missing"
    low = run((*without("lvef"), fact("lvef", "2026-03-17", number=30, unit="%")))["I.C"]
    assert (low.status, low.reason) == ("missing", "needs_judgement")
    against = run(
        (*without("organ_function_statement"), fact("organ_function_statement", "2026-04-28", value="inadequate"))
    )
    assert against["I.C"].status == "not_met"
    held = run(
        (*without("organ_function_statement"), fact("organ_function_statement", "2026-04-28", value="conditional"))
    )
    assert (held["I.C"].status, held["I.C"].reason) == ("missing", "needs_judgement")


@pytest.mark.parametrize(
    ("when", "status", "reason"),
    [
        ("2025-04-10", "met", "value"),
        ("2026-01-10", "not_met", "value"),
        ("2025-11-04", "met", "value"),
        ("2025-11-05", "not_met", "value"),
        ("2025-11", "missing", "date_imprecise"),
        (None, "missing", "date_imprecise"),
    ],
)
def test_a_transplant_is_recent_within_the_term(when: str | None, status: str, reason: str) -> None:
    finding = run((*without("allogeneic_transplant"), fact("allogeneic_transplant", when)))["II"]
    assert (finding.status, finding.reason) == (status, reason)


def test_a_transplant_of_a_brother_or_in_a_plan_never_counts() -> None:
    for assertion in ("family", "planned"):
        other = fact("allogeneic_transplant", "2026-04-10", assertion=assertion)
        assert run((*COMPLETE, other))["II"].status == "met"
        assert run((*without("allogeneic_transplant"), other))["II"].status == "missing"


def test_a_transplant_and_its_denial_are_a_conflict_that_is_shown() -> None:
    finding = run((*COMPLETE, fact("allogeneic_transplant", "2025-04-10", page=7)))["II"]
    assert (finding.status, finding.reason) == ("missing", "conflicting")
    assert finding.against
    assert "conflict" in finding.shows


def test_a_complete_history_settles_silence_and_is_quoted() -> None:
    covered = Coverage(("allogeneic_transplant",), (span("history.pdf", 3, "complete treatment history"),))
    finding = run(without("allogeneic_transplant"), coverage=(covered,))["II"]
    assert (finding.status, finding.reason) == ("met", "absent_and_covered")
    assert [item.file for item in finding.evidence] == ["history.pdf"]


def test_an_earlier_car_t_is_not_met_even_where_one_treatment_is_intended() -> None:
    found = run((*without("prior_car_t"), fact("prior_car_t", "2021-03", assertion="historical")))
    assert found["I.A"].status == "not_met"
    assert run(without("one_time_treatment"))["I.A"].status == "met"
    assert run(without("prior_car_t", "one_time_treatment"))["I.A"].status == "missing"


def test_inpatient_care_turns_the_two_rows_round() -> None:
    inpatient = (*without("place_of_service"), fact("place_of_service", "2026-04-21", value="inpatient"))
    found = run(inpatient)
    assert (found["DOC.A.1"].status, found["DOC.A.2"].status) == ("not_applicable", "missing")
    assert run((*inpatient, fact("inpatient_reason", "2026-04-21")))["DOC.A.2"].status == "met"
    assert run(without("place_of_service"))["DOC.A.2"].status == "missing"


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ((fact("copd", None),), "missing"),
        ((fact("copd", None), fact("pulmonary_function_test", "2026-04-01")), "met"),
        ((fact("smoking_pack_years", "2026-03-10", number=42, assertion="historical", unit="pack-years"),), "missing"),
        (
            (fact("smoking_pack_years", "2026-03-10", number=8, assertion="historical", unit="pack-years"),),
            "not_applicable",
        ),
        ((fact("emphysema", None, assertion="family"),), "not_applicable"),
    ],
)
def test_lung_tests_are_asked_for_where_the_risk_is_documented(extra: tuple[Fact, ...], status: str) -> None:
    assert run((*COMPLETE, *extra))["DOC.G.2"].status == status


def test_lung_tests_without_a_word_on_risk_are_missing() -> None:
    assert run(without("lung_function_need"))["DOC.G.2"].status == "missing"


def test_a_never_smoker_with_no_lung_disease_needs_no_lung_tests() -> None:
    diseases = ("copd", "emphysema", "alpha_1_antitrypsin_deficiency", "hepatopulmonary_syndrome")
    covered = Coverage(diseases, (span("history.pdf", 2, "no lung disease"),))
    facts = (*without("lung_function_need"), fact("smoking", "2026-03-10", assertion="absent"))
    assert run(facts, coverage=(covered,))["DOC.G.2"].status == "not_applicable"


def test_an_unsigned_assessment_is_missing_and_shown() -> None:
    draft = fact("psychosocial_stressors", "2026-04-23", signed=False, file="draft.pdf")
    finding = run((*without("psychosocial_stressors"), draft))["DOC.C.1"]
    assert (finding.status, finding.reason) == ("missing", "unsigned")
    assert [item.file for item in finding.against] == ["draft.pdf"]
    assert "unsigned" in finding.notes[0]
    assert finding.ask == "social work"


def test_an_old_film_is_stale_and_an_order_is_not_a_film() -> None:
    old = fact("chest_xray", "2025-09-03", file="old.pdf")
    ordered = fact("chest_xray", "2026-05-06", assertion="planned", file="order.pdf")
    finding = run((*without("chest_xray"), old, ordered))["DOC.G.1"]
    assert (finding.status, finding.reason) == ("missing", "stale")
    assert finding.shows == (
        "chest x-ray: planned for 2026-05-06, no result in the chart yet; "
        "the last is of 2025-09-03 (243 days before), older than the 90 days for which it counts"
    )
    assert {item.file for item in finding.against} == {"old.pdf", "order.pdf"}


def test_an_infection_that_came_later_bites_and_one_that_is_over_does_not() -> None:
    assert run((*COMPLETE, fact("active_infection", "2025-09-10")))["no_active_infection"].status == "met"
    assert run((*COMPLETE, fact("active_infection", "2026-04-30")))["no_active_infection"].status == "not_met"
    same_day = run((*COMPLETE, fact("active_infection", "2026-04-21")))["no_active_infection"]
    assert (same_day.status, same_day.reason) == ("missing", "conflicting")


def test_two_scores_of_one_day_are_documented_and_shown_side_by_side() -> None:
    finding = run((*COMPLETE, fact("ecog", "2026-04-21", number=2, unit="grade", page=9)))["DOC.D"]
    assert finding.status == "met"
    assert len(finding.against) == 1
    assert "another value of the same day" in finding.notes[0]


def test_an_indeterminate_serology_is_no_result() -> None:
    finding = run((*without("hcv_ab"), fact("hcv_ab", "2026-03-12", value="indeterminate")))["DOC.E.3"]
    assert (finding.status, finding.reason) == ("missing", "needs_judgement")


def test_pathology_and_clinic_must_not_disagree_on_the_diagnosis() -> None:
    other = (*without("diagnosis"), fact("diagnosis", "2026-03-10", value="large_b_cell_lymphoma"))
    assert run(other)["diagnosis"].status == "not_met"
    assert run(without("diagnosis"))["diagnosis"].status == "met"
    assert run(without("diagnosis", "pathology_diagnosis"))["diagnosis"].status == "missing"


def test_a_page_of_another_patient_never_counts() -> None:
    stray = Document("stray", "scan.pdf", 10, 10, "laboratory", belongs=False)
    result = fact("hiv", "2026-04-01", value="negative", document="stray")
    assert run((*without("hiv"), result), documents=(stray,))["DOC.E.4"].status == "missing"


def test_evidence_begins_with_the_deciding_quote_and_adds_pages_that_agree() -> None:
    again = [fact("ecog", "2026-04-14", number=1, unit="grade", file=f"more{n}.pdf", id=f"more{n}") for n in range(6)]
    finding = run((*COMPLETE, *again))["DOC.D"]
    assert finding.evidence[0].quote == "quote of ecog 2026-04-21"
    assert len(finding.evidence) == 5
    assert len({(item.file, item.page) for item in finding.evidence}) == 5


def test_a_met_row_without_a_quote_is_never_written() -> None:
    coverage = Coverage(("allogeneic_transplant",), ())
    with pytest.raises(EvidenceError, match=r"CP-DEC-02.*II"):
        run(without("allogeneic_transplant"), coverage=(coverage,))
    bare = replace(fact("hiv", "2026-03-12", value="negative"), evidence=())
    finding = run((*without("hiv"), bare))["DOC.E.4"]
    assert (finding.status, finding.reason) == ("missing", "unanchored")


def test_what_was_not_known_on_a_day_is_left_out() -> None:
    late = fact("hiv", "2026-03-12", value="negative", known="2026-05-02")
    criteria, _ = review(Case(as_of=AS_OF), chart(*without("hiv"), late), POLICY, known_by=date(2026, 5, 1))
    assert {finding.id: finding.status for finding in criteria}["DOC.E.4"] == "missing"
    assert run((*without("hiv"), late))["DOC.E.4"].status == "met"


def test_screening_is_not_asked_of_a_young_man() -> None:
    young = (fact("age", "2026-05-04", number=30, unit="years"), fact("sex", None, value="male"))
    assert run((*without("age", "cancer_screening"), *young))["DOC.H.1"].status == "not_applicable"
    assert run((*without("age"), *young))["DOC.H.1"].status == "met"
    assert run(without("cancer_screening"))["DOC.H.1"].status == "missing"


@pytest.mark.parametrize(
    ("age", "sex", "lung", "status"),
    [
        (44, "male", None, "not_applicable"),
        (45, "male", None, "missing"),
        (75, "male", None, "missing"),
        (76, "male", None, "not_applicable"),
        (76, "female", None, "not_applicable"),
        (78, "male", "absent", "not_applicable"),
        (78, "male", "present", "missing"),
        (82, "female", "present", "not_applicable"),
        (20, "female", None, "not_applicable"),
        (21, "female", None, "missing"),
    ],
)
def test_screening_is_asked_for_by_age_sex_and_smoking(age: int, sex: str, lung: str | None, status: str) -> None:
    person = (fact("age", "2026-05-04", number=age, unit="years"), fact("sex", None, value=sex))
    smoking = () if lung is None else (fact("lung_screening_due", "2026-05-04", assertion=lung),)
    rows = run((*without("age", "sex", "cancer_screening"), *person, *smoking))
    assert rows["DOC.H.1"].status == status


def test_screening_that_is_on_record_counts_beyond_the_ages() -> None:
    old = (fact("age", "2026-05-04", number=80, unit="years"), fact("sex", None, value="male"))
    assert run((*without("age"), *old))["DOC.H.1"].status == "met"


def test_an_unconfirmed_label_row_says_so() -> None:
    label = compile_policy(load_label("liso_lbcl_2l_nothct"))
    empty = Chart(files=(), documents=(), facts=(), coverage=(), lines=(), conflicts=())
    _, findings = review(Case(as_of=AS_OF), empty, POLICY, label)
    assert "not confirmed" in {finding.id: finding.notes for finding in findings}["prior_lines"][-1]


def test_open_rows_are_gathered_by_who_is_asked() -> None:
    asks = {ask.who: [row for row, _ in ask.rows] for ask in ask_list(run(without("hiv", "ecg")).values())}
    assert asks == {"laboratory": ["DOC.E.4", "viral_screen"], "cardiology": ["DOC.F.1"]}
