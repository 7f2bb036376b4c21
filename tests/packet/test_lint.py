"""A letter with a sentence that nothing proves is refused; each kind of fault is named."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chartproof.errors import EvidenceError
from chartproof.model import DayRange
from chartproof.packet.citations import citations
from chartproof.packet.exhibits import Book, Place, build_book
from chartproof.packet.forms import form
from chartproof.packet.letter import build_letter
from chartproof.packet.lint import check_letter, lint
from chartproof.packet.tree import Block, Letter, Run, heading, item, of_row, para
from packet.invented import Made

MET = "row:policy/DOC.1"
OPEN = "row:policy/DOC.2"


@pytest.fixture(scope="module")
def book(made: Made) -> Book:
    return build_book(made.review, citations(made.review, with_denial=True))


def letter(*blocks: Block) -> Letter:
    return Letter("Invented", (), (("Patient", "Wanda Testperson"),), "To whom:", blocks, "Sincerely,", "", True)


SOUND = (
    heading("1. Performance status"),
    para("On 21 April 2026 the ECOG performance status was 1.", source=(MET,)),
    para(form("letter.speak")),
    item("DOC.2: the report of a chest x-ray is not in this package.", source=(OPEN,)),
    para("The chart says: “No earlier CAR-T.”", source=("row:policy/N.1",)),
)


def test_a_sound_letter_passes(made: Made, book: Book) -> None:
    assert lint(letter(*SOUND), made.review, book) == ()
    check_letter(letter(*SOUND), made.review, book)


BROKEN = {
    "unproven": para("The patient is a good candidate."),
    "unknown_source": para("The patient is a good candidate.", source=("row:policy/DOC.77",)),
    "form": para(Run("I am available at any hour.", source="form:letter.speak")),
    "open_claimed": para("A chest x-ray was done.", source=(OPEN,)),
    "quote": para("The chart says: “Fully active.”", source=(MET,)),
    "place": para("The score was 1", Run(places=(Place("Q", 1),)), source=(MET,)),
    "day": para("On 22 April 2026 the ECOG performance status was 1.", source=(MET,)),
    "pronoun": para("He had an ECOG performance status of 1.", source=(MET,)),
    "name": para("Dr. Somebody Else recorded a score of 1.", source=(MET,)),
    "number": para("On 21 April 2026 the ECOG performance status was 3.", source=(MET,)),
    "reference": para("One trial showed a response (Somebody A et al).", source=(MET,)),
    "code": para("The service is billed as Q2053.", source=(MET,)),
    "count": para("7 of the 7 criteria are met.", source=("counts:",)),
    "leftover": para("The score was {amount}.", source=(MET,)),
    "filler": para("The score was clearly 1.", source=(MET,)),
    "empty": para(" ", source=(MET,)),
    "heading": heading("2. Nothing"),
    "repeated": SOUND[1],
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_letter_is_refused(rule: str, made: Made, book: Book) -> None:
    broken = letter(*SOUND, BROKEN[rule])
    assert {problem.rule for problem in lint(broken, made.review, book)} == {rule}
    if rule == "repeated":  # told, and no reason to lose a package
        check_letter(broken, made.review, book)
        return
    with pytest.raises(EvidenceError) as caught:
        check_letter(broken, made.review, book)
    assert caught.value.code == "CP-EVID-05"
    assert "Somebody" not in str(caught.value)


def test_a_name_is_no_word_of_ours_and_hides_none(made: Made, book: Book) -> None:
    """A patient called He may be named; the pronoun beside the name is still one."""
    patient = replace(made.review.case.patient, name="Wei He")
    review = replace(made.review, case=replace(made.review.case, patient=patient))
    told = replace(letter(*SOUND, para("Wei He was seen.", source=(MET,))), reference=(("Patient", "Wei He"),))
    assert lint(told, review, book) == ()
    told = replace(told, blocks=(*told.blocks, para("Wei He said that he agrees.", source=(MET,))))
    assert [problem.rule for problem in lint(told, review, book)] == ["pronoun"]


def _alterations(text: str) -> dict[str, str]:
    """The sentence with one thing changed in it: each must be refused."""
    ours, changed = re.sub(r"“[^”]*”", "", text), {}
    if day := re.search(r"\b\d{1,2} [A-Z][a-z]+ (?:19|20)\d\d\b", ours):
        changed["day"] = text.replace(day.group(), "29 January 2019")
    elif number := re.search(r"(?<![\w.-])\d+(?![\w.,-])", ours):
        changed["number"] = text.replace(number.group(), str(int(number.group()) + 7))
    if quote := re.search(r"“([^”]+ )([^”]+)”", text):
        changed["quote"] = text.replace(quote.group(), f"“{quote[1]}never {quote[2]}”")
    end = text.rstrip(".")
    return changed | {
        "pronoun": f"{end}, and she agreed.", "literature": f"{end} (N Engl J Med 2021;384:1).", "code": f"{end} (C85.20).",
        "law": f"{end} (29 CFR 1.1).", "boast": f"Clearly, {text}",
    }  # fmt: skip


def test_no_sentence_of_a_letter_can_be_altered(made: Made, book: Book) -> None:
    whole, tried = build_letter(made.review, book, "appeal", draft=True), 0
    for n, block in enumerate(whole.blocks):
        for k, run in enumerate(block.runs):
            if block.kind == "heading" or run.places or not re.search(r"\w{3}", run.text):
                continue
            for way, text in _alterations(run.text).items():
                runs = tuple(replace(one, text=text) if i == k else one for i, one in enumerate(block.runs))
                blocks = (*whole.blocks[:n], replace(block, runs=runs), *whole.blocks[n + 1 :])
                assert lint(replace(whole, blocks=blocks), made.review, book), (way, text)
                tried += 1
    assert tried > 100


def test_a_criterion_that_the_review_does_not_have(made: Made, book: Book) -> None:
    broken = letter(*SOUND, para("Criterion DOC.77. The score was 1.", source=(MET,)))
    assert [problem.rule for problem in lint(broken, made.review, book)] == ["name"]


def test_the_words_of_a_policy_and_of_the_chart_are_theirs_to_choose(made: Made, book: Book) -> None:
    says = "she or he was very sick, had C83.1 by NCCN (Wang et al) and saw Dr. Who"
    rows = tuple(replace(f, says=says) if of_row(f) == MET else f for f in made.review.criteria)
    line = replace(made.review.chart.lines[0], regimen="trial NCT01234567 of Q2053")
    review = replace(made.review, criteria=rows, chart=replace(made.review.chart, lines=(line,)))
    said = letter(
        para(f"The chart shows that {says}.", source=(MET,)), item(f"First line: {line.regimen}.", source=("line:1",))
    )
    assert lint(said, review, book) == ()
    assert {problem.rule for problem in lint(said, made.review, book)} > {"code", "reference", "pronoun", "name"}


def test_a_row_that_is_not_met_is_said_to_be_not_met(made: Made, book: Book) -> None:
    rows = tuple(replace(f, status="not_met") if of_row(f) == MET else f for f in made.review.criteria)
    said = letter(para("The score is recorded.", source=(MET,)))
    assert [problem.rule for problem in lint(said, replace(made.review, criteria=rows), book)] == ["open_claimed"]


def test_the_lines_under_the_date_are_those_of_the_case(made: Made, book: Book) -> None:
    other = replace(letter(*SOUND), reference=(("Patient", "Somebody Else"), ("Case reference", "77-XYZ")))
    assert [problem.block for problem in lint(other, made.review, book)] == [0]


def test_a_line_of_which_only_the_years_are_told_may_be_printed(made: Made, book: Book) -> None:
    chart = made.review.chart
    year = replace(chart.lines[0], start=DayRange.year(2023), end=DayRange.year(2024))
    review = replace(made.review, chart=replace(chart, lines=(year,)))
    told = item("First line: tafasitamab, 2023 to 2024; partial response.", source=("line:1",))
    assert lint(letter(*SOUND, told), review, book) == ()
    wrong = item("First line: tafasitamab, 2022 to 2024; partial response.", source=("line:1",))
    assert [one.rule for one in lint(letter(*SOUND, wrong), review, book)] == ["number"]
