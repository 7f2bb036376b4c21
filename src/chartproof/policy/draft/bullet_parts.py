"""Parts whose bullets are their paragraphs: each says something of its own, and one of them how the bullets under it join."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.grouping import standing_alone
from chartproof.policy.draft.items import parent
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.prose import draft_prose
from chartproof.policy.draft.sectioned import Section
from chartproof.policy.draft.stating import list_kind


def are_sentences(heading: Node, items: Sequence[Node]) -> bool:
    """True for bullets below a labelled heading that each say something, one of them how the bullets under it join."""
    bullets = all(item.label is not None and item.label.kind == "bullet" for item in items)
    opens = [item for item in items if announcement(item.text) and any(one.kind == "item" for one in item.children)]
    return bullets and bool(opens) and announcement(f"{heading.text}:") is None


def of_bullets(heading: Node, section: Section, items: Sequence[Node]) -> list[Criterion]:
    """A part whose bullets are its paragraphs: the list that one of them opens is the part's own criterion."""
    found: list[Criterion] = []
    for item in items:
        listed = [child for child in item.children if child.kind == "item"]
        plain = replace(item, kind="paragraph", id="", label=None)
        if listed:
            kind = list_kind(item.text, section)
            found.append(parent("", plain, item.text, listed, kind))
        else:
            found += [standing_alone(one) for one in draft_prose(plain, section.kind)]
    own = next((one for one in found if one.children), None)
    return [replace(one, id=heading.id, made_id=False) if one is own else one for one in found]
