"""What a section says that is in no criterion: limits, words set aside, and what a person must read. Nothing is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.frames import granted
from chartproof.policy.draft.grids import is_aside
from chartproof.policy.draft.labels import label_of
from chartproof.policy.draft.nodes import Node, entry_name
from chartproof.policy.draft.sectioned import Section
from chartproof.policy.draft.sections import ASIDE, sentence_of
from chartproof.policy.draft.tags import tag_kind
from chartproof.policy.draft.told_tables import parted_sentences

#: A sentence with its page.
Said = tuple[int, str]

#: What parts a cell's list.
_PIECES = re.compile(r"[•◦▪●○■;]|\([a-z\d]\)")


@dataclass(slots=True)
class Drafted:
    """Criteria in the document's order, and (page, sentence) of all the rest: nothing is dropped.

    `limits` say how much or how long is approved; `aside` are said to be no criteria; `not_understood` stand among
    criteria, and a person must read them.
    """

    criteria: list[Criterion] = field(default_factory=list)
    limits: list[Said] = field(default_factory=list)
    aside: list[Said] = field(default_factory=list)
    not_understood: list[Said] = field(default_factory=list)


def account(drafted: Drafted, section: Section, found: Sequence[Criterion]) -> None:
    """Puts each sentence of the section that is in no criterion where it belongs."""
    texts = "|".join(_letters(said) for one in every(found) for said in (one.text, one.unless))
    if section.heading is not None and _letters(section.heading.text) not in texts:
        drafted.aside.append((section.heading.page, section.heading.text))
    for node in all_below(section.nodes):
        for said in [cell for cell in node.cells if cell] or parted_sentences(node.text):
            said = re.sub(r"^Yes\s+No\b(?:\s+N/?A\b)?\s*", "", said)  # beside drawn boxes
            name = entry_name(node)
            if name and said.startswith(f"{name} "):
                drafted.aside.append((node.page, name))
                said = said.removeprefix(name).strip()
            pieces = [_letters(piece) for piece in re.split(r",|;|\band\b|\?\s+If (?:yes|no)\b.*", said)]
            if node.kind == "row":
                said = _unlabelled(said)
            if _letters(said) in texts or all(piece in texts for piece in pieces):
                continue
            tag = tag_kind(node.label.tag) if node.label and node.label.tag else ""
            if node.kind == "row":
                tag = next(filter(None, (tag_kind(cell) for cell in node.cells if len(cell.split()) == 1)), "")
            role = "limits" if tag == "limits" else "pointer" if tag == "aside" else sentence_of(said)
            if role == "limits" or section.role == "limits":
                drafted.limits.append((node.page, said))
            elif role not in ASIDE and _may_ask(node, section, role or _granted(said), texts=texts, found=found):
                drafted.not_understood.append((node.page, said))
            else:
                drafted.aside.append((node.page, said))


def _may_ask(node: Node, section: Section, role: str, *, texts: str, found: Sequence[Criterion]) -> bool:
    """True for words among criteria, and for words of a test in a part that is not known to be something else."""
    if node.kind == "answers":
        return False
    if node.kind == "row":
        table = node.parent
        silent = bool(section.role) and not section.kind
        return not silent and table is not None and not is_aside(table) and not _is_drafted(node, table, texts)
    listed = node.kind == "item" and node.label is not None and node.label.kind != "bullet"
    return bool(found or section.kind or (not section.role and (role or listed)))


def _granted(said: str) -> str:
    """The role of a sentence that asks for something before it grants, whatever its words do not tell."""
    return "necessity" if granted(said) is not None else ""


def _is_drafted(row: Node, table: Node, texts: str) -> bool:
    """True for a row of which a cell is drafted, and for the names over the columns of a table that is drafted."""
    pieces = (piece for cell in row.cells for piece in _PIECES.split(_unlabelled(cell)))
    drafted = any(_letters(piece) in texts for piece in pieces if len(piece.strip()) > 3)
    below = (_unlabelled(cell) for one in table.children for cell in one.cells if len(cell) > 3)
    return drafted or (row is table.children[0] and any(_letters(cell) in texts for cell in below))


def _unlabelled(cell: str) -> str:
    """A cell's words without the label of its row: the label is a criterion's id."""
    label = label_of(cell)
    return cell[label.length :] if label is not None and label.length < len(cell) else cell


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def all_below(nodes: Sequence[Node]) -> Iterator[Node]:
    """Every node and what stands below it, in order, rows and answers included."""
    for node in nodes:
        yield node
        yield from all_below(node.children)
