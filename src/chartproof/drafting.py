"""From a payer's document to a draft of its policy: reads the pages, drafts, and compares two editions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chartproof.chart.bold import read_bold
from chartproof.chart.files import read_file
from chartproof.chart.rulings import read_rulings
from chartproof.chart.word import read_docx
from chartproof.chart.word_headings import read_headings
from chartproof.errors import InputError
from chartproof.policy.draft.coded import in_table
from chartproof.policy.draft.draft import Draft, counted, draft_policy
from chartproof.policy.draft.editions import Change, Entry, changes, entries_of
from chartproof.policy.load import DOCUMENTS, load_policy


def draft_document(path: Path) -> Draft:
    """The draft of one document. Raises InputError CP-READ-..., CP-DRAFT-01 and PolicyError CP-POL-11."""
    source = read_file(path)
    if source.media == "docx":  # a policy's labels are its ids
        source = read_docx(source.name, path.read_bytes(), source.sha256, labels=True)
    unread = [page for page in source.pages if page.read == "unread"]
    if source.pages and len(unread) == len(source.pages):
        raise InputError("CP-DRAFT-01", "no page of the document could be read", where=source.name,
                         then="Give a clearer scan, or the payer's own PDF.")  # fmt: skip
    data = path.read_bytes()
    if source.media == "docx":
        return draft_policy(source.pages, headings=read_headings(source.name, data))
    if source.media != "pdf":
        return draft_policy(source.pages)
    return draft_policy(source.pages, read_rulings(source.name, data), read_bold(source.name, data))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two editions: criteria, and codes that only one of them lists."""

    changes: tuple[Change, ...]
    codes_added: tuple[str, ...]
    codes_removed: tuple[str, ...]


def compare(before: str, after: str) -> Comparison:
    """What changed between two editions, each a document, a policy file or the id of a policy that is known."""
    (old, had), (new, has) = _edition(before), _edition(after)
    return Comparison(changes(old, new), tuple(sorted(has - had)), tuple(sorted(had - has)))


def _edition(name: str) -> tuple[tuple[Entry, ...], frozenset[str]]:
    """The criteria and the listed codes of one edition."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or not (path.exists() or name.lower().endswith(DOCUMENTS)):
        policy = load_policy(name)
        return entries_of(policy), frozenset(_codes(policy.facts_of.get("codes")))
    draft = draft_document(path)
    return entries_of(draft.criteria), frozenset(one.code for one in draft.codes if one.listed_as != "not_listed")


def _codes(data: object) -> Iterator[str]:
    """The codes of a policy file: rows of services, lists of diagnoses."""
    if not isinstance(data, dict):
        return
    for rows in data.values():
        listed = rows.get("listed", []) + rows.get("not_covered", []) if isinstance(rows, dict) else rows
        for one in listed if isinstance(listed, list) else ():
            yield str(one.get("code", "")) if isinstance(one, dict) else str(one)


def summary(draft: Draft) -> list[str]:
    """What a person is told of a draft: what was found, what must be read, and what to do next."""
    head = draft.head
    named = (
        " ".join(part for part in (head.payer, head.number, head.title) if part) or "The document does not name itself"
    )
    lines = [
        f"{named}, {f'effective {head.effective.isoformat()}' if head.effective else 'no effective date was found'}",
        f"{counted(draft)} criteria drafted, {len(draft.limits)} limits, {len(draft.codes)} codes.",
    ]
    lines += [
        f"Code {one.code}, p. {one.page}: {one.problem.removeprefix(f'{one.code} ')}"
        for one in draft.codes
        if one.problem
    ]
    unknown = [f"{one.code} (p. {one.page})" for one in draft.codes if not (one.problem or in_table(one))]
    lines += [f"Not in our table, so not checked: {', '.join(unknown)}"] if unknown else []
    lines += [f"Defect, p. {one.page}: {one.says} ({one.find} ...)" for one in draft.defects]
    lines += [f"Not understood, p. {one.page}: {one.text}" for one in draft.not_understood]
    if not draft.criteria:
        return [*lines, "No criterion was found in it. Is it the payer's policy, and are all of its pages there?"]
    return [*lines, "A draft: read each row beside the document, above all what was not understood."]
