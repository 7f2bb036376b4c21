"""Fields that a short letter tells, as the letter file names them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Page
from chartproof.rights.letter import read_letter
from chartproof.rights.reading import letter_json
from letterhead import HEAD, TAIL

ENTRIES = yaml.safe_load((Path(__file__).parent / "told_fields.yaml").read_text(encoding="utf-8"))["letters"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: "-".join(entry["want"]))
def test_fields_of_a_short_letter(entry: dict) -> None:
    text = f"{entry.get('head', HEAD)}\n{entry['text']}{TAIL}{entry.get('tail', '')}"
    told = letter_json(read_letter([Page("letter.txt", 1, text)], file="letter.txt"))
    found = {name: told.get(name) for name in entry["want"]}
    assert {name: list(one) if isinstance(one, tuple) else one or [] for name, one in found.items()} == entry["want"]


@pytest.mark.parametrize(
    "said",
    [
        "The Plan has precertified the surgery described above.",
        "We have given our prior approval for the scan.",
        "The operation described above has been precertified.",
    ],
)
def test_an_approval_beside_words_on_other_decisions(said: str) -> None:
    text = (
        f"{HEAD}{said} A request that is not approved would be explained to you in another letter.\n\n"
        "If you ever disagree with a decision of the Plan, you may ask us to reconsider within six months of its date.\n"
    )
    told = letter_json(
        read_letter([Page("letter.txt", 1, text.replace("ADVERSE DETERMINATION", "DECISION"))], file="x")
    )
    assert (told["is_denial"], told["letter_kind"]) == (False, "approval")
    assert [row["months"] for row in told["stated_deadlines"]] == [6]


def test_a_name_whose_initial_the_scan_broke() -> None:
    head = "Alder Grove Health Plan\nTO: Casper ). Winderlin\n27 Lake Drive, Elm Bay, WI 54501\n"
    copy = "COPY: Nora Sloot, MD, Lung Program, North Children's and\nAdult Heart Center (fax 612-555-0157)\n"
    text = f"{head}{copy}MEMBER ID: IPC 60 2214 907\nDear Mr. Winderlin:\nWe denied the request for a scan.\n{TAIL}"
    told = letter_json(read_letter([Page("letter.txt", 1, text, read="ocr")], file="letter.txt"))
    assert told["member_name"] == "Casper J. Winderlin"
