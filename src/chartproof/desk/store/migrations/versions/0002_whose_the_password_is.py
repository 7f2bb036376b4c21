"""Whose the password is: one that an administrator gave is changed at the first sign-in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column(
        "users", sa.Column("password_of_another", sa.Boolean(), server_default=sa.false(), nullable=False)
    )  # fmt: skip
