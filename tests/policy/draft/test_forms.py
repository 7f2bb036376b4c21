"""Forms: lists that are ticked, questions whose Yes or No ends a request, blanks, and papers by what their parts are for."""

from __future__ import annotations

from tests.policy.draft.set_pages import by_id, column, drafted, ids

from chartproof.policy.draft.criterion import every


def test_letters_behind_boxes_are_a_list_and_what_is_ticked_says_how_it_joins() -> None:
    draft = drafted(column(
        (60, "2 FIRST REQUEST. All boxes must be checked."), (70, "2.1 The gout is (tick one):"),
        (90, "☐ a in a joint"), (90, "☐ b in a tendon"),
        (70, "2.2 At least 2 of these were tried (check all that apply):"),
        (90, "☐ a colchicine"), (90, "☐ b naproxen"), (90, "☐ c prednisone"),
    ))  # fmt: skip
    assert (by_id(draft, "2.1").join, [one.text for one in by_id(draft, "2.1").children]) == (
        "any", ["in a joint", "in a tendon"],
    )  # fmt: skip
    assert (by_id(draft, "2.2").join, len(by_id(draft, "2.2").children)) == ("at_least(2)", 3)


def test_a_yes_that_ends_a_request_refuses_and_a_no_that_ends_it_asks() -> None:
    draft = drafted(column(
        (60, "3 QUESTIONS. Any answer of Yes ends the request."), (70, "3.1 Is there a kidney stone? Yes ☐ No ☐"),
        (70, "3.2 Is the urate below 4 mg/dL? Yes ☐ No ☐"),
        (60, "4 QUESTIONS. Any answer of No ends the request."), (70, "4.1 Is the joint swollen? Yes ☐ No ☐"),
        (70, "4.2 Does a nurse teach the injection? Yes ☐ No ☐"),
    ))  # fmt: skip
    stops, asks = draft.criteria
    assert (stops.kind, stops.join, ids(stops.children)) == ("exclusion", "none", ["3.1", "3.2"])
    assert (asks.kind, asks.join, ids(asks.children)) == ("necessity", "all", ["4.1", "4.2"])
    assert by_id(draft, "3.1").text == "Is there a kidney stone?"


def test_answers_in_columns_of_their_own_are_no_table() -> None:
    draft = drafted([
        (60.0, 10.0, [(60.0, "3. STOP QUESTIONS. A single Yes means the request is denied.")]),
        (80.0, 10.0, [(60.0, "3.1 Is there a kidney stone?"), (500.0, "Yes"), (540.0, "No")]),
        (94.0, 10.0, [(60.0, "3.2 Was a joint replaced, or a tendon sewn, in the")]),
        (107.0, 10.0, [(60.0, "past year?"), (500.0, "Yes"), (540.0, "No")]),
        (121.0, 10.0, [(60.0, "3.3 Is the member on dialysis?"), (500.0, "Yes"), (540.0, "No")]),
    ])  # fmt: skip
    assert {by_id(draft, name).kind for name in ("3.1", "3.2", "3.3")} == {"exclusion"}
    assert by_id(draft, "3.2").text.endswith("in the past year?")
    assert not [one for one in every(draft.criteria) if one.text in ("Yes", "No")]


def test_entries_under_a_name_are_asked_as_that_part_and_one_may_be_enough() -> None:
    draft = drafted([
        (60.0, 14.0, [(60.0, "For every product")]),
        (80.0, 10.0, [(60.0, "X1 The member has gout.")]), (94.0, 10.0, [(60.0, "X2 Urate is above 8 mg/dL.")]),
        (120.0, 14.0, [(60.0, "Leaving a step out (one is enough)")]),
        (140.0, 10.0, [(60.0, "Z1 The step product is out of stock.")]),
        (154.0, 10.0, [(60.0, "Z2 The member is stable on the product.")]),
    ])  # fmt: skip
    assert {(one.join, *ids(one.children)) for one in draft.criteria} == {("all", "X1", "X2"), ("any", "Z1", "Z2")}


def test_a_list_of_codes_with_its_own_word_at_the_end_of_each_name() -> None:
    said = ("J2507 Pegloticase, 1 mg match", "M10.00 Idiopathic gout, unspecified site match",
            "M10.041 Idiopathic gout, right hand match", "M10.042 Idiopathic gout, left hand match",
            "M10.051 Idiopathic gout, right hip match", "N18.6 End stage renal disease no match")  # fmt: skip
    draft = drafted(column((60, "Codes"), *((60, words) for words in said)))
    listed = {one.code: one for one in draft.codes}
    assert (listed["M10.041"].text, listed["M10.041"].listed_as) == ("Idiopathic gout, right hand", "match")
    assert listed["N18.6"].listed_as == "no match"
