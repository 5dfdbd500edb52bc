"""What a phone claimed is kept as it was: the address of an observation, and the content of a mutation by its hash."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("mutation", sa.Column("content_hash", sa.String(length=64), nullable=True))
    op.add_column("observation", sa.Column("claimed_address_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE observation SET claimed_address_id = address_id")


def downgrade() -> None:
    op.drop_column("observation", "claimed_address_id")
    op.drop_column("mutation", "content_hash")
