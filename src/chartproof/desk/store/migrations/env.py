"""Runs the steps that `migrate.py` chose, on the connection and in the transaction that it holds."""

from alembic import context

context.run_migrations()
