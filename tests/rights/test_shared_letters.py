"""Against the written letters that lie beside the project: those with text, so that no recognition is needed."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from chartproof.chart.files import read_folder
from chartproof.rights.letter import read_letter
from chartproof.rights.reading import letter_json

FIELDS = ("is_denial", "letter_kind", "plan_type", "state", "letter_date", "received_date", "group_number", "reference_number",
          "decision_type", "appeal_level_next", "expedited_offered", "reviewer_named")  # fmt: skip


def test_written_letters(shared: Path, tmp_path: Path) -> None:
    gold = [
        entry
        for entry in yaml.safe_load((shared / "letters" / "gold.yaml").read_text())
        if "fax" not in entry["render"]
    ]
    for entry in gold:
        shutil.copy(shared / "letters" / "files" / entry["file"], tmp_path / entry["file"])
    pages = {file.name: file.pages for file in read_folder(tmp_path, workers=1)}
    wrong, asked = [], 0
    for want in gold:
        got = letter_json(read_letter(pages[want["file"]], file=want["file"]))
        for field in FIELDS:
            expected = want[field].isoformat() if hasattr(want[field], "isoformat") else want[field]
            asked += 1
            wrong += [(want["file"], field, expected, got[field])] if (got[field] or None) != (expected or None) else []
        assert not set(got["hcpcs_cpt"]) & set(want["code_decoys"])
        assert sorted(reason["kind"] for reason in got["reasons"]) == sorted(
            reason["kind"] for reason in want["reasons"]
        )
    assert len(wrong) <= 0.02 * asked, wrong
