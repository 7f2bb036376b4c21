"""The letter of a determination and the reviewer's worksheet: what they say, what they refuse, and how a denial reads to
the one who receives it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import docx
import pypdfium2 as pdfium
import pytest
from tests.packet.conftest import Made

from chartproof.errors import EvidenceError, InputError
from chartproof.model import Case, Denial, Finding, Page, Review, Ruling, Span
from chartproof.packet.determination import determination, determination_files, key_of, speaks_to, to_confirm
from chartproof.packet.worksheet import places, worksheet, worksheet_pdf
from chartproof.rights.deadlines import case_deadlines
from chartproof.rights.defects import notice_defects
from chartproof.rights.ladder import ladder
from chartproof.rights.letter import read_letter
from chartproof.rights.text import Letter

AT = datetime(2026, 5, 6, 15, tzinfo=UTC)
PLANS = (
    "commercial_insured", "marketplace", "self_funded_erisa", "grandfathered", "medicare_advantage", "dsnp", "medicaid_mco",
    "chip", "fehb",
)  # fmt: skip


def open_rows(review: Review) -> list[Finding]:
    return [one for one in (*review.criteria, *review.label) if one.status in ("missing", "not_met")]


def of_plan(made: Made, plan: str) -> Review:
    case = replace(made.review.case, plan_type=plan, state="NY", payer="Plan of Nowhere")
    return replace(made.review, case=case, denial=None)


def ruling(review: Review, outcome: str = "deny", **more: object) -> Ruling:
    plan, rows = review.case.plan_type, open_rows(review)
    denial = Denial(
        file="", is_denial=True, letter_date=AT.date(), plan_type=plan, state="NY", decision_type="pre_service",
        letter_kind="denial", appeal_level_next="internal",
    )  # fmt: skip
    case = Case(AT.date(), review.case.patient, plan_type=plan, state="NY")
    seen = sorted({span.file for one in rows for span in (*one.evidence, *one.against)} | {"note.pdf"})
    given = Ruling(
        outcome, tuple(key_of(one) for one in rows), tuple(seen), "The tests that were sent are out of date.",  # type: ignore[arg-type]
        "Ida Invented, MD", "NY 123456", AT, "hematology", "R0123456789ABCDEF", "Invented Treatment Center", ("Q2053",),
        AT.date(), ladder(denial, case, case_deadlines(denial, case)),
    )  # fmt: skip
    return replace(given, **more)  # type: ignore[arg-type]


def text_of(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(pdf)]


@pytest.mark.parametrize("plan", PLANS)
def test_a_denial_has_what_the_law_of_the_plan_wants_of_a_notice(made: Made, plan: str) -> None:
    """Our own reader of denial letters reads it: what it denies, on which criteria, and nothing that a notice lacks."""
    review = of_plan(made, plan)
    files = determination_files(review, ruling(review))
    pages = [
        Page("letter.pdf", n, text, (), 612, 792, "text")
        for n, text in enumerate(text_of(files["determination.pdf"]), 1)
    ]
    read = read_letter(pages, file="letter.pdf")
    assert read.is_denial and read.letter_kind == "denial" and read.letter_date == AT.date()
    assert read.reference == "R0123456789ABCDEF" and read.appeal_level_next in ("internal", "reconsideration")
    lacks = notice_defects(replace(read, plan_type=plan, state="NY"), Letter(pages, file="letter.pdf"))
    assert not lacks.notice_defects, [one.what for one in lacks.notice_defects]
    flat = " ".join(" ".join(page.text for page in pages).split())
    for one in open_rows(review):
        assert one.id in flat and one.says in flat
    assert "Ida Invented, MD, hematology, licence NY 123456" in flat


def test_the_steps_are_those_of_the_plan(made: Made) -> None:
    said = {}
    for plan in ("self_funded_erisa", "medicare_advantage", "medicaid_mco"):
        review = of_plan(made, plan)
        said[plan] = " ".join(block.text for block in determination(review, ruling(review)).blocks)
    assert "502(a)" in said["self_funded_erisa"] and "2 November 2026" in said["self_funded_erisa"]
    assert "Independent review entity" in said["medicare_advantage"] and "502(a)" not in said["medicare_advantage"]
    assert "State fair hearing" in said["medicaid_mco"] and "5 July 2026" in said["medicaid_mco"]
    assert not any("confirm]" in text or "confirm)" in text or "check the paragraph" in text for text in said.values())
    review = of_plan(made, "medicaid_mco")
    assert any("438.406" in one for one in to_confirm(review, ruling(review)))


def test_what_a_denial_must_have(made: Made) -> None:
    review = of_plan(made, "commercial_insured")
    met = next(key_of(one) for one in review.criteria if one.status == "met")
    lacking = [
        ("CP-RULE-01", {"name": " "}), ("CP-RULE-02", {"licence": ""}), ("CP-RULE-03", {"rows": ()}),
        ("CP-RULE-03", {"rows": (met,)}), ("CP-RULE-03", {"rows": ("policy/none",)}), ("CP-RULE-04", {"statement": "  "}),
        ("CP-RULE-05", {"considered": ()}), ("CP-RULE-06", {"steps": ()}),
    ]  # fmt: skip
    for code, changed in lacking:
        with pytest.raises(InputError) as refused:
            determination(review, ruling(review, **changed))
        assert refused.value.code == code, changed
    with pytest.raises(InputError, match="CP-RULE-06"):
        determination(of_plan(made, ""), ruling(of_plan(made, "commercial_insured")))
    with pytest.raises(InputError, match="CP-RULE-07"):
        determination(review, ruling(review, "ask", rows=()))


def test_evidence_that_speaks_to_the_criterion_may_not_be_passed_over(made: Made) -> None:
    review = of_plan(made, "commercial_insured")
    (one, *_) = [row for row in open_rows(review) if row.against or row.evidence]
    cited = {span.file for span in (*one.evidence, *one.against)}
    with pytest.raises(InputError) as refused:
        determination(review, ruling(review, rows=(key_of(one),), considered=("somewhere.txt",)))
    assert refused.value.code == "CP-RULE-05" and all(name in str(refused.value) for name in cited)


def test_a_quote_that_is_not_on_its_page_stops_the_letter(made: Made) -> None:
    review = of_plan(made, "commercial_insured")
    (row, *_) = [one for one in open_rows(review) if one.against or one.evidence]
    (span, *_) = row.against or row.evidence
    elsewhere = replace(row, against=(replace(span, quote="other words"),), evidence=())
    rows = [tuple(elsewhere if one is row else one for one in layer) for layer in (review.criteria, review.label)]
    with pytest.raises(EvidenceError):
        determination(replace(review, criteria=rows[0], label=rows[1]), ruling(review))


def test_an_approval_and_a_request_for_more(made: Made) -> None:
    review = of_plan(made, "commercial_insured")
    approved = " ".join(block.text for block in determination(review, ruling(review, "approve", rows=())).blocks)
    assert "The authorization number is R0123456789ABCDEF" in approved and "do not approve" not in approved
    assert all(one.says.lower() in approved.lower() for one in review.criteria)
    asked = " ".join(block.text for block in determination(review, ruling(review, "ask", licence="")).blocks)
    assert "neither approved nor denied" in asked
    assert all(one.remedy.rstrip(".") in asked for one in open_rows(review))


def test_word_says_the_same_and_the_same_ruling_gives_the_same_bytes(made: Made) -> None:
    review = of_plan(made, "commercial_insured")
    files = determination_files(review, ruling(review))
    assert files == determination_files(review, ruling(review))
    document = docx.Document(io.BytesIO(files["determination.docx"]))
    words = " ".join(paragraph.text for paragraph in document.paragraphs)
    assert "6 May 2026" in words and "The tests that were sent are out of date." in words
    assert len(document.tables) == 2 and "Internal appeal" in document.tables[1].rows[3].cells[0].text


def test_the_worksheet_has_each_criterion_with_what_was_found_and_what_is_missing(made: Made) -> None:
    review = of_plan(made, "commercial_insured")
    rows = [block for block in worksheet(review, reference="R1").blocks if block.kind == "row" and block.source]
    findings = (*review.criteria, *review.label)
    assert len(rows) == len(findings)
    by_source = {block.source[0]: [run.text for run in block.runs] for block in rows}
    for one in findings:
        asked, status, found, where, missing = by_source[f"row:{one.layer}/{one.id}"]
        assert one.says.lower() in asked.lower() and status[0] in "◇■●–"
        if one.evidence:
            assert one.evidence[0].file in where.replace("\u200b", "") and "“" in found
        assert bool(missing) == (one.status in ("missing", "not_met"))
    assert "R1" in " ".join(text_of(worksheet_pdf(review, reference="R1")))


def test_the_worksheet_names_what_is_open_first_and_what_no_rule_understands_last(made: Made) -> None:
    review = of_plan(made, "commercial_insured")
    told = 'note.pdf, page 1: "Positive for nothing" (perhaps because a test is told of as positive)'
    sheet = worksheet(replace(review, extra={**review.extra, "told": told}), reference="R1")
    marked = dict(sheet.reference)["Open"].split(", ")
    assert len(marked) == len(open_rows(review))
    said = [run.text for block in sheet.blocks for run in block.runs]
    assert "Sentences to read yourself" in said and told in said
    assert "Sentences to read yourself" not in [run.text for block in worksheet(review).blocks for run in block.runs]


def test_each_document_stands_once_with_its_pages() -> None:
    spans = [Span("a.pdf", page, 0, 1, "x") for page in (3, 4, 3)] + [Span("b.pdf", 1, 0, 1, "x")]
    assert [one.replace("\u00a0", " ") for one in places(spans)] == ["a.pdf, p. 3, 4", "b.pdf, p. 1"]


def test_a_title_that_is_the_members_name_gives_way_to_the_kind(made: Made) -> None:
    review = of_plan(made, "commercial_insured")
    named = [replace(one, title=f"{review.case.patient.name.upper()} ID 7") for one in review.chart.documents]
    letter = determination(replace(review, chart=replace(review.chart, documents=tuple(named))), ruling(review))
    listed = [run.text for block in letter.blocks if block.kind == "item" for run in block.runs]
    assert listed and not any(" ID 7" in one for one in listed)


def test_a_paper_that_nobody_signed_speaks_to_the_row_that_names_it(made: Made) -> None:
    """A denial lists it among what was considered, though no quote of it counts."""
    review = of_plan(made, "commercial_insured")
    name = review.chart.files[0].name
    bare = replace(open_rows(review)[0], evidence=(), against=(), shows=f"stressors: the chart does not say; an unsigned paper is there ({name}, p. 1)")  # fmt: skip
    assert speaks_to(review, bare) == [name]
    assert not speaks_to(review, replace(bare, shows=f"more than x{name}, and {name}-2"))
