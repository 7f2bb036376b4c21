"""Who decided: the clinician that a letter names beside words of deciding, or who signs what is told in the first person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest

from chartproof.model import Span
from chartproof.rights.grammar import grammar
from chartproof.rights.text import Letter

_WORD = r"(?!(?:BY|WAS|IS|THE|THIS|OF|AND|DECIDED|DENIED|MADE)\b)[A-Z](?:[a-zà-ÿ]+|[A-Z]+\b)(?:['’][A-Z]?[a-zà-ÿ]+)?(?:- ?[A-Z](?:[a-zà-ÿ]+|[A-Z]+\b))*"
_NAME = rf"(?:{_WORD}|[A-Z]\.)(?: (?:{_WORD}|[A-Z]\.|de|van|von|la))*? {_WORD}"
_CREDENTIAL = r"(?:, | (?=(?:MD|DO)\b))(?:M\.D\.|D\.O\.|Pharm\.D\.|R\.Ph\.|(?:MD|DO|PharmD|PhD|PsyD|DPM|DPT|DDS|DMD|PHARMD|RN|RPh|MBBS|BCBA(?:-D)?|ABPP|LCSW|DNP|OD|AuD)\b(?! \d{5}))"
_CLINICIAN = re.compile(rf"(?:(?P<named>(?:Dr\. )?{_NAME}(?:{_CREDENTIAL})+)|(?P<doctor>Dr\. (?:{_NAME}|{_WORD})))")


#: An office before a name.
_TITLE = re.compile(r"^.*\b(?:Director|Officer|Reviewer|Physician|Consultant|Pharmacist|Chair) ")
#: What belongs to the words after it: a label, or a rank whose stop ends no sentence.
_LABEL = re.compile(
    r":$|^(?:[Tt]he )?(?:Reviewing|Deciding|Physician|Medical|Clinical) (?:physician|reviewer|doctor|pharmacist|clinician|dentist)\.$|^Who (?:decided|reviewed|made)\b[^.?]{0,30}[.?]$|^The reviewer$|\b(?:Col|Lt|Maj|Capt|Cdr|Ret)\.\)?$"
)


#: What stands between a name and its verb: ", a medical director of our plan who trained in surgery, made ...".
_APPOSED = re.compile(r",? (?:an?|our|the|who|whose|board)\b[^.;]{0,120}?, (?=[a-z]+ )")

#: What is said of a clinician before the name: "A surgeon who had no part in the first decision, Dr. ...".
_WHO = re.compile(r" (?:who|with no) [^,.;:]{3,140}[,:] $")


@dataclass(frozen=True, slots=True)
class _Named:
    score: int
    name: str
    span: Span


def reviewer(letter: Letter, *, denied: bool = True) -> tuple[str, Span] | None:
    """The person who decided, as printed, where the letter names one; who asked, prepared or answers the phone is none.

    Of a letter that denies nothing (not `denied`), whom it calls the reviewer.
    """
    every = [*_beside_deciding(letter, denied=denied), *(_signing(letter) if denied else ())]
    best = max(every, key=lambda one: one.score, default=None)
    # A hyphen at a line's end joins the two halves of a name.
    return (_in_full(letter, best.name.replace("- ", "-")), best.span) if best else None


def _in_full(letter: Letter, name: str) -> str:
    """A surname alone, as the letter prints it with the first name elsewhere."""
    surname = re.fullmatch(rf"Dr\. (?P<last>{_WORD})", name)
    every = _CLINICIAN.finditer(letter.flat) if surname else ()
    whole = (one.group() for one in every if surname and re.search(rf"\w {surname['last']}\b", one.group()))
    return next((_TITLE.sub("", one) for one in whole if one != name), name)


def _has(name: str, text: str) -> bool:
    return grammar("decisions").has(name, text)


def _beside_deciding(letter: Letter, *, denied: bool) -> list[_Named]:
    found: list[_Named] = []
    label = ""
    for sentence in letter.sentences:
        led, label = label, f"{label} {sentence.text}"[-240:] if _LABEL.search(sentence.text) else ""
        every = list(_CLINICIAN.finditer(sentence.text))
        for order, match in enumerate(every):
            # What stands beyond another clinician's name is told of that one.
            begin = every[order - 1].end() if order else 0
            stop = every[order + 1].start() if order + 1 < len(every) else len(sentence.text)
            before = _WHO.sub(", ", f"{led if not order else ''} {sentence.text[begin : match.start()]}")[-70:]
            if order and re.search(r" (?:and|but)\W*$", before):
                before = ""  # what stands before the "and" is told of the clinician before
            after = sentence.text[match.end() : stop]
            apposed = _APPOSED.match(after)
            after = f"{after[:70]} {after[apposed.end() :][:40] if apposed else ''}"
            score = 2 * _has("decider_before", before) + 2 * _has("decider_after", after) + _has("decider", before)
            score += sentence.section == "reviewer"
            if not denied and not (_has("called_reviewer", before) or _has("called_after", after)):
                continue
            # A nurse prepares; a physician or a pharmacist denies.
            prepares = denied and match.group().endswith("RN") and not _has("decided_by", before)
            if score and not prepares and not _has("no_decider", f"{before[-45:]} ¦ {after[:30]}"):
                whole = letter.span(sentence.page, sentence.start, sentence.end)
                name = _TITLE.sub("", match.group())
                found.append(_Named(score, name, letter.within(whole, name)))
    return found


def _signing(letter: Letter) -> list[_Named]:
    """Who signs a letter that says "I have declined", or signs as the chair or the medical director beside the name."""
    first_person = any(_has("i_decide", sentence.text) for sentence in letter.sentences)
    found: list[_Named] = []
    last = letter.body[-8:]
    for line, below in zip_longest(last, last[1:]):
        match = re.match(
            rf"(?P<label>(?:Physician|Doctor|Pharmacist): )?(?:\S+ (?:\([a-z.]+\) )?)?(?P<name>(?:Dr\. )?{_NAME}(?:{_CREDENTIAL})?)",
            line.text,
        )
        titled = bool(match and re.match(rf"Dr\. |.*{_CREDENTIAL}", match["name"]))
        title = f"{line.text[match.end() :]} {below.text if below else ''}" if match else ""
        if match and titled and (match["label"] or first_person or _has("signs_as", title)):
            # Whoever writes "I affirm" decided, whoever advised.
            found.append(_Named(3 if first_person else 1, match["name"], letter.find(line, match, "name")))
    return found
