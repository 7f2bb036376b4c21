"""What a letter tells of each criterion that it calls not met: one reason for each, by the words that name the criterion.

Four forms: "The second is not met: your notes show ..."; a paragraph under "As to (b):"; after "Here is what we found
for each:", as many paragraphs as there are criteria; and as many sentences after "The second and third are not.".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from chartproof.rights.findings import TREATMENTS, item_unmet, kinds_of, speaks, told_kinds
from chartproof.rights.grammar import finding_words
from chartproof.rights.grounds import word
from chartproof.rights.lines import Sentence
from chartproof.rights.lists import criteria_lists, named_items
from chartproof.rights.sections import VERB
from chartproof.rights.text import Letter


@dataclass(frozen=True, slots=True)
class OfItem:
    """`sentences` are all that is told of a criterion; `telling` is the one that tells most, and `kind` what it finds."""

    sentences: tuple[Sentence, ...]
    telling: Sentence
    kind: str


#: A label that names an item of the list before it: "As to (b):", "On the second point:", "Item 2:".
ITEM_LABEL = re.compile(
    r"\W*(?:(?:as (?:to|for)|on|for|about|regarding|concerning|with respect to) )?(?:the )?"
    r"(?:(?:item|point|criterion|requirement|condition|part|number|no\.) ?\(?(?:\d|[a-f]|[ivx]+)\)?|\((?:\d|[a-f]|[ivx]+)\)"
    r"|(?:first|second|third|fourth|fifth)(?: (?:one|item|point|criterion|requirement|condition|part))?):(?:$|\s)",
    re.I,
)
#: What leads to the findings on all items, in their order.
_FOR_EACH = re.compile(
    r"\b(?:found|finds?|shows?|showed|have|see|saw|says?|read)\b[^.:]{0,30}\b(?:for|on|about|of) each\b[^.:]{0,24}:$"
    r"|\bin (?:that|the same) order\b[^.:]{0,24}:$",
    re.I,
)
#: No more than this tells of one item.
_MOST = 5


def told_of_items(letter: Letter) -> tuple[OfItem, ...]:
    """What is told of each unmet criterion, in the letter's order; of criteria with marks beside them, what labels tell of each."""
    spoken = [s for s in letter.sentences if s.section in ("", "reasons")]
    items = _unmet(letter, spoken)
    marked = [ground for one in criteria_lists(letter) for ground in one.marked]
    if marked:
        told = tuple(_labelled(letter, spoken, items))
        return told if len(told) == len(marked) else ()
    found = [
        *_called_unmet(letter, spoken, items),
        *_labelled(letter, spoken, items),
        *_in_order(letter, spoken, items),
        *_together(letter, spoken, items),
    ]
    return tuple(sorted(found, key=lambda one: (one.telling.page, one.telling.start)))


def _unmet(letter: Letter, spoken: Sequence[Sentence]) -> dict[int, str]:
    """The criteria that the letter says are not met, by their numbers in their list."""
    for order, lead in enumerate(spoken):
        if word("unmet_criteria").search(lead.text):
            items: list[str] = []
            for one in spoken[order + 1 :]:
                if not (one.bullet or _is_phrase(one.text)):
                    break
                items.append(one.text)
            return dict(enumerate(items, start=1))
    lists = (one for one in criteria_lists(letter) if one.told and not one.of_choice and one.unmet)
    first = next(lists, None)
    every = enumerate(first.items, start=1) if first else ()
    return {number: item.text for number, item in every if first and item in first.unmet}


def _is_phrase(text: str) -> bool:
    return len(text.split()) <= 25 and not text.endswith((":", "?")) and not VERB.search(text)


def _called_unmet(letter: Letter, spoken: Sequence[Sentence], items: dict[int, str]) -> Iterator[OfItem]:
    for sentence in spoken:
        fact = item_unmet(sentence.text)
        if fact and speaks(fact):
            number = min(named_items(sentence.text.removesuffix(fact), max(items, default=9)), default=0)
            yield _told(letter, [replace(sentence, text=fact)], [sentence], items.get(number, ""))


def _labelled(letter: Letter, spoken: Sequence[Sentence], items: dict[int, str]) -> Iterator[OfItem]:
    for _block, group in groupby(spoken, key=lambda s: s.block):
        block = list(group)
        label = ITEM_LABEL.match(block[0].text)
        number = min(named_items(label.group(), max(items, default=0)), default=0) if label else 0
        first = block[0].text[label.end() :].strip() if label else ""
        facts = [*([replace(block[0], text=first)] if first else []), *block[1:]]
        if number in items and 0 < len(facts) <= _MOST:
            yield _told(letter, facts, block, items[number])


def _in_order(letter: Letter, spoken: Sequence[Sentence], items: dict[int, str]) -> Iterator[OfItem]:
    lead = next((order for order, s in enumerate(spoken) if _FOR_EACH.search(s.text)), None)
    if lead is None or len(items) < 2:
        return
    parts = [list(group) for _key, group in groupby(spoken[lead + 1 :], key=lambda s: (s.block, s.item))]
    told = parts[: len(items)]
    if len(told) == len(items) and all(len(part) <= _MOST and any(speaks(s.text) for s in part) for part in told):
        for part, criterion in zip(told, items.values(), strict=True):
            yield _told(letter, part, part, criterion)


#: Where several criteria are called unmet by their places, and no more is said: "The second and third are not.".
_ARE_NOT = re.compile(r"\b(?:are|were) (?:both |all )?not(?: (?:met|satisfied|shown|established))?\.$|\bunmet\.$", re.I)


def _together(letter: Letter, spoken: Sequence[Sentence], items: dict[int, str]) -> Iterator[OfItem]:
    """What the sentences after such a one find, a sentence for each criterion."""
    for order, sentence in enumerate(spoken):
        named = sorted(named_items(sentence.text, max(items, default=0)) & set(items))
        if len(named) < 2 or not _ARE_NOT.search(sentence.text):
            continue
        facts = [s for s in spoken[order + 1 : order + 1 + len(named)] if s.block == sentence.block and speaks(s.text)]
        if len(facts) == len(named):
            yield from (_told(letter, [fact], [fact], items[number]) for number, fact in zip(named, facts, strict=True))


def _told(letter: Letter, facts: Sequence[Sentence], every: Sequence[Sentence], criterion: str) -> OfItem:
    """What the facts find in so many words; else what the criterion speaks of."""
    for fact in facts:
        kinds = [kind for kind in told_kinds(fact.text, letter) if kind != "not_medically_necessary"]
        if kinds:
            return OfItem(tuple(every), fact, kinds[0])
    asked = kinds_of(criterion, letter)[0] if criterion else "other"
    # What a bound asks of a value is told by the value; of a course of treatment, by how much of it there was.
    kind = asked if asked in (*TREATMENTS, "organ_function", "performance_status", "age_limit") else "other"
    telling = [s for s in facts if speaks(s.text)] or list(facts)
    denies = next((s for s in telling if finding_words().has("neg", s.text)), telling[0])
    return OfItem(tuple(every), denies, kind)
