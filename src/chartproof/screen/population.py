"""The tree of a policy written out once as columns over the answers of its leaves: the fold of decide/fold.py in SQL.

Every node is two columns: t, its truth, and r, the number of its reason (plan.REASON_CODES); every criterion has f too,
the weight of the fact that its answer rests on, or null. all = least, any = greatest, none = minus greatest; the reason of an unknown is the
least number among the unknown children. A node is silent where t = 0 and r >= SILENT_FROM.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chartproof.decide.fold import Tree, tree_of
from chartproof.model.rows import Criterion, Rows
from chartproof.screen.plan import EXCEPTION, NOT_APPLICABLE, SILENT_FROM, Plan

#: A truth put in the place of an unknown: what would follow if a document said so.
Supposed = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Node:
    """The columns of one node."""

    t: str
    r: str
    f: str


@dataclass(slots=True)
class Columns:
    """Named expressions in the order in which they must be computed: each may use the ones before it."""

    layers: list[dict[str, str]] = field(default_factory=list)
    depth: dict[str, int] = field(default_factory=dict)
    uses: dict[str, Sequence[str]] = field(default_factory=dict)

    def add(self, expression: str, uses: Sequence[str]) -> str:
        """A new column's name; equal expressions share one."""
        layer = 1 + max((self.depth.get(name, 0) for name in uses), default=0)
        while len(self.layers) < layer:
            self.layers.append({})
        found = self.layers[layer - 1].get(expression)
        if found:
            return found
        name = f"c{sum(len(one) for one in self.layers)}"
        self.layers[layer - 1][expression] = name
        self.depth[name], self.uses[name] = layer, uses
        return name

    def statements(self, source: str, step: str, *, deep: int, kept: Sequence[str]) -> list[str]:
        """Statements that end in the columns `kept`, of the table `source` and of these: the first reads it, each other the
        table `step` that the one before made. `deep` layers go into one statement."""
        found: list[str] = []
        layers = self._lists(kept)
        for first in range(0, len(layers), deep):
            statement = step if found else source
            for place, listed in enumerate(layers[first : first + deep]):
                statement = f"select {listed} from {f'({statement}) layer' if place else statement}"
            found.append(statement)
        return found

    def _lists(self, kept: Sequence[str]) -> list[str]:
        """What each layer selects: none has a column that nothing after it uses. Each costs time in the planning."""
        needed = dict.fromkeys(kept)
        found = []
        for layer in reversed([{}, *self.layers]):
            own = {name: expression for expression, name in layer.items() if name in needed}
            passed = [name for name in needed if name not in own]
            found.append(", ".join([*passed, *(f"{expression} as {name}" for name, expression in own.items())]))
            used = [name for one in own for name in self.uses[one] if not name.isdigit()]
            needed = dict.fromkeys([*passed, *used])
        return found[::-1]


@dataclass(frozen=True, slots=True)
class Answered:
    """A criterion's columns. `settles` is, by concept, the column that is true where a fact of it could settle it."""

    policy: int
    criterion: Criterion
    node: Node
    settles: Mapping[str, str]


class Writer:
    """Writes one policy's criteria as columns."""

    def __init__(self, plan: Plan, policy: int, columns: Columns) -> None:
        self.plan, self.policy, self.columns = plan, policy, columns
        self.rows: Rows = plan.rows[policy]
        self.tree: Tree = tree_of(self.rows)
        self.leaves = {leaf.id: leaf for leaf in self.rows.leaves}
        self.possible = {(answer.leaf, answer.truth) for answer in self.rows.answers}

    def answered(self, criterion: Criterion) -> Answered:
        node = self.criterion(criterion)
        settles: dict[str, str] = {}
        for concept in self.concepts(criterion):
            tried = [self.criterion(criterion, (concept, truth)).t for truth in (1, -1)]
            either = " or ".join(f"{name} = 1" for name in dict.fromkeys(tried))
            settles[concept] = self.columns.add(f"({node.t} = 0 and ({either}))", [node.t, *tried])
        return Answered(self.policy, criterion, node, settles)

    def criterion(self, criterion: Criterion, supposed: Supposed | None = None) -> Node:
        """`when` first, then the body, then `unless`, as fold_criterion does."""
        body = self.node(criterion.body, supposed)
        if criterion.unless:
            other = self.node(criterion.unless, supposed)
            used = (body.t, body.r, body.f, other.t, other.r, other.f)
            mine = f"{body.t} = 1 or ({other.t} < 1 and {body.t} >= {other.t})"
            body = Node(
                self.columns.add(f"greatest({body.t}, {other.t})", used),
                self.columns.add(
                    f"case when {mine} then {body.r} when {other.t} = 1 then {EXCEPTION} else {other.r} end", used
                ),
                self.columns.add(f"case when {mine} then {body.f} else {other.f} end", used),
            )
        if not criterion.when:
            return body
        when = self.node(criterion.when, supposed)
        used = (when.t, when.r, when.f, body.t, body.r, body.f)
        return Node(
            self.columns.add(f"case {when.t} when -1 then 1 when 0 then 0 else {body.t} end", used),
            self.columns.add(
                f"case {when.t} when -1 then {NOT_APPLICABLE} when 0 then {when.r} else {body.r} end", used
            ),
            self.columns.add(f"case when {when.t} = 1 then {body.f} else {when.f} end", used),
        )

    def node(self, node_id: str, supposed: Supposed | None = None) -> Node:
        node = self.tree.nodes[node_id]
        if node.kind == "leaf":
            return self.leaf(node_id, supposed)
        below = [self.node(child, supposed) for child in self.tree.children[node_id]]
        return COMBINE[node.kind](self.columns, below, node.need)

    def leaf(self, leaf_id: str, supposed: Supposed | None) -> Node:
        number = self.plan.numbers[self.policy, leaf_id]
        plain = Node(f"t{number}", f"r{number}", f"f{number}")
        if (
            supposed is None
            or self.leaves[leaf_id].concept != supposed[0]
            or (leaf_id, supposed[1]) not in self.possible
        ):
            return plain
        value = self.columns.add(f"case when {plain.t} = 0 then {supposed[1]} else {plain.t} end", (plain.t,))
        return Node(value, plain.r, plain.f)

    def concepts(self, criterion: Criterion) -> tuple[str, ...]:
        """What the criterion asks about, the body first."""
        roots = [node for node in (criterion.body, criterion.when, criterion.unless) if node]
        names = [self.leaves[leaf].concept for root in roots for leaf in self.below(root)]
        return tuple(dict.fromkeys(filter(None, names)))

    def below(self, node_id: str) -> Iterator[str]:
        if self.tree.nodes[node_id].kind == "leaf":
            yield node_id
        for child in self.tree.children.get(node_id, ()):
            yield from self.below(child)


def _names(below: Sequence[Node]) -> list[str]:
    return [name for node in below for name in (node.t, node.r, node.f)]


def _of_all(function: str, values: Sequence[str]) -> str:
    """Least or greatest; of one value not every engine knows it."""
    return values[0] if len(values) == 1 else f"{function}({', '.join(values)})"


def _joined(columns: Columns, below: Sequence[Node], truth: str) -> tuple[str, str]:
    """Reason and fact of the children that carry the truth, which is a column or a number."""
    used = [*_names(below), truth]
    unknown = _of_all("least", [f"case when {node.t} = 0 then {node.r} end" for node in below])
    known = ", ".join(
        f"case when {node.t} = {truth} and {node.r} <> {NOT_APPLICABLE} then {node.r} end" for node in below
    )
    reason = columns.add(f"case when {truth} = 0 then {unknown} else coalesce({known}, {NOT_APPLICABLE}) end", used)
    facts = [f"case when {node.t} = {truth} then {node.f} end" for node in below]
    return reason, columns.add(_of_all("coalesce", facts), used)


def _all(columns: Columns, below: Sequence[Node], need: int) -> Node:
    truth = columns.add(_of_all("least", [node.t for node in below]), _names(below))
    return Node(truth, *_joined(columns, below, truth))


def _any(columns: Columns, below: Sequence[Node], need: int) -> Node:
    truth = columns.add(_of_all("greatest", [node.t for node in below]), _names(below))
    return Node(truth, *_joined(columns, below, truth))


def _none(columns: Columns, below: Sequence[Node], need: int) -> Node:
    found = _any(columns, below, need)
    return Node(columns.add(f"cast(-{found.t} as tinyint)", (found.t,)), found.r, found.f)


def _at_least(columns: Columns, below: Sequence[Node], need: int) -> Node:
    sure = " + ".join(f"cast({node.t} = 1 as integer)" for node in below)
    possible = " + ".join(f"cast({node.t} >= 0 as integer)" for node in below)
    expression = f"case when {sure} >= {need} then 1 when {possible} >= {need} then 0 else -1 end"
    truth = columns.add(f"cast({expression} as tinyint)", _names(below))
    return Node(truth, *_joined(columns, below, truth))


def _first(columns: Columns, below: Sequence[Node], need: int) -> Node:
    """The first child that is not silent; where all are, an unknown of all of them."""
    used = _names(below)
    answers = [f"{node.t} <> 0 or {node.r} < {SILENT_FROM}" for node in below]

    def chosen(values: Sequence[str], otherwise: str) -> str:
        cases = " ".join(f"when {test} then {value}" for test, value in zip(answers, values, strict=True))
        return columns.add(f"case {cases} else {otherwise} end", [*used, otherwise])

    reason, fact = _joined(columns, below, "0")
    return Node(
        chosen([node.t for node in below], "0"),
        chosen([node.r for node in below], reason),
        chosen([node.f for node in below], fact),
    )


COMBINE: Mapping[str, Callable[[Columns, Sequence[Node], int], Node]] = {
    "all": _all,
    "any": _any,
    "none": _none,
    "at_least": _at_least,
    "first": _first,
}
