"""The vectors of conformance/: the program and the slow definition both answer them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import oracle
from chartproof.decide.fold import fold_node, tree_of
from chartproof.decide.resolve import resolve
from chartproof.model.chart import Coverage
from chartproof.model.fact import Fact
from chartproof.model.rows import Edge, LeafResult, Node, Rows
from chartproof.policy.compile import compile_policy
from chartproof.policy.load import load_policy
from handmade import days, fact, span

VECTORS = Path(__file__).resolve().parents[2] / "conformance"
SIGNS = {"+": 1, "-": -1, "?": 0}


def vectors(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((VECTORS / name).read_text(encoding="utf-8"))["vectors"]


def given_fact(data: dict[str, Any]) -> Fact:
    data = dict(data)
    concept, when = data.pop("concept"), data.pop("when", None)
    if not data.pop("anchored", True):
        data["evidence"] = ()
    return fact(concept, when, **data)


@pytest.mark.parametrize("vector", vectors("leaves.yaml"), ids=lambda vector: vector["name"])
def test_leaves(vector: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    rule = {"kind": "necessity", "says": vector["name"], **vector["ask"]}
    file.write_text(yaml.safe_dump({"policy": "v", "edition": "1", "title": "v", "criteria": {"A": rule}}))
    rows = compile_policy(load_policy(file))
    facts = [given_fact(item) for item in vector["facts"]]
    coverage = [
        Coverage(tuple(item["concepts"]), (span(),), days(item.get("when"))) for item in vector.get("coverage", [])
    ]
    as_of = date.fromisoformat(str(vector.get("as_of", "2026-05-04")))
    known_by = vector.get("known_by")
    expect = vector["expect"]
    want = LeafResult(rows.leaves[0].id, expect["truth"], expect["reason"], expect.get("fact", ""))
    got = resolve(facts, rows.leaves, rows.answers, as_of=as_of, known_by=known_by, coverage=coverage)
    assert got.results[want.leaf] == want
    slow = oracle.resolve_leaf(rows.leaves[0], rows.answers, facts, as_of=as_of, known_by=known_by, coverage=coverage)
    assert slow == want


@pytest.mark.parametrize("vector", vectors("trees.yaml"), ids=lambda vector: str(vector["tree"]))
def test_trees(vector: dict[str, Any]) -> None:
    nodes: list[Node] = []
    edges: list[Edge] = []
    results: dict[str, LeafResult] = {}

    def grow(name: str, tree: Any) -> None:
        if isinstance(tree, str):
            nodes.append(Node(name, "leaf"))
            results[name] = LeafResult(name, SIGNS[tree[0]], tree[1:])
            return
        kind = next(key for key in tree if key != "from")
        children = tree["from"] if kind == "at_least" else tree[kind]
        nodes.append(Node(name, kind, tree[kind] if kind == "at_least" else 0))
        for position, child in enumerate(children, start=1):
            edges.append(Edge(name, f"{name}.{position}", position))
            grow(f"{name}.{position}", child)

    grow("root", vector["tree"])
    rows = Rows("v", "", "", "policy", (), tuple(nodes), tuple(edges), (), (), ())
    want = (SIGNS[vector["expect"][0]], vector["expect"][1:])
    folded = fold_node("root", tree_of(rows), results)
    assert (folded.truth, folded.reason) == want
    assert oracle.fold(rows, "root", results) == want
