"""Bold type as structure: a bold line names the part below it, and a bold label begins an entry."""

from __future__ import annotations

from tests.policy.draft.ruled_pages import Sheet

from chartproof.chart.bold import read_bold
from chartproof.policy.draft.criterion import every
from chartproof.policy.draft.draft import draft_policy

LINES = (
    ("Rules for the vagus nerve stimulator", True),
    ("Voted in May and kept by the board of the fund.", False),
    ("Column H: to be let in", True),
    ("Every entry of column H is needed.", False),
    ("H1 The member has had two seizures a month for a year.", False),
    ("H2 Three drugs were tried and none of them worked.", False),
    ("Column K: to be kept out", True),
    ("One entry of column K is enough for refusal.", False),
    ("K1 A cut vagus nerve on the left side.", False),
    ("K2 A lung disease that a bronchodilator does not relieve.", False),
    ("K3 An arrhythmia that needs a pacemaker.", False),
)


def test_bold_lines_name_parts_and_their_sentences_lead_the_entries() -> None:
    sheet, bold = Sheet(), []
    for said, is_bold in LINES:
        before = len(sheet.words)
        sheet.prose(said)
        bold += [word.box for word in sheet.words[before:]] if is_bold else []
    drafted = draft_policy([sheet.page()], {}, {1: tuple(bold)}).criteria
    told = {one.id: (one.kind, one.join) for one in every(drafted)}
    assert told["Column H"] == ("necessity", "all")
    assert told["H2"][0] == "necessity"
    assert told["Column K"] == ("exclusion", "none")
    assert told["K1"][0] == "exclusion"
    assert not any("Voted" in one.text for one in every(drafted))


def test_where_a_page_is_set_in_bold() -> None:
    drawn = "BT /B 12 Tf 10 70 Td (Refusals) Tj ET BT /R 12 Tf 10 40 Td (An open wound.) Tj ET"
    boxes = read_bold("set.pdf", lettered(drawn))[1]
    assert [20 < box.top < 23 for box in boxes] == [True]


def lettered(drawn: str) -> bytes:
    """A page of 200 by 100 points with one bold and one plain face."""
    face = "<< /Type /Font /Subtype /Type1 /BaseFont /{} >>"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R"
        " /Resources << /Font << /B 5 0 R /R 6 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        face.format("Helvetica-Bold"),
        face.format("Helvetica"),
    ]
    body = "".join(f"{n} 0 obj\n{part}\nendobj\n" for n, part in enumerate(parts, 1))
    return f"%PDF-1.4\n{body}trailer << /Root 1 0 R /Size 7 >>\n%%EOF\n".encode()


ASKED = (
    ("1. What is paid for?", True),
    ("The boot is paid for once in a lifetime and for one foot, whichever of the two it is worn on.", False),
    ("2. Who may have it?", True),
    (
        "The boot is approved when a surgeon has seen the foot and the ankle gives way at each step that is taken.",
        False,
    ),
    ("3. The ankle was never broken and does not give way at all. May we give it because of the tendon?", True),
    ("Yes, if a tendon has torn. Yes also if an ulcer of the foot was seen by a nurse in the last 9 days.", False),
)


def test_a_full_bold_question_heads_its_answer_where_the_others_do() -> None:
    sheet, bold = Sheet(), []
    for said, is_bold in ASKED:
        before = len(sheet.words)
        sheet.prose(said)
        bold += [word.box for word in sheet.words[before:]] if is_bold else []
    drafted = draft_policy([sheet.page()], {}, {1: tuple(bold)}).criteria
    told = {one.id: (one.join, len(one.children)) for one in every(drafted)}
    assert told["3"] == ("any", 2)
