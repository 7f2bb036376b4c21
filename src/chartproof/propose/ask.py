"""Asks a model, request by request, for quotes that may speak to the rows that are missing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from chartproof.chart.kinds import evidence_of
from chartproof.chart.sort import reading
from chartproof.chart.vocabulary import load
from chartproof.errors import ModelError
from chartproof.model import Case, Chart, Fact, Proposal, Proposals, Span
from chartproof.propose.passages import Passage, passages, requests
from chartproof.propose.sieve import Found, Sieve

Message = Mapping[str, str]
#: Messages in, the model's reply out. Raises ModelError where there is none.
Complete = Callable[[Sequence[Message]], str]
#: A row: its layer (policy or label) and its id.
Row = tuple[str, str]


def propose(
    chart: Chart, case: Case, wanted: Mapping[str, Sequence[Row]], *, complete: Complete, model: str,
    progress: Callable[[int, int], None] | None = None,
) -> Proposals:  # fmt: skip
    """What the model points at, for each concept of `wanted` and the missing rows that ask for it.

    The same replies give the same proposals. Where the model cannot be asked any more, `stopped` says why and what was
    found before is kept.
    """
    if not wanted:
        return Proposals(model)
    shown = passages(reading(chart.files, case, letters(chart)))
    limits = load("propose.yaml")["limits"]
    groups = list(requests(shown, limits["request_characters"]))
    known = {(page.file, page.number) for file in chart.files for page in file.pages}
    sieve = Sieve(wanted.keys(), known, {passage.place for passage in shown})
    found: list[Found] = []
    stopped = ""
    for number, group in enumerate(groups, 1):
        if progress:
            progress(number, len(groups))
        try:
            reply = complete(messages(group, wanted))
        except ModelError as error:
            stopped = str(error)
            break
        found += sieve.sift(reply, group)
    kept, left_out = by_row(found, wanted, chart.facts, limits["row"])
    dropped = sieve.dropped + Counter(too_many=left_out)
    return Proposals(model, kept, dict(sorted(dropped.items())), stopped)


def letters(chart: Chart) -> frozenset[tuple[str, int]]:
    """Every page of a payer's letter, so that a second sorting sees what the first was told."""
    return frozenset(
        (document.file, number)
        for document in chart.documents
        if evidence_of(document.kind) == "payer"
        for number in range(document.first, document.last + 1)
    )


def messages(group: Iterable[Passage], concepts: Iterable[str]) -> tuple[Message, ...]:
    """One request. The pages are values of one JSON text: no words in them can end it or speak in our place."""
    means = load("concepts.yaml")["concepts"]
    asked = {
        "concepts": [{"id": concept, "means": means[concept]["means"]} for concept in concepts],
        "pages": [{"file": one.page.file, "page": one.page.number, "text": one.text} for one in group],
    }
    system = {"role": "system", "content": load("propose.yaml")["system"]}
    return system, {"role": "user", "content": json.dumps(asked, ensure_ascii=False)}


def by_row(
    found: Iterable[Found], wanted: Mapping[str, Sequence[Row]], facts: Sequence[Fact], most: int
) -> tuple[tuple[Proposal, ...], int]:
    """Each proposal once for each row that asks for its concept, at most `most` a row; and how many were left out."""
    kept: list[Proposal] = []
    rows: Counter[Row] = Counter()
    left_out = 0
    for one in found:
        read = tuple(fact for fact in facts if fact.concept == one.concept and _stands_in(fact, one.quote))
        for layer, row in wanted[one.concept]:
            if rows[layer, row] == most:
                left_out += 1
                continue
            rows[layer, row] += 1
            kept.append(Proposal(layer, row, one.concept, one.quote, one.sentence, one.when, read))
    return tuple(kept), left_out


def _stands_in(fact: Fact, quote: Span) -> bool:
    return any(
        (one.file, one.page) == (quote.file, quote.page) and one.start < quote.end and quote.start < one.end
        for one in fact.evidence
    )
