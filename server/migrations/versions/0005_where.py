"""Where: two layers of areas with lineage, reports, divided addresses, walking routes and their walks, packed maps."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from maps.tiles import cell_of

revision = "0005"
down_revision = "0004"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_area_tables()
    _create_round_tables()
    _create_route_tables()
    _create_question_tables()
    _extend_areas()
    _extend_addresses()
    _extend_observations()
    _create_map_counts()


def _create_area_tables() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_table(
        "progress",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.String(length=50), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress")),
    )
    op.create_index("ix_progress_job", "progress", ["job"])
    op.create_table(
        "area_lineage",
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["area.id"], name=op.f("fk_area_lineage_from_id_area")),
        sa.ForeignKeyConstraint(["to_id"], ["area.id"], name=op.f("fk_area_lineage_to_id_area")),
        sa.PrimaryKeyConstraint("from_id", "to_id", name=op.f("pk_area_lineage")),
    )
    op.create_table(
        "map_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("attribution", sa.String(length=300), nullable=False),
        sa.Column("min_zoom", sa.Integer(), nullable=False),
        sa.Column("max_zoom", sa.Integer(), nullable=False),
        sa.Column("tiles", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_of", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_map_pack_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_pack")),
    )
    op.create_index("ix_map_pack_area_id", "map_pack", ["area_id"])
    op.create_index("ix_map_pack_sha256", "map_pack", ["sha256"])
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("boundary_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.Column("inhabitants", sa.Integer(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_report_area_id_area")),
        sa.ForeignKeyConstraint(
            ["boundary_id"], ["area_boundary.id"], name=op.f("fk_report_boundary_id_area_boundary")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index("ix_report_area_id", "report", ["area_id"])


def _create_round_tables() -> None:
    with op.batch_alter_table("round") as table:
        table.add_column(sa.Column("division", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("door_minutes", sa.Double(), nullable=True))
    op.create_table(
        "round_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_round_member_device_id_device")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_member_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_member")),
    )
    op.create_index("ix_round_member_device_id", "round_member", ["device_id"])
    op.create_index("ix_round_member_round_id", "round_member", ["round_id"])
    op.create_table(
        "round_address",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_round_address_address_id_address")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["round_member.id"], name=op.f("fk_round_address_member_id_round_member")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_address_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", "address_id", name=op.f("pk_round_address")),
    )
    op.create_index("ix_round_address_member_id", "round_address", ["member_id"])
    with op.batch_alter_table("enrolment") as table:
        table.add_column(sa.Column("member_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f("fk_enrolment_member_id_round_member"), "round_member", ["member_id"], ["id"])


def _create_route_tables() -> None:
    op.create_table(
        "route",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("line_wkb", sa.LargeBinary(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("rhythm", sa.String(length=200), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("starts_at", sa.String(length=5), nullable=True),
        sa.Column("team", sa.String(length=200), nullable=False),
        sa.Column("form_id", sa.String(length=100), nullable=True),
        sa.Column("calendar_serial", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_route_area_id_area")),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_route_form_id_form")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
    )
    op.create_index("ix_route_area_id", "route", ["area_id"])
    op.create_table(
        "route_stop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("measure_m", sa.Double(), nullable=True),
        sa.Column("square_wkb", sa.LargeBinary(), nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_route_stop_route_id_route")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_stop")),
    )
    op.create_index("ix_route_stop_route_id", "route_stop", ["route_id"])
    op.create_table(
        "route_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("line_wkb", sa.LargeBinary(), nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_route_line_route_id_route")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_line")),
    )
    op.create_index("ix_route_line_route_id", "route_line", ["route_id"])
    op.create_table(
        "walk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mutation_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("track", JSON, nullable=False),
        sa.Column("seen", JSON, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_walk_device_id_device")),
        sa.ForeignKeyConstraint(["mutation_id"], ["mutation.id"], name=op.f("fk_walk_mutation_id_mutation")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_walk_route_id_route")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk")),
    )
    op.create_index("ix_walk_route", "walk", ["route_id", "started_at"])


def _create_question_tables() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.String(length=255), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observation.id"], name=op.f("fk_question_observation_id_observation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index("ix_question_observation_id", "question", ["observation_id"])
    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.Column("corrected_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["id"], ["mutation.id"], name=op.f("fk_answer_id_mutation")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_answer_question_id_question")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_answer_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index("ix_answer_question_id", "answer", ["question_id"])


def _extend_areas() -> None:
    with op.batch_alter_table("area") as table:
        table.add_column(sa.Column("initiatiefkracht", sa.String(length=30), nullable=True))
        table.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
    with op.batch_alter_table("area_boundary") as table:
        table.add_column(sa.Column("made_at", MOMENT, nullable=True))
        table.add_column(sa.Column("replaced_at", MOMENT, nullable=True))
    moment = "{}::timestamptz" if op.get_bind().dialect.name == "postgresql" else "{} || ' 00:00:00.000000'"
    for column, day in (("made_at", "valid_from"), ("replaced_at", "valid_to")):
        op.execute(f"UPDATE area_boundary SET {column} = {moment.format(day)}")  # noqa: S608, our own words only
    with op.batch_alter_table("area_boundary") as table:
        table.alter_column("made_at", existing_type=MOMENT, nullable=False)


def _extend_addresses() -> None:
    with op.batch_alter_table("address") as table:
        table.add_column(sa.Column("gebied_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("status", sa.String(length=20), nullable=False, server_default="lijst"))
        table.add_column(sa.Column("proposed_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("same_as", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("note", sa.String(length=500), nullable=True))
        table.add_column(sa.Column("households", sa.Integer(), nullable=False, server_default="1"))
        table.create_index("ix_address_gebied", ["gebied_id", "street", "number"])
        table.create_foreign_key(op.f("fk_address_gebied_id_area"), "area", ["gebied_id"], ["id"])
        table.create_foreign_key(op.f("fk_address_proposed_by_device"), "device", ["proposed_by"], ["id"])
        table.create_foreign_key(op.f("fk_address_same_as_address"), "address", ["same_as"], ["id"])


def _extend_observations() -> None:
    with op.batch_alter_table("observation") as table:
        table.add_column(sa.Column("area_is_uncertain", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("gebied_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("gebied_boundary_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("map_cell", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("map_statements", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("walk_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("stop_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("measure_m", sa.Double(), nullable=True))
        table.add_column(sa.Column("schouw_item", sa.String(length=100), nullable=True))
        table.add_column(sa.Column("schouw_score", sa.String(length=2), nullable=True))
        table.create_index("ix_observation_gebied", ["gebied_id", "form_id"])
        table.create_index(
            "ix_observation_map", ["map_cell", "map_statements"], postgresql_where=sa.text("map_cell IS NOT NULL")
        )
        table.create_index(
            "ix_observation_outdoors",
            ["id", "form_version_id", "status", "lon", "lat", "corrected_at"],
            postgresql_where=sa.text("address_id IS NULL AND claimed_address_id IS NULL"),
            sqlite_where=sa.text("address_id IS NULL AND claimed_address_id IS NULL"),
        )
        table.create_index("ix_observation_stop", ["stop_id"], postgresql_where=sa.text("stop_id IS NOT NULL"))
        table.create_index("ix_observation_walk", ["walk_id"], postgresql_where=sa.text("walk_id IS NOT NULL"))
        table.create_foreign_key(
            op.f("fk_observation_gebied_boundary_id_area_boundary"), "area_boundary", ["gebied_boundary_id"], ["id"]
        )
        table.create_foreign_key(op.f("fk_observation_gebied_id_area"), "area", ["gebied_id"], ["id"])
    with op.batch_alter_table("melding") as table:
        table.add_column(sa.Column("gebied_id", sa.Uuid(), nullable=True))
        table.create_index("ix_melding_gebied", ["gebied_id", "captured_at"])
        table.create_foreign_key(op.f("fk_melding_gebied_id_area"), "area", ["gebied_id"], ["id"])


def _create_map_counts() -> None:
    big_key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "map_count",
        sa.Column("id", big_key, sa.Identity(always=False), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("gebied_id", sa.Uuid(), nullable=True),
        sa.Column("observations", sa.Integer(), nullable=False),
        sa.Column("statements", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_count")),
    )
    op.create_index("ix_map_count_cell", "map_count", ["cell"])
    _put_on_map()
    op.execute(
        "INSERT INTO map_count (cell, area_id, gebied_id, observations, statements)"
        " SELECT map_cell >> 16, area_id, gebied_id, count(*), sum(map_statements) FROM observation"
        " WHERE map_cell IS NOT NULL GROUP BY map_cell >> 16, area_id, gebied_id"
    )


def _put_on_map() -> None:
    """Gives what counts the cell of its own position, else of its address."""
    connection, batch = op.get_bind(), 10_000
    is_postgres = connection.dialect.name == "postgresql"
    after = "o.id > CAST(:last AS uuid)" if is_postgres else "o.id > :last"
    read = sa.text(
        "SELECT o.id, coalesce(o.lon, a.lon) AS lon, coalesce(o.lat, a.lat) AS lat,"  # noqa: S608, our own words only
        " (SELECT count(*) FROM melding m WHERE m.observation_id = o.id) AS statements"
        " FROM observation o LEFT JOIN address a ON a.id = o.address_id"
        f" WHERE o.status = 'applied' AND coalesce(o.lon, a.lon) IS NOT NULL AND {after} ORDER BY o.id LIMIT {batch}"
    )
    write = sa.text("UPDATE observation SET map_cell = :cell, map_statements = :statements WHERE id = :id")
    last = str(UUID(int=0)) if is_postgres else ""
    while rows := connection.execute(read, {"last": last}).all():
        cells = [{"id": row.id, "cell": cell_of(row.lon, row.lat), "statements": row.statements} for row in rows]
        connection.execute(write, cells)
        last = rows[-1].id


def downgrade() -> None:
    raise NotImplementedError("what was divided, walked and reported would be lost")
