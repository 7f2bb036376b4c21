"""Brings the tables to this version, inside the transaction it is given: a migration is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from chartproof.desk.store.schema import metadata
from chartproof.errors import StoreError

FOLDER = Path(__file__).parent / "migrations"


def migrate(connection: Connection, to: str = "") -> None:
    """To this version, or to an earlier one from nothing. Raises StoreError CP-DESK-04 where a newer chartproof made
    the tables, or is asked for.
    """
    script = scripts()
    wanted = to or script.get_current_head() or ""
    known = {step.revision for step in script.walk_revisions()}
    now = revision_of(connection)
    if now == wanted:
        return
    if (now and now not in known) or wanted not in known:
        raise StoreError("CP-DESK-04", "a newer chartproof made this store", then="Use that version, or a backup.")
    with EnvironmentContext(Config(), script, fn=lambda current, _: script._upgrade_revs(wanted, current)) as context:
        context.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
        context.run_migrations()


def revision_of(connection: Connection) -> str:
    """The migration that the tables are at; empty before the first."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)
