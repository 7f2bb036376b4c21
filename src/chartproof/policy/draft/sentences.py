"""A paragraph as sentences, and a sentence as the clauses that can each be true or false alone."""

from __future__ import annotations

import re

from chartproof.policy.draft.frames import granted
from chartproof.policy.draft.words import pattern, patterns

_ABBREVIATIONS = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|Dr|Mr|Mrs|Ms|No|St|approx|cf|al|Inc|Sec|Fig|etc|Jr|Sr|U\.S|Ph\.D|M\.D)\.|\b[A-Z]\.)$"
)
_END = re.compile(r"(?<=[.?!])[\"”’)\]]*\s+(?=[\"“‘(\[]?[A-Z0-9])")
#: A second clause of a sentence begins with its own subject or condition.
_CLAUSE = re.compile(
    r";\s+(?:and\s+|but\s+|or\s+)?|,\s+nor\s+(?=for\s)|,\s+but\s+(?!not\b)"
    r"|,\s+and\s+(?=(?:where|when|if)\s)"
    r"|,\s+(?:and\s+)?(?=(?:it|they|those|these|the|an?|his|her|their|its|we|no|each|every|any)\s(?:[\w’-]+\s){0,6}?"
    r"(?:has|have|is|are|was|were|must|shall|should|needs?|may|can|will|does|do|did|clears?|shows?|keeps?|holds?|lies|belongs|includes?|contains?|exceeds?|meets?|reaches|supports?|agrees?|takes?|lives?|remains?|continues?)\b)",
    re.IGNORECASE,
)
_LISTS = re.compile(
    r"\b(?:following|these|those|any|all|both|either|one|two|three) of\b[^:;]{0,60}:\s+[^;]+;|\bfollowing\b[^:;.]{0,60}:\s",
    re.IGNORECASE,
)
#: "It is renewed if ...", before ", and if".
_GRANTED_IF = re.compile(
    r"\b(?:approved|covered|authori[sz]ed|necessary|renewed|extended|continued|prolonged|granted|allowed)\b.*\b(?:if|when|where)\s",
    re.IGNORECASE,
)
#: What only lengthens the condition before it.
_GOES_ON = re.compile(
    r"(?:and|or)\s+(?:who|whose|with|without|if|when|where|that|which|in|for)\b|(?:who|whose|which|with|including)\b"
)
_FOR_WHOM = re.compile(r"(?i)(?:and\s+)?(?:for|in|with|among)\s(?:an?|the|any|each|those|all|members|patients)\b")
_RELATIVE = re.compile(r"\b(?:who|whose|that|which|in whom)\b")
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|must|shall|should|does|do)\b")


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order, nothing left out."""
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if _ABBREVIATIONS.search(text[: match.start()]):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def clauses(sentence: str) -> list[str]:
    """The clauses of a sentence that stand side by side; a clause that depends on another stays with it.

    What a colon announces ("any one of these: a scan; a biopsy; or a culture") is one list and stays whole.
    """
    if _LISTS.search(sentence):
        return [sentence]
    found: list[str] = []
    start = 0
    plain = re.sub(r"\([^()]*\)", lambda match: "·" * len(match.group()), sentence)
    for match in _CLAUSE.finditer(plain):
        before, after = plain[start : match.start()], plain[match.end() :]
        if len(before.split()) < 4 or len(after.split()) < 3 or _depends(before) or _is_refused_with(before, after):
            continue
        if match.group().startswith(";") and pattern("guards", "accepted").search(after):
            continue  # "the score is 1 or less; a score of 2 is accepted where ...": another way of the same test
        if (_GRANTED_IF.search(before) or granted(before)) and "but" not in match.group() and not granted(after):
            continue  # one more condition of the same approval
        found.append(sentence[start : match.start()].strip())
        start = match.end()
    found.append(sentence[start:].strip())
    return found


def _is_refused_with(before: str, after: str) -> bool:
    """True for "Trials of A, trials of B", before "and a second one are not covered": what is said last is said of each."""
    said = pattern("likeness", "has_verb").search(before)
    return said is None and any(words.search(after) for words in patterns("refusals", "after"))


def _depends(before: str) -> bool:
    """True for "If the member has diabetes," which waits for its main clause, and after "so long as" and "which"."""
    first, *rest = re.split(r",\s+", before)
    if (
        rest
        and re.match(r"(?i)(?:and\s+)?(?:for|if|when|where|in)\s", first)
        and all(_GOES_ON.match(part) for part in rest)
    ):
        return True  # "For a member who is on dialysis, or who is deaf,"
    if _FOR_WHOM.match(before) and pattern("likeness", "has_verb").search(_RELATIVE.split(before)[0]) is None:
        return True  # "For a member whose disease was found again after treatment,"
    last = [first, *rest][-1]
    if (
        re.match(
            r"(?i)(?:and\s+)?(?:if|when|where|although|while|unless|once|until|because|whatever|whenever|regardless|even)\b",
            last,
        )
        and len(_FINITE.findall(last)) < 2
    ):
        return True
    if re.match(r"(?i)(?:and\s+)?(?:for|in|after|before|by|to|with|breathing)\b", last) and len(last.split()) <= 8:
        return True
    return (
        re.search(
            r"(?i)\b(?:so long as|such as|including|unless|except|whether|either|at least \w+ of|any of)\b[^,]*$",
            before,
        )
        is not None
    )
