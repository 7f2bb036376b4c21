"""Whether a node of a section states a criterion, and of which kind a list under it is."""

from __future__ import annotations

import re

from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.nodes import Node, announces, begun_name, entry_name
from chartproof.policy.draft.referring import refers
from chartproof.policy.draft.sectioned import Section
from chartproof.policy.draft.sections import ASIDE, CRITERIA, section_of, sentence_of
from chartproof.policy.draft.words import pattern


def may_list(node: Node, section: Section) -> bool:
    """True where a list under this node would state criteria."""
    listed = [child for child in node.children if child.kind == "item"]
    announced = announcement(node.text) is not None or refers(node.text, listed, None)
    if section.role == "" and announced and sentence_of(node.text) not in ASIDE:
        return True
    return bool(section.kind and section.role != "limits") or says_so(node.text)


def says_so(text: str) -> bool:
    """True where the words announce a list and speak of what is granted or refused."""
    return (bool(announcement(text)) or announces(text)) and (
        pattern("joins", "refuses").search(text) is not None
        or re.search(r"(?i)necessary|approv|authoriz|cover|eligib|refus|declin|renew|\bmet\b", text) is not None
    )


def may_be(node: Node, section: Section) -> bool:
    """True where this node of the section states a criterion."""
    named = section_of(begun_name(node.text)) if node.kind == "item" else ""
    if named and named not in CRITERIA:
        return False  # "V. Background. ..."
    listed = [child for child in node.children if child.kind in ("item", "row")]
    question = re.match(r"[^.]{8,}\?(?:\s+(?:If|Yes)\b.*)?$", node.text, re.DOTALL)
    if section.role == "" and node.kind == "item" and (question or _is_answered(node)):
        return True  # its answer decides
    if section.role == "" and section_of(entry_name(node) or begun_name(node.text)) in CRITERIA:
        return True  # "Step 2: Safety", "Records: a diary"
    if section.role == "":
        labelled = node.label is not None and node.label.kind != "bullet"
        told = (
            ("necessity", "exclusion", "documentation", "continuation", "test")
            if labelled
            else ("necessity", "exclusion")
        )
        return (bool(listed) and may_list(node, section)) or (not listed and sentence_of(node.text) in told)
    if section.role in ("limits", "site"):
        extends = node.kind == "item" and sentence_of(node.text) == "continuation"
        return extends or bool(listed and announcement(node.text))
    if node.kind == "item":
        return bool(section.kind)
    return bool(node.children) and node.kind == "paragraph"


def _is_answered(node: Node) -> bool:
    return any(child.kind == "answers" for child in node.children)


def list_kind(text: str, section: Section) -> str:
    """The kind of a list by its lead, where the section does not say."""
    role = sentence_of(text)
    if section.kind == "continuation" and role == "documentation":
        return role
    if section.kind == "exclusion" and role == "continuation" and not _refuses(text):
        return role  # what more time is given on refuses nothing, though it stands below the refusals
    if section.kind and section.kind != "necessity":
        return section.kind
    return role if role in ("exclusion", "documentation", "continuation") else "necessity"


def _refuses(text: str) -> bool:
    """True where the lead gives nothing: it says no or not, or names what bars."""
    return re.search(r"(?i)\b(?:no|not|never|nothing)\b", text) is not None or any(
        pattern("joins", name).search(text) for name in ("refuses", "bars")
    )
