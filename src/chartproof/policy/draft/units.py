"""A paragraph as the clauses that each may be a criterion, and the sentences that announce others or take back the one before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sections import (
    ASIDE,
    CRITERIA,
    KINDS,
    is_silent,
    may_ask,
    prolongs,
    section_of,
    sentence_of,
)
from chartproof.policy.draft.sentences import clauses, sentences
from chartproof.policy.draft.words import pattern

_COUNTS = re.compile(r"(?:First|Second|Third|Fourth|Fifth),\s")
#: What an exception says tells nothing of what its sentence is for.
_UNLESS = re.compile(
    r",?\s+(?:the latter\s+)?unless\s[^.;]*|,\s+(?:though|although|but)\s[^.;]*\bnot (?:asked|needed|required)\b[^.;]*"
)
#: The name of another part tells nothing of this sentence.
_QUOTED = re.compile(r"\b(?:under|in|of|by)\s[“\"][^”\"]{3,60}[”\"]")
_AND_NONE = re.compile(r"(?i)\b(?:all|each|both|every\w*|met|true)\b[^.]*\band\s+(?:that\s+)?none\b")


#: "Measurable means a spot of 2 cm or more, a mass, or a marker above 5".
_MEANS = re.compile(r"(?P<word>[A-Z][a-z]+)\s+(?:here\s+)?means\s+(?P<meant>\S.*[^.;])[.;]?$")


@dataclass(frozen=True, slots=True)
class Unit:
    """One clause: `sentence` counts the paragraph's sentences, `role` is what it is for, `kind` that of its criterion.

    `unless` is a later sentence's exception from it ("This step does not apply to ..."), and `meant` what a later sentence
    says that a word of it means ("Measurable means a spot of 2 cm or ...").
    """

    text: str
    sentence: int
    role: str
    kind: str
    unless: str = ""
    of_last: bool = False
    meant: str = ""


def opens_list(sentence: str) -> bool:
    """True for a sentence that grants or refuses and says how what follows it joins: "... if all of these are true."."""
    if pattern("joins", "counts_up").match(sentence):
        return True
    said = announcement(sentence)
    if said is None or re.search(r":\s+\S|\bnamely\b", sentence) or sentence_of(sentence) in ASIDE:
        return False
    if said.join == "none" and _AND_NONE.search(sentence):
        return False  # it names several parts of the document, each with its own join
    here = pattern("joins", "in_here").search(sentence) is not None and sentence_of(sentence) == "exclusion"
    if sentence.rstrip().endswith(":") or here:
        return True
    return pattern("joins", "grants").search(sentence) is not None


def closing_lead(node: Node) -> tuple[str, str]:
    """What stands before a paragraph's last sentence, and that sentence where it announces the paragraphs below, else ""."""
    *before, last = sentences(node.text) or [""]
    return (" ".join(before), last) if opens_list(last) else (node.text, "")


def named_aside(text: str) -> bool:
    """True for a paragraph that begins with the name of a part without criteria ("Background. In the trial ...")."""
    first = sentences(text)[0] if text.strip() else ""
    return (
        len(first.split()) <= 5
        and first.endswith((".", ":"))
        and section_of(first) != ""
        and section_of(first) not in CRITERIA
    )


def units(text: str, kind: str, *, announced: bool = False) -> list[Unit]:
    """The paragraph's clauses in order. `kind` is that of its section, `announced` that of a sentence above it."""
    found: list[Unit] = []
    for at, sentence in enumerate(sentences(text)):
        last = next((n for n in reversed(range(len(found))) if KINDS.get(found[n].role) != "definition"), None)
        taken_back = pattern("guards", "taken_back").match(sentence)
        if taken_back and last is not None and found[last].kind:
            of_last = re.search(r"\b(?:last|latter)\b", sentence[: taken_back.start("guard")]) is not None
            found[last] = replace(found[last], unless=taken_back["guard"].rstrip("."), of_last=of_last)
            continue
        for unit in _of_sentence(sentence, at, kind, announced=announced):
            found.append(unit if kind else _carried(unit, found))
            announced = announced or (bool(kind) and opens_list(unit.text))
    return _with_meanings(found)


def _with_meanings(found: Sequence[Unit]) -> list[Unit]:
    """The clauses, one that says what a word of the test before it means as that test's own tests; how they join goes with it."""
    whole: list[Unit] = []
    told = -1
    for unit in found:
        means = (
            _MEANS.match(unit.text) if unit.kind == "definition" and whole and whole[-1].kind == "necessity" else None
        )
        if means is not None and re.search(rf"(?i)\b{re.escape(means['word'])}\b", whole[-1].text):
            whole[-1] = replace(whole[-1], meant=means["meant"])
            told = unit.sentence
        elif unit.sentence != told or unit.kind != "definition":
            whole.append(unit)
    return whole


def _carried(unit: Unit, before: Sequence[Unit]) -> Unit:
    """A clause that does not tell goes on with what the one before it in its paragraph asks or refuses."""
    last = before[-1] if before else None
    opened = last is not None and not last.kind and opens_list(last.text)
    carried = "necessity" if opened else last.kind if last is not None else ""
    if carried in ("", "definition"):
        return unit
    if unit.role == "test":
        return replace(unit, kind=carried)
    return replace(unit, kind=carried) if unit.role == "" and may_ask(unit.text) else unit


def _role(said: str) -> str:
    """What a sentence or clause is for, by its own words without its exception and the names of other parts."""
    return sentence_of(_QUOTED.sub("", _UNLESS.sub("", said)))


def _of_business(sentence: str) -> bool:
    """True for a sentence that says to which plans' members a document applies, and asks nothing of them."""
    return all(pattern("grids", name).search(sentence) for name in ("business", "of_plans"))


def _of_sentence(sentence: str, at: int, kind: str, *, announced: bool) -> Iterator[Unit]:
    whole = _role(sentence)
    if kind == "documentation" and whole == "background" and len(pattern("nature", "papers").findall(sentence)) > 1:
        whole = "documentation"  # it names several papers, whatever it says of where one comes from
    for clause in [sentence] if "documentation" in (whole, kind) else clauses(sentence):
        role = whole if clause == sentence else _role(clause)
        if whole in ("references", "history", "background", "definitions"):
            role = whole
        own = KINDS.get(role, "")
        if role in ("test", "") and whole in ("exclusion", "documentation", "continuation"):
            own = KINDS[whole]
        elif (role in ("test", "necessity") and kind) or (role == "" and kind and announced and not is_silent(clause)):
            own = kind
        elif role == "" and kind == "necessity" and whole == "" and _of_business(sentence):
            own = ""
        elif role == "" and kind:
            own = kind if kind in ("exclusion", "documentation", "definition") or may_ask(clause) else ""
        elif (role == "" and kind and _COUNTS.match(sentence)) or (
            kind == "documentation" and role not in ASIDE and not prolongs(clause)
        ):
            own = kind
        yield Unit(clause, at, role, "" if role in ASIDE else own)
