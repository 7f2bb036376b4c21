"""Criteria that a letter's prose tells: a policy's words in quotation marks, and what it demands of what was found lacking."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from chartproof.rights.findings import TREATMENTS, subject_of
from chartproof.rights.grammar import grammar
from chartproof.rights.lines import Sentence
from chartproof.rights.spoken import findings
from chartproof.rights.text import Letter

_QUOTED = re.compile(r"[“\"](?P<words>[^“”\"]*?)[.,;]?[”\"]")
#: What leads on from the words before it to a quotation of the same rule; how many characters before one tell of a rule.
_GOES_ON = re.compile(
    r"\W*(?:and|or)?(?:\s+(?:at|\d{1,2}))?\W*|\W*(?:it|one of (?:them|these|those)|(?:the|its) (?:first|second|third|fourth|other|last)(?: one)?) (?:also )?(?:is|reads|says|states)\W*",
    re.I,
)
_NEAR = 240
#: A sentence that speaks on of the rule before it.
_SAME = re.compile(r"(?:it|this|that|they)\b", re.I)
#: A contract that allows care on a condition sets a criterion; one that excludes it does not.
_CONDITION = re.compile(r"\b(?:if|when|unless|after|where)\W*$", re.I)
#: Where a list of what a policy asks for goes on.
_PART = re.compile(r"(?:,|;|:)\s+(?:and |or )?|\s+and (?=no\b|at\b)")


def _has(name: str, text: str) -> bool:
    return grammar("findings", "asides").has(name, text)


def quoted_criteria(letter: Letter) -> Iterator[Sentence]:
    """Quotations beside a policy's name or number that no words around them call met or somebody's own.

    A quotation after "and", or after a sentence that tells of a policy, belongs to the words before it.
    """
    told = ""
    for sentence, after in zip_longest(letter.sentences, letter.sentences[1:]):
        if sentence.section == "notices" or _has("contact", sentence.text):
            continue
        last = 0
        for quote in _QUOTED.finditer(sentence.text):
            between = sentence.text[last : quote.start()]
            led = f"{told} {between}" if _GOES_ON.fullmatch(between) else between
            of_rule = _has("policy_word", led[-_NEAR:]) and not _has("person_says", led[-60:])
            met = _has("called_met", led[-40:]) or (after is not None and _has("called_met", after.text[:24]))
            excludes = _has("contract_word", led[-_NEAR:]) and not _CONDITION.search(led)
            if of_rule and not met and len(quote["words"].split()) >= 3 and not excludes:
                yield _cut(letter, sentence, quote["words"])
            told, last = led, quote.end()
        rest = sentence.text[last:]
        if len(rest.split()) >= 2:
            told = f"{told} {rest}" if _SAME.match(rest) else rest


def demanded_criteria(letter: Letter) -> Iterator[Sentence]:
    """What a sentence that tells a rule asks for of a subject that the letter finds lacking; part by part of a list."""
    found = {finding.kind for finding in findings(letter)}
    found |= {"treatment"} if found & set(TREATMENTS) else set()
    for sentence in letter.sentences:
        text = _QUOTED.sub(" ", sentence.text)
        rule = _has("policy_word", text) and _has("asks_for", text)
        if not rule or _has("rights", text) or _has("called_met", text):
            continue
        for part in _PART.split(text):
            if _has("amounts", part) and subject_of(part) in found:
                yield _cut(letter, sentence, " ".join(part.split()).rstrip("."))


def _cut(letter: Letter, sentence: Sentence, words: str) -> Sentence:
    """The sentence cut to some of its own words."""
    raw = letter.pages[sentence.page].text[sentence.start : sentence.end]
    found = re.search(r"\s+".join(re.escape(term) for term in words.split()), raw)
    if found is None:
        return sentence
    return replace(sentence, text=words, start=sentence.start + found.start(), end=sentence.start + found.end())
