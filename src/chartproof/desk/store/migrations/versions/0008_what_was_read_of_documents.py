"""What was read of documents."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "exchanged_readings",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("reading_sha", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchanged_readings")),
    )
