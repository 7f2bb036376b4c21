"""Whole documents: what is drafted of each, and that nothing of any is dropped."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.errors import PolicyError
from chartproof.model.page import Page
from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.draft import Draft, draft_json, draft_policy

DOCUMENTS = yaml.safe_load((Path(__file__).parent / "documents.yaml").read_text(encoding="utf-8"))
#: Labels are kept as ids, names of parts are set aside: they are not looked for in the text.
LABEL = re.compile(
    r"^\s*(?:[A-Z]{4,}(?: [A-Z]+)* -|(?:Step|Question|Section|Sec\.) \d[.:]|Box \d IF|Reason [A-Z]\.|\(\w{1,2}\)|[§¶]\s?\d+\.?|\d(?:\.\d)+|[A-Z](?:\.\d)+|\w{1,2}[.)]|[A-Z]+-[\d.]+(?: (?:MUST NOT|[A-Z]+)(?=\s))?|[A-Z]\d(?:-[ivx]+)?|[α-ω]\d?\.?)\s+"
)
each = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["name"])


def drafted(text: str) -> Draft:
    return draft_policy([Page("policy.txt", 1, text)])


def letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def matching(draft: Draft, want: dict[str, Any]) -> Criterion:
    found = [
        one for one in every(draft.criteria)
        if (one.id == want["id"] if "id" in want else letters(want["find"]) in letters(one.text))
    ]  # fmt: skip
    assert found, f"not drafted: {want}"
    return found[-1]  # the innermost


@each
def test_what_is_drafted(document: dict[str, Any]) -> None:
    draft = drafted(document["text"])
    for want in document["drafted"]:
        one = matching(draft, want)
        test = one.leaf
        assert one.kind == want["kind"], want
        for key in ("join", "unless"):
            assert key not in want or getattr(one, key) == want[key], (want, one)
        for key in ("op", "value", "within_days"):
            assert key not in want or getattr(test, key) == want[key], (want, test)


@each
def test_what_is_never_drafted(document: dict[str, Any]) -> None:
    said = [one.text for one in every(drafted(document["text"]).criteria)]
    for words in document.get("never", []):
        assert not [text for text in said if words in text]


@each
def test_nothing_is_dropped(document: dict[str, Any]) -> None:
    draft = drafted(document["text"])
    kept = [one.text for one in every(draft.criteria)]
    kept += [quote.text for group in (draft.limits, draft.aside, draft.not_understood) for quote in group]
    all_kept = "|".join(letters(text) for text in kept)
    for line in document["text"].splitlines():
        words = LABEL.sub("", line)
        for piece in re.split(r"[.;:]\s+", words):
            assert letters(LABEL.sub("", piece))[:25] in all_kept, piece


@each
def test_ids_are_told_apart_and_phrases_stand_on_their_page(document: dict[str, Any]) -> None:
    draft = drafted(document["text"])
    names = [one.id for one in every(draft.criteria)]
    assert len(names) == len(set(names))
    page = " ".join(document["text"].split())
    assert all(one.find in page for one in every(draft.criteria) if one.find)


@each
def test_limits(document: dict[str, Any]) -> None:
    said = [quote.text for quote in drafted(document["text"]).limits]
    assert [text for text in document.get("limits", []) if text not in said] == []


def test_a_document_without_words_is_refused() -> None:
    with pytest.raises(PolicyError, match="CP-POL-11"):
        draft_policy([Page("blank.pdf", 1, " \n ")])


def test_the_record_has_what_a_reader_needs() -> None:
    record = draft_json(drafted(DOCUMENTS[0]["text"]))
    assert {"title", "criteria", "limits", "codes", "defects", "not_understood"} <= set(record)
    assert {"id", "kind", "says", "page", "find", "join", "when", "unless", "leaf", "children"} <= set(
        record["criteria"][0]
    )


def test_a_list_of_which_none_may_be_true_is_a_list_of_refusals() -> None:
    draft = drafted("Box 2. None of these may be ticked.\n\n2a. The toe is broken.\n\n2b. A wound has not healed.\n")
    assert {one.kind for one in every(draft.criteria)} == {"exclusion"}
