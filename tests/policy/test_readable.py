"""What `policy english`, `policy show` and the picture print, kept readable: the texts as they are, the picture on one page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from chartproof.cli import main
from chartproof.errors import InputError
from chartproof.model.policy import Constant, Group, Policy
from chartproof.picture import picture, tree
from chartproof.policy.english import english
from chartproof.policy.labels import label_ids, load_label
from chartproof.policy.load import list_policies, load_policy

SNAPSHOTS = Path(__file__).with_name("snapshots")
PACKAGED = [load_policy(entry.path) for entry in list_policies()] + [load_label(one) for one in label_ids()]


@pytest.mark.parametrize(
    ("action", "name", "file"),
    [
        ("english", "excellus/7.02.11", "excellus-7.02.11.english.txt"),
        ("show", "excellus/7.02.11", "excellus-7.02.11.show.txt"),
        ("english", "cms/ncd-110.24", "ncd-110.24.english.txt"),
        ("english", "brexu_mcl", "brexu_mcl.english.txt"),
    ],
)
def test_the_text_is_the_one_that_was_read_and_found_readable(
    action: str, name: str, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a change that is meant, read the new text and write it there: chartproof policy ACTION NAME > FILE."""
    assert main(["policy", action, name]) == 0
    printed = capsys.readouterr().out
    assert printed == (SNAPSHOTS / file).read_text(encoding="utf-8")
    assert max(len(line) for line in printed.splitlines()) <= 100


@pytest.mark.parametrize("policy", PACKAGED, ids=lambda policy: policy.id)
def test_every_picture_is_one_page_that_names_every_row(policy: object) -> None:
    data = picture(policy, Path("tree.pdf"))  # type: ignore[arg-type]
    document = pypdfium2.PdfDocument(data)
    assert len(document) == 1
    words = "".join(document[0].get_textpage().get_text_range().split())
    assert all(rule.id in words for rule in policy.rules)  # type: ignore[attr-defined]


def test_the_picture_says_joins_guards_and_what_is_ours() -> None:
    data = tree(load_policy("excellus/7.02.11"), size=7.5)
    rules = {rule["id"]: rule for group in data["groups"] for rule in group["rules"]}
    assert rules["I.C"]["body"]["join"] == "all of"
    assert rules["I.C"]["basis"] == "interpretation"
    assert rules["DOC.A.2"]["when"]["leaf"].startswith("place of service")
    assert tree(load_label("ide_mm"), size=7.5)["groups"][0]["rules"][0]["confirm"]


def test_a_picture_is_written_and_another_ending_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "english", "7.02.11", "--picture", str(tmp_path / "tree.svg")]) == 0
    assert (tmp_path / "tree.svg").read_bytes().startswith(b"<svg")
    assert main(["policy", "english", "7.02.11", "--picture", str(tmp_path / "tree.gif")]) == 2
    assert "CP-CLI-10" in capsys.readouterr().err
    with pytest.raises(InputError):
        picture(load_policy("7.02.11"), tmp_path / "tree")


def test_a_row_of_a_draft_is_said_once() -> None:
    """Where no test stands in place of the document's words yet."""
    rule = replace(load_policy("excellus/7.02.11").rules[0], says="a walk was taken", when=None, unless=None)
    said, more = (Constant("untranslated", text, 1) for text in ("a walk was taken", "slowly"))
    draft = Policy("draft/x", "A draft", "", "policy", (replace(rule, body=Group("all", (said, more), 1)),), (), "")
    once = Policy("draft/x", "A draft", "", "policy", (replace(rule, body=said),), (), "")
    assert "\n".join(english(once)).count("a walk was taken") == 1
    assert tree(once, size=7.5)["groups"][0]["rules"][0]["body"]["leaf"] == "left to judgement"
    assert "left to judgement: slowly" in "\n".join(english(draft))
    assert tree(once, size=7.5)["whose"].startswith("A draft") and tree(load_label("ide_mm"), size=7.5)[
        "whose"
    ].startswith("Our")
