"""What one sentence says of a body's decision on this treatment, and whether the body is the one that says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from chartproof.chart.find import lexicon
from chartproof.chart.find.deferral import ANY_BOX
from chartproof.chart.find.statements import depends, loosen, not_conditions, spell
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression, Expressions

CLAUSE = re.compile(r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)[;.!](?= |$)")
#: "The paperwork does not hold the recommendation."
NEGATED = re.compile(
    r"(?:\b(?:not|without|never|nor|cannot)|n['’]t)\W+(?:\w+\W+)?$|\b(?:do|does|did|will|would|should|need)(?: not|n['’]t)\b[^.;]{0,20}$",
    re.IGNORECASE,
)
WE = re.compile(r"\bwe\b", re.IGNORECASE)
#: "Approved by the insurer", not "by all three sites".
BY = re.compile(
    r"[^.;]{0,20}\b(?:by|per)\b(?! (?:all|this|our|everyone|consensus|unanimous|vote|majority|the (?:\w+ )?(?:team|group|members?)))",
    re.IGNORECASE,
)
PARENTHESES = re.compile(r"\([^()]*\)")
#: "If the echo is clean the group says go".
OPENING = re.compile(
    r"\W*(?:[\w ]{1,20}[:.] )?(?:if|once|when|provided|assuming|subject to|pending|should|unless|as soon as|as long as|so long as)\b",
    re.IGNORECASE,
)
#: Behind a form's line, what it asks to be filled in: "Team recommends CAR-T (Y/N): N".
FILLED_IN = re.compile(r"\s*(?:\([^()]{1,12}\)\s*)?(?P<mark>[:|?])\s*(?:\([^()]{1,12}\)\s*)?(?P<answer>[^|]*)")
#: Characters on each side of a verdict within which another treatment may be its object.
BEHIND, AHEAD = 70, 45
#: Disciplines that make a body where they are called a team.
GATHERED = 3
TEAM = re.compile(r"\b(?:team|group|meeting|panel|met (?:on|to|this)|convened|sat down)\b", re.IGNORECASE)
words = partial(lexicon.rule, "committee.yaml")
word = partial(lexicon.word, "committee.yaml")
#: What stands behind it is waited for, and not put off.
WAITS_FOR = re.compile(r"\b(?:until|till|pending|awaiting|before|after|because of|for lack of)\b", re.IGNORECASE)
VALUES = ("against", "deferred", "recommended")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`value` is recommended, conditional, deferred or against; [start, end) are its words in the sentence."""

    value: str
    start: int
    end: int


def data() -> dict[str, Any]:
    loaded: dict[str, Any] = load("committee.yaml")
    return loaded


@cache
def alternatives() -> Expressions[str]:
    """The patterns of every verdict one by one: they share the name of their group."""
    words = data()["words"]
    return Expressions(
        (value, Expression(loosen(spell(spell(part, words), words)), re.IGNORECASE))
        for value in VALUES
        for part in data()[value]
    )


def verdicts(text: str, *, row: bool = False) -> Iterator[Verdict]:
    """Every verdict in the sentence, a "does not recommend" before a "recommend" of the same words."""
    text = words("nothing_open").sub(blank, text)
    taken: list[tuple[int, int]] = []
    for value, first in alternatives().found(text):
        for match in overlapping(first):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            given = judged(value, text, match, row=row)
            if given:
                taken.append(match.span())
                yield Verdict(given, *match.span())


def overlapping(first: re.Match[str]) -> Iterator[re.Match[str]]:
    """All matches by their starts: "one preferred a trial; the group carried CAR-T" holds two verbs before one object."""
    match: re.Match[str] | None = first
    while match:
        yield match
        match = match.re.search(match.string, match.start() + 1)


def conditional(text: str, start: int) -> bool:
    """Whether a condition opens the sentence or stands behind the verdict's first word."""
    text = not_conditions().sub(blank, text)
    return bool(
        OPENING.match(text)
        or depends(text[start:])
        or words("conditions").search(text, start)
        or words("provisional").search(text)
    )


def blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def judged(value: str, text: str, match: re.Match[str], *, row: bool) -> str:
    """The verdict on this treatment; "" where it is wished or asked for, or is on another treatment first."""
    if value != "recommended":
        negated = value == "deferred" and NEGATED.search(text[: match.start()])
        theirs = words("by_others").match(text[match.end() :])
        safeguard = value == "deferred" and words("safeguard").search(text[: match.end()])
        return "" if negated or theirs or safeguard or of_other_care(text, match) else value
    if words("asks_else").match(text):
        return ""  # "Evaluated by the full team | yes" answers another question
    between = match.groupdict().get("object") or ""
    if (
        CLAUSE.search(between)
        or words("other_object").search(between)
        or words("only_workup").match(text[match.end() :])
    ):
        return ""
    first = re.match(r"\W*\w+", match[0])
    opens = re.search(r"(?:^|\||\s{2})\W*$", text[: match.start()])
    if (
        row
        and opens
        and first
        and first[0].lower().endswith(("ts", "ds", "es", "rs"))
        and not word("body").search(text)
    ):
        return ""  # the head of a column: "Supports CAR-T"
    behind = text[match.end() :]
    if outvoted(text) or words("wanted").match(behind) or words("undone").match(behind):
        return ""
    if left_unanswered(behind):
        return ""
    depends_on = conditional(text, match.start())
    modal = words("modal").search(text[: match.start()])
    if modal and not (depends_on and re.match(r"w(?:ill|ould)\b", modal[0], re.IGNORECASE)):
        return ""
    return "conditional" if depends_on or modal else "recommended"


def left_unanswered(behind: str) -> bool:
    """Whether the verdict is a form's question, with no answer behind it or a no; an empty cell answers nothing else either."""
    filled = FILLED_IN.match(behind)
    if not filled:
        return False
    answer = ANY_BOX.sub(" ", filled["answer"])
    return bool(words("not_answered").fullmatch(answer)) and (filled["mark"] != "|" or bool(answer.strip()))


def of_other_care(text: str, match: re.Match[str]) -> bool:
    """Whether the "no" or the "not yet" is of a transplant, a test or another drug, and of no CAR-T."""
    if word("product").search(match[0]):
        return False
    told = WAITS_FOR.split(CLAUSE.split(text[match.end() : match.end() + BEHIND])[0], maxsplit=1)[0]
    behind = word("product").split(told, maxsplit=1)
    if word("other_care").search(behind[0]):
        return len(behind) == 1 or bool(re.search(r"\b(?:for|of|to)\b", behind[0][:6]))
    left = CLAUSE.split(text[: match.start()][-AHEAD:])[-1]
    return bool(word("other_care").search(left)) and not word("product").search(left)


def outvoted(text: str) -> bool:
    """Whether a count of votes is printed in which the yes are not the most."""
    counted = re.search(
        r"(\d+) ?(?:yeas?|ayes?|yes|for|in favou?r)\b\W{0,4}(\d+) ?(?:nays?|noes|no|against|opposed)\b"
        r"|\bvot\w+\b\D{0,20}(\d+) ?(?:-|–|:|to) ?(\d+)\b(?! ?[/-])",
        text,
        re.IGNORECASE,
    )
    if not counted:
        return False
    yes, no = (int(one) for one in counted.groups() if one is not None)
    return yes <= no


def speaks(text: str, verdict: Verdict, *, known: bool, minutes: bool = False) -> bool:
    """Whether the body gives the verdict: the nearest voice before it, else one behind "by the", else `known`.

    `known` says that a body is known to have met: the document is its record, or a sentence before named it. In
    another note than its record, "we" are the writer's own colleagues.
    """
    left = clause_before(text, verdict.start + 1)
    if words("relative_body").search(text) or (words("relative").search(left) and not word("body").search(left)):
        return False
    if re.search(rf"\bby (?:the |our |this )?(?:[\w-]+ ){{0,3}}?{word('body').source}", text[verdict.start :], re.I):
        return True
    voices = [(match.end(), kind) for kind in ("body", "group") for match in word(kind).finditer(left)]
    verb = re.match(r"\W*\w+", text[verdict.start :])
    own = clause_before(text, verdict.start + (verb.end() if verb else 1))
    single = [*words("single").finditer(own), *(() if minutes else WE.finditer(left))]
    voices += [(match.end(), "single") for match in single]
    if not voices:
        stated = text[verdict.start : verdict.end]
        told = known and (minutes or word("verdict_noun").match(stated.lstrip()))
        return not BY.match(text[verdict.end :]) and (bool(told) or named_body(text[: verdict.end]))
    kind = max(voices)[1]
    if kind == "single":
        return False
    return named_body(left) if kind == "body" else known or named_body(text[: verdict.start])


def clause_before(text: str, end: int) -> str:
    """The clause up to the verdict, what stands in parentheses blanked."""
    left = PARENTHESES.sub(lambda found: " " * len(found[0]), text[:end])
    return CLAUSE.split(left)[-1]


def named_body(text: str) -> bool:
    """Whether the text names a body that has met: not a payer's or a guideline's, and not a meeting that is to come.

    Three disciplines or more that are called a team or a group are one.
    """
    met = any(
        not words("other_body").search(text[: match.start()]) and not words("ahead").search(text[: match.start()])
        for match in word("body").finditer(text)
    )
    gathered = {match[0].lower() for match in word("discipline").finditer(text)}
    return met or (len(gathered) >= GATHERED and bool(TEAM.search(text)) and not words("ahead").search(text + " "))
