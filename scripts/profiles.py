"""Writes knowledge/exchange/profiles-pas.json, the guide's profiles as the checker reads them, from its published package:

    python scripts/profiles.py davinci_pas_2.2.1.tgz

What an element may be is kept (how often, which value, pattern or extension, the value set of a required binding); what
explains it is not, nor the meanings of codes, some of which are other people's property. After it, write the value sets
anew (scripts/value_sets.py).
"""

from __future__ import annotations

import json
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "chartproof" / "knowledge" / "exchange" / "profiles-pas.json"
SOURCE = "HL7 Da Vinci Prior Authorization Support {version}, published snapshots (CC0-1.0)"
#: Of what is not exchanged here: metrics, and orders of diet.
LEFT_OUT = ("PASMetricData", "profile-nutritionorder", "profile-subscription")


def definitions(package: Path) -> Iterator[dict[str, Any]]:
    """The package's StructureDefinitions with a snapshot, by name."""
    with tarfile.open(package) as packed:
        for member in sorted(packed.getmembers(), key=lambda one: one.name):
            place = member.name
            wanted = place.startswith("package/StructureDefinition-") and place.endswith(".json")
            if wanted and not any(one in place for one in LEFT_OUT):
                held = packed.extractfile(member)
                found = json.load(held) if held else {}
                if found.get("snapshot"):
                    yield found


def condensed(definition: dict[str, Any]) -> dict[str, Any]:
    """The definition with those rows of its snapshot that ask for something, and those above them."""
    rows = {one["id"]: one for one in definition["snapshot"]["element"]}
    kept: set[str] = set()
    for name, row in rows.items():
        if asks(row):
            steps = name.split(".")
            above = [".".join(steps[:n]) for n in range(1, len(steps) + 1)]
            kept.update(one for place in above for one in (place, place.rpartition(":")[0]) if one in rows)
    return {"url": definition["url"], "snapshot": {"element": [plain(rows[name]) for name in rows if name in kept]}}


def asks(row: dict[str, Any]) -> bool:
    changed = row.get("max") != row.get("base", {}).get("max", row.get("max"))
    return bool(row.get("min")) or changed or ":" in row["id"].rpartition(".")[2] or bool(values(row) or binding(row))


def binding(row: dict[str, Any]) -> dict[str, Any]:
    """The required binding of an element, without its version: {} where it has none."""
    held = row.get("binding", {})
    required = held.get("strength") == "required" and "valueSet" in held
    return {"strength": "required", "valueSet": held["valueSet"].partition("|")[0]} if required else {}


def values(row: dict[str, Any]) -> dict[str, Any]:
    return {key: bare(one) for key, one in row.items() if key.startswith(("fixed", "pattern"))}


def bare(value: Any) -> Any:
    """A value without the words of its codes."""
    if isinstance(value, dict):
        return {key: bare(one) for key, one in value.items() if key != "display"}
    return [bare(one) for one in value] if isinstance(value, list) else value


def plain(row: dict[str, Any]) -> dict[str, Any]:
    types = [{key: one[key] for key in ("code", "profile") if key in one} for one in row.get("type", ())]
    extensions = [one for one in types if one.get("code") == "Extension"]
    bound = binding(row)
    kept = types if bound else extensions
    found = {"id": row["id"], "min": row.get("min", 0), "max": row.get("max", "*"), "type": kept, "binding": bound}
    return {key: one for key, one in found.items() if one not in (0, [], {})} | values(row)


def main() -> None:
    package = Path(sys.argv[1])
    found = list(definitions(package))
    lines = [json.dumps(condensed(one), separators=(",", ":")) for one in found]
    source = json.dumps(SOURCE.format(version=found[0]["version"]))
    OUT.write_text(f'{{"source":{source},"profiles":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
