"""Writes docs/conformance.md from knowledge/exchange/conformance.yaml: python scripts/conformance.py"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "src" / "chartproof" / "knowledge" / "exchange" / "conformance.yaml"
PROFILES, SETS = DATA.with_name("profiles-pas.json"), DATA.with_name("value-sets.json")
PAGE = ROOT / "docs" / "conformance.md"
NAMES = {
    "crd": "Coverage Requirements Discovery",
    "dtr": "Documentation Templates and Rules",
    "pas": "Prior Authorization Support",
}


def page() -> str:
    """The page as Markdown."""
    data: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    lines = [
        "# Conformance with the Da Vinci guides",
        "",
        "Each numbered statement of the guides by its key, in our words: done with the test that shows it, open, or not",
        "applicable to a payer's service and a sender of requests as built here. Written by `scripts/conformance.py`; the data",
        "are `src/chartproof/knowledge/exchange/conformance.yaml`. The tests are in `tests/exchange/`.",
        "",
        "| guide | statements | bind us | done | open | done of those that bind |",
        "|---|---|---|---|---|---|",
    ]
    done_all = bind_all = 0
    for key, source in data["sources"].items():
        done, still = len(data[key]["done"]), len(data[key]["open"])
        done_all, bind_all = done_all + done, bind_all + done + still
        lines.append(
            f"| {source['title']} | {source['statements']} | {done + still} | {done} | {still} | {100 * done // (done + still)} % |"
        )
    lines.append(f"| all | {sum(one['statements'] for one in data['sources'].values())} | {bind_all} | {done_all} | "
                 f"{bind_all - done_all} | {100 * done_all // bind_all} % |")  # fmt: skip
    lines += [
        "",
        f"All {data['examples']} example files of the guides' packages (CRD 2.2.1 and 2.0.1, DTR 2.2.0 and 2.0.1, PAS 2.2.1 and 2.0.1)",
        "parse and come back as they were, and each resource among them is base R4: `test_the_guides_examples_parse_and_come_back`.",
    ]
    lines += ["", *bindings()]
    for key, source in data["sources"].items():
        lines += [
            "",
            f"## {NAMES[key]}: {source['title']}",
            "",
            "### Done",
            "",
            "| key | what | test |",
            "|---|---|---|",
        ]
        lines += [f"| {name} | {says} | `{test}` |" for name, (test, says) in data[key]["done"].items()]
        lines += ["", "### Open", "", "| key | what |", "|---|---|"]
        lines += [f"| {name} | {says} |" for name, says in data[key]["open"].items()]
        lines += ["", "### Not applicable", ""]
        lines += [f"- {one['because']}: {', '.join(one['ids'])}" for one in data[key]["not_applicable"]]
    return "\n".join(lines) + "\n"


def bindings() -> list[str]:
    """How many bound elements of the PAS profiles are held against their codes, and which not, with the reason."""
    sets: dict[str, Any] = json.loads(SETS.read_bytes())["sets"]
    rows = [row for one in json.loads(PROFILES.read_bytes())["profiles"] for row in one["snapshot"]["element"]]
    bound = [sets[row["binding"]["valueSet"]] for row in rows if "binding" in row]
    unknown = Counter(one for one in bound if isinstance(one, str))
    by_system = sum(not isinstance(one, str) and "*" in one.values() for one in bound)
    return [
        f"Of the {len(bound)} elements that the PAS profiles bind to a value set by a required binding, {len(bound) - by_system - unknown.total()} are held",
        f"against each of its codes, {by_system} against its code systems, whose codes others publish, and {unknown.total()} against nothing:",
        "; ".join(f"{number} times {reason}" for reason, number in unknown.most_common()) + ".",
    ]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
