"""The tree of criteria of a policy document, from its outline. What is not drafted is listed, never dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from chartproof.policy.draft.accounted import Drafted, account, all_below
from chartproof.policy.draft.answered import with_answers
from chartproof.policy.draft.answers import ways_of_answer
from chartproof.policy.draft.bullet_parts import are_sentences, of_bullets
from chartproof.policy.draft.calls import calling, with_calls
from chartproof.policy.draft.criterion import Criterion, first_words, with_waivers, with_window
from chartproof.policy.draft.definitions import definitions
from chartproof.policy.draft.exceptions import with_exceptions
from chartproof.policy.draft.excused import with_excused
from chartproof.policy.draft.grouping import (
    counted,
    of_part,
    parted,
    standing_alone,
    together,
    without_conditions,
    without_leads,
)
from chartproof.policy.draft.guards import guard_of_part
from chartproof.policy.draft.items import criterion, made, parent, without_boxes_text
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.labels import PARTS
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.products import by_product, of_product
from chartproof.policy.draft.prose import draft_paragraph, draft_prose, led_paragraph, numbered, own_tests, under
from chartproof.policy.draft.referring import refers
from chartproof.policy.draft.sectioned import Section, below, sections
from chartproof.policy.draft.sections import by_content, section_of, sentence_of
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.stating import list_kind, may_be, may_list, says_so
from chartproof.policy.draft.tabled import (
    is_after_table,
    is_before_table,
    leads_table,
    of_tables,
    only_joins,
    telling_tables,
    without_reading,
)
from chartproof.policy.draft.tags import tag_kind
from chartproof.policy.draft.titles import is_question
from chartproof.policy.draft.told_tables import without_told
from chartproof.policy.draft.units import closing_lead
from chartproof.policy.draft.words import pattern


def draft_criteria(root: Node) -> Drafted:
    """The criteria of every section that may hold some."""
    drafted = Drafted()
    every_word = " ".join(node.text for node in all_below(root.children))
    parts = sections(root)
    products = by_product(parts)
    for section in parts:
        if section.role and not section.kind:
            found = _meanings(section)
        elif section.role == "definitions":
            found = definitions(section.nodes)
        else:
            found = _ways_of(section, _of_section(section), every_word)
            found = of_product(section, found) if section in products else found
        drafted.criteria = _among(drafted.criteria, section, found)
        account(drafted, section, found)
    drafted.criteria, reading = with_calls(drafted.criteria, [one for one in all_below(root.children) if calling(one)])
    drafted.aside += [(one.page, one.text) for one in reading]
    answers = " ".join(node.text for node in all_below(root.children) if node.kind != "row")
    drafted.criteria = counted(with_answers(drafted.criteria, answers), every_word)
    excepted, unnamed = with_exceptions(with_waivers(drafted.criteria))
    drafted.not_understood += [(one.page, one.text) for one in unnamed]
    said = [text for _, text in (*drafted.aside, *drafted.not_understood)]
    excused = with_excused(excepted, said)
    drafted.criteria = [with_window(without_conditions(one), None) for one in excused]
    return drafted


def _meanings(section: Section) -> list[Criterion]:
    """What a part without criteria says of the words that the criteria use."""
    if section.role in ("background", "references"):
        return telling_tables(section)
    if section.role not in ("codes", "reading", "scope"):
        return []
    told = (
        node for node in section.nodes if node.kind == "paragraph" and by_content(sentences(node.text)) == "definitions"
    )
    meant = [one for node in told for one in draft_prose(node, "definition") if one.kind == "definition"]
    return [*meant, *(telling_tables(section) if section.role != "codes" else [])]


def _of_section(section: Section) -> list[Criterion]:
    heading = section.heading
    items = any(node.kind == "item" for node in below(heading)) if heading else False
    if heading and heading.label and items and not _heads_questions(heading) and section.role not in ("limits", "site"):
        kind = section.kind or _led_kind(section)
        if kind:
            return _of_heading(heading, section, kind)
    if (answer := ways_of_answer(section)) is not None:
        return [answer]
    found = without_leads(_of_nodes(section))
    found = of_part(together(parted(found, section), section), section)
    found = [standing_alone(one) for one in found]
    alone = len(found) == 1 or (found and found[0].children and {one.kind for one in found[1:]} <= {"documentation"})
    if heading is not None and heading.id and alone and found[0].made_id and section.kind != "definition":
        found[0] = replace(found[0], id=heading.id, made_id=False)
    return _of_step(heading, found) if heading is not None else found


def _of_step(heading: Node, found: list[Criterion]) -> list[Criterion]:
    """The sentences below "Step 4", or "4. Earlier treatment.", together: they are asked in that step."""
    label = heading.label
    run_in = label is not None and label.kind == "number" and _is_run_in(heading)
    step = run_in or (label is not None and label.kind == "word" and PARTS.match(label.text) is None)
    if (
        not step
        or len(found) < 2
        or {one.kind for one in found} != {"necessity"}
        or not all(one.made_id for one in found)
    ):
        return found
    return [
        Criterion(heading.id, "necessity", heading.text, heading.page, first_words(heading.text), "all",
                  children=tuple(found))
    ]  # fmt: skip


def _is_run_in(heading: Node) -> bool:
    """True for a heading that stands in the first line of its own paragraph."""
    first = next(iter(heading.children), None)
    return first is not None and bool(first.lines) and first.lines[0].start == heading.lines[0].start


def _heads_questions(heading: Node) -> bool:
    """True for "Section 2" over Questions 5 to 8, each of which is a criterion of its own."""
    label = heading.label
    asked = [
        node for node in heading.children
        if node.kind == "item" and node.label
        and (node.label.kind == "word" or any(child.kind == "answers" for child in node.children))
    ]  # fmt: skip
    return label is not None and PARTS.match(label.text) is not None and bool(asked) and not announcement(heading.text)


#: "One of the product sections that follow has to be met": the smaller headings below are the ways.
_SECTIONS = re.compile(
    r"\b(?:one|any|either|all|each) of (?:the|these) (?:[\w-]+ )?(?:sections|parts|headings|indications|products|diagnoses)\b",
    re.IGNORECASE,
)


#: An entry of a list without marks has so many words at the most.
_ENTRY = 18
#: Each of several such sentences is a way of its own.
_GRANTS_FOR = re.compile(r"(?:approved|covered|authorized) for\s", re.IGNORECASE)


def _is_open(one: Criterion) -> bool:
    """True for a sentence that announces a list and has none: what the next part asks is that list."""
    said = announcement(one.text)
    ends = one.text.rstrip().endswith(":")
    return (
        one.kind == "necessity"
        and not one.children
        and one.made_id
        and ends
        and said is not None
        and said.join != "none"
    )


def _among(before: list[Criterion], section: Section, found: list[Criterion]) -> list[Criterion]:
    """The criteria with those of one more section: under the sentence that counts it among its ways, else beside them."""
    opened = before[-1] if before else None
    counts = _SECTIONS.search(opened.text) if opened is not None else None
    heading = section.heading
    if (
        opened is not None
        and _is_open(opened)
        and found
        and {one.kind for one in found} <= {opened.kind, "continuation"}
    ):
        ways = found[0].children if len(found) == 1 and found[0].made_id and found[0].join == "all" else found
        said = announcement(opened.text)
        named = opened.text if ways is found else f"{opened.text} {found[0].text}"
        return [
            *before[:-1],
            replace(opened, text=named, join=said.join if said else "all", leaf=None, children=tuple(ways)),
        ]
    if opened is None or counts is None or not section.under or heading is None or not found:
        return [*before, *found]
    join = "all" if counts.group().lower().startswith(("all", "each")) else "any"
    way = found[0]
    if len(found) > 1:
        each = "any" if all(_GRANTS_FOR.match(one.text) for one in found) else "all"
        way = Criterion(
            made(heading), found[0].kind, heading.text, heading.page, first_words(heading.text), each, made_id=True,
            children=tuple(found),
        )  # fmt: skip
    return [*before[:-1], replace(opened, join=join, leaf=None, children=(*opened.children, way))]


def _ways_of(section: Section, found: list[Criterion], every_word: str) -> list[Criterion]:
    """Items that a sentence elsewhere counts as ways ("one of the six reasons below") stand in a group of their own."""
    word = re.match(r"[A-Z][a-z]+", found[0].id) if len(found) > 1 else None
    if word is None or section.heading is None or not all(one.id.startswith(f"{word.group()} ") for one in found):
        return found
    counted = re.search(
        rf"(?i)\b(?:one|any|either|at least (?:one|two|three)) of (?:the|these|our) (?:\w+ )?{word.group()}s\b[^.]*",
        every_word,
    )
    said = announcement(f"{counted.group()}:") if counted else None
    if said is None:
        return found
    heading = section.heading
    return [
        Criterion(made(heading), found[0].kind, counted.group() if counted else "", heading.page, first_words(heading.text), said.join,
                  made_id=True, children=tuple(found))
    ]  # fmt: skip


def _led_kind(section: Section) -> str:
    """The kind that the sentence under a heading gives its items ("... is approved when both of these are met:")."""
    lead = next(iter(section.nodes), None)
    said = lead is not None and lead.kind == "paragraph" and lead.children and says_so(lead.text)
    return list_kind(lead.text, section) if lead is not None and said else ""


def _of_heading(heading: Node, section: Section, kind: str) -> list[Criterion]:
    """A labelled heading is itself a criterion: its first paragraph announces its items."""
    leads: list[Node] = []
    rest = list(section.nodes)
    while rest and rest[0].kind == "paragraph":
        leads.append(rest.pop(0))
        if leads[-1].children:
            rest = [*leads[-1].children, *rest]
            break
    lead = " ".join(node.text for node in leads)
    items = [node for node in rest if node.kind == "item" and not _is_left_out(node)]
    if not items:
        return []
    if kind == "necessity" and len(items) == len(rest) == 1 and not leads and not announcement(f"{heading.text}:"):
        return [criterion(items[0], kind)]  # a part of one entry is no list
    if not leads and are_sentences(heading, items):
        return of_bullets(heading, section, items)
    run_in = bool(leads) and leads[0].lines[0].start == heading.lines[0].start
    first = heading if run_in or not leads else leads[0]
    text = f"{heading.text} {lead}" if run_in else lead or heading.text
    whole = parent(heading.id, first, text, items, kind, heading=heading.text)
    whole = replace(whole, when=whole.when or guard_of_part(heading.text))
    beside = tuple(node for node in rest if node.kind != "item")
    return _with_more(whole, _of_nodes(replace(section, nodes=beside)) if beside else [])


def _with_more(whole: Criterion, more: Sequence[Criterion]) -> list[Criterion]:
    """A part's list with what its paragraphs say besides: one more refusal or paper is one more of the list."""
    listed = (whole.kind, whole.join) in (("exclusion", "none"), ("documentation", "all"))
    joined = [one for one in more if listed and one.kind == whole.kind]
    flat = [child for one in joined for child in (one.children if one.join in ("none", whole.join) else (one,))]
    return [replace(whole, children=(*whole.children, *flat)), *(one for one in more if one not in joined)]


def _is_left_out(item: Node) -> bool:
    """True for an entry of a register whose class says that it asks nothing."""
    return bool(item.label and item.label.tag) and tag_kind(item.label.tag if item.label else "") in ("limits", "aside")


def _of_nodes(section: Section) -> list[Criterion]:
    found: list[Criterion] = []
    nodes = list(section.nodes)
    while nodes:
        node = without_told(nodes.pop(0))
        if node.kind == "paragraph" and not node.text:
            continue
        listed = [child for child in node.children if child.kind == "item"]
        if node.kind == "paragraph" and not node.children and (announcement(node.text) or _refers(node, nodes)):
            while nodes and (_is_entry(nodes[0]) or (listed and _takes_back(nodes[0]))):
                after = nodes.pop(0)
                if after.kind == "item":
                    listed.append(after)
                else:  # "Condition two does not apply to ..." below condition two
                    listed[-1] = replace(listed[-1], text=f"{listed[-1].text} This condition{_takes_back(after)}")
            if listed and may_list(node, section):
                kind = list_kind(node.text, section)
                found.append(_under_words(parent("", node, node.text, listed, kind), node, section))
                continue
            nodes = [*listed, *nodes]
        if node.kind == "paragraph" and (is_before_table(nodes) or is_after_table(node, section.nodes)):
            node = without_reading(node)
            if not node.text or (is_before_table(nodes) and leads_table(node, nodes[0])):
                continue
        before, lead = closing_lead(node) if node.kind == "paragraph" and not node.children else ("", "")
        if lead:
            children = _below_lead(replace(section, nodes=tuple(nodes)))
            if children:
                kind = list_kind(lead, section)
                first = draft_prose(replace(node, text=before), section.kind) if before else []
                own = own_tests(f"{made(node)}/l", node, lead) if kind == "necessity" else ()
                return [*found, *first, under(f"{made(node)}/l", node, lead, kind, [*own, *children])]
        if node.kind == "table":
            tables = [node]
            while nodes and nodes[0].kind == "table":
                tables.append(nodes.pop(0))
            found += of_tables(tables, section)
        elif node.kind == "paragraph" and not node.children:
            telling = section.role in ("limits", "site")
            title = section.heading.text if section.heading is not None else ""
            answers = (
                is_question(title)
                or title.endswith("?")
                or pattern("joins", "everywhere").match(title) is not None
                or _is_list(section)
            )
            told = draft_prose(node, "" if telling else section.kind, announced=answers)
            found += numbered(node, [one for one in told if not (section.role == "limits" and _only_limits(one))])
        elif node.kind in ("item", "paragraph"):
            found += _of_item(node, section)
    return found


def _under_words(one: Criterion, node: Node, section: Section) -> Criterion:
    """A list whose lead says no more than how it joins ("One entry is enough."), under the words of the heading above that.

    What is listed, and for whom, stands in the heading: "GROUP 1. Paid for when the general rules are met".
    """
    heading = section.heading
    opens = section.nodes[0].lines[0] is node.lines[0]
    if heading is None or heading.page != node.page or not opens or not only_joins(node.text):
        return one
    return replace(one, text=f"{heading.text} {one.text}")


def _refers(node: Node, after: Sequence[Node]) -> bool:
    """True where the sentence speaks of the entries that follow it by their labels."""
    return refers(node.text, list(takewhile(_is_entry, after)), None)


def _only_limits(one: Criterion) -> bool:
    """True for a sentence among limits that grants and refuses nothing: "Doses every two weeks are required after ..."."""
    return one.kind == "necessity" and sentence_of(one.text) == "test"


def _is_list(section: Section) -> bool:
    """True for a part of short lines without stops, each an entry of a list whose marks are not letters."""
    lines = [node.text for node in section.nodes if node.kind == "paragraph"]
    entries = [text for text in lines if len(text.split()) <= _ENTRY and re.search(r"[\w)%;,]$", text)]
    return bool(section.kind) and len(entries) > 1 and len(entries) * 2 > len(section.nodes)


def _is_entry(node: Node) -> bool:
    return node.kind == "item" and not (node.label and node.label.tag)


def _takes_back(node: Node) -> str:
    """The words that take an entry back for some, "" for any other node."""
    back = pattern("guards", "taken_back").match(node.text) if node.kind == "paragraph" and not node.children else None
    return f" does not apply to {back['guard']}" if back is not None else ""


def _below_lead(section: Section) -> list[Criterion]:
    """What the paragraphs below a sentence say that announced them: each paragraph one criterion."""
    if not section.nodes or any(node.kind != "paragraph" for node in section.nodes):
        return []
    found: list[Criterion] = []
    for node in section.nodes:
        one = replace(section, nodes=(node,))
        found += _of_nodes(one) if node.children else draft_paragraph(node, section.kind)
    return found


def _of_item(node: Node, section: Section) -> list[Criterion]:
    tag = tag_kind(node.label.tag) if node.label and node.label.tag else ""
    if tag:
        return [] if tag in ("limits", "aside") else [criterion(node, tag)]
    if section.kind == "necessity" and _is_limits(node):
        return []
    if may_be(node, section):
        asked, _ = without_boxes_text(node.text)
        if told := led_paragraph(node, section.kind):
            return [told]
        own = "" if node.kind == "paragraph" or section.role == "limits" else section.kind
        found = criterion(node, own or list_kind(asked, section))
        return [found if found.id else replace(found, id=made(node))]
    if section.role in ("limits", "site", ""):
        return [one for child in node.children for one in _of_item(child, section)]
    return []


def _is_limits(node: Node) -> bool:
    """True for "V. Limits. An approval runs for 90 days.", an item that names itself so and lists nothing."""
    first, *rest = sentences(node.text) or [""]
    named = bool(rest) and len(first.split()) <= 4 and section_of(first.rstrip(".")) == "limits"
    return named and not node.children
