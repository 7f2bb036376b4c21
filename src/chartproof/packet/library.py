"""The checked references (knowledge/evidence): the only ones that a letter may use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chartproof.errors import PolicyError
from chartproof.model import Review
from chartproof.packet.data import KNOWLEDGE, read_yaml

_KEPT = ("id", "kind", "shows", "citation", "source", "verified", "numbers")


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of knowledge/evidence; see evidence.schema.json. `shows` is a sentence in our words without its stop.

    indications   ids of labels that it speaks of; empty: of every one
    answers       kinds of reasons that it may answer; empty: none, it is for the reader
    confirm       what nobody has read in the original
    rule          the rule of knowledge/law that says the same
    """

    id: str
    kind: str
    shows: str
    citation: str
    source: str
    verified: bool
    numbers: Mapping[str, str | float]
    indications: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    grade: str = ""
    rule: str = ""
    confirm: tuple[str, ...] = ()


@cache
def references() -> Mapping[str, Reference]:
    """Every reference by its id. Errors: PolicyError CP-POL-10 where a file breaks its schema or an id stands twice."""
    found: dict[str, Reference] = {}
    for path in sorted((KNOWLEDGE / "evidence").glob("*.yaml")):
        for row in _rows(path):
            if row["id"] in found:
                raise PolicyError("CP-POL-10", f"the reference '{row['id']}' stands twice", where=path.name)
            products = (*row.get("products", ()), *((row["product"],) if "product" in row else ()))
            kept: dict[str, Any] = {key: row[key] for key in _KEPT}
            kept |= {key: tuple(row.get(key, ())) for key in ("indications", "answers", "confirm")}
            found[row["id"]] = Reference(
                **kept, products=products, grade=row.get("grade", ""), rule=row.get("rule", "")
            )
    return found


def fitting(review: Review, kind: str = "") -> Iterator[Reference]:
    """The references on this review's indication or product: those that answer this kind of reason, or all."""
    for one in references().values():
        of_label = not one.indications or review.label_id in one.indications
        of_product = not one.products or review.case.product in one.products
        known = bool(one.indications or one.products) or bool(review.label_id)
        if known and of_label and of_product and (not kind or kind in one.answers):
            yield one


def to_confirm(review: Review) -> tuple[Reference, ...]:
    """The references on this case that may not be used until somebody has read what is named in `confirm`."""
    return tuple(one for one in fitting(review) if not one.verified and one.answers)


def _rows(path: Path) -> list[dict[str, Any]]:
    from jsonschema import Draft202012Validator

    schema = (KNOWLEDGE / "schemas" / "evidence.schema.json").read_text(encoding="utf-8")
    read = read_yaml(path)
    for error in Draft202012Validator(json.loads(schema)).iter_errors(read):
        place = "/".join(str(step) for step in error.absolute_path)
        raise PolicyError("CP-POL-10", f"a file breaks its schema: {error.message}", where=f"{path.name} {place}")
    rows: list[dict[str, Any]] = read["evidence"]
    return rows
