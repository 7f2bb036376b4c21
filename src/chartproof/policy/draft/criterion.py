"""One criterion of a draft, and what is done with a whole tree of them once it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chartproof.policy.draft.leaf import Test, read_test
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.words import pattern, patterns


@dataclass(frozen=True, slots=True)
class Criterion:
    """One node of the draft. `id` is the printed label with its parents; `made_id` where the document prints none.

    `kind`: necessity, exclusion, documentation, continuation, definition. `join`: leaf, all, any, none, at_least(n).
    `text` is the document's own sentence, `find` its first words, on `page`.
    """

    id: str
    kind: str
    text: str
    page: int
    find: str
    join: str = "leaf"
    when: str = ""
    unless: str = ""
    leaf: Test | None = None
    made_id: bool = False
    children: tuple[Criterion, ...] = ()


def first_words(text: str) -> str:
    """The first words of a text that locate it: eight, fewer where it is shorter."""
    return " ".join(text.split()[:8])


def grouped(
    name: str, row: Node, text: str, kind: str, *, join: str = "leaf", children: tuple[Criterion, ...] = ()
) -> Criterion:
    """A criterion that is not printed as such: the group that a table's column, row or rule makes."""
    return Criterion(name, kind, text, row.page, first_words(text), join, made_id=True, children=children)


def every(criteria: Sequence[Criterion]) -> Iterator[Criterion]:
    """All nodes of the trees, parents before their children."""
    for one in criteria:
        yield one
        yield from every(one.children)


def with_window(one: Criterion, window: int | None) -> Criterion:
    """A window that a lead prints holds for every test under it that has none of its own; one within a test holds for it."""
    if not one.children:
        if one.leaf is None or one.leaf.within_days is not None or window is None or one.kind == "definition":
            return one
        return replace(one, leaf=replace(one.leaf, within_days=window))
    own = read_test(re.split(r"\.\s|:\s", one.text)[0]) if one.join != "leaf" else None
    within = own.within_days if own is not None and own.within_days is not None else window
    if own is not None and own.window_text and any(own.window_text in child.text for child in one.children):
        within = window  # it is printed of one of the tests
    return replace(one, children=tuple(with_window(child, within) for child in one.children))


def with_waivers(criteria: Sequence[Criterion]) -> list[Criterion]:
    """ "Questions 5, 6 and 7 are treated as answered Yes": the criteria named have this one as their exception."""
    waived: dict[str, str] = {}
    for one in every(criteria):
        if pattern("joins", "met_otherwise").search(one.text):
            continue  # it is met in a case of its own
        for sentence in patterns("waives"):
            match = sentence.search(one.text)
            if match is not None:
                names = re.split(r",\s*(?:and\s+)?|\s+and\s+|\s+or\s+|\s+to\s+", match["ids"])
                waived |= {name: one.id for name in names if name}

    def mended(one: Criterion) -> Criterion:
        short = re.sub(r"(?i)^[a-z]+\s+", "", one.id)
        by = waived.get(one.id) or waived.get(short)
        children = tuple(mended(child) for child in one.children)
        unless = one.unless or (by if by and by != one.id and not one.made_id else "") or ""
        return replace(one, unless=unless, children=children)

    return [mended(one) for one in criteria]


def renamed(one: Criterion, old: str, new: str) -> Criterion:
    """The criterion and what is below it with `new` in place of `old` at the beginning of their ids."""
    children = tuple(renamed(child, old, new) for child in one.children)
    return replace(one, id=new + one.id.removeprefix(old), made_id=True, children=children)
