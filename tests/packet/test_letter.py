"""The letter says what the findings say, in the order of the denial, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from chartproof.model import DayRange, DenialReason, Document, Fact, Page, Quantity, Review, SourceFile, Span
from chartproof.packet import wording
from chartproof.packet.citations import citations
from chartproof.packet.exhibits import build_book
from chartproof.packet.letter import build_letter
from chartproof.packet.lint import lint
from chartproof.packet.table import Purpose
from chartproof.packet.tree import Letter
from packet.invented import Made


def _letter(review: Review, purpose: Purpose = "appeal") -> Letter:
    book = build_book(review, citations(review, with_denial=purpose != "prior-auth"))
    letter = build_letter(review, book, purpose, draft=True)
    assert lint(letter, review, book) == ()
    return letter


def _text(letter: Letter) -> str:
    return "\n".join(block.text for block in letter.blocks)


def test_answers_the_reasons_in_the_order_of_the_denial(made: Made) -> None:
    headings = [b.text for b in _letter(made.review).blocks if b.kind == "heading"]
    assert headings[:2] == ["1. Performance status", "2. Prior therapy"]
    swapped = replace(made.review.denial, reasons=tuple(reversed(made.review.denial.reasons)))
    headings = [b.text for b in _letter(replace(made.review, denial=swapped)).blocks if b.kind == "heading"]
    assert headings[:2] == ["1. Prior therapy", "2. Performance status"]


def _block(letter: Letter, words: str) -> str:
    return next(b.text for b in letter.blocks if words in b.text)


def test_each_sentence_carries_its_exhibit_and_a_written_day(made: Made) -> None:
    line = _block(_letter(made.review), "ECOG")
    assert line.startswith("Criterion DOC.1. On 21 April 2026 the ECOG performance status was 1 [Exhibit ")
    assert "2026-04-21" not in line
    line = _block(_letter(made.review), "ejection fraction")
    assert line.count("[Exhibit ") == 2
    assert "On 21 April 2026 the left ventricular ejection fraction was 60% [Exhibit " in line


def test_names_the_author_of_a_signed_note_and_quotes_it(made: Made) -> None:
    line = _block(_letter(made.review), "Organ function (N.2).")
    words = "Ada Nonesuch, MD recorded on organ function: “Organ function is adequate for apheresis” [Exhibit"
    assert words in line


def test_an_unsigned_or_recognised_page_names_no_author(made: Made) -> None:
    documents = tuple(replace(d, signed=None) for d in made.review.chart.documents)
    chart = replace(made.review.chart, documents=documents)
    assert "On 21 April 2026 the chart recorded on organ function" in _text(_letter(replace(made.review, chart=chart)))


def test_a_line_of_therapy_is_one_sentence(made: Made) -> None:
    line = _block(_letter(made.review), "First line")
    words = "First line: tafasitamab, 1 February 2023 to 5 March 2024; partial response; ended by progression [Exhibit "
    assert line.startswith(words)


def test_says_that_policy_and_label_ask_for_no_prior_therapy(made: Made) -> None:
    text = _text(_letter(made.review))
    assert (
        "The criteria of medical policy 1.2 name no required prior therapy. "
        "The FDA label for this indication names no number of prior lines."
    ) in text


def test_does_not_say_so_where_the_policy_has_one(made: Made) -> None:
    row = replace(
        made.review.criteria[3],
        id="N.9",
        says="two prior lines of therapy were given",
        status="missing",
        evidence=(),
        remedy="the records of each line",
        shows="lines of therapy: the chart does not say",
    )
    text = _text(_letter(replace(made.review, criteria=(*made.review.criteria, row))))
    assert "name no required prior therapy" not in text
    assert "Criterion N.9. Still open: the records of each line. Lines of therapy: the chart does not say." in text


def test_a_drug_that_nothing_names_is_a_line_to_fill_in(made: Made) -> None:
    case = replace(made.review.case, drug="", product="")
    unnamed = replace(made.review, case=case, denial=None)
    book = build_book(unnamed, citations(unnamed, with_denial=False))
    rows = dict(build_letter(unnamed, book, "prior-auth", draft=True).reference)
    assert set(rows["Service"]) == {"_"}


def test_a_row_of_the_label_that_stands_against_the_request_is_told_in_an_appeal(made: Made) -> None:
    first = next(f for f in made.review.criteria if f.status == "met")
    label = (replace(first, id="no_active_infection", layer="label", status="not_met", reason="value"),)
    review = replace(made.review, label=label)
    book = build_book(review, citations(review, with_denial=True))
    said = [block.text for block in build_letter(review, book, "appeal", draft=True).blocks]
    at = said.index("Where the chart shows otherwise")
    assert said[at + 1].startswith("The chart does not meet the requirement that ")


def test_gaps_are_gaps(made: Made) -> None:
    text = _text(_letter(made.review))
    gaps = text[text.index("What is not in this package") :]
    assert "DOC.2: the report of a chest x-ray. Ordered, not done." in gaps
    assert "DOC.3" in gaps
    assert "Two items are open. Each will be sent when it exists:" in gaps
    assert "a chest x-ray was done" not in text[: text.index("What is not in this package")]


def test_a_row_that_is_not_met_is_said_to_be_not_met(made: Made) -> None:
    rows = tuple(
        replace(f, status="not_met", shows="ECOG 3 (2026-04-21)", facts=()) if f.id == "DOC.1" else f
        for f in made.review.criteria
    )
    text = _text(_letter(replace(made.review, criteria=rows)))
    assert (
        "The chart does not meet the requirement that a performance status is recorded. ECOG 3 (21 April 2026) ["
        in text
    )


def test_a_reason_without_rows_asks_for_its_criterion(made: Made) -> None:
    denial = replace(made.review.denial, reasons=(DenialReason("other", "Because.", 1),))
    assert "Please name the criterion on this point that was applied" in _text(
        _letter(replace(made.review, denial=denial))
    )


def test_a_denial_over_the_treating_center_names_what_is_to_come(made: Made) -> None:
    denial = replace(made.review.denial, reasons=(DenialReason("rems_atc", "Not certified.", 1),))
    case = replace(made.review.case, product="axi_cel")
    text = _text(_letter(replace(made.review, denial=denial, case=case)))
    assert "It is being asked for and will be sent when it exists." in text
    assert "FDA ended the REMS of the CAR-T products on 26 June 2025" in text
    assert "Medical policy 1.2 has no criterion on a REMS certificate" in text


@pytest.mark.parametrize("purpose", ["prior-auth", "external-review"])
def test_the_request_is_one_sentence_of_its_purpose(made: Made, purpose: Purpose) -> None:
    opening = _letter(made.review, purpose).blocks[0].text
    assert opening.startswith(
        "I ask you to approve" if purpose == "prior-auth" else "I ask you to overturn the plan's denial"
    )
    assert ("denial" in opening) == (purpose == "external-review")


def test_quotes_the_treating_centers_own_letter_on_its_standing(made: Made) -> None:
    text = (
        'The notice says that we are not a "certified center". Our program is accredited by the Invented Foundation. '
        "Beds: 30. Since 2025 no hospital can hold a REMS certification. We would be glad to talk."
    )
    source = SourceFile("program.txt", "", "text", (Page("program.txt", 1, text),))
    letter = Document("p1", "program.txt", 1, 1, "program_letter", "Invented Program", belongs=True, signed=True)
    chart = made.review.chart
    chart = replace(chart, files=(*chart.files, source), documents=(*chart.documents, letter))
    denial = replace(made.review.denial, reasons=(DenialReason("rems_atc", "Not certified.", 1),))
    words = _text(_letter(replace(made.review, chart=chart, denial=denial)))
    assert "The treating center states: “Our program is accredited by the Invented Foundation”; “Since 2025 no" in words
    assert "no hospital can hold a REMS certification" in words
    assert "certified center" not in words and "Beds" not in words


def test_without_a_denial_every_part_has_its_heading_only_where_it_has_a_row(made: Made) -> None:
    rows = tuple(f for f in made.review.criteria if f.status == "missing")
    letter = _letter(replace(made.review, denial=None, criteria=rows, label=()), "prior-auth")
    assert [b.text for b in letter.blocks if b.kind == "heading"] == [
        "The disease and its treatment",
        "What is not in this package",
    ]


def test_a_requirement_that_nobody_confirmed_is_flagged_for_the_signer(made: Made) -> None:
    note = "This row's requirement was not confirmed against its primary source; confirm it before use."
    rows = tuple(replace(f, notes=(note,)) if f.id == "prior_lines" else f for f in made.review.label)
    line = next(b.text for b in _letter(replace(made.review, label=rows)).blocks if "The FDA label for" in b.text)
    assert line.endswith("[Before signing, confirm this requirement against its source.]")


def test_the_end_of_the_rems_carries_its_source() -> None:
    text = wording.rems_sentence("axi_cel")
    assert "on 26 June 2025" in text and text.endswith("(FDA safety communication 26 June 2025).")
    assert "without a REMS" in wording.rems_sentence("obe_cel")
    assert wording.rems_sentence("") == ""


def test_words_that_stand_in_the_paragraph_are_not_quoted_twice(made: Made) -> None:
    row = next(f for f in made.review.criteria if f.id == "N.1")
    facts = tuple(
        Fact(f"x{n}", concept, assertion, row.evidence)
        for n, (concept, assertion) in enumerate((("prior_car_t", "absent"), ("one_time_treatment", "present")))
    )
    rows = tuple(replace(f, facts=facts) if f.id == "N.1" else f for f in made.review.criteria)
    line = _block(_letter(replace(made.review, criteria=rows)), "One treatment (N.1).")
    assert line.count("“No earlier CAR-T”") == 1
    assert line.count("[Exhibit ") == 2


def test_a_quote_that_stops_within_a_sentence_goes_on_to_its_end(made: Made) -> None:
    whole = next(f for f in made.review.criteria if f.id == "N.2").evidence[0]
    start, end = whole.start, whole.start + len("Organ function is adequate")
    part = replace(whole, quote=whole.quote[: end - start], end=end)
    assert wording.quoted(made.review, part) == "“Organ function is adequate for apheresis”"
    assert wording.quoted(made.review, whole) == "“Organ function is adequate for apheresis”"


def test_a_heading_takes_the_words_under_it_and_nothing_of_what_stands_below_them(made: Made) -> None:
    text = "Why as an inpatient\nNobody at home at night, and\n90 miles to go.\nSigned A. Roe, MD\nOther case: refused."
    page = replace(made.review.chart.files[0].pages[0], file="place.txt", text=text, words=())
    files = (replace(made.review.chart.files[0], name="place.txt", pages=(page,)),)
    review = replace(made.review, chart=replace(made.review.chart, files=files))
    head, said = text.split("\n")[0], "Nobody at home at night, and\n90 miles to go."
    span = Span("place.txt", page.number, 0, len(head), head)
    assert wording.quoted(review, span, on=True) == f"“{head} Nobody at home at night, and 90 miles to go”"
    listed = replace(page, text="REASON:\nLIVES ALONE.\n7. PLAN ONE INFUSION.\n/ES/ A. ROE, MD")
    files = (replace(files[0], pages=(listed,)),)
    review_of_list = replace(made.review, chart=replace(made.review.chart, files=files))
    assert (
        wording.quoted(review_of_list, Span("place.txt", page.number, 0, 7, "REASON:"), on=True)
        == "“REASON: LIVES ALONE”"
    )
    start = text.index(said)
    whole = Span("place.txt", page.number, start, start + len(said), said)
    assert wording.quoted(review, whole, on=True) == "“Nobody at home at night, and 90 miles to go”"


def test_a_quote_of_a_note_in_capitals_goes_on_to_its_end(made: Made) -> None:
    said = "LIVES ALONE 90 MILES AWAY, NO ONE CAN STAY WITH HIM AT NIGHT, AND THE CLINIC HAS NO OUTPATIENT"
    for rest, whole in ((" UNIT.\n2. PLAN", f"“{said} UNIT”"), ("\nNEXT VISIT: MAY", f"“{said}”")):
        page = replace(made.review.chart.files[0].pages[0], file="place.txt", text=said + rest, words=())
        files = (replace(made.review.chart.files[0], name="place.txt", pages=(page,)),)
        review = replace(made.review, chart=replace(made.review.chart, files=files))
        assert wording.quoted(review, Span("place.txt", page.number, 0, len(said), said)) == whole


def test_a_note_that_tells_of_pathology_on_its_own_day_is_not_the_report(made: Made) -> None:
    span = made.review.criteria[0].evidence[0]
    holder = next(d for d in made.review.chart.documents if d.file == span.file and d.first <= span.page <= d.last)
    fact = Fact("p1", "pathology_diagnosis", "present", (span,), value="multiple_myeloma", when=holder.when)
    assert wording.say(made.review, fact, span).startswith("In the note of 21 April 2026 pathology is reported as ")
    earlier = replace(fact, when=DayRange.day(date(2026, 3, 2)))
    assert wording.say(made.review, earlier, span).startswith("Pathology of 2 March 2026 shows multiple myeloma: ")
    papers = tuple(replace(d, kind="pathology") if d == holder else d for d in made.review.chart.documents)
    report = replace(made.review, chart=replace(made.review.chart, documents=papers))
    assert wording.say(report, fact, span).startswith("Pathology of 21 April 2026 shows multiple myeloma: ")


def test_numbers_beside_a_panel_are_of_its_day_and_of_one_value(made: Made) -> None:
    score, _, lvef = made.review.chart.facts
    scan = replace(score, id="scan", concept="cardiac_imaging", quantity=None)
    assert wording.companions(made.review, scan) == (lvef,)
    other = replace(lvef, id="other", quantity=Quantity(40, 40, "%"))
    chart = replace(made.review.chart, facts=(score, lvef, other))
    assert wording.companions(replace(made.review, chart=chart), scan) == ()
    assert wording.companions(made.review, replace(scan, when=DayRange.day(date(2026, 4, 1)))) == ()


def test_every_template_fills_and_belongs_to_a_known_concept(root: Path, made: Made) -> None:
    path = root / "src" / "chartproof" / "knowledge" / "vocabulary" / "concepts.yaml"
    concepts = yaml.safe_load(path.read_text(encoding="utf-8"))["concepts"]
    written = {**wording.words("sentences"), **wording.words("titles")}
    assert set(written) <= set(concepts)
    span = made.review.criteria[0].evidence[0]
    for concept, own in wording.words("sentences").items():
        for outcome in own:
            assertion = outcome if outcome in ("absent", "planned", "historical", "family") else "present"
            state = "" if outcome in ("present", "values", "number", "one", "absent") else outcome
            number = Quantity(1, 1, "%") if outcome in ("number", "one") else None
            fact = Fact("f", concept, assertion, (span,), value=state or None, quantity=number)
            for when in (None, DayRange.day(date(2026, 4, 21)), DayRange.month(2026, 4)):
                text = wording.say(made.review, replace(fact, when=when), span)
                assert text and "{" not in text and "  " not in text and text[:1].isupper()
