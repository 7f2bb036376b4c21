"""The tables of a section: which of them hold criteria, and what the sentences beside them say of how they are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.columns import read_grid, roles_of
from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.entries import is_banded, told_answers
from chartproof.policy.draft.grids import asks, decides, draft_grid, is_aside
from chartproof.policy.draft.guards import part_read
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.labels import printed_label
from chartproof.policy.draft.legends import tells_legend
from chartproof.policy.draft.nodes import Node, announces
from chartproof.policy.draft.sectioned import Section
from chartproof.policy.draft.sections import ASIDE, sentence_of
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.stating import list_kind
from chartproof.policy.draft.told_tables import said_of
from chartproof.policy.draft.units import opens_list
from chartproof.policy.draft.words import pattern

#: A sentence that only says how rows join has so many words at the most.
_JOINS = 9


def telling_tables(section: Section) -> list[Criterion]:
    """The tables of a part that is named for something else and holds criteria all the same."""
    lead = [node for node in section.nodes if node.kind == "paragraph"]
    telling = _asks_for_papers if section.role in ASIDE else lambda table: _tells(table, lead)
    tables = [node for node in section.nodes if node.kind == "table" and telling(node)]
    return of_tables(tables, replace(section, role=""))


def of_tables(tables: Sequence[Node], section: Section) -> list[Criterion]:
    ours = [table for table in tables if not is_aside(table)]
    lead = _leads_of(ours, section) if ours else []
    if section.role == "limits":
        ours = [kept for table in ours if (kept := _extending(table)).children]
    if not ours:
        return []
    groups: list[list[Node]] = []
    for table in ours:
        if groups and len(table.children[0].cells) == len(groups[-1][0].children[0].cells):
            groups[-1].append(table)
        else:
            groups.append([table])
    telling = [group for group in groups if section.kind or _tells(group[0], lead)]
    said = next((one for node in lead for one in sentences(node.text) if opens_list(one) or _grants_rows(one)), "")
    kind = section.kind or (list_kind(said, section) if said else "")
    return [one for group in telling for one in draft_grid(group, kind, lead)]


def _grants_rows(said: str) -> bool:
    """True for "Renewal is approved when the member's row is met": the rows are what is asked."""
    return pattern("grids", "row_fits").search(said) is not None and pattern("joins", "grants").search(said) is not None


def _extending(table: Node) -> Node:
    """A table of limits with those rows alone that say when an approval is extended."""
    rows = [row for row in table.children if any(sentence_of(cell) == "continuation" for cell in row.cells)]
    return replace(table, children=rows)


def _leads_of(tables: Sequence[Node], section: Section) -> list[Node]:
    """What is said of tables: before them anything, after them what opens no list of its own."""
    at = section.nodes.index(tables[0])
    kinds = [*(node.kind for node in section.nodes), ""]

    def opens(n: int, node: Node) -> bool:
        below = kinds[n + 1] == "item" and announcement(node.text) is not None
        return bool(node.children) or announces(node.text) or below

    return said_of(section.heading, tables) + [
        node for n, node in enumerate(section.nodes) if node.kind == "paragraph" and (n < at or not opens(n, node))
    ]


def is_before_table(after: Sequence[Node]) -> bool:
    return bool(after) and after[0].kind == "table" and not is_aside(after[0])


def is_after_table(node: Node, nodes: Sequence[Node]) -> bool:
    """True for a paragraph right below a table of criteria."""
    at = next((n for n, one in enumerate(nodes) if one is node), 0)
    return at > 0 and nodes[at - 1].kind == "table" and not is_aside(nodes[at - 1])


def without_reading(node: Node) -> Node:
    """The paragraph before a table without its sentences that only say how the table is read."""
    if node.children:
        return node
    kept = [
        said for said in sentences(node.text)
        if not pattern("grids", "reads").search(said) and not pattern("frames", "says_nothing").search(said)
        and not told_answers(said)
    ]  # fmt: skip
    return replace(node, text=" ".join(kept))


def leads_table(node: Node, table: Node) -> bool:
    """True for a paragraph of which every sentence only says how the table below it is read, or names its bands."""
    return not is_aside(table) and (
        told_answers(node.text) != {}
        or (len(sentences(node.text)) == 1 and is_banded(read_grid([table])))
        or all(
            opens_list(said)
            or only_joins(said)
            or pattern("grids", "rows_join").search(said)
            or re.search(r"(?i)\b(?:table|columns?|rows?)\b", said)
            or sentence_of(said) in ASIDE
            or part_read(said)
            or _names_rows(said, table)
            or tells_legend(said, table.children[0].cells[1:])
            for said in sentences(node.text)
        )
    )


def _names_rows(said: str, table: Node) -> bool:
    """True for a sentence that speaks of several rows by their labels: "both L1 and L2 must be Yes; one of L3 and L4 too"."""
    labels = [label for row in table.children if row.cells and (label := printed_label(row.cells[0]))]
    named = [label for label in labels if re.search(rf"(?<![\w.-]){re.escape(label)}(?![\w-])(?!\.\d)", said)]
    return len(named) > 1 and any(character.isalpha() for character in "".join(named))


def only_joins(said: str) -> bool:
    """True for a few words that say no more than how what follows joins: "One is enough", "Any one of these stops it"."""
    return len(said.split()) <= _JOINS and (
        announcement(said) is not None or pattern("joins", "bars").search(said) is not None
    )


def _asks_for_papers(table: Node) -> bool:
    """True for a table in which a column names what is sent with a request, whatever its part is called."""
    return any(pattern("grids", "sent").search(cell) for cell in table.children[0].cells)


def _tells(table: Node, lead: Sequence[Node]) -> bool:
    """True where the words over a table's columns, or before it, say that its rows are conditions."""
    head = " ".join(table.children[0].cells)
    roles = set(roles_of(table.children[0].cells))
    return (
        decides(table.children[0].cells)
        or any(pattern("grids", "measure").search(cell) for row in table.children for cell in row.cells)
        or {"necessity", "documentation"} <= roles
        or asks(table)
        or bool(re.search(r"(?i)\b(?:criteri|requirement|initial|renewal|condition|decision|outcome|rule)", head))
        or any(
            opens_list(node.text)
            or told_answers(node.text)
            or sentence_of(node.text) in ("necessity", "exclusion", "test")
            for node in lead
        )
    )
