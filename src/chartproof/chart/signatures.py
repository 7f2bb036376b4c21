"""Whether a paper is signed: by a signature with its day, by the record's own status, by a stamp that says that it is not.

A note and an addendum below it are signed each for itself: a draft addendum does not unsign the note above it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from chartproof.chart.correspondence import KIND as THREAD
from chartproof.chart.kinds import FLAGS, evidence_of
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression, Expressions

#: "Electronically signed: A. Quill, MD 10/29/2026": a signature with its day.
SIGNATURE = Expression(
    r"\b(?:(?:electronically |e-?)?signed|authenticated|attested|finali[sz]ed)\b(?: by)?[^\n]{0,60}?\d{1,2}[-/ ](?:\d{1,2}|[A-Za-z]{3,9})[-/ ]\d{2,4}",
    re.IGNORECASE,
)
#: "Status: SIGNED 05/05/2026 17:20": the record's own word on the whole note outweighs what its prose says of forms.
SIGNED_STATUS = Expression(
    r"(?:^\W*|^\s*(?:urgency|entry date)\b[^\n]*\s{2,}|^\s*date of note:[^\n]*\s{2,})(?:note |document |report |result )?status ?[:.]* *(?:co-?signed|signed|final\b|finali[sz]ed|completed?\b|auth(?:enticated|\b ?\(?verified)|verified|attested)",
    re.IGNORECASE | re.MULTILINE,
)
#: The same in a paper's head, wherever on its line, with the day: "E-CONSULT: HEPATOLOGY  Status: COMPLETED 07/15/2026".
HEAD_STATUS = re.compile(
    r"\b(?:note |document |report |consult )?status ?[:.]* *(?:co-?signed|signed|final|finali[sz]ed|completed?|authenticated|verified|attested)\W{1,3}(?:on )?\d{1,4}[-/ ]",
    re.IGNORECASE,
)
#: The head of a list of orders, and lines below it that are its rows.
ORDERS = re.compile(r"^\W*orders?\b[^.\n]{0,40}\bstatus\b[^.\n]{0,30}$", re.IGNORECASE)
LISTED = 16
COPY = re.compile(r"\b(?:carried|copied|imported|pulled|brought) (?:over|forward|in|from)\b", re.IGNORECASE)
HEAD_LINES = 4
PROSE_WORDS = 6
THIS_PAPER = re.compile(
    r"\b(?:this|the present|the above) (?:\w+ ){0,2}(?:note|letter|document|report|record|summary|consult\w*|form|paper|draft|dictation|text)\b",
    re.IGNORECASE,
)
#: Lines at a paper's end among which its own signature closes it.
CLOSING_LINES = 5
#: Lines at either end of a paper on which a stamp stands.
STAMP_LINES, STAMP_WORDS = 4, 16
#: Papers of which it is kept: those of several pages are asked about more than once.
REMEMBERED = 1 << 8
#: The line under which an addendum stands, with its day on it or beneath.
ADDENDUM = Expression(
    r"^\W*(?:late )?(?:addendum|amendment)\b(?! to (?:the )?(?:policy|contract|consent))[^\n]{0,100}$",
    re.IGNORECASE | re.MULTILINE,
)


def above_addenda(text: str) -> str:
    """The note itself, where it says by itself whether it is signed; all of the paper where only its end does."""
    first = next((match.start() for match in ADDENDUM.finditer(text) if text[: match.start()].strip()), len(text))
    return text[:first] if signed(text[:first], "") is not None else text


@lru_cache(maxsize=REMEMBERED)
def signed(text: str, kind: str) -> bool | None:
    """False for drafts, pended notes and messages, True where a signature is printed, None where nothing is said."""
    if kind == THREAD:
        return False
    if evidence_of(kind) == "general":
        return False if kind == "draft_letter" else None
    if stamped(text, "retracted"):
        return False
    head = "\n".join([line for line in text.split("\n") if line.strip()][:HEAD_LINES])
    if SIGNED_STATUS.search(text) or HEAD_STATUS.search(head):
        return True
    last = max((match.end() for match in SIGNATURE.finditer(text)), default=0)
    inner = between_the_ends(text)
    body = inner if SIGNATURE.search(text[inner.stop :]) else range(0)
    results = kind in load("documents.yaml")["results"]
    for _cue, first in cues("preliminary" if results else "unsigned").found(text):
        for match in first.re.finditer(text):
            if of_an_order(text, match.start()) or of_a_copy(text, match.start()):
                continue
            # "The letter is not signed yet" in the prose of a note that bears its own signature speaks of another paper.
            prose = in_prose(text, match.start())
            if prose and match.end() < last:
                continue
            if of_this_paper(text, match.start()) or match.start() not in (inner if prose else body):
                return False
    if not results and not last and stamped(text, "unsigned_stamp"):
        return False
    return True if any(affirmed(text, first) for _cue, first in cues("signed").found(text)) else None


def between_the_ends(text: str) -> range:
    """Where the body of a paper stands, between the lines of its head and of its end; empty for a short one. What its
    prose says there of drafts and of what was not read is said of other papers; so is whatever a paper says there that its
    own signature with its day closes."""
    lines = [match for match in re.finditer(r"[^\n]+", text) if match[0].strip()]
    if len(lines) <= HEAD_LINES + CLOSING_LINES:
        return range(len(text), len(text))
    return range(lines[HEAD_LINES].start(), lines[-CLOSING_LINES].start())


def of_this_paper(text: str, at: int) -> bool:
    """Whether the line speaks of the paper on which it stands: "This note has not been signed by the attending"."""
    return bool(THIS_PAPER.search(text[text.rfind("\n", 0, at) + 1 :].split("\n")[0]))


def of_an_order(text: str, at: int) -> bool:
    """Whether the words stand in a list of orders, below its head: "Order | Status", "CBC weekly ... Pended, unsigned"."""
    above = text[:at].split("\n")[-LISTED:]
    return any(ORDERS.search(line) for line in above[:-1])


def of_a_copy(text: str, at: int) -> bool:
    """Whether the words speak of what the note copies: "CARRIED OVER FROM 05/02, NOT REVIEWED TODAY"."""
    return bool(COPY.search(text[text.rfind("\n", 0, at) + 1 : at]))


def affirmed(text: str, first: re.Match[str]) -> bool:
    """Whether the words of signing stand somewhere without a word that takes them back: not "NOT AUTHENTICATED"."""
    denied = re.compile(load("documents.yaml")["not_yet_signed"], re.IGNORECASE)
    return any(not denied.search(text[max(0, match.start() - 30) : match.start()]) for match in first.re.finditer(text))


@cache
def cues(name: str) -> Expressions[str]:
    """What says that a paper is signed, or that it is not."""
    return Expressions((one, Expression(one, FLAGS)) for one in load("documents.yaml")[name])


def stamped(text: str, what: str) -> bool:
    """Whether a line at the head or foot says that the author has still to read or sign ("Dictated but not read"), or that
    the paper was taken back."""
    stamps = [stamp for _cue, stamp in cues(what).to_try(text)]
    if not stamps:
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    ends = (line for line in {*lines[:STAMP_LINES], *lines[-STAMP_LINES:]} if len(line.split()) <= STAMP_WORDS)
    return any(stamp.compiled.search(line) for line in ends for stamp in stamps)


def in_prose(text: str, at: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 :].split("\n")[0]
    return len(re.findall(r"\b[a-z]{2,}\b", line)) >= PROSE_WORDS
