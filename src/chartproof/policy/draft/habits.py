"""How a document sets its own entries, learned while it is read: which families hang, and where a count was left off."""

from __future__ import annotations

from dataclasses import dataclass, field

from chartproof.policy.draft.labels import Label
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.nodes import Node, follows, stem
from chartproof.policy.draft.placing import TOUCH


@dataclass(slots=True)
class Habits:
    """`numbered` is the last entry of each series under letters of its own; `hangs` the families whose further lines hang."""

    numbered: dict[str, Node] = field(default_factory=dict)
    hangs: dict[str, bool] = field(default_factory=dict)

    def begins(self, node: Node) -> None:
        """Keeps the entry as the last of its series."""
        if node.label is not None and node.label.kind == "nested":
            self.numbered[stem(node.label.text)] = node

    def counts_on(self, label: Label, section: Node) -> Node | None:
        """The closed entry of the open section after which a label counts: "Q3" after Q2 and all that stands below it."""
        before = self.numbered.get(stem(label.text)) if label.kind == "nested" else None
        above = before
        while above is not None and above.kind not in ("heading", "document"):
            above = above.parent
        goes_on = before is not None and before.label is not None and follows(before.label, label)
        return before if goes_on and above is section else None

    def goes_on(self, block: Node, line: Line) -> None:
        """Keeps whether every entry of this family is set so that its further lines stand to the right of its label."""
        if block.kind == "item" and block.label is not None and line.height:
            family = block.label.kind
            self.hangs[family] = self.hangs.get(family, True) and line.left > block.left + TOUCH

    def ends_list(self, block: Node, line: Line) -> bool:
        """True for a line right below a label whose entries hang: their list has ended, and another paragraph begins.

        Bullets of one document may be set in several ways: the entry itself has to show that it hangs.
        """
        label = block.label
        shown = label is not None and (label.kind != "bullet" or len(block.lines) > 1)
        hangs = label is not None and shown and self.hangs.get(label.kind, False)
        return hangs and not line.scanned and line.left < block.left + 1 and line.text[0].isupper()
