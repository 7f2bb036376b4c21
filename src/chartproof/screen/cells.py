"""Cells of a CSV that a spreadsheet program would take for a formula are written as text, behind an apostrophe.

Numbers stay as they are. Parquet files hold every value unchanged.
"""

from __future__ import annotations

import duckdb

#: With these a formula, a command or another column begins.
_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_STARTS) and not _is_number(text) else text


def define(connection: duckdb.DuckDBPyConnection) -> None:
    """The same as `harmless(text)` in this connection's SQL; null stays null."""
    connection.execute(
        """create or replace temp macro harmless(written) as case
            when left(written, 1) in ('=', '+', '-', '@', chr(9), chr(13)) and try_cast(written as double) is null
            then '''' || written else written end"""
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
