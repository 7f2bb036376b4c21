"""What changed between two editions of a policy, matched by meaning and not by number alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chartproof.model.policy import Policy
from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.guards import guarded
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.words import NUMBERS

#: Two texts with so much in common, of the shorter one's words, speak of one thing: under one number, and under two.
_SAME_ID, _OTHER_ID = 0.4, 0.75


@dataclass(frozen=True, slots=True)
class Entry:
    """One criterion of an edition: its printed id and its own words."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """`change` is changed (meaning), added, removed, renumbered (same words) or reworded (same meaning)."""

    change: str
    before: Entry | None
    after: Entry | None


def entries_of(source: Policy | Sequence[Criterion]) -> tuple[Entry, ...]:
    """An edition's criteria: those with a printed id, or every last test where the document prints none."""
    if isinstance(source, Policy):
        return tuple(Entry(rule.id, rule.says) for rule in source.rules)
    ours = [one for one in every(source) if one.kind != "definition"]
    printed = [one for one in ours if not one.made_id]
    return tuple(Entry(one.id, one.text) for one in printed or [one for one in ours if not one.children])


def changes(before: Sequence[Entry], after: Sequence[Entry]) -> tuple[Change, ...]:
    """The changes in the order of the later edition, then what it has no more. What is the same is not listed."""
    left = list(before)
    pairs: dict[int, Entry] = {}
    for same in (_word_for_word, _same_words, _same_number, _same_meaning):
        for at, entry in enumerate(after):
            if at in pairs:
                continue
            found = max(
                (one for one in left if same(one, entry)), key=lambda one: alike(one.text, entry.text), default=None
            )
            if found is not None:
                pairs[at] = found
                left.remove(found)
    found_changes = [change for at, entry in enumerate(after) if (change := _change(pairs.get(at), entry)) is not None]
    return (*found_changes, *(Change("removed", one, None) for one in left))


def _number(name: str) -> str:
    """The id without a word that only says what is counted: "101" of "Rule 101"."""
    return re.sub(r"^[A-Z][a-z]+ (?=\d)", "", name)


def _word_for_word(one: Entry, other: Entry) -> bool:
    return _number(one.id) == _number(other.id) and _letters(one.text) == _letters(other.text)


def _same_words(one: Entry, other: Entry) -> bool:
    return _letters(one.text) == _letters(other.text)


def _same_number(one: Entry, other: Entry) -> bool:
    return _number(one.id) == _number(other.id) and alike(one.text, other.text) >= _SAME_ID


def _same_meaning(one: Entry, other: Entry) -> bool:
    return alike(one.text, other.text) >= _OTHER_ID and bool(_letters(one.text))


def _change(before: Entry | None, after: Entry) -> Change | None:
    if before is None:
        return Change("added", None, after)
    if _letters(before.text) == _letters(after.text):
        return None if _number(before.id) == _number(after.id) else Change("renumbered", before, after)
    return Change("reworded" if _meaning(before.text) == _meaning(after.text) else "changed", before, after)


def _meaning(text: str) -> tuple[object, ...]:
    """What cannot differ between two wordings of one condition: numbers, names, exception, condition, join."""
    words = re.findall(r"[A-Za-z][\w-]*|\d+(?:\.\d+)?", text)
    numbers = sorted(
        str(NUMBERS.get(word.lower(), word)) for word in words if word[0].isdigit() or word.lower() in NUMBERS
    )
    names = {word for word in words if sum(letter.isupper() or letter.isdigit() for letter in word) > 1}
    guard = guarded(text)
    said = announcement(text)
    return numbers, names, bool(guard.when), bool(guard.unless), said.join if said else ""


def alike(one: str, other: str) -> float:
    """The share of the shorter text's words, by their stems, that the other has too: 0 to 1."""
    first, second = _stems(one), _stems(other)
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0


def _stems(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"[a-z0-9][a-z0-9.]*", text.lower()) if len(word) > 2 or word.isdigit()}


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
