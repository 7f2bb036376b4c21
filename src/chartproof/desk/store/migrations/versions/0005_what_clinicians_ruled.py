"""What clinicians ruled."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "exchanged_cases",
        sa.Column("exchanged", sa.String(length=64), nullable=False),
        sa.Column("case", sa.String(length=64), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_exchanged_cases_case")),
        sa.ForeignKeyConstraint(["exchanged"], ["exchanged.id"], name=op.f("fk_exchanged_cases_exchanged")),
        sa.PrimaryKeyConstraint("exchanged", name=op.f("pk_exchanged_cases")),
    )
    op.create_index(op.f("ix_exchanged_cases_case"), "exchanged_cases", ["case"], unique=False)
    op.create_table(
        "rulings",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("case", sa.String(length=64), nullable=False),
        sa.Column("exchanged", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("considered", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), server_default="", nullable=False),
        sa.Column("signer", sa.String(length=64), nullable=False),
        sa.Column("signer_name", sa.Text(), server_default="", nullable=False),
        sa.Column("licence", sa.Text(), server_default="", nullable=False),
        sa.Column("specialty", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("review_sha", sa.String(length=64), nullable=False),
        sa.Column("answer_sha", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_rulings_case")),
        sa.ForeignKeyConstraint(["exchanged"], ["exchanged.id"], name=op.f("fk_rulings_exchanged")),
        sa.ForeignKeyConstraint(["signer"], ["users.id"], name=op.f("fk_rulings_signer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
    )
    op.create_index(op.f("ix_rulings_case"), "rulings", ["case"], unique=False)
    op.create_index(op.f("ix_rulings_exchanged"), "rulings", ["exchanged"], unique=False)
