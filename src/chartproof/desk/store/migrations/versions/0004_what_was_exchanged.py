"""What was exchanged."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "exchanged",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("providers", sa.Text(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("replaces", sa.Text(), server_default="", nullable=False),
        sa.Column("approved", sa.Text(), server_default="", nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("request_sha", sa.String(length=64), nullable=False),
        sa.Column("answer_sha", sa.String(length=64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("received", sa.String(length=27), nullable=False),
        sa.Column("answered", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchanged")),
        sa.UniqueConstraint("digest", name=op.f("uq_exchanged_digest")),
    )
    op.create_index(op.f("ix_exchanged_settled"), "exchanged", ["settled"], unique=False)
    op.create_index(op.f("ix_exchanged_turn"), "exchanged", ["turn"], unique=False)
    op.create_table(
        "exchanged_calls",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("operation", sa.String(length=60), nullable=False),
        sa.Column("client", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("request_sha", sa.Text(), server_default="", nullable=False),
        sa.Column("answer_sha", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchanged_calls")),
    )
    op.create_index(op.f("ix_exchanged_calls_at"), "exchanged_calls", ["at"], unique=False)
    op.create_table(
        "exchanged_contexts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("policy", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchanged_contexts")),
    )
    op.create_table(
        "exchanged_names",
        sa.Column("exchanged", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["exchanged"], ["exchanged.id"], name=op.f("fk_exchanged_names_exchanged")),
        sa.PrimaryKeyConstraint("exchanged", "kind", "name", name=op.f("pk_exchanged_names")),
    )
    op.create_index(op.f("ix_exchanged_names_kind_name"), "exchanged_names", ["kind", "name"], unique=False)
