"""The flow's own decisions: whose case, which drug, which indication; what is open is said in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chartproof.chart.files import read_folder
from chartproof.choose import open_denial, other_denials, same_drug, speaks_of
from chartproof.errors import InputError
from chartproof.letters import denial_letters
from chartproof.model import Case, Chart, DayRange, Denial, Fact, Patient, Quantity, SourceFile
from chartproof.policy.load import load_policy
from chartproof.scope import another_payer, plan_unknown
from chartproof.tour import review_folder
from chartproof.typed import check_typed, complete, name_indication

DAY = date(2026, 6, 1)


def said(concept: str, value: str, day: date | None = None, *, assertion: str = "present", signed: bool = True) -> Fact:
    when = DayRange(day, day) if day else None
    return Fact("F", concept, assertion, (), value=value, when=when, signed=signed)  # type: ignore[arg-type]


def lines(low: float, high: float | None = None) -> Fact:
    return Fact("L", "prior_lines", "present", (), quantity=Quantity(low, high or low, "lines"))


def chart(*facts: Fact) -> Chart:
    return Chart(files=(), documents=(), facts=facts, coverage=(), lines=(), conflicts=())


LBCL, FL, MCL = "large_b_cell_lymphoma", "follicular_lymphoma", "mantle_cell_lymphoma"
OLD, NEW = date(2021, 3, 1), date(2026, 3, 1)


@pytest.mark.parametrize(
    ("drug", "facts", "indication"),
    [
        ("Tecartus", [said("pathology_diagnosis", MCL, NEW)], "brexu_mcl"),
        ("brexucabtagene autoleucel", [said("diagnosis", MCL)], "brexu_mcl"),
        ("Tecartus", [said("diagnosis", "b_cell_all", NEW)], "brexu_ball"),
        # The newest pathology stands before an older one, and before what a note says.
        ("Yescarta", [said("pathology_diagnosis", FL, OLD), said("pathology_diagnosis", LBCL, NEW), lines(3)], "axi_lbcl_3l"),
        ("Yescarta", [said("diagnosis", LBCL, NEW), said("pathology_diagnosis", FL, OLD), lines(3)], "axi_fl"),
        # The number of lines chooses, where it is certain.
        ("Yescarta", [said("diagnosis", LBCL, NEW), lines(1)], "axi_lbcl_2l"),
        ("Yescarta", [said("diagnosis", LBCL, NEW), lines(2)], "axi_lbcl_3l"),
        ("Breyanzi", [said("diagnosis", LBCL, NEW), lines(4)], "liso_lbcl_3l"),
        # What is only suspected, another person's, denied or unsigned does not count.
        ("Tecartus", [said("diagnosis", MCL, OLD), said("diagnosis", "b_cell_all", NEW, assertion="family")], "brexu_mcl"),
        ("Tecartus", [said("diagnosis", MCL, OLD), said("diagnosis", "b_cell_all", NEW, signed=False)], "brexu_mcl"),
    ],
)  # fmt: skip
def test_the_indication_that_the_chart_proves(drug: str, facts: list[Fact], indication: str) -> None:
    case, note = name_indication(Case(as_of=DAY, drug=drug), chart(*facts))
    assert (case.indication, note) == (indication, "")
    assert case.product == indication.split("_")[0] + "_cel"


@pytest.mark.parametrize(
    ("drug", "facts", "words"),
    [
        ("Yescarta", [said("diagnosis", LBCL, NEW)], ["several", "axi_lbcl_2l", "axi_lbcl_3l"]),
        ("Yescarta", [said("diagnosis", LBCL, NEW), lines(1, 2)], ["several", "axi_lbcl_2l", "axi_lbcl_3l"]),
        ("Tecartus", [], ["no diagnosis", "brexu_mcl", "brexu_ball"]),
        ("Tecartus", [said("diagnosis", "multiple_myeloma", NEW)], ["multiple myeloma is no indication", "brexu_mcl"]),
        ("Tecartus", [said("diagnosis", MCL, NEW), said("diagnosis", "b_cell_all", NEW)], ["mantle cell lymphoma", "b cell all"]),
        ("Inventumab", [], ["Inventumab", "not known"]),
        ("", [], ["no drug is named"]),
    ],
)  # fmt: skip
def test_what_is_open_is_said_and_not_guessed(drug: str, facts: list[Fact], words: list[str]) -> None:
    case, note = name_indication(Case(as_of=DAY, drug=drug), chart(*facts))
    assert case.indication == "" and note and "\n" not in note
    assert all(word in note for word in words), note


def test_what_was_typed_in_stands() -> None:
    typed = Case(as_of=DAY, drug="Yescarta", indication="axi_fl")
    assert name_indication(typed, chart(said("diagnosis", LBCL, NEW), lines(3)))[0].indication == "axi_fl"


def test_an_indication_alone_names_its_drug() -> None:
    case, note = name_indication(Case(as_of=DAY, indication="brexu_mcl"), chart())
    assert (case.product, case.drug, note) == ("brexu_cel", "Tecartus", "")


def test_the_letter_completes_what_was_not_typed() -> None:
    letter = Denial(
        file="a.pdf", is_denial=True, drug_named="Tecartus", payer="Invented Health", plan_type="commercial_insured",
        state="NY", received=date(2026, 5, 2),
    )  # fmt: skip
    typed = Case(as_of=DAY, payer="Typed Health", patient=Patient(name="Rosa Invented"))
    case = complete(typed, letter)
    assert (case.drug, case.payer, case.plan_type, case.state) == (
        "Tecartus",
        "Typed Health",
        "commercial_insured",
        "NY",
    )
    assert (case.received, case.patient.name) == (date(2026, 5, 2), "Rosa Invented")


def test_the_patient_comes_from_the_pages_and_the_day_from_the_caller(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"note{number}.txt").write_text(
            f"Progress note 2026-04-0{number}\nPatient: INVENTED, Rosa T  DOB: 03/04/1961  MRN: 5550123\nECOG 1 today.\n"
        )
    review = review_folder(tmp_path, today=DAY)
    assert (review.case.as_of, review.case.patient.name, review.case.patient.born) == (
        DAY,
        "Rosa T Invented",
        date(1961, 3, 4),
    )
    assert "no drug is named" in review.extra["notes"]
    assert review.label == () and review.criteria


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (Case(as_of=DAY, drug="Zorblax"), "CP-CASE-04"),
        (Case(as_of=DAY, drug="Yescarta and Tecartus"), "CP-CASE-04"),
        (Case(as_of=DAY, indication="brexu_mlc"), "CP-POL-01"),
        (Case(as_of=DAY, drug="Tecartus", indication="axi_fl"), "CP-CASE-06"),
        (Case(as_of=DAY, plan_type="commerical"), "CP-LAW-03"),
    ],
)
def test_what_was_typed_wrong_is_refused(case: Case, code: str) -> None:
    with pytest.raises(Exception) as caught:
        check_typed(case)
    assert getattr(caught.value, "code", "") == code


def test_a_typed_drug_needs_no_exact_spelling() -> None:
    check_typed(Case(as_of=DAY, drug="tecartus (brexucabtagene autoleucel)", plan_type="fehb"))
    assert same_drug("Tecartus", "brexucabtagene autoleucel")
    assert not same_drug("Tecartus", "Yescarta")
    assert same_drug("Inventumab ", "inventumab")


ABOUT = [
    ("Tecartus", {"drug_named": "TECARTUS"}, True),
    ("brexucabtagene autoleucel", {"drug_named": "Tecartus"}, True),
    ("Tecartus", {"drug_named": "Yescarta"}, False),
    ("Tecartus", {"drug_named": "Inventumab"}, False),
    ("Tecartus", {"service": "Yescarta (axicabtagene ciloleucel)"}, False),
    ("Tecartus", {}, True),
    ("", {"drug_named": "Tecartus"}, True),
    ("", {"service": "MRI lumbar spine without contrast", "service_codes": ("72148",)}, False),
    ("Yescarta", {"service": "MRI lumbar spine without contrast", "service_codes": ("72148",)}, False),
    ("Yescarta", {"service": "Outpatient procedure", "service_codes": ("38228",)}, True),
    ("Yescarta", {"service": "Outpatient drug", "service_codes": ("Q2041",)}, True),
    ("Yescarta", {"service": "Physical therapy"}, False),
    ("Yescarta", {"service": "Chimeric antigen receptor T-cell therapy"}, True),
    ("", {"drug_named": "Inventumab", "policies_cited": ("Medical Policy 7.02.11",)}, True),
    ("", {"drug_named": "Inventumab"}, False),
]


@pytest.mark.parametrize(("drug", "printed", "wanted"), ABOUT)
def test_a_letter_about_something_else_is_not_the_denial(drug: str, printed: dict[str, Any], wanted: bool) -> None:
    letter = Denial(file="a.pdf", is_denial=True, **printed)
    assert speaks_of(letter, Case(as_of=DAY, drug=drug), load_policy("excellus/7.02.11")) is wanted


def test_another_payers_policy_is_named_unless_the_letter_cites_it() -> None:
    policy = load_policy("excellus/7.02.11")
    other = Case(as_of=DAY, payer="Invented Health")
    assert another_payer(policy, Case(as_of=DAY, payer="Excellus BCBS"), None) == ""
    assert another_payer(policy, Case(as_of=DAY), None) == ""
    assert "Invented Health" in another_payer(policy, other, None)
    assert "Invented Health" in another_payer(policy, other, Denial(file="a.pdf", is_denial=True, policy_cited="9.9.9"))
    assert another_payer(policy, other, Denial(file="a.pdf", is_denial=True, policy_cited="7.02.11")) == ""


def test_an_unknown_kind_of_plan_is_asked_for_with_what_the_letter_shows() -> None:
    denial = Denial("letter.pdf", is_denial=True, payer="Lakeward Benefits", state="IL")
    line = plan_unknown(Case(date(2026, 5, 4)), denial)
    assert "case.yaml" in line and "plan_type: " in line and "Lakeward Benefits, IL" in line
    assert plan_unknown(Case(date(2026, 5, 4), plan_type="fehb"), denial) == ""
    assert plan_unknown(Case(date(2026, 5, 4)), None) == ""


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="CP-READ-01"):
        review_folder(tmp_path / "none", today=DAY)


def letter(file: str, day: date, **more: object) -> Denial:
    return Denial(file=file, is_denial=True, letter_date=day, drug_named="Tecartus", **more)  # type: ignore[arg-type]


MEDICAL = letter(
    "medical.pdf", date(2026, 3, 2), policies_cited=("Medical Policy 7.02.11",), service_codes=("Q2053", "38228")
)
PHARMACY = letter("pharmacy.pdf", date(2026, 3, 9), service_codes=("Q2053",))
UPHELD = letter("upheld.pdf", date(2026, 4, 20), letter_kind="upheld_appeal")
LATER = letter("later.pdf", date(2026, 6, 1), letter_kind="upheld_appeal")
ANOTHER = Denial(file="mri.pdf", is_denial=True, letter_date=date(2026, 4, 1), service="MRI", service_codes=("72148",))


@pytest.mark.parametrize(
    ("letters", "chosen"),
    [
        ([MEDICAL, PHARMACY], MEDICAL),
        ([PHARMACY], PHARMACY),
        ([MEDICAL, UPHELD, PHARMACY], UPHELD),
        ([MEDICAL, LATER], MEDICAL),
        ([MEDICAL, ANOTHER], MEDICAL),
        ([ANOTHER], None),
    ],
)
def test_the_denial_that_is_open_for_the_service(letters: list[Denial], chosen: Denial | None) -> None:
    case, policy = Case(as_of=date(2026, 5, 4), drug="Tecartus"), load_policy("excellus/7.02.11")
    assert open_denial(letters, case, policy) is chosen
    listed = list(other_denials(letters, chosen))
    assert len(listed) == len(letters) - (chosen is not None)
    assert all(any(one.file in line for line in listed) for one in letters if one is not chosen)


def test_a_denial_in_the_midst_of_a_chart_is_found(demo_case: Path, tmp_path: Path) -> None:
    wanted = ("01-excellus-denial-letter.pdf", "07-lymphoma-consult-2026-03-10.pdf")
    for name in wanted:
        (tmp_path / name).write_bytes((demo_case / name).read_bytes())
    letter, chart_pages = read_folder(tmp_path)
    case, policy = Case(as_of=date(2026, 5, 4), drug="Tecartus"), load_policy("excellus/7.02.11")

    def denial(*files: SourceFile) -> Denial | None:
        return open_denial([one for one, _part in denial_letters(files)], case, policy)

    apart = denial(letter, chart_pages)
    run = [*chart_pages.pages, *letter.pages, *chart_pages.pages]
    dump = replace(
        chart_pages,
        pages=tuple(replace(page, file="dump.pdf", number=n) for n, page in enumerate(run, 1)),
        name="dump.pdf",
    )
    within = denial(dump)
    assert apart and within
    assert (within.letter_date, within.reference) == (apart.letter_date, apart.reference)
    assert [reason.kind for reason in within.reasons] == [reason.kind for reason in apart.reasons]
