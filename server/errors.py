"""Where every error becomes an answer: problem details for programs, a page for people."""

import logging

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import (
    Forbidden,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    TooManyRequests,
)

from core.db import db
from core.problems import (
    BODY_TOO_LARGE,
    METHOD_NOT_ALLOWED,
    NOT_ALLOWED,
    NOT_FOUND,
    PAGE_EXPIRED,
    REQUEST_WRONG,
    SERVER_FAILED,
    TOO_MANY,
    Kind,
    Problem,
    details,
)

log = logging.getLogger(__name__)

KIND_OF: dict[type[HTTPException], Kind] = {
    NotFound: NOT_FOUND,
    Forbidden: NOT_ALLOWED,
    MethodNotAllowed: METHOD_NOT_ALLOWED,
    RequestEntityTooLarge: BODY_TOO_LARGE,
    TooManyRequests: TOO_MANY,
    CSRFError: PAGE_EXPIRED,
}


class ProblemApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest without its own error handlers: ours answer for the whole app."""

    def _register_error_handlers(self) -> None:
        return


def set_up_errors(app: Flask) -> None:
    """Registers the one place where errors are answered."""
    app.register_error_handler(Problem, answer_problem)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_failure)


def answer_problem(problem: Problem) -> Response:
    """The answer to a problem, as a program or a person asked for it."""
    db.session.rollback()
    found = details(problem.record())
    if request.path.startswith(("/v1/", "/ogc")) or request.accept_mimetypes.best == "application/json":
        response = jsonify(found)
        response.mimetype = "application/problem+json"
    else:
        response = Response(render_template("problem.html", problem=found), mimetype="text/html")
    response.status_code = problem.kind.status
    response.headers.extend(problem.headers)
    return response


def _answer_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error
    kind = next((kind for sort, kind in KIND_OF.items() if isinstance(error, sort)), None)
    if kind is None:
        kind = REQUEST_WRONG if (error.code or 500) < 500 else SERVER_FAILED
    headers = {"Allow": ", ".join(error.valid_methods or ())} if isinstance(error, MethodNotAllowed) else {}
    return answer_problem(Problem(kind, headers=headers))


def _answer_failure(error: Exception) -> Response:
    log.exception("request failed: %s", type(error).__name__)
    return answer_problem(Problem(SERVER_FAILED))
