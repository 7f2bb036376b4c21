"""Criteria from plain sentences: each clause that states one, in the group that its paragraph makes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from chartproof.policy.draft.criterion import Criterion, first_words, with_window
from chartproof.policy.draft.frames import granted
from chartproof.policy.draft.items import made, parent
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sentences import clauses, sentences
from chartproof.policy.draft.single import refused, single
from chartproof.policy.draft.units import Unit, named_aside, opens_list, units
from chartproof.policy.draft.words import number, pattern

#: "in one of three ways": so many of the sentences that follow are the ways.
_WAYS = re.compile(
    r"\b(?:(?:in|by) (?:any |at least )?(?:one|either) of|either of|one of) (?P<n>two|three|four|five|six|\d) (?:ways|forms|routes|shapes)\b"
    r"|\b(?P<m>two|three|four|five|six|\d) ways\b",
    re.IGNORECASE,
)
#: Words that only join a sentence to the one before it.
_BESIDE = re.compile(
    r"^(?:(?:and|first|second|third|fourth|fifth|finally|also|in addition|moreover|furthermore|besides)\b,?\s+|(?:in|by|on|under) the (?:first|second|third|fourth|one|other|last)(?: (?:way|form|route|shape))?,\s+|in (?:all|each|any|every|either) (?:of (?:the|these) \w+ )?(?:cases?|situations?),?\s+)(?:we (?:also )?expect\s+)?",
    re.IGNORECASE,
)
#: "IF this THEN approve": the words around the test.
_THEN = re.compile(r"^if\s+(?=.*\bthen\s+approve)|,?\s+then\s+approve\b.*$", re.IGNORECASE)
_PROVIDED = re.compile(r",\s+(?:provided|so long as|as long as|on condition)\b", re.IGNORECASE)
_SAME_PATIENT = re.compile(r"^(?:For|In|With|As for|Where|If)\s[^.]{3,80}", re.IGNORECASE)


def draft_prose(node: Node, kind: str, *, announced: bool = False) -> list[Criterion]:
    """One paragraph's criteria. `kind` is that of its section, "" where each sentence must tell.

    `announced` where a sentence above says that what the paragraph states are criteria.
    """
    read = [] if named_aside(node.text) else list(units(node.text, kind, announced=announced))
    taken = [unit for unit in read if unit.kind]
    if not taken:
        return []
    name, lead = made(node), read[0]
    rest = [unit for unit in taken if unit.sentence > lead.sentence]
    opener = next((unit for unit in read if opens_list(unit.text)), None)
    if opener is not None and any(unit.sentence > opener.sentence for unit in taken):
        return _opened(name, node, taken, opener)
    if counted := _counted(name, node, taken):
        return counted
    ways = _WAYS.search(lead.text)
    if ways and rest:
        return _ways(name, node, lead, rest, ways)
    if _opens(lead, rest):
        children = tuple(_numbered(name, node, rest))
        return [
            Criterion(
                name, children[0].kind, lead.text, node.page, first_words(lead.text), "all", made_id=True,
                children=children,
            )
        ]  # fmt: skip
    return gathered(name, node, _numbered(name, node, taken))


def _counted(name: str, node: Node, taken: Sequence[Unit]) -> list[Criterion]:
    """ "Three things. First, a plan. Second, a visit.": the sentences that are counted, together; [] where none are."""
    words = ("First", "Second", "Third", "Fourth", "Fifth")
    counts = [unit for unit in taken if re.match(rf"(?:{'|'.join(words)}),?\s", unit.text)]
    in_order = all(unit.text.startswith(word) for unit, word in zip(counts, words, strict=False))
    if not 1 < len(counts) == len(taken) or not in_order or len({unit.kind for unit in counts}) > 1:
        return []
    children = tuple(_numbered(name, node, counts))
    text = sentences(node.text)[0]
    join = "none" if counts[0].kind == "exclusion" else "all"
    return [
        Criterion(
            f"{name}/all", counts[0].kind, text, node.page, first_words(text), join, made_id=True, children=children
        )
    ]  # fmt: skip


def gathered(name: str, node: Node, found: Sequence[Criterion]) -> list[Criterion]:
    """A paragraph's criteria with those of one kind together, where its sentences make one list.

    What is refused stands under the first refusal (none may be true), papers under the first that asks for them, and
    what is asked besides under the sentence that grants.
    """
    whole: list[Criterion] = []
    for kind, run in groupby(found, key=lambda one: one.kind):
        ones = list(run)
        if kind in ("exclusion", "documentation"):
            whole += _listed(name, node, ones, kind)
        elif len(ones) > 1 and granted(ones[0].text):
            whole.append(_with_more(ones[0], ones[1:]))
        else:
            whole += ones
    return whole


def _listed(name: str, node: Node, ones: Sequence[Criterion], kind: str) -> list[Criterion]:
    children = [child for one in ones for child in _plainly(one, kind)]
    if len(children) < 2:
        return list(ones)
    children = [replace(child, id=f"{name}/{kind[:3]}/s{n}") for n, child in enumerate(children, 1)]
    join = "none" if kind == "exclusion" else "all"
    text = ones[0].text
    return [
        Criterion(
            f"{name}/{kind[:3]}", kind, text, node.page, first_words(text), join, made_id=True, children=tuple(children)
        )
    ]  # fmt: skip


def _plainly(one: Criterion, kind: str) -> tuple[Criterion, ...]:
    """What one sentence lists, where it only lists: each refusal, each paper."""
    lists = ("any", "none") if kind == "exclusion" else ("all",)
    if not one.children or one.join not in lists or one.unless or (one.when and kind == "exclusion"):
        return (one,)
    if one.when:  # "For a trial: the notes; the scan.": each paper is sent in that case
        return tuple(replace(child, when=child.when or one.when) for child in one.children)
    first, *others = one.children
    end = one.text.find(first.text)
    whole = one.text[: end + len(first.text)] if end > 0 else first.text  # with the words that refuse it
    return (replace(first, text=whole), *others)


def _with_more(grant: Criterion, more: Sequence[Criterion]) -> Criterion:
    """The sentence that grants, with what the later sentences of its paragraph ask besides."""
    rest = granted(grant.text)
    words = rest[1] if rest else grant.text
    if grant.join == "all" and not (grant.when or grant.unless):
        own = grant.children
    else:
        own = (replace(grant, id=f"{grant.id}/a", text=words, find=first_words(words)),)
    return replace(grant, join="all", leaf=None, when="", unless="", children=(*own, *more))


def numbered(node: Node, found: Sequence[Criterion]) -> list[Criterion]:
    """A paragraph's criteria under the number that is printed before it."""
    if not node.id or not found:
        return list(found)
    if len(found) == 1:
        return [replace(found[0], id=node.id, made_id=False)]
    first = found[0]
    kinds = {one.kind for one in found}
    kind = first.kind if len(kinds) > 1 or "necessity" in kinds else kinds.pop()
    return [Criterion(node.id, kind, node.text, node.page, first_words(node.text), "all", children=tuple(found))]


def draft_paragraph(node: Node, kind: str) -> list[Criterion]:
    """The paragraph as one criterion among the paragraphs that a sentence above it announces."""
    found = draft_prose(node, kind, announced=True)
    if len(found) < 2 or len({one.kind for one in found}) > 1 or found[0].kind == "exclusion":
        return found
    lead = sentences(node.text)[0]
    if found[0].text == lead and not found[0].children and pattern("joins", "evidence").search(found[1].text):
        found = found[1:]  # the lead is shown by what follows
    return [
        Criterion(
            made(node), found[0].kind, lead, node.page, first_words(lead), "all", made_id=True, children=tuple(found)
        )
    ]  # fmt: skip


def led_paragraph(node: Node, kind: str) -> Criterion | None:
    """A paragraph whose last clause announces the items below it, with what its sentences before ask besides; else None."""
    *before, last = sentences(node.text) or [""]
    items = [child for child in node.children if child.kind == "item"]
    if node.kind != "paragraph" or kind != "necessity" or not (before and items and announcement(last)):
        return None
    *beside, lead = clauses(last)
    plain = replace(node, text=" ".join([*before, *(f"{one}." for one in beside)]), children=[])
    asked = draft_prose(plain, kind)
    if not asked or any(one.kind != kind for one in asked):
        return None
    listed = parent(f"{made(node)}/l", node, lead, items, kind)
    children = (*asked, replace(listed, made_id=True))
    return Criterion(
        made(node), kind, before[0], node.page, first_words(before[0]), "all", made_id=True, children=children
    )


def _opened(name: str, node: Node, taken: Sequence[Unit], opener: Unit) -> list[Criterion]:
    """The paragraph's criteria, those after the sentence that opens a list as its children."""
    before = [unit for unit in taken if unit.sentence < opener.sentence]
    after = [unit for unit in taken if unit.sentence > opener.sentence]
    kind = opener.kind or after[0].kind
    children = _numbered(f"{name}/l", node, after)
    listed = under(name, node, opener.text, kind, children)
    if kind == "documentation" and listed.join == "all":  # "They are a note; a scan; and a log."
        listed = replace(listed, children=tuple(one for child in children for one in _plainly(child, kind)))
    return [*_numbered(name, node, before), listed]


def own_tests(name: str, node: Node, lead: str) -> tuple[Criterion, ...]:
    """What a sentence asks itself before it announces the rest: "for an adult who has gout, provided that each of ..."."""
    provided = _PROVIDED.search(lead)
    rest = granted(lead[: provided.start()]) if provided is not None else None
    if rest is None:
        return ()
    one = single(f"{name}/own", node, rest[1], "necessity", is_made=True)
    return one.children if one.join == "all" and not (one.when or one.unless) else (one,)


def under(name: str, node: Node, lead: str, kind: str, children: Sequence[Criterion]) -> Criterion:
    """A criterion with the children that its sentence announces."""
    said = announcement(lead)
    join = "none" if kind == "exclusion" else said.join if said else "all"
    return Criterion(
        name, kind, lead, node.page, first_words(lead), join, made_id=True, children=tuple(children)
    )  # fmt: skip


def _opens(lead: Unit, rest: Sequence[Unit]) -> bool:
    """True for "For follicular lymphoma the requirement is narrower.", which states nothing and groups what follows."""
    return (
        len(rest) > 1
        and lead.role in ("", "necessity")
        and lead.sentence == 0
        and _SAME_PATIENT.match(lead.text) is not None
        and len(lead.text.split()) < 16
    )


def _ways(name: str, node: Node, lead: Unit, rest: Sequence[Unit], ways: re.Match[str]) -> list[Criterion]:
    """ "It can be met in one of three ways. A. B. Or C." and what the paragraph asks besides.

    Both stand under what the sentence says before its ways, where it says something.
    """
    count = number(ways["n"] or ways["m"]) or len(rest)
    sentences_of = sorted({unit.sentence for unit in rest})[:count]
    among = [unit for unit in rest if unit.sentence in sentences_of]
    others = [unit for unit in rest if unit.sentence not in sentences_of]
    start = lead.text.lower().rfind(" can ", 0, ways.start())
    text = lead.text[max(start, 0) :].strip()
    listed = Criterion(
        f"{name}/any",
        among[0].kind,
        text,
        node.page,
        first_words(text),
        "any",
        made_id=True,
        children=tuple(_numbered(f"{name}/w", node, among)),
    )
    children = (listed, *_numbered(name, node, others))
    if start <= 0 or not others:
        return list(children)
    text = lead.text[:start]
    return [
        Criterion(name, listed.kind, text, node.page, first_words(text), "all", made_id=True, children=children)
    ]  # fmt: skip


def _numbered(name: str, node: Node, units: Sequence[Unit]) -> list[Criterion]:
    found: list[Criterion] = []
    for unit in units:
        one = from_clause(f"{name}/s{len(found) + 1}", node, unit.text, unit.kind)
        one = _as_meant(one, node, unit.meant) if unit.meant else one
        if unit.unless:
            *others, last = one.children or (one,)
            if unit.of_last and others and one.join == "all":
                found.append(replace(one, children=(*others, _excepted(last, node, unit.unless))))
            else:
                found.append(_excepted(one, node, unit.unless))
            continue
        found.append(one)
    return found


def _as_meant(one: Criterion, node: Node, meant: str) -> Criterion:
    """A test with what one of its words means as its tests, each asked within the time that the test itself prints."""
    told = single(one.id, node, meant, one.kind, is_made=True)
    days = one.leaf.within_days if one.leaf is not None else None
    own = told.children or (replace(told, id=f"{one.id}/a"),)
    children = tuple(with_window(child, days) for child in own)
    return replace(one, join=told.join if told.children else "all", leaf=None, children=children)


def _excepted(one: Criterion, node: Node, unless: str) -> Criterion:
    """A criterion with the exception that a later sentence makes: several exceptions are ways beside it."""
    exception = single(f"{one.id}/x", node, unless, one.kind, is_made=True)
    if exception.join != "any" or one.kind == "exclusion":
        return replace(one, unless=one.unless or unless)
    return Criterion(
        f"{one.id}/any", one.kind, one.text, one.page, one.find, "any", made_id=True, children=(one, exception)
    )  # fmt: skip


def from_clause(name: str, node: Node, text: str, kind: str) -> Criterion:
    """One clause as a criterion: a refusal is drafted as what is refused."""
    if kind == "definition":
        return Criterion(name, kind, text, node.page, first_words(text), made_id=True)
    told = refused(text) if kind == "exclusion" else _THEN.sub("", _BESIDE.sub("", text))
    one = single(name, node, told, kind, is_made=True)
    return one if told == text else replace(one, text=text, find=first_words(told))
