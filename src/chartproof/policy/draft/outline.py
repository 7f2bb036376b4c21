"""The lines of a document as a tree: headings, labelled items and paragraphs, each with its own text and place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.cards import with_cards
from chartproof.policy.draft.enumerated import with_enumerated
from chartproof.policy.draft.habits import Habits
from chartproof.policy.draft.item_exceptions import exception_below
from chartproof.policy.draft.labels import Label, as_roman, heading_label, label_of, scanned_label
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.nodes import (
    ANSWER,
    JOINT,
    UNENDED,
    Node,
    announces,
    begun_name,
    contains,
    entry_name,
    items_below,
    joined,
    names_table,
    numbered_title,
    path,
)
from chartproof.policy.draft.placing import (
    TOUCH,
    as_numeral,
    in_sequence,
    known_place,
    mended,
    next_in_place,
    parent_by_place,
)
from chartproof.policy.draft.sections import section_of
from chartproof.policy.draft.setting import Setting, heading_end, is_bold, is_labelled_box, is_set_like, setting_of
from chartproof.policy.draft.tables import Row, Table, divided, listed_marks, usual_pitch
from chartproof.policy.draft.titles import with_titles

#: A gap between lines above this many text heights ends a paragraph that has no label.
_APART = 1.75
#: The tops of two typed lines with a blank line between them are so many text heights apart.
_BLANK = 2.5
#: Words of a title, and of one across a table, at the most.
_TITLE, _ACROSS = 12, 16


def outline(parts: Sequence[Line | Table]) -> Node:
    """The document's tree, from its lines and tables in reading order."""
    lines = [part for part in parts if isinstance(part, Line)]
    root = Node("document", "", lines[0].page if lines else 1)
    builder = _Builder(root, setting_of(lines, usual_pitch(lines)))
    for at, part in enumerate(parts):
        if isinstance(part, Table):
            builder.add_table(part)
        else:
            after = parts[at + 1] if at + 1 < len(parts) else None
            builder.add(part, after if isinstance(after, Line) else None, above_table=isinstance(after, Table))
    with_cards(root)
    with_enumerated(root)
    with_titles(root)
    return root


class _Builder:
    """Puts each line where it belongs: into the open block, or as a new block under the right parent."""

    def __init__(self, root: Node, setting: Setting) -> None:
        self.root, self.set = root, setting
        self.open: list[Node] = [root]
        self.block: Node = root
        self.last: Line | None = None
        self.habits = Habits()

    def add_table(self, table: Table) -> None:
        """A table belongs to the item that announces it, else to the section."""
        above = self.block if self.block.kind == "item" and re.search(r"(?i)\btable\b|:$", self.block.text) else None
        parent = above or self._section()
        if above is not None and (marks := listed_marks(table)):
            above.children += items_below(above, marks, [(row.cells[1], row.lines) for row in table.rows])
            self.last = table.rows[-1].lines[-1]
            return
        for title, rows in divided(table):
            if title is not None:
                parent = self._titled(title)
            if rows:
                self._grid(rows, parent)
        self.last = None

    def _titled(self, title: Row) -> Node:
        """The heading of a row that goes across all columns; a sentence there is a paragraph."""
        text, first = title.cells[0], title.lines[0]
        line = replace(first, text=text)
        above = self._section()
        if len(text.split()) > _ACROSS:
            self._attach(Node("paragraph", text, first.page, [line], left=first.left), above)
            return above
        label = label_of(text)
        label = label if label is not None and label.kind == "word" else None
        node = Node("heading", text, first.page, [line], label, label.text if label else "", left=first.left)
        self._attach(node, self.root)
        return self.block

    def _grid(self, rows: Sequence[Row], parent: Node) -> None:
        first = rows[0].lines[0]
        node = Node("table", "", first.page, [], left=first.left)
        for row in rows:
            lines = list(row.lines)
            child = Node("row", " ".join(cell for cell in row.cells if cell), lines[0].page, lines, left=lines[0].left)
            child.cells, child.parent = row.cells, node
            node.children.append(child)
        node.parent = parent
        parent.children.append(node)
        self.block = node

    def add(self, line: Line, after: Line | None = None, *, above_table: bool = False) -> None:
        if JOINT.fullmatch(line.text.strip()) and self.block.kind in ("item", "paragraph"):
            self._joint(line)
            return
        if ANSWER.match(line.text) and not is_labelled_box(line):
            self._answers(line)
            self.last = line
            return
        if not self._continues(line) and (below := exception_below(self.open, line)) is not None:
            self.block, self.last = below, line
            return
        if self._ends_bracket(line):
            self.block.lines.append(line)
            self.block.text = joined(self.block.text, line.text)
            self.last = line
            return
        label = None if line.titled else self._label(line)
        if label is None and (line.styled or self.set.stands_out(line, None)):
            label = heading_label(line.text)
        if label is None and self._is_joined() and self.block.parent is not None:  # an entry without a mark
            entry = Node("item", line.text, line.page, [line], self.block.label, left=line.left)
            self._attach(entry, self.block.parent)
            self.last = line
            return
        if label is not None and (cut := heading_end(line, label, in_sequence(self.open, label))):
            self._run_in_heading(line, label, cut)
        elif (
            self.set.is_heading(line, label)
            or (label is None and is_set_like(line, self.root.children))
            or self._looks_like_heading(line, label, after)
            or (above_table and label is not None and names_table(line, label))
        ):
            self._heading(line, label)
        elif label is not None and (label.text.startswith("¶") or self._repeats(label)):
            self._paragraph(line, label)
        elif label is not None:
            self._item(line, label)
        elif self._continues(line):
            self.habits.goes_on(self.block, line)
            self.block.lines.append(line)
            self.block.text = joined(self.block.text, line.text)
        else:
            self._paragraph(line)
        self.last = line

    def _ends_bracket(self, line: Line) -> bool:
        """True for the second line of a heading that ends within a bracket: "(both boxes", then "are required)"."""
        block, last = self.block, self.last
        within = block.kind == "heading" and block.text.count("(") > block.text.count(")") and ")" in line.text
        return within and last is not None and last.page == line.page and line.text[0].islower()

    def _repeats(self, label: Label) -> bool:
        """True for "C. A request is denied ..." right below "C. REASONS FOR DENIAL": the part's own first sentence."""
        above = self.block.label if self.block.kind == "heading" else None
        return above is not None and above.kind == label.kind != "bullet" and above.text == label.text

    def _joint(self, line: Line) -> None:
        """ "OR" alone in its line parts what stands above from what follows: both are items, marked or not."""
        if self.block.kind == "paragraph":
            self.block.kind, self.block.label = "item", Label("bullet", "•", 0, 0)
        word = line.text.strip(" -–—*()")
        self.block.text = f"{self.block.text} {word}"
        self.last = line

    def _is_joined(self) -> bool:
        last = self.last
        unmarked = self.block.kind == "item" and self.block.label is not None and self.block.label.length == 0
        return unmarked and last is not None and JOINT.fullmatch(last.text.strip()) is not None

    def _label(self, line: Line) -> Label | None:
        if line.series is not None:
            return line.series
        label = scanned_label(line.text) if line.scanned else label_of(line.text)
        if label is None:
            return None
        if line.scanned:
            label = mended(self.open, line, label)
        if label.boxed or (label.kind == "code" and not self._in_mid_sentence(line)):
            return label
        begins = line.hang or is_bold(line, label) or self.set.begins_below(self.block, self.last, line, label)
        if label.kind != "bullet" and begins:
            return as_numeral(self.open, label)  # it stands apart from its text, or is set to be seen
        if label.kind != "bullet" and self._in_mid_sentence(line) and not next_in_place(self.open, label, line):
            numeral = as_roman(label)
            return numeral if numeral is not None and next_in_place(self.open, numeral, line) else None
        if in_sequence(self.open, label) is not None:
            return label
        roman = as_roman(label)
        if roman is not None and (in_sequence(self.open, roman) is not None or roman.rank == 1):
            return roman
        if label.kind in ("bullet", "word") or label.rank == 1 or known_place(self.open, label, line):
            return label
        if self.block.kind == "heading" or self.habits.counts_on(label, self._section()) is not None:
            return label  # a count that goes on in the next part
        if self.block.kind == "paragraph" and self.block.text.rstrip().endswith(":"):
            return label  # the first of what was announced, whatever its number
        if self.block.label is None and self.block.kind != "item" and not self._continues(line):
            return label
        return None

    def _in_mid_sentence(self, line: Line) -> bool:
        """True where the open block's sentence has not ended and this line stands where it would go on."""
        return not re.search(r"[.;:?!]\W*$", self.block.text) and self._continues(line)

    def _looks_like_heading(self, line: Line, label: Label | None, after: Line | None) -> bool:
        """A short line of the text's own size with space above it and words of a section's name."""
        if (
            self.block.kind == "heading"
            and self.last is not None
            and line.left > self.block.left + TOUCH
            and not line.scanned
        ):
            return False  # what stands set in right below a heading is its first entry
        if after is not None and line.text.endswith("?") and ANSWER.match(after.text):
            return False
        if self.last is None and not line.cells and after is not None and label is None:
            return after.top - line.top > self.set.body * 1.6 and len(line.text.split()) <= 12
        if label is not None and label.kind == "number" and re.match(r"\d+\s", line.text) and section_of(line.text):
            return True
        beside = in_sequence(self.open, label) if label is not None else None
        if numbered_title(line, label, after, self.set.width, beside):
            return True
        if label is not None or self.last is None or after is None or len(line.text.split()) > _TITLE:
            return False
        if re.search(r"[.;:,]$|[.;:?]\s+[A-Z]|[:;]\s+[a-z]", line.text) or not line.text[0].isupper():
            return False
        if line.text.endswith("?") and not section_of(line.text):
            return False
        if self._stands_out(line, after):
            return True
        if self.last.page != line.page or line.top < self.last.top:  # the first line of a page or column
            return bool(re.search(r"[.;:?!]\W*$", self.last.text)) and self.set.stands_alone(line, after)
        above, below = line.top - self.last.top, after.top - line.top
        if not line.cells and min(above, below) > self.set.body * 1.6:  # typed: a blank line, or less and a part's name
            return min(above, below) > self.set.body * _BLANK or bool(section_of(line.text))
        if above > max(self.set.pitch, self.set.body) * 1.25 and self.set.stands_alone(line, after):
            return True
        if UNENDED.search(line.text) or not (after.text[0].isupper() or label_of(after.text)):
            return False  # its sentence goes on
        return bool(self.set.body and above > below * 1.2 and above > self.set.body * 1.6 and section_of(line.text))

    def _stands_out(self, line: Line, after: Line) -> bool:
        """True for a few words further left than the entries below it, where what stands above has ended."""
        last = self.last
        if (
            line.scanned
            or len(line.cells) != 1
            or after.page != line.page
            or after.left <= line.left + TOUCH
            or last is None
        ):
            return False
        dedents = last.page == line.page and last.left > line.left + TOUCH
        apart = last.page == line.page and line.top - last.top > max(self.set.pitch, self.set.body) * 1.25
        ended = dedents or apart or re.search(r"[.;:?!)]\W*$", last.text) is not None or self.block.kind == "heading"
        room = self.set.has_room(line, after, line)
        begins = after.text[0].isupper() or label_of(after.text) is not None
        begins = begins and not JOINT.fullmatch(after.text.strip())
        return ended and room and begins and not UNENDED.search(line.text)

    def _continues(self, line: Line) -> bool:
        block, last = self.block, self.last
        if last is None or block.kind in ("document", "heading", "table") or not block.lines:
            return False
        if block.kind == "answers" and line.page != last.page:
            return False
        if line.page != last.page or line.top < last.top - self.set.body * 2:  # a new page or column
            return not re.search(r"[.;:?]\s*$", block.text) or (block.kind == "item" and line.left > block.left + TOUCH)
        gap = line.top - (last.last_top or last.top)
        if block.label is not None and line.text[0].isupper() and entry_name(block) == block.text:
            return gap < self.set.body * _BLANK  # "Step 4: Safety" over its sentence
        if self.set.is_torn(block, line, gap) and abs(line.left - block.left) < self.set.body * 3:
            return True
        entry = block.kind in ("item", "exception")
        hangs = entry and line.left > block.left + TOUCH
        if self.set.body and gap > max(self.set.body * _APART, self.set.pitch * (1.4 if hangs else 1.15)):
            return False
        ended = re.search(r"[.;:?!]\W*$", block.text) is not None
        if self.set.broke_off(last, line) or self._is_remark(line) or (ended and self.habits.ends_list(block, line)):
            return False
        if entry:
            return not line.height or line.left > block.left - TOUCH
        run_on = block.parent is not None and block.lines[0].start in (head.start for head in block.parent.lines)
        hanging = run_on and len(block.lines) == 1 and line.left > block.left
        goes_on = not ended and line.text[0].islower() and line.left > block.left
        return abs(line.left - block.left) < self.set.body * 3 or not line.height or hanging or goes_on

    def _is_remark(self, line: Line) -> bool:
        """True for "Comment: ..." after what has ended: it explains what stands above and is no part of it."""
        ended = re.search(r"[.;:?!]\W*$", self.block.text) is not None
        return ended and section_of(begun_name(line.text)) in ("background", "history", "references")

    def _heading(self, line: Line, label: Label | None) -> None:
        block, last = self.block, self.last
        goes_on = (
            block.kind == "heading" and label is None and last is not None and last.page == line.page
            and abs(last.height - line.height) < 0.12 * self.set.body and 0 <= line.top - last.top < self.set.body * 2
            and not last.text.isupper()
        )  # fmt: skip
        if goes_on:
            block.lines.append(line)
            block.text = joined(block.text, line.text)
            return
        node = Node("heading", line.text, line.page, [line], label, left=line.left)
        node.id = label.text if label else ""
        above = in_sequence(self.open, label) if label else None
        parent = (
            (above.parent if above and above.label and above.label.kind == label.kind else above) if label else None
        )
        if parent is None or parent.kind != "heading" or parent.label is None:
            parent = self.root
        self._attach(node, parent)

    def _run_in_heading(self, line: Line, label: Label, cut: int) -> None:
        """A heading that stands in the first line of its own text: "2. INDICATIONS. The member has one of these:"."""
        head = replace(line, text=line.text[:cut].strip(), end=line.start + cut, cells=())
        self._heading(head, label)
        rest = line.text[cut:].strip()
        if rest:
            self.last = line
            self._attach(Node("paragraph", rest, line.page, [line], left=line.left), self.block)

    def _item(self, line: Line, label: Label) -> None:
        above = None if label.kind == "bullet" and line.height else in_sequence(self.open, label)
        if above is None and label.kind == "number_word":  # "Second" and "Third" may stand within the text of "First"
            above = next((one for one in reversed(self.open) if one.label and one.label.kind == label.kind), None)
        above = above or self.habits.counts_on(label, self._section())
        if above is not None and contains(above, label):
            parent: Node | None = above
        elif above is not None:
            parent = above.parent
        else:
            parent = parent_by_place(self.open, line, label)
        if parent is None or (parent.kind == "document" and (above is None or above.kind != "heading")):
            parent = self._section()
        node = Node("item", line.text[label.length :].strip(), line.page, [line], label, left=line.left)
        node.id = path(parent, label)
        self.habits.begins(node)
        self._attach(node, parent)

    def _answers(self, line: Line) -> None:
        """Boxes to tick belong to the question above them, not to its last item."""
        asked = [node for node in self.open if node.kind == "item"]
        question = next((node for node in reversed(asked) if node.label and node.label.kind == "word"), None)
        parent = question or (asked[0] if asked else self.block)
        node = Node("answers", line.text, line.page, [line], left=line.left, parent=parent)
        parent.children.append(node)
        self.block = node

    def _paragraph(self, line: Line, label: Label | None = None) -> None:
        """A paragraph, under the number that a document may print before it: "¶3"."""
        text = line.text[label.length :] if label else line.text
        own = label if label is not None and not self._repeats(label) else None
        node = Node("paragraph", text, line.page, [line], own, own.text if own else "", line.left)
        self._attach(node, self._section())

    def _section(self) -> Node:
        """The open heading, the document where none is open: nothing that is printed below a heading stands above it."""
        return next((node for node in reversed(self.open) if node.kind in ("document", "heading")), self.root)

    def _attach(self, node: Node, parent: Node) -> None:
        while self.open[-1] is not parent and len(self.open) > 1:
            self.open.pop()
        # Items after a paragraph that announces them ("... all of the following:") are its children.
        if node.kind == "item" and parent.children and parent.children[-1].kind == "paragraph":
            before = parent.children[-1]
            if announces(before.text) and self.block in (before, parent):
                parent = before
                self.open.append(before)
        node.parent = parent
        parent.children.append(node)
        self.open.append(node)
        self.block = node
