"""Tokens that let a program read what GIS people may see: made once, shown once, and known again by their hash."""

import binascii
import secrets
from base64 import b64decode
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest

from core.clock import now_utc
from core.db import db
from server.people.models import ApiToken
from server.people.queries import token_by_hash, update_token

USE_PRECISION = timedelta(hours=1)
RANDOM_BYTES = 32
LONGEST = 1000


def make_token(name: str, made_by: str) -> tuple[ApiToken, str]:
    """(the token's row, the token): 256 random bits of which only the hash is kept."""
    token = secrets.token_urlsafe(RANDOM_BYTES)
    row = ApiToken(name=name, token_hash=_digest(token), made_by=made_by)
    db.session.add(row)
    db.session.flush()
    return row, token


def token_in(authorization: str | None) -> str | None:
    """The token in an Authorization header: Bearer, or Basic with the token as the password and any name."""
    scheme, _, value = (authorization or "")[:LONGEST].partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(value.strip(), validate=True).decode().partition(":")[2] or None
    except (binascii.Error, ValueError):
        return None


def find_token(authorization: str | None) -> ApiToken | None:
    """The token of this header when it is one of ours and not revoked."""
    token = token_in(authorization)
    if token is None:
        return None
    digest = _digest(token)
    found = token_by_hash(digest)
    if found is None or not compare_digest(found.token_hash, digest) or found.revoked_at is not None:
        return None
    return found


def note_use(token: ApiToken) -> None:
    """Writes down, in a transaction of its own and once an hour at most, that the token was used."""
    now = now_utc()
    if token.last_used_at is not None and now - token.last_used_at < USE_PRECISION:
        return
    db.session.commit()  # ends the reading: SQLite refuses a write that begins in the middle of one
    update_token(token.id, last_used_at=now)
    db.session.commit()


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
