"""Reading HTTP arguments with marshmallow: what is wrong becomes a Problem with every fault, status 400."""

import zlib
from typing import Any

from flask_smorest import Blueprint
from webargs.core import parse_json
from webargs.flaskparser import FlaskParser

from core.problems import BODY_TOO_LARGE, BODY_UNREADABLE, INPUT_INVALID, Problem, faults_of

GZIP = 16  # tells zlib to read a gzip header


class ProblemParser(FlaskParser):
    """webargs, answering in our shape."""

    DEFAULT_VALIDATION_STATUS = 400

    def handle_error(self, error: Any, *_args: Any, **_kwargs: Any) -> Any:
        by_place = error.messages  # webargs puts the place (json, query) on top
        raise Problem(INPUT_INVALID, faults=[fault for inner in by_place.values() for fault in faults_of(inner)])

    def _raw_load_json(self, req: Any) -> Any:
        """webargs' own hook: the body as JSON, after decompression."""
        if req.headers.get("Content-Encoding", "identity") == "identity":
            return super()._raw_load_json(req)
        return parse_json(_inflated(req))

    def load_json(self, req: Any, schema: Any) -> Any:
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError) as error:  # nested too deep, or a number of thousands of digits
            raise Problem(BODY_UNREADABLE, type(error).__name__) from error

    def _handle_invalid_json_error(self, error: Any, *_args: Any, **_kwargs: Any) -> Any:
        raise Problem(BODY_UNREADABLE, str(error))


def _inflated(req: Any) -> bytes:
    """The body of a request with `Content-Encoding: gzip`, at most as large as an uncompressed one may be."""
    if req.headers["Content-Encoding"] != "gzip":
        raise Problem(BODY_UNREADABLE, "Content-Encoding: gzip")
    most = req.max_content_length
    inflating = zlib.decompressobj(zlib.MAX_WBITS | GZIP)
    try:
        plain = inflating.decompress(req.get_data(), most + 1)
    except zlib.error as error:
        raise Problem(BODY_UNREADABLE, str(error)) from error
    if len(plain) > most:
        raise Problem(BODY_TOO_LARGE)
    if not inflating.eof:
        raise Problem(BODY_UNREADABLE, "gzip")
    return plain


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A flask-smorest blueprint that reads its arguments in this way."""

    ARGUMENTS_PARSER = ProblemParser()
