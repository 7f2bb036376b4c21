"""The criteria that a letter says are not met: items of a list, rows of a table, and what a rule beside a ground asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.rights.findings import tells_rights
from chartproof.rights.grounds import grounds, in_general, is_met, word
from chartproof.rights.lines import RESULT, Line, Sentence
from chartproof.rights.lists import criteria_lists
from chartproof.rights.rules import cut
from chartproof.rights.tables import DECIDED_ITEM, requirement_rows
from chartproof.rights.text import Letter
from chartproof.rights.weighing import unmet

_ENDED = re.compile(r"[.:?!]$|^(?:Condition|Criterion|Requirement)s?\b.*\b(?:Finding|Result|Status)s?$")


def criteria_cited(letter: Letter) -> tuple[Sentence, ...]:
    """Each criterion that the letter says is not met, in order, with its own words as `text`."""
    every = [one for one, _lead in listed_unmet(letter)]
    for more in (
        *_called_unmet(letter),
        *(row.requirement for row in requirement_rows(letter) if not row.met),
        *_rows(letter),
        *_standing(letter),
        *_listed(letter),
        *_of_rule(letter),
        *_of_grounds(letter),
        *_quoted(letter),
        *unmet(letter),
    ):
        if not any(_overlap(more, one) for one in every):
            every.append(more)
    judged = {(item.page, item.start) for one in criteria_lists(letter) if one.told for item in one.unmet}
    every = [
        one
        for one in every
        if not (one.text.endswith(":") or DECIDED_ITEM.match(one.text))
        and ((one.page, one.start) in judged or not tells_rights(one.text))
    ]
    return tuple(sorted(every, key=lambda one: (one.page, one.start)))


def _overlap(one: Sentence, other: Sentence) -> bool:
    return one.page == other.page and one.start < other.end and other.start < one.end


#: Words that call what follows them not met.
_CALLS_UNMET = re.compile(
    r"\b(?:not (?:been |yet |both |all |fully )*(?:met|satisfied|shown|documented|found|established|seen)|unmet"
    r"|(?:do|did|does|could|can) ?not (?:\w+ )?(?:find|show|see|mark|confirm|document|establish|meet|satisfy))\b[^.;:]{0,80}$",
    re.I,
)
_QUOTE = re.compile(r"[“\"](?P<words>[^“”\"]{12,}?)[.,;]?[”\"]")


def _called_unmet(letter: Letter) -> Iterator[Sentence]:
    """What stands below or beside words that call it not met, whatever the text after it says of other things."""
    own = [s for s in letter.sentences if s.section in ("", "reasons", "policy")]
    for order, lead in enumerate(own):
        words, colon, told = lead.text.partition(":")
        if not (colon and _CALLS_UNMET.search(words)) or in_general(lead.text):
            continue
        if told.strip():
            yield from (cut(letter, lead, one["words"]) for one in _QUOTE.finditer(told))
        quoting = not told.strip() or told.rstrip().endswith(";")
        for one in own[order + 1 :]:
            said = _QUOTE.findall(one.text) if quoting and one.block == lead.block else []
            if said and _QUOTE.match(one.text.removeprefix("and ")):
                yield from (cut(letter, one, words) for words in said)
            elif one.bullet:
                quoting = False
                yield from () if _is_more(own, one) else (cut(letter, one, one.text.rstrip(".;")),)
            else:
                break


def _is_more(own: list[Sentence], one: Sentence) -> bool:
    """Whether a sentence goes on with the item of a list that another one begins."""
    before = own[own.index(one) - 1]
    return before.bullet and before.block == one.block


def _rows(letter: Letter) -> Iterator[Sentence]:
    """What stands before "NOT MET" in a row whose cells are not known."""
    known = [row.finding for row in requirement_rows(letter)]
    for sentence in letter.sentences:
        if any(_overlap(sentence, one) for one in known):
            continue
        result = RESULT.search(sentence.text) if letter.in_row(sentence) else None
        if result and re.match("not (?:met|satisfied|shown)|unmet", result.group("result"), re.I):
            yield cut(letter, sentence, sentence.text[: result.start("result")].strip(" |:–—-"))


def _listed(letter: Letter) -> Iterator[Sentence]:
    """Items of lists of criteria that the text around them does not call met."""
    return (cut(letter, item, item.text) for one in criteria_lists(letter) for item in one.unmet)


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


def _of_rule(letter: Letter) -> Iterator[Sentence]:
    """Listed grounds of which the letter says that they are items of its rule."""
    if any(word("items_of_rule").search(s.text) for s in letter.sentences if s.section in ("", "reasons")):
        yield from (ground.sentences[0] for ground in grounds(letter))


#: What a ground says that its rule asks for; a rule that the item puts to the member itself.
_ASKS = re.compile(
    r"\b(?:asks? for|calls? for|requires?|wants?|looks? for) (?P<what>(?!us\b|you\b|it\b)[^;]{12,})", re.I
)
_PUTS = re.compile(
    r"\b(?:you|the (?:member|patient|child)) (?:must|(?:is|are) (?:\w+ )?expected to|needs? to|ha(?:s|ve) to)\b", re.I
)


def _of_grounds(letter: Letter) -> Iterator[Sentence]:
    """What the rule asks for that a listed reason tells together with what was found instead."""
    for ground in grounds(letter):
        if not ground.strong or len(ground.sentences) < 2 or is_met(ground.sentences):
            continue
        for sentence in ground.sentences:
            asked = _ASKS.search(sentence.text)
            if asked:
                yield cut(letter, sentence, asked["what"].rstrip("."))
            elif sentence is ground.sentences[0] and _PUTS.search(sentence.text):
                yield cut(letter, sentence, sentence.text.rstrip("."))


#: A rule's own words, after what it is applied for.
_RULE_SAYS = re.compile(
    r"\b(?:only (?:when|where|if|for|in)|requires?|asks? for|when|where|if|(?:first|second|third|fourth|last) is(?: that (?:the|an?) \w+ (?:has|have|is|needs?))?)\b[^“”\"]{0,24}[“\"](?P<what>[^“”\"]{30,300}?)[.,]?[”\"]",
    re.I,
)


def _quoted(letter: Letter) -> Iterator[Sentence]:
    """Each quoted rule, where nothing calls it met: of several, what is said right after each."""
    own = [s for s in letter.sentences if s.section in ("", "reasons")]
    found = [(at, said) for at, s in enumerate(own) if (said := _RULE_SAYS.search(s.text))]
    met = any(_MET_RULE.search(s.text) for s in own)
    for at, said in found:
        after = own[at + 1].text if at + 1 < len(own) else ""
        granted = met if len(found) == 1 else _GRANTED_NEXT.match(after)
        if not granted and said["what"].count(" ") >= 6:
            yield cut(letter, own[at], said["what"])


#: What says of the words just quoted that they are met.
_GRANTED_NEXT = re.compile(
    r"(?!.*\b(?:not|no|never|nothing)\b).*\b(?:is|are|was|were|has been) (?:also |therefore )?(?:met|satisfied|established|shown|not in dispute)\b",
    re.I,
)
_MET_RULE = re.compile(
    r"\b(?:(?:requirement|criterion|condition|rule|that|this) (?:is|was) (?:met|satisfied)|(?:is|was) met)\b", re.I
)


def listed_unmet(letter: Letter) -> tuple[tuple[Sentence, str], ...]:
    """(list item, the sentence that leads to it) of each criterion in a list that the letter says is not met."""
    found: list[tuple[Sentence, str]] = []
    lead = ""
    before: Sentence | None = None
    for sentence in letter.sentences:
        # What stands in an item after its first sentence tells what was found instead.
        goes_on = before is not None and before.bullet and before.block == sentence.block
        before = sentence
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
            and not goes_on
        ):
            found.append((sentence, lead))
    own = {s.block for s in letter.sentences if s.bullet and is_met([s])}
    met = _met(letter) | {sentence for sentence, _lead in found if sentence.block in own}
    return tuple((sentence, lead) for sentence, lead in found if sentence not in met)
