"""What a policy or label states beside its criteria, in plain lines: products, precondition, codes, statements, history."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from chartproof.model.policy import Policy

WIDTH = 100


def printed(policy: Policy) -> list[str]:
    """Lines of at most 100 characters. What was not confirmed says so."""
    data: Mapping[str, Any] = policy.facts_of
    parts = (
        ("Which rules govern, by the member's product", _products(data.get("product_lines"))),
        ("The precondition", _precondition(data.get("precondition"))),
        ("What the text says and is no longer so", _wording(data.get("wording"))),
        ("Approved", _approved(data.get("approved"))),
        ("What the label says beside this", _statements(data.get("statements"))),
        ("Codes", _codes(data.get("codes"))),
        ("History", _history(data.get("history"))),
    )
    lines: list[str] = []
    for title, found in parts:
        wrapped = [line for text in found for line in _wrap(text)]
        lines += ["", title, *wrapped] if wrapped else []
    return lines


def _confirm(item: Mapping[str, Any]) -> str:
    return "" if item.get("verified", True) else " (confirm)"


def _products(data: Any) -> Iterator[str]:
    for line in data["lines"] if isinstance(data, Mapping) else ():
        order = ", else ".join(step["name"] for step in line["order"])
        unless = f" (unless {line['unless']})" if line.get("unless") else ""
        yield f"{line['name']}: {order}{unless}. Where the product does not cover the service: {line['not_covered']}{_confirm(data)}"
        if line.get("confirm"):
            yield f"   confirm {line['confirm']}"


def _precondition(data: Any) -> Iterator[str]:
    if isinstance(data, Mapping):
        yield f"{data['rule']} is met by {data['met_by']}{_confirm(data)}"
        if data.get("not_public"):
            yield f"not public: {', '.join(data['not_public'])}"
        for asked in data["ask_for"]:
            yield f"ask for {asked}"


def _wording(data: Any) -> Iterator[str]:
    for item in data if isinstance(data, list) else ():
        since = f" (since {item['since']})" if item.get("since") else ""
        yield f"{item['rule']}: {item['says']}; {item['problem']}{since}{_confirm(item)}"
        if item.get("confirm"):
            yield f"   confirm {item['confirm']}"


def _approved(data: Any) -> Iterator[str]:
    if isinstance(data, Mapping) and data.get("date"):
        how = f"; {data['how']}" if data.get("how") else ""
        yield f"{data['date']}{_confirm(data)}{how}"


def _statements(data: Any) -> Iterator[str]:
    for item in data if isinstance(data, list) else ():
        since = f", since {item['since']}" if item.get("since") else ""
        yield f"{item['kind'].replace('_', ' ')}: {item['says']}{since}{_confirm(item)}"


def _codes(data: Any) -> Iterator[str]:
    if not isinstance(data, Mapping):
        return
    for system, listed in data.items():
        as_printed = f"; printed so and not billable: {', '.join(listed['as_printed'])}" if _has(listed) else ""
        rows = listed.get("listed", []) if isinstance(listed, Mapping) else listed
        if isinstance(rows, list):
            words = [str(row.get("code", "")) if isinstance(row, Mapping) else str(row) for row in rows]
            yield f"{system}: {', '.join(filter(None, words))}{as_printed}"
        elif isinstance(rows, str):
            yield f"{system}: {rows}"


def _has(listed: Any) -> bool:
    return isinstance(listed, Mapping) and isinstance(listed.get("as_printed"), list)


def _history(data: Any) -> Iterator[str]:
    for item in data if isinstance(data, list) else ():
        yield f"{item['date']}: {item['what']}{_confirm(item)}"


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="      ", break_long_words=False)
