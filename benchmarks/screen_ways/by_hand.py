"""The yes or no of by_sql.py in polars, and in a loop of plain Python."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from screen_ways.asked import AS_OF, ASKED, ROWS, since


def by_polars(facts: Path, out: Path, threads: int, memory: str) -> None:
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl

    usable = (
        (pl.col("kind") == "fact") & pl.col("signed") & pl.col("source").is_not_null()
        & pl.col("assertion").is_in(["present", "absent"])
        & (pl.col("first_day").is_null() | (pl.col("first_day") <= AS_OF))
    )  # fmt: skip
    found = []
    for name, (concept, window, pick, wanted) in ASKED.items():
        mine = pl.col("usable") & (pl.col("concept") == concept)
        if window is not None:
            mine = mine & (pl.col("first_day") >= since(window))
        said = pl.col("assertion") == "present"
        if isinstance(wanted, tuple):
            said = said & pl.col("value").is_in(list(wanted))
        elif wanted is not None:
            said = said & (pl.col("low") >= wanted)
        told = said.filter(mine)
        if pick == "any":
            one = told.any()
        elif pick == "latest":
            one = told.sort_by(pl.col("first_day").filter(mine), nulls_last=False).last().fill_null(False)
        else:
            absent = (pl.col("assertion") == "absent").filter(mine).any()
            complete = ((pl.col("kind") == "coverage") & (pl.col("concept") == concept)).any()
            one = ~told.any() & (absent | complete)
        found.append(one.alias(name))
    rows = [pl.any_horizontal([pl.all_horizontal(names) for names in lists]).alias(row) for row, lists in ROWS.items()]
    (
        pl.scan_parquet(f"{facts}/*.parquet").with_columns(usable.alias("usable")).group_by("subject").agg(found)
        .select("subject", *rows).collect(engine="streaming").write_parquet(out / "polars.parquet")
    )  # fmt: skip


def by_python(facts: Path, out: Path, threads: int, memory: str) -> None:
    by_concept: dict[str, list[str]] = {}
    for name, (concept, *_rest) in ASKED.items():
        by_concept.setdefault(concept, []).append(name)
    seen: dict[str, dict[Any, Any]] = {}
    cursor = duckdb.connect(":memory:").execute(
        f"select subject, kind, concept, assertion, value, low, first_day, signed, source from '{facts}/*.parquet'"
    )
    while block := cursor.fetchmany(100_000):
        for subject, kind, concept, assertion, value, low, day, signed, source in block:
            mine = seen.setdefault(subject, {})
            for name in by_concept.get(concept, ()):
                _concept, window, pick, wanted = ASKED[name]
                if kind == "coverage":
                    mine[name, "complete"] = True
                    continue
                if not signed or source is None or assertion not in ("present", "absent") or (day and day > AS_OF):
                    continue
                if window is not None and (day is None or (AS_OF - day).days > window):
                    continue
                said = assertion == "present"
                if said and isinstance(wanted, tuple):
                    said = value in wanted
                elif said and wanted is not None:
                    said = low is not None and low >= wanted
                if pick == "latest":
                    if (day or date.min) >= mine.get((name, "day"), date.min):
                        mine[name, "day"], mine[name] = day or date.min, said
                elif pick == "any":
                    mine[name] = mine.get(name, False) or said
                else:
                    mine[name, "present" if said else "absent"] = True
    answers = [[subject, *(row_holds(lists, mine) for lists in ROWS.values())] for subject, mine in seen.items()]
    (out / "python.json").write_text(json.dumps(answers), encoding="utf-8")


def row_holds(lists: list[list[str]], mine: Mapping[Any, Any]) -> bool:
    def holds(name: str) -> bool:
        if ASKED[name][2] != "never":
            return bool(mine.get(name))
        told = mine.get((name, "absent")) or mine.get((name, "complete"))
        return bool(told and not mine.get((name, "present")))

    return any(all(holds(name) for name in names) for names in lists)
