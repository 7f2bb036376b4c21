"""Drug labels: products, their names and indications, and each indication's criteria in the form of a policy."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from chartproof.errors import PolicyError
from chartproof.model.policy import LABEL_ROWS, Policy, Rule
from chartproof.model.rows import Term
from chartproof.policy.body import Names
from chartproof.policy.load import concepts, knowledge, read_rules, read_terms, read_text
from chartproof.policy.marked import (
    Marked,
    bad,
    choice,
    entries,
    flag,
    mapping,
    nearest,
    parse,
    plain,
    sequence,
    text,
    texts,
)

ROWS = LABEL_ROWS
FILE_KEYS = (
    "product",
    "brand",
    "names",
    "target",
    "codes",
    "sources",
    "statements",
    "terms",
    "criteria",
    "indications",
)
INDICATION_KEYS = (
    "says", "disease", "approved", "approved_verified", "approval", "source", "verified", "note", "criteria",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Indication:
    """`disease` is a value of the concept `diagnosis`; `verified` is False where the text was not confirmed.

    `approved` is the day of its approval, `approved_verified` False where that day is from memory.
    """

    id: str
    product: str
    says: str
    disease: str
    verified: bool
    source: str = ""
    note: str = ""
    approved: str = ""
    approved_verified: bool = True


@dataclass(frozen=True, slots=True)
class Product:
    """`names` are the brand and every other name, as printed."""

    id: str
    brand: str
    names: tuple[str, ...]
    indications: tuple[Indication, ...]


@cache
def list_products() -> tuple[Product, ...]:
    """Every packaged product."""
    return tuple(_product(path) for path in sorted(knowledge("labels").glob("*.yaml")))


def find_product(name: str) -> Product | None:
    """A product by id, brand or other name, also inside of a longer text ('Tecartus (brexucabtagene autoleucel)').

    None where no name or more than one product is found.
    """
    wanted = _plain(name)
    found = {
        product.id: product
        for product in list_products()
        for known in (product.id, *product.names)
        if re.search(rf"(?<![a-z0-9]){re.escape(_plain(known))}(?![a-z0-9])", wanted)
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.lower()).strip()


def find_indications(product: str, disease: str) -> tuple[Indication, ...]:
    """The indications of a product for a disease (a value of the concept `diagnosis`), in the label's order."""
    return tuple(
        indication
        for entry in list_products()
        if entry.id == product
        for indication in entry.indications
        if indication.disease == disease
    )


def label_ids() -> tuple[str, ...]:
    """Every indication of every label."""
    return tuple(item.id for product in list_products() for item in product.indications)


def load_label(indication_id: str) -> Policy:
    """An indication's criteria as a policy of the layer `label`.

    Raises PolicyError CP-POL-01 where the indication is not known, CP-POL-02 to -09 where its file is not valid.
    """
    known = {item.id: item.product for product in list_products() for item in product.indications}
    if indication_id not in known:
        raise PolicyError("CP-POL-01", f"no label indication '{indication_id}' is known", where="indication",
                          then=nearest(indication_id, known))  # fmt: skip
    return read_label(knowledge("labels", f"{known[indication_id]}.yaml"), indication_id)


def read_label(path: Path, indication_id: str) -> Policy:
    """One indication of one label file, checked. Rows of the product are taken where the indication has none."""
    keys = _file(path)
    items = entries(keys["indications"])
    if indication_id not in items:
        raise bad(keys["indications"], f"no indication '{indication_id}'", then=nearest(indication_id, items))
    own = mapping(items[indication_id], INDICATION_KEYS, ("says", "disease", "source", "criteria"))
    terms = read_terms(keys["terms"]) if "terms" in keys else ()
    verified = flag(own["verified"]) if "verified" in own else True
    source = text(own["source"])
    rules = _rules(keys, terms)
    for row, rule in _rules(own, terms).items():
        rules[row] = replace(rule, verified=rule.verified and verified, source=rule.source or source)
    for missing in (row for row in ROWS if row not in rules):
        raise bad(items[indication_id], f"the label row '{missing}' is missing in '{indication_id}'", code="CP-POL-04")
    return Policy(
        id=indication_id,
        title=f"{text(keys['brand'])}: {text(own['says'])}",
        edition=texts(own, "approved") if _day_verified(own) else "",
        layer="label",
        rules=tuple(rules[row] for row in ROWS),
        terms=terms,
        file=str(path),
        product=text(keys["product"]),
        sources=(source,),
        facts_of={
            "approved": {"date": texts(own, "approved"), "how": texts(own, "approval"), "verified": _day_verified(own)},
            **({"statements": plain(keys["statements"])} if "statements" in keys else {}),
        },
    )


def _day_verified(own: dict[str, Marked]) -> bool:
    """False where the day of approval is from memory: it is then printed with a word to confirm it, and decides nothing."""
    return flag(own["approved_verified"]) if "approved_verified" in own else True


def _rules(keys: dict[str, Marked], terms: tuple[Term, ...]) -> dict[str, Rule]:
    """Label rows of one `criteria` block, by id."""
    if "criteria" not in keys:
        return {}
    for key, item in entries(keys["criteria"]).items():
        if key not in ROWS:
            raise bad(item, f"unknown label row '{key}'", code="CP-POL-03", then=nearest(key, ROWS))
    names = Names(concepts(), {term.name: term for term in terms})
    return {rule.id: rule for rule in read_rules(keys["criteria"], names, layer="label")}


def _file(path: Path) -> dict[str, Marked]:
    return mapping(parse(read_text(path), path.name), FILE_KEYS, ("product", "brand", "names", "indications"))


def _product(path: Path) -> Product:
    keys = _file(path)
    product = text(keys["product"])
    brand = text(keys["brand"])
    found = []
    for key, item in entries(keys["indications"]).items():
        own = mapping(item, INDICATION_KEYS, ("says", "disease", "source", "criteria"))
        found.append(
            Indication(
                id=key,
                product=product,
                says=text(own["says"]),
                disease=choice(own["disease"], concepts()["diagnosis"].values),
                verified=flag(own["verified"]) if "verified" in own else True,
                source=text(own["source"]),
                note=texts(own, "note"),
                approved=texts(own, "approved"),
                approved_verified=_day_verified(own),
            )
        )
    names = tuple(text(name) for name in sequence(keys["names"]))
    return Product(product, brand, (brand, *names), tuple(found))


def product_data(product_id: str) -> dict[str, object]:
    """What a label file says and does not decide (codes, target, sources), as plain data."""
    keys = _file(knowledge("labels", f"{product_id}.yaml"))
    return {key: plain(keys[key]) for key in ("target", "codes", "sources") if key in keys}
