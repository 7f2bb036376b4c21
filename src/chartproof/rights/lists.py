"""Lists of what a policy asks for, and which of their items the text around them calls met or not met."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from chartproof.rights.blocks import TABLE
from chartproof.rights.conditions import breaks_off, is_joined
from chartproof.rights.grammar import aside_words
from chartproof.rights.lines import Sentence
from chartproof.rights.sections import VERB
from chartproof.rights.text import Letter
from chartproof.rights.words import table

#: How many sentences after a list may speak of its items.
_REACH = 9
_ORDINALS = {word: number for words in (
    ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"),
    ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"),
) for number, word in enumerate(words, start=1)}  # fmt: skip
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4}
_NOUN = (
    r"\b(?:items?|criteri(?:a|on)|parts?|numbers?|nos?\.|points?|conditions?|requirements?|paragraphs?|elements?)\s*"
)
_NUMBERS = re.compile(rf"{_NOUN}\(?(?P<many>\d[)(]?(?:(?:,| and|, and| or| through) \(?\d\)?)*)", re.I)
#: Capital letters that name items: "Items B, D and F".
_LETTERS = re.compile(rf"{_NOUN}(?P<many>(?-i:[A-J])\b(?:(?:,| and|, and| or) (?-i:[A-J])\b)*)", re.I)
_NTH = re.compile(
    r"\b(?P<nth>first|second|third|fourth|fifth|sixth|seventh|eighth)\b(?! (?:level|appeal|opinion))|\((?P<mark>[ivx]+|[a-j]|\d)\)",
    re.I,
)
_END = re.compile(r"\bthe (?P<which>first|last) (?P<count>two|three|four)\b", re.I)
_ENDS = re.compile(r"[.?!][”\"]?$")
_COMMON = {
    "with",
    "that",
    "this",
    "have",
    "been",
    "your",
    "from",
    "least",
    "more",
    "than",
    "when",
    "were",
    "which",
    "record",
    "records",
    "show",
    "shows",
    "month",
    "year",
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """`items` in order, with the sentence before them; `unmet` are those that the letter says or implies are not met.

    `aside` are the sentences that find nothing: items, and what is said of those that are met. `marked` are the unmet
    items with what is said of each, where a mark or verdict stands beside the items themselves.
    """

    lead: Sentence
    items: tuple[Sentence, ...]
    unmet: tuple[Sentence, ...]
    told: bool
    aside: tuple[Sentence, ...] = ()
    marked: tuple[tuple[Sentence, ...], ...] = ()

    @property
    def of_choice(self) -> bool:
        """Whether one of the items would do: that none is met is one ground, and not one for each."""
        return _CHOICE.search(self.lead.text) is not None or is_joined(self.items)


_CHOICE = re.compile(r"\b(?:one|any|either)\b(?: or more)?[^:.;]{0,40}:\W*$", re.I)


def _word(name: str) -> re.Pattern[str]:
    return re.compile(table("reasons")[name], re.I)


def criteria_lists(letter: Letter) -> tuple[Criteria, ...]:
    """Every list of criteria before the part on rights."""
    return tuple(_lists(letter))


def _lists(letter: Letter) -> Iterator[Criteria]:
    spoken = [s for s in letter.sentences if s.section not in ("rights", "notices", TABLE)]
    weighed = _weighed(spoken)
    order = 0
    while order < len(spoken):
        lead, order = spoken[order], order + 1
        unended = breaks_off(lead.text) and spoken[order : order + 1] and spoken[order].bullet
        opens = (lead.text.endswith(":") or unended) and _opens(f"{lead.text.rstrip(':')}:")
        opens = opens or _are_marked(spoken[order : order + 2])
        if not opens and not (lead.block not in weighed and _in_run(spoken, order, weighed)):
            continue
        if opens and order < len(spoken) and spoken[order].text.endswith(":") and not spoken[order].bullet:
            continue  # the rule's own words begin with those that lead to the list
        items, more, order = _items(letter, spoken, order, weighed)
        if items:
            marks = [_verdict(letter, item, more.get(item, ())) for item in items]
            yield _judged(lead, items, more, spoken[order : order + _REACH], marks)
    yield from _run_on(spoken)
    yield from _in_clauses(spoken)


def _are_marked(items: Sequence[Sentence]) -> bool:
    """Whether two items right below a sentence each say of themselves in brackets whether they are met."""
    return len(items) == 2 and all(one.bullet and INLINE.search(one.text) for one in items)


def _opens(lead: str) -> bool:
    """Whether words with a colon lead to what a policy asks for."""
    told = aside_words().has("policy_word", lead) and not _word("negative").search(lead)
    return bool(_word("criteria_lead").search(lead)) or (told and lead.count(" ") > 1)


def _items(
    letter: Letter, spoken: Sequence[Sentence], order: int, weighed: Set[int]
) -> tuple[list[Sentence], dict[Sentence, list[Sentence]], int]:
    """The items that begin at a place, each with the sentences that follow it in its paragraph, and the place after them."""
    items: list[Sentence] = _paragraphs(spoken, order)
    if items:
        return items, {}, order + len(items)
    more: dict[Sentence, list[Sentence]] = {}
    bulleted = order < len(spoken) and spoken[order].bullet
    scanned = order > 0 and letter.pages[spoken[order - 1].page].read == "ocr"
    while order < len(spoken):
        one = spoken[order]
        goes_on = bool(items) and one.block == items[-1].block and (one.bullet or one.block in weighed)
        lost = scanned and bool(items) and _lost(one)
        plain = not bulleted and (not _ENDS.search(one.text) or _is_phrase(spoken, order))
        if not (goes_on or one.bullet or one.block in weighed or lost or plain):
            break
        bulleted = bulleted or (one.bullet and not items)
        if items and one.block == items[-1].block:
            more.setdefault(items[-1], []).append(one)
        else:
            items.append(one)
        order += 1
    return items, more, order


#: Words that count what follows them: "when one of two further conditions is found:".
_COUNTED = re.compile(
    r"\b(?P<count>two|three|four)\b(?: \w+){0,2} (?:conditions|criteria|requirements|things|tests|rules|circumstances|cases|items|points|parts)\b[^:.]{0,40}:$",
    re.I,
)


def _paragraphs(spoken: Sequence[Sentence], order: int) -> list[Sentence]:
    """As many paragraphs of one sentence, without bullets, as the words before them count; none where there are fewer or more."""
    counted = _COUNTED.search(spoken[order - 1].text) if order else None
    count = _COUNTS[counted["count"].lower()] if counted else 0
    found = list(spoken[order : order + count])
    blocks = [one.block for one in (*spoken[order - 1 : order], *found, *spoken[order + count : order + count + 1])]
    alone = len(set(blocks)) == len(blocks) and len(found) == count
    return found if alone and not any(one.bullet or one.text.endswith((":", "?")) for one in found) else []


def _weighed(spoken: Sequence[Sentence]) -> set[int]:
    """Paragraphs of which the second sentence says of the first whether it is met."""
    return {
        one.block
        for before, one, after in zip([None, *spoken], spoken, spoken[1:], strict=False)
        if (before is None or before.block != one.block)
        and ((after.block == one.block and _OWN.match(after.text)) or _TAIL.search(one.text))
    }


def _in_run(spoken: Sequence[Sentence], order: int, weighed: Set[int]) -> bool:
    """Whether two such paragraphs or more begin at a place."""
    blocks = list(dict.fromkeys(one.block for one in spoken[order : order + _REACH]))
    return len(blocks) > 1 and blocks[0] in weighed and blocks[1] in weighed


def _is_phrase(spoken: Sequence[Sentence], order: int) -> bool:
    """Whether a sentence is a paragraph by itself, of a few words without a verb: an item whose bullet is not printed."""
    one = spoken[order]
    around = (*spoken[max(0, order - 1) : order], *spoken[order + 1 : order + 2])
    alone = all(other.block != one.block for other in around)
    return alone and len(one.text.split()) <= 25 and not one.text.endswith((":", "?")) and not VERB.search(one.text)


def _lost(sentence: Sentence) -> bool:
    """Whether a line after an item may be one whose bullet the scan lost: short, without an end."""
    return not _ENDS.search(sentence.text) and len(sentence.text.split()) <= 25 and not sentence.text.endswith(":")


#: What calls a named item met, whatever else the sentence denies ("no infection, so (iii) is satisfied").
_SETTLED = re.compile(r"\b(?:is|are|was|were) (?:met|satisfied|established)\b", re.I)
#: Marks before an item that say whether it was found.
_MARKS = {"✓": True, "✔": True, "✗": False, "✘": False}
_STATES = (
    r"(?:met|satisfied|shown|found|documented|established|confirmed|present|received|sent|provided|supplied|verified)"
)
_MEET = r"meets? (?:this|that|it|the (?:first|second|third|fourth|last) (?:one|part|point))"
_SAYS = rf"(?:(?P<no>not (?:\w+ )?{_STATES}|unmet|missing|absent|lacking|failed|none|no|(?:you|she|he) (?:do|does|did) not {_MEET})|{_STATES}|yes|(?:you|she|he) {_MEET})"
#: A sentence that says of the one before it whether it is met, and an item's own end that says it of the item.
_OWN = re.compile(
    rf"\W*(?:(?:this|that|it)(?: \w+)? (?:is|was) )?{_SAYS}(?=\s*(?:[.,:;–—-]|$)| (?:by|in|on|from|with|at)\b)", re.I
)
_TAIL = re.compile(rf"(?:[–—:|]|\s-|\.{{3,}}) ?(?:(?:seen|found|met|shown)\W{{1,2}})?{_SAYS}(?=\W*$|\s*[,;(])", re.I)


def _verdict(letter: Letter, item: Sentence, more: Sequence[Sentence]) -> bool | None:
    """Whether an item is met, by the mark before it, its own words or those right after it; None where none says."""
    mark = _MARKS.get(letter.texts[item.page][: item.start].rstrip()[-1:])
    if mark is not None:
        return mark
    inline = INLINE.search(item.text)
    if inline:
        return not (inline["no"] or inline["also"])
    said = _TAIL.search(item.text) or next(filter(None, (_OWN.match(one.text) for one in more)), None)
    return None if said is None else not said["no"]


#: "(a) ..., (b) ... and (c) ..." within one sentence.
_PART = re.compile(r"(?<!\w)\((?P<mark>[a-j]|[ivx]{1,4}|\d)\) ")


def _run_on(spoken: Sequence[Sentence]) -> Iterator[Criteria]:
    """Lists that stand within a sentence of what a policy asks for."""
    for order, sentence in enumerate(spoken):
        text, after = _whole(spoken, order)
        marks = list(_PART.finditer(text))
        if len(marks) < 2 or (order and _PART.search(spoken[order - 1].text)):
            continue
        before = f"{spoken[order - 1].text if order else ''} {text[: marks[0].start()]}"
        if not re.search(
            r"\b(?:requires?|asks? for|calls? for|must|needs?|when|if|unless|covers?|sets? out|says|reads|states)\b",
            before,
            re.I,
        ):
            continue
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        parts = [
            re.sub(r"[,;.]?\s*(?:and|or)?\s*[”\"]?$", "", text[mark.end() : end])
            for mark, end in zip(marks, ends, strict=True)
        ]
        # A list that begins with (b) keeps its letters: what comes before it is not quoted.
        ahead = min(_order_of(marks[0]["mark"]) - 1, 9)
        items = [replace(sentence, text=part) for part in (*[""] * ahead, *parts)]
        judged = _judged(sentence, items, {}, spoken[after : after + _REACH], [None] * len(items))
        if judged.told:
            yield replace(
                judged,
                items=tuple(one for one in judged.items if one.text),
                unmet=tuple(one for one in judged.unmet if one.text),
            )


def _in_clauses(spoken: Sequence[Sentence]) -> Iterator[Criteria]:
    """Lists whose items semicolons part: "... when any one of these is present: a fever; oxygen; a drip."."""
    for order, sentence in enumerate(spoken):
        lead, colon, first = sentence.text.partition(": ")
        if not (colon and first.endswith(";") and _word("criteria_lead").search(f"{lead}:")):
            continue
        items, after = [replace(sentence, text=first.rstrip(";"))], order + 1
        while after < len(spoken) and spoken[after - 1].text.endswith(";") and spoken[after].block == sentence.block:
            one = spoken[after]
            items.append(replace(one, text=re.sub(r"^(?:and|or) |[;.]$", "", one.text)))
            after += 1
        judged = _judged(
            replace(sentence, text=f"{lead}:"), items, {}, spoken[after : after + _REACH], [None] * len(items)
        )
        if judged.told:
            yield judged


def _whole(spoken: Sequence[Sentence], order: int) -> tuple[str, int]:
    """A sentence with those that a semicolon joins to it, and the order of the one after them."""
    text, after = spoken[order].text, order + 1
    while after < len(spoken) and spoken[after - 1].text.endswith(";") and spoken[after].block == spoken[order].block:
        text, after = f"{text} {spoken[after].text}", after + 1
    return text, after


def _order_of(mark: str) -> int:
    """Which item of a list a mark stands for: 2 of "b", "ii" and "2"."""
    return int(mark) if mark.isdigit() else _ORDINALS.get(mark) or ord(mark[0]) - ord("a") + 1


def _judged(
    lead: Sentence,
    items: Sequence[Sentence],
    more: Mapping[Sentence, Sequence[Sentence]],
    after: Sequence[Sentence],
    marks: Sequence[bool | None],
) -> Criteria:
    failed = {number for number, mark in enumerate(marks, start=1) if mark is False}
    fine = {number for number, mark in enumerate(marks, start=1) if mark}
    for number, item in enumerate(items, start=1):
        if number not in failed and any(re.match(r"\W*(?:satisfied|met)\b", s.text, re.I) for s in more.get(item, ())):
            fine.add(number)
    before = lead.text
    for text in (clause for sentence in after for clause in _clauses(sentence.text, len(items))):
        good, bad = bool(_word("item_met").search(text)), bool(_word("item_unmet").search(text))
        named = _named(text, len(items))
        settled = named and _SETTLED.search(text) and not bad
        if named and _ALL_BUT.search(text):
            failed, fine = failed | named, fine | (set(range(1, len(items) + 1)) - named)
            continue
        if (bad and not failed) and _WHOLE.search(text):
            failed |= named or set(range(1, len(items) + 1))
        elif bad or (named and not (good or settled) and _word("negative").search(text)):
            failed |= named
        elif good or settled:
            about = f"{before} {text}" if re.match(r"(?:that|these|those|this)\b", text, re.I) else text
            fine |= named or (set() if _names_one(text) else _shared(items, about))
        before = text
    unmet = failed - (fine - failed) if failed else set(range(1, len(items) + 1)) - fine
    met = [item for number, item in enumerate(items, start=1) if number not in unmet]
    told = bool(failed or fine)
    return Criteria(
        lead,
        tuple(items),
        tuple(items[number - 1] for number in sorted(unmet) if number <= len(items)),
        told,
        (*items, *(one for item in met for one in more.get(item, ()))) if told else (),
        tuple((item, *more.get(item, ())) for item in items if item not in met)
        if sum(mark is not None for mark in marks) > 1
        else (),
    )


def _clauses(text: str, count: int) -> list[str]:
    """A sentence, cut where it goes on to another item that it names."""
    parts = re.split(r"; |,? (?:and|but|while) (?=[^,;]*\b(?:is|are|was|were)\b)", text)
    told = [part for part in parts if _named(part, count) and re.search(r"\b(?:is|are|was|were)\b", part, re.I)]
    return parts if len(told) > 1 and len(told) == sum(bool(_named(part, count)) for part in parts) else [text]


#: All of the items but those named.
_ALL_BUT = re.compile(
    r"\b(?:everything|all|each|every|the others?)\b[^.;]{0,40} (?:except(?: for)?|but|other than|save|apart from) (?=\W*(?:items?|points?|paragraphs?|criteri\w+|requirements?|conditions?|\())",
    re.I,
)
#: Words that speak of all of a list's items at once.
_WHOLE = re.compile(
    r"^(?:but |and )?(?:neither|none|no one)\b(?! (?:of )?(?:\w+ )?(?:doctor|reviewer))|\bthat (?:neither|none)\b(?! (?:of )?(?:\w+ )?(?:doctor|reviewer))|\b(?:any|none|neither) of (?:the|these|those)\b|\bha(?:d|s|ve) (?:neither|none)\b|\bneither (?:was|is|were)\b|\b(?:find|found|see|show) either (?:one|of)\b",
    re.I,
)
#: What an item says of itself in brackets.
INLINE = re.compile(r"\((?P<no>not )?(?:met|satisfied|shown)\b|\((?P<also>unmet)\b", re.I)


def _named(text: str, count: int) -> set[int]:
    """Numbers of the items that a sentence speaks of."""
    found: set[int] = set()
    for match in _END.finditer(text):
        size = _COUNTS[match["count"].lower()]
        found |= set(range(1, size + 1) if match["which"].lower() == "first" else range(count - size + 1, count + 1))
    if found:
        return found
    for match in _NUMBERS.finditer(text):
        found |= {int(number) for number in re.findall(r"\d", match["many"])}
    for match in _LETTERS.finditer(text):
        found |= {_order_of(letter.lower()) for letter in re.findall(r"\b[A-J]\b", match["many"])}
    for match in _NTH.finditer(text):
        term = (match["nth"] or match["mark"]).lower()
        found.add(_order_of(term))
    return {number for number in found if 1 <= number <= count}


def named_items(text: str, count: int) -> set[int]:
    """Numbers of the items of a list of so many that a text names: "the second point", "(b)"."""
    return _named(text, count)


def _names_one(text: str) -> bool:
    """Whether a text speaks of an item by its number or place."""
    return any(pattern.search(text) for pattern in (_END, _NUMBERS, _LETTERS, _NTH))


def _shared(items: Sequence[Sentence], text: str) -> set[int]:
    """The items that share telling words with a text."""
    said = stems(text)
    return {number for number, item in enumerate(items, start=1) if said & stems(item.text)}


def stems(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"[a-z][a-z0-9-]{3,}", text.lower()) if word not in _COMMON}
