"""People in the app: Flask-Security with argon2, sessions by cookie, and the roles that exist."""

from email_validator import EmailNotValidError, validate_email
from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore, UserMixin, hash_password

from core.config import Settings
from core.db import db
from core.problems import EMAIL_WRONG, Problem
from server.people.models import Person, Role

DATASTORE = "rondgang_people"


def set_up_people(app: Flask, settings: Settings) -> None:
    """Log-in at /inloggen, log-out at /uitloggen; nobody registers by themselves."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106, the name of an algorithm
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_SALT="",
        SECURITY_LOGIN_URL="/inloggen",
        SECURITY_LOGOUT_URL="/uitloggen",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/inloggen",
        SECURITY_LOGIN_USER_TEMPLATE="login.html",
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,  # never tells whether an address is known
        SESSION_COOKIE_NAME="rondgang",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=settings.https,
    )
    datastore = SQLAlchemyUserDatastore(db, Person, Role)
    Security(app, datastore)
    app.extensions[DATASTORE] = datastore


def normal_email(text: str) -> str:
    """The address as it is stored and looked up: in small letters. Raises EMAIL_WRONG."""
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise Problem(EMAIL_WRONG, f"{text} ({error})") from error


def add_person(app: Flask, email: str, password: str, role: str) -> UserMixin:
    """A new person with this role."""
    datastore: SQLAlchemyUserDatastore = app.extensions[DATASTORE]
    return datastore.create_user(
        email=email, password=hash_password(password), roles=[datastore.find_or_create_role(role)]
    )
