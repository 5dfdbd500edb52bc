"""Reading HTTP arguments with marshmallow: what is wrong becomes a Problem with every fault, status 400."""

from typing import Any

from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser

from core.problems import BODY_UNREADABLE, INPUT_INVALID, Problem, faults_of


class ProblemParser(FlaskParser):
    """webargs, answering in our shape."""

    DEFAULT_VALIDATION_STATUS = 400

    def handle_error(self, error: Any, *_args: Any, **_kwargs: Any) -> Any:
        by_place = error.messages  # webargs puts the place (json, query) on top
        raise Problem(INPUT_INVALID, faults=[fault for inner in by_place.values() for fault in faults_of(inner)])

    def load_json(self, req: Any, schema: Any) -> Any:
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError) as error:  # nested too deep, or a number of thousands of digits
            raise Problem(BODY_UNREADABLE, type(error).__name__) from error

    def _handle_invalid_json_error(self, error: Any, *_args: Any, **_kwargs: Any) -> Any:
        raise Problem(BODY_UNREADABLE, str(error))


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A flask-smorest blueprint that reads its arguments in this way."""

    ARGUMENTS_PARSER = ProblemParser()
