"""Layouts: labels without stops, parts that name themselves, entries without marks, tables that are walked, classes of rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.policy.draft.set_pages import Cells, by_id, column, drafted, ids

from chartproof.policy.draft.criterion import every
from chartproof.policy.draft.draft import Draft


def test_labels_without_a_stop_are_told_by_their_run() -> None:
    draft = drafted(column(
        (60, "1 Gout. Allowed when items 1-1 and 1-2 are met."), (80, "1-1 Age is 18 years or more."),
        (80, "1-2 The gout is one of these:"), (100, "A in its second flare this year"), (100, "B with tophi on a scan"),
        (60, "2 Refused if any of these is present:"), (80, "2-1 Kidney stones in the past 2 years."), (80, "2-2 A transplant."),
        (60, "3 How much. Two vials in a lifetime."), (60, "4 More time. It is renewed when the urate is below 6 mg/dL."),
    ))  # fmt: skip
    first, second = by_id(draft, "1"), by_id(draft, "2")
    assert (first.join, ids(first.children)) == ("all", ["1-1", "1-2"])
    assert (by_id(draft, "1-2").join, len(by_id(draft, "1-2").children)) == ("any", 2)
    assert (second.kind, second.join, ids(second.children)) == ("exclusion", "none", ["2-1", "2-2"])
    assert by_id(draft, "4").kind == "continuation"
    assert not [one for one in every(draft.criteria) if "vials" in one.text]


def test_items_below_the_name_of_their_group_are_criteria() -> None:
    draft = drafted([
        (60.0, 14.0, [(60.0, "Products")]),
        *[(90.0 + 14.0 * at, 10.0, [(60.0, said)]) for at, said in enumerate((
            "Colchicine and its copies", "COL-1 Age is 12 years or older.", "COL-2 Naproxen was tried for 3 weeks.",
            "Anakinra", "AN3K-1 Age is 18 years or older.", "AN3K-2 Two flares happened within 6 months.",
        ))],
    ])  # fmt: skip
    assert {by_id(draft, name).kind for name in ("COL-1", "COL-2", "AN3K-1", "AN3K-2")} == {"necessity"}


def test_a_sentence_that_speaks_of_a_label_begins_no_item() -> None:
    draft = drafted(column(
        (60, "What is asked"), (60, ""), (60, "T1 The member is 18 years or older."), (60, "T2 The joint was drained within 30 days."), (60, ""),
        (60, "T2 is skipped when no fluid was seen."),
    ))  # fmt: skip
    assert "no fluid was seen" in by_id(draft, "T2").unless
    assert len([one for one in every(draft.criteria) if "skipped" in one.text]) == 0


def test_a_list_within_an_item_has_its_printed_labels_and_its_guard() -> None:
    draft = drafted(column(
        (60, "Coverage criteria"), (60, ""), (60, "V-1 Age is 18 years or older."),
        (60, "V-2 One of these was tried: (a) colchicine; (b) naproxen. Not asked at age 75 or over."),
    ))  # fmt: skip
    listed = by_id(draft, "V-2")
    assert (listed.join, ids(listed.children), listed.unless) == ("any", ["V-2(a)", "V-2(b)"], "age 75 or over")


def test_items_that_run_on_in_one_line_are_items() -> None:
    draft = drafted(
        column((60, "4. SUBMIT"), (60, "4.1 Weights for 12 months. 4.2 Program notes. 4.3 Letter of the surgeon."))
    )
    assert [one.id for one in every(draft.criteria) if not one.children] == ["4.1", "4.2", "4.3"]


def test_where_and_and_or_part_a_list_or_binds_its_neighbours_alone() -> None:
    draft = drafted(column(
        (60, "Adults"), (60, ""), (80, "Hearing loss in both ears"), (90, "AND"), (80, "A trial of aids for 3 months"), (90, "OR"),
        (80, "Aids are not possible"), (90, "AND"), (80, "Sentence score of 60% or less"),
    ))  # fmt: skip
    ways = [one for one in every(draft.criteria) if one.join == "any"]
    assert [[child.find for child in one.children] for one in ways] == [["A trial of", "Aids are not"]]


def test_words_between_dashes_part_a_list_whose_indents_are_its_levels() -> None:
    draft = drafted(column(
        (60, "Initial approval"), (60, ""), (60, "The pump will be approved based on all of the following criteria:"), (60, "Loss of feeling in both hands"), (200, "- AND -"),
        (60, "One of the following:"), (90, "Braces were worn for 6 weeks"), (140, "- OR -"), (90, "Both of the following:"),
        (120, "An infection is ruled out"), (160, "- AND -"), (120, "Two clinics agree"), (200, "- AND -"),
        (60, "Grip strength is below 20 kg"), (60, "Authorization will be issued for 12 months. Renewal needs a new visit."),
    ))  # fmt: skip
    lists = {one.find: one for one in every(draft.criteria) if one.children}
    listed = next(one for one in every(draft.criteria) if one.text.startswith("The pump will be"))
    assert (listed.join, [child.join for child in listed.children]) == ("all", ["leaf", "any", "leaf"])
    ways = listed.children[1]
    assert [child.join for child in ways.children] == ["leaf", "all"]
    assert [child.text for child in ways.children[1].children] == [
        "An infection is ruled out, and",
        "Two clinics agree, and",
    ]
    assert listed.children[2].text == "Grip strength is below 20 kg"
    assert not [one for one in every(draft.criteria) if "issued" in one.text], lists


def test_words_between_dashes_part_what_is_refused() -> None:
    draft = drafted(column(
        (60, "Not approved"), (60, ""), (60, "The brace will not be approved in any of these situations:"), (60, "A cast is worn"), (150, "- OR -"),
        (60, "Use beside a second brace, other than one for sleep"), (150, "- OR -"), (60, "The bone has healed"),
    ))  # fmt: skip
    refusal = next(one for one in draft.criteria if one.children)
    assert (refusal.kind, refusal.join, len(refusal.children)) == ("exclusion", "none", 3)
    assert refusal.children[1].unless == "one for sleep"


def test_a_list_beside_the_last_of_two_tests_leaves_both_tests() -> None:
    draft = drafted(column(
        (60, "1. CRITERIA"), (60, "1.1 BMI is 40 or more, or BMI is 35 to 39.9 with at least one of:"),
        (80, "a. type 2 diabetes"), (80, "b. sleep apnea with AHI above 15"),
    ))  # fmt: skip
    first, second = by_id(draft, "1.1").children
    assert (by_id(draft, "1.1").join, first.text, second.join) == ("any", "BMI is 40 or more", "all")
    test, listed = second.children
    assert (test.text, listed.join, ids(listed.children)) == ("BMI is 35 to 39.9", "any", ["1.1.a", "1.1.b"])


def table(heading: str, edges: Sequence[float], *rows: Sequence[str], below: str = "") -> Draft:
    lines: list[tuple[float, float, Cells]] = [(60.0, 14.0, [(60.0, heading)])]
    lines += [
        (90.0 + 16.0 * at, 10.0, [(left, cell) for left, cell in zip(edges, row, strict=True) if cell])
        for at, row in enumerate(rows)
    ]
    if below:
        lines.append((120.0 + 16.0 * len(rows), 10.0, [(60.0, below)]))
    return drafted(lines)


def test_a_table_that_is_walked_asks_what_its_if_cells_say() -> None:
    draft = table(
        "Table A. Going forward", (60, 100, 420, 540), ("Row", "IF", "THEN", "ELSE"),
        ("T1", "the member is 18 years of age or older", "go to T2", "deny"),
        ("T2", "two drugs have failed, OR both are contraindicated", "go to T3", "deny"),
        ("T3", "an infection is active", "deny", "go to T4"), ("T4", "a nurse is trained", "approve 6 months", "return"),
    )  # fmt: skip
    assert (by_id(draft, "T1").kind, by_id(draft, "T2").join, by_id(draft, "T3").kind) == (
        "necessity",
        "any",
        "exclusion",
    )
    assert not [one for one in every(draft.criteria) if re.search(r"go to|deny|approve", one.text)]


def test_a_column_of_classes_is_told_by_its_cells() -> None:
    draft = table(
        "Register 6", (60, 120, 500), ("Rule", "Wording", "Effect"),
        ("6-001", "The member is 18 years of age or older", "required"), ("6-002", "Pain has lasted 6 months", "required"),
        ("6-003", "The spine is infected", "refused"), ("6-004", "The bone is not grown", "refused"),
        ("6-005", "Films of the spine", "to be sent"), ("6-006", "Two levels in one operation", "limit"),
        ("6-007", "Notes of the therapist", "to be sent"),
    )  # fmt: skip
    kinds = {name: by_id(draft, name).kind for name in ("6-001", "6-003", "6-005")}
    assert kinds == {"6-001": "necessity", "6-003": "exclusion", "6-005": "documentation"}
    assert any("Two levels" in one.text for one in draft.limits)


def test_answers_that_are_told_of_lettered_lines_make_a_refusal() -> None:
    draft = table(
        "Part A: Nutrition", (60, 100, 480, 520), ("No", "Question", "Yes", "No"),
        ("A1", "Was feeding by tube tried?", "☐", "☐"), ("A2", "Is the caregiver trained?", "☐", "☐"),
        ("A3", "Is there an infection of the line now?", "☐", "☐"), below="A1 to A2 must be Yes and A3 must be No.",
    )  # fmt: skip
    assert [by_id(draft, name).kind for name in ("A1", "A2", "A3")] == ["necessity", "necessity", "exclusion"]


def test_a_row_for_an_indication_keeps_what_renews_it() -> None:
    draft = table(
        "Requirement matrix", (60, 100, 240, 420), ("Row", "Indication", "Disease status", "For renewal"),
        ("A", "Gout", "Active with tophi", "Urate fell below 6 mg/dL"), ("B", "Pemphigus", "Shown by biopsy", "No new blisters"),
    )  # fmt: skip
    renews = [(one.text, one.when) for one in every(draft.criteria) if one.kind == "continuation"]
    assert ("Urate fell below 6 mg/dL", "Gout") in renews


def test_a_dated_name_and_a_sentence_that_goes_on_are_no_parts() -> None:
    draft = drafted(column(
        (60, "Starts: February 1, 2026"), (60, ""), (60, "Coverage criteria"), (60, ""),
        (60, "The member is 18 years of age or older."), (60, ""),
        (60, "An eye examination must have been done within"), (60, "30 days before the request."),
    ))  # fmt: skip
    assert any("An eye examination must have been done within 30 days" in one.text for one in every(draft.criteria))
    assert not [one for one in every(draft.criteria) if "February" in one.text]


def test_a_labelled_item_of_an_unknown_part_is_never_set_aside_in_silence() -> None:
    draft = drafted(
        column((60, "III. Battery"), (60, ""), (60, "(a) Three months of life."), (60, "(b) A diary of seizures."))
    )
    said = [one.text for one in (*draft.not_understood, *every(draft.criteria))]
    assert any("Three months of life" in text for text in said)


def test_a_numbered_question_heads_the_answer_of_its_number() -> None:
    draft = drafted(column(
        (60, "Q1 Which infection has to be proven?"), (60, "A1 A culture shows the fungus. We look for one of these:"),
        (60, "• a sample from the lung;"), (60, "• a sample from the blood."),
        (60, "Q2 Is there an age rule?"), (60, "A2 Yes. The member is 16 years or older. There is no upper limit."),
        (60, "Q3 Who may prescribe?"), (60, "A3 The prescriber has treated fungal infections before. The pharmacy has a cold room as well."),
        (60, "Q4 When is the answer no?"), (60, "A4 The answer is no when any of these is present:"),
        (60, "• heart failure of class IV;"), (60, "• earlier treatment with the drug."),
    ))  # fmt: skip
    assert ids(draft.criteria) == ["A1", "A2", "A3", "A4"]
    assert len(by_id(draft, "A1").children) == 2
    assert by_id(draft, "A2").join == "leaf"
    assert [one.text[:12] for one in by_id(draft, "A3").children] == ["The prescrib", "The pharmacy"]
    assert (by_id(draft, "A4").kind, by_id(draft, "A4").join) == ("exclusion", "none")


def test_a_roman_item_follows_an_item_that_ends_in_a_joining_word() -> None:
    draft = drafted(column(
        (60, "Criteria"), (60, "A. All of these are met:"), (80, "(i) a culture;"), (80, "(ii) a scan;"), (80, "(iii) a biopsy;"),
        (80, "(iv) an oxygen level of 92 percent or more; and"), (80, "(v) a pulse below 100 a minute."),
    ))  # fmt: skip
    assert ids(by_id(draft, "A").children) == ["A(i)", "A(ii)", "A(iii)", "A(iv)", "A(v)"]


def test_what_stands_under_a_title_that_is_set_larger_is_read_and_not_drafted() -> None:
    lines = [
        (40.0, 16.0, [(60.0, "Inhaled dornase for bronchiectasis")]),
        (70.0, 9.0, [(60.0, "In short. It has to be inhaled by adults whose lungs are scarred.")]),
        (100.0, 13.0, [(60.0, "Criteria for approval")]),
        (120.0, 10.0, [(60.0, "1. The member is 18 years of age or older.")]),
        (134.0, 10.0, [(60.0, "2. A scan within 12 months shows scarred airways.")]),
        (160.0, 13.0, [(60.0, "Exclusions")]),
        (180.0, 10.0, [(60.0, "3. The member smokes.")]),
    ]  # fmt: skip
    draft = drafted(lines)
    assert [one.id for one in every(draft.criteria) if not one.made_id] == ["1", "2", "3"]
    assert any(
        "In short" in said.text or "inhaled by adults" in said.text for said in (*draft.aside, *draft.not_understood)
    )


def test_a_remark_between_two_items_ends_neither_the_list_nor_its_kind() -> None:
    draft = drafted(column(
        (60, "1. Exclusions"), (60, "1.1 An obstruction of the outlet."), (60, "Commentary: It is treated first and then seen again."),
        (60, "1.2 A bladder stone on a scan."), (60, "Commentary: In a trial 61 percent had a response."), (60, "1.3 A fistula."),
    ))  # fmt: skip
    assert ids(by_id(draft, "1").children) == ["1.1", "1.2", "1.3"]
    assert {one.kind for one in every(draft.criteria)} == {"exclusion"}
    assert any("61 percent" in said.text for said in draft.aside)


def test_the_short_name_of_a_test_behind_a_box_is_an_entry_and_no_heading() -> None:
    draft = drafted(column(
        (60, "B. Clinical statements (all must be ticked)"), (60, "☐ B1 One of these was measured within 60 days:"),
        (78, "☐ HFMSE"), (78, "☐ RULM"), (60, "☐ B2 A neurologist prescribes the drug."),
    ))  # fmt: skip
    assert (by_id(draft, "B1").join, len(by_id(draft, "B1").children)) == ("any", 2)
    assert ids(draft.criteria) == ["B"]


def test_the_sentences_below_a_step_are_asked_in_that_step() -> None:
    draft = drafted([
        (40.0, 13.0, [(60.0, "Step 1. Is the joint worn?")]),
        (60.0, 10.0, [(60.0, "Films within 12 months show grade 3 or 4.")]),
        (90.0, 13.0, [(60.0, "Step 2. Is it safe?")]),
        (110.0, 10.0, [(60.0, "HbA1c is below 8.0 within 90 days. No infection of the skin. Body mass index of 40 or less.")]),
    ])  # fmt: skip
    assert ids(draft.criteria) == ["Step 1", "Step 2"]
    assert (by_id(draft, "Step 2").join, len(by_id(draft, "Step 2").children)) == ("all", 3)


def test_what_a_lead_refuses_is_refused_one_by_one_and_the_plans_own_work_asks_nothing() -> None:
    draft = drafted([
        (40.0, 13.0, [(60.0, "Article I. Bars")]),
        (60.0, 10.0, [(60.0, "(1) The plan shall not pay where:")]),
        (74.0, 10.0, [(80.0, "(a) the illness is an infection;")]),
        (88.0, 10.0, [(80.0, "(b) the test was done before.")]),
        (110.0, 13.0, [(60.0, "Article II. Administration")]),
        (130.0, 10.0, [(60.0, "(1) The plan decides within 1 business day.")]),
        (144.0, 10.0, [(60.0, "(2) The plan may ask for a second opinion.")]),
    ])  # fmt: skip
    assert (by_id(draft, "1").kind, by_id(draft, "1").join) == ("exclusion", "any")
    assert not any("second opinion" in one.text for one in every(draft.criteria))


def test_entries_under_any_word_count_also_within_one_line() -> None:
    draft = drafted(column(
        (60, "Hurdles"), (0, ""), (60, "A request is refused when one of these is found:"),
        (60, "Hurdle 1. Two pumps at once. Hurdle 2. A leak of the old pump."), (60, "Hurdle 3. Pregnancy."),
    ))  # fmt: skip
    named = [one for one in every(draft.criteria) if not one.made_id]
    assert [(one.id, one.kind) for one in named] == [(f"Hurdle {n}", "exclusion") for n in (1, 2, 3)]


def test_numbers_of_three_figures_stand_under_their_hundred() -> None:
    draft = drafted(column(
        (60, "100. Every request. Each of the rules 101 and 102 holds."), (80, "101. Age is 18 years or more."),
        (80, "102. One of these causes the gout:"), (100, "102a. a crystal on a smear"), (100, "102b. a tophus on a scan"),
        (60, "200. Refusals. The request fails if rule 201 or 202 is true."), (80, "201. A transplant."), (80, "202. Pregnancy."),
    ))  # fmt: skip
    assert ids(by_id(draft, "100").children) == ["101", "102"]
    assert (by_id(draft, "102").join, ids(by_id(draft, "102").children)) == ("any", ["102a", "102b"])
    assert {one.kind for one in by_id(draft, "200").children} == {"exclusion"}


def test_a_series_under_letters_of_its_own_is_told_by_its_count_and_named_by_its_heading() -> None:
    draft = drafted([
        (40.0, 13.0, [(60.0, "XOI Febuxostat")]),
        (60.0, 10.0, [(60.0, "XOI1 Gout is shown by a smear.")]), (74.0, 10.0, [(60.0, "XOI2 One of these is present:")]),
        (88.0, 10.0, [(80.0, "XOI2a a tophus")]), (102.0, 10.0, [(80.0, "XOI2b a second flare this year")]),
        (130.0, 13.0, [(60.0, "N Never")]), (150.0, 10.0, [(60.0, "A request is turned down if N1 or N2 is found.")]),
        (164.0, 10.0, [(60.0, "N1 A kidney transplant.")]), (178.0, 10.0, [(60.0, "N2 FEV1 below 30 percent.")]),
    ])  # fmt: skip
    assert (by_id(draft, "XOI2").join, ids(by_id(draft, "XOI2").children)) == ("any", ["XOI2a", "XOI2b"])
    assert (by_id(draft, "N1").kind, by_id(draft, "N2").kind) == ("exclusion", "exclusion")
    assert ids(draft.criteria)[0] == "XOI"


def test_a_part_is_named_between_the_entries_of_one_count() -> None:
    draft = drafted(column(
        (60, "Coverage. It is approved when every one of rules 1 and 2 is met."), (60, "Rule 1. Age is 18 years or more."),
        (60, "Rule 2. The gout has come back although the member"), (100, "took allopurinol."),
        (60, "Refusals. No request is approved if rule 3 or rule 4 is true."), (60, "Rule 3. A kidney transplant."), (60, "Rule 4. Pregnancy."),
        (60, "Records."), (60, "Rule 5. The report of the smear."), (60, "Rule 6. The clinic note."),
    ))  # fmt: skip
    kinds = {one.id: one.kind for one in every(draft.criteria) if not one.made_id}
    assert [kinds[f"Rule {n}"] for n in range(1, 7)] == ["necessity"] * 2 + ["exclusion"] * 2 + ["documentation"] * 2


def test_a_parts_first_sentence_may_stand_under_its_letter_again() -> None:
    draft = drafted([
        (40.0, 13.0, [(60.0, "B. REASONS FOR DENIAL")]), (60.0, 10.0, [(60.0, "B. A request is denied when any of B.1 and B.2 is true:")]),
        (74.0, 10.0, [(80.0, "B.1 A kidney transplant.")]), (88.0, 10.0, [(80.0, "B.2 Pregnancy.")]),
    ])  # fmt: skip
    assert ids(draft.criteria) == ["B"]
    assert (draft.criteria[0].kind, draft.criteria[0].join, ids(draft.criteria[0].children)) == (
        "exclusion",
        "none",
        ["B.1", "B.2"],
    )


def test_a_part_that_is_read_in_one_case_asks_nothing_in_another() -> None:
    draft = drafted([
        (40.0, 13.0, [(60.0, "Section 4. Required if box 2c was checked")]),
        (60.0, 10.0, [(60.0, "4a. The urate is above 6 mg/dL.")]), (74.0, 10.0, [(60.0, "4b. Allopurinol was tried.")]),
    ])  # fmt: skip
    assert by_id(draft, "Section 4").when == "box 2c was checked"


def test_the_entries_below_a_numbered_question_carry_its_number() -> None:
    draft = drafted(column(
        (60, "Q1. Who is meant by this guide?"), (0, ""), (60, "Members of insured plans."), (0, ""),
        (60, "Q2. When do you approve the pump?"), (0, ""), (60, "We approve it when every one of these is in the chart."),
        (60, "(a) The pain has lasted for 6 months or more."), (60, "(b) A scan within 90 days shows a cause."), (0, ""),
        (60, "Q3. And who is turned down?"), (0, ""), (60, "We say no when the member has any one of these."),
        (60, "(a) An infection."), (60, "(b) Pregnancy."), (0, ""), (60, "Q4. Why these numbers?"), (0, ""),
        (60, "In a trial 61 percent had a response."),
    ))  # fmt: skip
    kinds = {one.id: one.kind for one in every(draft.criteria)}
    assert {name: kinds.get(name) for name in ("Q2(a)", "Q2(b)", "Q3(a)", "Q3(b)")} == {
        "Q2(a)": "necessity", "Q2(b)": "necessity", "Q3(a)": "exclusion", "Q3(b)": "exclusion",
    }  # fmt: skip


def test_the_classes_of_rows_are_told_by_the_words_before_the_table() -> None:
    rows = (
        ("No.", "Effect", "Text of the rule"), ("Rule 1", "Must", "Age is 18 years or more."), ("Rule 2", "Must", "One of these holds:"),
        ("2a", "Must", "a tophus is seen"), ("2b", "Must", "a flare came back"), ("Rule 3", "Bar", "A kidney transplant."),
        ("Rule 4", "Bar", "Pregnancy."), ("Rule 5", "File", "The report of the smear."), ("Rule 6", "Cap", "Two vials a month."),
        ("Rule 7", "Word", "A flare is pain of a day."),
    )  # fmt: skip
    table = [(100.0 + 24 * at, 10.0, list(zip((60.0, 180.0, 300.0), row, strict=True))) for at, row in enumerate(rows)]
    lead = "“Must” rules are all met before approval. “Bar” rules stop a request if one of them is true."
    draft = drafted([(40.0, 13.0, [(60.0, "How the register is used")]), (60.0, 10.0, [(60.0, lead)]), *table])
    must, bar = (next(one for one in draft.criteria if said in one.text) for said in ("“Must”", "“Bar”"))
    assert (must.kind, must.join, [one.id for one in must.children]) == ("necessity", "all", ["Rule 1", "Rule 2"])
    assert [one.id for one in must.children[1].children] == ["2a", "2b"]
    assert (bar.kind, bar.join, [one.id for one in bar.children]) == ("exclusion", "none", ["Rule 3", "Rule 4"])
    kinds = {one.id: one.kind for one in every(draft.criteria)}
    assert (kinds["Rule 5"], kinds["Rule 7"], kinds.get("Rule 6")) == ("documentation", "definition", None)


def test_a_word_counts_entries_without_a_stop_where_its_lines_count_on() -> None:
    draft = drafted(column(
        (60, "Coverage is approved when all of the following are met:"), (60, "Gate 1 The member is 18 years or older."),
        (60, "Gate 2 The gout came back within 90 days."), (60, "Gate 3 Allopurinol was tried."),
    ))  # fmt: skip
    assert [one.id for one in every(draft.criteria) if not one.made_id] == ["Gate 1", "Gate 2", "Gate 3"]
