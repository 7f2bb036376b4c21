"""A policy or label as loaded: the tree that its author wrote, checked, with the line of every part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chartproof.model.rows import Layer, Pick, Term


@dataclass(frozen=True, slots=True)
class FactTest:
    """A question about one concept. `within`, `limit` are a number or the name of a term.

    test      present, absent, documented, at_least, at_most, more_than, less_than, older_than or answers
    answers   outcome word -> met, not_met, not_applicable or a reason of the unknown kind
    """

    concept: str
    test: str
    line: int
    of: str = ""
    pick: Pick = "latest"
    within: str | int | None = None
    limit: str | float | None = None
    answers: tuple[tuple[str, str], ...] = ()
    covered: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """all, any, none, first or at_least (`need` of them)."""

    kind: str
    children: tuple[Body, ...]
    line: int
    need: int = 0


@dataclass(frozen=True, slots=True)
class Constant:
    """`untranslated` (unknown: the words leave it to judgement), `not_applicable` (the text does not speak of it) or
    `label`: the rows of the drug's label that `text` names, whichever drug it is; unknown where no label is chosen."""

    kind: str
    text: str
    line: int


#: Label rows in the order in which they are printed. Every indication answers all of them.
LABEL_ROWS = (
    "diagnosis", "age", "relapsed_or_refractory", "prior_lines", "required_classes", "limitation_of_use",
    "no_active_infection", "viral_screen",
)  # fmt: skip

Body = FactTest | Group | Constant


@dataclass(frozen=True, slots=True)
class Rule:
    """One criterion. `says` is in our words; `find` is at most eight words that locate the sentence in the original."""

    id: str
    kind: str
    says: str
    body: Body
    line: int
    when: Body | None = None
    unless: Body | None = None
    page: int | None = None
    section: str = ""
    find: str = ""
    basis: str = ""
    because: str = ""
    remedy: str = ""
    ask: str = ""
    note: str = ""
    source: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """`facts_of` holds what is printed and not decided: codes, related policies, products, as plain data.

    `lines` says where each of its keys and of its terms ("terms.window_days") stands in the file.
    """

    id: str
    title: str
    edition: str
    layer: Layer
    rules: tuple[Rule, ...]
    terms: tuple[Term, ...]
    file: str
    payer: str = ""
    number: str = ""
    product: str = ""
    sources: tuple[str, ...] = ()
    facts_of: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
