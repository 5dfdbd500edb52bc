"""SQL of the people who log in."""

from sqlalchemy import select

from core.db import db
from server.people.models import Person


def find_person(email: str) -> Person | None:
    """The person with this address, in its normal form."""
    return db.session.scalar(select(Person).where(Person.email == email))
