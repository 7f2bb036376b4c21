"""Writes a new migration from the difference between the store's tables and its migrations.

Usage: python scripts/migration.py 0002 "what it adds". Read what it wrote, and make it pass the tests of the store.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext
from sqlalchemy.types import TypeDecorator

from chartproof.desk.store.database import sqlite
from chartproof.desk.store.migrate import FOLDER, migrate, scripts
from chartproof.desk.store.schema import metadata

TEMPLATE = '''"""{message}."""

import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {before!r}


def upgrade() -> None:
    {steps}
'''


def main(revision: str, message: str) -> None:
    with TemporaryDirectory() as folder, sqlite(Path(folder) / "desk.sqlite3", None).begin() as connection:
        before = scripts().get_current_head()
        if before:
            migrate(connection)
        context = MigrationContext.configure(connection)
        steps = produce_migrations(context, metadata).upgrade_ops
        assert steps is not None
        code = render_python_code(steps, render_item=as_it_lies, migration_context=context)
    file = FOLDER / "versions" / f"{revision}_{message.lower().replace(' ', '_')}.py"
    kept = "\n".join(line for line in code.splitlines() if not line.strip().startswith("# ###"))
    file.write_text(TEMPLATE.format(message=message.capitalize(), revision=revision, before=before, steps=kept.strip()))
    print(file)


def as_it_lies(kind: str, item: Any, context: Any) -> str | Literal[False]:
    """A migration does not change when our own types do: it names what lies in the table."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
