"""Policy files: find, read and check. A wrong file never loads; the error names the file and the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from chartproof.errors import PolicyError
from chartproof.model.policy import Policy, Rule
from chartproof.model.rows import Layer, Term
from chartproof.policy.body import BODY_KEYS, Concept, Names, body_of, read_body
from chartproof.policy.marked import (
    Marked,
    bad,
    choice,
    entries,
    flag,
    mapping,
    nearest,
    number,
    parse,
    plain,
    sequence,
    text,
    texts,
    whole,
)

KINDS = ("precondition", "necessity", "exclusion", "documentation", "continuation")
BASES = ("policy", "label", "interpretation", "convention")
RULE_KEYS = (
    "kind", "says", "at", "find", "when", "unless", "basis", "because", "remedy", "ask", "note", "source", "verified",
    *BODY_KEYS,
)  # fmt: skip
#: What a policy prints and nothing decides: plain data for the packet and for `policy audit`.
PRINTED_KEYS = (
    "codes", "related", "printed", "scope", "dates", "documents_asked", "citations", "product_lines", "history",
    "precondition", "wording", "from_summary",
)  # fmt: skip
POLICY_KEYS = ("policy", "edition", "title", "payer", "number", "sources", "terms", "criteria", *PRINTED_KEYS)

#: The name of the policy that has no criterion.
NO_POLICY = "none"


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """A policy that ships with chartproof."""

    id: str
    edition: str
    title: str
    path: Path


def knowledge(*parts: str) -> Path:
    """A place in the packaged knowledge folder."""
    return Path(str(files("chartproof").joinpath("knowledge", *parts)))


@cache
def concepts() -> Mapping[str, Concept]:
    """The packaged vocabulary of concepts, by id."""
    raw = read_yaml(knowledge("vocabulary", "concepts.yaml"))["concepts"]
    names_file = knowledge("vocabulary", "names.yaml")
    names = read_yaml(names_file)["names"] if names_file.is_file() else {}
    return {
        key: Concept(
            key,
            value["type"],
            tuple(value.get("values", ())),
            str(value.get("unit", "")),
            names.get(key, key.replace("_", " ")),
            (float(value["range"][0]), float(value["range"][1])) if value.get("range") else None,
        )
        for key, value in raw.items()
    }


def read_yaml(path: Path) -> Any:
    """A packaged YAML file as plain data."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def list_policies() -> tuple[PolicyEntry, ...]:
    """Every packaged policy, newest edition of each first. Files are loaded, so a broken one is an error here."""
    found = []
    for path in sorted(knowledge("policies").rglob("*.yaml")):
        if path.name.endswith(".cases.yaml"):
            continue
        policy = read_policy(path)
        found.append(PolicyEntry(policy.id, policy.edition, policy.title, path))
    return tuple(sorted(sorted(found, key=lambda entry: entry.edition, reverse=True), key=lambda entry: entry.id))


#: What a payer sends; a policy file is YAML.
DOCUMENTS = (".pdf", ".docx", ".doc", ".txt", ".html", ".htm", ".png", ".jpg", ".jpeg", ".tif", ".tiff")


def load_policy(name: str | Path) -> Policy:
    """A policy by id ('excellus/7.02.11', 'excellus-7.02.11', '7.02.11', with '@2026-04-15' for an edition) or by file.

    'none' is a policy without a criterion, for a request whose policy nobody has.

    Raises PolicyError CP-POL-01 where the id is not known, and CP-POL-02 to -09 where the file is not valid.
    """
    if str(name).strip().lower() == NO_POLICY:
        return Policy(NO_POLICY, "", "", "policy", (), (), "")
    if isinstance(name, Path) or str(name).endswith((".yaml", ".yml")):
        return read_policy(Path(name))
    if str(name).lower().endswith(DOCUMENTS):
        raise PolicyError(
            "CP-POL-02", "this is a document and no policy file", where=str(name),
            then=f"Draft one: chartproof policy draft {name} --out policy.yaml",
        )  # fmt: skip
    wanted, _, edition = str(name).strip().lower().partition("@")
    wanted = wanted.replace("/", "-")
    for entry in list_policies():
        whole_id = entry.id.lower().replace("/", "-")
        short = entry.id.lower().rpartition("/")[2]
        if wanted in (whole_id, short) and edition in ("", entry.edition):
            return read_policy(entry.path)
    if Path(name).exists():
        raise PolicyError("CP-POL-02", "this is no policy file", where=str(name), then="Its name ends in .yaml.")
    known = sorted({entry.id for entry in list_policies()})
    raise PolicyError(
        "CP-POL-01", f"no policy '{name}' is known", then=f"{nearest(str(name), known)} A policy file can be given too."
    )


def read_policy(path: Path) -> Policy:
    """One policy file, checked. Raises PolicyError."""
    root = parse(read_text(path), path.name)
    keys = mapping(root, POLICY_KEYS, ("policy", "edition", "title", "criteria"))
    terms = read_terms(keys["terms"]) if "terms" in keys else ()
    names = Names(concepts(), {term.name: term for term in terms})
    return Policy(
        id=text(keys["policy"]),
        title=text(keys["title"]),
        edition=text(keys["edition"]),
        layer="policy",
        rules=read_rules(keys["criteria"], names, layer="policy"),
        terms=terms,
        file=str(path),
        payer=texts(keys, "payer"),
        number=texts(keys, "number"),
        sources=tuple(text(item) for item in sequence(keys["sources"])) if "sources" in keys else (),
        facts_of={key: plain(keys[key]) for key in PRINTED_KEYS if key in keys},
        lines=_lines(keys),
    )


def _lines(keys: Mapping[str, Marked]) -> dict[str, int]:
    """Where each key stands, and each term."""
    lines = {key: item.line for key, item in keys.items()}
    terms = entries(keys["terms"]) if "terms" in keys else {}
    return lines | {f"terms.{name}": item.line for name, item in terms.items()}


def read_text(path: Path) -> str:
    """A knowledge file's text. Raises PolicyError CP-POL-02."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise PolicyError(
            "CP-POL-02", "the policy file does not exist", where=str(path), then="Check the path."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError("CP-POL-02", "the policy file cannot be read as text", where=str(path)) from error


def read_terms(item: Marked) -> tuple[Term, ...]:
    """Named values. A term without `value` is undefined on purpose: its leaves answer term_undefined."""
    terms = []
    for name, value in entries(item).items():
        keys = mapping(value, ("value", "basis", "because", "unit"), ("basis",))
        terms.append(
            Term(
                name=name,
                value=number(keys["value"]) if "value" in keys else None,
                basis=choice(keys["basis"], ("policy", "label", "interpretation", "convention")),
                because=texts(keys, "because"),
                unit=texts(keys, "unit"),
            )
        )
    return tuple(terms)


def read_rules(item: Marked, names: Names, *, layer: Layer) -> tuple[Rule, ...]:
    """Criteria in file order. Raises PolicyError."""
    return tuple(_rule(key, value, names, layer) for key, value in entries(item).items())


def _rule(key: str, item: Marked, names: Names, layer: Layer) -> Rule:
    keys = mapping(item, RULE_KEYS, ("says", "kind") if layer == "policy" else ("says",))
    find = texts(keys, "find")
    if len(find.split()) > 8:
        raise bad(
            keys["find"], "'find' has more than eight words", then="Give a phrase that only locates the sentence."
        )
    place = mapping(keys["at"], ("page", "section")) if "at" in keys else {}
    return Rule(
        id=key,
        kind=choice(keys["kind"], KINDS) if "kind" in keys else layer,
        says=text(keys["says"]),
        body=body_of(keys, item, names),
        line=item.line,
        when=read_body(keys["when"], names) if "when" in keys else None,
        unless=read_body(keys["unless"], names) if "unless" in keys else None,
        page=whole(place["page"]) if "page" in place else None,
        section=texts(place, "section"),
        find=find,
        basis=choice(keys["basis"], BASES) if "basis" in keys else "",
        because=texts(keys, "because"),
        remedy=texts(keys, "remedy"),
        ask=texts(keys, "ask"),
        note=texts(keys, "note"),
        source=texts(keys, "source"),
        verified=flag(keys["verified"]) if "verified" in keys else True,
    )
