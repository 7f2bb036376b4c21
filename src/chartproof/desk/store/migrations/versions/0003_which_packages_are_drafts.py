"""Which packages are drafts: they are not signed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("packages", sa.Column("draft", sa.Boolean(), server_default=sa.false(), nullable=False))
