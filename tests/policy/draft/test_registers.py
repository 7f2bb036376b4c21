"""Tables whose cells wrap and are written one after the other: registers with their proofs, matrices with named columns."""

from __future__ import annotations

from collections.abc import Sequence

from tests.policy.draft.ruled_pages import Sheet as Ruled

from chartproof.model.page import Box, Page, Word
from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.draft import Draft, draft_policy

#: A cell is so wide, a letter so wide, and lines and rows so far apart, in points.
_WIDTH, _LETTER, _PITCH, _ROW = 130.0, 5.0, 12.0, 20.0


class Sheet:
    """A page that is filled from above: paragraphs over the whole width, and tables whose cells wrap."""

    def __init__(self) -> None:
        self.text, self.words, self.top = "", list[Word](), 60.0

    def _line(self, words: Sequence[str], left: float, top: float) -> None:
        if self.words and self.words[-1].box.top == top:  # what is level with the words before goes on in their line
            self.text = self.text[:-1]
        for word in words:
            end = left + _LETTER * len(word)
            self.words.append(Word(word, len(self.text), len(self.text) + len(word), Box(left, top, end, top + 10.0)))
            self.text += f"{word} "
            left = end + 3.0
        self.text += "\n"

    def says(self, text: str) -> None:
        self._line(text.split(), 60.0, self.top)
        self.top += _ROW

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        for row in rows:
            most = 1
            for n, cell in enumerate(row):
                lines: list[list[str]] = [[]]
                for word in cell.split():
                    if len(" ".join([*lines[-1], word])) * (_LETTER + 0.5) > _WIDTH - 20:
                        lines.append([])
                    lines[-1].append(word)
                most = max(most, len(lines))
                for at, words in enumerate(lines):
                    self._line(words, 60.0 + _WIDTH * n, self.top + _PITCH * at)
            self.top += _PITCH * (most - 1) + _ROW

    def drafted(self) -> Draft:
        return draft_policy([Page("policy.pdf", 1, self.text, tuple(self.words), 900.0, 900.0)])


def by_id(draft: Draft, id: str) -> Criterion:
    return next(one for one in every(draft.criteria) if one.id == id)


def register(lead: str, *rows: Sequence[str], name: str = "Register K: requirements.") -> Draft:
    sheet = Sheet()
    sheet.says(f"{name} {lead}")
    sheet.table([("No.", "Requirement", "Evidence", "Applies to"), *rows])
    return sheet.drafted()


def test_the_cells_of_a_register_stay_in_their_rows() -> None:
    draft = register(
        "Approval is given when every row that applies to the member is met.",
        ("K1", "Transferrin saturation of 45 percent or higher on a fasting sample.", "Copy of the report", "Everyone"),
        ("K2", "Ferritin above 300 ng/mL.", "Laboratory report dated within 60 days", "Members over 40"),
        ("K3", "No phlebotomy.", "Chart notes of all visits", "Everyone, except members who cannot travel"),
    )
    whole = by_id(draft, "Register K")
    assert (whole.kind, whole.join, [one.id for one in whole.children]) == ("necessity", "all", ["K1", "K2", "K3"])
    first, second, third = whole.children
    assert first.text == "Transferrin saturation of 45 percent or higher on a fasting sample."
    assert (first.when, second.when, third.unless) == ("", "Members over 40", "members who cannot travel")
    assert [one.kind for one in every(draft.criteria)].count("documentation") == 4


def test_a_row_has_the_window_of_its_own_proof() -> None:
    draft = register(
        "Approval is given when every row is met.",
        ("K1", "Ferritin above 300 ng/mL.", "Laboratory report dated within 60 days", "Everyone"),
        ("K2", "Elastography below 8 kPa within 3 months.", "Report dated within 9 months", "Everyone"),
    )
    leaves = [by_id(draft, name).leaf for name in ("K1", "K2")]
    assert [leaf.within_days if leaf else None for leaf in leaves] == [60, 90]


def test_the_proof_of_a_refusal_is_no_paper_to_send() -> None:
    draft = register(
        "The request is refused when any row below is true of the member.",
        ("M1", "Earlier gene therapy of any kind.", "Claims history", "Everyone"),
        ("M2", "Cirrhosis of the liver.", "Imaging", "Everyone"),
        name="Register M: grounds for refusal.",
    )
    assert {one.kind for one in every(draft.criteria)} == {"exclusion"}
    assert by_id(draft, "Register M").join == "none"


def test_a_register_of_which_one_row_is_enough() -> None:
    draft = register(
        "Treatment continues to be authorized when either row is met.",
        ("N1", "Ferritin below 50 ng/mL.", "Report", "Everyone"),
        ("N2", "Fewer than four sessions were needed.", "Log", "Everyone"),
        name="Register N: later requests.",
    )
    assert (by_id(draft, "Register N").join, by_id(draft, "N1").kind) == ("any", "continuation")


def test_columns_that_are_named_are_ways() -> None:
    sheet = Sheet()
    sheet.says("Part 1. Matrix")
    sheet.table(
        [
            ("Criterion", "Group A. Gout with tophi", "Group B. Gout without tophi, later line"),
            ("Q1. Diagnosis shown by", "Crystals or imaging", "Crystals"),
            ("Q2. Serum urate in the past 30 days", "Above 6 mg/dL", "Above 8 mg/dL"),
            ("Q3. Interval since any transplant", "Not asked", "At least 90 days"),
            ("Q4. Solid tumor", "Must be absent", "Not asked"),
            ("Q5. Drugs given before", "Allopurinol; febuxostat", "Allopurinol"),
        ]
    )
    draft = sheet.drafted()
    first, second = by_id(draft, "Group A"), by_id(draft, "Group B")
    assert (by_id(draft, "Part 1").join, first.join, second.join) == ("any", "all", "all")
    urate = [next(one.leaf for one in way.children if "Q2" in one.text) for way in (first, second)]
    assert [(leaf.op, leaf.value, leaf.within_days) for leaf in urate if leaf] == [("gt", 6, 30), ("gt", 8, 30)]
    assert next(one.when for one in second.children if "Q3" in one.text) == "transplant"
    tumor = next(one.leaf for one in first.children if "Q4" in one.text)
    assert tumor and tumor.op == "absent"
    drugs = next(one for one in first.children if "Q5" in one.text)
    assert (drugs.join, len(drugs.children)) == ("all", 2)


def test_a_part_whose_name_stands_in_the_line_of_its_sentence() -> None:
    sheet = Sheet()
    sheet.says("Part 2. Conditions of every group All three of these are needed:")
    for line in ("• 2.1 Hemoglobin above 8 g/dL.", "• 2.2 The center is accredited.", "• 2.3 Age of 18 or older."):
        sheet.says(line)
    draft = sheet.drafted()
    assert (by_id(draft, "Part 2").join, by_id(draft, "Part 2").text.split(" ")[-1]) == ("all", "needed:")
    assert [one.id for one in by_id(draft, "Part 2").children] == ["2.1", "2.2", "2.3"]


def test_a_numbered_name_over_a_table_of_devices() -> None:
    sheet = Sheet()
    sheet.says("3. Replacement")
    sheet.table(
        [
            ("Device", "What must be shown", "Evidence"),
            ("Sensor", "The sensor failed before its life ended", "Pharmacy record"),
            ("Pump", "The battery reads below 10 percent", "Device report from the past 14 days"),
        ]
    )
    sheet.says("Dictionary. A flare is a worsening that lasts 3 days or more.")
    sheet.table([("Code", "Meaning"), ("A4239", "Supply allowance"), ("E2103", "Monitor")])
    draft = sheet.drafted()
    ways = by_id(draft, "3")
    assert (ways.kind, ways.join, len(ways.children)) == ("necessity", "any", 2)
    report = next(one for one in draft.criteria if one.text.startswith("Device report"))
    assert (report.kind, report.when) == ("documentation", "Pump")
    assert [one.text for one in draft.criteria if one.kind == "definition"] == [
        "A flare is a worsening that lasts 3 days or more."
    ]


def test_a_column_of_renewal_is_asked_of_a_later_request_alone() -> None:
    page = Sheet()
    page.says("A request is approved when every cell of one row is met.")
    page.table((
        ("Disease", "1. Age", "2. Finding", "3. Severity", "4. Renewal"),
        ("A. Gout", "18 years or older", "a tophus on a scan", "two flares a year", "fewer flares"),
        ("B. Rheumatism", "12 years or older", "swelling of a joint", "a score of 7 or more", "a lower score"),
    ))  # fmt: skip
    first, later = page.drafted().criteria
    assert (first.join, {one.kind for one in every([first])}) == ("any", {"necessity"})
    assert (later.kind, [one.when for one in later.children]) == ("continuation", ["A. Gout", "B. Rheumatism"])


def test_rows_under_a_step_of_a_walked_table_lead_nowhere_of_their_own() -> None:
    page = Sheet()
    page.table((
        ("Row", "IF", "THEN", "ELSE"), ("1", "age above 12 years", "row 2", "deny, age"),
        ("2", "all of 2.1 to 2.2", "row 3", "pend, test"), ("2.1", "urate below 6 mg/dL", "", ""),
        ("2.2", "pulse below 90", "", ""), ("3", "pregnancy present", "deny", "row 4"),
        ("4", "a tablet was tried", "APPROVE", "deny"),
    ))  # fmt: skip
    found = {one.id: one for one in every(page.drafted().criteria)}
    assert (found["2"].join, [one.id for one in found["2"].children]) == ("all", ["2.1", "2.2"])
    assert (found["3"].kind, found["4"].kind) == ("exclusion", "necessity")
    assert not any("pend" in one.text or "deny" in one.text for one in found.values())


def test_an_entry_of_a_class_speaks_of_each_of_them() -> None:
    sheet = Sheet()
    sheet.says("An entry of type Needed has to be true. A row of class Hindrance must be false.")
    sheet.table(
        [
            ("Entry", "Type", "Rule", "Look-back"),
            ("K-01", "Needed", "Urate is 8 mg/dL or higher.", "60 days"),
            ("K-02", "Needed", "A tophus has been seen.", "none"),
            ("K-03", "Needed", "Colchicine has been tried.", "none"),
            ("K-04", "Needed", "Weight has been recorded.", "none"),
            ("K-05", "Needed", "Diet has been changed.", "none"),
        ]
    )
    draft = sheet.drafted()
    group = next(one for one in draft.criteria if any(child.id == "K-01" for child in one.children))
    assert group.join == "all"


def test_rows_of_requirements_are_no_ways_whatever_the_columns_are_called() -> None:
    sheet = Sheet()
    sheet.says("Read down one column. Every cell of that column is satisfied.")
    sheet.table(
        [
            ("Requirement", "Column A. Gout", "Column B. Pseudogout", "Column C. Lupus"),
            ("T1 Age", "18 years or older", "40 years or older", "12 to 17 years"),
            ("T2 Urate", "Above 8 mg/dL", "—", "—"),
            ("T3 Earlier drugs", "Colchicine for 30 days", "Colchicine for 60 days", "Hydroxychloroquine"),
        ]
    )
    draft = sheet.drafted()
    ways = [by_id(draft, f"Column {letter}") for letter in "ABC"]
    assert [(way.join, len(way.children)) for way in ways] == [("all", 4), ("all", 3), ("all", 3)]


def test_classes_that_a_list_explains_each_for_its_own_request() -> None:
    sheet = Ruled()
    sheet.prose("Medical criteria", size=14.0)
    sheet.prose("The class tells what an entry does:")
    for line in (
        "- Class S: every S entry must be met for a screening test.",
        "- Class V: at least one V entry must be met for replacement of a pump already placed.",
        "- Class N: no N entry may apply, whatever is requested.",
        "- Class M: limits.",
    ):
        sheet.prose(line)
    sheet.prose("Criteria in force", size=14.0)
    sheet.table(
        [
            ("Entry", "Class", "Rule"),
            ("1", "S", "The member is 18 years old or older."),
            ("2", "S", "A letter was written within 60 days."),
            ("5", "V", "The battery is spent."),
            ("6", "V", "The catheter is broken."),
            ("8", "N", "An open wound of the skin."),
            ("9", "N", "Use of a blood thinner."),
            ("11", "M", "One test in 24 months."),
            ("12", "M", "Two pumps in ten years."),
        ],
        [60, 110, 170],
    )
    draft = sheet.draft()
    groups = {one.children[0].id: one for one in draft.criteria if one.children}
    assert {name: (one.kind, one.join, one.when) for name, one in groups.items()} == {
        "1": ("necessity", "all", "a screening test requested"),
        "5": ("continuation", "any", "replacement of a pump already placed requested"),
        "8": ("exclusion", "none", ""),
    }
    assert not {"11", "12"} & {one.id for one in every(draft.criteria)}


def test_lines_that_are_all_to_be_answered_no_refuse() -> None:
    sheet = Sheet()
    sheet.says("Section 3. All lines must be “No”")
    sheet.table(
        [
            ("Line", "Statement", "Yes", "No"),
            ("C1", "The member is pregnant.", "☐ Yes", "☐ No"),
            ("C2", "A metal clip is present.", "☐ Yes", "☐ No"),
        ]
    )
    assert {one.kind for one in every(sheet.drafted().criteria)} == {"exclusion"}


def test_rows_that_a_sentence_joins_by_their_labels() -> None:
    sheet = Sheet()
    sheet.says("Section 4. Replacement of the pump")
    sheet.says(
        "Answer only for a member who has a pump. Both lines E1 and E2 must be “Yes”; one of E3 and E4 must be “Yes” too."
    )
    sheet.table(
        [
            ("Line", "Statement", "Yes", "No"),
            ("E1", "The pump was used for 4 hours a day.", "☐ Yes", "☐ No"),
            ("E2", "The pain fell by 30 percent.", "☐ Yes", "☐ No"),
            ("E3", "The battery is spent.", "☐ Yes", "☐ No"),
            ("E4", "The catheter is broken.", "☐ Yes", "☐ No"),
        ]
    )
    whole = by_id(sheet.drafted(), "Section 4")
    assert (whole.join, whole.when) == ("all", "a member who has a pump")
    assert [one.id for one in whole.children[:2]] == ["E1", "E2"]
    assert (whole.children[2].join, [one.id for one in whole.children[2].children]) == ("any", ["E3", "E4"])
