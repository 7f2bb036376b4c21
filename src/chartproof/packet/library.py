"""The checked references (knowledge/evidence) and the code table (knowledge/codes): the only ones that a letter may use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from chartproof.errors import PolicyError
from chartproof.model import Review

_KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
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


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code: `x` in it stands for one more character. `first` and `last` are its days; None where it has no such end."""

    code: str
    system: str
    means: str
    source: str
    verified: bool
    products: tuple[str, ...] = ()
    diseases: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    billable: bool = True
    now: str = ""

    def names(self, code: str) -> bool:
        """True where this row's code is that one, or is the group that holds it."""
        return re.fullmatch(re.escape(self.code).replace("x", "[0-9A-Z]"), code.upper()) is not None


@cache
def references() -> Mapping[str, Reference]:
    """Every reference by its id. Errors: PolicyError CP-POL-10 where a file breaks its schema or an id stands twice."""
    found: dict[str, Reference] = {}
    for path in sorted((_KNOWLEDGE / "evidence").glob("*.yaml")):
        for row in _rows(path, "evidence"):
            if row["id"] in found:
                raise PolicyError("CP-POL-10", f"the reference '{row['id']}' stands twice", where=path.name)
            products = (*row.get("products", ()), *((row["product"],) if "product" in row else ()))
            kept: dict[str, Any] = {key: row[key] for key in _KEPT}
            kept |= {key: tuple(row.get(key, ())) for key in ("indications", "answers", "confirm")}
            found[row["id"]] = Reference(
                **kept, products=products, grade=row.get("grade", ""), rule=row.get("rule", "")
            )
    return found


@cache
def codes() -> tuple[CodeRow, ...]:
    """The code table. Errors: PolicyError CP-POL-10 where the file breaks its schema."""
    return tuple(
        CodeRow(
            **{key: row[key] for key in ("code", "system", "means", "source", "verified")},
            products=tuple(row.get("products", ())), diseases=tuple(row.get("diseases", ())),
            first=_day(row.get("from")), last=_day(row.get("to")), billable=row.get("billable", True), now=row.get("now", ""),
        )
        for row in _rows(_KNOWLEDGE / "codes" / "car_t.yaml", "codes")
    )  # fmt: skip


def code_row(code: str) -> CodeRow | None:
    """The table's row of a code: its own before the group that holds it."""
    fitting = [row for row in codes() if row.names(code)]
    return min(fitting, key=lambda row: row.code.count("x"), default=None)


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


def _rows(path: Path, key: str) -> list[dict[str, Any]]:
    schema = {"evidence": "evidence.schema.json", "codes": "codes.schema.json"}[key]
    validator = Draft202012Validator(json.loads((_KNOWLEDGE / "schemas" / schema).read_text(encoding="utf-8")))
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    for error in validator.iter_errors(read):
        place = "/".join(str(step) for step in error.absolute_path)
        raise PolicyError("CP-POL-10", f"a file breaks its schema: {error.message}", where=f"{path.name} {place}")
    rows: list[dict[str, Any]] = read[key]
    return rows


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
