"""What two papers tell differently of the disease itself: its light and heavy chain, how soon it came back.

As in `told_twice`, the sentences are compared and nothing becomes a fact; the report or the treating clinician stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from chartproof.chart.context import assertion
from chartproof.chart.derive.claimed.papers import of_papers
from chartproof.chart.derive.standing import CLINICIANS, pattern
from chartproof.chart.derive.told.told_twice import Told
from chartproof.chart.find.said import loosen, near_quote
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict


def told_disease(reading: Reading) -> Iterator[Conflict]:
    """At most one conflict of each sort."""
    words = load("told_disease.yaml")
    yield from chains(reading, words["chain"])
    yield from intervals(reading, words)


def search(expression: str, text: str) -> re.Match[str] | None:
    return pattern(loosen(expression)).search(text)


def chains(reading: Reading, words: dict[str, Any]) -> Iterator[Conflict]:
    """Kappa in one paper and lambda in another; the marrow's report, else what most papers say, stands."""
    for what in ("light", "heavy"):
        told = list(told_chains(reading, words, what))
        if len({one.value for one in told}) != 2:
            continue  # three chains are a table of results, one is no contradiction
        reports = [one for one in told if one.document in documents_of(reading, "pathology")]
        papers = Counter(value for value, _document in {(one.value, one.document) for one in told})
        right = reports[0].value if reports else papers.most_common(1)[0][0]
        stands = next((one for one in reports if one.value == right), next(one for one in told if one.value == right))
        other = next(one for one in told if one.value != right)
        if other.document != stands.document:
            says = f"{right}: by the {'pathology report' if reports else 'other papers'}; the other is a slip until somebody shows it"
            yield Conflict(f"{what} chain of the myeloma", other.quote, stands.quote, says)


def told_chains(reading: Reading, words: dict[str, Any], what: str) -> Iterator[Told]:
    for sentence in reading.sentences:
        found = (
            list(pattern(loosen(words[what])).finditer(sentence.text)) if search(words["about"], sentence.text) else []
        )
        values = {re.sub(r"\W", "", one["value"]).lower() for one in found}
        if len(values) != 1 or search(words["unless"], sentence.text):
            continue
        if assertion(sentence, *found[0].span()) in ("present", "historical"):
            yield Told(
                values.pop(), near_quote(sentence, *found[0].span()), sentence.segment.when, sentence.document.id
            )


def documents_of(reading: Reading, *kinds: str) -> frozenset[str]:
    return frozenset(one.id for one in reading.documents if one.kind in kinds)


def intervals(reading: Reading, words: dict[str, Any]) -> Iterator[Conflict]:
    """A relapse within the year after the first treatment by one paper, and after it by another."""
    rule, told = words["interval"], []
    for sentence in (*reading.sentences, *of_papers(reading)):
        match = search(rule["says"], sentence.text)
        if not match or search(rule["unless"], sentence.text) or not search(rule["relapse"], sentence.text):
            continue
        if assertion(sentence, match.start(), match.end()) in ("family", "planned"):
            continue
        months = words["numbers"].get(match["n"].lower()) or float(match["n"])
        told.append((months, sentence, near_quote(sentence, match.start(), match.end())))
    early = [row for row in told if row[0] <= rule["line"]]
    late = [row for row in told if row[0] > rule["line"]]
    pairs = [(one, other) for one in early for other in late if one[1].document.id != other[1].document.id]
    if pairs:
        one, other = max(pairs, key=lambda pair: max(rank(pair[0][1]), rank(pair[1][1])))
        stands, against = (one, other) if rank(one[1]) >= rank(other[1]) else (other, one)
        right = (
            f"{stands[0]:g} months by the treating clinician; the days of the last dose and of the relapse settle it"
        )
        yield Conflict("time from first treatment to relapse", against[2], stands[2], right)


def rank(sentence: Sentence) -> tuple[bool, date]:
    """A clinician's word before others', then the newest."""
    when = sentence.segment.when
    return (sentence.document.kind in CLINICIANS, when.last if when else date.min)
