"""A criterion without a printed list: one test, or the tests that its own sentence joins."""

from __future__ import annotations

import re
from dataclasses import replace

from chartproof.policy.draft.coordination import coordinated
from chartproof.policy.draft.criterion import Criterion, first_words
from chartproof.policy.draft.frames import granted
from chartproof.policy.draft.guards import Guarded, guarded
from chartproof.policy.draft.leaf import read_test
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.parts import Part, after_title, also_accepts, split
from chartproof.policy.draft.seams import conditions, higher_of, repeated
from chartproof.policy.draft.shared_measure import with_shared_measure
from chartproof.policy.draft.windows import window_of
from chartproof.policy.draft.words import measured, pattern, patterns

#: A condition that belongs to the last of two clauses.
_MID_UNLESS = re.compile(r"\bunless\b[^,;.]*,\s+and\s+(?:an?|the|no)\s|\b(?:and|or),\s+(?:unless|in|for|if|when)\s")
#: "There is a graft, or a clot occurred this year, except one of the arm": an exception to the last of two clauses.
_OF_LAST = re.compile(r",\s+or\s+(?:an?|the|there|his|her)\s[^,;]*,?\s+except\s[^,;]*$")
_NAMED_AGAIN = re.compile(r",\s+(?:although|though|but)\s+the\s(?P<name>[^,.;]{3,40}?)\s+(?:is|are)\s+not\b")
#: A part of a paper that is asked in one case: "the note, with a score where part B is used".
_WITH_SOME = re.compile(r",\s+with\s[^,;]{2,40}?\s(?:where|when|if)\s[^,;]+$")
_EXCEPTS = re.compile(r"\b(?:unless|except)\b")
_LAST_CLAUSE = re.compile(r",\s+and\s+(?:the|an?|his|her|its)\s[^,]*\sif\s")


#: "For a trial: the notes; the scan.", "If it is a bypass or a band: ...": what stands before the colon holds for all that follows.
_LEAD_IN = re.compile(
    r"(?:For\s+(?!each|all|every|any|example)|(?:If|When|Where)\s+)(?P<guard>[^;:.]{2,90}):\s+(?=\S)", re.IGNORECASE
)
#: "Exception: four copies are accepted when ...": an exception under its own name, whatever its sentence joins.
_NAMED_EXCEPTION = re.compile(
    r"[.;]\s+Exceptions?(?::|\.(?!.*\b(?:accepted|allowed|enough|waived)\b))\s+(?P<guard>\S[^:]*?)[.;]?$"
)
#: What is said of every piece, its window too.
_EACH = re.compile(r"\beach\b|\bboth\b|\ball (?:of (?:these|them)|dated|from|within)\b", re.IGNORECASE)
#: A semicolon between two pieces, not behind the last.
_APART = re.compile(r";\s+(?!(?:and|or)\W*$)\S")
#: A window behind a comma, which is said of all that stands before it.
_SET_OFF = re.compile(
    r",\s+(?:all\s+)?(?:within|in|during)\s+(?:the\s+)?(?:last\s+|past\s+)?\w+\s+(?:days|weeks|months|years?)\b"
)
_INSET = re.compile(r",\s+(?:if|when|where)\s(?:[\w-]+\s){0,3}[\w-]+,\s")


def _pardoned(text: str) -> Guarded:
    """A test with an exception behind a semicolon ("...; a healed fracture is disregarded"), as plain text without one.

    An exception that is named so stands apart too ("... Exception: four copies are accepted when ...").
    """
    if (named := _NAMED_EXCEPTION.search(text)) is not None:
        return Guarded(text[: named.start()], unless=named["guard"])
    guard = guarded(text, conditions=False) if text.count(";") == 1 else Guarded(text)
    return guard if guard.unless and ";" not in guard.text else Guarded(text)


def single(own_id: str, node: Node, text: str, kind: str, *, is_made: bool = False) -> Criterion:
    """A criterion without a printed list: one test, or the tests that its sentence joins."""
    if measured("regrouped").search(text):  # what holds for whom is for a person to read
        return Criterion(own_id, kind, text, node.page, first_words(text), made_id=is_made or not node.id)
    # Where several clauses stand side by side, a condition belongs to its own clause.
    said = after_title(text)
    frame = granted(said) if kind in ("necessity", "continuation") and not repeated(said) else None
    asked = refused(text) if kind == "exclusion" else frame[1] if frame else said
    lead_in = _LEAD_IN.match(asked)
    if lead_in is not None and pattern("guards", "asked_in").search(lead_in["guard"]):
        lead_in = None  # "Where noted, films are required for a first request: ...": its own words say in which case
    plain = _pardoned(asked)
    guard = (
        Guarded(asked[lead_in.end() :], when=lead_in["guard"])
        if lead_in and kind != "exclusion"
        else plain
        if plain.unless
        else Guarded(asked)
        if re.search(r";\s+\w", text)
        or (not frame and conditions(text))
        or _MID_UNLESS.search(text)
        or _LAST_CLAUSE.search(text)
        or pattern("frames", "qualifies").match(asked)
        or _within(asked)
        or higher_of(asked)
        or (kind == "documentation" and _WITH_SOME.search(asked))
        or (kind != "documentation" and also_accepts(text))
        else guarded(asked, of_paper=kind == "documentation")
    )
    tree = split(guard.text, documents=kind == "documentation", refuses=kind == "exclusion")
    if kind == "exclusion" and guard.when:
        guard = replace(
            guard, text=_unconditional(asked), when=""
        )  # what is refused is refused in that case: it is a test
        tree = split(guard.text, refuses=True)
    window = read_test(text)
    built = of_part(own_id, node, tree, kind, window.within_days if window else None)
    if kind == "exclusion" and built.join == "any" and _OF_LAST.search(asked):  # what it excuses is the last alone
        *others, last = built.children
        built = replace(built, children=(*others, replace(last, unless=last.unless or guard.unless)))
        guard = replace(guard, unless="")
    when, unless = (guard.when or built.when), (guard.unless or built.unless)
    whole = replace(built, text=text, find=first_words(text), when=when, unless=unless, made_id=is_made or not node.id)
    inline = bool(guard.unless) and re.search(rf"\bunless\s+{re.escape(guard.unless)}", text) is not None
    return _excepted(whole, node, guard) if kind == "necessity" and inline else whole


def _excepted(whole: Criterion, node: Node, guard: Guarded) -> Criterion:
    """The criterion, and beside it as a way of its own an exception that asks for several things."""
    exception = split(guard.unless)
    if (
        exception.join != "all"
        or guard.unless.endswith(":")
        or not all(pattern("likeness", "has_verb").search(part.text) for part in exception.parts)
    ):
        return whole
    plain = replace(whole, id=f"{whole.id}/a", text=guard.text, find=first_words(guard.text), unless="", made_id=True)
    other = of_part(f"{whole.id}/x", node, exception, whole.kind, None)
    return replace(whole, join="any", leaf=None, when="", unless="", children=(plain, other))


def _unconditional(text: str) -> str:
    """The text without its exception alone."""
    return guarded(text, conditions=False).text


def _within(text: str) -> bool:
    """True where an exception stands in a piece before the last, or a condition within one: it is that piece's own.

    So is an exception behind the last piece that names that piece again: "A of 45 and a B of 40, although the B is not ...".
    """
    if (named := _NAMED_AGAIN.search(text)) and re.search(
        rf"\band\s+(?:also\s+)?(?:an?|the)\s+{re.escape(named['name'])}\b", text
    ):
        return True
    found = coordinated(text)
    pieces = found[1] if found is not None else []
    return any(_EXCEPTS.search(piece) for piece in pieces[:-1]) or any(_INSET.search(piece) for piece in pieces)


def of_part(own_id: str, node: Node, part: Part, kind: str, window: int | None) -> Criterion:
    if part.join == "leaf":
        guard = guarded(part.text, of_paper=kind == "documentation", conditions=kind != "exclusion")
        test = read_test(guard.text)
        if test is not None and test.within_days is None and window is not None:
            test = replace(test, within_days=window)
        return Criterion(
            own_id, kind, part.text, node.page, first_words(part.text), when=guard.when, unless=guard.unless, leaf=test,
            made_id=True,
        )  # fmt: skip
    names = "abcdefghijklmnopqrstuvwxyz"
    window = _of_each(part, window)
    children = tuple(
        _printed(of_part(f"{own_id}/{names[n % 26]}", node, one, kind, window), part.text)
        for n, one in enumerate(part.parts)
    )
    children = with_shared_measure(children, part.text) if part.join == "any" and len(children) > 1 else children
    return Criterion(
        own_id, kind, part.text, node.page, first_words(part.text), part.join, made_id=True, children=children
    )


def _of_each(part: Part, window: int | None) -> int | None:
    """The window that holds for each piece: one that stands before or behind them all, not within one that says it of itself."""
    own = [window_of(one.text)[0] for one in part.parts]
    told = [days for days in own if days is not None]
    if not told:
        return window
    if len(told) == len(own) or _EACH.search(part.text):
        return told[0]
    clauses = all(pattern("likeness", "has_verb").search(one.text) for one in part.parts)
    opens = own[0] is not None and measured("window", "opens").match(part.parts[0].text) is not None
    last = own[-1] is not None and len(told) == 1 and not _APART.search(part.text)
    behind = last and (not clauses or _SET_OFF.search(part.parts[-1].text) is not None)
    return told[0] if opens or behind else None


def _printed(one: Criterion, whole: str) -> Criterion:
    """The criterion with such first words as stand side by side in the sentence: "ALT" of "ALT and AST each below 80"."""
    words = one.find.split()
    if one.find in whole or not words or words[0] not in whole:
        return one
    size = next(n for n in range(len(words), 0, -1) if " ".join(words[:n]) in whole)
    return replace(one, find=" ".join(words[:size]))


def _with_its_word(before: str, refusal: str) -> str:
    """The refusal with the word that begins its other pieces too: "for tinnitus, or for deafness" after "not covered"."""
    word = re.search(r"(?i)\b(for|with|in)\s+$", before)
    again = word is not None and re.search(rf"(?i)(?:\b(?:or|and)\s+|,\s+){word[1]}\s", refusal)
    return f"{word[1]} {refusal}" if word is not None and again else refusal


def refused(text: str) -> str:
    """What a sentence refuses, without the words of the refusal."""
    alone = len(re.split(r"(?<=[.?])\s+(?=[A-Z])", text)) == 1
    for place in ("before", "after") if alone else ("before",):
        for words in patterns("refusals", place):
            shorter = words.sub("", text, count=1).strip()
            if shorter and shorter != text:
                text = _with_its_word(text.removesuffix(shorter), shorter)
                break
    return text
