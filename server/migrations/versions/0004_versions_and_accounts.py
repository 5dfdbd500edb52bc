"""Observations have versions, phones give an account of themselves, and the change log knows whom a row is for."""

from secrets import token_hex

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("made", sa.Integer(), nullable=True),
        sa.Column("unsent", sa.Integer(), nullable=True),
        sa.Column("photos_unsent", sa.Integer(), nullable=True),
        sa.Column("clock_skew_s", sa.Double(), nullable=True),
    ):
        op.add_column("device", column)
    _extend_mutations()
    _extend_observations()
    _extend_visits()
    _create_versions()
    _extend_change_log()
    _give_meldingen_keys()


def _extend_mutations() -> None:
    op.add_column("mutation", sa.Column("subject_id", sa.Uuid(), nullable=True))
    op.add_column("mutation", sa.Column("waits_for", sa.Uuid(), nullable=True))
    op.execute("UPDATE mutation SET subject_id = (SELECT id FROM visit WHERE visit.mutation_id = mutation.id)")
    op.execute(
        "UPDATE mutation SET subject_id = (SELECT id FROM observation WHERE observation.mutation_id = mutation.id)"
        " WHERE EXISTS (SELECT 1 FROM observation WHERE observation.mutation_id = mutation.id)"
    )
    op.create_index("ix_mutation_device", "mutation", ["device_id", "received_at"])
    op.create_index(
        "ix_mutation_waits_for", "mutation", ["waits_for"], postgresql_where=sa.text("waits_for IS NOT NULL")
    )


def _extend_observations() -> None:
    op.add_column("observation", sa.Column("version_id", sa.Uuid(), nullable=True))
    op.add_column("observation", sa.Column("base_id", sa.Uuid(), nullable=True))
    op.add_column("observation", sa.Column("clashes", JSON, nullable=True))
    op.add_column("observation", sa.Column("corrected_at", MOMENT, nullable=True))
    op.execute("UPDATE observation SET version_id = mutation_id, corrected_at = captured_at")
    with op.batch_alter_table("observation") as table:
        table.alter_column("version_id", existing_type=sa.Uuid(), nullable=False)
        table.alter_column("corrected_at", existing_type=MOMENT, nullable=False)
    op.create_index("ix_observation_clashes", "observation", ["id"], postgresql_where=sa.text("clashes IS NOT NULL"))


def _extend_visits() -> None:
    op.add_column("visit", sa.Column("corrected_at", MOMENT, nullable=True))
    op.execute("UPDATE visit SET corrected_at = visited_at")
    with op.batch_alter_table("visit") as table:
        table.alter_column("corrected_at", existing_type=MOMENT, nullable=False)


def _create_versions() -> None:
    op.create_table(
        "observation_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=True),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("mutation_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.String(length=255), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("form_version", sa.String(length=100), nullable=False),
        sa.Column("instance_xml", sa.Text(), nullable=True),
        sa.Column("clashes", JSON, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("captured_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["observation_id"], ["observation.id"]),
        sa.ForeignKeyConstraint(["mutation_id"], ["mutation.id"]),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("observation_id", "number"),
    )


def _extend_change_log() -> None:
    op.add_column("change", sa.Column("area_id", sa.Uuid(), nullable=True))
    op.add_column("change", sa.Column("device_id", sa.Uuid(), nullable=True))
    op.add_column("change", sa.Column("logged_at", MOMENT, nullable=True))
    op.execute("UPDATE change SET logged_at = CURRENT_TIMESTAMP")
    with op.batch_alter_table("change") as table:
        table.alter_column("logged_at", existing_type=MOMENT, nullable=False)
    op.create_index("ix_change_logged_at", "change", ["logged_at"])
    log = op.create_table(
        "change_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("floor_xid", sa.BigInteger(), nullable=False),
        sa.Column("floor_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(log, [{"id": 1, "epoch": token_hex(4), "floor_xid": 0, "floor_seq": 0}])


def _give_meldingen_keys() -> None:
    op.add_column("melding", sa.Column("key", sa.String(length=300), nullable=True))
    op.execute("UPDATE melding SET key = '#' || number")
    with op.batch_alter_table("melding") as table:
        table.alter_column("key", existing_type=sa.String(length=300), nullable=False)
        table.drop_constraint("uq_melding_observation_id", type_="unique")
        table.create_unique_constraint("uq_melding_observation_id", ["observation_id", "key"])


def downgrade() -> None:
    raise NotImplementedError("versions and accounts would be lost")
