"""Parts that are each of one product or use: several headings of no function over entries counted under letters of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.code_services import drugs_in
from chartproof.policy.draft.criterion import Criterion, first_words
from chartproof.policy.draft.nodes import Node, stem
from chartproof.policy.draft.sectioned import Section
from chartproof.policy.draft.sections import section_of
from chartproof.policy.draft.words import pattern

_PRODUCT = re.compile(r"\b(?:products?|drugs?|agents?|devices?)$", re.IGNORECASE)
#: So many parts of this kind make a document that is set by product.
_LEAST = 2


def by_product(sections: Sequence[Section]) -> list[Section]:
    """The sections that are each of one product, none where the document is not set so."""
    parts = [one for one in sections if one.heading is not None and _letters(one) and not _tells(one.heading)]
    named = [one for one in parts if one.heading is not None and names_product(one.heading.text)]
    several = [one for one in parts if len(_labels(one)) > 1]
    found = named if len(named) >= _LEAST else several
    return found if len({_letters(one) for one in found}) == len(found) >= _LEAST else []


def names_product(text: str) -> bool:
    """True for a drug's name, and for "Corvane second product": what a request asks for."""
    return (
        bool(drugs_in(text)) or pattern("nouns", "drugs").search(text) is not None or _PRODUCT.search(text) is not None
    )


def of_product(section: Section, found: list[Criterion]) -> list[Criterion]:
    """The criteria of one product together: all are asked, and only where that product is requested."""
    heading = section.heading
    if heading is None or not found or {one.kind for one in found} != {"necessity"}:
        return found
    titled = len(found) == 1 and found[0].text == heading.text
    found = list(found[0].children) if titled else found
    if len(found) == 1:
        return [replace(found[0], when=found[0].when or heading.text)]
    return [
        Criterion(_letters(section), "necessity", heading.text, heading.page, first_words(heading.text), "all",
                  when=heading.text, children=tuple(found), made_id=True)
    ]  # fmt: skip


def _tells(heading: Node) -> bool:
    """True for a heading that has a label of its own, says what its part is for, or that it is for every request."""
    named = heading.label is not None or section_of(heading.text)
    return bool(named) or pattern("grids", "everyone_named").search(heading.text) is not None


def _labels(section: Section) -> list[str]:
    return [node.label.text for node in section.nodes if node.kind == "item" and node.label is not None]


def _letters(section: Section) -> str:
    """The letters under which the part counts its entries, "" where it has other entries."""
    letters = {stem(label) for label in _labels(section)}
    return letters.pop() if len(letters) == 1 else ""
