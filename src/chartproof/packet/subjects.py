"""What each kind of reason is about, and which rows of policy and label speak to it (knowledge/vocabulary/answers.yaml)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
    silence: bool = False
    numbers: bool = False
    only_numbers: bool = False
    history: bool = False
    centre: bool = False
    contract: str = ""
    rest: bool = False
    concepts: tuple[str, ...] = ()
    chart: str = r"(?!)"
    law: tuple[str, ...] = ()
    ask: str = ""
    roads: tuple[str, ...] = ()


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
    """The heading of a reason."""
    return subject(reason.kind).title


def rows_for(review: Review, kind: str) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """(policy rows, label rows) that speak to this kind of reason."""
    about = subject(kind)
    policy = tuple(f for f in review.criteria if re.search(about.says, f.says))
    label = tuple(f for f in review.label if "all" in about.label or f.id in about.label)
    return policy, label


def silent(review: Review, kind: str) -> bool:
    """True where there is a policy and none of its rows speaks to this kind."""
    return bool(review.criteria) and not rows_for(review, kind)[0]
