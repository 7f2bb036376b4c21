"""Criteria from the items of a list: the lead that joins them, and the tests in each item's own sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.criterion import Criterion, first_words
from chartproof.policy.draft.guards import Guarded, guarded
from chartproof.policy.draft.joins import announcement, by_separators
from chartproof.policy.draft.leaf import read_test
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.parts import Part, split
from chartproof.policy.draft.seams import conditions
from chartproof.policy.draft.words import pattern

_BOX = re.compile(r"\s*[☐□❑❒◻]\s*(?P<answer>[^☐□❑❒◻]*)")
#: "If no, deny. If yes, go to Step 2."
#: "THEN go to Box 2", "ELSE stop": a flow's answers without their boxes.
_THEN = re.compile(
    r"\b(?P<said>THEN|ELSE|OTHERWISE|Then|Else|Otherwise|Yes|No)\b[,:→]?\s*(?P<does>(?:(?!\b(?:ELSE|OTHERWISE|Else|Otherwise|No)\b).)+)"
)
_FLOW = re.compile(
    r"\s*\bIf (?P<answer>(?:yes|no)\b[,:]?\s*(?:then\s+)?(?:go|proceed|continue|stop|deny|refuse|approve|skip)\b[^.]*)\.?",
    re.IGNORECASE,
)
#: A condition that belongs to the last of two clauses.
_LAST_CLAUSE = re.compile(r",\s+and\s+(?:the|an?|his|her|its)\s[^,]*\sif\s")
#: A flow's box asks its test after this word.
_ASKED = re.compile(r"^IF\s+")
#: The last of several ways, which the list below it belongs to.
_LAST_WAY = re.compile(r",\s+or\s+(?=(?:the|an?|it|his|her|their)\s[^:]*:$)")
_LEAD = re.compile(
    r"(?:^|[.:]\s+|,\s+|;\s+)(?P<head>(?:[^.:;]|\.(?=\d))*?)(?:,?\s+and(?:\s+[\w\s,]{0,40}?)?|,?\s+supported by|,?\s+together with|,?\s+confirmed by|,?\s+as evidenced by|(?<=\w),\s+(?:as )?shown by)\s*$",
    re.IGNORECASE,
)


def told_kind(text: str, kind: str) -> str:
    if kind == "necessity":
        if pattern("joins", "refuses").search(text):
            return "exclusion"
        if pattern("joins", "continues").search(text) and re.search(
            r"(?i)\bmay be extended|renew|re-?authori|continued\b|beyond", text
        ):
            return "continuation"
        if pattern("joins", "documents").search(text):
            return "documentation"
    return kind


def criterion(node: Node, kind: str) -> Criterion:
    text, answers = _without_boxes(node)
    text = _ASKED.sub("", text)
    kind = _by_answers(answers, told_kind(guarded(text).text, kind))
    items = [child for child in node.children if child.kind == "item"]
    rows = [row for child in node.children if child.kind == "table" for row in child.children[1:]]
    if items:
        return parent(node.id, node, text, items, kind)
    if rows:
        children = tuple(_row(node.id, n, row, kind) for n, row in enumerate(rows, 1))
        return Criterion(node.id, kind, text, node.page, first_words(text), "any", children=children)
    return single(node.id, node, text, kind)


def parent(own_id: str, node: Node, lead: str, items: Sequence[Node], kind: str, *, heading: str = "") -> Criterion:
    """A criterion with a printed list: its lead says how they join, and may itself state a test."""
    text, answers = without_boxes_text(lead)
    kind = _by_answers(answers, told_kind(f"{heading}. {text}" if heading else guarded(text).text, kind))
    is_made = not own_id
    own_id = own_id or made(node)
    guard = guarded(text) if not heading and not _names_who(text) else Guarded(text)
    said = announcement(text)
    join = said.join if said else by_separators([item.text for item in items])
    children = tuple(_child(own_id, n, item, kind) for n, item in enumerate(items, 1))
    if join == "any" or join.startswith("at_least"):
        children = tuple(_condition_as_test(child) for child in children)
    if kind == "exclusion" and (heading or pattern("joins", "refuses").search(text)):
        join = "none"
    if said is None and kind != "exclusion" and (last := _LAST_WAY.search(text)):
        first = single(f"{own_id}/0", node, text[: last.start()], kind, is_made=True)
        rest = text[last.end() :]
        listed = Criterion(
            f"{own_id}/any", kind, rest, node.page, first_words(rest), "any", made_id=True, children=children
        )
        ways = first.children if first.join == "any" else (first,)
        return Criterion(
            own_id,
            kind,
            text,
            node.page,
            first_words(text),
            "any",
            guard.when,
            guard.unless,
            made_id=is_made,
            children=(*ways, listed),
        )
    head = _head(text[: said.start] if said else "")
    if guard.unless and said and text.find(guard.unless) < said.start:
        # "X, unless one of these:" - X or any of the items.
        plain = Criterion(
            f"{own_id}/a",
            kind,
            guard.text,
            node.page,
            first_words(guard.text),
            leaf=read_test(guard.text),
            made_id=True,
        )
        exception = text[text.find(guard.unless) :]
        listed = Criterion(
            f"{own_id}/x", kind, exception, node.page, first_words(exception), join, made_id=True, children=children
        )
        return Criterion(
            own_id, kind, text, node.page, first_words(text), "any", made_id=is_made, children=(plain, listed)
        )
    if head and join != "none":
        first = single(f"{own_id}/0", node, head, kind, is_made=True)
        if join == "all":
            children = (first, *children)
        else:
            start = said.start if said else 0
            listed = Criterion(
                f"{own_id}/{join[:3]}",
                kind,
                text[start:],
                node.page,
                first_words(text[start:]),
                join,
                made_id=True,
                children=children,
            )
            join, children = "all", (first, listed)
    return Criterion(
        own_id,
        kind,
        text,
        node.page,
        first_words(text),
        join,
        guard.when,
        "" if head else guard.unless,
        made_id=is_made,
        children=children,
    )


#: "Approved for an adult with mantle cell lymphoma, if all of these are shown:".
_FOR = re.compile(
    r"^(?:It is |This is )?(?:approved|covered|authorized) for (?P<who>an? (?:adult|child|member|patient|beneficiary|person)s?\s[^:]*?),?\s+(?:if|when|where|in|with|of)\s*$",
    re.IGNORECASE,
)
_GRANTED = re.compile(r"\b(?:necessary|covered|approved|authorized)\s+(?:only\s+)?(?:when|if|where)\s+")


def _names_who(text: str) -> bool:
    said = announcement(text)
    return said is not None and _FOR.match(text[: said.start]) is not None


def _head(before: str) -> str:
    """The lead's own test, where the list is only added to it ("..., supported by at least one of these:")."""
    if (who := _FOR.match(before)) is not None:
        return who["who"]
    match = _LEAD.search(before)
    head = match["head"].strip() if match else ""
    granted = _GRANTED.search(head)
    if granted is not None:
        head = head[granted.end() :]
        if re.match(r"(?i)(?:part|section)\s", head):
            return ""  # a whole part is met: its own criteria say how
    if match and re.search(r"(?i)shown by\s*$", before) and not re.search(r"(?i)\b(?:has|have)\b", head):
        return ""
    return (
        head
        if len(head.split()) >= 4
        and not re.search(r"(?i)medically necessary|\breasonable\b|\bcover(?:s|ed)\b|authoriz", head)
        else ""
    )


def _child(parent: str, n: int, item: Node, kind: str) -> Criterion:
    found = criterion(item, kind)
    if item.label is not None and item.label.kind == "bullet":
        return _renamed(found, found.id, f"{parent}/b{n}")
    return found


def _condition_as_test(one: Criterion) -> Criterion:
    """One way among several applies only where its condition holds: the condition is a test of its own."""
    if not one.when or one.children:
        return one
    rest = guarded(one.text).text
    first = Criterion(
        f"{one.id}/a", one.kind, one.when, one.page, first_words(one.when), leaf=read_test(one.when), made_id=True
    )
    second = Criterion(f"{one.id}/b", one.kind, rest, one.page, first_words(rest), leaf=one.leaf, made_id=True)
    return replace(one, when="", leaf=None, join="all", children=(first, second))


def _renamed(one: Criterion, old: str, new: str) -> Criterion:
    children = tuple(_renamed(child, old, new) for child in one.children)
    return replace(one, id=new + one.id.removeprefix(old), made_id=True, children=children)


def single(own_id: str, node: Node, text: str, kind: str, *, is_made: bool = False) -> Criterion:
    """A criterion without a printed list: one test, or the tests that its sentence joins."""
    # Where several clauses stand side by side, a condition belongs to its own clause.
    guard = (
        Guarded(text)
        if re.search(r";\s+\w", text) or conditions(text) or _LAST_CLAUSE.search(text)
        else guarded(text, of_paper=kind == "documentation")
    )
    tree = split(guard.text, documents=kind == "documentation", refuses=kind == "exclusion")
    window = read_test(text)
    built = of_part(own_id, node, tree, kind, window.within_days if window else None)
    when, unless = (guard.when or built.when), (guard.unless or built.unless)
    return replace(built, text=text, find=first_words(text), when=when, unless=unless, made_id=is_made or not node.id)


def of_part(own_id: str, node: Node, part: Part, kind: str, window: int | None) -> Criterion:
    if part.join == "leaf":
        guard = guarded(part.text, of_paper=kind == "documentation")
        test = read_test(guard.text)
        if test is not None and test.within_days is None and window is not None:
            test = replace(test, within_days=window)
        return Criterion(
            own_id, kind, part.text, node.page, first_words(part.text), when=guard.when, unless=guard.unless, leaf=test,
            made_id=True,
        )  # fmt: skip
    names = "abcdefghijklmnopqrstuvwxyz"
    children = tuple(of_part(f"{own_id}/{names[n % 26]}", node, one, kind, window) for n, one in enumerate(part.parts))
    return Criterion(
        own_id, kind, part.text, node.page, first_words(part.text), part.join, made_id=True, children=children
    )


def _row(own_id: str, n: int, row: Node, kind: str) -> Criterion:
    pieces = [piece for piece in re.split(r",\s+", row.cells[0]) if piece]
    name = f"{own_id}/r{n}"
    if len(pieces) < 2:
        return Criterion(
            name, kind, row.text, row.page, first_words(row.text), leaf=read_test(row.cells[0]), made_id=True
        )
    children = tuple(
        Criterion(
            f"{name}{'abcdefgh'[k % 8]}", kind, piece, row.page, first_words(piece), leaf=read_test(piece), made_id=True
        )
        for k, piece in enumerate(pieces)
    )
    return Criterion(name, kind, row.text, row.page, first_words(row.text), "all", made_id=True, children=children)


def _without_boxes(node: Node) -> tuple[str, tuple[str, ...]]:
    text, answers = without_boxes_text(node.text)
    for child in node.children:
        if child.kind == "answers":
            answers += without_boxes_text(child.text)[1]
            if not _BOX.search(child.text):
                answers += tuple(_answer(match) for match in _THEN.finditer(child.text))
    return text, answers


def _answer(match: re.Match[str]) -> str:
    said = "yes" if match["said"].lower() in ("then", "yes") else "no"
    return f"{said}, {match['does'].strip()}"


def without_boxes_text(text: str) -> tuple[str, tuple[str, ...]]:
    answers = tuple(match["answer"].strip() for mark in (_BOX, _FLOW) for match in mark.finditer(text))
    return _FLOW.sub("", _BOX.sub("", text)).strip(), answers


def _by_answers(answers: Sequence[str], kind: str) -> str:
    """ "No, continue" beside "Yes, stop" makes a question an exclusion."""
    stops = [answer for answer in answers if re.search(r"(?i)\bstop\b|\bdeny\b|\bdenied\b|\bnot covered\b", answer)]
    if kind == "necessity" and stops and all(answer.lower().startswith("yes") for answer in stops):
        return "exclusion"
    return kind


def made(node: Node) -> str:
    return f"p{node.page}/{round(node.lines[0].top) if node.lines else 0}"
