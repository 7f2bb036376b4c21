"""What each kind of reason is about, and which rows of policy and label speak to it (knowledge/vocabulary/answers.yaml)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from chartproof.model import DenialReason, Finding, Review
from chartproof.packet.data import knowledge


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of reason; answers.yaml says what each key means."""

    title: str
    words: str
    says: str = r"(?!)"
    label: tuple[str, ...] = ()
    bears_out: tuple[str, ...] = ()
    silence: bool = False
    numbers: bool = False
    only_numbers: bool = False
    history: bool = False
    centre: bool = False
    contract: str = ""
    rest: bool = False
    by_name: bool = False
    concepts: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    chart: str = r"(?!)"
    law: tuple[str, ...] = ()
    ask: str = ""
    roads: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


@cache
def answer_words(section: str) -> Any:
    """One section of answers.yaml."""
    return knowledge("vocabulary/answers.yaml")[section]


@cache
def subjects() -> Mapping[str, Subject]:
    """Kind -> subject."""
    return {kind: _subject(row) for kind, row in answer_words("kinds").items()}


def _subject(row: Mapping[str, Any]) -> Subject:
    kept: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Subject(**kept)


def subject(kind: str) -> Subject:
    """The subject of a kind; that of `other` for a kind that the file does not have."""
    return subjects().get(kind) or subjects()["other"]


def title_of(reason: DenialReason) -> str:
    """The heading of a reason: one of its own where its words ask for one."""
    about = subject(reason.kind)
    own = (title for title, words in about.titles.items() if re.search(words, reason.quote))
    return next(own, about.title)


def rows_for(review: Review, kind: str) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """(policy rows, label rows) that speak to this kind of reason."""
    about = subject(kind)
    policy = tuple(f for f in review.criteria if re.search(about.says, f.says))
    label = tuple(f for f in review.label if "all" in about.label or f.id in about.label)
    return policy, label


def named(review: Review, reason: DenialReason) -> tuple[Finding, ...]:
    """Rows whose test or paper a reason names that says no more than that something is missing; a row that is no document
    is meant by its own words alone, and not by what it was sought in."""
    if not subject(reason.kind).by_name:
        return ()
    cues = _cues_of(reason.quote)
    rows = (f for f in review.criteria if f.status != "not_applicable")
    return tuple(f for f in rows if any(cue.search(_spoken(f)) for cue in cues))


def _spoken(finding: Finding) -> str:
    """The words by which a row is named: of a document, also what it shows and was sought."""
    document = finding.kind == "documentation"
    return " ".join([finding.says, finding.shows, *finding.sought]) if document else finding.says


def _cues_of(quote: str) -> list[re.Pattern[str]]:
    """What names each test that a sentence names: in "hepatitis C serology" the second word names no other serology."""
    rows = knowledge("vocabulary/claims.yaml")["tests"].values()
    words = [*(row["words"] for row in rows), *answer_words("other_papers")]
    cues = [re.compile(word, re.IGNORECASE) for word in words]
    places = {cue: {match.span() for match in cue.finditer(quote)} for cue in cues}
    times = Counter(place for found in places.values() for place in found)
    sure = {cue for cue, found in places.items() if any(times[place] == 1 for place in found)}
    taken = {place for cue in sure for place in places[cue]}
    return [cue for cue, found in places.items() if cue in sure or found - taken]


def silent(review: Review, kind: str) -> bool:
    """True where there is a policy and none of its rows speaks to this kind."""
    return bool(review.criteria) and not rows_for(review, kind)[0]
