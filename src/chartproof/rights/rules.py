"""What a letter says that a policy, plan or label asks for: each thing apart, with the words that follow it.

A sentence that goes on to tell of the member is cut there: "it asks for two tests, and only one was sent".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chartproof.rights.bounds import numbers_of
from chartproof.rights.decided import grants, needs_no_permission, refuses
from chartproof.rights.findings import subject_of, tells_rights
from chartproof.rights.grammar import aside_words, finding_words
from chartproof.rights.grounds import in_general, word
from chartproof.rights.lines import Sentence
from chartproof.rights.periods import COUNT
from chartproof.rights.text import Letter


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing asked for, cut to its own words; `after` are the sentences of its paragraph that follow, up to the next rule.

    `alone`: its sentence asks for nothing else; `beside` are that sentence's other parts.
    """

    asked: Sentence
    after: tuple[Sentence, ...]
    alone: bool
    before: Sentence | None = None
    beside: tuple[Sentence, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of what is asked for, or of the title of its paragraph."""
        return subject_of(self.asked.text) or subject_of(self.asked.runin)


#: A rule that rules something out, and what tells of the member right before it in the same sentence.
BARS = re.compile(
    r"\W*(?:and )?(?:the|our|this|that|its) (?:[\w-]+ )?(?:policy|guideline|criteria|rule|plan|contract|label|standard|protocol)\b[^.;]{0,20} (?:does not (?:allow|permit|cover|accept)|excludes?|bars?|rules? out)\b[^.;]{0,80}\b(?:where|when|if|anyone|patients|members|people)\b",
    re.I,
)
_QUOTED = re.compile(r"[“\"](?P<words>[^“”\"]{12,}?)[.,;]?[”\"]\.?")
#: Where a rule goes on to the next thing that it asks for; what only says more of the same is no next thing.
_SAME = (
    r"(?!(?:within|measured|recorded|including|such|unless|with|or|drawn|for|in|on|by|as|of|to|who|which|but not|each|both|every|per"
    r"|meaning|dated|was|were|before|after|(?i:section|article|chapter|paragraph|page)"
    rf"|(?:{COUNT}) (?:days?|times|hours|sessions|weeks|visits|nights))\b|\d)"
)
_PARTS = re.compile(
    rf";\s+(?:and |or )?|,\s+(?:and )?{_SAME}|\s+and (?=(?:no|not|at|an?|is|has|have|are|was|documented|without)\b)|,\s+(?=which (?:we|you) (?:do|did|have|were) not\b)|,?(?: or| and)?\s\((?:[a-h]|[ivx]+|[1-9])\) "
)
#: Coverage on a condition, whatever the words between them.
_CONDITION = re.compile(
    r"\b(?:cover\w*|pays?|paid|approv\w+|allow\w*|lists?|supports?|gives?|authori[sz]\w+|only|accepts?)\b[^.;]{0,80}\b(?:only (?:if|when|after|where)|if|when|unless|until)\b",
    re.I,
)
_HAPPENED = re.compile(r"\b(?:was|were|has|have|had|is|are) (?:not|never)\b", re.I)
_SAYS = re.compile(
    r"\b(?:policy|guideline|criteria|rule|protocol|standard|bulletin|label|determination)\b[^.;]{0,30} (?:states?|says|reads|provides|restricts|limits|confines|does not (?:allow|permit|cover))\b",
    re.I,
)


#: What only says that there are things asked for, which other words then tell.
_ANNOUNCES = re.compile(
    r"\b(?:lists?|sets? out|names?|gives?) (?:\w+ ){0,2}(?:things|conditions|criteria|items|points|requirements) (?:that|which) (?:must|have to|need to) be (?:true|met|shown|so)\b",
    re.I,
)


def rules(letter: Letter) -> tuple[Rule, ...]:
    """Each thing that the letter says a policy asks for, with the words after it."""
    spoken = [s for s in letter.sentences if s.section in ("", "reasons", "policy") and not tells_rights(s.text)]
    found: list[Rule] = []
    for order, sentence in enumerate(spoken):
        whole = sentence.bullet or _ENDS.search(sentence.text)
        refused = refuses(sentence.text) and not BARS.search(sentence.text)
        labelled = order > 0 and _is_label(spoken[order - 1], sentence)
        if not (labelled or (whole and is_rule(sentence.text) and not (refused or _offers(sentence.text)))):
            continue
        if _ANNOUNCES.search(sentence.text):
            continue
        after = (*_facts(letter, sentence), *_after(spoken, order))
        parts = list(_parts(letter, sentence))
        before = spoken[order - 1] if order and spoken[order - 1].block == sentence.block else None
        found += [
            Rule(part, after, len(parts) == 1, before, tuple(one for one in parts if one is not part)) for part in parts
        ]
    return tuple(found)


#: What ends a sentence that is no question; titles and fields have no end.
_ENDS = re.compile(r"[.:;][”\"]?$|[”\"]$")


#: What a drug is approved for, right after words on who approves drugs: "Zolandra is approved for gout that ...".
_APPROVED_FOR = re.compile(
    r"(?:It|(?:This|The) drug|[A-Z][a-z]{3,}) is (?:only )?(?:approved|licensed|labell?ed|indicated) (?:only )?(?:for|to treat) (?!\d|you\b|him\b|her\b)[a-z]"
)


def _is_label(before: Sentence, sentence: Sentence) -> bool:
    """Whether a sentence tells the label of a drug."""
    return (
        before.block == sentence.block
        and finding_words().has("label", before.text.replace("Food and Drug Administration", "FDA"))
        and _APPROVED_FOR.match(sentence.text) is not None
    )


def _offers(text: str) -> bool:
    """Whether a sentence grants or offers something, or says no more than that care has to be needed."""
    needs = finding_words().has("need", text) and not (
        _QUOTED.search(text) or any(one.bound for one in numbers_of(text))
    )
    if needs_no_permission(text):
        return True
    return needs or aside_words().has("offered", text) or (grants(text) and not aside_words().has("policy_word", text))


def _after(spoken: Sequence[Sentence], order: int) -> Iterator[Sentence]:
    for one in spoken[order + 1 : order + 5]:
        if one.block > spoken[order].block + 1 or (one.block != spoken[order].block and one.bullet):
            return
        if is_rule(one.text) and not (_is_fact(one.text) or one.text[:1].islower()):
            return
        yield one


#: What a policy says of patients in general is its rule.
_OF_POLICY = re.compile(
    r"\W*(?:the|our|this|that) (?:[\w-]+ )?(?:policy|guideline|criteria|rule|label)\b[^.;]{0,20} (?:takes|covers|accepts|admits|supports|is for|is limited to) (?:\w+ ){0,3}(?:patients|members|people|persons|adults)\b",
    re.I,
)


#: That nobody has made a rule for this: "No national coverage determination says when ...".
_NO_RULE = re.compile(
    r"\W*(?:no|neither|there is no)\b[^.;]{0,60} (?:determination|policy|guideline|rule|coverage decision)s?\b[^.;]{0,30} (?:says?|tells?|appl(?:y|ies)|exists?|address\w*|speaks?|covers?|sets?)\b",
    re.I,
)


#: One of several things asked for, told in a sentence of its own: "Another condition is a scan of the last 60 days.".
_ONE_IS = re.compile(
    r"\W*(?:(?:one|another|a (?:second|third|further)) of (?:them|these|those|its \w+|the \w+)"
    r"|(?:one|another|a (?:second|third|further)|the (?:first|second|third|fourth|other|next|last)) (?:condition|criterion|requirement|rule|item|test))"
    r" is (?:that )?(?!not\b|met\b|satisfied\b|unmet\b|shown\b|also\b|in\b)(?=\w+ \w+ \w)",
    re.I,
)


#: What a policy just spoken of asks for besides.
_GOES_ON = re.compile(
    r"\W*(?:it|they) (?:also|further|then) (?:expects?|asks? for|calls? for|requires?|wants?|looks? for)\b", re.I
)


def is_rule(text: str) -> bool:
    """Whether a sentence tells what a policy, plan or label asks for."""
    if (
        (in_general(text) and not _OF_POLICY.match(text))
        or _NO_RULE.match(text)
        or (aside_words().has("called_met", text) and not finding_words().has("neg", text))
    ):
        return False
    return (
        finding_words().has("rule", text)
        or (bool(word("demand").search(text)) and not word("not_demand").search(text))
        or aside_words().fits("policy_word asks_for", text)
        or _SAYS.search(text) is not None
        or _GOES_ON.match(text) is not None
        or _ONE_IS.match(text) is not None
        or (aside_words().has("policy_word", text) and _QUOTED.search(text) is not None)
        or _QUOTED.fullmatch(text.partition(": ")[2] or text) is not None
        or (_CONDITION.search(text) is not None and not re.match(r"(?:if|when|unless|please)\b", text, re.I))
    )


def _is_fact(text: str) -> bool:
    """Whether words tell something of the member."""
    if _HAPPENED.search(text) and not _CONDITION.search(text):
        return True
    return not _ASKS.search(text) and (
        finding_words().fits("of_member neg", text)
        or ONLY_SOME.match(text) is not None
        or _OF_US.match(text) is not None
    )


_ASKS = re.compile(r"\b(?:must|requires?|asks? (?:for|that)|calls? for|expects?|wants|permit|allow|cover)\b", re.I)
#: What came or was had, told as less than what was asked for: "and only one result was submitted".
ONLY_SOME = re.compile(
    r"\W*(?:and |but |while )?(?:only|just|no more than)\b.{3,}\b(?:was|were|is|are|has|have|had|came)\b", re.I
)
#: What the member did or we hold, after what is asked for: "but the one we have is from 2023", "and she has attended two".
_OF_US = re.compile(
    r"\W*(?:and |but |while |whereas )?(?:(?:you|he|she) (?:has|have|had|did|do|does|is|are|was|were)\b"
    r"|(?:the (?:one|copy|report|note|log|study|test)s?|what) (?:that )?(?:we|you) (?:have|hold|sent|got|received)\b"
    r"|(?:which )?(?:we|you) (?:have|hold|got|do|did|found|received)\b"
    r"|(?:your|his|her|their) (?:[\w-]+ ){1,4}(?:is|are|was|were|has|have|had)\b"
    r"|no (?:[\w-]+ ){1,5}(?:is|are|was|were|has|have) (?:(?:been )?(?:sent|received|submitted|provided|included|found)|(?:in|on|among|with) (?:the|your|our|what))\b)",
    re.I,
)


#: What ends with the place of a rule, and tells none of it.
_CITED = re.compile(r"\b(?:section|chapter|article|paragraph) [\dIVX][\w.()-]*$", re.I)


def _facts(letter: Letter, sentence: Sentence) -> Iterator[Sentence]:
    """What the sentence itself goes on to tell of the member, after what it says is asked for."""
    if not _QUOTED.search(sentence.text):
        asked = False
        for part in _split(sentence.text):
            if asked and _is_fact(part):
                yield cut(letter, sentence, part.strip(' .”"“,'))
            asked = asked or not _is_fact(part)


#: What goes on to the last of several things of which one would do; words set in between two commas as another way to say it.
_OR_ELSE = re.compile(r"[^;.:]*, or\b", re.I)
_OR_SAID = re.compile(r", or (?:[\w-]+ ){0,5}[\w-]+$", re.I)


def _split(text: str) -> list[str]:
    """The parts of a sentence, each of which asks for one thing: "worn out, lost, or too small" is one, however told."""
    parts, start = list[str](), 0
    for turn in _PARTS.finditer(text):
        comma = turn.group().startswith(",")
        if comma and (_OR_ELSE.match(text, turn.end()) or _OR_SAID.search(text[: turn.start()])):
            continue
        parts.append(text[start : turn.start()])
        start = turn.end()
    return [*parts, text[start:]]


def _parts(letter: Letter, sentence: Sentence) -> Iterator[Sentence]:
    quoted = [
        q
        for q in _QUOTED.finditer(sentence.text)
        if not aside_words().has("person_says", sentence.text[: q.start()][-60:]) and len(q["words"].split()) >= 4
    ]
    if quoted:
        yield from (cut(letter, sentence, q["words"]) for q in quoted)
        return
    every = _split(sentence.text)
    bar = next((at for at, part in enumerate(every) if BARS.match(part)), 0)  # what stands before it was found
    for part in every[bar:]:
        if (
            len(part.split()) >= 3
            and not _CITED.search(part)
            and not _is_fact(part)
            and not aside_words().fits("granted -against", part)
        ):
            yield cut(letter, sentence, _ONE_IS.sub("", part).strip(' .”"“,'))


def cut(letter: Letter, sentence: Sentence, words: str) -> Sentence:
    """The sentence cut to some of its own words."""
    raw = letter.pages[sentence.page].text[sentence.start : sentence.end]
    found = re.search(r"\s+".join(re.escape(term) for term in words.split()), raw)
    if found is None:
        return sentence
    return replace(sentence, text=words, start=sentence.start + found.start(), end=sentence.start + found.end())
