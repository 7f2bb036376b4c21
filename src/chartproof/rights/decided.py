"""What a sentence decides, and what the whole letter shows of it: small classes of words of decisions.yaml."""

from __future__ import annotations

import re

from chartproof.rights.grammar import grammar
from chartproof.rights.text import Letter
from chartproof.rights.words import table

_QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]")


def _has(name: str, text: str) -> bool:
    return grammar("decisions").has(name, text)


def refuses(text: str) -> bool:
    """Whether a sentence refuses what was asked for, now and really."""
    return _fits("refused", text)


def is_verdict(text: str) -> bool:
    """Whether a label such as "Outcome" stands before a value that refuses."""
    return _has("verdict_no", text)


def grants(text: str) -> bool:
    """Whether a sentence grants what was asked for or lifts an earlier refusal."""
    return _fits("granted", text)


def divides(text: str) -> bool:
    """Whether one sentence grants a part and refuses another ("approving 6 days and denying 4")."""
    parts = re.split(r";|,? (?:and|but) |, ", text)
    counted = [part for part in parts if re.search(r"\d", part)]
    return any(map(grants, counted)) and any(map(refuses, counted))


def quickens(text: str) -> bool:
    """Whether a sentence offers a quick answer to an appeal."""
    return _fits("quick_appeal", text)


def is_rushed(title: str) -> bool:
    """Whether a title calls the decision below it a quick one."""
    return _has("rush_title", title)


#: A number of the head with what kind of case it is in brackets.
_KIND_OF_CASE = re.compile(r"\d[\w-]*\s*\((?P<kind>[^()]{4,24})\)\W*$")


def is_rushed_case(line: str) -> bool:
    """Whether a line of the head calls the case with this number a quick one ("Appeal AP-1093 (expedited)")."""
    kind = _KIND_OF_CASE.search(line)
    return kind is not None and _has("rush", kind["kind"])


def rushes(text: str) -> bool:
    """Whether a sentence says that the request was asked for or handled in haste."""
    return any(grammar("decisions").fits(form, text) for form in table("decisions")["rushed"])


def needs_no_permission(text: str) -> bool:
    """Whether a sentence says of some care that nobody has to be asked for it."""
    return _has("no_permission", text)


def keeps(text: str) -> bool:
    """Whether a sentence leaves an earlier refusal as it was."""
    return grammar("decisions").fits("keeps -unreal", _QUOTED.sub(" ", text))


def succeeds(text: str) -> bool:
    """Whether a sentence lifts an earlier refusal."""
    return _fits("lifted", text)


def continues(text: str) -> bool:
    """Whether what is refused is care that goes on: further days of a stay, more sessions of a course."""
    return _has("continuing", text)


def was_done(text: str) -> bool:
    """Whether what is decided was already done: a claim, a bill, a date of service."""
    return _has("done_already", text)


def is_last(text: str) -> bool:
    """Whether the words say that no internal appeal is left."""
    return _has("last", text)


def offers_appeal(letter: Letter) -> bool:
    """Whether the letter tells of a way to object."""
    return _has("offers_appeal", letter.flat)


def refused_appeal(letter: Letter) -> bool:
    """Whether a labelled outcome of a review upholds the refusal."""
    return any(_has("outcome", line.text) and _has("upheld", line.text) for line in letter.body)


def upholds(words: str) -> bool:
    """Whether these words, such as those of a ticked box, leave a refusal as it was."""
    return _has("upheld", words)


def is_told(text: str) -> bool:
    """Whether a refusal is told in the past alone, or as one that was lifted as a whole."""
    lifted = _has("lapsed", text) and not re.search(r"\b(?:in part|partly|but|except)\b", text, re.I)
    return lifted or (_has("told", text) and not _has("now", text))


def is_of_before(text: str, today: str) -> bool:
    """Whether a refusal is told of an earlier day than the letter's own (`today`, "March 3"): that of another request."""
    earlier = _has("earlier_day", text) and not (today and re.search(rf"\b{today}\b", text))
    return earlier and _has("told", text) and not _has("now", text)


def leaves_open(text: str) -> bool:
    """Whether a sentence says that nothing was decided yet."""
    return _has("open", _QUOTED.sub(" ", text))


def denies_nothing(text: str) -> bool:
    """Whether a sentence says that the letter is no denial; what is said of any such paper says nothing of this one."""
    return _has("denies_nothing", text) and not re.match(r"\W*an? ", text, re.I)


def is_undecided(text: str) -> bool:
    """Whether a sentence says in so many words that nothing was decided up to now, wherever it stands."""
    return grammar("decisions").fits("undecided -unreal -unasked", text)


def is_unasked(text: str) -> bool:
    """Whether a sentence says of something that nobody has asked for it."""
    return _has("unasked", text)


def reduces(text: str) -> bool:
    """Whether care that goes on is cut down."""
    return _has("reduces", text)


#: An amount of nothing with its label: "Not payable: 0.00" refuses nothing.
_NOTHING = re.compile(r"\b(?:[a-z-]+ ){0,4}[a-z]+:? \$?0\.00\b", re.I)


def _fits(forms: str, text: str) -> bool:
    if _has("defines", text):
        return False
    plain = _NOTHING.sub(" ", _QUOTED.sub(" ", text))
    return any(
        grammar("decisions").fits(form, clause) for clause in plain.split(";") for form in table("decisions")[forms]
    )


#: A box of a form that is ticked, with its words; boxes may stand side by side.
_BOX = re.compile(
    r"(?:\[\s?[xX✓✔]\s?\]|\(\s?[xX]\s?\)|[☒☑])\s*(?P<words>[^\[\]()☐☒☑]{3,40}(?:\((?!\s*[xX]?\s*\))[^()\[\]]{2,24}\))?)"
)
_EMPTY = re.compile(r"\[\s{0,2}\]|\(\s{1,2}\)|☐")


def boxes(text: str) -> tuple[str, ...]:
    """The words of the ticked boxes of a row that has empty ones beside them."""
    found = _BOX.finditer(text) if _EMPTY.search(text) else iter(())
    return tuple(box["words"].strip() for box in found)


def is_boxes(text: str) -> bool:
    """Whether a sentence is a row of boxes: what stands beside an empty one is not said."""
    return _EMPTY.search(text) is not None


def ticked(letter: Letter) -> str:
    """The words of the ticked box in a row of boxes, one of which is a decision; empty where there is none."""
    for text in letter.texts:
        for row in text.split("\n"):
            box = _BOX.search(row) if _EMPTY.search(row) else None
            if box and (refuses(box["words"]) or grants(box["words"])):
                return box["words"].strip()
    return ""


def is_statement(letter: Letter) -> bool:
    """Whether the title calls the paper a statement of claims or payments."""
    return any(_has("statement", line.text) for line in letter.body[:14])


#: A line that a mail program heads a message with.
_MAIL = re.compile(r"(?:from|to|cc|bcc|date|sent|subject|reply-to|message-id|x-[\w-]+|importance): ", re.I)


def _mailed(lines: list[str]) -> int:
    """How many lines the header of an e-mail takes, two of which are its sender and its receiver; none is the letter's own."""
    count = next((at for at, line in enumerate(lines) if not _MAIL.match(line)), len(lines))
    kinds = {line.partition(":")[0].lower() for line in lines[:count]}
    return count if {"from", "to"} <= kinds else 0


def of_payer(letter: Letter) -> bool:
    """Whether three of four signs of a payer's paper are there: its name, a member's number, a decision, a way to object."""
    lines = [" ".join(line.text.split()) for line in letter.body[:30]]
    lines = lines[_mailed(lines) :]
    signs = (
        any(_has("insurer", line) for line in lines[:6]),
        any(_has("member_label", line) for line in lines[:16]),
        any(refuses(s.text) or grants(s.text) or leaves_open(s.text) for s in letter.sentences),
        _has("offers_appeal", letter.flat),
    )
    return sum(signs) >= 3
