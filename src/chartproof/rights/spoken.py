"""The sentences of a letter's own that speak, wherever they stand, and what they find against the request.

A sentence speaks if it is none of those that grant, offer, quote, weigh or tell rights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import groupby, zip_longest

from chartproof.rights.blocks import TABLE
from chartproof.rights.conditions import conditions
from chartproof.rights.decided import is_boxes, refuses
from chartproof.rights.findings import TREATMENTS, Finding, adds, read, tells_rights, told_in
from chartproof.rights.grammar import aside_words, finding_words
from chartproof.rights.grounds import is_charges, is_satisfied, word
from chartproof.rights.lines import Sentence
from chartproof.rights.lists import criteria_lists, stems
from chartproof.rights.parts import HELP
from chartproof.rights.text import Letter

#: Sections that tell what was asked and what may be done.
_ELSEWHERE = ("rights", HELP, "asked", "reviewer", "policy")


def findings(letter: Letter, *, apart: Set[Sentence] = frozenset()) -> tuple[Finding, ...]:
    """Every finding against the request, in the letter's order, the first of each kind; a weak one only alone.

    Sentences `apart` are read elsewhere.
    """
    within, ruled = _quoted(letter)
    every = [s for s in _before_rights(letter) if (s.page, s.start) not in ruled]
    own = [s for s in every if (s.page, s.start) not in within]
    # What a person is quoted with, over several sentences, explains the letter's own grounds; without those it tells them.
    found, whole = _found(letter, own, apart), _found(letter, every, apart)
    if len(own) == len(every) or all(one.kind == "not_medically_necessary" for one in found):
        return whole
    kinds = {one.kind for one in found} | {"not_medically_necessary"}
    return tuple(one for one in whole if one.kind in kinds)


def _quoted(letter: Letter) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """The places of sentences within a quotation that an earlier sentence opens; those of them that quote a rule."""
    found: set[tuple[int, int]] = set()
    ruled: set[tuple[int, int]] = set()
    block, opened, cites, listed, before = -1, False, False, False, ""
    for sentence in letter.sentences:
        # A quotation of a rule that goes on to a list runs over paragraphs.
        opened = opened and (sentence.block == block or listed)
        block = sentence.block
        if opened:
            found.add((sentence.page, sentence.start))
            ruled |= {(sentence.page, sentence.start)} if cites else set()
        was, text = opened, sentence.text
        if text.count('"') % 2:
            opened = not opened
        opened = (opened or text.rfind("“") >= 0) and text.rfind("”") <= text.rfind("“")
        if opened and not was:
            lead = re.split(r"[“\"]", text)[0]
            cites = word("cites").search(f"{'' if lead.strip() else before} {lead}".strip(" :")) is not None
        listed = opened and (listed or text.endswith(":"))
        cites = cites or (opened and leads_to_criteria(text) and text.endswith(":"))
        before = text
    return found, ruled


def _found(letter: Letter, told: Sequence[Sentence], apart: Set[Sentence]) -> tuple[Finding, ...]:
    """Every finding of the sentences that were told, one of each kind."""
    every = read(letter, (s for s in told if s.section not in _ELSEWHERE), apart=apart)
    if not apart and all(
        finding.weak for finding in every
    ):  # better a reason found outside of its section than a reason lost
        every = read(letter, told, apart=apart)
    strong = [finding for finding in every if not finding.weak]
    # Where a letter has a part for its reasons, they are told there; what it concludes may stand anywhere.
    if any(finding.sentence.section == "reasons" for finding in strong):
        strong = [
            finding
            for finding in strong
            if finding.sentence.section == "reasons" or finding.kind == "not_medically_necessary"
        ]
    if all(finding.kind == "not_medically_necessary" for finding in strong):
        strong = [*(finding for finding in every if finding.weak)][:1] + strong
    first = {finding.kind: finding for finding in reversed(strong)}
    return tuple(one for one in strong if one is first[one.kind] or is_one_more(letter, one, first[one.kind]))


def is_one_more(letter: Letter, finding: Finding, first: Finding) -> bool:
    """Whether a treatment or a paper that is lacking is told as one more than the first ("She also found that no ... was given")."""
    if finding.sentence == first.sentence:
        return False
    if finding.kind == "documentation":
        other = _papers(finding) - _papers(first)
        also = bool(other) and _ONE_MORE.search(finding.sentence.text) is not None
        return also or _of_other_item(letter, finding, first)
    return finding.kind in TREATMENTS and adds(finding)


def _of_other_item(letter: Letter, finding: Finding, first: Finding) -> bool:
    """Whether two findings speak of two criteria of a list that are both not met, each of its own."""
    for one in criteria_lists(letter):
        if one.told and not one.of_choice:
            items = [stems(item.text) for item in one.unmet]
            named = [{at for at, words in enumerate(items) if words & stems(each.clause)} for each in (first, finding)]
            if all(named) and not named[0] & named[1]:
                return True
    return False


#: What tells of one more paper that is lacking.
_ONE_MORE = re.compile(r"\b(?:also|either|in addition|furthermore|moreover)\b", re.I)


def _papers(finding: Finding) -> set[str]:
    """The papers that a finding names."""
    return {found.group().lower() for found in finding_words().pattern("paper").finditer(finding.clause)}


#: So many sentences on rights end what a letter has to say of its reasons, but under a heading of reasons.
_RIGHTS_TOLD = 3
#: A field that is left for the reader to fill.
_BLANK = re.compile(r"_{4}")


def _before_rights(letter: Letter) -> Iterator[Sentence]:
    """The sentences that speak, without forms, tear-off slips and notes after the part on rights."""
    decided = next((at for at, s in enumerate(letter.sentences) if refuses(s.text)), 0)
    rights = [(s.page, s.start) for s in letter.sentences[decided:] if s.section == "rights"]
    end = rights[_RIGHTS_TOLD - 1] if len(rights) >= _RIGHTS_TOLD else None
    for sentence in spoken(letter):
        after = end is not None and (sentence.page, sentence.start) > end
        if after and _BLANK.search(sentence.text):
            return
        if not after or sentence.section == "reasons":
            yield sentence


#: A letter's last words, and a label whose value tells why.
_CLOSE = re.compile(
    r"(?:(?:very )?(?:sincerely|truly)|yours (?:very )?(?:truly|sincerely|faithfully|respectfully|in \w+)|respectfully|cordially|fraternally|best|with (?:kind|warm|best)|take care|(?:kind )?regards)\b",
    re.I,
)
_TELLS_WHY = re.compile(
    r"\b(?:why|reasons?|grounds?|because|rationale|basis|findings?|determination|decision|outcome|result|explanation|analysis|notes?|comments?|left|apply|this)\b",
    re.I,
)


#: A payer's own code, which what it stands for follows.
_REMARK = re.compile(r"[A-Z]{1,3}-?\d{1,4}:$")


def spoken(letter: Letter) -> Iterator[Sentence]:
    """The sentences of the letter's own text: no field of its head, no requirement called met, nothing after its close.

    What follows a right or an address in its own paragraph speaks of those.
    """
    block, aside, listed, neutral, within = -1, False, False, False, False
    weighed = {(one.page, one.start) for every in criteria_lists(letter) for one in every.aside} | _met_so_far(letter)
    weighed |= {(one.page, one.start) for one in conditions(letter.sentences)}
    at = 0
    for sentence, after in zip_longest(letter.sentences, letter.sentences[1:]):
        words = len(sentence.text.split())
        at = at + 1 if sentence.block == block else 0
        if at == 0:
            block, aside, listed = sentence.block, False, listed and sentence.bullet
            field = (
                sentence.text.endswith(":")
                and words <= 4
                and not (_TELLS_WHY.search(sentence.text) or _REMARK.match(sentence.text))
            )
            neutral = bool(sentence.text.endswith(":") and _leads_nowhere(sentence.text))
        neutral = neutral or _UNDISPUTED.search(sentence.text) is not None
        if _CLOSE.match(sentence.text) and words < 14:
            return
        aside = tells_rights(sentence.text) or (aside and not _tells(sentence))
        met = after is not None and is_satisfied(after)
        elsewhere = (letter.cited(sentence) and not _tells(sentence)) or bool(word("past").search(sentence.text))
        elsewhere = elsewhere or bool(_HISTORY.match(sentence.runin))
        elsewhere = elsewhere or is_charges(sentence) or _is_grid(sentence.text)
        elsewhere = elsewhere or (sentence.page, sentence.start) in weighed
        value = at == 1 and not finding_words().has("decides", sentence.text)
        apart = (
            (field and (at == 0 or value))
            or (listed and at == 0)
            or sentence.section in ("notices", TABLE)
            or elsewhere
            or is_boxes(sentence.text)
            or _holds_row(letter, sentence)
        )
        apart = apart or (within and at > 0)
        # "... if any of these is present: a fever; oxygen." goes on to its full stop.
        ended = sentence.text.endswith((".”", '."'))
        within = (not ended and leads_to_criteria(opens_run(sentence.text))) or (within and sentence.text.endswith(";"))
        listed = leads_to_criteria(sentence.text) or listed
        if not (aside or met or apart or neutral or sentence.text.endswith("?")):
            yield sentence


def _holds_row(letter: Letter, sentence: Sentence) -> bool:
    """Whether a row of a table, with its result, stands within what was cut as one sentence."""
    rows = (line for line in letter.body if (line.page, line.start) in letter.rows and line.page == sentence.page)
    return any(sentence.start < line.start and line.end < sentence.end for line in rows)


#: So many numbers among words that never end are the cells of a table ("Now 84 Asked for 84 Approved from April 9 56").
_CELLS = 3


def _is_grid(text: str) -> bool:
    """Whether a text is a table of counts, run together: many numbers, no end and no verb that says something."""
    numbers = re.findall(r"\b\d+(?:\.\d+)?\b", text)
    ended = text.rstrip('”"').endswith((".", ":", ";", "?", ","))
    return not ended and len(numbers) >= _CELLS and len(numbers) * 6 >= len(text.split()) and not _SAYS.search(text)


_SAYS = re.compile(r"\b(?:is|are|was|were|has|have|had|does|do|did|cannot|shows?|because)\b", re.I)


#: What says of all that its paragraph has told so far that it is in order.
_MET_SO_FAR = re.compile(
    r"\W*(?:all (?:of )?)?(?:those|these|that|this)\b[^.;:]{0,40} (?:is|are|was|were) (?:all |therefore )?(?:met|satisfied|in order)\b[^.;:]{0,12}\.$",
    re.I,
)


def _met_so_far(letter: Letter) -> set[tuple[int, int]]:
    """The places of sentences that the end of their paragraph, or words further on in it, call met."""
    found: set[tuple[int, int]] = set()
    for _block, group in groupby(letter.sentences, key=lambda s: s.block):
        block = list(group)
        last = max((at for at, s in enumerate(block) if _MET_SO_FAR.match(s.text)), default=0)
        found |= {(s.page, s.start) for s in block[: last + 1] if last}
    return found


#: The title of a paragraph on what was asked, argued or decided before.
_HISTORY = re.compile(
    r"what (?:you|your \w+) (?:appealed|asked|said|sent|wrote|told us)|(?:background|history)\b"
    r"|(?:the |our )?(?:first|earlier|original|initial) (?:decision|denial|letter)",
    re.I,
)


#: What follows such words in their paragraph is in order.
_UNDISPUTED = re.compile(
    r"\bwhat (?:is|was|are|were) (?:not (?:in (?:dispute|question|doubt)|disputed|at issue)|undisputed|agreed|settled)\b",
    re.I,
)


def _leads_nowhere(text: str) -> bool:
    """Whether words with a colon announce what was read or what is in order, and nothing against the request."""
    return re.fullmatch(aside_words().source("neutral_lead"), text.rstrip(": "), re.I) is not None


def _tells(sentence: Sentence) -> bool:
    """Whether a sentence finds something in so many words, whatever stands before it; a bidding does not."""
    return not _BIDS.match(sentence.text) and any(not one.weak for one in told_in(sentence))


_BIDS = re.compile(
    r"(?:please|send|ask|call|write|mail|fax|include|attach|enclose|tell|upload|bring|file|do|if|you (?:may|can|should|must))\b",
    re.I,
)


def opens_run(text: str) -> str:
    """The words with a colon that lead to a list, where its first item stands in the same sentence; else the sentence."""
    lead, colon, _item = text.partition(": ")
    return f"{lead}:" if colon and text.endswith(";") else text


def leads_to_criteria(text: str) -> bool:
    """Whether words with a colon open a list of what a policy asks for, and not of what is lacking."""
    return (
        not text.endswith((".", "?", ";"))
        and (finding_words().has("rule", text) or bool(word("criteria_lead").search(text)))
        and not finding_words().has("neg", text)
    )
