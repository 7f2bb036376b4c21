"""The tree of criteria of a policy document, from its outline. What is not drafted is listed, never dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from chartproof.policy.draft.guards import Guarded, guarded
from chartproof.policy.draft.joins import announcement, by_separators
from chartproof.policy.draft.leaf import Test, read_test
from chartproof.policy.draft.outline import Node
from chartproof.policy.draft.parts import Part, split
from chartproof.policy.draft.sections import CRITERIA, section_of
from chartproof.policy.draft.words import pattern, patterns

_BOX = re.compile(r"\s*[☐□❑❒◻]\s*(?P<answer>[^☐□❑❒◻]*)")
_LEAD = re.compile(r"(?:^|[.:]\s+|,\s+|;\s+)(?P<head>[^.:;]*?)(?:,?\s+and(?:\s+[\w\s,]{0,40}?)?|,?\s+supported by|,?\s+together with|,?\s+confirmed by|,?\s+as evidenced by|(?<=\w),\s+(?:as )?shown by)\s*$", re.IGNORECASE)
_DEFINED = re.compile(r"(?<=[.:])\s+(?=[A-Z][\w-]+(?:[\s-][\w-]+){0,5}?(?:\s+(?:means|refers to|is defined as|is|are)\b|:\s|\.\s))")


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


@dataclass(slots=True)
class Drafted:
    """Criteria in the order of the document, and the texts that stand in a section of criteria and were not drafted."""

    criteria: list[Criterion] = field(default_factory=list)
    not_understood: list[Node] = field(default_factory=list)


def draft_criteria(root: Node) -> Drafted:
    """The criteria of every section that may hold some."""
    drafted = Drafted()
    for section, nodes, heading in _sections(root):
        kind = CRITERIA.get(section, "")
        if heading is not None and heading.label is not None and kind and section not in ("definitions", "limits", "site"):
            drafted.criteria += _of_heading(heading, nodes, kind)
        elif section == "definitions":
            drafted.criteria += _definitions(nodes)
        else:
            _of_section(drafted, nodes, kind, section)
    drafted.criteria = [_with_window(one, None) for one in _with_waivers(drafted.criteria)]
    return drafted


def _with_window(one: Criterion, window: int | None) -> Criterion:
    """A window that a lead prints holds for every test under it that has none of its own."""
    if not one.children:
        if one.leaf is None or one.leaf.within_days is not None or window is None or one.kind == "definition":
            return one
        return replace(one, leaf=replace(one.leaf, within_days=window))
    own = read_test(one.text.split(". ")[0]) if one.join != "leaf" else None
    within = own.within_days if own is not None and own.within_days is not None else window
    return replace(one, children=tuple(_with_window(child, within) for child in one.children))


def _with_waivers(criteria: Sequence[Criterion]) -> list[Criterion]:
    """"Questions 5, 6 and 7 are treated as answered Yes": the criteria named have this one as their exception."""
    waived: dict[str, str] = {}
    for one in _all(criteria):
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


def _all(criteria: Sequence[Criterion]) -> Iterator[Criterion]:
    for one in criteria:
        yield one
        yield from _all(one.children)


def _sections(root: Node) -> Iterator[tuple[str, list[Node], Node | None]]:
    """(kind of section, its nodes, its heading) in order; a heading that does not tell inherits from a larger one."""
    stray = [node for node in root.children if node.kind != "heading"]
    if stray:
        yield "", stray, None
    before, size = "", 0.0
    for heading in (node for node in root.children if node.kind == "heading"):
        section = section_of(heading.text)
        height = heading.lines[0].height
        if not section and before and height < size:
            section = before
        else:
            before, size = section, height
        yield section, heading.children, heading


def _of_heading(heading: Node, nodes: Sequence[Node], kind: str) -> list[Criterion]:
    """A labelled heading is itself a criterion: its first paragraph announces its items."""
    leads = []
    rest = list(nodes)
    while rest and rest[0].kind == "paragraph":
        leads.append(rest.pop(0))
        if leads[-1].children:
            rest = [*leads[-1].children, *rest]
            break
    lead = " ".join(node.text for node in leads)
    items = [node for node in rest if node.kind == "item"]
    if not items:
        return []
    first = leads[0] if leads else heading
    return [_parent(heading.id, first, lead or heading.text, items, kind, heading=heading.text)]


def _of_section(drafted: Drafted, nodes: Sequence[Node], kind: str, section: str) -> None:
    at = 0
    while at < len(nodes):
        node = nodes[at]
        at += 1
        if node.kind == "paragraph" and not node.children and announcement(node.text):
            items = []
            while at < len(nodes) and nodes[at].kind == "item":
                items.append(nodes[at])
                at += 1
            if items and kind and section not in ("limits",):
                drafted.criteria.append(_parent("", node, node.text, items, _kind(node.text, kind)))
                continue
            nodes = [*nodes[: at - len(items)], *items, *nodes[at:]]
            at -= len(items)
        if section in ("limits", "site") and not _may_be(node, kind, section):
            nodes = [*nodes[:at], *(child for child in node.children if child.kind == "item"), *nodes[at:]]
            continue
        if not _may_be(node, kind, section):
            if kind and node.kind in ("item", "paragraph") and section not in ("limits", "site"):
                drafted.not_understood.append(node)
            continue
        drafted.criteria.append(_standing_alone(_criterion(node, kind or "necessity")))


def _standing_alone(one: Criterion) -> Criterion:
    """An exclusion that has no list above it holds when none of its own tests is true."""
    if one.kind != "exclusion" or one.join == "none":
        return one
    children = one.children if one.join == "any" else (replace(one, id=f"{one.id}/a", made_id=True, when="", unless=""),)
    return replace(one, join="none", leaf=None, children=children)


def _may_be(node: Node, kind: str, section: str) -> bool:
    """True where this node of the section states a criterion."""
    if section in ("limits", "site", ""):
        listed = [child for child in node.children if child.kind in ("item", "row")]
        if section == "":
            return bool(listed and announcement(node.text) and (pattern("joins", "refuses").search(node.text) or re.search(r"(?i)necessary|approv|authoriz|cover|eligib|met\b", node.text)))
        return bool(listed and announcement(node.text))
    if node.kind == "item":
        return bool(kind)
    return bool(node.children) and node.kind == "paragraph"


def _kind(text: str, kind: str) -> str:
    if kind == "necessity":
        if pattern("joins", "refuses").search(text):
            return "exclusion"
        if pattern("joins", "continues").search(text) and re.search(r"(?i)\bmay be extended|renew|re-?authori|continued\b|beyond", text):
            return "continuation"
        if pattern("joins", "documents").search(text):
            return "documentation"
    return kind


def _criterion(node: Node, kind: str) -> Criterion:
    text, answers = _without_boxes(node)
    kind = _by_answers(answers, _kind(guarded(text).text, kind))
    items = [child for child in node.children if child.kind == "item"]
    rows = [row for child in node.children if child.kind == "table" for row in child.children[1:]]
    if items:
        return _parent(node.id, node, text, items, kind)
    if rows:
        children = tuple(_row(node.id, n, row, kind) for n, row in enumerate(rows, 1))
        return Criterion(node.id, kind, text, node.page, _find(text), "any", children=children)
    return _single(node.id, node, text, kind)


def _parent(own_id: str, node: Node, lead: str, items: Sequence[Node], kind: str, *, heading: str = "") -> Criterion:
    """A criterion with a printed list: its lead says how they join, and may itself state a test."""
    text, answers = _without_boxes_text(lead)
    kind = _by_answers(answers, _kind(f"{heading}. {text}" if heading else guarded(text).text, kind))
    made = not own_id
    own_id = own_id or _made(node)
    guard = guarded(text) if not heading else Guarded(text)
    said = announcement(text)
    join = said.join if said else by_separators([item.text for item in items])
    children = tuple(_child(own_id, n, item, kind) for n, item in enumerate(items, 1))
    if join == "any" or join.startswith("at_least"):
        children = tuple(_condition_as_test(child) for child in children)
    if kind == "exclusion" and pattern("joins", "refuses").search(f"{heading} {text}"):
        join = "none"
    head = _head(text[: said.start] if said else "")
    if guard.unless and said and text.find(guard.unless) < said.start:
        # "X, unless one of these:" - X or any of the items.
        plain = Criterion(f"{own_id}/a", kind, guard.text, node.page, _find(guard.text), leaf=read_test(guard.text), made_id=True)
        exception = text[text.find(guard.unless) :]
        listed = Criterion(f"{own_id}/x", kind, exception, node.page, _find(exception), join, made_id=True, children=children)
        return Criterion(own_id, kind, text, node.page, _find(text), "any", made_id=made, children=(plain, listed))
    if head and join != "none":
        first = _single(f"{own_id}/0", node, head, kind, made=True)
        if join == "all":
            children = (first, *children)
        else:
            start = said.start if said else 0
            listed = Criterion(f"{own_id}/{join[:3]}", kind, text[start:], node.page, _find(text[start:]), join, made_id=True, children=children)
            join, children = "all", (first, listed)
    return Criterion(own_id, kind, text, node.page, _find(text), join, guard.when, "" if head else guard.unless, made_id=made, children=children)


def _head(before: str) -> str:
    """The lead's own test, where the list is only added to it ("..., supported by at least one of these:")."""
    match = _LEAD.search(before)
    head = match["head"].strip() if match else ""
    if match and re.search(r"(?i)shown by\s*$", before) and not re.search(r"(?i)\b(?:has|have)\b", head):
        return ""
    return head if len(head.split()) >= 4 and not re.search(r"(?i)medically necessary|\bcover(?:s|ed)\b|authoriz", head) else ""


def _child(parent: str, n: int, item: Node, kind: str) -> Criterion:
    found = _criterion(item, kind)
    if item.label is not None and item.label.kind == "bullet":
        return _renamed(found, item.id or parent, f"{parent}/b{n}")
    return found


def _condition_as_test(one: Criterion) -> Criterion:
    """One way among several applies only where its condition holds: the condition is a test of its own."""
    if not one.when or one.children:
        return one
    rest = guarded(one.text).text
    first = Criterion(f"{one.id}/a", one.kind, one.when, one.page, _find(one.when), leaf=read_test(one.when), made_id=True)
    second = Criterion(f"{one.id}/b", one.kind, rest, one.page, _find(rest), leaf=one.leaf, made_id=True)
    return replace(one, when="", leaf=None, join="all", children=(first, second))


def _renamed(one: Criterion, old: str, new: str) -> Criterion:
    children = tuple(_renamed(child, old, new) for child in one.children)
    return replace(one, id=new + one.id.removeprefix(old), made_id=True, children=children)


def _single(own_id: str, node: Node, text: str, kind: str, *, made: bool = False) -> Criterion:
    """A criterion without a printed list: one test, or the tests that its sentence joins."""
    guard = guarded(text)
    tree = split(guard.text, documents=kind == "documentation")
    window = read_test(text)
    built = _of_part(own_id, node, tree, kind, window.within_days if window else None)
    return replace(built, text=text, find=_find(text), when=guard.when, unless=guard.unless, made_id=made or not node.id)


def _of_part(own_id: str, node: Node, part: Part, kind: str, window: int | None) -> Criterion:
    if part.join == "leaf":
        test = read_test(part.text)
        if test is not None and test.within_days is None and window is not None:
            test = replace(test, within_days=window)
        return Criterion(own_id, kind, part.text, node.page, _find(part.text), leaf=test, made_id=True)
    names = "abcdefghijklmnopqrstuvwxyz"
    children = tuple(_of_part(f"{own_id}/{names[n % 26]}", node, one, kind, window) for n, one in enumerate(part.parts))
    return Criterion(own_id, kind, part.text, node.page, _find(part.text), part.join, made_id=True, children=children)


def _row(own_id: str, n: int, row: Node, kind: str) -> Criterion:
    pieces = [piece for piece in re.split(r",\s+", row.cells[0]) if piece]
    name = f"{own_id}/r{n}"
    if len(pieces) < 2:
        return Criterion(name, kind, row.text, row.page, _find(row.text), leaf=read_test(row.cells[0]), made_id=True)
    children = tuple(
        Criterion(f"{name}{'abcdefgh'[k % 8]}", kind, piece, row.page, _find(piece), leaf=read_test(piece), made_id=True)
        for k, piece in enumerate(pieces)
    )
    return Criterion(name, kind, row.text, row.page, _find(row.text), "all", made_id=True, children=children)


def _definitions(nodes: Sequence[Node]) -> list[Criterion]:
    found = []
    for node in nodes:
        if node.kind == "table":
            found += [Criterion(f"DEF/{n}", "definition", row.text, row.page, _find(row.text), made_id=True) for n, row in enumerate(node.children[1:], 1)]
            continue
        texts = _DEFINED.split(node.text) if node.label is None else [node.text]
        texts = _with_terms(texts)
        for n, text in enumerate(texts):
            found.append(Criterion(node.id or f"DEF/{len(found) + 1}" if n == 0 else f"DEF/{len(found) + 1}", "definition", text, node.page, _find(text), made_id=not node.id))
    return found


def _with_terms(texts: Sequence[str]) -> list[str]:
    """A piece that is only the term ("Relapse.") goes with the words that follow it."""
    whole: list[str] = []
    for text in texts:
        if whole and len(whole[-1].split()) <= 6 and not re.search(r"\b(means|refers)\b", whole[-1]):
            whole[-1] = f"{whole[-1]} {text}"
        else:
            whole.append(text)
    return whole


def _without_boxes(node: Node) -> tuple[str, tuple[str, ...]]:
    text, answers = _without_boxes_text(node.text)
    for child in node.children:
        if child.kind == "answers":
            answers += _without_boxes_text(child.text)[1]
    return text, answers


def _without_boxes_text(text: str) -> tuple[str, tuple[str, ...]]:
    answers = tuple(match["answer"].strip() for match in _BOX.finditer(text))
    return _BOX.sub("", text).strip(), answers


def _by_answers(answers: Sequence[str], kind: str) -> str:
    """ "No, continue" beside "Yes, stop" makes a question an exclusion."""
    stops = [answer for answer in answers if re.search(r"(?i)\bstop\b|\bdeny\b|\bdenied\b|\bnot covered\b", answer)]
    if kind == "necessity" and stops and all(answer.lower().startswith("yes") for answer in stops):
        return "exclusion"
    return kind


def _made(node: Node) -> str:
    return f"p{node.page}/{round(node.lines[0].top) if node.lines else 0}"


def _find(text: str) -> str:
    """The first words of a text that locate it: eight, fewer where it is shorter."""
    return " ".join(text.split()[:8])
