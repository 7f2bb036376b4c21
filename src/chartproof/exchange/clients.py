"""Who may call: clients with their public keys and what each may ask for, from a file that the site keeps.

clients:
  - id: center-of-nowhere
    keys: center.jwks.json          # a JWK set, beside this file; nothing is fetched
    scopes: [system/Claim.cr, system/Questionnaire.r, system/ValueSet.r]
    organizations: ["1999999992"]   # for whom alone it may submit and inquire; left out: for whoever is named, and no subscriptions
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chartproof.errors import InputError
from chartproof.exchange.elements import mapping, objects, text, texts
from chartproof.exchange.signed import Key, key_of

_SCOPE = re.compile(r"system/(\*|[A-Z][A-Za-z]+)\.(\*|read|write|c?r?u?d?s?)")
#: What the words of SMART 1 and the star mean, in the letters of SMART 2.
LETTERS = {"read": "rs", "write": "cud", "*": "cruds"}


@dataclass(frozen=True, slots=True)
class Client:
    """`keys` by their kid; `scopes` as they stand in the file; `organizations` by the values of their identifiers."""

    id: str
    keys: Mapping[str, Key]
    scopes: tuple[str, ...]
    organizations: tuple[str, ...] = ()


def rights(scope: str) -> tuple[str, frozenset[str]]:
    """(resource type or "*", letters) of a scope; no letters where it is none that is known here."""
    found = _SCOPE.fullmatch(scope)
    if not found or not found[2]:
        return "", frozenset()
    return found[1], frozenset(LETTERS.get(found[2], found[2]))


def allows(scopes: Iterable[str], wanted: str) -> bool:
    """Whether the scopes take in all that one scope means."""
    kind, letters = rights(wanted)
    mine = (rights(one) for one in scopes)
    have = frozenset().union(*(own for resource, own in mine if resource in ("*", kind)))
    return bool(letters) and letters <= have


def read_clients(path: Path) -> tuple[Client, ...]:
    """The clients of a file. Raises InputError CP-FHIR-17 with what is wrong."""
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
        raise _wrong("the file of clients cannot be read as YAML", path.name) from None
    rows = objects(mapping(raw).get("clients"))
    found = tuple(_client(row, path, f"{path.name}, client {n}") for n, row in enumerate(rows, 1))
    if not found:
        raise _wrong("the file names no client", path.name)
    if len({one.id for one in found}) < len(found):
        raise _wrong("two clients have the same id", path.name)
    return found


def _client(row: Mapping[str, Any], path: Path, where: str) -> Client:
    strange = next((key for key in row if key not in ("id", "keys", "scopes", "organizations")), "")
    name, file, scopes = text(row.get("id")), text(row.get("keys")), texts(row.get("scopes"))
    if strange or not name or not file or not scopes:
        raise _wrong(f"the key '{strange}' is not known" if strange else "a client needs id, keys and scopes", where)
    unknown = next((one for one in scopes if not rights(one)[1]), "")
    if unknown:
        raise _wrong(f"the scope '{unknown}' is none that is known here", where)
    try:
        held = json.loads((path.parent / file).read_bytes())
        keys = [key_of(one) for one in objects(mapping(held).get("keys"))]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError):
        raise _wrong("the client's keys cannot be read as a JWK set", where) from None
    except ValueError as error:
        raise _wrong(str(error), where) from None
    if not keys or len({one.id for one in keys}) < len(keys):
        raise _wrong("the client has no key, or two with the same kid", where)
    return Client(name, {one.id: one for one in keys}, tuple(scopes), tuple(texts(row.get("organizations"))))


def _wrong(what: str, where: str) -> InputError:
    return InputError("CP-FHIR-17", what, where=where, then="See docs/exchange.md, 'Who may call'.")
