"""Criteria from plain sentences: each clause that states one, in the group that its paragraph makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chartproof.policy.draft.criterion import Criterion, first_words
from chartproof.policy.draft.items import made
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sections import ASIDE, CRITERIA, KINDS, section_of, sentence_of
from chartproof.policy.draft.sentences import clauses, sentences
from chartproof.policy.draft.single import single
from chartproof.policy.draft.words import number, pattern, patterns

#: "in one of three ways": so many of the sentences that follow are the ways.
_WAYS = re.compile(
    r"\b(?:in|by) (?:any |at least )?(?:one|either) of (?P<n>two|three|four|five|six|\d) ways\b|\b(?P<m>two|three|four|five|six|\d) ways\b",
    re.IGNORECASE,
)
#: Words that only join a sentence to the one before it.
_BESIDE = re.compile(
    r"^(?:(?:and|finally|also|in addition|moreover|furthermore|besides)\b,?\s+|in (?:all|each|any|every|either) (?:of (?:the|these) \w+ )?(?:cases?|situations?),?\s+)(?:we (?:also )?expect\s+)?",
    re.IGNORECASE,
)
_COUNTS = re.compile(r"(?:First|Second|Third|Fourth|Fifth),\s")
_AND_NONE = re.compile(r"(?i)\b(?:all|each|both|every\w*|met|true)\b[^.]*\band\s+(?:that\s+)?none\b")
#: "IF this THEN approve": the words around the test.
_THEN = re.compile(r"^if\s+(?=.*\bthen\s+approve)|,?\s+then\s+approve\b.*$", re.IGNORECASE)
_SAME_PATIENT = re.compile(r"^(?:For|In|With|As for|Where|If)\s[^.]{3,80}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unit:
    """One clause: `sentence` counts the paragraph's sentences, `role` is what it is for, `kind` that of its criterion."""

    text: str
    sentence: int
    role: str
    kind: str


def draft_prose(node: Node, kind: str, *, announced: bool = False) -> list[Criterion]:
    """One paragraph's criteria. `kind` is that of its section, "" where each sentence must tell.

    `announced` where a sentence above says that what the paragraph states are criteria.
    """
    units = [] if _named_aside(node.text) else list(_units(node.text, kind, announced=announced))
    taken = [unit for unit in units if unit.kind]
    if not taken:
        return []
    name, lead = made(node), units[0]
    rest = [unit for unit in taken if unit.sentence > lead.sentence]
    opener = next((unit for unit in units if opens_list(unit.text)), None)
    if opener is not None and any(unit.sentence > opener.sentence for unit in taken):
        return _opened(name, node, taken, opener)
    ways = _WAYS.search(lead.text)
    if ways and rest:
        return [_ways(name, node, lead, rest, ways)]
    if _opens(lead, rest):
        children = tuple(_numbered(name, node, rest))
        return [
            Criterion(
                name, children[0].kind, lead.text, node.page, first_words(lead.text), "all", made_id=True,
                children=children,
            )
        ]  # fmt: skip
    return _numbered(name, node, taken)


def opens_list(sentence: str) -> bool:
    """True for a sentence that grants or refuses and says how what follows it joins: "... if all of these are true."."""
    said = announcement(sentence)
    if said is None or re.search(r":\s+\S", sentence) or sentence_of(sentence) in ASIDE:
        return False
    if said.join == "none" and _AND_NONE.search(sentence):
        return False  # it names several parts of the document, each with its own join
    return pattern("joins", "grants").search(sentence) is not None


def closing_lead(node: Node) -> tuple[str, str]:
    """What stands before a paragraph's last sentence, and that sentence where it announces the paragraphs below, else ""."""
    *before, last = sentences(node.text) or [""]
    return (" ".join(before), last) if opens_list(last) else (node.text, "")


def draft_paragraph(node: Node, kind: str) -> list[Criterion]:
    """The paragraph as one criterion among the paragraphs that a sentence above it announces."""
    found = draft_prose(node, kind, announced=True)
    if len(found) < 2 or len({one.kind for one in found}) > 1:
        return found
    lead = sentences(node.text)[0]
    if found[0].text == lead and not found[0].children and pattern("joins", "evidence").search(found[1].text):
        found = found[1:]  # the lead is shown by what follows
    join = "none" if found[0].kind == "exclusion" else "all"
    return [
        Criterion(
            made(node), found[0].kind, lead, node.page, first_words(lead), join, made_id=True, children=tuple(found)
        )
    ]  # fmt: skip


def _opened(name: str, node: Node, taken: Sequence[Unit], opener: Unit) -> list[Criterion]:
    """The paragraph's criteria, those after the sentence that opens a list as its children."""
    before = [unit for unit in taken if unit.sentence < opener.sentence]
    after = [unit for unit in taken if unit.sentence > opener.sentence]
    kind = opener.kind or after[0].kind
    listed = under(name, node, opener.text, kind, _numbered(f"{name}/l", node, after))
    return [*_numbered(name, node, before), listed]


def under(name: str, node: Node, lead: str, kind: str, children: Sequence[Criterion]) -> Criterion:
    """A criterion with the children that its sentence announces."""
    said = announcement(lead)
    join = "none" if kind == "exclusion" else said.join if said else "all"
    return Criterion(
        name, kind, lead, node.page, first_words(lead), join, made_id=True, children=tuple(children)
    )  # fmt: skip


def _named_aside(text: str) -> bool:
    """True for a paragraph that begins with the name of a part without criteria ("Background. In the trial ...")."""
    first = sentences(text)[0] if text.strip() else ""
    return (
        len(first.split()) <= 5
        and first.endswith((".", ":"))
        and section_of(first) != ""
        and section_of(first) not in CRITERIA
    )


def _units(text: str, kind: str, *, announced: bool = False) -> Iterator[Unit]:
    for at, sentence in enumerate(sentences(text)):
        whole = sentence_of(sentence)
        for clause in [sentence] if "documentation" in (whole, kind) else clauses(sentence):
            role = sentence_of(clause)
            if whole in ("references", "history", "background", "definitions"):
                role = whole
            own = KINDS.get(role, "")
            if role in ("test", "") and whole in ("exclusion", "documentation", "continuation"):
                own = KINDS[whole]
            elif (role in ("test", "necessity") and kind) or (role == "" and kind and announced):
                own = kind
            elif role == "" and kind and (kind != "necessity" or at):
                own = kind if kind in ("exclusion", "documentation", "definition") else ""
            elif (role == "" and kind and _COUNTS.match(sentence)) or (kind == "documentation" and role not in ASIDE):
                own = kind
            yield Unit(clause, at, role, "" if role in ASIDE else own)
            announced = announced or (bool(kind) and opens_list(clause))


def _opens(lead: Unit, rest: Sequence[Unit]) -> bool:
    """True for "For follicular lymphoma the requirement is narrower.", which states nothing and groups what follows."""
    return (
        len(rest) > 1
        and lead.role in ("", "necessity")
        and lead.sentence == 0
        and _SAME_PATIENT.match(lead.text) is not None
        and len(lead.text.split()) < 16
    )


def _ways(name: str, node: Node, lead: Unit, rest: Sequence[Unit], ways: re.Match[str]) -> Criterion:
    """ "It can be met in one of three ways. A. B. Or C." and what the paragraph asks besides."""
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
    return Criterion(
        name,
        listed.kind,
        lead.text[: start if start > 0 else None],
        node.page,
        first_words(lead.text),
        "all",
        made_id=True,
        children=children,
    )


def _numbered(name: str, node: Node, units: Sequence[Unit]) -> list[Criterion]:
    found: list[Criterion] = []
    for unit in units:
        one = from_clause(f"{name}/s{len(found) + 1}", node, unit.text, unit.kind)
        flat = (
            one.children
            and not one.when
            and not one.unless
            and (
                (unit.kind == "exclusion" and one.join == "any") or (unit.kind == "documentation" and one.join == "all")
            )
        )
        if flat:
            found += [replace(child, id=f"{name}/s{len(found) + n}") for n, child in enumerate(one.children, 1)]
        else:
            found.append(one)
    return found


def from_clause(name: str, node: Node, text: str, kind: str) -> Criterion:
    """One clause as a criterion: a refusal is drafted as what is refused."""
    if kind == "definition":
        return Criterion(name, kind, text, node.page, first_words(text), made_id=True)
    told = refused(text) if kind == "exclusion" else _THEN.sub("", _BESIDE.sub("", text))
    one = single(name, node, told, kind, is_made=True)
    return one if told == text else replace(one, text=text, find=first_words(told))


def refused(text: str) -> str:
    """What a sentence refuses, without the words of the refusal."""
    for place in ("before", "after"):
        for words in patterns("refusals", place):
            shorter = words.sub("", text, count=1).strip()
            if shorter and shorter != text:
                text = shorter
                break
    return text
