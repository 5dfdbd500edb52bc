"""Versions of forms can be drafts or withdrawn, and external lists have versions. What was there was published."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "list_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_version")),
    )
    op.create_index("ix_list_version_name", "list_version", ["name", "published_at"])
    with op.batch_alter_table("form_version") as table:
        table.add_column(sa.Column("state", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("saved_at", MOMENT, nullable=True))
    op.execute("UPDATE form_version SET state = 'gepubliceerd', saved_at = published_at")
    with op.batch_alter_table("form_version") as table:
        table.alter_column("state", existing_type=sa.String(length=20), nullable=False)
        table.alter_column("saved_at", existing_type=MOMENT, nullable=False)
        table.alter_column("published_at", existing_type=MOMENT, nullable=True)


def downgrade() -> None:
    raise NotImplementedError("a draft would have no moment of publication")
