"""Criteria from the items of a list: the lead that joins them, and the tests in each item's own sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.criterion import Criterion, first_words, renamed
from chartproof.policy.draft.guards import Guarded, guarded, part_read
from chartproof.policy.draft.item_exceptions import with_exceptions_of, without_exceptions
from chartproof.policy.draft.joins import announcement, by_separators, ways_between
from chartproof.policy.draft.leads import Lead, led, names_who, set_apart
from chartproof.policy.draft.leaf import read_test
from chartproof.policy.draft.nature import nature_of
from chartproof.policy.draft.nodes import Node, begun_name, entry_name
from chartproof.policy.draft.referring import referred_join, told_join
from chartproof.policy.draft.sections import CRITERIA, prolongs, section_of, sentence_of
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.single import single
from chartproof.policy.draft.spoken import told
from chartproof.policy.draft.words import pattern

_BOX = re.compile(r"\s*[☐□❑❒◻]\s*(?P<answer>[^☐□❑❒◻]*)")
#: "If no, deny. If yes, go to Step 2."
#: "THEN go to Box 2", "ELSE stop": a flow's answers without their boxes.
_THEN = re.compile(
    r"\b(?P<said>THEN|ELSE|OTHERWISE|YES|NO|Then|Else|Otherwise|Yes|No)\b[,:→]?\s*(?P<does>(?:(?!\b(?:ELSE|OTHERWISE|NO|Else|Otherwise|No)\b).)+)"
)
_FLOW = re.compile(
    r"\s*\bIf (?P<answer>(?:yes|no)\b[,:]?\s*(?:then\s+)?(?:go|proceed|continue|stop|deny|refuse|approve|skip)\b[^.]*)\.?",
    re.IGNORECASE,
)
#: "Did ...? Yes No", beside boxes that are drawn and are no text, and "Yes ☐ No ☐" with a box behind each.
_DRAWN = re.compile(r"(?<=[?.)])\s+Yes\s*[☐□❑❒◻_]*\s*No\b(?:\s*[☐□❑❒◻_]*\s*N/?A\b)?\s*[☐□❑❒◻_]*\s*$", re.IGNORECASE)
_EXCUSED = re.compile(
    r"\?\s+(?:If )?no\s*(?:,|→|➔|->|=>)?\s*(?:then\s+)?(?:stop|deny|refuse|not \w+)\w*,?\s+unless\s+(?P<unless>[^.]+)\.?",
    re.IGNORECASE,
)
#: "NO → not approved. YES → Step 2."
_ARROW = re.compile(r"\s*\b(?P<answer>(?:yes|no)\s*(?:→|➔|➜|->|=>|–>)\s*[^.→?]*)\.?", re.IGNORECASE)
#: A flow's box asks its test after this word.
_ASKED = re.compile(r"^IF\s+")


def told_kind(text: str, kind: str) -> str:
    if pattern("joins", "wants_yes").search(text):
        return kind  # "Any answer of No ends the request": each is asked for
    if kind == "necessity":
        if prolongs(text):
            return "continuation"
        if pattern("joins", "refuses").search(text):
            return "exclusion"
        if pattern("joins", "continues").search(text) and re.search(
            r"(?i)\bmay be extended|prolonged|further|renew|re-?authori|(?:is|are|be|been)\s(?:also\s)?continued\b|beyond",
            text,
        ):
            return "continuation"
        if pattern("joins", "documents").search(text):
            return "documentation"
        if announcement(text) and len(sentences(text)) == 1 and sentence_of(text) in ("exclusion", "continuation"):
            return sentence_of(text)
    return kind


def criterion(node: Node, kind: str) -> Criterion:
    """An item's criterion, with the exceptions that stand below it."""
    plain, exceptions = without_exceptions(node)
    return with_exceptions_of(_criterion(plain, kind), exceptions)


def _criterion(node: Node, kind: str) -> Criterion:
    text, answers = _without_boxes(node)
    title = entry_name(node) if len(node.lines) > 1 and node.lines[1].text[:1].isupper() else ""
    text = _ASKED.sub("", text.removeprefix(title).strip())
    named = CRITERIA.get(section_of(title or begun_name(text)), "") if kind == "necessity" else ""
    kind = _by_answers(answers, told_kind(guarded(text).text, named or kind))
    items = [child for child in node.children if child.kind == "item"]
    rows = [row for child in node.children if child.kind == "table" for row in child.children[1:]]
    if items:
        return parent(node.id, node, text, items, kind)
    if rows:
        children = tuple(_row(node.id, n, row, kind) for n, row in enumerate(rows, 1))
        return Criterion(node.id, kind, text, node.page, first_words(text), "any", children=children)
    return told(node.id or made(node), node, text, kind) or single(node.id or made(node), node, text, kind)


def parent(own_id: str, node: Node, lead: str, items: Sequence[Node], kind: str, *, heading: str = "") -> Criterion:
    """A criterion with a printed list: its lead says how they join, and may itself state a test."""
    text, answers = without_boxes_text(lead)
    kind = _by_answers(answers, told_kind(f"{heading}. {text}" if heading else guarded(text).text, kind))
    kind = _by_nature(kind, text, items)
    name = own_id or made(node)
    said = announcement(text)
    if kind == "necessity" and said is not None and said.join == "none":
        kind = "exclusion"  # "None of these may be ticked": each is refused
    children = tuple(_child(name, n, item, kind) for n, item in enumerate(items, 1))
    wanted = "all" if pattern("joins", "wants_yes").search(text) else ""
    between = referred_join(text, items) or told_join(text, items)
    join = wanted or said.join if said else between or by_separators([item.text for item in items])
    if kind == "exclusion" and (heading or pattern("joins", "refuses").search(text)):
        join = "none"
    elif kind == "exclusion" and said is None and not re.search(r"\band$", items[0].text.rstrip(" ;,")):
        join = "any"  # each of what a lead refuses is refused alone
    if kind == "exclusion" and said is None and (some := pattern("joins", "names_some").search(text)) is not None:
        own = single(f"{name}/0", node, text[: some.start()], kind, is_made=True)  # what it includes is not all of it
        join, children = "any", (own, *children)
    guard = guarded(text) if not heading and not names_who(text) else Guarded(text)
    if heading and said is not None and "unless" not in text[: said.start].lower():
        behind = guarded(
            text[said.start :], conditions=False
        )  # what takes the whole list back stands behind its announcement
        guard = replace(guard, unless=behind.unless)
    guard = replace(guard, when=guard.when or part_read(text))
    lead_of = Lead(name, not own_id, node, text, kind, guard, said, join, children)
    ways = (
        ways_between([item.text for item in items]) if kind != "exclusion" and (said is None or join == "all") else []
    )
    return set_apart(lead_of, ways) if ways else led(lead_of)


def _by_nature(kind: str, lead: str, items: Sequence[Node]) -> str:
    """What a list is for whose part does not say: its lead bars what it lists, or its entries are papers."""
    if kind != "necessity":
        return kind
    if pattern("joins", "wants_yes").search(lead):
        return kind
    if pattern("joins", "bars").search(lead):
        return "exclusion"
    return "documentation" if nature_of([item.text for item in items]) == "documentation" else kind


def _child(parent: str, n: int, item: Node, kind: str) -> Criterion:
    found = criterion(item, kind)
    if item.label is not None and item.label.kind == "bullet":
        return renamed(found, found.id, f"{parent}/b{n}")
    return found


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
    """The text without the boxes that answer it, and the answers. An exception that an answer makes stays: "If no, stop,
    unless ...".
    """
    text = _DRAWN.sub("", text)
    text = _EXCUSED.sub(r", unless \g<unless>", text)
    answers = tuple(match["answer"].strip() for mark in (_BOX, _FLOW, _ARROW) for match in mark.finditer(text))
    return _ARROW.sub("", _FLOW.sub("", _BOX.sub("", text))).strip(), answers


def _by_answers(answers: Sequence[str], kind: str) -> str:
    """ "No, continue" beside "Yes, stop" makes a question an exclusion."""
    stops = [
        answer
        for answer in answers
        if re.search(r"(?i)\bstop\b|\bdeny\b|\bdenied\b|\bnot (?:covered|approved|authorized)\b", answer)
    ]
    if kind in ("necessity", "continuation") and stops and all(answer.lower().startswith("yes") for answer in stops):
        return "exclusion"
    return kind


def made(node: Node) -> str:
    return f"p{node.page}/{round(node.lines[0].top) if node.lines else 0}"
