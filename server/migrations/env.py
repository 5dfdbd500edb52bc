"""How Alembic reaches the app's database. Only online: a migration is run, not printed."""

from alembic import context
from sqlalchemy import Connection

from core.db import db


def _check_keys(connection: Connection, on: bool) -> None:
    """SQLite changes a table by copying and dropping it, which rows that refer to it would forbid."""
    if connection.dialect.name == "sqlite":
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.cursor().execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


with db.engine.connect() as connection:
    _check_keys(connection, on=False)
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    _check_keys(connection, on=True)
