"""How the criteria of one part stand together: lists under the part's name, ways that "or" parts, and no lead twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import dropwhile, takewhile

from chartproof.policy.draft.criterion import Criterion, first_words
from chartproof.policy.draft.items import made
from chartproof.policy.draft.joins import Announcement, announcement, by_separators, titled_join, ways_between
from chartproof.policy.draft.leads import condition_as_test
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sectioned import Section
from chartproof.policy.draft.words import pattern


def without_conditions(one: Criterion) -> Criterion:
    """The tree without a condition on one of several ways: a way that holds only then asks for that too."""
    children = tuple(without_conditions(child) for child in one.children)
    if one.join == "any" or one.join.startswith("at_least"):
        children = tuple(child if child.kind == "documentation" else condition_as_test(child) for child in children)
    return replace(one, children=children)


def counted(criteria: Sequence[Criterion], every_word: str) -> list[Criterion]:
    """The criteria, those of a part joined as a sentence elsewhere counts them ("at least one condition of section 1.1")."""
    joins = {
        match["id"]: said.join
        for match in pattern("joins", "counted").finditer(every_word)
        if (said := announcement(f"{match['said']} of the following:")) is not None
    }
    return [
        replace(one, join=joins[one.id]) if one.children and one.kind == "necessity" and one.id in joins and not announcement(one.text) else one
        for one in criteria
    ]  # fmt: skip


def without_leads(found: Sequence[Criterion]) -> list[Criterion]:
    """The criteria without a sentence that only says how a list beside it joins, whose words that list has for its own."""
    leads = [one.text for one in found if one.children]
    return [
        one for one in found
        if one.children or not announcement(one.text) or not any(one.text in text for text in leads)
    ]  # fmt: skip


def parted(found: list[Criterion], section: Section) -> list[Criterion]:
    """Items that nothing announces and "or" parts are ways."""
    if section.nodes and section.nodes[0].kind == "paragraph" and not section.nodes[0].children:
        rest = list(dropwhile(lambda node: node.kind != "item", section.nodes))
        before = len(found) - len(rest)
        listed = rest and before >= 0 and all(node.kind == "item" for node in rest)
        return [*found[:before], *parted(found[before:], replace(section, nodes=tuple(rest)))] if listed else found
    items = list(takewhile(lambda node: node.kind == "item", section.nodes))
    ways, heading = found[: len(items)], section.heading
    alike = len(ways) == len(items) > 1 and len({one.kind for one in ways}) == 1
    if alike and ways[0].kind != "exclusion" and (groups := ways_between([node.text for node in items])):
        return [*_side_by_side(ways, groups), *found[len(items) :]]
    if not alike or heading is None or by_separators([node.text for node in items]) != "any":
        return found
    group = Criterion(
        made(heading), ways[0].kind, heading.text, heading.page, first_words(heading.text), "any", made_id=True,
        children=tuple(ways),
    )  # fmt: skip
    return [group, *found[len(items) :]]


def _side_by_side(found: Sequence[Criterion], groups: Sequence[tuple[int, ...]]) -> list[Criterion]:
    """The criteria, those that "or" parts as ways of one."""
    first = {group[0]: group for group in groups}
    inside = {at for group in groups for at in group}
    whole: list[Criterion] = []
    for at, one in enumerate(found):
        if at in first:
            ways = tuple(found[place] for place in first[at])
            whole.append(
                Criterion(f"{one.id}/any", one.kind, one.text, one.page, one.find, "any", made_id=True, children=ways)
            )
        elif at not in inside:
            whole.append(one)
    return whole


def of_part(found: list[Criterion], section: Section) -> list[Criterion]:
    """What a part asks as one list, where a sentence in it says how all that it asks joins.

    "All of the conditions in this part apply together" stands among the conditions that it counts, "These conditions are
    needed in every case" before them.
    """
    match, said = _told_of_part(section)
    asked = [one for one in found if one.kind == "necessity" and (match is None or one.text not in match.group())]
    if match is None or said is None or len(asked) < 2 or not all(one.made_id for one in asked):
        return found
    flat = tuple(
        child for one in asked for child in (one.children if one.join == said.join and _are_clauses(one) else (one,))
    )
    first = section.nodes[0]
    group = Criterion(
        f"{made(first)}/part", "necessity", match.group(), first.page, first_words(match.group()), said.join, made_id=True,
        children=flat,
    )  # fmt: skip
    return [group, *(one for one in found if one.kind != "necessity")]


def _are_clauses(one: Criterion) -> bool:
    """True where a sentence only puts tests side by side: of names that share a verb the sentence says what is asked."""
    says = (pattern("likeness", "has_verb"), pattern("likeness", "measure"))
    plain = not one.when and not one.unless
    return plain and all(child.children or any(words.search(child.text) for words in says) for child in one.children)


def _told_of_part(section: Section) -> tuple[re.Match[str] | None, Announcement | None]:
    """The sentence of a part that says how all that the part asks joins, and what it says."""
    texts = [node.text for node in section.nodes if node.kind == "paragraph"]
    told = (pattern("joins", "of_part").search(text) for text in texts)
    match = next((match for match in told if match is not None), None)
    if match is not None:
        return match, announcement(f"{match['said']} of the following:")
    opens = pattern("joins", "of_everyone").match(texts[0]) if texts else None
    return opens, announcement("all of the following:") if opens is not None else None


def together(found: list[Criterion], section: Section) -> list[Criterion]:
    """What a part refuses, or the papers that it asks for, as one list under the part's name and the words that open it."""
    heading = section.heading
    if heading is None:
        return found
    if (join := titled_join(heading.text)) and (group := _joined_by_title(found, section, join)) is not None:
        return [group]
    if _is_titled_list(found, section, {one.kind for one in found}):
        return [_under_title(found, section, heading)]
    listed = section.role in ("documentation", "exclusion") and all(node.kind == "item" for node in section.nodes)
    if not listed and any(one.children and not one.made_id for one in found):
        return found
    everywhere = pattern("joins", "everywhere").match(heading.text) is not None
    kinds = {one.kind for one in found}
    if section.kind == "necessity" and len(found) > 1 and kinds == {"necessity"} and not heading.id:
        said = announcement(heading.text) or announcement(f"{heading.text}:")
        items = all(node.kind == "item" for node in section.nodes)
        if items and said is not None and pattern("joins", "grants").search(heading.text):
            return [
                Criterion(
                    made(heading), "necessity", heading.text, heading.page, first_words(heading.text), said.join,
                    made_id=True, children=tuple(found),
                )
            ]  # fmt: skip
    listed = section.role in ("exclusion", "documentation") and kinds == {section.kind}
    told = all(node.kind == "paragraph" and not node.children for node in section.nodes)
    lists = told and len(found) == 1 and found[0].join == ("none" if section.kind == "exclusion" else "all")
    begun = (
        heading.named and len(kinds) == 1 and "definition" not in kinds
    )  # "For all lines. This is asked. That is asked."
    if not (listed or everywhere or begun) or not (len(found) > 1 or (listed and lists)):
        return found
    join = "none" if section.role == "exclusion" else "all"
    made_lists = [
        one
        for one in found
        if listed and told and one.made_id and one.join == join and one.children and not (one.when or one.unless)
    ]
    children = [child for one in found for child in (one.children if one in made_lists else (one,))]
    opened = f" {made_lists[0].text}" if made_lists and made_lists[0] is found[0] else ""
    text, name = f"{heading.text}{opened}", heading.id or made(heading)
    group = Criterion(
        name, section.kind or found[0].kind, text, heading.page, first_words(heading.text), join, made_id=not heading.id,
        children=tuple(children),
    )  # fmt: skip
    return [group]


def _joined_by_title(found: Sequence[Criterion], section: Section, join: str) -> Criterion | None:
    """The entries of a part whose name says how they join; None where they are of several kinds, or others stand among them."""
    kinds = {one.kind for one in found}
    items = [node for node in section.nodes if node.kind == "item"]
    heading = section.heading
    if heading is None or len(kinds) != 1 or not len(found) == len(items) == len(section.nodes) > 1:
        return None
    kind = next(iter(kinds))
    join = "none" if kind == "exclusion" else "all" if join == "none" else join
    children = tuple(
        child for one in found for child in (one.children if kind == "exclusion" and one.join == "none" else (one,))
    )
    return Criterion(
        heading.id or made(heading), kind, heading.text, heading.page, first_words(heading.text), join,
        made_id=not heading.id, children=children,
    )  # fmt: skip


def _is_titled_list(found: Sequence[Criterion], section: Section, kinds: set[str]) -> bool:
    """True for labelled entries, and nothing else, under a heading that names their part: they are asked as that part."""
    entries = [
        one for one in section.nodes if one.kind == "item" and one.label and one.label.kind not in ("bullet", "word")
    ]
    plain = section.role in ("criteria", "continuation") and kinds == {section.kind}
    return plain and len(found) == len(entries) > 1 and not any(one.made_id for one in found)


def _under_title(found: Sequence[Criterion], section: Section, heading: Node) -> Criterion:
    """The entries of a part as one list; its name may say that one of them is enough."""
    said = announcement(heading.text) or announcement(f"{heading.text}:")
    join = said.join if said and said.join != "none" else "all"
    return Criterion(
        heading.id or made(heading), section.kind, heading.text, heading.page, first_words(heading.text), join,
        made_id=not heading.id, children=tuple(found),
    )  # fmt: skip


def standing_alone(one: Criterion) -> Criterion:
    """An exclusion of several tests that has no list of refusals above it holds when none of them is true."""
    if one.kind != "exclusion" and one.join == "all":
        return replace(one, children=tuple(standing_alone(child) for child in one.children))
    if one.kind != "exclusion" or one.join == "none":
        return one
    if one.join == "leaf":  # one refusal that stands in a sentence of its own is a list of one
        bare = one.made_id and not (one.when or one.unless)
        return replace(one, join="none", leaf=None, children=(replace(one, id=f"{one.id}/a"),)) if bare else one
    whole = (replace(one, id=f"{one.id}/a", made_id=True, when="", unless=""),)
    return replace(one, join="none", children=one.children if one.join == "any" else whole)
