"""The sections of a document: what each is for, by its heading, by what its sentences say, and by a larger heading above."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from chartproof.policy.draft.columns import roles_of
from chartproof.policy.draft.grids import is_aside
from chartproof.policy.draft.joins import announcement, titled_join
from chartproof.policy.draft.nature import nature_of
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.referring import refers
from chartproof.policy.draft.sections import ASIDE, CRITERIA, by_content, lead_role, may_ask, section_of, sentence_of
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.tags import tag_kind
from chartproof.policy.draft.titles import is_question
from chartproof.policy.draft.words import pattern

#: A heading under another is set in type that is smaller by this factor at least.
_SMALLER = 0.96
#: A document's title is set larger than the names of its parts by this factor at least.
_LARGER = 1.05
#: A payer's name and a document's title are so many lines at the most.
_LARGE_LINES = 2
#: A part says for whom the document is used where so many of its sentences name a line of business.
_BUSINESS = 0.6


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the document: `role` a key of drafting.yaml's `sections`, "" where its sentences must tell.

    `under` where its role is that of a larger heading above it."""

    role: str
    heading: Node | None
    nodes: tuple[Node, ...]
    under: bool = False

    @property
    def kind(self) -> str:
        """The kind of its criteria, "" where it has none or where they are of several kinds."""
        return CRITERIA.get(self.role, "")


def sections(root: Node) -> list[Section]:
    """The sections in order; what only introduces a document whose later parts hold its criteria is read, not drafted."""
    found = list(_sections(root))
    larger = _usual_height(root) * _LARGER
    said = [at for at, one in enumerate(found) if one.nodes and not (one.heading and one.heading.text.endswith("?"))][
        :1
    ]
    front = next((at for at, one in enumerate(found) if not _introduces(one, larger, opens=at in said)), 0)
    if not any(_holds_criteria(one) for one in found[front:]):
        return found
    return [replace(one, role="reading") if one.kind or not one.role else one for one in found[:front]] + found[front:]


def _introduces(section: Section, larger: float, *, opens: bool) -> bool:
    """True for plain paragraphs on the first page that ask for nothing, under no heading or one that says nothing of its part.

    A document's title is such a heading whatever is said below it: it is set larger, or `opens` the document.
    """
    heading = section.heading
    if not all(_is_loose(node) for node in section.nodes):
        return False
    if heading is None or (heading.page == 1 and heading.lines[0].height > larger):
        return True
    asked = any(sentence_of(said) == "necessity" for node in section.nodes for said in sentences(node.text))
    return heading.page == 1 and heading.label is None and not section_of(heading.text) and (opens or not asked)


def _is_loose(node: Node) -> bool:
    """True for a paragraph that opens no list, and for a table of the document's own data."""
    listed = bool(node.children) or node.text.rstrip().endswith(":")
    return (node.kind == "paragraph" and not listed) or (node.kind == "table" and is_aside(node))


def _holds_criteria(section: Section) -> bool:
    listed = any(node.kind in ("item", "table") or node.children for node in section.nodes)
    return section.role == "criteria" or (section.role == "" and listed)


def _sections(root: Node) -> Iterator[Section]:
    """The sections in order. A heading that does not tell has its role from a larger one, else from what it heads."""
    stray = tuple(node for node in root.children if node.kind != "heading")
    if stray:
        yield Section("criteria" if _are_parted(root) else "", None, stray)
    before, size, family = "", 0.0, ""
    usual = _usual_height(root)
    numbered = [one for one in _headings(root) if one.label is not None and one.label.kind == "code"]
    for heading in _headings(root):
        height = heading.lines[0].height
        coded = heading.label is not None and heading.label.kind == "code"  # "SP-220 Lumbar fusion"
        title = (heading.label is None or coded) and height > usual * 1.1 and heading.page == 1
        title = title or (heading.page == 1 and [heading] == numbered)  # the document's own, which no part counts on
        words = _words(heading)
        named = "" if title else section_of(words)
        sister = heading.label is not None and heading.label.kind == family
        inherited = before if not (named or sister or is_question(words)) and height < size * _SMALLER else ""
        if not inherited:
            before, size, family = named, height, heading.label.kind if heading.label else ""
        yield Section(_role(named, inherited, heading), heading, _own(heading), bool(inherited))


def _words(heading: Node) -> str:
    """The heading without its label; a question's own words never hold it."""
    label = heading.label
    labelled = label is not None and label.text in heading.text[: label.length]
    return heading.text[label.length :] if label is not None and labelled else heading.text


def _headings(node: Node) -> Iterator[Node]:
    """Every heading in order, those under another after it."""
    for child in node.children:
        if child.kind == "heading":
            yield child
            yield from _headings(child)


def _own(heading: Node) -> tuple[Node, ...]:
    """What stands under a heading and under no smaller one."""
    return tuple(node for node in heading.children if node.kind != "heading")


def _usual_height(root: Node) -> float:
    """The height of most headings: a larger one on the first page is the document's title, which heads nothing."""
    heights = [node.lines[0].height for node in root.children if node.kind == "heading"]
    text = [node.lines[0].height for node in below(root) if node.kind != "heading" and node.lines]
    body = median(text) if text else 0.0
    larger = Counter(round(height, 1) for height in heights if height > body * 1.07) or Counter(heights)
    if larger.total() < len(heights) and max(larger.values()) == 1 and larger.total() <= _LARGE_LINES:
        return body  # the large lines are the payer's name and the title, and the headings are set like the text
    return larger.most_common(1)[0][0] if len(heights) > 1 else 1000.0


def _role(named: str, inherited: str, heading: Node) -> str:
    """What the heading says, unless nearly all of its sentences say otherwise."""
    told = [sentence for node in below(heading) for sentence in sentences(node.text)]
    said = by_content(told)
    if said in ("references", "history", "background") and named in ("", "criteria", "continuation", "limits"):
        return said
    if said in ("exclusion", "documentation", "definitions") and (
        not named or (named == "criteria" and sentence_of(told[0]))
    ):
        return said
    if named in ("", "criteria") and heading.text.endswith("?") and told and re.match(r"No\b[.,:;]", told[0]):
        return "exclusion"  # "Can it be given twice? No. ..."
    if any(pattern("joins", "waives_part").search(one) for one in told[:1]):
        return "criteria"  # the ways out of another part refuse nothing
    if named in ("", "criteria") and not inherited and (told_of := lead_role(_spoken(heading))):
        return told_of
    lead = "" if named or inherited else _lead(heading)
    if told_of := lead_role(lead):
        return told_of
    if lead and pattern("grids", "must_hold").search(lead):
        return "criteria"  # "both statements must be true": whatever is named below is asked for
    if not (named or inherited) and said in ("", "criteria") and (nature := nature_of(_entries(heading))):
        return nature
    if lead:
        return "documentation" if pattern("seams", "paper").search(lead) else "criteria"
    kinds = {node.kind for node in heading.children if node.kind != "table" or not is_aside(node)}
    if named == "reading" and {"table", "item"} <= kinds:
        return ""  # a table and a list stand below the words of how they are read
    if named in ("", "criteria") and _are_of_business(told):
        return "scope"
    asked = any(node.kind == "item" and node.label and node.label.kind == "word" for node in heading.children)
    if named and named not in CRITERIA and asked:
        return ""  # questions or steps stand among the codes: each must tell
    tags = Counter(tag_kind(node.label.tag) for node in heading.children if node.label and node.label.tag)
    tags.pop("aside", None)  # an entry that was left empty
    if len(tags) == 1:
        kind = next(iter(tags))
        return {"necessity": "criteria", "definition": "definitions", "aside": "background"}.get(kind, kind)
    if tags:
        return ""
    listed = _listed(heading)
    if not named and said in ("", "criteria") and len(listed) > 1 and _are_tests(listed):
        return "criteria"
    if not (named or inherited) and said in ("", "criteria") and _are_papers(listed):
        return "documentation"
    if not (named or inherited) and said in ("", "criteria") and _are_parted(heading):
        return "criteria"
    boxes = [node for node in heading.children if node.kind == "item" and node.label and node.label.boxed]
    if (
        not (named or inherited)
        and said in ("", "criteria")
        and (
            len(boxes) > 1
            or titled_join(heading.text)
            or (heading.id and (announcement(f"{heading.text}:") or _opens_items(heading)))
        )
    ):
        return "criteria"  # boxes to tick, or a part that says how many of its items must hold
    return named or inherited or said or ("criteria" if heading.text.endswith("?") and _says_something(heading) else "")


def _are_of_business(told: Sequence[str]) -> bool:
    """True for sentences of which most name a line of business, and that name several: for whom the document is used."""
    named = [found for said in told if (found := pattern("grids", "business").findall(said))]
    return len(named) / max(1, len(told)) > _BUSINESS and len({one.lower() for found in named for one in found}) > 2


def _listed(heading: Node) -> list[Node]:
    """The items with printed labels under a heading, and under the lines that announce or name a group of them."""
    groups = [node for node in heading.children if node.kind == "paragraph" and node.children]
    return [
        node for parent in (heading, *groups) for node in parent.children
        if node.kind == "item" and node.label and node.label.kind != "bullet"
    ]  # fmt: skip


def _are_papers(listed: Sequence[Node]) -> bool:
    """True for labelled items of which most name a paper and say nothing of it."""
    named = [one for one in listed if pattern("seams", "paper").search(one.text) and not _states(one.text)]
    return len(listed) > 1 and len(named) * 5 > len(listed) * 3


def _are_parted(heading: Node) -> bool:
    """True for items of which a word between them says how they join."""
    items = [node for node in heading.children if node.kind == "item"]
    return len(items) > 1 and any(re.search(r"\b(?:AND|OR|and|or)$", node.text) for node in items[:-1])


def _says_something(heading: Node) -> bool:
    """True for a question whose answer is nothing that is known to be said beside the criteria."""
    said = [sentence for node in below(heading) for sentence in sentences(node.text)]
    return bool(said) and not any(sentence_of(one) in ASIDE for one in said)


def _opens_items(heading: Node) -> bool:
    """True where a sentence and then labelled items stand under a heading, and the sentence says how they join."""
    lead, *items = heading.children[:2] or [heading]
    labelled = all(one.kind == "item" and one.label is not None and one.label.kind != "bullet" for one in items)
    return lead.kind == "paragraph" and bool(items) and labelled and announcement(lead.text) is not None


def _lead(heading: Node) -> str:
    """The sentence under a heading that announces the entries below it or names them by their labels, "" where none does."""
    lead, *items = heading.children or [heading]
    items = [*lead.children, *items]
    listed = lead.kind == "paragraph" and items and all(one.kind == "item" for one in items)
    joins = pattern("grids", "rows_join").search(lead.text) is not None
    told = listed and (joins or refers(lead.text, items, heading) or announcement(lead.text) is not None)
    return lead.text if told else ""


def _spoken(heading: Node) -> str:
    """A heading that is itself the sentence that announces the entries below it, "" where it only names its part."""
    words, items = _words(heading), [node for node in heading.children if node.kind == "item"]
    said = announcement(words)
    return words if (said is not None and said.join != "none") or (items and refers(words, items, heading)) else ""


def _entries(heading: Node) -> list[str]:
    """The words of the entries that stand under a heading: of a list, of a table's rows, or of a list within a paragraph."""
    groups = [heading, *(node for node in heading.children if node.kind in ("paragraph", "table"))]
    listed = [
        node.cells[_asked_in(group)] if node.kind == "row" and len(node.cells) > 1 else node.text
        for group in groups
        for node in group.children
        if node.kind == "item" or (node.kind == "row" and node is not group.children[0])
    ]
    if listed:
        return listed
    said = " ".join(node.text for node in heading.children if node.kind == "paragraph")
    _, mark, rest = said.partition(": ")
    return [re.sub(r"^and\s+", "", piece) for piece in rest.split("; ")] if mark and "; " in rest else []


def _asked_in(table: Node) -> int:
    """The column of a table's criteria: the first where papers stand beside it, else the one behind what a row is about."""
    return 0 if roles_of(table.children[0].cells[:2]) == ("necessity", "documentation") else 1


def _are_tests(listed: Sequence[Node]) -> bool:
    """True for labelled items of which most state a test or announce a list of tests."""
    tests = [one for one in listed if (one.children and announcement(one.text)) or _states(one.text)]
    return len(tests) / len(listed) >= 0.5


def _states(text: str) -> bool:
    """True where a sentence asks for something, or says something of its own and nothing of how requests are handled."""
    return any(
        (role := sentence_of(said)) in ("test", "necessity") or (role == "" and may_ask(said))
        for said in sentences(text)
    )


def below(node: Node) -> Iterator[Node]:
    """Every paragraph, item and heading under a node, in order."""
    for child in node.children:
        if child.kind in ("paragraph", "item", "heading"):
            yield child
            yield from below(child)
