"""case.yaml: what a coordinator types in. Every key is optional; a misspelt one is named with its line."""

from __future__ import annotations

from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from chartproof.chart.dates import find_dates
from chartproof.errors import InputError
from chartproof.model import Case, Patient

NAME = "case.yaml"
KEYS = (
    "as_of", "drug", "indication", "payer", "plan_type", "state", "received", "apheresis_planned", "patient", "product",
    "nameless",
)  # fmt: skip
STATES = frozenset(
    [
        "AL",
        "AK",
        "AZ",
        "AR",
        "CA",
        "CO",
        "CT",
        "DE",
        "DC",
        "FL",
        "GA",
        "HI",
        "ID",
        "IL",
        "IN",
        "IA",
        "KS",
        "KY",
        "LA",
        "ME",
        "MD",
        "MA",
        "MI",
        "MN",
        "MS",
        "MO",
        "MT",
        "NE",
        "NV",
        "NH",
        "NJ",
        "NM",
        "NY",
        "NC",
        "ND",
        "OH",
        "OK",
        "OR",
        "PA",
        "RI",
        "SC",
        "SD",
        "TN",
        "TX",
        "UT",
        "VT",
        "VA",
        "WA",
        "WV",
        "WI",
        "WY",
        "PR",
        "GU",
        "VI",
        "AS",
        "MP",
    ]
)
PATIENT_KEYS = ("name", "dob", "mrn", "sex", "member_id", "group_number")


def read_case_file(folder: Path, *, as_of: date) -> Case:
    """The case of a folder; `as_of` holds where the file gives no day. Raises InputError CP-CASE-01 to -03, -05."""
    path = folder / NAME
    if not path.exists():
        return Case(as_of=as_of)
    if not path.is_file():
        raise InputError(
            "CP-CASE-01", "this is a folder or a device, not a file", where=NAME, then="Give it another name."
        )
    top = _mapping(_compose(path), KEYS)
    person = _mapping(top.get("patient"), PATIENT_KEYS)
    return Case(
        as_of=_day(top.get("as_of")) or as_of,
        patient=Patient(
            name=_text(person.get("name")),
            born=_day(person.get("dob")),
            mrn=_text(person.get("mrn")),
            sex=_text(person.get("sex")),
            member_id=_text(person.get("member_id")),
            group_number=_text(person.get("group_number")),
        ),
        drug=_text(top.get("drug")),
        product=_text(top.get("product")),
        indication=_text(top.get("indication")),
        payer=_text(top.get("payer")),
        plan_type=_text(top.get("plan_type")),
        state=_state(top.get("state")),
        received=_day(top.get("received")),
        apheresis_planned=_day(top.get("apheresis_planned")),
        nameless=_texts(top.get("nameless")),
    )


def parse_day(text: str, *, where: str) -> date:
    """A day typed by hand: 2026-05-04, 05/04/2026, 4 May 2026. Raises InputError CP-CASE-03."""
    found = find_dates(text.strip())
    if len(found) == 1 and found[0][2].exact and found[0][1] - found[0][0] >= len(text.strip()) - 1:
        return found[0][2].first
    raise InputError("CP-CASE-03", "this is not a date that can be read", where=where, then="Write it as 2026-05-04.")


def parse_state(text: str, *, where: str) -> str:
    """A state by its two letters, in capitals; empty stays empty. Raises InputError CP-CASE-05."""
    state = text.strip().upper()
    if state and state not in STATES:
        raise InputError("CP-CASE-05", "this is not a state", where=where, then="Write its two letters, such as NY.")
    return state


def _compose(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise InputError(
            "CP-CASE-01", "the file is not UTF-8 text", where=NAME, then="Save it as plain text."
        ) from error
    except (yaml.YAMLError, RecursionError) as error:  # the second where it nests without end
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise InputError(
            "CP-CASE-01", "the file is not valid YAML", where=f"{NAME}, line {line}", then="Each line is 'key: value'."
        ) from error


def _mapping(node: Any, allowed: tuple[str, ...]) -> dict[str, Any]:
    if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"):
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise InputError(
            "CP-CASE-01",
            "'key: value' lines were expected",
            where=_at(node),
            then=f"Known keys: {', '.join(allowed)}.",
        )
    found: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        if name not in allowed:
            near = get_close_matches(name, allowed, 1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known keys: {', '.join(allowed)}."
            raise InputError("CP-CASE-02", f"the key '{name}' is not known", where=_at(key), then=hint)
        if name in found:
            raise InputError("CP-CASE-02", f"the key '{name}' stands twice", where=_at(key), then="Keep one of them.")
        found[name] = value
    return found


def _at(node: Any) -> str:
    return f"{NAME}, line {node.start_mark.line + 1}"


def _text(node: Any) -> str:
    if node is None or (isinstance(node, yaml.ScalarNode) and node.value.lower() in ("", "null", "~")):
        return ""
    if not isinstance(node, yaml.ScalarNode):
        raise InputError("CP-CASE-01", "one value was expected here", where=_at(node), then="Write it on one line.")
    return str(node.value).strip()


def _texts(node: Any) -> tuple[str, ...]:
    """One value, or a list of them."""
    values = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return tuple(text for text in map(_text, values) if text)


def _state(node: Any) -> str:
    text = _text(node)
    return parse_state(text, where=_at(node)) if text else ""


def _day(node: Any) -> date | None:
    text = _text(node)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return parse_day(text, where=_at(node))
