"""The criteria that a letter says are not met: items of a list, rows of a table, and what a rule beside a ground asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from chartproof.rights.cited import demanded_criteria, quoted_criteria
from chartproof.rights.findings import tells_rights
from chartproof.rights.grounds import grounds, in_general, is_met, is_satisfied, word
from chartproof.rights.lines import RESULT, Line, Sentence
from chartproof.rights.lists import criteria_lists
from chartproof.rights.tables import requirement_rows
from chartproof.rights.text import Letter

_QUOTED = re.compile(r"[“\"](?P<words>[^”\"]{12,})[”\"]")
_ASKS = re.compile(
    r"\b(?:policy|guideline|criteria|rule|manual|protocol|label|brochure|it|[A-Z]+-\w+|section [\d.]+,?)\b[^.;]{0,40}?"
    r"\b(?:calls? for|asks? for|(?:asks?|requires?) that|requires?|needs?|wants?|accepts?|insists on|(?:states?|says?|provides?) that|(?<!not )allows)\b:? (?P<words>.{10,}?)\W*$",
    re.I,
)
#: A demand that the same sentence calls met.
_HAD = re.compile(
    r"\band (?:you|she|he|the (?:member|patient|child)|your (?:son|daughter|child)) (?:have|has|had|do|does|did|meets?)\b(?! not\b| none\b| no\b)|\bpresents no\b",
    re.I,
)
_CALLED_MET = re.compile(r"\b(?:is|are|was|were|been) (?:met|satisfied)\b", re.I)
_ENDED = re.compile(r"[.:?!]$|^(?:Condition|Criterion|Requirement)s?\b.*\b(?:Finding|Result|Status)s?$")
_MET = re.compile(r"\b(?:meets?|met|satisfied|fine)\b", re.I)
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|does|do|did|we|you)\b", re.I)


def criteria_cited(letter: Letter) -> tuple[Sentence, ...]:
    """Each criterion that the letter says is not met, in order, with its own words as `text`."""
    every = [one for one, _lead in listed_unmet(letter)]
    for more in (
        *(row.requirement for row in requirement_rows(letter) if not row.met),
        *_rows(letter),
        *_standing(letter),
        *_listed(letter),
        *_weighed(letter),
        *_told(letter),
        *_demanded(letter),
        *_quotations(letter),
        *_of_rule(letter),
        *quoted_criteria(letter),
        *demanded_criteria(letter),
    ):
        if not any(_overlap(more, one) for one in every):
            every.append(more)
    every = [one for one in every if not (one.text.endswith(":") or tells_rights(one.text))]
    return tuple(sorted(every, key=lambda one: (one.page, one.start)))


def _overlap(one: Sentence, other: Sentence) -> bool:
    return one.page == other.page and one.start < other.end and other.start < one.end


def _rows(letter: Letter) -> Iterator[Sentence]:
    """What stands before "NOT MET" in a row."""
    for sentence in letter.sentences:
        result = RESULT.search(sentence.text) if letter.in_row(sentence) else None
        if result and re.match("not (?:met|satisfied|shown)|unmet", result.group("result"), re.I):
            yield _part(letter, sentence, sentence.text[: result.start("result")].strip(" |"))


def _listed(letter: Letter) -> Iterator[Sentence]:
    """Items of lists of criteria that the text around them does not call met."""
    return (_part(letter, item, item.text) for one in criteria_lists(letter) for item in one.unmet)


def _met(letter: Letter) -> set[Sentence]:
    """Items of lists that the letter calls met, or leaves out where it names those that are not."""
    return {item for one in criteria_lists(letter) if one.told for item in one.items if item not in one.unmet}


def _standing(letter: Letter) -> Iterator[Sentence]:
    """Rows of a table whose result stands on a line of its own below the requirement's lines."""
    held: list[Line] = []
    for line in letter.body:
        alone = RESULT.search(re.sub(r"\s*\([^()]*\)$", "", line.text))
        if (
            alone
            and held
            and re.match("not (?:met|satisfied|shown)|unmet", alone["result"], re.I)
            and alone.start("result") == 0
        ):
            words = " ".join(one.text for one in held)
            yield Sentence(held[0].page, held[0].start, held[-1].end, words, "reasons")
        held = [] if alone or _ENDED.search(line.text) or len(held) > 3 else [*held, line]


def _demanded(letter: Letter) -> Iterator[Sentence]:
    """Sentences in which a policy demands something that the words after it do not call met."""
    spoken = [s for s in letter.sentences if s.section in ("", "reasons", "policy")]
    rights = next(
        (at for at, s in enumerate(letter.sentences) if s.section == "rights" and at > 12), len(letter.sentences)
    )
    for sentence, after in pairwise([*spoken, spoken[-1]] if spoken else []):
        late = letter.sentences.index(sentence) > rights
        if late or not word("demand").search(sentence.text) or word("not_demand").search(sentence.text):
            continue
        fine = word("item_met").search(after.text) and re.search(
            r"\b(?:that|this|these|those|it|you)\b", after.text, re.I
        )
        open_list = sentence.text.endswith(":") and not (after.bullet and len(after.text.split()) <= 4)
        aside = (
            fine
            or _CALLED_MET.search(sentence.text)
            or _HAD.search(sentence.text)
            or in_general(sentence.text)
            or open_list
        )
        if not aside and not sentence.text.endswith("?"):
            yield sentence


#: A whole sentence within quotation marks.
_QUOTATION = re.compile(r"[“\"](?P<words>[^“”\"]{12,})[”\"]\.?")


def _quotations(letter: Letter) -> Iterator[Sentence]:
    """Two or more quotations of a policy, each alone before words that tell what was found and do not call it met."""
    spoken = [s for s in letter.sentences if s.section in ("", "reasons")]
    alone = [
        (one, found["words"])
        for one, after in pairwise(spoken)
        for found in [_QUOTATION.fullmatch(one.text)]
        if found
        and not (_QUOTATION.fullmatch(after.text) or is_satisfied(after) or word("item_met").search(after.text))
    ]
    if len(alone) >= 2:
        yield from (_part(letter, sentence, words) for sentence, words in alone)


def _of_rule(letter: Letter) -> Iterator[Sentence]:
    """Listed grounds of which the letter says that they are items of its rule."""
    if any(word("items_of_rule").search(s.text) for s in letter.sentences if s.section in ("", "reasons")):
        yield from (ground.sentences[0] for ground in grounds(letter))


def _told(letter: Letter) -> Iterator[Sentence]:
    """What a rule in the paragraphs of reasons asks for; not where the next words call it met."""
    for sentence, after in pairwise(letter.sentences):
        met = is_satisfied(after) or (_MET.search(after.text) and not word("negative").search(after.text))
        if sentence.section not in ("reasons", "") or met or in_general(sentence.text):
            continue
        quoted, asked = list(_QUOTED.finditer(sentence.text)), _ASKS.search(sentence.text)
        if quoted and (asked or word("unmet_quote").search(sentence.text)):
            yield from (_part(letter, sentence, quote["words"].rstrip(".,")) for quote in quoted)
        elif (
            asked
            and not sentence.text.endswith(":")
            and not _HAD.search(sentence.text)
            and not re.match(r"(?:was|is|were|are)\b", asked["words"])
        ):
            yield _part(letter, sentence, re.split(r", (?:and|but) (?:we|the|your|you)\b", asked.group("words"))[0])
        elif sentence.section == "reasons" and word("bound").search(sentence.text):
            yield sentence


def _weighed(letter: Letter) -> Iterator[Sentence]:
    """The requirement that opens a listed ground whose next words tell what was found."""
    for ground in grounds(letter):
        first = ground.sentences[0]
        if len(ground.sentences) > 1 and word("threshold").search(first.text) and not _FINITE.search(first.text):
            yield first


def _part(letter: Letter, sentence: Sentence, words: str) -> Sentence:
    """The sentence cut to some of its own words."""
    raw = letter.pages[sentence.page].text[sentence.start : sentence.end]
    found = re.search(r"\s+".join(re.escape(term) for term in words.split()), raw)
    if found is None:
        return sentence
    start, end = sentence.start + found.start(), sentence.start + found.end()
    return replace(sentence, text=words, start=start, end=end)


def is_rule(text: str) -> bool:
    """A sentence that only says what a policy asks for, or an excerpt of it."""
    if text[:1] in '"“' and text[-1:] in '"”':
        return True
    return bool(word("requirement").search(text)) and not word("applied").search(text)


def listed_unmet(letter: Letter) -> tuple[tuple[Sentence, str], ...]:
    """(list item, the sentence that leads to it) of each criterion in a list that the letter says is not met."""
    found: list[tuple[Sentence, str]] = []
    lead = ""
    for sentence in letter.sentences:
        # OCR loses bullets: a line without an end right after an item, or after the words that lead to one, is an item too.
        opened = lead.endswith(":") and bool(word("unmet_lead").search(lead))
        lost = (
            (opened or (bool(found and lead) and found[-1][0].bullet and found[-1][0].page == sentence.page))
            and letter.pages[sentence.page].read == "ocr"
            and sentence.section in ("", "reasons")
            and not re.search(r"[.:;?!][”\"]?$", sentence.text)
        )
        if lost and not sentence.bullet and len(sentence.text.split()) <= 25:
            found.append((sentence, lead))
        elif not sentence.bullet:
            lead = sentence.text if sentence.section in ("", "reasons", "reviewer") else ""
            if lead and re.search(r"find satisfied|not satisfied is this", lead, re.I):
                after = next((s for s in letter.sentences if (s.page, s.start) > (sentence.page, sentence.start)), None)
                if after is not None and not after.bullet:
                    found.append((after, lead))
        elif (
            lead
            and (sentence.item == 0 or word("unmet_criteria").search(lead))
            and word("unmet_lead").search(lead)
            and not in_general(lead)
        ):
            found.append((sentence, lead))
    own = {s.block for s in letter.sentences if s.bullet and is_met([s])}
    met = _met(letter) | {sentence for sentence, _lead in found if sentence.block in own}
    return tuple((sentence, lead) for sentence, lead in found if sentence not in met)
