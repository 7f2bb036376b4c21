"""What a model says changes no finding, whatever it is; what is true to a page is kept with what our own code reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from lxml import html

from chartproof.chart.sort import reading
from chartproof.chart.vocabulary import load
from chartproof.errors import ModelError
from chartproof.model import Page, Review
from chartproof.packet.package import make_package
from chartproof.packet.page import review_html
from chartproof.propose.passages import Passage, passages, requests
from chartproof.propose.sieve import Sieve
from chartproof.tour import review_folder, review_json, with_proposals
from propose.conftest import HONEST, write_records

POLICY = "excellus/7.02.11"
Messages = Sequence[Mapping[str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    more = (
        "Serum HIV antibody was negative on 2026-03-20.\n\nLVEF 58 % on 2026-03-28.\n\n"
        "Chest x-ray of 14 January 2019: clear."
    )
    return write_records(tmp_path_factory.mktemp("propose") / "records", more)


@pytest.fixture(scope="module")
def review(folder: Path) -> Review:
    return review_folder(folder, today=date(2026, 4, 10), workers=1)


def answered(review: Review, *replies: str) -> Review:
    said = iter(replies)
    return with_proposals(review, policy=POLICY, complete=lambda _messages: next(said), model="m")


def one(concept: str, quote: str, file: str = "visit.txt", page: int = 1) -> dict[str, object]:
    return {"concept": concept, "file": file, "page": page, "quote": quote}


def concepts() -> list[str]:
    return [*load("concepts.yaml")["concepts"], "status", "met", ""]


@some.composite
def replies(draw: some.DrawFn) -> str:
    """Arbitrary text and JSON, and lists of proposals of which most are almost right."""
    words = some.text(max_size=40)
    quotes = some.sampled_from(
        ["Film of the chest shows clear fields", "HIV antibody was negative", "LVEF 58 %", "LVEF of at least 45 percent.",
         "Chest x-ray read today: clear fields.", "chest film read as clear", "Her brother had hepatitis C"]
    )  # fmt: skip
    items = some.fixed_dictionaries(
        {
            "concept": some.sampled_from(concepts()) | words,
            "file": some.sampled_from(["visit.txt", "denial.txt", "stray.txt", "request.txt", "labs.csv"]) | words,
            "page": some.integers(-1, 3) | some.none() | some.just("1"),
            "quote": quotes | words,
        },
        optional={"status": some.sampled_from(["met", "not_met"]), "value": some.integers(), "date": words},
    )
    values = some.recursive(some.none() | some.booleans() | some.integers() | words, some.lists, max_leaves=8)
    made = draw(some.lists(items, max_size=8) | values | some.dictionaries(words, values, max_size=4))
    return draw(some.just(json.dumps(made)) | some.text(max_size=200))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reply=replies())
def test_no_reply_changes_a_finding(review: Review, reply: str) -> None:
    """The review file without the added keys has the same bytes, and each proposal stands on its page."""
    after = answered(review, reply)
    assert after.proposals is not None
    assert review_json(replace(after, proposals=None)) == review_json(review)
    said = json.loads(review_json(after))
    rows = {row["id"] for row in said["criteria"] if row["status"] == "missing"}
    pages = {(page.file, page.number): page for file in review.chart.files for page in file.pages}
    for proposal in after.proposals.found:
        span = proposal.quote
        assert pages[span.file, span.page].text[span.start : span.end] == span.quote
        assert span.file == "visit.txt" and proposal.row in rows


def test_what_is_true_to_a_page_waits_with_what_our_own_code_reads(review: Review) -> None:
    after = answered(review, json.dumps([HONEST, one("lvef", "LVEF 58 % on 2026-03-28"), one("chest_xray", "Chest x-ray of 14 January 2019: clear.")]))  # fmt: skip
    asked = json.loads(review_json(after))
    assert asked["proposals_dropped"] == {} and asked["proposals_stopped"] == ""
    by_quote = {row["quote"]: row for row in asked["proposals"]}
    plain = by_quote[HONEST["quote"]]
    assert (plain["row"], plain["parsed"], plain["date"]) == ("DOC.G.1", [], "2026-04-01")
    number = by_quote["LVEF 58 % on 2026-03-28"]
    assert [(f["value"], f["unit"], f["date"], f["assertion"]) for f in number["parsed"]] == [(58, "%", "2026-03-28", "present")]  # fmt: skip
    old = by_quote["Chest x-ray of 14 January 2019: clear."]
    assert [fact["date"] for fact in old["parsed"]] == ["2019-01-14"]
    assert {row["id"]: row["status"] for row in asked["criteria"]}["DOC.G.1"] == "missing"


def test_a_quote_may_be_wrapped_otherwise_and_fenced(review: Review) -> None:
    wrapped = {**HONEST, "quote": "Film of\n  the chest shows\tclear fields"}
    after = answered(review, f"```json\n{json.dumps([wrapped])}\n```\n")
    assert after.proposals and [row.quote.quote for row in after.proposals.found] == [
        "Film of the chest shows clear fields"
    ]


def test_a_row_shows_a_few_and_counts_the_rest(review: Review) -> None:
    quotes = [
        "ECOG 1 today.",
        "as it should",
        "with each beat",
        "clear fields on",
        "brother had",
        "from a donor",
        "water pill",
    ]
    after = answered(review, json.dumps([one("chest_xray", quote) for quote in quotes]))
    assert after.proposals and len(after.proposals.found) == 6 and after.proposals.dropped == {"too_many": 1}


def test_where_the_model_fails_the_review_is_as_it_was(review: Review) -> None:
    def broken(_messages: Messages) -> str:
        raise ModelError("CP-MODEL-01", "the model's server did not answer", where="127.0.0.1:1")

    after = with_proposals(review, policy=POLICY, complete=broken, model="m")
    assert after.proposals and after.proposals.stopped.startswith("CP-MODEL-01: ") and not after.proposals.found
    assert review_json(replace(after, proposals=None)) == review_json(review)


def test_nothing_is_asked_where_nothing_is_missing(review: Review) -> None:
    whole = replace(review, criteria=tuple(row for row in review.criteria if row.status != "missing"))
    after = answered(whole)
    assert after.proposals and not after.proposals.found


def test_the_payers_package_holds_no_word_of_it(review: Review, folder: Path) -> None:
    after = answered(review, json.dumps([HONEST]))
    assert make_package(after, folder=folder).files == make_package(review, folder=folder).files


def test_the_review_page_shows_it_under_its_missing_row(review: Review, folder: Path) -> None:
    after = answered(review, json.dumps([HONEST, one("ecg", "no such words")]))
    tree = html.fromstring(review_html(after, folder=folder))
    part = tree.get_element_by_id("row-DOC-G-1").find_class("proposed")[0]
    words = " ".join(part.text_content().split())
    assert words.startswith("Proposed by a model, waits for a person") and HONEST["quote"] in words
    assert "The program reads nothing here: a person must." in words and "No row changes by it." in words
    assert len(tree.find_class("proposed")) == 1
    ledger = tree.get_element_by_id("part-ledger").text_content()
    assert "1 dropped: the quote was not found on the page (1)." in ledger
    assert "proposed" not in review_html(review, folder=folder).split("</style>")[1]


def test_each_drop_has_words() -> None:
    assert set(load("propose.yaml")["drops"]) >= {"not_json", "not_on_page", "closed_page"}
    assert all(load("propose.yaml")["drops"].values())


# --- what is shown, and in what pieces


def shown(review: Review) -> tuple[Passage, ...]:
    return passages(reading(review.chart.files, review.case))


@pytest.mark.parametrize("characters", [60, 200, 100_000])
def test_requests_hold_every_shown_word_once_and_are_not_too_long(review: Review, characters: int) -> None:
    groups = list(requests(shown(review), characters))
    assert all(sum(len(piece.text) for piece in group) <= characters for group in groups)
    sent = "".join(piece.text for group in groups for piece in group)
    assert sent.split() == " ".join(passage.text for passage in shown(review)).split()
    assert (len(groups) == 1) == (characters == 100_000)


def test_a_line_without_a_space_is_cut_all_the_same() -> None:
    page = Page("a.txt", 1, "x" * 1000)
    groups = list(requests([Passage(page, 0, 1000, ())], 300))
    assert [len(group[0].text) for group in groups] == [300, 300, 300, 100]


def test_only_the_pages_of_its_own_request_may_be_quoted(review: Review) -> None:
    whole = shown(review)[0]
    other = replace(whole, page=replace(whole.page, number=2))
    sieve = Sieve(["chest_xray"], {("visit.txt", 1), ("visit.txt", 2)}, {whole.place, other.place})
    assert list(sieve.sift(json.dumps([{**HONEST, "page": 2}]), [whole])) == []
    assert sieve.dropped == {"unknown_page": 1}


DONORS = {
    "by its title": "Related donor evaluation\nRelationship to patient: brother\n2026-03-01\n\n",
    "by its head": "Progress note 2026-03-01\nRelationship to recipient: sibling donor\n\n",
}


@pytest.mark.parametrize("head", DONORS.values(), ids=DONORS)
def test_a_donors_sheet_in_the_folder_is_not_shown(tmp_path: Path, head: str) -> None:
    folder = write_records(tmp_path / "records")
    (folder / "donor.txt").write_text(f"{head}The usual viral germs were not seen.\n", encoding="utf-8")
    made = review_folder(folder, today=date(2026, 4, 10), workers=1)
    assert {passage.page.file for passage in shown(made)} == {"visit.txt"}
    after = answered(made, json.dumps([one("hiv", "viral germs were not seen.", "donor.txt")]))
    assert after.proposals and after.proposals.dropped == {"closed_page": 1}


def test_a_page_that_was_read_as_the_plans_letter_is_not_shown(review: Review) -> None:
    """The first reading knew more than a page's title: what it took for the plan's stays the plan's."""
    documents = tuple(
        replace(document, kind="denial_letter") if document.file == "visit.txt" else document
        for document in review.chart.documents
    )
    after = answered(replace(review, chart=replace(review.chart, documents=documents)))
    assert after.proposals and not after.proposals.found and not after.proposals.dropped
