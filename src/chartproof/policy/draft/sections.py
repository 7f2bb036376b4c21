"""What each part of a policy document is for: by its heading, and by what its sentences say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from chartproof.policy.draft.frames import granted
from chartproof.policy.draft.labels import label_of
from chartproof.policy.draft.words import drafting, pattern

#: Sections in which a criterion may stand, and the kind that its criteria have.
CRITERIA = {
    "criteria": "necessity", "exclusion": "exclusion", "documentation": "documentation", "continuation": "continuation",
    "site": "necessity", "limits": "necessity", "definitions": "definition",
}  # fmt: skip
#: What a sentence may be for, and the kind of criterion that it is then.
KINDS = {
    "necessity": "necessity", "test": "necessity", "exclusion": "exclusion", "documentation": "documentation",
    "continuation": "continuation", "definitions": "definition",
}  # fmt: skip
#: What a sentence may say that is no criterion, whatever section it stands in.
ASIDE = ("references", "history", "background", "pointer", "limits")
#: A sentence that points at other parts, and then asks for something besides.
_ASKS_MORE = re.compile(
    r"\b(?:satisfied|met|fulfilled|true|hold|apply)\b,? and (?:an?|the|his|her|their)\b", re.IGNORECASE
)
#: This share of a section's sentences makes it what they are, against the words of its heading.
_MOST = 0.6


def section_of(heading: str) -> str:
    """The kind of section that a heading names: a key of drafting.yaml's `sections`, "" where its words do not tell."""
    label = label_of(heading)
    words = (heading[label.length :] if label else heading).strip().rstrip(".:")
    found = [name for name in drafting()["sections"] if pattern("sections", name).search(words)]
    if "limits" in found and "continuation" in found:
        return "limits"
    topics = re.split(r",\s(?:and\s)?|\sand\s", words) if words.count(", ") else []
    if (
        found
        and len(topics) > 2
        and sum(1 for one in topics if pattern("sections", found[0]).search(one)) * 2 < len(topics)
    ):
        return ""  # "Center, counseling, papers": one of several matters
    return found[0] if found else ""


def sentence_of(sentence: str) -> str:
    """What a sentence is for: a key of drafting.yaml's `content`, "" where its words do not tell."""
    if prolongs(sentence):
        return "continuation"
    grants = pattern("joins", "granted_when").search(sentence) is not None
    asks = granted(sentence) is not None
    return next(
        (
            name
            for name in drafting()["content"]
            if pattern("content", name).search(sentence)
            and not (grants and (name == "background" or (name == "pointer" and _ASKS_MORE.search(sentence))))
            and not (asks and name == "limits")
        ),
        "",
    )


def lead_role(lead: str) -> str:
    """What a sentence says that the entries below it are for, "" where it tells of plain criteria or of nothing."""
    if lead and pattern("joins", "wants_yes").search(lead):
        return ""  # a No refuses: what is below is asked for
    if lead and pattern("joins", "bars").search(lead):
        return "exclusion"
    told = sentence_of(lead) if lead else ""
    return told if told in ("exclusion", "documentation", "continuation") else ""


def prolongs(sentence: str) -> bool:
    """True where more time is given on a condition, or what is paid for goes on."""
    return _prolongs().search(sentence) is not None or pattern("joins", "goes_on").search(sentence) is not None


@cache
def _prolongs() -> re.Pattern[str]:
    """More time on a condition: "another 90 days if the lot failed"."""
    told = drafting()["joins"]
    return re.compile(told["prolongs"].replace("PERIOD", told["period"]), re.IGNORECASE)


def by_content(sentences: Sequence[str]) -> str:
    """The kind of section that these sentences make, "" where they are of several kinds."""
    roles = Counter(sentence_of(sentence) for sentence in sentences)
    total = sum(roles.values())
    for name in ("references", "history", "background"):
        if total and roles[name] / total >= _MOST:
            return name
    apart = roles["background"] + roles["history"] + roles["references"]
    if total > 1 and apart / total >= _MOST:
        return "background"
    telling = {name: roles[name] for name in ("exclusion", "documentation", "continuation", "definitions", "limits")}
    best = max(telling, key=lambda name: telling[name])
    if total and telling[best] / total >= _MOST:
        return best
    return "criteria" if total and (roles["necessity"] or roles["test"] / total >= _MOST) else ""


def may_ask(clause: str) -> bool:
    """True for a clause that says something of its own, whatever its shape: among criteria it is one more."""
    says = pattern("likeness", "has_verb").search(clause) or pattern("likeness", "measure").search(clause)
    return bool(says) and len(clause.split()) > 3 and not is_silent(clause)


def is_silent(clause: str) -> bool:
    """True for a clause of how requests are handled, and for a line of the document's own data."""
    return any(pattern("frames", name).search(clause) for name in ("says_nothing", "administers", "heads"))
