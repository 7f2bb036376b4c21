"""What a review shows: the demo case's own letter, its dates, the calendar file, and what its notice lacks."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from chartproof.chart.files import read_folder
from chartproof.model import Case, Denial, Page
from chartproof.rights.calendar import ics
from chartproof.rights.deadlines import case_deadlines
from chartproof.rights.fields import logged_receipt
from chartproof.rights.letter import read_letter
from chartproof.rights.reading import deadlines_json, denial_json, letter_json

STAMP = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def pages(demo_case: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Page, ...]]:
    folder = tmp_path_factory.mktemp("letter")
    for name in ("01-excellus-denial-letter.pdf", "16-authorization-log.txt"):
        shutil.copy(demo_case / name, folder / name)
    return {file.name: file.pages for file in read_folder(folder, workers=1)}


@pytest.fixture(scope="module")
def denial(pages: dict[str, tuple[Page, ...]]) -> Denial:
    log = pages["16-authorization-log.txt"]
    return read_letter(pages["01-excellus-denial-letter.pdf"], file="01-excellus-denial-letter.pdf", other_text=log)


def test_demo_letter(denial: Denial) -> None:
    block = denial_json(denial)
    assert block["letter_date"] == "2026-04-27" and block["received"] == "2026-04-30"
    assert block["reference"] == "26-MED-0418837" and block["policy_cited"] == "7.02.11"
    assert block["service_codes"] == ["Q2053", "38225", "38226", "38227", "38228"]
    assert block["diagnosis_codes"] == ["C83.18"] and block["drug_named"] == "Tecartus"
    kinds = [reason["kind"] for reason in block["reasons"]]
    assert kinds == ["prior_therapy", "performance_status", "organ_function", "rems_atc", "documentation"]
    assert all(reason["page"] == 1 for reason in block["reasons"])
    stated = {(row["what"], row.get("days"), row.get("months")) for row in block["stated_deadlines"]}
    assert {("internal_appeal", 180, None), ("peer_to_peer", 14, None), ("external_review", None, 4)} <= stated
    assert {defect.rule for defect in denial.notice_defects} >= {
        "fda.car_t_rems_ended",
        "erisa.notice.expedited_process",
    }


def test_every_place_has_a_box(denial: Denial, pages: dict[str, tuple[Page, ...]]) -> None:
    for name, span in (*denial.where, *((reason.kind, reason.span) for reason in denial.reasons)):
        assert span is not None and span.boxes, name
        page = pages["01-excellus-denial-letter.pdf"][span.page - 1]
        assert page.text[span.start : span.end] == span.quote


def test_the_letter_file_gives_every_field_its_page_and_box(denial: Denial) -> None:
    record = letter_json(denial)
    plain = ("payer", "plan_type", "letter_date", "member_name", "member_id", "group_number", "reference_number",
             "drug_or_service", "hcpcs_cpt", "icd10", "policies_cited", "is_denial", "appeal_fax", "expedited_offered")  # fmt: skip
    for field in plain:
        assert not record[field] or record["places"].get(field), field
    rows = [place for places in record["places"].values() for place in places]
    for row in [*rows, *record["reasons"], *record["stated_deadlines"]]:
        assert row["page"] >= 1 and row["quote"] and row["boxes"]
        assert all(left < right and top < bottom for left, top, right, bottom in row["boxes"])
    assert denial_json(denial)["places"]["received" if denial.received_how == "stamp" else "reference"]


def test_new_york_dates(denial: Denial) -> None:
    case = Case(as_of=date(2026, 5, 4), plan_type="commercial_insured", state="NY", apheresis_planned=date(2026, 5, 18))
    rows = {row.what: row for row in case_deadlines(denial, case)}
    assert (rows["internal_appeal"].rule, rows["internal_appeal"].due) == ("ny.appeal.file", date(2026, 10, 27))
    assert rows["peer_to_peer"].due == date(2026, 5, 11)
    assert (rows["external_review"].rule, rows["external_review"].safe_due) == ("ny.external.file", date(2026, 8, 28))
    assert "Waits for the final adverse determination" in rows["external_review"].why
    assert date(2026, 5, 4) <= rows["expedited_appeal"].safe_due <= date(2026, 5, 15)
    assert all(row["citation"] and row["why"] for row in deadlines_json(rows.values()))


def test_no_date_without_a_start() -> None:
    assert case_deadlines(Denial(file="x", is_denial=True, plan_type="fehb"), Case(as_of=date(2026, 5, 4))) == ()
    assert (
        case_deadlines(Denial(file="x", is_denial=False, letter_date=date(2026, 5, 1)), Case(as_of=date(2026, 5, 4)))
        == ()
    )


def test_a_shorter_day_in_the_letter_is_kept_beside_the_law() -> None:
    text = ("Fernhill Employee Health Plan\na self-funded plan\nJune 3, 2026\nYour request is denied as not medically necessary.\n\n"
            "Your right to appeal\nYou may appeal within 60 days of the date of this letter.\n")  # fmt: skip
    denial = read_letter([Page("l.txt", 1, text)], file="l.txt")
    rows = [row for row in case_deadlines(denial, Case(as_of=date(2026, 6, 10))) if row.what == "internal_appeal"]
    assert [(row.rule, row.due) for row in rows] == [
        ("letter", date(2026, 8, 2)),
        ("erisa.appeal.file", date(2026, 11, 30)),
    ]
    assert any(defect.rule == "erisa.appeal.file" for defect in denial.notice_defects)


def test_calendar_is_the_same_twice_and_names_nobody(denial: Denial) -> None:
    rows = case_deadlines(denial, Case(as_of=date(2026, 5, 4)))
    first, second = (ics(rows, case_reference="26-MED-0418837", stamp=STAMP) for _ in range(2))
    assert first == second and b"Vandermeulen" not in first
    events = Calendar.from_ical(first).walk("VEVENT")
    assert len(events) == len(rows) and len({event["uid"] for event in events}) == len(rows)
    for event, row in zip(events, rows, strict=True):
        assert event.decoded("dtstart") == row.safe_due and row.due.isoformat() in event["description"]
        assert [alarm.decoded("trigger").days for alarm in event.walk("VALARM")] == [-7, -2]


def test_thresholds_are_held_against_the_policy_text(pages: dict[str, tuple[Page, ...]]) -> None:
    letter = pages["01-excellus-denial-letter.pdf"]
    silent = read_letter(
        letter, file="l.pdf", policy_terms=["adequate organ function", "performance status: Karnofsky, PPS or ECOG"]
    )
    says = " ".join(silent.letter_defects)
    assert "prior therapies" in says and "REMS" in says and "LVEF" not in says
    assert "ejection fraction 40%" in says and "ECOG" in says
    printed = read_letter(
        letter,
        file="l.pdf",
        policy_terms=["ECOG performance status of 3 or 4; ejection fraction below 40%; prior therapies; REMS"],
    )
    assert "threshold" not in " ".join(printed.letter_defects)


def test_an_empty_letter_asks() -> None:
    denial = read_letter([Page("blank.pdf", 1, "")], file="blank.pdf")
    assert not denial.is_denial and denial.questions


def test_unknown_plan_type_is_asked() -> None:
    denial = read_letter(
        [Page("l.txt", 1, "Dear Ms. Ashby,\nYour request is denied. You may appeal within 180 days of receipt.\n")],
        file="l.txt",
    )
    assert denial.is_denial and denial.plan_type is None
    assert any(question.startswith("Plan type") for question in denial.questions)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("10/9  pt has the letter today", date(2026, 10, 9)),
        ("10/09/2026 Pt: plan letter arrived in mail, it says no.", date(2026, 10, 9)),
        ("10/05 letter dated. pt got it 10/09 (he phoned, opened mail)", date(2026, 10, 9)),
        ("10/05 letter dated 10/5, pt got it 10/09", date(2026, 10, 9)),
        ("10/12 approval letter received from pharmacy", None),
        ("10/12 letter of medical necessity in hand", None),
        ("10/12 no letter received yet", None),
        ("12/30 pt has the letter", None),
        ("Denial letter scanned in 10/9/2026 (received by mail 10/9/2026)", date(2026, 10, 9)),
        ("Denial letter logged in our office 10/09/2026 (mail room stamp).", date(2026, 10, 9)),
        ("10/9 denial opened today from the mail, received stamp", date(2026, 10, 9)),
        ("10/12 denial of her MRI upheld", None),
        ("10/09/2026 denial faxed in from member", date(2026, 10, 9)),
        ("10/05  plan denied (notice came 10/11)", date(2026, 10, 11)),
        ("10/12 denial not faxed in yet", None),
        ("13/10 denial letter reached us in the post 13/10/2026, stamped", date(2026, 10, 13)),
    ],
)
def test_a_log_says_when_the_letter_came(line: str, day: date | None) -> None:
    page = Page(file="log.txt", number=1, text=f"KESTREL A\n{line}\n")
    assert logged_receipt([page], date(2026, 10, 5)) == day


def test_a_number_in_brackets_is_printed_without_half_of_them() -> None:
    said = "NOTICE OF DENIAL\nYour request is denied. It is not medically necessary.\nPeer-to-peer: your doctor may speak with our medical director ({}).\n"
    for printed, read in (("719-555-0148", "719-555-0148"), ("at (719) 555-0148", "(719) 555-0148")):
        assert read_letter([Page("l.txt", 1, said.format(printed))], file="l.txt").peer_to_peer_phone == read
