"""The yes, no or unknown of every row in CQL, run by the npm package cql-execution over FHIR bundles.

What CQL says of a row here is three-valued and no more: no reason, no fact, no tie, no partial day, no unit, no addendum and no
document that would settle it. A question is a definition of its own, which the engine evaluates once a patient, and so
are the usable facts of a concept. Making the bundles and compiling the CQL are not counted.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import duckdb

from screen_ways.asked import AS_OF, ASKED, ROWS, since

#: Subjects that are asked.
SOME = 1_000
HERE = Path(__file__).parent
COMPILER = HERE.parents[1] / "scripts" / "elm.mjs"
CONCEPTS, COMPLETE, SAID = "urn:concepts", "urn:complete", "urn:said"


def cql() -> str:
    asked = sorted({concept for concept, *_rest in ASKED.values()})
    lines = ["library Rows version '1'", "using FHIR version '4.0.1'"]
    lines += [f"codesystem \"{name}\": '{name}'" for name in (CONCEPTS, COMPLETE)]
    lines += [f'code "told {one}": \'{one}\' from "{CONCEPTS}"' for one in asked]
    whole = sorted({concept for concept, _window, pick, _wanted in ASKED.values() if pick == "never"})
    lines += [f'code "complete {one}": \'{one}\' from "{COMPLETE}"' for one in whole]
    lines.append("context Patient")
    lines += [f'define "facts {one}": {_usable(one)}' for one in asked]
    lines += [line for name in ASKED for line in _question(name)]
    for row, lists in ROWS.items():
        either = " or ".join("(" + " and ".join(f'"{name}"' for name in names) + ")" for names in lists)
        lines.append(f'define "row {row}": {either}')
    return "\n".join(lines)


def _usable(concept: str) -> str:
    day = "date from (O.effective as FHIR.dateTime).value"
    return f"""[Observation: "told {concept}"] O
        where O.status.value = 'final' and exists O.derivedFrom
            and O.interpretation[0].coding[0].code.value in {{ 'present', 'absent' }}
            and (O.effective is null or {day} on or before @{AS_OF})"""


def _question(name: str) -> list[str]:
    concept, window, pick, wanted = ASKED[name]
    facts = f'"facts {concept}"'
    if window is not None:
        facts = f"({facts} O where date from (O.effective as FHIR.dateTime).value on or after @{since(window)})"
    said = "O.interpretation[0].coding[0].code.value = 'present'"
    if isinstance(wanted, tuple):
        words = ", ".join(f"'{word}'" for word in wanted)
        said += f" and (O.value as FHIR.CodeableConcept).coding[0].code.value in {{ {words} }}"
    elif wanted is not None:
        said += f" and (O.value as FHIR.Quantity).value.value >= {wanted}"
    if pick == "latest":
        last = f"Last({facts} O sort by (effective as FHIR.dateTime).value)"
        return [f'define "last {name}": {last}', f'define "{name}": "last {name}" O return {said}']
    present = f"exists ({facts} O where {said})"
    if pick == "any":
        return [f'define "{name}": if {present} then true else if exists {facts} then false else null']
    silent = f'exists {facts} or exists [Observation: "complete {concept}"]'
    return [f'define "{name}": if {present} then false else if {silent} then true else null']


def write_bundles(facts: Path, place: Path, subjects: int) -> None:
    """A line a patient: the bundle of all of the facts."""
    told = duckdb.connect(":memory:").execute(
        f"""select subject, kind, concept, assertion, value, low, unit, cast(first_day as varchar), signed, source
        from '{facts}/*.parquet' where subject < 'S{subjects:09}' and kind <> 'subject' order by subject"""
    )
    bundles: dict[str, list[dict[str, Any]]] = {f"S{number:09}": [] for number in range(subjects)}
    while block := told.fetchmany(10_000):
        for subject, *row in block:
            bundles[subject].append({"resource": _observation(f"{subject}-{len(bundles[subject])}", *row)})
    with place.open("w", encoding="utf-8") as out:
        for subject, entries in bundles.items():
            patient = {"resource": {"resourceType": "Patient", "id": subject}}
            out.write(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [patient, *entries]}) + "\n")


def _observation(
    name: str, kind: str, concept: str, assertion: str, value: str | None, low: float | None, unit: str | None,
    day: str | None, signed: bool, source: str | None,
) -> dict[str, Any]:  # fmt: skip
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "id": name,
        "status": "final" if signed else "preliminary",
        "code": _coded(COMPLETE if kind == "coverage" else CONCEPTS, concept),
        "interpretation": [_coded(SAID, assertion)],
    }
    if value is not None:
        found["valueCodeableConcept"] = _coded(CONCEPTS, value)
    elif low is not None:
        found["valueQuantity"] = {"value": low, "unit": unit}
    if day is not None:
        found["effectiveDateTime"] = day
    if source is not None:
        found["derivedFrom"] = [{"reference": f"DocumentReference/{source}"}]
    return found


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def prepare(facts: Path, place: Path, modules: Path, subjects: int) -> None:
    """Compiles the CQL and writes the bundles of the first subjects."""
    ended = subprocess.run(["node", COMPILER, modules], input=cql().encode(), capture_output=True, check=True)
    (place / "rows.elm.json").write_bytes(ended.stdout[ended.stdout.index(b"{") :])
    (place / "node_modules").symlink_to(modules.resolve() / "node_modules")
    write_bundles(facts, place / "bundles.ndjson", subjects)


def by_cql(facts: Path, out: Path, threads: int, memory: str) -> None:
    _run(out, "plain")


def by_cql_fhir(facts: Path, out: Path, threads: int, memory: str) -> None:
    _run(out, "fhir")


def _run(place: Path, source: str) -> None:
    if not (place / "rows.elm.json").is_file():
        raise SystemExit("--modules names no folder with the npm packages")
    subprocess.run(["node", HERE / "by_cql.mjs", place, place, source], check=True)
