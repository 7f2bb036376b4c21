"""What a careful reader would ask the payer about its own text: reported, never mended in the draft."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.leaf import undefined_words
from chartproof.policy.draft.sections import sentence_of
from chartproof.policy.draft.words import NUMBERS, drafting

_DENIED = re.compile(r"\b(?:never|not|no|without)\b", re.IGNORECASE)
#: "Section 3.b changed from 30 percent to 40 percent."
_CHANGED = re.compile(
    r"(?P<id>(?:[A-Z]{1,5}-)?[A-Z\d][\w-]*(?:\.[\w]+)*(?:\s?\([a-z0-9]+\))*)\W+(?:\w+\W+){0,4}?(?:changed|raised|lowered|cut|lengthened|shortened|widened|narrowed|increased|reduced)\s+(?:\w+\s+){0,3}?from\s+(?P<old>[^.;]*?)\s+to\s+(?P<new>[^.;]*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Defect:
    """`what` is its kind; `says` one sentence; `find` the first words of the text on `page`."""

    what: str
    says: str
    find: str
    page: int


def defects(criteria: Sequence[Criterion], histories: Sequence[tuple[int, str]] = ()) -> tuple[Defect, ...]:
    """Defects in the document's order. `histories` are (page, sentence) of what the document says of its own changes."""
    found = [*_undefined(criteria), *_contradictions(criteria), *_windows(criteria), *_not_carried(criteria, histories)]
    return tuple(sorted(set(found), key=lambda one: (one.page, one.what, one.find)))


def _undefined(criteria: Sequence[Criterion]) -> Iterator[Defect]:
    defined = " ".join(one.text for one in every(criteria) if one.kind == "definition").lower()
    for one in every(criteria):
        if one.children or one.kind == "definition":
            continue
        for word in undefined_words(one.text):
            if word not in defined:
                yield Defect("undefined_term", f"'{word}' is not defined", one.find, one.page)


def _contradictions(criteria: Sequence[Criterion]) -> Iterator[Defect]:
    """Two of the tests that must all hold say the same thing, one of them with "not"."""
    for one in every(criteria):
        if one.join != "all":
            continue
        for at, first in enumerate(one.children):
            for second in one.children[at + 1 :]:
                if (
                    bool(_DENIED.search(first.text)) != bool(_DENIED.search(second.text))
                    and _alike(first.text, second.text) >= 0.6
                ):
                    yield Defect(
                        "contradictory_and", f"{first.id} and {second.id} cannot both hold", one.find, one.page
                    )


def _alike(one: str, other: str) -> float:
    a, b = _words(one), _words(other)
    return len(a & b) / max(1, min(len(a), len(b))) if min(len(a), len(b)) > 2 else 0.0


def _words(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"[a-z][a-z0-9]+", text.lower())} - set(drafting()["small"])


def _windows(criteria: Sequence[Criterion]) -> Iterator[Defect]:
    """A document must be newer, or may be older, than the finding that it is to prove."""
    leaves = [one for one in every(criteria) if one.leaf is not None and not one.children and one.leaf.within_days]
    for paper in (one for one in leaves if one.kind == "documentation"):
        for asked in (one for one in leaves if one.kind == "necessity"):
            assert paper.leaf is not None and asked.leaf is not None
            if paper.leaf.within_days != asked.leaf.within_days and _about_one_thing(paper.text, asked.text):
                says = f"{asked.id} takes {asked.leaf.within_days} days, {paper.id} asks {paper.leaf.within_days}"
                yield Defect("conflict_inside_policy", says, paper.find, paper.page)


def _about_one_thing(one: str, other: str) -> bool:
    ordinary = _words(
        "within last past days weeks months before request dated taken result results report performed obtained"
    )
    return len((_words(one) & _words(other)) - ordinary) > 0 and _alike(one, other) >= 0.34


def _not_carried(criteria: Sequence[Criterion], histories: Sequence[tuple[int, str]]) -> Iterator[Defect]:
    """The document says that it changed an item, and the item still has the old words, or neither."""
    by_id = {_key(one.id): one for one in every(criteria)}
    for _page, sentence in histories:
        if sentence_of(sentence) != "history":
            continue
        for match in _CHANGED.finditer(sentence):
            one = by_id.get(_key(match["id"]))
            old, new = _numbers(match["old"]), _numbers(match["new"])
            if one is None or not old or not new:
                continue
            has = _numbers(" ".join(part.text for part in every([one])))
            if not new & has and old & has:
                yield Defect(
                    "amendment_not_carried_through",
                    f"the history says {match['id']} was changed to {match['new'].strip()}, its text is not",
                    one.find,
                    one.page,
                )


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", re.sub(r"(?i)^(?:section|question|criterion|item)\s+", "", text).lower())


def _numbers(text: str) -> set[str]:
    words = re.findall(rf"\d+(?:\.\d+)?|\b(?:{'|'.join(NUMBERS)})\b", text, re.IGNORECASE)
    return {str(NUMBERS.get(word.lower(), word)) for word in words}
