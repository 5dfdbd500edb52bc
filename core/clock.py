"""Now and new ids, in one place so that tests can replace them."""

from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat


def now_utc() -> datetime:
    """The current time, with its zone."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """A UUIDv7: unique without asking, and in order of making, so that indexes stay compact."""
    return uuid_utils.compat.uuid7()
