"""Names that "or" and "and" set side by side inside a sentence, and findings that "with" and "without" add to one.

A name of a way to know something ("by culture or biopsy"), of a person ("a nurse or midwife") or of what only describes
("progressive or relapsing weakness") makes no test of its own.
"""

from __future__ import annotations

import re

from chartproof.policy.draft.coordination import blanked
from chartproof.policy.draft.naming import Found
from chartproof.policy.draft.words import pattern

#: "A or B", "A and B", with the comma that may stand before the word.
_JOINT = re.compile(r",?\s+(?P<word>or|and)\s+(?=[\w(])", re.IGNORECASE)
#: A name has so many words at the most.
_LONG = 6


def names(text: str, *, refuses: bool) -> Found:
    """ "Stroke or seizure in the past year": each name; None where the names are not tested apart."""
    plain = blanked(text)
    expecting = pattern("nouns", "expecting").search(plain) if refuses else None
    if expecting is not None and not plain[: expecting.start()].count(","):
        return "any", [text[: expecting.end("one")], text[expecting.start("other") :]]
    for joint in _JOINT.finditer(plain):
        before, after = plain[: joint.start()], plain[joint.end() :]
        if pattern("nouns", "no_joint").match(plain[joint.start() :].lstrip(", ")) or not after:
            continue
        before = re.sub(r"·+$", lambda bracket: " " * len(bracket.group()), before)  # "A swallow study (SS) or ..."
        opens = max((match.end() for match in pattern("nouns", "opens").finditer(before)), default=0)
        if pattern("nouns", "ways").search(before[:opens]) or pattern("nouns", "paired").search(before):
            continue
        listed = re.split(r",\s+", before[opens:])
        if not _are_names(listed, after):
            continue
        word = joint["word"].lower()
        if word == "and" and not refuses and not _each_asked(before[:opens], listed, after):
            continue
        cuts, at = [], opens
        for piece in listed:
            at += len(piece)
            cuts.append(at)
            at += 2
        starts = [0, *(cut + 2 for cut in cuts[:-1]), joint.end()]
        stops = [*cuts, len(text)]
        pieces = [text[a:b].strip(" ,") for a, b in zip(starts, stops, strict=True)]
        return ("any" if word == "or" or refuses else "all"), pieces
    return None


def _are_names(listed: list[str], after: str) -> bool:
    """True where each piece before the joint, and what follows it, is a name that can stand alone."""
    second = pattern("nouns", "ends").split(after, maxsplit=1)[0].strip(" ,.;")
    pieces = [*listed, second]
    if any(not piece.strip() or len(piece.split()) > _LONG for piece in pieces):
        return False
    if any(pattern("nouns", "persons").search(piece) for piece in (listed[-1], second)):
        return False
    if pattern("nouns", "course").match(second):
        return False  # "depression, single episode or recurrent": a course of what is named before it
    if any(re.fullmatch(r"[\d.,/·%-]+|[A-Z0-9]", piece.split()[-1]) for piece in listed) or re.match(r"\d", second):
        return False
    if pattern("nouns", "describes").search(listed[-1]) or pattern("nouns", "done").match(second):
        return False
    if any(all(pattern("nouns", same).search(piece) for piece in pieces) for same in ("drugs", "methods")):
        return False
    if re.match(r"(?i)no\s", listed[0]):
        return False  # "no A or B": neither may be so
    rest = after[len(second) :]
    done_to = pattern("nouns", "acts").search(listed[0]) and pattern("nouns", "acts").search(second)
    if done_to and re.match(r"\s+of\s", rest) and not re.search(r"\sof\s", listed[0]):
        return False  # "deletion or duplication of the gene": both are of the gene
    bare = len(listed) == 1 and len(listed[0].split()) == 1 and pattern("nouns", "shared_bare").match(rest) is not None
    return not bare and pattern("nouns", "shared").match(rest) is None


def _each_asked(lead: str, listed: list[str], after: str) -> bool:
    """True where "and" asks for two findings: they begin the sentence, or each has an article of its own."""
    article = re.compile(r"(?:an?|no|the)\s", re.IGNORECASE)
    if lead.strip():
        return bool(article.match(listed[-1]) or article.search(lead[-4:])) and article.match(after) is not None
    return len(listed[-1].split()) > 1 or len(listed) > 1


def beside(text: str) -> Found:
    """ "Weakness without sensory loss", "a consultation with no finding of it": the finding, and what must be absent."""
    plain = blanked(text)
    match = pattern("nouns", "beside").search(plain)
    if match is None or pattern("nouns", "besides").search(plain[: match.start()]):
        return None
    if len(plain[match.end() :].split()) < 2 or not plain[: match.start()].strip():
        return None
    return "all", [text[: match.start()], text[match.end() :]]
