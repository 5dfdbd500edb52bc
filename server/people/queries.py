"""SQL of the people who log in, and of the tokens they gave out."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from core.db import db
from server.people.models import ApiToken, Person


def find_person(email: str) -> Person | None:
    """The person with this address, in its normal form."""
    return db.session.scalar(select(Person).where(Person.email == email))


def all_tokens() -> list[ApiToken]:
    """Every token, those that work first, the newest first."""
    order = (ApiToken.revoked_at.is_not(None), ApiToken.made_at.desc(), ApiToken.id)
    return list(db.session.scalars(select(ApiToken).order_by(*order)))


def find_token_row(token_id: UUID) -> ApiToken | None:
    return db.session.get(ApiToken, token_id)


def token_by_hash(token_hash: str) -> ApiToken | None:
    return db.session.scalar(select(ApiToken).where(ApiToken.token_hash == token_hash))


def update_token(token_id: UUID, **values: Any) -> None:
    db.session.execute(update(ApiToken).where(ApiToken.id == token_id).values(**values))
