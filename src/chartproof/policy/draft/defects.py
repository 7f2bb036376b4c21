"""What a careful reader would ask the payer about its own text: reported, never mended in the draft."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.leaf import Test, undefined_words
from chartproof.policy.draft.sections import sentence_of
from chartproof.policy.draft.words import NUMBER_WORDS, NUMBERS, drafting, pattern, patterns

_DENIED = re.compile(r"\b(?:never|not|no|without)\b", re.IGNORECASE)
_COMPARES = ("ge", "gt", "le", "lt", "between")


@dataclass(frozen=True, slots=True)
class Defect:
    """`what` is its kind; `says` one sentence; `find` the first words of the text on `page`."""

    what: str
    says: str
    find: str
    page: int


def defects(criteria: Sequence[Criterion], histories: Sequence[tuple[int, str]] = ()) -> tuple[Defect, ...]:
    """Defects in the document's order. `histories` are (page, sentence) of what the document says of its own changes."""
    found = [
        *_undefined(criteria), *_contradictions(criteria), *_windows(criteria), *_undated(criteria),
        *_not_carried(criteria, histories),
    ]  # fmt: skip
    return tuple(sorted(set(found), key=lambda one: (one.page, one.what, one.find)))


def _undefined(criteria: Sequence[Criterion]) -> Iterator[Defect]:
    defined = " ".join(one.text for one in every(criteria) if one.kind == "definition").lower()
    for one in every(criteria):
        if one.children or one.kind == "definition":
            continue
        for word in dict.fromkeys((*undefined_words(one.text), *_vague(one))):
            if word.lower() not in defined:
                yield Defect("undefined_term", f"'{word}' is not defined", one.find, one.page)


def _vague(one: Criterion) -> Iterator[str]:
    """Words that the payer should define, unless the test has a number or a window that answers for them."""
    if one.kind == "documentation" or (one.leaf is not None and (one.leaf.within_days or one.leaf.op in _COMPARES)):
        return
    for words in patterns("vague"):
        if match := words.search(one.text):
            yield match["word"]


def _contradictions(criteria: Sequence[Criterion]) -> Iterator[Defect]:
    """Two of the tests that must all hold cannot: one denies the other, or no value satisfies both."""
    for one in every(criteria):
        if one.join != "all":
            continue
        for first, second in combinations([child for child in one.children if not child.children], 2):
            if first.when or second.when or _alike(first.text, second.text) < 0.6:
                continue
            denied = bool(_DENIED.search(first.text)) != bool(_DENIED.search(second.text))
            if (denied and not _limits(first, second)) or _apart(first.leaf, second.leaf):
                yield Defect(
                    "contradictory_and", f"{_name(first)} and {_name(second)} cannot both hold", one.find, one.page
                )


def _limits(first: Criterion, second: Criterion) -> bool:
    """True for two limits on one thing, where "not" only belongs to a number ("not below")."""
    return all(one.leaf is not None and one.leaf.op in _COMPARES for one in (first, second))


def _apart(first: Test | None, second: Test | None) -> bool:
    """True where no value of one concept satisfies both tests."""
    if first is None or second is None or (first.unit or "") != (second.unit or ""):
        return False
    if first.op == second.op == "eq":
        return bool(first.value != second.value)
    one, other = _interval(first), _interval(second)
    return one is not None and other is not None and (one[1] < other[0] or other[1] < one[0])


def _interval(test: Test) -> tuple[float, float] | None:
    value: Any = test.value
    if test.op == "between" and isinstance(value, list) and all(isinstance(end, int | float) for end in value):
        return float(value[0]), float(value[1])
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    tiny = 1e-9
    return {
        "ge": (value, float("inf")), "gt": (value + tiny, float("inf")), "le": (float("-inf"), value),
        "lt": (float("-inf"), value - tiny),
    }.get(test.op)  # fmt: skip


def _alike(one: str, other: str) -> float:
    a, b = _words(one), _words(other)
    return len(a & b) / min(len(a), len(b)) if min(len(a), len(b)) > 2 or (a == b and len(a) > 1) else 0.0


def _words(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"[a-z][a-z0-9]+", text.lower())} - set(drafting()["small"])


def _windows(criteria: Sequence[Criterion]) -> Iterator[Defect]:
    """A document must be newer, or may be older, than the finding that it is to prove."""
    leaves = [one for one in every(criteria) if one.leaf is not None and not one.children and one.leaf.within_days]
    for paper in (one for one in leaves if one.kind == "documentation"):
        for asked in (one for one in leaves if one.kind == "necessity"):
            assert paper.leaf is not None and asked.leaf is not None
            if paper.leaf.within_days != asked.leaf.within_days and _about_one_thing(paper.text, asked.text):
                says = (
                    f"{_name(asked)} takes {asked.leaf.within_days} days, {_name(paper)} asks {paper.leaf.within_days}"
                )
                yield Defect("conflict_inside_policy", says, paper.find, paper.page)


def _about_one_thing(one: str, other: str) -> bool:
    ordinary = _words(
        "within last past days weeks months before request dated taken result results report performed obtained"
    )
    return len((_words(one) & _words(other)) - ordinary) > 0 and _alike(one, other) >= 0.34


def _undated(criteria: Sequence[Criterion]) -> Iterator[Defect]:
    """A limit that everyone must meet on what changes from day to day has no window, where another such limit has one."""
    required = [*criteria, *(child for one in every(criteria) if one.join == "all" for child in one.children)]
    limits = [
        one
        for one in required
        if one.kind == "necessity" and not one.children and one.leaf is not None and one.leaf.op in _COMPARES
        and any(words.search(one.text) for words in patterns("dated"))
    ]  # fmt: skip
    if not any(one.leaf and one.leaf.within_days for one in limits):
        return
    for one in limits:
        if one.leaf and not one.leaf.within_days:
            yield Defect("missing_window", f"{_name(one)} does not say how old the result may be", one.find, one.page)


def _not_carried(criteria: Sequence[Criterion], histories: Sequence[tuple[int, str]]) -> Iterator[Defect]:
    """The document says that it changed an item, and the item's text does not have the change."""
    by_id = {_key(one.id): one for one in every(criteria)}
    for sentence in (text for _, text in histories if sentence_of(text) == "history"):
        for match, one in _told("from_to", sentence, by_id):
            old, new, has = _numbers(match["old"]), _numbers(match["new"]), _all_numbers(one)
            if old and new and not new & has and old & has:
                says = f"the history says {_name(one)} was changed to {match['new'].strip()}, its text is not"
                yield Defect("amendment_not_carried_through", says, one.find, one.page)
        for match, one in _told("added", sentence, by_id):
            if not _numbers(match["new"]) & _all_numbers(one):
                says = (
                    f"the history says {_name(one)} was added with {match['new'].strip()}, its text has another number"
                )
                yield Defect("conflict_with_history", says, one.find, one.page)
        for _match, one in _told("gone", sentence, by_id):
            says = f"the history says {_name(one)} is gone, and it stands in the text"
            yield Defect("conflict_with_history", says, one.find, one.page)


def _told(change: str, sentence: str, by_id: Mapping[str, Criterion]) -> Iterator[tuple[re.Match[str], Criterion]]:
    """What a sentence of the history says was done, with the criterion whose number stands nearest before it."""
    for match in pattern("changes", change).finditer(sentence):
        numbers = pattern("changes", "number").findall(match["before"])
        one = next((by_id[_key(number)] for number in reversed(numbers) if _key(number) in by_id), None)
        if one is not None:
            yield match, one


def _name(one: Criterion) -> str:
    """The printed number of a criterion, or its first words where the document gives it none."""
    return f"'{' '.join(one.text.split()[:6])}'" if one.made_id else one.id


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", re.sub(r"(?i)^(?:section|question|criterion|item)\s+", "", text).lower())


def _all_numbers(one: Criterion) -> set[str]:
    return _numbers(" ".join(part.text for part in every([one])))


def _numbers(text: str) -> set[str]:
    words = re.findall(rf"\d+(?:\.\d+)?|\b(?:{NUMBER_WORDS})\b", text, re.IGNORECASE)
    return {str(NUMBERS.get(word.lower(), word)) for word in words}
