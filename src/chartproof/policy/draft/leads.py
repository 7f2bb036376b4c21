"""A criterion with a printed list: what its lead says besides how the items join."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chartproof.policy.draft.criterion import Criterion, first_words
from chartproof.policy.draft.guards import Guarded, guarded
from chartproof.policy.draft.joins import Announcement, announcement
from chartproof.policy.draft.leaf import read_test
from chartproof.policy.draft.mentions import alternatives
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.single import single
from chartproof.policy.draft.words import pattern

#: The last of several ways, which the list below it belongs to.
_LAST_WAY = re.compile(r",\s+or\s+(?=(?:the|an?|it|his|her|their)\s[^:]*:$)")
_LEAD = re.compile(
    r"(?:^|[.:]\s+|,\s+|;\s+)(?P<head>(?:[^.:;]|\.(?=\d))*?)(?:,?\s+and(?:\s+[\w\s,]{0,40}?)?|,?\s+(?:as\s+)?supported by|,?\s+which\s+(?:together\s+|in all\s+)?(?:must\s+(?:have\s+)?|has to (?:have\s+)?|have to (?:have\s+)?)?(?:included?|contain(?:ed)?)|(?P<measured>,\s+including|(?:(?<=\btherapy)|(?<=\btreatment))\s+with)|,?\s+together with|,?\s+counting(?: as one)?|,?\s+confirmed by|,?\s+as evidenced by|(?<=\w),\s+(?:as )?shown by)\s*$",
    re.IGNORECASE,
)
#: What joins a list to the test before it, and what makes words a test of their own.
_BESIDE = re.compile(r",?\s+(?:with|plus|together with|along with|and)\s*$")
_TEST = re.compile(r"\b(?:is|are|was|were|has|have|had)\b|\d")
#: "between 51 and 65" is one range.
_BETWEEN = re.compile(r"(?P<low>\bbetween\b[^,;]*?\b)and\b")
#: "A. An infarction, and" over the items that are asked besides.
_GOES_ON = re.compile(r",?\s+and(?:\s+also)?(?:\s+(?:the following|these)(?:\s\w+){0,2})?:?\s*$")
#: "Approved for an adult with mantle cell lymphoma, if all of these are shown:".
_FOR = re.compile(
    r"^(?:It is |This is |[A-Z][^.;:,]{2,60}?\s(?:is|are) (?:considered )?)?(?:approved|covered|authorized|medically necessary) for (?P<who>an? (?:adult|child|member|patient|beneficiary|person)s?\s[^:]*?),?\s+(?:if|when|where|in|with|of)\s*$",
    re.IGNORECASE,
)
#: "For lupus, gout or pseudogout, all of these:" - the list is asked of who has one of several diseases.
_NAME = r"[\w-]+(?: [\w-]+){0,3}"
_FOR_EACH = re.compile(rf"^For (?P<who>{_NAME}(?:, {_NAME}){{1,6}},? or {_NAME}),\s*$")
#: "The pump is placed by a neurosurgeon who meets both of these:" - the neurosurgeon is asked too.
_WHO_MEETS = re.compile(
    r"(?P<who>(?!.*\b(?:necessary|approved|covered|authorized|reasonable)\b)[^.;:]*\b(?:is|are|was|were|has|have|goes|done|by|at)\b[^.;:]*?)\s(?:who|that|which) (?:meets?|satisf(?:y|ies)|fulfills?)\s*$"
)
_GRANTED = re.compile(r"\b(?:necessary|covered|approved|authorized)\b[^.;:,]*?\s(?:only\s+)?(?:when|if|where)\s+")


@dataclass(frozen=True, slots=True)
class Lead:
    """A list's lead as read: `said` is the phrase of `text` that announces the items, `join` how they join.

    `children` are the items' criteria; `guard` the lead's condition and exception.
    """

    id: str
    made_id: bool
    node: Node
    text: str
    kind: str
    guard: Guarded
    said: Announcement | None
    join: str
    children: tuple[Criterion, ...]

    def part(self, name: str, text: str, join: str, children: tuple[Criterion, ...]) -> Criterion:
        """A group that a part of the lead's sentence makes; `name` is added to the lead's id."""
        return Criterion(
            f"{self.id}/{name}", self.kind, text, self.node.page, first_words(text), join, made_id=True,
            children=children,
        )  # fmt: skip

    def whole(self, join: str, children: tuple[Criterion, ...], guard: Guarded) -> Criterion:
        """The lead's own criterion."""
        return Criterion(
            self.id, self.kind, self.text, self.node.page, first_words(self.text), join, guard.when, guard.unless.rstrip(" :"),
            made_id=self.made_id, children=children,
        )  # fmt: skip


def led(lead: Lead, *, named: bool = True) -> Criterion:
    """The criterion of a lead and its items. `named` where the lead may name its items by their labels."""
    groups = alternatives(lead.text, lead.children) if named and lead.kind != "exclusion" else None
    if groups:
        return set_apart(lead, groups)
    several = lead.join == "any" or lead.join.startswith("at_least")
    if lead.join.startswith("at_least") and pattern("joins", "treatments").search(lead.text):
        lead = replace(lead, children=tuple(_as_one(child) for child in lead.children))
    if several and lead.kind == "documentation":
        lead = replace(lead, children=tuple(replace(child, when="") for child in lead.children))
    elif several:
        lead = replace(lead, children=tuple(condition_as_test(child) for child in lead.children))
    return (
        _last_way(lead)
        or _last_test(lead)
        or _excepted(lead)
        or _headed(lead)
        or lead.whole(lead.join, lead.children, lead.guard)
    )


def set_apart(lead: Lead, groups: Sequence[tuple[int, ...]]) -> Criterion:
    """ "A is met and either B or C is met": the items that are set against each other stand in groups of their own."""
    if len(groups[0]) == len(lead.children):
        return led(replace(lead, join="any"), named=False)
    first = {group[0]: group for group in groups}
    inside = {at for group in groups for at in group}
    children: list[Criterion] = []
    for at, child in enumerate(lead.children):
        if at in first:
            ways = tuple(lead.children[place] for place in first[at])
            children.append(lead.part(f"any{len(children) + 1}", lead.text, "any", ways))
        elif at not in inside:
            children.append(child)
    return lead.whole("all", tuple(children), lead.guard)


def _last_way(lead: Lead) -> Criterion | None:
    """ "A is true, or the member has:" - the list is the last of the ways that the lead names."""
    last = _LAST_WAY.search(lead.text)
    if lead.said is not None or lead.kind == "exclusion" or last is None:
        return None
    first = single(f"{lead.id}/0", lead.node, lead.text[: last.start()], lead.kind, is_made=True)
    listed = lead.part("any", lead.text[last.end() :], "any", lead.children)
    ways = first.children if first.join == "any" else (first,)
    return lead.whole("any", (*ways, listed), lead.guard)


def _last_test(lead: Lead) -> Criterion | None:
    """ "A is true, or B is true with at least one of:" - the list is asked beside the last of the tests that it names."""
    if lead.said is None or lead.kind == "exclusion":
        return None
    head = _BESIDE.sub("", lead.text[: lead.said.start]).rstrip(" ,")
    first, _, last = head.rpartition(" or ")
    if head == lead.text[: lead.said.start].rstrip(" ,") or not _TEST.search(first) or not _TEST.search(last):
        return None
    listed = lead.part(lead.join[:3], lead.text[lead.said.start :], lead.join, lead.children)
    beside = single(f"{lead.id}/b0", lead.node, last, lead.kind, is_made=True)
    own = single(f"{lead.id}/0", lead.node, first.rstrip(" ,"), lead.kind, is_made=True)
    ways = own.children if own.join == "any" else (own,)
    return lead.whole("any", (*ways, lead.part("b", last, "all", (beside, listed))), lead.guard)


def _excepted(lead: Lead) -> Criterion | None:
    """ "X, unless one of these:" - X or any of the items."""
    unless, text = lead.guard.unless, lead.guard.text
    if not unless or lead.said is None or lead.text.find(unless) >= lead.said.start:
        return None
    if ". " in lead.text[lead.text.find(unless) : lead.said.start]:
        return None  # a sentence of its own: the whole list is excepted
    plain = replace(lead.part("a", text, "leaf", ()), leaf=read_test(text))
    listed = lead.part("x", lead.text[lead.text.find(unless) :], lead.join, lead.children)
    return lead.whole("any", (plain, listed), Guarded(lead.text))


#: What shows that a lead holds stands behind it.
_SHOWN = re.compile(r"\b(?:shown|proven|demonstrated) by$")


def _headed(lead: Lead) -> Criterion | None:
    """The lead's own test, and the items that are asked besides."""
    if lead.said is None and _SHOWN.search(lead.text):
        return None  # "Bleeding has been a problem, shown by (a) ...; or (b) ...": the items are the test
    before = lead.text[: lead.said.start] if lead.said else _GOES_ON.sub("", lead.text)
    head = _head(before if lead.said or before == lead.text else f"{before}, and")
    if not head or lead.join == "none":
        return None
    first = single(f"{lead.id}/0", lead.node, head, lead.kind, is_made=True)
    behind = lead.said is not None and lead.text.find(lead.guard.unless) >= lead.said.start
    guard = replace(lead.guard, unless=lead.guard.unless.rstrip(" :") if behind else "")
    if lead.join == "all":
        named = first.children if first.join == "all" and not (first.when or first.unless) else (first,)
        return lead.whole("all", (*named, *lead.children), guard)
    rest = lead.text[lead.said.start if lead.said else 0 :]
    return lead.whole("all", (first, lead.part(lead.join[:3], rest, lead.join, lead.children)), guard)


def names_who(text: str) -> bool:
    said = announcement(text)
    return said is not None and _FOR.match(text[: said.start]) is not None


def _head(before: str) -> str:
    """The lead's own test, where the list is only added to it ("..., supported by at least one of these:")."""
    if (who := _FOR.match(before) or _FOR_EACH.match(before) or _WHO_MEETS.match(before)) is not None:
        return who["who"]
    match = _LEAD.search(_BETWEEN.sub(lambda found: f"{found['low']}&&&", before))
    head = match["head"].strip().replace("&&&", "and") if match else ""
    granted = _GRANTED.search(head)
    if granted is not None:
        head = head[granted.end() :]
        if re.match(r"(?i)(?:part|section)\s", head):
            return ""  # a whole part is met: its own criteria say how
    if match and match["measured"] and not re.search(r"\d", head):
        return ""  # only a test of its own stands beside what it includes: "12 weeks of care, including two of these"
    if match and re.search(r"(?i)shown by\s*$", before) and not re.search(r"(?i)\b(?:has|have)\b", head):
        return ""
    least = 2 if re.search(r",\s+and\s*$", before) else 4  # "Large B-cell lymphoma, and one of:"
    return (
        head
        if len(head.split()) >= (min(least, 3) if re.match(r"(?i)(?:diagnosis|history) of\b", head) else least)
        and not re.search(r"(?i)medically necessary|\breasonable\b|\bcover(?:s|ed)\b|authoriz", head)
        else ""
    )


def _as_one(one: Criterion) -> Criterion:
    """One kind of treatment among several that are counted: "exercise or physical therapy" counts once, whichever it was."""
    names = one.join == "any" and not any(
        child.children or pattern("likeness", "has_verb").search(child.text) for child in one.children
    )
    return replace(one, join="leaf", when="", leaf=read_test(one.text), children=()) if names else one


def condition_as_test(one: Criterion) -> Criterion:
    """One way among several applies only where its condition holds: the condition is a test of its own."""
    if not one.when or one.children:
        return one
    rest = guarded(one.text).text
    first = Criterion(
        f"{one.id}/a", one.kind, one.when, one.page, first_words(one.when), leaf=read_test(one.when), made_id=True
    )
    second = Criterion(f"{one.id}/b", one.kind, rest, one.page, first_words(rest), leaf=one.leaf, made_id=True)
    return replace(one, when="", leaf=None, join="all", children=(first, second))
