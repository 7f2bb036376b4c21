"""Required bindings: whether a coded value is one that its value set allows.

The value sets are data (knowledge/exchange/value-sets.json, written by scripts/value_sets.py): the codes by system, "*" for
any code of a system that others publish, or in place of them why the set is not known. Nothing is held against a set that
is not known, and nothing is asked of a terminology server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from chartproof.exchange.elements import objects
from chartproof.exchange.refusals import Resource
from chartproof.policy.load import knowledge

#: In place of a system's codes: any of them.
ANY = "*"
Codes = Mapping[str, Sequence[str] | str]
#: Value set -> its codes by system, or the reason for which they are not known.
ValueSets = Mapping[str, Codes | str]


@cache
def value_sets() -> ValueSets:
    """Those of the editions that are written here."""
    held: ValueSets = json.loads(knowledge("exchange", "value-sets.json").read_bytes())["sets"]
    return held


def allowed(value: Any, codes: Codes | str, types: Sequence[str]) -> bool:
    """Whether a value of one of these types may stand where a value set with these codes is required.

    What is no coded value (a reference, an address, an element that says why it is absent) is not asked. A code alone is
    held against every system of the set. A concept without any code breaks the binding where it can be nothing but one.
    """
    if isinstance(codes, str):
        return True
    if isinstance(value, str):
        return any(listed == ANY or value in listed for listed in codes.values())
    if not isinstance(value, dict):
        return True
    if "coding" in value:
        return any(_listed(one, codes) for one in objects(value["coding"]))
    if "code" in value and "reference" not in value:
        return _listed(value, codes)
    return not ("text" in value and tuple(types) == ("CodeableConcept",))


def _listed(coding: Resource, codes: Codes) -> bool:
    listed = codes.get(str(coding.get("system")), ())
    return bool(coding.get("code")) and (listed == ANY or coding["code"] in listed)
